"""Rows of a list, drawn line by line, where only a part of the list is there.

Knows what is on the screen and nothing about what it is for: which row is selected
and which are marked, it is told by who makes a table of it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar, Self

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tuimail.tui.widgets import at_once
from tuimail.tui.widgets.layouts import Cell, Cells, Grouped, Layout
from tuimail.tui.widgets.loaded import Loaded
from tuimail.tui.widgets.prose import Kind, wrapped
from tuimail.workspace.views import Row

_CURSOR = "▸"
_MARK = "*"
_NOT_LOADED = "…"
_EMPTY_CELLS = 70
"""Longer lines are wrapped where nothing is listed."""


_Drawn = tuple[Row | None, bool, bool, str]
"""What a row on the screen is made of: mail, selected, marked, group."""
_MOST_STRIPS = 400
"""Lines that are kept as they were drawn: some screens of them."""


class RowView(ScrollView, can_focus=True):
    """Draws what is on the screen, and of that only what changed."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "mail-table--header",
        "mail-table--cursor",
        "mail-table--cursor-blurred",
        *(f"mail-table--{kind.value}" for kind in Kind),
    }
    DEFAULT_CSS = """
    RowView {
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

    def __init__(
        self,
        layout: Layout,
        *,
        now: Callable[[], datetime],
        empty: str,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._layout = layout
        self._groups = layout if isinstance(layout, Grouped) else None
        self._now = now
        self._empty = empty
        self._loaded = Loaded()
        self._headers: dict[int, str] = {}
        """The line above the rows, at the width that was last asked about."""
        self._strips: dict[tuple[str, int, str], tuple[object, Strip]] = {}
        """Lines by mail, part and sign, each with all that it was drawn from."""
        self._styles_known: dict[tuple[str, bool], Style] = {}
        """Styles by name, in part or whole: Textual's own go with each region."""
        self._is_following = False
        """Whether the view moves with what is on it, so that nothing changes."""

    def is_selected(self, row: Row) -> bool:
        """Return whether the cursor is on a row."""
        raise NotImplementedError

    def is_marked(self, row: Row) -> bool:
        """Return whether a row has a mark."""
        raise NotImplementedError

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Draw what changed, or everything: also what stands beside the mails."""
        if not regions:
            self._strips.clear()
            self._styles_known.clear()
        return super().refresh(
            *regions, repaint=repaint, layout=layout, recompose=recompose
        )

    def notify_style_update(self) -> None:
        self._styles_known.clear()
        super().notify_style_update()

    def came_into_view(self) -> None:
        """Take note that somebody scrolled."""

    def say_empty(self, text: str) -> None:
        """Say ``text`` while nothing is listed; safe text."""
        if text != self._empty:
            self._empty = text
            self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Draw what came into view, unless it was there before."""
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.position = new_value
        if self._is_following:
            return
        self._shift(round(old_value), round(new_value))
        self.came_into_view()

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        if not self._loaded.total:
            return self._empty_line(y, width)
        if y < self._header_height:
            return self._header_line(width)
        line = y - self._header_height + self.scroll_offset.y
        place, part = divmod(line, self._layout.height)
        if place >= self._loaded.total:
            return Strip.blank(width, self.visual_style.rich_style)
        row = self._loaded.at(place)
        if row is None:
            return self._strip(_NOT_LOADED if not part else "", "muted", width)
        return self._row_strip(row, place, part, width)

    @property
    def _header_height(self) -> int:
        return 1 if self._header(self.size.width) else 0

    def _header(self, width: int) -> str:
        """Return the line above the rows; each line of those asks for it."""
        if width not in self._headers:
            self._headers = {width: self._layout.header(width)}
        return self._headers[width]

    def _measure(self) -> None:
        """Have the scroll bar know how long the list is, and lay out nothing anew."""
        height = self._header_height + self._loaded.total * self._layout.height
        size = Size(self.scrollable_content_region.width, height)
        is_long = min(height, self.virtual_size.height) > self.size.height
        if is_long and self.show_vertical_scrollbar:
            self.set_reactive(RowView.virtual_size, size)
            self.vertical_scrollbar.window_virtual_size = height
        elif size != self.virtual_size:
            self.virtual_size = size

    def _follow(self, shift: int, drawn: "list[_Drawn]") -> None:
        """Keep what is seen where it is on the screen; draw what changed there."""
        self._is_following = True
        try:
            top = self.scroll_y + shift * self._layout.height
            self.scroll_to(y=top, animate=False, force=True)
        finally:
            self._is_following = False
        now = self._drawn()
        if len(now) != len(drawn):
            self.refresh()
            return
        for step, (one, other) in enumerate(zip(drawn, now, strict=True)):
            if one != other:
                self._refresh_place(self._seen()[0] + step)

    def _seen(self) -> tuple[int, int]:
        """Return the first and the last place on the screen."""
        height = self._layout.height
        top = self.scroll_offset.y
        bottom = top + max(1, self.size.height - self._header_height) - 1
        return top // height, bottom // height

    def _is_seen(self, place: int) -> bool:
        first, last = self._seen()
        return first <= place <= last

    def _drawn(self) -> "list[_Drawn]":
        """Return what the rows on the screen are made of, from the top."""
        first, last = self._seen()
        width = self.scrollable_content_region.width
        return [self._drawn_at(place, width) for place in range(first, last + 1)]

    def _drawn_at(self, place: int, width: int) -> "_Drawn":
        row = self._loaded.at(place)
        if row is None:
            return None, place < self._loaded.total, False, ""
        group = self._group(row, place, width)
        return row, self.is_selected(row), self.is_marked(row), group

    def _shift(self, before: int, now: int) -> None:
        """Draw what came into view, and what stands in front of the first row."""
        if before == now:
            return
        lines = range(self._header_height, self.size.height)
        at_once.shift(self, lines, now - before)
        if self._groups is not None:
            self._refresh_place(before // self._layout.height)
            self._refresh_place(now // self._layout.height)

    def _refresh_place(self, place: int) -> None:
        height = self._layout.height
        y = place * height - self.scroll_offset.y
        if y > -height:
            y += self._header_height
            self.refresh(Region(0, y, self.size.width, height))

    def _empty_line(self, y: int, width: int) -> Strip:
        """Return a line of what is said where nothing is listed, in the middle."""
        room = max(1, min(width - 2, _EMPTY_CELLS))
        told = self._empty.split("\n")
        lines = [one for line in told for one in wrapped(line, room)]
        top = max(0, (self.size.height - len(lines)) // 2)
        if not top <= y < top + len(lines):
            return Strip.blank(width, self.visual_style.rich_style)
        left = max(0, (width - max(map(cell_len, lines))) // 2 - 1)
        name = "muted" if y > top else "heading"
        return self._strip(" " * left + lines[y - top], name, width)

    def _header_line(self, width: int) -> Strip:
        header = self._layout.header(width - self._sign_cells)
        return self._strip(" " * (self._sign_cells - 1) + header, "header", width)

    @property
    def _sign_cells(self) -> int:
        """Cells of cursor and mark: beside each other where a row is one line."""
        return 2 if self._layout.height == 1 else 1

    def _gutter(self, width: int) -> int:
        """Return cells in front of the rows, for what a few of them have in common."""
        return self._groups.gutter(width - self._sign_cells) if self._groups else 0

    def _group(self, row: Row, place: int, width: int) -> str:
        """Return what stands in front of a row: at the first of its group only."""
        if self._groups is None or not self._gutter(width):
            return ""
        text = self._groups.group(row, self._now())
        above = None if place == self._seen()[0] else self._loaded.at(place - 1)
        is_first = above is None or self._groups.group(above, self._now()) != text
        return text if is_first else ""

    def _row_strip(self, row: Row, place: int, part: int, width: int) -> Strip:
        """Return a line of a mail, as it was drawn before where nothing changed.

        Whatever is told beside the mails is drawn anew each second, as times are.
        """
        over = self._cursor_style if self.is_selected(row) else Style.null()
        ground = self.visual_style.rich_style
        now = self._now().replace(microsecond=0)
        group, sign = self._group(row, place, width), self._sign(row, part)
        made_of = (row, group, width, now, ground, over)
        kept = self._strips.get((row.id, part, sign))
        if kept is not None and kept[0] == made_of:
            return kept[1]
        cells = self._layout.lines(row, max(1, width - self._sign_cells), now)[part]
        if gutter := self._gutter(width):
            group = f"{group:{gutter}.{gutter}}"
            cells = (Cell(text=group, kind=Kind.HEADING), *cells)
        segments = self._segments((Cell(text=sign), *cells), over)
        strip = Strip(segments).adjust_cell_length(width, ground + over)
        if len(self._strips) >= _MOST_STRIPS:
            self._strips.clear()
        self._strips[row.id, part, sign] = made_of, strip
        return strip

    def _sign(self, row: Row, part: int) -> str:
        """Return what stands before a line: the cursor, and the mark after it."""
        cursor = _CURSOR if self.is_selected(row) else " "
        mark = _MARK if self.is_marked(row) else " "
        return cursor + mark if self._layout.height == 1 else (cursor, mark)[part]

    def _segments(self, cells: Cells, over: Style) -> list[Segment]:
        return [
            Segment(cell.text, self._style(cell.kind.value) + over) for cell in cells
        ]

    @property
    def _cursor_style(self) -> Style:
        name = "cursor" if self.has_focus else "cursor-blurred"
        return self._style(name, is_partial=True)

    def _strip(self, text: str, name: str, width: int) -> Strip:
        strip = Strip([Segment(f" {text}", self._style(name))])
        return strip.adjust_cell_length(width, self.visual_style.rich_style)

    def _style(self, name: str, *, is_partial: bool = False) -> Style:
        known = self._styles_known.get((name, is_partial))
        if known is None:
            known = self.get_component_rich_style(
                f"mail-table--{name}", partial=is_partial
            )
            self._styles_known[name, is_partial] = known
        return known
