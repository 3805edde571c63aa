"""The steps of a submission that several desks take, inside a transaction.

The one rule kept here: mail of which a try was lost never ends as if it had not
been sent. Where nobody settled that try, whatever stops the mail leaves it
unknown, for a person to say what became of it; where a person did, and has it
stopped, the reason says that it may have arrived.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from tuimail.core.lifecycle import (
    SUBMISSION_STEPS,
    DraftState,
    SubmissionEvent,
    SubmissionState,
    advance,
    waits_for_another_try,
)
from tuimail.core.retry import gives_up_at
from tuimail.core.submission import (
    HAVE_IT,
    OPEN_RECIPIENTS,
    Receipt,
    RecipientState,
)
from tuimail.errors import TransitionError
from tuimail.store.drafts import DraftRow
from tuimail.store.instants import instant
from tuimail.store.notices import UNKNOWN
from tuimail.store.submissions import SubmissionRow
from tuimail.workspace.stores import Stores

UNSETTLED: Final = OPEN_RECIPIENTS | {RecipientState.UNKNOWN}
"""Recipients about whom something is still open."""
WITHOUT_IT: Final = frozenset(RecipientState) - HAVE_IT
"""Recipients whom another try could reach."""


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


def submission_of(stores: Stores, draft: DraftRow, *, hint: str = "") -> SubmissionRow:
    """Return how a released mail leaves.

    Raises:
        TransitionError: It was not released; ``hint`` says what to do, if not to
            look at it.
    """
    if draft.state is not DraftState.RELEASED or draft.submission_id is None:
        raise TransitionError(
            f"Draft {draft.id} is {draft.state.value}; it is not in the outbox.",
            hint=hint or f"See where it stands: tuimail show {draft.id}",
        )
    return stores.submissions.get(draft.submission_id)


def may_go_sooner(stores: Stores, row: SubmissionRow) -> bool:
    """Whether it waits for nothing that somebody chose: a try, or its account."""
    is_due = row.due_at is not None and row.due_at <= stores.clock.now()
    is_ready = row.state is SubmissionState.READY
    is_repeated = waits_for_another_try(row.state, was_tried=row.attempts > 0)
    return is_repeated or (is_ready and is_due)


def was_lost(stores: Stores, row: SubmissionRow) -> bool:
    """Whether the content went out once without an answer, settled since or not."""
    attempts = stores.submissions.attempts(row.id)
    return any(one.outcome == SubmissionEvent.LOSE for one in attempts)


def may_have_arrived(stores: Stores, row: SubmissionRow) -> bool:
    """Whether a try was lost that nobody settled: no person, no answer.

    It was settled if the mail was unknown, and is not any more. The journal
    tells in which order that was, whatever the clock did.
    """
    if row.state is SubmissionState.UNKNOWN:
        return True
    return was_lost(stores, row) and not _was_settled(stores, row)


def _was_settled(stores: Stores, row: SubmissionRow) -> bool:
    for line in reversed(stores.journal.lines(row.draft_id)):
        if line.details.get("submission") != row.id:
            continue
        if line.details.get("from") == SubmissionState.UNKNOWN:
            if line.event == "submission_moved":
                return True
        elif line.details.get("outcome") == SubmissionEvent.LOSE:
            return False
    return False


def undecided(row: SubmissionRow) -> TransitionError:
    """Return the refusal to treat mail as unsent that may have arrived."""
    is_unknown = row.state is SubmissionState.UNKNOWN
    stop = "" if is_unknown else f"tuimail cancel {row.draft_id}, then "
    return TransitionError(
        f"Mail {row.draft_id} may have arrived: a try of it was never answered.",
        hint=f"Say first what became of it: {stop}tuimail resolve {row.draft_id}",
    )


def leave_unknown(stores: Stores, row: SubmissionRow, reason: str) -> SubmissionRow:
    """Stop mail that may have arrived, and return it as it stands then.

    Held mail is let go for that first: the table has no step from there.
    """
    if row.state is SubmissionState.UNKNOWN:
        return row
    if row.state is SubmissionState.HELD:
        now = stores.clock.now()
        step(stores, row, SubmissionEvent.RESUME, reason="", due_at=now)
        row = stores.submissions.get(row.id)
    mark(stores, row, OPEN_RECIPIENTS, RecipientState.UNKNOWN)
    step(stores, row, SubmissionEvent.LOSE, reason=unsure(reason))
    return stores.submissions.get(row.id)


def tell_unknown(stores: Stores, row: SubmissionRow, reason: str) -> None:
    """Have a person told, once, that nobody knows whether it arrived."""
    now = stores.clock.now()
    stores.notices.add(kind=UNKNOWN, subject=row.draft_id, sentence=reason, at=now)


def unsure(reason: str) -> str:
    """Return ``reason`` with what nobody may take for certain."""
    return f"{reason.removesuffix('.')}; an earlier try may have arrived."


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
    """Whether its end was chosen, by its author or by who released it.

    Where nobody chose, the end is some days after the time for which it was
    released. One before it was released is a clock's mistake.
    """
    draft = stores.drafts.get(row.draft_id)
    if stores.drafts.revision(draft.id, draft.revision).draft.expires_at is not None:
        return True
    usual = gives_up_at(released_at=_released_for(stores, row))
    end = row.give_up_at or usual
    return row.released_at < end < usual


def _released_for(stores: Stores, row: SubmissionRow) -> datetime:
    """Return when it was to leave at first; the row has only what came later."""
    told = (
        line.details["due_at"]
        for line in stores.journal.lines(row.draft_id)
        if line.event == "submission_created" and line.details["submission"] == row.id
    )
    return max(row.released_at, *map(instant, told))


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
    """Stop trying for good, for everybody about whom something is open.

    Where it may have arrived, a person is told, and says what became of it.
    """
    if row.state is not SubmissionState.UNKNOWN and may_have_arrived(stores, row):
        tell_unknown(stores, row, leave_unknown(stores, row, reason).reason)
        return
    has_it = someone_has_it(stores, row)
    is_unknown = row.state is SubmissionState.UNKNOWN
    if is_unknown or (not has_it and was_lost(stores, row)):
        reason = unsure(reason)
    event = SubmissionEvent.STOP if has_it else SubmissionEvent.GIVE_UP
    mark(stores, row, UNSETTLED, RecipientState.FAILED)
    step(stores, row, event, reason=reason)
