"""How a release is undone: withdrawn before anybody was offered it, and open again.

The approval is spent by it. What was offered to a provider is never undone: some
may have it.
"""

from tuimail.core.lifecycle import DRAFT_STEPS, DraftEvent, SubmissionState, advance
from tuimail.core.origin import is_agent
from tuimail.errors import TransitionError
from tuimail.store.submissions import SubmissionRow
from tuimail.workspace import steps
from tuimail.workspace.stores import Stores
from tuimail.workspace.withdrawing import withdraw


def reopen(stores: Stores, submission: SubmissionRow) -> None:
    """Withdraw a submission and open its draft again; inside a transaction.

    One's own mail is a draft then, and what an agent handed in is in review.

    Raises:
        TransitionError: It was handed over already, or may have arrived.
    """
    row = stores.drafts.get(submission.draft_id)
    _withdraw(stores, submission)
    handed_in = is_agent(row.origin.actor)
    event = DraftEvent.TAKE_BACK_HANDED_IN if handed_in else DraftEvent.TAKE_BACK
    target = advance(DRAFT_STEPS, row.state, event)
    now = stores.clock.now()
    stores.decisions.spend(submission.approval_id, now)
    stores.drafts.set_state(row.id, target, at=now, submission_id=None)


def _withdraw(stores: Stores, submission: SubmissionRow) -> None:
    if steps.may_have_arrived(stores, submission):
        raise steps.undecided(submission)
    if steps.was_lost(stores, submission):
        raise _was_offered(submission)
    if submission.state is SubmissionState.CANCELLED:
        return
    if submission.attempts or steps.someone_has_it(stores, submission):
        raise _was_offered(submission)
    withdraw(stores, submission)


def _was_offered(submission: SubmissionRow) -> TransitionError:
    mail = submission.draft_id
    return TransitionError(
        f"Mail {mail} was offered to the provider already.",
        hint=f"Withdraw it for who is left: tuimail cancel {mail}",
    )
