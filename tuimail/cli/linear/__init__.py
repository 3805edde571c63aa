"""The app without a screen: a dialogue of numbered lines, one fact a line."""
