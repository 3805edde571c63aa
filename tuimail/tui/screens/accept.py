"""Asks which warnings about a mail may stand, and why."""

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from tuimail.core.finding import Finding, Severity
from tuimail.tui import wording
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.deciding import LetStand
from tuimail.tui.screens.over import Over
from tuimail.tui.set_up.values import Choice
from tuimail.tui.widgets.boxes import Boxes
from tuimail.tui.widgets.dialog_row import DialogRow
from tuimail.tui.widgets.signing import Signing
from tuimail.tui.widgets.step_panel import PlainField
from tuimail.workspace.views import Page

_HOW: Final = "Nothing is decided by it; whoever approves is told what stands, and why."
NO_REASON: Final = "Say in a few words why it may stand."


class AcceptScreen(Over[LetStand]):
    """Shows each kind of warning with its box."""

    AUTO_FOCUS = "#boxes"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.ACCEPT)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.ACCEPT, Scope.BOXES, Scope.PICKS)
    TITLE_TEXT = "Which warnings may stand?"
    DEFAULT_CSS = """
    AcceptScreen Boxes { max-height: 10; margin-bottom: 1; }
    """

    def __init__(
        self,
        page: Page,
        *,
        name: str = "",
        given: LetStand | None = None,
        complaint: str = "",
    ) -> None:
        """Ask about the newest revision of ``page``.

        Args:
            page: What was looked at, with a warning at least.
            name: The reviewer who is offered first.
            given: What was answered before; its PIN is not used.
            complaint: Why that was refused; shown as untrusted text.
        """
        super().__init__()
        self.page = page
        self._signer = name
        self._before = tuple(one.code for one in page.accepted)
        self._given = given or LetStand(codes=self._before)
        self._complaint = complaint
        self.has_fields(has_fields=True)

    def content(self) -> ComposeResult:
        taken = self._given.codes
        yield Boxes(choices(self.page.findings), taken=taken, id="boxes")
        reason = PlainField(self._given.reason, id="why", compact=True)
        yield DialogRow("Reason", reason)
        yield Static(Content(_HOW), classes="remark", markup=False)
        yield Signing(self.page.standing.reviewers, name=self._signer)

    def on_mount(self) -> None:
        self.complain(wording.line(self._complaint))

    def action_decide(self) -> None:
        """Return what is ticked; what is new needs a reason."""
        codes = self.query_one(Boxes).taken
        field = self.query_one("#why", PlainField)
        reason = field.value.strip()
        if set(codes) - set(self._before) and not reason:
            self.complain(NO_REASON)
            field.focus()
            return
        self.decide(
            lambda: LetStand(
                codes=codes, reason=reason, signature=self.query_one(Signing).take()
            )
        )


def choices(findings: tuple[Finding, ...]) -> list[Choice]:
    """Return the warnings, each kind once; how often it was found is said."""
    warnings = [one for one in findings if one.severity is Severity.WARNING]
    codes = dict.fromkeys(one.code for one in warnings)
    return [_choice([one for one in warnings if one.code == code]) for code in codes]


def _choice(same: list[Finding]) -> Choice:
    first, *others = same
    more = f" (and {wording.count(len(others), 'more place')})" if others else ""
    return Choice(
        key=first.code, text=first.code, more=wording.line(first.message) + more
    )
