"""Asks for the words that the author of a draft will read."""

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static, TextArea

from tuimail.tui import wording
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.over import Over

_TITLES: Final = {
    "request_changes": "Send back for changes",
    "reject": "Reject for good",
}


class ReasonScreen(Over[str]):
    """Returns the reason, or None; the text is never lost by a refusal."""

    AUTO_FOCUS = "#reason"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.REASON)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.REASON,)

    def __init__(
        self, verb: str, *, author: str, text: str = "", complaint: str = ""
    ) -> None:
        super().__init__()
        self._verb = verb
        self._author = author
        self._text = text
        self._complaint = complaint

    @property
    def title_text(self) -> str:
        return f"{_TITLES[self._verb]}: {wording.line(self._author)}"

    def content(self) -> ComposeResult:
        yield Static("The author will read:", classes="remark", markup=False)
        yield TextArea(self._text, id="reason", soft_wrap=True, compact=True)

    def on_mount(self) -> None:
        self.complain(wording.line(self._complaint))

    def action_decide(self) -> None:
        reason = self.query_one(TextArea).text.strip()
        if not reason:
            self.complain("Write a reason first: its author will read it.")
            return
        self.dismiss(reason)
