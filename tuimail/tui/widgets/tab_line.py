"""The names of the tabs of a mail, on one line."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.reactive import reactive

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
        self._tabs: Sequence[tuple[str, str]] = ()

    def show(self, tabs: Sequence[tuple[str, str]], current: str) -> None:
        """Show names and titles of ``tabs``."""
        self._tabs = tabs
        self.current = current
        self.refresh()

    def pieces(self) -> Sequence[Piece]:
        return [
            Piece(
                text=f" {title} ",
                style="current" if name == self.current else "text",
                target=name,
            )
            for name, title in self._tabs
        ]

    def on_click(self, event: events.Click) -> None:
        target = self.target_at(event.x)
        if target:
            self.post_message(self.Chosen(self, target))
