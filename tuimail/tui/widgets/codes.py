"""The stable words for why mail does not leave, each chosen or not."""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Offset, Size
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tuimail.tui import wording

_GAP = "  "


class Codes(Widget, can_focus=True):
    """Shows every code with its digit, on as many lines as they need."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"codes--plain", "codes--chosen"}
    DEFAULT_CSS = """
    Codes {
        height: auto;
        & > .codes--plain { color: $foreground; }
        & > .codes--chosen { color: $accent; text-style: bold; }
    }
    Codes:focus { background: $panel; }
    """

    chosen: reactive[frozenset[str]] = reactive(frozenset())

    def __init__(
        self, codes: Sequence[str], *, chosen: Sequence[str] = (), id: str
    ) -> None:
        super().__init__(id=id)
        self._codes = codes
        self.set_reactive(Codes.chosen, frozenset(chosen))

    @property
    def in_order(self) -> tuple[str, ...]:
        """The codes that are chosen, in the order in which all are shown."""
        return tuple(code for code in self._codes if code in self.chosen)

    @property
    def cursor_offset(self) -> Offset:
        """Where the codes begin, for whoever follows the terminal's cursor."""
        return Offset(0, 0)

    def toggle(self, code: str) -> None:
        """Choose ``code``, or do not any more."""
        self.chosen ^= {code}

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        del container, viewport
        return len(self._lines(width))

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        lines = self._lines(width)
        if y >= len(lines):
            return Strip.blank(width, self.visual_style.rich_style)
        segments = [Segment(self._shown(code), self._style(code)) for code in lines[y]]
        return Strip(segments).adjust_cell_length(width, self.visual_style.rich_style)

    def _lines(self, width: int) -> list[list[str]]:
        """Return the codes line by line; each keeps its width when it is chosen."""
        lines: list[list[str]] = [[]]
        used = 0
        for code in self._codes:
            cells = wording.cells(self._shown(code))
            if used and used + cells - len(_GAP) > width:
                lines.append([])
                used = 0
            lines[-1].append(code)
            used += cells
        return lines

    def _shown(self, code: str) -> str:
        mark = "x" if code in self.chosen else " "
        return f"[{mark}] {self._codes.index(code) + 1} {code}{_GAP}"

    def _style(self, code: str) -> Style:
        name = "chosen" if code in self.chosen else "plain"
        return self.get_component_rich_style(f"codes--{name}")
