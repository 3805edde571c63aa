"""A few lines below a field, of which one may be meant; the field has the keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Generic, Protocol, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tuimail.tui import wording

MOST_SHOWN: Final = 8
_CURSOR: Final = "▸"


class Line(Protocol):
    """What one line says; safe text."""

    @property
    def label(self) -> str:
        """Who or what it is."""
        ...

    @property
    def more(self) -> str:
        """What is known of it, in a few words."""
        ...


L = TypeVar("L", bound=Line)


class Offers(Widget, Generic[L]):
    """Shows up to eight lines at once, one of them marked, or none."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "offers--line",
        "offers--more",
        "offers--cursor",
    }
    DEFAULT_CSS = """
    Offers {
        width: 100%;
        height: auto;
        & > .offers--line { color: $foreground; }
        & > .offers--more { color: $text-muted; }
        & > .offers--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: bold;
        }
    }
    """

    place: reactive[int | None] = reactive(None)
    """Which line is marked; None for none."""

    @dataclass
    class Clicked(Message):
        """A line was clicked."""

        place: int

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._listed: Sequence[L] = ()
        self._top = 0

    @property
    def is_open(self) -> bool:
        """Whether anything is offered."""
        return bool(self._listed)

    @property
    def marked(self) -> L | None:
        """The one that is marked."""
        return None if self.place is None else self._listed[self.place]

    def show(self, listed: Sequence[L], *, is_first_marked: bool) -> None:
        """Offer ``listed``; nothing closes the list.

        The one that was marked stays so where it is still among them.
        """
        before = self.marked
        self.place = None
        self._listed, self._top = listed, 0
        if before in listed:
            self.place = listed.index(before)
        elif is_first_marked and listed:
            self.place = 0
        self.set_class(bool(listed), "-open")
        self.refresh(layout=True)

    def move(self, count: int) -> None:
        """Mark another line; above the first, none."""
        place = (-1 if self.place is None else self.place) + count
        self.place = None if place < 0 else min(place, len(self._listed) - 1)

    def watch_place(self, place: int | None) -> None:
        """Keep the marked line in sight."""
        here = place or 0
        self._top = max(min(self._top, here), here - MOST_SHOWN + 1)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return one line for each, and one for how many more there are."""
        del container, viewport, width
        return min(len(self._listed), MOST_SHOWN) + self._has_more

    def render_line(self, y: int) -> Strip:
        width, place = self.size.width, self._top + y
        if y >= MOST_SHOWN:
            return self._rest(width)
        if not 0 <= place < len(self._listed):
            return Strip.blank(width, self.visual_style.rich_style)
        is_here = place == self.place
        line = self._style("cursor" if is_here else "line")
        styles = (line, line if is_here else self._style("more"))
        mark = _CURSOR if is_here else " "
        return _strip(self._listed[place], width, styles, mark)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        if event.y < MOST_SHOWN and self._top + event.y < len(self._listed):
            self.post_message(self.Clicked(self._top + event.y))

    @property
    def _has_more(self) -> bool:
        return len(self._listed) > MOST_SHOWN

    def _rest(self, width: int) -> Strip:
        below = len(self._listed) - self._top - MOST_SHOWN
        said = " and ".join(
            f"{number} {where}"
            for number, where in ((self._top, "above"), (below, "below"))
            if number > 0
        )
        text = wording.clipped(f"  {said}", width) if said else ""
        strip = Strip([Segment(text, self._style("more"))])
        return strip.adjust_cell_length(width, self.visual_style.rich_style)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"offers--{name}")


def _strip(one: Line, width: int, styles: tuple[Style, Style], mark: str) -> Strip:
    more = wording.clipped(one.more, max(0, width * 2 // 5))
    room = width - 5 - wording.cells(more)
    label = wording.clipped(one.label, room)
    gap = " " * (room - wording.cells(label))
    line, dim = styles
    strip = Strip([Segment(f"{mark} {label}{gap}  ", line), Segment(f"{more} ", dim)])
    return strip.adjust_cell_length(width, line)
