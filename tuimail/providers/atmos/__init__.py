"""The way out through Atmos, a relay for members of the AT network."""
