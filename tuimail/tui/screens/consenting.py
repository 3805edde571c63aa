"""A pane from which mail can leave: it asks first, and again what was refused."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from tuimail.errors import (
    LifecycleError,
    NotAllowedError,
    NotFoundError,
    TuimailError,
)
from tuimail.tui import on_demand
from tuimail.tui.screens import deciding
from tuimail.tui.screens.deciding import Consent
from tuimail.tui.screens.signing_pane import SigningPane, said
from tuimail.workspace.views import Page, Row


class ConsentingPane(SigningPane):
    """Lets mail go once somebody said yes to it."""

    def ask_consent(
        self,
        verb: str,
        page: Page,
        then: Callable[[Row], None],
        *,
        has_time: bool = False,
        given: Consent | None = None,
        complaint: str = "",
    ) -> None:
        """Ask whether ``page`` may leave, and let it go.

        Args:
            verb: Of ``deciding.WAYS_OUT``.
            page: What is about to leave.
            then: Told what it became.
            has_time: Whether the cursor is where a time is typed.
            given: What was answered before.
            complaint: Why that was refused; shown as untrusted text.
        """
        dialog = on_demand.ReleaseScreen(
            page,
            verb=verb,
            undo=self.tuimail.settings.undo,
            name=self.signer(page),
            has_time=has_time,
            given=given,
            complaint=complaint,
        )
        self.app.push_screen(dialog, partial(self._consented, verb, page, then))

    def _consented(
        self,
        verb: str,
        page: Page,
        then: Callable[[Row], None],
        consent: Consent | None,
    ) -> None:
        if consent is None:
            return
        self.signed(consent.signature)
        call = deciding.WAYS_OUT[verb](page.row, self.tuimail.settings.undo, consent)
        kept = replace(consent, signature=None)
        self.ask(call, then, otherwise=partial(self._not_yet, verb, page, then, kept))

    def _not_yet(
        self,
        verb: str,
        page: Page,
        then: Callable[[Row], None],
        given: Consent,
        error: TuimailError,
    ) -> None:
        """Ask again what can be said otherwise; of what is over, tell."""
        if is_over(error):
            self.refused(error)
            self.reload()
        else:
            self.ask_consent(verb, page, then, given=given, complaint=said(error))


def is_over(error: TuimailError) -> bool:
    """Return whether nothing that is typed would make it another answer."""
    is_step = isinstance(error, LifecycleError | NotFoundError)
    return is_step and not isinstance(error, NotAllowedError)
