"""Which signs are drawn: of ASCII only, those every terminal knows, or all.

Letters of any script stay as they are, for a name that cannot be read is worse than
one that looks odd. What is replaced is what tuimail draws itself, frames, arrows,
marks, and the punctuation of typesetters; each sign by one of the same width, after
everything was laid out, so that no widget has to know.

Pure but for its memory of what it saw.
"""

# ruff: noqa: RUF001 - these are the signs that look like others

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Final

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter


class Glyphs(StrEnum):
    """How much a terminal is trusted to draw."""

    ASCII = "ascii"
    """Frames and marks are made of what a typewriter has."""
    SAFE = "safe"
    """Everything but what terminals do not agree about the width of."""
    FULL = "full"
    """Everything, wherever it stands."""


_PLAIN_TERMINALS: Final = frozenset({
    "dumb", "linux", "vt100", "vt102", "vt220", "ansi", "cons25", "unknown",
})  # fmt: skip
"""Terminals whose fonts have few signs, or none of a frame."""
_INSTEAD: Final[Mapping[str, str]] = {
    "-": "─━╌╍┄┅┈┉╴╶╸╺╼╾▃↔‐‑‒–—―−▔▁▂",
    "|": "│┃║╎╏┆┇┊┋╵╷╹╻╽╿▏▎▍▌▐▕",
    "+": "┌┐└┘├┤┬┴┼╭╮╰╯┏┓┗┛┣┫┳┻╋┍┎┑┒┕┖┙┚┝┞┟┠┡┢┥┦┧┨┩┪┭┮┯┰┱┲┵┶┷┸┹┺┽┾┿╀╁╂╃╄╅╆╇╈╉╊",
    "=": "═╞╡╪╤╧╥╨╫╒╓╕╖╘╙╛╜╟╢╬╔╗╚╝╠╣╦╩▒",
    "/": "╱",
    "\\": "╲",
    "#": "█▉▊▋▓▇▆▅▀▄■▖▗▘▙▚▛▜▝▞▟≠",
    ":": "░",
    ">": "▸▶►→⟶⇒›»❯",
    "<": "◂◀◄←⟵⇐‹«❮",
    "^": "↑▴△",
    "v": "↓▾▽▼",
    "!": "▲⚠",
    "x": "✖✗✘×╳",
    "*": "•●★✱∙✓✔",
    "o": "○◦◌",
    ".": "·…⋯",
    "?": "□�␀␁␂␃␄␅␆␇␈␉␊␋␌␍␎␏␐␑␒␓␔␕␖␗␘␙␚␛␜␝␞␟␡",
    '"': "“”„‟″",
    "'": "‘’‚‛′",
}
_TABLE: Final = str.maketrans(
    {sign: plain for plain, signs in _INSTEAD.items() for sign in signs}
)


def chosen(wanted: str, terminal: str) -> Glyphs:
    """Return what is drawn on ``terminal`` by somebody who ``wanted`` it so.

    Args:
        wanted: A setting, or empty for what suits the terminal.
        terminal: The value of ``TERM``.
    """
    if wanted:
        return Glyphs(wanted)
    name = terminal.partition("-")[0]
    return Glyphs.ASCII if name in _PLAIN_TERMINALS else Glyphs.SAFE


class AsciiFilter(LineFilter):
    """Draws with what a typewriter has."""

    def apply(
        self,
        segments: list[Segment],
        background: Color,  # noqa: ARG002 - Textual hands it to every filter
    ) -> list[Segment]:
        return [
            Segment(plain(text), style, control) for text, style, control in segments
        ]


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Return ``text`` with signs of the same width that every terminal has."""
    return text if text.isascii() else text.translate(_TABLE)
