"""A list of mails whose selection is a mail, never a place in the list.

Textual's own table keeps a row number, so that a mail that arrives or is
decided elsewhere moves the cursor to another mail without a key; in a list
where keys approve, that approves the wrong one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tuimail.tui.guard import Guard
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.widgets.layouts import Cell, Cells, Layout
from tuimail.tui.widgets.prose import Kind
from tuimail.workspace.views import Row

_CURSOR = "▸"
_MARK = "*"


class MailTable(ScrollView, can_focus=True):
    """Shows rows and lets one be chosen; disarms the guard when that changes."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.LIST)]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "mail-table--header",
        "mail-table--cursor",
        "mail-table--cursor-blurred",
        *(f"mail-table--{kind.value}" for kind in Kind),
    }
    DEFAULT_CSS = """
    MailTable {
        overflow-x: hidden;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        & > .mail-table--header { color: $text-muted; text-style: bold; }
        & > .mail-table--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: bold;
        }
        & > .mail-table--cursor-blurred { background: $panel; text-style: bold; }
        & > .mail-table--plain { color: $foreground; }
        & > .mail-table--quote { color: $text-muted; }
        & > .mail-table--heading { color: $primary; }
        & > .mail-table--muted { color: $text-muted; }
        & > .mail-table--warning { color: $warning; }
        & > .mail-table--block { color: $error; }
        & > .mail-table--good { color: $success; }
    }
    """

    @dataclass
    class Selected(Message):
        """Another mail is selected; empty for none."""

        table: "MailTable"
        row_id: str

        @property
        def control(self) -> "MailTable":
            """The table that sent it."""
            return self.table

    @dataclass
    class Opened(Message):
        """The selected mail is to be read."""

        table: "MailTable"
        row_id: str

        @property
        def control(self) -> "MailTable":
            """The table that sent it."""
            return self.table

    @dataclass
    class EndNear(Message):
        """The selection came near the last row that was loaded."""

        table: "MailTable"

        @property
        def control(self) -> "MailTable":
            """The table that sent it."""
            return self.table

    def __init__(
        self,
        layout: Layout,
        *,
        guard: Guard,
        now: Callable[[], datetime],
        empty: str,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._layout = layout
        self._guard = guard
        self._now = now
        self._empty = empty
        self._rows: Sequence[Row] = ()
        self._places: dict[str, int] = {}
        self._place = 0
        self._marks: frozenset[str] = frozenset()
        self.selected = ""
        """Id of the selected mail; it may have left the list meanwhile."""

    @property
    def rows(self) -> Sequence[Row]:
        """What is listed now."""
        return self._rows

    @property
    def selected_row(self) -> Row | None:
        """The selected mail, unless it is not in the list any more."""
        place = self._places.get(self.selected)
        return None if place is None else self._rows[place]

    @property
    def marked(self) -> tuple[str, ...]:
        """Ids of the mails that are marked, in the order of the list."""
        return tuple(row.id for row in self._rows if row.id in self._marks)

    def mark_selected(self) -> None:
        """Mark the selected mail, or take its mark off."""
        if self.selected_row is not None:
            self._marks ^= {self.selected}
            self.refresh()

    def unmark(self) -> None:
        """Take all marks off."""
        self._marks = frozenset()
        self.refresh()

    def show(self, rows: Sequence[Row]) -> None:
        """List ``rows``; the selected mail stays selected, wherever it is now.

        A selected mail that left the list stays selected too, so that no key
        lands on its neighbour.
        """
        before = self.selected_row
        shift = self._place
        self._rows = rows
        self._places = {row.id: place for place, row in enumerate(rows)}
        self._marks &= self._places.keys()
        if not self.selected and rows:
            self._select(0)
        self._place = self._places.get(self.selected, min(shift, len(rows)))
        self._disarm_if_changed(before)
        self._measure()
        self.scroll_relative(
            y=(self._place - shift) * self._layout.height, animate=False, force=True
        )
        self._reveal()

    def select(self, row_id: str) -> None:
        """Select the mail with ``row_id``, in the list or not yet."""
        self._become(row_id, self._places.get(row_id, self._place))

    def leave_selected(self) -> None:
        """Select the neighbour: the person has decided about this mail."""
        if self._rows:
            self._select(min(self._place + 1, len(self._rows) - 1))
        if self.selected_row is None:
            self.selected = ""

    def on_resize(self, event: events.Resize) -> None:
        del event
        self._measure()
        self._reveal()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Select the mail under the pointer; hovering never does."""
        line = event.y - self._header_height + self.scroll_offset.y
        place = line // self._layout.height
        if event.y >= self._header_height and 0 <= place < len(self._rows):
            self._select(place)

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        if not self._rows:
            return self._empty_line(y, width)
        if y < self._header_height:
            return self._strip(self._layout.header(width - 1), "header", width)
        line = y - self._header_height + self.scroll_offset.y
        place, part = divmod(line, self._layout.height)
        if place >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        return self._row_strip(place, part, width)

    def action_move(self, count: int) -> None:
        if self.selected_row is None and count > 0:
            count -= 1
        self._select(self._place + count)

    def action_page(self, count: int) -> None:
        visible = max(1, self.size.height // self._layout.height - 1)
        self._select(self._place + count * visible)

    def action_move_to_top(self) -> None:
        self._select(0)

    def action_move_to_bottom(self) -> None:
        self._select(len(self._rows) - 1)

    def action_open(self) -> None:
        if self.selected_row is not None:
            self.post_message(self.Opened(self, self.selected))

    @property
    def _header_height(self) -> int:
        return 1 if self._layout.header(self.size.width) else 0

    def _select(self, place: int) -> None:
        if not self._rows:
            return
        place = max(0, min(place, len(self._rows) - 1))
        self._become(self._rows[place].id, place)
        if place >= len(self._rows) - max(1, self.size.height):
            self.post_message(self.EndNear(self))

    def _become(self, row_id: str, place: int) -> None:
        self._place = place
        if row_id != self.selected:
            self.selected = row_id
            self._guard.disarm()
            self.post_message(self.Selected(self, row_id))
        self._reveal()
        self.refresh()

    def _disarm_if_changed(self, before: Row | None) -> None:
        after = self.selected_row
        if _decided_about(before) != _decided_about(after):
            self._guard.disarm()

    def _measure(self) -> None:
        height = self._header_height + len(self._rows) * self._layout.height
        self.virtual_size = Size(self.scrollable_content_region.width, height)
        self.refresh()

    def _reveal(self) -> None:
        top = self._place * self._layout.height
        bottom = top + self._layout.height + self._header_height - self.size.height
        if self.scroll_y > top:
            self.scroll_to(y=top, animate=False, force=True)
        elif self.scroll_y < bottom:
            self.scroll_to(y=bottom, animate=False, force=True)

    def _empty_line(self, y: int, width: int) -> Strip:
        lines = self._empty.split("\n")
        return self._strip(lines[y] if y < len(lines) else "", "muted", width)

    def _row_strip(self, place: int, part: int, width: int) -> Strip:
        row = self._rows[place]
        is_selected = row.id == self.selected
        cells = self._layout.lines(row, max(1, width - 1), self._now())[part]
        mark = self._sign(row, part)
        over = self._cursor_style if is_selected else Style.null()
        segments = self._segments((Cell(text=mark), *cells), over)
        return Strip(segments).adjust_cell_length(width, self.rich_style + over)

    def _sign(self, row: Row, part: int) -> str:
        """Return what stands before a line: the cursor first, the mark below it."""
        if row.id == self.selected and part == 0:
            return _CURSOR
        return _MARK if row.id in self._marks and part else " "

    def _segments(self, cells: Cells, over: Style) -> list[Segment]:
        return [
            Segment(cell.text, self._style(cell.kind.value) + over) for cell in cells
        ]

    @property
    def _cursor_style(self) -> Style:
        name = "cursor" if self.has_focus else "cursor-blurred"
        return self.get_component_rich_style(f"mail-table--{name}", partial=True)

    def _strip(self, text: str, name: str, width: int) -> Strip:
        strip = Strip([Segment(f" {text}", self._style(name))])
        return strip.adjust_cell_length(width, self.rich_style)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"mail-table--{name}")


def _decided_about(row: Row | None) -> tuple[str, int, str] | None:
    """Return what a decision key would act upon."""
    return (row.id, row.revision, row.status) if row else None
