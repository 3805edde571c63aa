"""The names of the tabs of a mail, on one line."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from textual import events
from textual.message import Message
from textual.reactive import reactive

from tuimail.tui import wording
from tuimail.tui.tabs import Tab
from tuimail.tui.widgets.bar import Bar, Piece

_READ: Final = "*"
"""Behind the title of a tab whose end was on the screen."""


class TabLine(Bar):
    """Names the tabs of a mail on one line; one of them is current."""

    DEFAULT_CSS = "TabLine { height: 1; }"

    current: reactive[str] = reactive("")

    @dataclass
    class Chosen(Message):
        """A tab was clicked."""

        line: "TabLine"
        name: str

        @property
        def control(self) -> "TabLine":
            """The line that sent it."""
            return self.line

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tabs: Sequence[Tab] = ()
        self._read: frozenset[str] = frozenset()
        self._width = 0

    def show(
        self,
        tabs: Sequence[Tab],
        current: str,
        *,
        read: frozenset[str] = frozenset(),
        width: int = 0,
    ) -> None:
        """Show the titles of ``tabs``.

        Args:
            tabs: In their order.
            current: Name of the one that is open.
            read: Names of those whose end was on the screen.
            width: Cells that the text is kept to, 0 for all there are.
        """
        before = self.pieces(), self.right()
        self._tabs = tabs
        self._read = read
        self._width = width
        self.current = current
        if (self.pieces(), self.right()) != before:
            self.refresh()

    def right(self) -> Piece | None:
        """Return how wide the text is kept, where somebody chose that."""
        if not self._width:
            return None
        return Piece(text=f"{self._width} columns ", style="key")

    def pieces(self) -> Sequence[Piece]:
        """Return the widest titles that fit; else what leads up to the current."""
        for pieces in self._ever_shorter():
            if _cells(pieces) <= self._room:
                return pieces
        return self._around_the_current()

    def _ever_shorter(self) -> Iterator[Sequence[Piece]]:
        """Yield the titles with ever more of them short, the last ones first."""
        ways: list[Callable[[str], str]] = [_full] * len(self._tabs)
        yield self._named(ways)
        for place in reversed(range(len(self._tabs))):
            if self._tabs[place].name != self.current:
                ways[place] = _short
                yield self._named(ways)
        yield self._named([_short] * len(self._tabs))
        yield self._named([_tight] * len(self._tabs))

    def _named(self, ways: Sequence[Callable[[str], str]]) -> Sequence[Piece]:
        return [self._piece(*one) for one in zip(self._tabs, ways, strict=True)]

    @property
    def _room(self) -> int:
        right = self.right()
        return self.size.width - (wording.cells(right.text) + 1 if right else 0)

    def _piece(self, tab: Tab, way: Callable[[str], str]) -> Piece:
        style = "current" if tab.name == self.current else "text"
        title = tab.title if way is _full else tab.short or tab.title
        mark = _READ if tab.name in self._read else ""
        return Piece(text=way(title + mark), style=style, target=tab.name)

    def _around_the_current(self) -> Sequence[Piece]:
        names = [tab.name for tab in self._tabs]
        shown = [self._piece(tab, _tight) for tab in self._tabs]
        place = names.index(self.current) if self.current in names else 0
        first = 0
        while first < place and _cells(shown[first : place + 1]) > self._room:
            first += 1
        return shown[first:]

    def on_click(self, event: events.Click) -> None:
        target = self.target_at(event.x)
        if target:
            self.post_message(self.Chosen(self, target))


def _full(title: str) -> str:
    return f" {title} "


def _short(title: str) -> str:
    return f" {title} "


def _tight(title: str) -> str:
    return f"{title} "


def _cells(pieces: Sequence[Piece]) -> int:
    return sum(wording.cells(piece.text) for piece in pieces)
