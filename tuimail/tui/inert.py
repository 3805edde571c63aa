"""The last line before the terminal: nothing a terminal could act upon passes.

``core.display`` puts visible stand-ins in before anything is laid out; this
filter sees every segment of every widget, ours and Textual's, and is there for
the one path that somebody forgets. Shown text must never reach the terminal
raw: a subject line that asks the terminal for its name is answered into the
keyboard, and the answer has pressed Approve.

Pure but for its memory of what it saw.
"""

from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from tuimail.core.display import is_inert


class InertFilter(LineFilter):
    """Drops every character that is not inert, keeping the cells in place."""

    def apply(
        self,
        segments: list[Segment],
        background: Color,  # noqa: ARG002 - Textual hands it to every filter
    ) -> list[Segment]:
        return [
            Segment(inert(text), style, control) for text, style, control in segments
        ]


@lru_cache(maxsize=4096)
def inert(text: str) -> str:
    """Return ``text`` with spaces where something that acts was seen."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_kept(character) for character in text)


def _kept(character: str) -> str:
    return character if is_inert(character) else " " * cell_len(character)
