"""From an address to the settings of its provider."""
