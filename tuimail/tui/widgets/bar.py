"""One line of pieces that are left out whole when they do not fit.

So nothing of ours is ever cut in the middle of a word, at any width.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Offset
from textual.strip import Strip
from textual.widget import Widget

from tuimail.tui import wording
from tuimail.tui.keymap import USUAL, Names

_CHOSEN: Final = "current"
"""Style of the piece that keys are about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a bar: safe text, its colour, and what a click on it means."""

    text: str
    style: str
    """Component class, without the widget's name."""
    target: str = ""


class Bar(Widget):
    """One line of pieces."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "bar--name",
        "bar--key",
        "bar--text",
        "bar--current",
        "bar--alarm",
    }
    DEFAULT_CSS = """
    Bar {
        height: 1;
        background: $panel;
        color: $foreground;
        & > .bar--name { text-style: bold; color: $primary; }
        & > .bar--key { text-style: bold; color: $accent; }
        & > .bar--text { color: $foreground; }
        & > .bar--current { text-style: bold reverse; color: $foreground; }
        & > .bar--alarm { text-style: bold; color: $error; }
    }
    """

    @property
    def key_names(self) -> Names:
        """What names the keys that it says: as the app has them, or as usual."""
        found: Names = getattr(self.app, "names", USUAL)
        return found

    def pieces(self) -> Sequence[Piece]:
        """Return what is to be shown, the most important first."""
        return ()

    def right(self) -> Piece | None:
        """Return what stands at the right end, or None."""
        return None

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y:
            return Strip.blank(width, self.visual_style.rich_style)
        right = self.right()
        shown = self._fitting(width - (wording.cells(right.text) + 1 if right else 0))
        segments = [Segment(piece.text, self._style(piece)) for piece in shown]
        if right is not None:
            used = sum(wording.cells(piece.text) for piece in shown)
            room = max(0, width - used - wording.cells(right.text) - 1)
            segments.append(Segment(" " * room, self.visual_style.rich_style))
            segments.append(Segment(right.text, self._style(right)))
        return Strip(segments).adjust_cell_length(width, self.visual_style.rich_style)

    @property
    def cursor_offset(self) -> Offset:
        """Where what is chosen begins, for whoever follows the terminal's cursor."""
        column = 0
        for piece in self._fitting(self.size.width):
            if piece.style == _CHOSEN:
                return Offset(column, 0)
            column += wording.cells(piece.text)
        return Offset(0, 0)

    def target_at(self, x: int) -> str:
        """Return what a click at cell ``x`` means, or an empty text."""
        for piece in self._fitting(self.size.width):
            x -= wording.cells(piece.text)
            if x < 0:
                return piece.target
        return ""

    def _fitting(self, width: int) -> list[Piece]:
        shown: list[Piece] = []
        used = 0
        for piece in self.pieces():
            used += wording.cells(piece.text)
            if used > width:
                break
            shown.append(piece)
        return shown

    def _style(self, piece: Piece) -> Style:
        return self.get_component_rich_style(f"bar--{piece.style}")
