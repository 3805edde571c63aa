"""The line in which people type what a list is to show only."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from tuimail.tui import wording
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.widgets.line_input import AskingLine

_PLACEHOLDER = "words, or from: to: subject: file: note: agent: account: state:"


class FilterLine(Horizontal):
    """Shows what a list is narrowed to, and how many mails that leaves."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.FILTER)]
    DEFAULT_CSS = """
    FilterLine {
        dock: bottom;
        display: none;
        height: 1;
        background: $panel;
        & > #filter-sign { width: 9; padding: 0 1; text-style: bold; color: $primary; }
        & > #filter-field { width: 1fr; background: $panel; }
        & > #filter-note { width: auto; max-width: 60%; padding: 0 1; }
        & > #filter-note { color: $text-muted; }
        & > #filter-note.-error { color: $error; text-style: bold; }
    }
    FilterLine.-shown { display: block; }
    """

    @dataclass
    class Typed(Message):
        """Something else is typed now."""

        text: str

    @dataclass
    class Taken(Message):
        """The list is to be looked at, as narrow as it is now."""

        text: str

    @dataclass
    class Dropped(Message):
        """The list is to show everything again."""

    def __init__(self) -> None:
        super().__init__(id="filter")
        self.note = ""
        """What is said beside what was typed; safe text."""

    def compose(self) -> ComposeResult:
        yield Static("filter", id="filter-sign", markup=False)
        yield AskingLine(id="filter-field", joint=" ", placeholder=_PLACEHOLDER)
        yield Static("", id="filter-note", markup=False)

    @property
    def text(self) -> str:
        """What is typed."""
        return self._field.value.strip()

    @property
    def is_open(self) -> bool:
        """Whether the line is there."""
        return self.has_class("-shown")

    def begin(self) -> None:
        """Let something be typed; what was typed before is there to be changed."""
        self.add_class("-shown")
        self._field.focus()
        self._field.action_end()

    def close(self) -> None:
        """Take no room, and forget what was typed."""
        self.remove_class("-shown")
        with self.prevent(Input.Changed):
            self._field.value = ""
        self.say("")

    def say(self, text: str, *, is_error: bool = False) -> None:
        """Say untrusted ``text`` beside what was typed."""
        self.note = wording.line(text)
        note = self.query_one("#filter-note", Static)
        note.set_class(is_error, "-error")
        note.update(Content(self.note))

    def action_take(self) -> None:
        self.post_message(self.Taken(self.text))

    def action_drop(self) -> None:
        self.post_message(self.Dropped())

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        message.stop()
        self.post_message(self.Typed(self.text))

    @property
    def _field(self) -> AskingLine:
        return self.query_one(AskingLine)
