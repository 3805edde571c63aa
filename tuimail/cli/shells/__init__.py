"""The scripts that shells complete verbs, flags and values with."""
