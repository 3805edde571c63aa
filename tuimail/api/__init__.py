"""The Python API: what ``import tuimail`` gives to programs."""
