"""Everything that can be done now, found by typing a part of its name."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from tuimail.tui import commanding
from tuimail.tui.commanding import Command
from tuimail.tui.guard import TOO_QUICK
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.over import Over
from tuimail.tui.widgets.command_list import CommandList
from tuimail.tui.widgets.line_input import AskingLine


class PaletteScreen(Over[Command]):
    """Lists what is allowed now, and returns what the person chose of it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.PALETTE)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.PALETTE,)
    DEFAULT_CSS = """
    PaletteScreen #box { height: 80%; }
    PaletteScreen AskingLine { margin: 0 0 1 0; height: 1; }
    PaletteScreen.-short AskingLine { margin: 0; }
    """
    TITLE_TEXT = "What can be done here"

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self._commands = tuple(commanding.spread(commands))

    def content(self) -> ComposeResult:
        field = AskingLine(id="palette-field", joint=" ")
        field.placeholder = "type a part of its name"
        yield field
        yield CommandList()

    def on_mount(self) -> None:
        self._list.show(self._commands)
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _changed(self, message: Input.Changed) -> None:
        message.stop()
        self._list.show(commanding.matching(message.value, self._commands))

    @on(CommandList.Taken)
    def _clicked(self, message: CommandList.Taken) -> None:
        message.stop()
        self.action_take()

    def action_take(self) -> None:
        if not self.tuimail.guard.is_calm:
            self.complain(TOO_QUICK)
        elif self._list.chosen is not None:
            self.dismiss(self._list.chosen)

    def action_move(self, count: int) -> None:
        self._list.move(count)

    def action_page(self, count: int) -> None:
        self._list.page(count)

    @property
    def _list(self) -> CommandList:
        return self.query_one(CommandList)
