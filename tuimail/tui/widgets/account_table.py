"""A list of the ways out; what is selected is an account, never a place."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Offset, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tuimail.tui import accounts, wording
from tuimail.tui.accounts import Known
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.widgets.prose import Kind

_CURSOR: Final = "▸"
_EDGE: Final = 2
"""Cells of the cursor and the space behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    title: str
    cells: int
    text: Callable[[Known, datetime], tuple[str, Kind]]
    share: int = 0
    from_width: int = 0


def _plain(
    say: Callable[[Known], str],
) -> Callable[[Known, datetime], tuple[str, Kind]]:
    return lambda known, _now: (say(known), Kind.PLAIN)


_COLUMNS: Final = (
    _Column(
        title="ACCOUNT",
        cells=10,
        share=1,
        text=_plain(
            lambda one: (
                wording.line(one.view.name) + (" *" if one.view.is_default else "")
            )
        ),
    ),
    _Column(title="STATE", cells=13, text=accounts.state),
    _Column(
        title="TODAY",
        cells=15,
        text=_plain(lambda one: accounts.today(one.view)),
        from_width=56,
    ),
    _Column(
        title="FROM",
        cells=14,
        share=3,
        text=_plain(lambda one: accounts.sender(one.view)),
    ),
    _Column(
        title="WAY OUT",
        cells=12,
        share=2,
        text=lambda one, _now: (accounts.way_out(one.view), Kind.MUTED),
        from_width=74,
    ),
    _Column(
        title="WHY",
        cells=12,
        share=4,
        text=lambda one, _now: (accounts.why(one), Kind.MUTED),
        from_width=104,
    ),
)


class AccountTable(ScrollView, can_focus=True):
    """Shows the accounts and lets one be chosen."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.PICKS)]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "account-table--header",
        "account-table--cursor",
        "account-table--cursor-blurred",
        *(f"account-table--{kind.value}" for kind in Kind),
    }
    DEFAULT_CSS = """
    AccountTable {
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .account-table--header { color: $text-muted; text-style: bold; }
        & > .account-table--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: bold;
        }
        & > .account-table--cursor-blurred { background: $panel; text-style: bold; }
        & > .account-table--plain { color: $foreground; }
        & > .account-table--muted { color: $text-muted; }
        & > .account-table--warning { color: $warning; }
        & > .account-table--block { color: $error; }
        & > .account-table--good { color: $success; }
    }
    """

    @dataclass
    class Selected(Message):
        """Another account is selected; empty for none."""

        table: "AccountTable"
        name: str

        @property
        def control(self) -> "AccountTable":
            """The table that sent it."""
            return self.table

    def __init__(
        self, *, now: Callable[[], datetime], changed: Callable[[], None], id: str
    ) -> None:
        """Begin empty.

        Args:
            now: Tells the time, for ages.
            changed: Called when something else is selected, before anybody acts.
            id: Of the widget.
        """
        super().__init__(id=id)
        self._now = now
        self._changed = changed
        self._known: Sequence[Known] = ()
        self.selected = ""
        """Name of the selected account."""

    @property
    def known(self) -> Known | None:
        """The selected account."""
        return self._by_name.get(self.selected)

    @property
    def names(self) -> Sequence[str]:
        """What is listed, from the top."""
        return [one.view.name for one in self._known]

    def show(self, known: Sequence[Known]) -> None:
        """List ``known``; the selection stays with its account."""
        place, is_other = self._place, len(known) != len(self._known)
        self._known = known
        self.virtual_size = Size(1, len(known) + 1)
        if self.selected not in self._by_name:
            self._select(min(place, len(known) - 1))
        self.refresh(layout=is_other)

    @property
    def cursor_offset(self) -> Offset:
        """Where the selected account is, for whoever follows the terminal's cursor."""
        return Offset(0, 1 + self._place - self.scroll_offset.y)

    def choose(self, name: str) -> None:
        """Select an account by its name, as soon as it is listed."""
        if name in self.names:
            self._select(self.names.index(name))
        elif not self._known:
            self.selected = name

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return a line for each account and one for the titles."""
        del container, viewport, width
        return len(self._known) + 1

    def render_line(self, y: int) -> Strip:
        width, place = self.size.width, self.scroll_offset.y + y - 1
        if y == 0:
            return self._header(width)
        if not 0 <= place < len(self._known):
            return Strip.blank(width, self.visual_style.rich_style)
        return self._line(self._known[place], width)

    def watch_has_focus(self, value: bool) -> None:
        super().watch_has_focus(value)
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        self._select(self.scroll_offset.y + event.y - 1)

    def action_move(self, count: int) -> None:
        self._select(max(0, min(self._place + count, len(self._known) - 1)))

    @property
    def _by_name(self) -> Mapping[str, Known]:
        return {one.view.name: one for one in self._known}

    @property
    def _place(self) -> int:
        names = self.names
        return names.index(self.selected) if self.selected in names else 0

    def _select(self, place: int) -> None:
        names = self.names
        name = names[place] if 0 <= place < len(names) else ""
        if name == self.selected or (not name and names):
            return
        self.selected = name
        self._changed()
        self._reveal(place)
        self.refresh()
        self.post_message(self.Selected(self, name))

    def _reveal(self, place: int) -> None:
        """Keep the selected line in sight, below the titles."""
        top, height = self.scroll_offset.y, max(1, self.size.height - 1)
        if place < top:
            self.scroll_to(y=place, animate=False, force=True)
        elif place >= top + height:
            self.scroll_to(y=place - height + 1, animate=False, force=True)

    def _header(self, width: int) -> Strip:
        titles = " ".join(wording.fitted(one.title, cells) for one, cells in _at(width))
        style = self.get_component_rich_style("account-table--header")
        text = wording.fitted(" " * _EDGE + titles, width)
        return Strip([Segment(text, style)])

    def _line(self, known: Known, width: int) -> Strip:
        is_here = known.view.name == self.selected
        mark = f"{_CURSOR} " if is_here else " " * _EDGE
        pieces = [Segment(mark, self._style(Kind.PLAIN, is_here=is_here))]
        for column, cells in _at(width):
            text, kind = column.text(known, self._now())
            style = self._style(kind, is_here=is_here)
            pieces.append(Segment(f"{wording.fitted(text, cells)} ", style))
        style = self._style(Kind.PLAIN, is_here=is_here)
        return Strip(pieces).adjust_cell_length(width, style)

    def _style(self, kind: Kind, *, is_here: bool) -> Style:
        name = kind.value
        if is_here:
            name = "cursor" if self.has_focus else "cursor-blurred"
        return self.get_component_rich_style(f"account-table--{name}")


def _at(width: int) -> list[tuple[_Column, int]]:
    """Return the columns that there is room for, and how wide each is."""
    shown = [one for one in _COLUMNS if width >= one.from_width]
    free = max(0, width - _EDGE - sum(one.cells + 1 for one in shown))
    shares = sum(one.share for one in shown)
    return [(one, one.cells + free * one.share // shares) for one in shown]
