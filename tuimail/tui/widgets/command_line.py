"""The line on which a command is typed, and what it may become."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import HorizontalGroup, Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input, Static

from tuimail.tui import commanding
from tuimail.tui.commanding import Command
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.widgets.bar import Bar, Piece
from tuimail.tui.widgets.line_input import AskingLine

MOST_REMEMBERED: Final = 50


class Offered(Bar):
    """Names what the typed command may become; the chosen one stands out."""

    names: reactive[tuple[str, ...]] = reactive(())
    chosen: reactive[str] = reactive("")
    remark: reactive[str] = reactive("")
    """What the only one of them does."""

    def pieces(self) -> Sequence[Piece]:
        first = self.names.index(self.chosen) if self.chosen in self.names else 0
        shown = (*self.names[first:], *self.names[:first])
        pieces = [Piece(text=f" {name} ", style=self._look(name)) for name in shown]
        remark = Piece(text=f" {self.remark}", style="text")
        return [*pieces, remark] if self.remark else pieces

    def _look(self, name: str) -> str:
        return "current" if name == self.chosen else "key"


class CommandLine(Vertical):
    """Takes a command; is there only while one is typed."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.COMMAND)]
    DEFAULT_CSS = """
    CommandLine { display: none; height: 2; background: $panel; }
    CommandLine.-open { display: block; }
    CommandLine .prompt {
        width: 2;
        color: $accent;
        text-style: bold;
        padding: 0 0 0 1;
    }
    CommandLine HorizontalGroup { height: 1; }
    CommandLine Input, CommandLine Input:focus {
        width: 1fr;
        height: 1;
        border: none;
        padding: 0;
        background: $panel;
    }
    """

    @dataclass
    class Entered(Message):
        """A command was typed to its end; empty when the person went back."""

        line: "CommandLine"
        text: str

        @property
        def control(self) -> "CommandLine":
            """The line that sent it."""
            return self.line

    def __init__(self) -> None:
        super().__init__(id="command-line")
        self._commands: Sequence[Command] = ()
        self._typed = ""
        """What the person typed, while something else is offered in its place."""
        self._before: list[str] = []
        self._back = 0
        """How many commands back the line shows; 0 for a new one."""

    def compose(self) -> ComposeResult:
        yield Offered()
        with HorizontalGroup():
            yield Static(":", classes="prompt", markup=False)
            yield AskingLine(id="command", joint=" ")

    @property
    def field(self) -> Input:
        """What is typed into."""
        return self.query_one(Input)

    @property
    def is_open(self) -> bool:
        """Whether a command is being typed."""
        return self.has_class("-open")

    def open(self, commands: Sequence[Command]) -> None:
        """Take a command of ``commands``."""
        self._commands = commands
        self._back = 0
        self.add_class("-open")
        self.field.value = ""
        self._offer("")
        self.screen.set_focus(self.field)

    def close(self) -> None:
        """Take no room any more."""
        self.remove_class("-open")

    @on(Input.Changed)
    def _changed(self, message: Input.Changed) -> None:
        message.stop()
        self._typed = message.value
        self._offer(message.value)

    @on(Input.Blurred)
    def _left(self, message: Input.Blurred) -> None:
        message.stop()
        if self.is_open and self.screen.focused is not self.field:
            self.action_close()

    def on_key(self, event: events.Key) -> None:
        """Leave when the first character is taken off, as every such line does."""
        if event.key == "backspace" and not self.field.value:
            event.stop()
            self.action_close()

    def action_enter(self) -> None:
        text = self.field.value.strip()
        if text and text not in self._before[-1:]:
            self._before = [*self._before, text][-MOST_REMEMBERED:]
        self.post_message(self.Entered(self, text))

    def action_close(self) -> None:
        self.post_message(self.Entered(self, ""))

    def action_complete(self, step: int) -> None:
        offered = self.query_one(Offered)
        names = offered.names
        if not names:
            return
        place = names.index(offered.chosen) + step if offered.chosen in names else 0
        offered.chosen = names[place % len(names)]
        self._put(offered.chosen)

    def action_remember(self, step: int) -> None:
        self._back = max(0, min(self._back + step, len(self._before)))
        self._put(self._before[-self._back] if self._back else self._typed)
        self._offer(self.field.value)

    def _put(self, text: str) -> None:
        """Show a command that the person did not type."""
        with self.prevent(Input.Changed):
            self.field.value = text
        self.field.cursor_position = len(text)

    def _offer(self, typed: str) -> None:
        offered = self.query_one(Offered)
        offered.names = commanding.completions(typed, self._commands)
        offered.chosen = ""
        offered.remark = self._remark(typed)

    def _remark(self, typed: str) -> str:
        found = commanding.meant(typed, self._commands).command
        return found.help if found else ""
