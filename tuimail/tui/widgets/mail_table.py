"""A list of mails whose selection is a mail, never a place in the list.

Textual's own table keeps a row number, so that a mail that arrives or is
decided elsewhere moves the cursor to another mail without a key; in a list
where keys approve, that approves the wrong one.

It has a window of the list and no more, so that a million mails are as quick as
fifty; what is about to be seen beyond that, it asks for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.geometry import Offset
from textual.message import Message

from tuimail.tui.guard import Guard
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.widgets import at_once
from tuimail.tui.widgets.layouts import Layout
from tuimail.tui.widgets.loaded import Asked, Loaded
from tuimail.tui.widgets.marks import Marks
from tuimail.tui.widgets.row_view import RowView
from tuimail.workspace.views import Row

_SCREENS_AHEAD = 2
"""So much is loaded above and below what is on the screen."""
_LEAST_AHEAD = 30


class MailTable(RowView):
    """Shows rows and lets one be chosen; disarms the guard when that changes."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.LIST)]

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
    class Wanted(Message):
        """More of the list is about to be seen: ``asked`` says what."""

        table: "MailTable"

        @property
        def control(self) -> "MailTable":
            """The table that sent it."""
            return self.table

    @dataclass
    class Marked(Message):
        """Other mails are marked than before."""

        table: "MailTable"
        is_cut: bool = False
        """Whether a range ended because it reached beyond what is loaded."""

        @property
        def control(self) -> "MailTable":
            """The table that sent it."""
            return self.table

    @dataclass
    class Narrowed(Message):
        """The person wants to type what the list is to show only."""

        table: "MailTable"

        @property
        def control(self) -> "MailTable":
            """The table that sent it."""
            return self.table

    @dataclass
    class Widened(Message):
        """The list is to show everything again."""

        table: "MailTable"

        @property
        def control(self) -> "MailTable":
            """The table that sent it."""
            return self.table

    @dataclass
    class HitWanted(Message):
        """The next mail that was looked for is to be selected, or the one before."""

        table: "MailTable"
        step: int

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
        super().__init__(layout, now=now, empty=empty, id=id)
        self._guard = guard
        self._marks = Marks()
        self._place = 0
        self._far: Row | None = None
        """The selected mail, where it is in the list and not loaded."""
        self._aim: int | None = None
        """The place that is to be selected as soon as it is loaded; -1 is the end."""
        self._has_asked = False
        self.selected = ""
        """Id of the selected mail; it may have left the list meanwhile."""
        self.is_narrow = False
        """Whether it shows what was looked for, and nothing else."""
        self.has_hits = False
        """Whether something was looked for, so that there may be a next hit."""

    @property
    def rows(self) -> Sequence[Row]:
        """What is loaded of the list, and what is marked elsewhere in it."""
        loaded = self._loaded
        far = [row for row in self._marks.rows if loaded.place_of(row.id) is None]
        return (*loaded.rows, *far)

    @property
    def total(self) -> int:
        """How many mails the list has."""
        return self._loaded.total

    @property
    def selected_row(self) -> Row | None:
        """The selected mail, unless it is not in the list any more."""
        return self._loaded.row_of(self.selected) or self._far

    @property
    def marked(self) -> tuple[str, ...]:
        """Ids of the mails that are marked, in the order of the list."""
        return tuple(row.id for row in self._marks.rows)

    @property
    def is_ranging(self) -> bool:
        """Whether moving the selection marks what it passes."""
        return self._marks.is_ranging

    @property
    def asked(self) -> Asked:
        """What is to be loaded: what is seen, what is aimed at, and some around."""
        first, last = self._seen()
        ahead = max(_LEAST_AHEAD, _SCREENS_AHEAD * (last - first + 1))
        aim = self._aim
        if aim is None and first <= self._place <= last:
            place = self._place
        else:
            place = first if aim is None else aim
        return Asked(
            around=self._anchors() if aim is None else (),
            place=place,
            above=ahead,
            below=ahead + last - first,
            selected=self.selected,
            marked=frozenset(row.id for row in self._marks.rows),
        )

    def is_selected(self, row: Row) -> bool:
        return row.id == self.selected

    def is_marked(self, row: Row) -> bool:
        return row.id in self._marks

    def came_into_view(self) -> None:
        self._look_ahead()

    @property
    def cursor_offset(self) -> Offset:
        """Where the selected mail is, for whoever follows the terminal's cursor."""
        line = self._place * self._layout.height - self.scroll_offset.y
        return Offset(0, self._header_height + line)

    def mark_selected(self) -> None:
        """Mark the selected mail, or take its mark off."""
        row = self.selected_row
        if row is not None:
            self._marks.toggle(row, self._place)
            self._refresh_place(self._place)
            self.post_message(self.Marked(self))

    def unmark(self) -> None:
        """Take all marks off."""
        self._marks.clear()
        self.refresh()
        self.post_message(self.Marked(self))

    def show(
        self,
        rows: Sequence[Row],
        *,
        start: int = 0,
        total: int | None = None,
        selected: Row | None = None,
        place: int = 0,
        marked: Sequence[Row] = (),
        is_other: bool = False,
    ) -> None:
        """List ``rows``; the selected mail stays selected, wherever it is now.

        A selected mail that left the list stays selected too, so that no key
        lands on its neighbour.

        Args:
            rows: The part of the list that was asked for.
            start: How many mails stand above it.
            total: How many mails the list has; None means no others.
            selected: The selected mail, if it is in the list.
            place: How many mails stand above that one.
            marked: Marked mails that are in the list, in its order.
            is_other: Whether another search made it, of which the first mail is
                selected where the one that was is not in it.
        """
        before, drawn, anchors = self.selected_row, self._drawn(), self._anchors()
        was_seen = not self.selected or self._is_seen(self._place)
        old, self._loaded = self._loaded, Loaded(rows, start=start, total=total)
        self._has_asked = False
        self._far = selected
        if is_other and self.selected_row is None:
            self.selected = ""
        shift = old.moved(self._loaded, anchors)
        self._marks.keep(self._loaded, marked)
        self._find_place(shift, place)
        if not self.selected and rows:
            self._select(self._loaded.start if start else 0)
        self._disarm_if_changed(before)
        self._measure()
        self._follow(shift, drawn)
        if was_seen or is_other:
            self._reveal()
        self._reach_aim()

    def select(self, row_id: str) -> None:
        """Select the mail with ``row_id``, in the list or not yet."""
        self._aim = None
        place = self._loaded.place_of(row_id)
        self._become(row_id, self._place if place is None else place)

    def leave_selected(self) -> None:
        """Select the neighbour: the person has decided about this mail."""
        if self._loaded.total:
            self._go(min(self._place + 1, self._loaded.total - 1))
        if self.selected_row is None:
            self.selected = ""

    def on_resize(self, event: events.Resize) -> None:
        del event
        self._measure()
        self.refresh()
        self._reveal()
        self._look_ahead()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Select the mail under the pointer; hovering never does."""
        line = event.y - self._header_height + self.scroll_offset.y
        place = line // self._layout.height
        if event.y >= self._header_height and self._loaded.has(place):
            self._select(place)

    def action_move(self, count: int) -> None:
        if self.selected_row is None and count > 0:
            count -= 1
        self._go(self._goal + count)

    def action_page(self, count: int) -> None:
        self._go(self._goal + count * self._page)

    def action_half_page(self, count: int) -> None:
        self._go(self._goal + count * max(1, self._page // 2))

    @property
    def _page(self) -> int:
        return max(1, self.size.height // self._layout.height - 1)

    def action_move_to_top(self) -> None:
        self._go(0)

    def action_move_to_bottom(self) -> None:
        self._go(self._loaded.total - 1)

    def action_move_to_line(self, number: int) -> None:
        """Go to the mail of that number, counted from 1."""
        self._go(number - 1)

    def action_open(self) -> None:
        if self.selected_row is not None:
            self.post_message(self.Opened(self, self.selected))

    def action_mark(self) -> None:
        self.mark_selected()

    def action_range(self) -> None:
        """Mark all from here to where the selection goes, or end that."""
        row = self.selected_row
        if self._marks.is_ranging:
            self._marks.end_range()
        elif row is not None:
            self._marks.begin_range(row, self._place)
            self._refresh_place(self._place)
        self.post_message(self.Marked(self))

    def action_unmark(self) -> None:
        self.unmark()

    def action_filter(self) -> None:
        self.post_message(self.Narrowed(self))

    def action_clear_filter(self) -> None:
        self.post_message(self.Widened(self))

    def action_hit(self, step: int) -> None:
        self.post_message(self.HitWanted(self, step))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "unmark":
            return bool(self._marks)
        if action == "open":
            return self._loaded.total > 0
        if action == "clear_filter":
            return self.is_narrow
        if action == "hit":
            return self.has_hits
        return super().check_action(action, parameters)

    @property
    def _goal(self) -> int:
        """Where the selection is, or will be once that is loaded."""
        if self._aim is None:
            return self._place
        return self._loaded.total - 1 if self._aim < 0 else self._aim

    def _go(self, place: int) -> None:
        """Select what is at a place, now or when it is loaded."""
        last = self._loaded.total - 1
        if last < 0:
            return
        place = max(0, min(place, last))
        if self._loaded.has(place):
            self._select(place)
        else:
            self._aim = -1 if place == last else place
            self._ask()

    def _select(self, place: int) -> None:
        row = self._loaded.at(place)
        if row is not None:
            self._aim = None
            self._become(row.id, place)
            self._look_ahead()

    def _become(self, row_id: str, place: int) -> None:
        before, self._place = self._place, place
        if row_id != self.selected:
            self.selected, self._far = row_id, None
            self._guard.disarm()
            self.post_message(self.Selected(self, row_id))
            self._reach(before, place)
        self._reveal()
        self._refresh_place(before)
        self._refresh_place(place)
        at_once.draw(self)

    def _reach(self, before: int, place: int) -> None:
        """Mark what lies between, while a range is being marked."""
        if self._marks.is_ranging:
            is_whole = self._marks.reach(self._loaded, place)
            for one in range(*sorted((before, place))):
                self._refresh_place(one)
            self.post_message(self.Marked(self, is_cut=not is_whole))

    def _reach_aim(self) -> None:
        """Go where the person wanted, now that it may be loaded."""
        if self._aim is not None:
            self._go(self._goal)
        else:
            self._look_ahead()

    def _disarm_if_changed(self, before: Row | None) -> None:
        after = self.selected_row
        if _decided_about(before) != _decided_about(after):
            self._guard.disarm()

    def _find_place(self, shift: int, place: int) -> None:
        """Take note of where the selected mail is; one that left was between others."""
        loaded = self._loaded.place_of(self.selected)
        if loaded is not None:
            self._place, self._far = loaded, None
        elif self._far is not None:
            self._place = place
        else:
            self._place = max(0, min(self._place + shift, self._loaded.total))

    def _reveal(self) -> None:
        top = self._place * self._layout.height
        bottom = top + self._layout.height + self._header_height - self.size.height
        if self.scroll_y > top:
            self.scroll_to(y=top, animate=False, force=True)
        elif self.scroll_y < bottom:
            self.scroll_to(y=bottom, animate=False, force=True)

    def _anchors(self) -> tuple[str, ...]:
        """Return ids of what is to stay where it is, the most wanted first.

        The selected mail, unless somebody scrolled away from it; then what is on
        the screen around it.
        """
        first, last = self._seen()
        middle = self._place if first <= self._place <= last else first
        places = sorted(range(first, last + 1), key=lambda one: abs(one - middle))
        rows = (self._loaded.at(place) for place in places)
        seen = [row.id for row in rows if row is not None]
        is_here = bool(self.selected) and middle == self._place
        return tuple(dict.fromkeys(([self.selected] if is_here else []) + seen))

    def _look_ahead(self) -> None:
        """Ask for more before it is seen."""
        first, last = self._seen()
        ahead = last - first + 1
        if not self._loaded.has_all(first - ahead, last + ahead):
            self._ask()

    def _ask(self) -> None:
        if not self._has_asked:
            self._has_asked = True
            self.post_message(self.Wanted(self))


def _decided_about(row: Row | None) -> tuple[str, int, str] | None:
    """Return what a decision key would act upon."""
    return (row.id, row.revision, row.status) if row else None
