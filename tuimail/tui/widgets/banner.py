"""Lines below the top line that stay as long as what they tell is so.

What only once went wrong is in the row above the keys; this is about all mail.
"""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from tuimail.tui import wording
from tuimail.tui.keymap import named
from tuimail.tui.widgets.top_line import is_nobody


class Banner(Static):
    """Says that nobody sends, or that nothing can be stored; else takes no room."""

    ALLOW_SELECT: ClassVar[bool] = False
    DEFAULT_CSS = """
    Banner {
        height: auto;
        max-height: 4;
        padding: 0 1;
        background: $panel;
        color: $error;
        text-style: bold;
        display: none;
    }
    Banner.-shown { display: block; }
    """

    sender: reactive[str] = reactive("")
    """The sender's own words."""
    trouble: reactive[str] = reactive("")
    """Why nothing new can be stored, or empty; untrusted."""

    def __init__(self, *, keys: Mapping[str, str]) -> None:
        super().__init__("", id="banner", markup=False)
        self._keys = keys

    @property
    def lines(self) -> tuple[str, ...]:
        """What is said now; safe text."""
        return tuple(self._lines())

    def watch_sender(self) -> None:
        self.say_again()

    def watch_trouble(self) -> None:
        self.say_again()

    def say_again(self) -> None:
        """Say it with the keys that work now."""
        lines = self.lines
        self.set_class(bool(lines), "-shown")
        self.update(Content("\n").join(Content(line) for line in lines))

    def _lines(self) -> Iterator[str]:
        if self.trouble:
            elsewhere = named("pane.write-elsewhere", self._keys)
            yield wording.line(
                f"NOTHING CAN BE STORED: {self.trouble} {elsewhere} saves what you "
                "write in another place."
            )
        if is_nobody(self.sender):
            start = named("app.start-sender", self._keys)
            yield wording.line(f"NOBODY SENDS: {self.sender} {start} starts it here.")
