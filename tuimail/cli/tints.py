"""Colours of the command line: on a terminal only, and never the only sign. Pure."""

from collections.abc import Mapping
from enum import StrEnum


class Tint(StrEnum):
    """A way in which a word stands out; the codes are those of ECMA-48."""

    HEADING = "1"
    """What stands above columns: bold."""
    WRONG = "1;31"
    """What went wrong: bold, in the terminal's own red."""
    WARNING = "33"
    """What should be looked at: in the terminal's own yellow."""
    PLAIN = ""
    """Nothing stands out."""


def tinted(text: str, tint: Tint) -> str:
    """Return safe text as a terminal shows it in ``tint``."""
    return f"\x1b[{tint}m{text}\x1b[0m" if tint and text else text


def are_wanted(environ: Mapping[str, str]) -> bool:
    """Return whether the person has nothing against colours (https://no-color.org)."""
    return not environ.get("NO_COLOR") and environ.get("TERM", "dumb") != "dumb"
