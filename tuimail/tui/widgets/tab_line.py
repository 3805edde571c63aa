"""The names of the tabs of a mail, on one line."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.reactive import reactive

from tuimail.tui import wording
from tuimail.tui.contents import Tab
from tuimail.tui.widgets.bar import Bar, Piece


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

    def show(self, tabs: Sequence[Tab], current: str) -> None:
        """Show the titles of ``tabs``."""
        self._tabs = tabs
        self.current = current
        self.refresh()

    def pieces(self) -> Sequence[Piece]:
        """Return the widest titles that fit; else what leads up to the current."""
        for way in (_full, _short, _tight):
            pieces = [self._piece(tab, way(tab)) for tab in self._tabs]
            if _cells(pieces) <= self.size.width:
                return pieces
        return self._around_the_current()

    def _piece(self, tab: Tab, text: str) -> Piece:
        style = "current" if tab.name == self.current else "text"
        return Piece(text=text, style=style, target=tab.name)

    def _around_the_current(self) -> Sequence[Piece]:
        names = [tab.name for tab in self._tabs]
        shown = [self._piece(tab, _tight(tab)) for tab in self._tabs]
        place = names.index(self.current) if self.current in names else 0
        first = 0
        while first < place and _cells(shown[first : place + 1]) > self.size.width:
            first += 1
        return shown[first:]

    def on_click(self, event: events.Click) -> None:
        target = self.target_at(event.x)
        if target:
            self.post_message(self.Chosen(self, target))


def _full(tab: Tab) -> str:
    return f" {tab.title} "


def _short(tab: Tab) -> str:
    return f" {tab.short or tab.title} "


def _tight(tab: Tab) -> str:
    return f"{tab.short or tab.title} "


def _cells(pieces: Sequence[Piece]) -> int:
    return sum(wording.cells(piece.text) for piece in pieces)
