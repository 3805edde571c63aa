"""Textual's editor, which draws what a key changed at once, and makes no line again.

Textual's own forgets every line it has made with each key, and draws all of them.
"""

# ruff: noqa: SLF001 - Textual has no public way to where lines are wrapped
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple

from textual.cache import LRUCache
from textual.document._document import EditResult
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets import TextArea

from tuimail.tui.widgets import at_once

_KEPT: Final = 500
"""Lines of the screen that were made and may be needed again."""
Location = tuple[int, int]
"""A row, and a column of it."""
Mark = tuple[str, int, int]
"""How something in a row is marked, and its first column and the one behind it."""


class QuickArea(TextArea):
    """Wraps its lines, and has neither line numbers nor a placeholder."""

    def __init__(self, *, id: str) -> None:
        self._made: LRUCache[Hashable, Strip] = LRUCache(_KEPT)
        self._shown: dict[int, Strip] = {}
        """What each line of the widget was drawn as last."""
        self._is_quick = False
        self._is_styled = False
        super().__init__(id=id, compact=True, highlight_cursor_line=False)

    def notify_style_update(self) -> None:
        self._forget()
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        self._style()
        return super(TextArea, self).render_lines(crop)

    def render_line(self, y: int) -> Strip:
        made = self._shown[y] = self._line(y, self._look())
        return made

    def move_cursor(
        self,
        location: Location,
        select: bool = False,  # noqa: FBT002 - as Textual has it
        center: bool = False,  # noqa: FBT002
        record_width: bool = True,  # noqa: FBT002
    ) -> None:
        with self._quickly():
            super().move_cursor(location, select, center, record_width)

    def marks_in(self, row: int) -> Sequence[Mark]:
        """Return what is marked in a row by its number."""
        del row
        return ()

    def _replace_via_keyboard(
        self, insert: str, start: Location, end: Location
    ) -> EditResult | None:
        with self._quickly():
            return super()._replace_via_keyboard(insert, start, end)

    def _delete_via_keyboard(self, start: Location, end: Location) -> EditResult | None:
        with self._quickly():
            return super()._delete_via_keyboard(start, end)

    @contextmanager
    def _quickly(self) -> Iterator[None]:
        """Draw only those lines that are others afterwards, and these at once."""
        if self._is_quick or not self.is_mounted:
            yield
            return
        self._is_quick = True
        try:
            yield
        finally:
            self._is_quick = False
        self._style()
        look = self._look()
        lines = range(self.size.height)
        changed = [y for y in lines if self._line(y, look) != self._shown.get(y)]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))
            at_once.draw(self)

    def _set_dirty(self, *regions: Region) -> None:
        if not self._is_quick and not regions:
            self._forget()
        if regions or not self._is_quick:
            super()._set_dirty(*regions)

    def _forget(self) -> None:
        """Make every line anew: it may look otherwise."""
        self._made.clear()
        self._is_styled = False

    def _style(self) -> None:
        """Look up what its styles are, as Textual's does with each key."""
        if not self._is_styled:
            self._theme.apply_css(self)
            self._is_styled = True

    def _line(self, y: int, look: "_Look") -> Strip:
        """Return a line of the widget, as it was made where it looks the same."""
        key = look.width, self._told(look.top + y, look)
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = self._render_line(y)
        return made

    def _look(self) -> "_Look":
        first, last = sorted(self.selection)
        return _Look(
            self.scrollable_content_region.width,
            self.scroll_offset.y,
            self.selection.end,
            self._draw_cursor,
            (first, last) if first != last else None,
            self._matching_bracket_location,
        )

    def _told(self, offset: int, look: "_Look") -> Hashable:
        """Return what a line of the text, as it is wrapped, tells and looks like.

        How wide a tab is depends on all that stands before it.
        """
        places = self.wrapped_document._offset_to_line_info
        if offset >= len(places):
            return None
        row, section = places[offset]
        text = self.document.get_line(row)
        wraps = self.wrapped_document.get_offsets(row)
        if "\t" in text:
            part, others = _Part(row, 0, len(text) + 1), (section, *wraps)
        else:
            ends = (0, *wraps, len(text) + 1)  # a cursor may stand behind the text
            part, others = _Part(row, ends[section], ends[section + 1]), ()
        marks = [part.clipped(mark) for mark in self.marks_in(row)]
        told = text[part.first : part.last], part.last > len(text), others
        return *told, look.of(part), *filter(None, marks)


class _Part(NamedTuple):
    """What of a row stands on one line of the screen."""

    row: int
    first: int
    last: int
    """The column behind it."""

    def column(self, location: Location | None) -> int | None:
        """Return where in it a location is, if it is there."""
        if location is None or location[0] != self.row:
            return None
        is_here = self.first <= location[1] < self.last
        return location[1] - self.first if is_here else None

    def clipped(self, mark: Mark) -> Mark | None:
        """Return what of a mark is in it, counted from its beginning."""
        name, start, end = mark
        start, end = max(start, self.first), min(end, self.last)
        return (name, start - self.first, end - self.first) if start < end else None


class _Look(NamedTuple):
    """What lines look otherwise by, beside what stands in them."""

    width: int
    top: int
    """How many lines it is scrolled."""
    cursor: Location
    is_cursor_drawn: bool
    selected: tuple[Location, Location] | None
    bracket: Location | None
    """Where the one is that belongs to the one at the cursor."""

    def of(self, part: _Part) -> Hashable:
        """Return what of it is seen in a part of a row."""
        column = part.column(self.cursor)
        return (
            column is not None
            and (column, self.is_cursor_drawn, self.bracket is not None),
            self.selected and self._selected(part, *self.selected),
            part.column(self.bracket),
        )

    def _selected(self, part: _Part, first: Location, last: Location) -> Hashable:
        """Return from where to where it is selected, counted from its beginning."""
        if not first[0] <= part.row <= last[0]:
            return None
        is_bare = part.last == 1  # drawn as selected, unless the cursor is in it
        begin = first[1] if part.row == first[0] else 0
        end = last[1] if part.row == last[0] and not is_bare else part.last
        return part.clipped(("", begin, end))
