"""What whoever takes the sender lock does first: judge orphans.

Only the holder of the lock sends, so every submission found ``sending`` then
was left by a sender that died.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

from tuimail.core.draft import SELF_ACTOR
from tuimail.core.lifecycle import SubmissionEvent, SubmissionState
from tuimail.core.submission import (
    OPEN_RECIPIENTS,
    AttemptPhase,
    Receipt,
    RecipientState,
)
from tuimail.errors import ConfigurationError
from tuimail.providers.registry import provider_class
from tuimail.store.submissions import SubmissionRow
from tuimail.workspace import mirror, steps
from tuimail.workspace.stores import Stores

FRESH_UNDO: Final = timedelta(seconds=10)
"""The window that mail gets again when the program died inside it."""
_NEVER: Final = datetime.min.replace(tzinfo=UTC)
_LOST: Final = Receipt(
    stage="recovery",
    text="The sender stopped after the content went out; no answer was recorded.",
)
_UNSENT: Final = Receipt(
    stage="recovery", text="The sender stopped before the content went out."
)


def judge_orphans(stores: Stores) -> tuple[str, ...]:
    """Judge every orphan; return the ids of the drafts that were touched."""
    with _as_tuimail(stores):
        orphans = stores.submissions.in_state(SubmissionState.SENDING)
        for row in orphans:
            _judge(stores, row)
    return _shown(stores, orphans)


def reopen_windows(stores: Stores) -> tuple[str, ...]:
    """Give mail whose undo window nobody watches a whole one; return the ids.

    For a sender that stays until it ends; who only sends one mail of its own
    leaves the windows of others alone.
    """
    with _as_tuimail(stores):
        waiting = stores.submissions.in_state(SubmissionState.READY)
        reopened = [row for row in waiting if row.undo_until is not None]
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


def _judge(stores: Stores, row: SubmissionRow) -> None:
    attempt = stores.submissions.attempts(row.id)[-1]
    is_safe = attempt.phase is not AttemptPhase.COMMITTED or _is_repeatable(row)
    event = SubmissionEvent.DEFER if is_safe else SubmissionEvent.LOSE
    receipt = _UNSENT if is_safe else _LOST
    now = stores.clock.now()
    stores.submissions.end_attempt(
        row.id, attempt.number, outcome=event.value, receipt=receipt, at=now
    )
    if not is_safe:
        steps.mark(stores, row, OPEN_RECIPIENTS, RecipientState.UNKNOWN, receipt=_LOST)
    steps.step(
        stores,
        row,
        event,
        reason=receipt.text,
        due_at=now if is_safe else None,
        attempts=row.attempts + (0 if is_safe else 1),
    )


def _is_repeatable(row: SubmissionRow) -> bool:
    """Whether sending the same again under its key delivers it once."""
    try:
        return provider_class(row.provider).capabilities.is_idempotent
    except ConfigurationError:
        return False


def _fresh_window(stores: Stores, row: SubmissionRow) -> None:
    """Show it again with a whole window: nothing is fired at once."""
    until = max(stores.clock.now() + FRESH_UNDO, row.undo_until or _NEVER)
    stores.submissions.set_state(
        row.id,
        row.state,
        at=stores.clock.now(),
        undo_until=until,
        due_at=max(until, row.due_at) if row.due_at else until,
    )
