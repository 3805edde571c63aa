"""What whoever takes the sender lock does first: judge orphans.

Only the holder of the lock sends, so every submission found ``sending`` then
was left by a sender that died.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

from tuimail.core.lifecycle import SubmissionEvent, SubmissionState
from tuimail.core.origin import SELF_ACTOR
from tuimail.core.submission import (
    Attempt,
    AttemptPhase,
    Receipt,
    RecipientState,
)
from tuimail.core.values import dataclass
from tuimail.settings.config import LONGEST_UNDO_SECONDS
from tuimail.store.submissions import SubmissionRow
from tuimail.workspace import mirror, steps
from tuimail.workspace.claiming import in_turn
from tuimail.workspace.repeating import may_be_repeated, repeat
from tuimail.workspace.settling import log
from tuimail.workspace.stores import Stores

FRESH_UNDO: Final = timedelta(seconds=10)
"""The window that mail gets again when the program died inside it."""
DEATHS: Final = 10
"""Mail that the sender did not survive so often in a row waits for a person."""
MISTAKES: Final = 3
"""The same, where it was certainly about this mail that the sender stumbled."""
_LONGEST_UNDO: Final = timedelta(seconds=LONGEST_UNDO_SECONDS)
_NEVER: Final = datetime.min.replace(tzinfo=UTC)
STAGE: Final = "recovery"
"""Where nobody answered, because the sender was not there any more."""
_LOST: Final = Receipt(
    stage=STAGE,
    text="The sender stopped after the content went out; no answer was recorded.",
)
_UNSENT: Final = Receipt(
    stage=STAGE, text="The sender stopped before the content went out."
)


def judge_orphans(stores: Stores) -> tuple[str, ...]:
    """Judge every orphan; return the ids of the drafts that were touched."""
    with _as_tuimail(stores):
        orphans = stores.submissions.in_state(SubmissionState.SENDING)
        if orphans:
            log(stores, "recovered", mails=len(orphans))
        for row in orphans:
            _judge(stores, row, _Death(_UNSENT, DEATHS))
    return _shown(stores, orphans)


def reopen_windows(stores: Stores) -> tuple[str, ...]:
    """Give mail whose undo window nobody watches a whole one; return the ids.

    For a sender that stays until it ends; who only sends one mail of its own
    leaves the windows of others alone.
    """
    with _as_tuimail(stores):
        reopened = stores.submissions.in_window()
        for row in reopened:
            _fresh_window(stores, row)
    return _shown(stores, reopened)


@contextmanager
def _as_tuimail(stores: Stores) -> Iterator[None]:
    with stores.acting_as(SELF_ACTOR, door="sender"), stores.database.transaction():
        yield


def _shown(stores: Stores, rows: Iterable[SubmissionRow]) -> tuple[str, ...]:
    touched = tuple(row.draft_id for row in rows)
    for draft_id in touched:
        mirror.reflect_status(stores, draft_id)
    return touched


def judge_mistake(stores: Stores, row: SubmissionRow, mistake: str) -> None:
    """Judge an attempt that a mistake of ours ended; in a transaction."""
    _judge(stores, row, _Death(_mistaken(mistake), MISTAKES))


def left_out(mistake: str) -> str:
    """Return why mail is held that a mistake of ours keeps from being tried."""
    return f"A mistake in tuimail keeps it from being sent: {mistake}."


@dataclass(frozen=True, slots=True)
class _Death:
    """How an attempt ended that nobody ended, and how often that is borne."""

    receipt: Receipt
    most: int


def _mistaken(mistake: str) -> Receipt:
    return Receipt(
        stage="tuimail", text=f"A mistake in tuimail stopped the sender: {mistake}."
    )


def _judge(stores: Stores, row: SubmissionRow, death: _Death) -> None:
    """Close the attempt that was left, and say where its mail stands now."""
    attempts = stores.submissions.attempts(row.id)
    if attempts[-1].phase is AttemptPhase.COMMITTED:
        _judge_committed(stores, row, attempts)
    elif _is_poison(attempts, death):
        _close(stores, row, attempts, SubmissionEvent.HOLD, death.receipt)
        steps.hold(stores, row, _poison(death.most))
    else:
        _close(stores, row, attempts, SubmissionEvent.DEFER, death.receipt)
        _again(stores, row, death.receipt.text)


def _judge_committed(
    stores: Stores, row: SubmissionRow, attempts: tuple[Attempt, ...]
) -> None:
    _close(stores, row, attempts, SubmissionEvent.LOSE, _LOST)
    if may_be_repeated(stores, row) and not _dies_of_it(attempts):
        repeat(stores, row, attempts=row.attempts + 1)
        return
    _mark_offered(stores, row)
    steps.step(
        stores,
        row,
        SubmissionEvent.LOSE,
        reason=_LOST.text,
        attempts=row.attempts + 1,
    )
    steps.tell_unknown(stores, row, _LOST.text)


def _mark_offered(stores: Stores, row: SubmissionRow) -> None:
    """Say that nobody knows about those whom the attempt was for, and only them."""
    account = stores.settings.account(row.account)
    most = account.recipients_per_message if account else None
    for one in in_turn(row, stores.submissions.recipients(row.id), most):
        stores.submissions.set_recipient(
            row.id,
            one.envelope.wire_address,
            RecipientState.UNKNOWN,
            _LOST,
            at=stores.clock.now(),
        )


def _dies_of_it(attempts: tuple[Attempt, ...]) -> bool:
    """Whether the sender died each time of late after the content was out."""
    before = attempts[:-1][1 - MISTAKES :]
    lost = [one for one in before if one.receipt.text == _LOST.text]
    return len(lost) == MISTAKES - 1


def _again(stores: Stores, row: SubmissionRow, reason: str) -> None:
    """Have it tried at once; what a crash ended is no try."""
    now = stores.clock.now()
    steps.step(stores, row, SubmissionEvent.DEFER, reason=reason, due_at=now)


def _close(
    stores: Stores,
    row: SubmissionRow,
    attempts: tuple[Attempt, ...],
    event: SubmissionEvent,
    receipt: Receipt,
) -> None:
    stores.submissions.end_attempt(
        row.id,
        attempts[-1].number,
        outcome=event.value,
        receipt=receipt,
        at=stores.clock.now(),
    )


def _is_poison(attempts: tuple[Attempt, ...], death: _Death) -> bool:
    """Whether the sender did not survive this mail, each time of late."""
    before = attempts[:-1][1 - death.most :]
    died = [one for one in before if one.receipt.stage == death.receipt.stage]
    return len(died) == death.most - 1


def _poison(times: int) -> str:
    return (
        f"The sender stopped {times} times in a row while it was at this mail, "
        "so it is left out."
    )


def _fresh_window(stores: Stores, row: SubmissionRow) -> None:
    """Show it again with a whole window: nothing is fired at once.

    A window longer than any that can be asked for was opened by a clock that
    ran ahead.
    """
    now = stores.clock.now()
    old = row.undo_until or _NEVER
    is_possible = old <= now + _LONGEST_UNDO
    until = max(now + FRESH_UNDO, old if is_possible else _NEVER)
    due_at = row.due_at if row.due_at and row.due_at != old else until
    stores.submissions.set_state(
        row.id,
        row.state,
        at=now,
        undo_until=until,
        due_at=max(until, due_at),
    )
