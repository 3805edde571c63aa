"""How mail is withdrawn: at any moment before the point of no return.

The transaction that withdraws it also closes the attempt that is open, so that
its point of no return fails. Who has the mail already, keeps it. Where it
may have arrived it is not tried again either, but is unknown and not cancelled.
"""

from typing import Final

from tuimail.core.lifecycle import SubmissionEvent, SubmissionState
from tuimail.core.submission import AttemptPhase, Receipt, RecipientState
from tuimail.errors import TransitionError
from tuimail.store.submissions import SubmissionRow
from tuimail.workspace import steps
from tuimail.workspace.stores import Stores

WITHDRAWN: Final = "Withdrawn."


def withdraw(stores: Stores, submission: SubmissionRow) -> None:
    """End it for those who do not have it; inside a transaction.

    Raises:
        TransitionError: It is being handed over just now, is unknown, or settled.
    """
    if submission.state is SubmissionState.UNKNOWN:
        raise steps.undecided(submission)
    _close_attempt(stores, submission)
    if steps.may_have_arrived(stores, submission):
        steps.leave_unknown(stores, submission, WITHDRAWN)
        return
    if not steps.someone_has_it(stores, submission):
        is_sure = not steps.was_lost(stores, submission)
        reason = WITHDRAWN if is_sure else steps.unsure(WITHDRAWN)
        steps.step(stores, submission, SubmissionEvent.CANCEL, reason=reason)
        return
    steps.mark(stores, submission, steps.UNSETTLED, RecipientState.FAILED)
    reason = "Withdrawn for those who did not have it yet."
    steps.step(stores, submission, SubmissionEvent.STOP, reason=reason)


def being_handed_over(draft_id: str) -> TransitionError:
    """Return the refusal to touch what may be leaving at this moment."""
    return TransitionError(
        f"Mail {draft_id} is being handed over to the provider just now.",
        hint=f"See what came of it: tuimail show {draft_id}",
    )


def _close_attempt(stores: Stores, submission: SubmissionRow) -> None:
    if submission.state is not SubmissionState.SENDING:
        return
    attempt = stores.submissions.attempts(submission.id)[-1]
    if attempt.phase is not AttemptPhase.OPEN:
        raise being_handed_over(submission.draft_id)
    stores.submissions.end_attempt(
        submission.id,
        attempt.number,
        outcome=SubmissionEvent.CANCEL.value,
        receipt=Receipt(),
        at=stores.clock.now(),
    )
