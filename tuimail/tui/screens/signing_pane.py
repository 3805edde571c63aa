"""A pane where something is done under a reviewer's name, who gives a PIN."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from tuimail.errors import TuimailError
from tuimail.tui import on_demand
from tuimail.tui.screens.reading import ReadingPane
from tuimail.workspace.views import Page, Row, Signature
from tuimail.workspace.workspace import Workspace

if TYPE_CHECKING:
    from tuimail.tui.screens.sign import Signed

_HINTS: Final = {"as": "Choose your name and type your PIN."}
"""What to do about a field here, where the workspace tells what to type."""
_UNDO: Final = "Take the rejection back?"
_WHY_UNDO: Final = "It waits for a decision again, and its author is told so."
_EDIT: Final = "Who changes it?"
_WHY_EDIT: Final = (
    "What you write is yours: the policy may want somebody else to approve it. "
    "Without a PIN it is by the user of this machine."
)


class _Asked(NamedTuple):
    """What a signature is asked for."""

    title: str
    why: str
    is_needed: bool
    """Whether it is not done without one."""


class SigningPane(ReadingPane):
    """Asks for a name and a PIN where reviewers are named, and remembers no PIN."""

    def signer(self, page: Page) -> str:
        """Return the reviewer who is offered first: who signed last, or is asked."""
        return self.tuimail.signer or page.standing.assigned

    def signed(self, signature: Signature | None) -> None:
        """Remember who signed, and never with what."""
        if signature is not None:
            self.tuimail.signer = signature.name

    def undo_reject(self, page: Page, then: Callable[[Row], None]) -> None:
        """Take a rejection back, under a reviewer's name where there are reviewers."""

        def call(workspace: Workspace, signature: Signature | None) -> Row:
            return workspace.reviews.undo_reject(page.row.id, signature=signature)

        self._signed_by(_Asked(_UNDO, _WHY_UNDO, is_needed=True), page, call, then)

    def sign_edit(self, page: Page, then: Callable[[], None]) -> None:
        """Let it be changed, under a reviewer's name where somebody signs."""
        if not page.standing.reviewers:
            then()
            return

        def call(workspace: Workspace, signature: Signature | None) -> Row:
            return workspace.reviews.sign_edit(page.row.id, signature=signature)

        asked = _Asked(_EDIT, _WHY_EDIT, is_needed=False)
        self._signed_by(asked, page, call, lambda _row: then())

    def _signed_by(
        self,
        asked: _Asked,
        page: Page,
        call: Callable[[Workspace, Signature | None], Row],
        then: Callable[[Row], None],
        complaint: str = "",
    ) -> None:
        """Do ``call`` with the signature that is asked for, if one is; ask again."""

        def refused(error: TuimailError) -> None:
            self._signed_by(asked, page, call, then, said(error))

        def answered(answer: "Signed | None") -> None:
            if answer is not None:
                self.signed(answer.signature)
                done = partial(_with, call, answer.signature)
                self.ask(done, then, otherwise=refused)

        if not page.standing.reviewers:
            self.ask(partial(_with, call, None), then)
            return
        dialog = on_demand.SignScreen(
            asked.title,
            asked.why,
            page.standing.reviewers,
            name=self.signer(page),
            is_needed=asked.is_needed,
            complaint=complaint,
        )
        self.app.push_screen(dialog, answered)


def _with(
    call: Callable[[Workspace, Signature | None], Row],
    signature: Signature | None,
    workspace: Workspace,
) -> Row:
    return call(workspace, signature)


def said(error: TuimailError) -> str:
    """Return what a dialog says about a refusal; untrusted text."""
    return f"{error} {_HINTS.get(error.field, error.hint)}".strip()
