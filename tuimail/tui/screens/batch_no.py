"""Says no to several mails at once: which, and by which code."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from tuimail.core.decision import CODES
from tuimail.tui import batching, wording
from tuimail.tui.batching import Unwanted
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.deciding import Refusal
from tuimail.tui.screens.over import Over
from tuimail.tui.widgets.codes import Codes
from tuimail.tui.widgets.dialog_row import DialogRow
from tuimail.tui.widgets.signing import Signing
from tuimail.tui.widgets.step_panel import PlainField
from tuimail.tui.widgets.text_view import TextView

NO_CODE = "Choose a code first: it is what a program acts upon."


class BatchNoScreen(Over[Refusal]):
    """Lists every mail that is marked; one code is said about all of them."""

    AUTO_FOCUS = "#codes"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.REASON)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.REASON, Scope.TEXT)

    def __init__(
        self,
        unwanted: Unwanted,
        *,
        name: str = "",
        given: Refusal | None = None,
        complaint: str = "",
    ) -> None:
        """Ask about what was marked before.

        Args:
            unwanted: The mails, as they are in the list.
            name: The reviewer who is offered first.
            given: What was said before; its PIN is not used.
            complaint: Why that was refused; shown as untrusted text.
        """
        super().__init__()
        self._unwanted = unwanted
        self._signer = name
        self._given = given or Refusal(reason="")
        self._complaint = complaint
        self.has_fields(has_fields=True)

    @property
    def title_text(self) -> str:
        number = wording.count(len(self._unwanted.rows), "mail")
        return f"Reject {number} for good?"

    def content(self) -> ComposeResult:
        yield TextView(id="batch-text")
        yield Codes(CODES, chosen=self._given.codes, id="codes")
        reason = PlainField(self._given.reason, id="why", compact=True)
        yield DialogRow("Reason", reason)
        yield Signing(self._unwanted.reviewers, name=self._signer)

    def on_mount(self) -> None:
        self.query_one(TextView).show(tuple(batching.listed(self._unwanted.rows)))
        self.complain(wording.line(self._complaint))

    def action_code(self, code: str) -> None:
        self.query_one(Codes).toggle(code)

    def action_decide(self) -> None:
        codes = self.query_one(Codes).in_order
        if not codes:
            self.complain(NO_CODE)
            return
        reason = self.query_one("#why", PlainField).value.strip()
        self.decide(
            lambda: Refusal(
                reason=reason, codes=codes, signature=self.query_one(Signing).take()
            )
        )
