"""Whether a terminal can show a screen at all, or lines only."""

from collections.abc import Mapping
from typing import Final

_LINES_ONLY: Final = frozenset({"dumb", "unknown", "printer", "glasstty"})
"""What terminals call themselves that cannot put text anywhere but at the end."""


def shows_lines_only(environ: Mapping[str, str]) -> bool:
    """Whether the terminal cannot move its cursor, so that no screen can be drawn.

    Where nothing says what it is, the app opens as it always did.
    """
    name = environ.get("TERM", "")
    return name in _LINES_ONLY or (bool(name) and _is_known_to_print(name))


def _is_known_to_print(name: str) -> bool:
    """Whether the machine knows the terminal, and that it cannot move its cursor."""
    try:
        import curses  # noqa: PLC0415 - some machines have none
    except ImportError:
        return False
    try:
        curses.setupterm(name, 1)
    except (curses.error, TypeError):
        return False
    return curses.tigetstr("cup") is None
