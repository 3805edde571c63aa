"""The line below a text: what is looked for in it, and what was gone to."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.widgets.line_input import AskingLine
from tuimail.tui.widgets.prose import Kind


class SearchLine(Horizontal):
    """Takes no room until something is looked for, or gone to."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.SEARCH)]
    DEFAULT_CSS = """
    SearchLine {
        display: none;
        height: auto;
        max-height: 3;
        background: $panel;
        & > #search-sign { width: 6; padding: 0 1 0 0; text-style: bold; }
        & > #search-sign { color: $primary; }
        & > #search-field { width: 1fr; background: $panel; }
        & > #search-note { width: auto; max-width: 100%; height: auto; }
        & > #search-note.-block { color: $error; text-style: bold; }
        & > #search-note.-warning { color: $warning; }
        & > #search-note.-muted { color: $text-muted; }
        & > #search-note.-strong { text-style: bold; }
    }
    SearchLine.-shown { display: block; layout: horizontal; }
    SearchLine.-telling > #search-sign, SearchLine.-telling > #search-field {
        display: none;
    }
    """

    @dataclass
    class Typed(Message):
        """Something else is typed now."""

        text: str

    @dataclass
    class Taken(Message):
        """It was typed; the text is to be read."""

    @dataclass
    class Dropped(Message):
        """Nothing is looked for any more."""

    def __init__(self) -> None:
        super().__init__(id="search")
        self.note = ""
        """What is said beside the field, or in its place; safe text."""
        self._kind: Kind | None = None

    def compose(self) -> ComposeResult:
        yield Static("find", id="search-sign", markup=False)
        yield AskingLine(id="search-field", joint=" ")
        yield Static("", id="search-note", markup=False)

    @property
    def text(self) -> str:
        """What is typed."""
        return self._field.value

    def begin(self) -> None:
        """Let something be typed, in the place of what was typed before."""
        self.remove_class("-telling")
        self.add_class("-shown")
        self.say("")
        self._field.focus()
        self._field.action_select_all()

    def say(self, note: str, kind: Kind = Kind.MUTED) -> None:
        """Say something beside what is typed; safe text."""
        if (note, kind) == (self.note, self._kind):
            return
        self.note, self._kind = note, kind
        shown = self.query_one("#search-note", Static)
        for one in Kind:
            shown.set_class(one is kind, f"-{one.value}")
        shown.update(Content(note))

    def tell(self, note: str, kind: Kind) -> None:
        """Say something and ask for nothing; safe text."""
        self.add_class("-shown", "-telling")
        self.say(note, kind)

    def close(self) -> None:
        """Take no room."""
        self.remove_class("-shown", "-telling")
        self.say("")

    def action_take(self) -> None:
        self.post_message(self.Taken())

    def action_drop(self) -> None:
        self.post_message(self.Dropped())

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        message.stop()
        self.post_message(self.Typed(self.text))

    @property
    def _field(self) -> AskingLine:
        return self.query_one(AskingLine)
