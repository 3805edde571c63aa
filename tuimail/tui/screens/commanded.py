"""A screen on which things are done by name: typed, or chosen from a list."""

from functools import partial
from typing import TYPE_CHECKING, Final, cast

from textual import events, on
from textual.widget import Widget

from tuimail.tui import commanding, on_demand
from tuimail.tui.commanding import Command
from tuimail.tui.guard import SETTLING_SECONDS, TOO_QUICK
from tuimail.tui.keymap import filled
from tuimail.tui.screens.styled import Styled
from tuimail.tui.stillness import keep_still
from tuimail.tui.widgets.command_line import CommandLine
from tuimail.tui.widgets.notice import Notice

if TYPE_CHECKING:
    from tuimail.tui.app import TuimailApp

_AFTER_THE_LIST: Final = SETTLING_SECONDS + 0.1
"""Decisions are deaf when a pane comes back; one that was chosen there waits."""


class Commanded(Styled[None]):
    """Runs what ``commanding`` finds; whatever a key may not do, a name may not."""

    _had_keyboard_before_command: Widget | None = None
    """What had the focus before a command was typed."""

    def commands(self) -> tuple[Command, ...]:
        """Return what can be done now."""
        app = cast("TuimailApp", self.app)
        return commanding.commands(self.active_bindings, app.named_commands())

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        keep_still(event.widget, moves=cast("TuimailApp", self.app).moves)

    def action_command_line(self) -> None:
        found = self.commands()
        self._had_keyboard_before_command = self.focused
        self.query_one(CommandLine).open(found)

    def action_palette(self) -> None:
        palette = on_demand.PaletteScreen(self.commands())
        self.app.push_screen(palette, self._command_chosen)

    @on(CommandLine.Entered)
    async def _command_entered(self, message: CommandLine.Entered) -> None:
        message.stop()
        line = self.query_one(CommandLine)
        if not line.is_open:
            return
        line.close()
        self.set_focus(self._had_keyboard_before_command)
        if message.text:
            await self._run_typed(message.text)

    async def _run_typed(self, text: str) -> None:
        notice = self.query_one(Notice)
        if not cast("TuimailApp", self.app).guard.is_calm:
            notice.say(TOO_QUICK, is_error=False)
            return
        wanted = commanding.meant(text, self.commands())
        changed = cast("TuimailApp", self.app).changed_keys
        notice.say(wanted.problem, hint=filled(wanted.hint, changed))
        if wanted.command is not None:
            await self._run_command(wanted.command, wanted.rest)

    def _command_chosen(self, command: Command | None) -> None:
        if command is None:
            return
        rest = command.name.partition(" ")[2]
        if command.decides:
            self.set_timer(_AFTER_THE_LIST, partial(self._run_command, command, rest))
        else:
            self.call_later(self._run_command, command, rest)

    async def _run_command(self, command: Command, rest: str) -> None:
        if command.act is not None and (rest or command.node is None):
            command.act(rest)
        elif command.node is not None:
            await self.app.run_action(command.action, command.node)
