"""The steps of a submission that several desks take, inside a transaction."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from tuimail.core.lifecycle import (
    SUBMISSION_STEPS,
    SubmissionEvent,
    SubmissionState,
    advance,
)
from tuimail.core.retry import GIVE_UP_AFTER, gives_up_at
from tuimail.core.submission import (
    HAVE_IT,
    OPEN_RECIPIENTS,
    Receipt,
    RecipientState,
)
from tuimail.store.submissions import SubmissionRow
from tuimail.workspace.stores import Stores

UNSETTLED: Final = OPEN_RECIPIENTS | {RecipientState.UNKNOWN}
"""Recipients about whom something is still open."""
WITHOUT_IT: Final = frozenset(RecipientState) - HAVE_IT
"""Recipients whom another try could reach."""
REROUTABLE: Final = frozenset(
    {
        SubmissionState.READY,
        SubmissionState.HELD,
        SubmissionState.DEFERRED,
        SubmissionState.ERROR,
        SubmissionState.PARTIAL,
    }
)
"""Nobody is at it, and of everybody it is known whether they have it."""


def step(
    stores: Stores,
    row: SubmissionRow,
    event: SubmissionEvent,
    *,
    reason: str,
    due_at: datetime | None = None,
    attempts: int | None = None,
    provider_message_id: str | None = None,
) -> None:
    """Take one step; an undo window never outlives it.

    Args:
        stores: The open workspace, in a transaction.
        row: As it stands in the database.
        event: What happens.
        reason: Why it is where it is now: one sentence, or empty.
        due_at: When it is tried next, where it waits for a time.
        attempts: How many count now; None leaves the number.
        provider_message_id: What the provider calls it; None leaves it.

    Raises:
        TransitionError: There is no such step.
    """
    stores.submissions.set_state(
        row.id,
        advance(SUBMISSION_STEPS, row.state, event),
        at=stores.clock.now(),
        reason=reason,
        due_at=due_at,
        undo_until=None,
        attempts=attempts,
        provider_message_id=provider_message_id,
    )


def waits_for_another_try(row: SubmissionRow) -> bool:
    """Whether its time was chosen by nobody, so that a person may say now.

    What was held while it waited for another try is ready again, and keeps the
    time of that.
    """
    is_resumed = row.state is SubmissionState.READY and row.attempts > 0
    return is_resumed or row.state is SubmissionState.DEFERRED


def hold(stores: Stores, row: SubmissionRow, reason: str) -> None:
    """Let it wait for a person; when it was to leave is kept for that day."""
    step(stores, row, SubmissionEvent.HOLD, reason=reason, due_at=row.due_at)


def resume(stores: Stores, row: SubmissionRow) -> None:
    """Let it go on: at its time, or now where that has passed.

    Where the days for which it is tried ended while it was held, they begin
    anew. The time after which its author has no use for it stays.
    """
    now = stores.clock.now()
    due_at = max(now, row.due_at) if row.due_at else now
    step(stores, row, SubmissionEvent.RESUME, reason="", due_at=due_at)
    if row.give_up_at and row.give_up_at <= due_at and not _expires(stores, row):
        anew = gives_up_at(released_at=due_at)
        stores.submissions.set_state(
            row.id, SubmissionState.READY, at=now, give_up_at=anew
        )


def _expires(stores: Stores, row: SubmissionRow) -> bool:
    """Whether its end was chosen, by its author or by who released it."""
    draft = stores.drafts.get(row.draft_id)
    chosen = stores.drafts.revision(draft.id, draft.revision).draft.expires_at
    life = row.give_up_at - row.released_at if row.give_up_at else GIVE_UP_AFTER
    return chosen is not None or timedelta(0) < life < GIVE_UP_AFTER


def mark(
    stores: Stores,
    row: SubmissionRow,
    which: Collection[RecipientState],
    state: RecipientState,
    *,
    receipt: Receipt | None = None,
) -> None:
    """Give every recipient that is in one of ``which`` the state ``state``."""
    for recipient in stores.submissions.recipients(row.id):
        if recipient.state in which:
            stores.submissions.set_recipient(
                row.id,
                recipient.envelope.wire_address,
                state,
                receipt,
                at=stores.clock.now(),
            )


def states(stores: Stores, row: SubmissionRow) -> list[RecipientState]:
    """Return what is known about each recipient."""
    return [one.state for one in stores.submissions.recipients(row.id)]


def someone_has_it(stores: Stores, row: SubmissionRow) -> bool:
    """Return whether the provider answers for somebody's copy."""
    return not HAVE_IT.isdisjoint(states(stores, row))


def give_up(stores: Stores, row: SubmissionRow, reason: str) -> None:
    """Stop trying for good, for everybody about whom something is open."""
    has_it = someone_has_it(stores, row)
    event = SubmissionEvent.STOP if has_it else SubmissionEvent.GIVE_UP
    mark(stores, row, UNSETTLED, RecipientState.FAILED)
    step(stores, row, event, reason=reason)
