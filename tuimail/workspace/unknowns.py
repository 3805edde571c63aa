"""Mail whose fate is not known, and providers whose own record may tell.

Asking changes nothing, so it may be asked again and again; only an answer that
proves something settles anything.
"""

from collections.abc import Iterator

from tuimail.core.lifecycle import SubmissionState
from tuimail.core.submission import RecipientState, Verdicts
from tuimail.core.values import dataclass
from tuimail.providers.base import LookUp
from tuimail.settings.account import AccountSettings
from tuimail.workspace import settling
from tuimail.workspace.claiming import envelope_of
from tuimail.workspace.stores import Stores
from tuimail.workspace.ways_out import capabilities


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One unknown mail, and the account whose provider may know."""

    submission_id: str
    draft_id: str
    account: AccountSettings


def questions(stores: Stores) -> tuple[Question, ...]:
    """Return what may be asked now."""
    return tuple(_questions(stores))


def _questions(stores: Stores) -> Iterator[Question]:
    for row in stores.submissions.in_state(SubmissionState.UNKNOWN):
        account = stores.settings.account(row.account)
        if account is None or account.provider != row.provider:
            continue
        if capabilities(row.provider).can_look_up:
            yield Question(submission_id=row.id, draft_id=row.draft_id, account=account)


def look_up(stores: Stores, question: Question) -> LookUp:
    """Return the question as the provider is asked it."""
    row = stores.submissions.get(question.submission_id)
    attempts = stores.submissions.attempts(row.id)
    unknown = (
        one
        for one in stores.submissions.recipients(row.id)
        if one.state is RecipientState.UNKNOWN
    )
    return LookUp(
        submission_id=row.id,
        message_id=row.message.message_id,
        envelope=envelope_of(row, unknown),
        idempotency_key=row.id,
        committed_at=max(one.committed_at or one.started_at for one in attempts),
        handle=attempts[-1].handle,
    )


def answered(
    stores: Stores, question: Question, verdicts: Verdicts, *, jitter: float
) -> None:
    """Settle it, unless a person did so meanwhile."""
    row = stores.submissions.get(question.submission_id)
    if row.state is SubmissionState.UNKNOWN:
        settling.settle_unknown(stores, row, verdicts.by_recipient, jitter=jitter)
