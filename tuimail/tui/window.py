"""The terminal's window as it is, whatever was told about it."""

import os
import sys
from contextlib import suppress

from textual.geometry import Size


def size_of_terminal(known: Size) -> Size:
    """Return how big the terminal is; ``known`` where there is none to ask.

    Two changes in one moment may be told in the wrong order: the second signal
    interrupts whoever is about to tell the first.
    """
    with suppress(OSError, ValueError, AttributeError):
        columns, lines = os.get_terminal_size(sys.__stdout__.fileno())  # type: ignore[union-attr]
        if columns > 0 and lines > 0:
            return Size(columns, lines)
    return known
