"""Numbered SQL files, applied in order, one transaction each."""
