"""The question before several mails leave: which, which not, and how many."""

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from tuimail.tui import batching, wording
from tuimail.tui.batching import Counted, Marked
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.over import Over
from tuimail.tui.widgets.dialog_row import DialogRow
from tuimail.tui.widgets.signing import Signing
from tuimail.tui.widgets.step_panel import PlainField
from tuimail.tui.widgets.text_view import TextView

_HOW: Final = "Type how many leave. Each of them gets its own approval."


class BatchScreen(Over[Counted]):
    """Lists every mail; how many there are has to be typed."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.BATCH)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.BATCH, Scope.TEXT)

    def __init__(self, marked: Marked, *, name: str = "", complaint: str = "") -> None:
        """Ask about what was marked.

        Args:
            marked: As the workspace sorted it.
            name: The reviewer who is offered first.
            complaint: Why it was refused before; shown as untrusted text.
        """
        super().__init__()
        self._marked = marked
        self._signer = name
        self._complaint = complaint
        self.has_fields(has_fields=bool(marked.pages))

    @property
    def title_text(self) -> str:
        number = len(self._marked.pages)
        if not number:
            return "None of them can be released together."
        return f"Release {wording.count(number, 'mail')}?"

    def content(self) -> ComposeResult:
        yield TextView(id="batch-text")
        if self._marked.pages:
            yield DialogRow("How many", PlainField(id="count", compact=True))
            yield Static(Content(_HOW), classes="remark", markup=False)
            yield Signing(self._marked.reviewers, name=self._signer)

    def on_mount(self) -> None:
        view = self.query_one(TextView)
        view.show(tuple(batching.lines(self._marked)))
        view.focus()
        self.complain(wording.line(self._complaint))
        for field in self.query("#count"):
            field.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "decide" and not self._marked.pages:
            return False
        return super().check_action(action, parameters)

    def action_decide(self) -> None:
        typed = self.query_one("#count", PlainField).value.strip()
        if typed.isascii() and typed.isdecimal():
            self.decide(lambda: self._counted(int(typed)))
        else:
            self.complain("Type how many mails leave, as a number.")

    def _counted(self, count: int) -> Counted:
        return Counted(count=count, signature=self.query_one(Signing).take())
