"""Asks for a command that is to read the message, runs it, and shows what it says."""

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input
from textual.worker import Worker

from tuimail.tui import wording
from tuimail.tui.guard import TOO_QUICK
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.piping import LONGEST_SECONDS, MOST_BYTES, Piped, piped
from tuimail.tui.screens.over import Over
from tuimail.tui.screens.path import PathField
from tuimail.tui.widgets.blocks import TextLines
from tuimail.tui.widgets.dialog_row import DialogRow
from tuimail.tui.widgets.text_view import TextView


class PipeScreen(Over[None]):
    """Returns nothing: neither the mail nor anything else is changed by it."""

    AUTO_FOCUS = "#command"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.PIPE)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.PIPE, Scope.TEXT)
    TITLE_TEXT = "Which command is to read the message?"

    def __init__(self, content: bytes, *, command: str = "") -> None:
        """Ask.

        Args:
            content: The message; what the command reads, as it is.
            command: What stands in the field first.
        """
        super().__init__()
        self._content = content
        self._command = command
        self._is_running = False

    def content(self) -> ComposeResult:
        yield DialogRow("Command", PathField(self._command, id="command", compact=True))
        yield TextView(id="printed")

    def on_mount(self) -> None:
        self.has_fields(has_fields=True)
        self.query_one("#printed").display = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "run":
            return not self._is_running
        return super().check_action(action, parameters)

    def action_run(self) -> None:
        """Run what was typed: keys that were not typed by hand run nothing."""
        command = self.query_one("#command", Input).value.strip()
        if not self.tuimail.guard.allows():
            self.complain(TOO_QUICK)
            self.tuimail.refuse_burst()
        elif command:
            self._run(command)
        else:
            self.complain("Type a command first, such as less or grep -i subject.")

    def _run(self, command: str) -> Worker[None]:
        self._is_running = True
        self.complain("It runs…")
        self.refresh_bindings()
        return self.run_worker(partial(self._wait_for, command), group="pipe")

    async def _wait_for(self, command: str) -> None:
        try:
            found = await piped(command, self._content)
        except (OSError, ValueError) as error:
            self._ended(f"It cannot be run: {wording.line(str(error))}.")
            return
        self._ended(_how(found))
        text = found.printed.decode("utf-8", "backslashreplace")
        view = self.query_one("#printed", TextView)
        view.show(TextLines(text.removesuffix("\n")))
        view.display = bool(text)

    def _ended(self, sentence: str) -> None:
        self._is_running = False
        self.complain(sentence)
        self.refresh_bindings()


def _how(found: Piped) -> str:
    """Return how it ended, in one sentence; empty where it said enough itself."""
    more = f" Only its first {wording.size(MOST_BYTES)} are shown." * found.is_cut
    if found.status is None:
        return f"It was ended: it took longer than {LONGEST_SECONDS:.0f} s.{more}"
    if found.status:
        return f"It ended with {found.status}.{more}"
    return f"It ended well, and printed nothing.{more}" if not found.printed else more
