"""Asks before mail of unknown fate is sent again; where all went out, for a word."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from tuimail.tui import wording
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.over import Over
from tuimail.tui.widgets.dialog_row import DialogRow
from tuimail.tui.widgets.evidence_panel import evidence_lines
from tuimail.tui.widgets.facts import Facts
from tuimail.tui.widgets.step_panel import PlainField
from tuimail.workspace.evidence import Evidence
from tuimail.workspace.views import Row


class SendAgainScreen(Over[str]):
    """Returns what was typed, empty where a yes was enough, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.SEND_AGAIN)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.SEND_AGAIN,)
    TITLE_TEXT = "Send it again?"

    def __init__(self, row: Row, found: Evidence, *, said: str = "") -> None:
        """Ask about ``row``.

        Args:
            row: The mail of unknown fate.
            found: What is known of it.
            said: What came of asking the provider.
        """
        super().__init__()
        self._row = row
        self._found = found
        self._said = said

    def content(self) -> ComposeResult:
        yield Facts()
        if not self._found.to_type:
            return
        yield DialogRow("Domain", PlainField(id="domain", compact=True))
        domain = wording.line(self._found.to_type)
        hint = f"Type {domain} to send it again: then they may get it twice."
        yield Static(Content(hint), classes="remark", markup=False)

    def on_mount(self) -> None:
        lines = evidence_lines(self._row, self._found, said=self._said, offered=())
        self.query_one(Facts).show(lines)
        self.has_fields(has_fields=bool(self._found.to_type))
        for field in self.query(PlainField):
            field.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "agree":
            return not self._found.to_type
        return super().check_action(action, parameters)

    def action_agree(self) -> None:
        """Take a plain yes; where a word is to be typed, that is a letter of it."""
        self.decide(str)

    def action_take(self) -> None:
        typed = "".join(field.value for field in self.query(PlainField)).strip()
        wanted = self._found.to_type
        if typed.casefold() != wanted.casefold():
            self.complain(f"Type {wording.line(wanted)} to send it again.")
            return
        self.decide(lambda: typed)
