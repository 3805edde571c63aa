"""Mail that could not leave at the time somebody chose, when its turn comes.

Only what nobody was offered yet: what was tried in time goes on being tried.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from tuimail.core.lifecycle import SubmissionState
from tuimail.core.schedule import STILL_IN_TIME, Late, Plan
from tuimail.store.notices import LATE
from tuimail.store.submissions import SubmissionRow
from tuimail.workspace import steps
from tuimail.workspace.reopening import reopen
from tuimail.workspace.stores import Stores

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)


def missed(
    stores: Stores, rows: Iterable[SubmissionRow], now: datetime
) -> Mapping[str, Plan]:
    """Return the plans that were missed by far, of mail that is to be looked at.

    What was released a moment ago was not planned for long ago: nothing is read
    for it.
    """
    old = [
        row.id
        for row in rows
        if row.state is SubmissionState.READY
        and not row.attempts
        and now - row.released_at > STILL_IN_TIME
    ]
    plans = stores.plans.among(old) if old else {}
    return {
        key: plan
        for key, plan in plans.items()
        if plan.late is not Late.SEND and plan.is_missed(now)
    }


def miss(stores: Stores, row: SubmissionRow, plan: Plan) -> None:
    """Do what the plan says of mail that is late, and have a person told."""
    now = stores.clock.now()
    reason = _reason(plan, now)
    if plan.late is Late.DRAFT and _is_untouched(stores, row):
        reopen(stores, row)
        told = f"{reason}, so it is a draft again."
    else:
        told = f"{reason}: say whether it still is to."
        steps.hold(stores, row, told)
    stores.notices.add(kind=LATE, subject=row.draft_id, sentence=told, at=now)


def forgive(stores: Stores, submission_id: str) -> None:
    """Let mail whose time has come be no question any more: a person lets it go."""
    now, plan = stores.clock.now(), stores.plans.get(submission_id)
    if plan is not None and plan.at <= now:
        stores.plans.end(submission_id, now=now)


def _is_untouched(stores: Stores, row: SubmissionRow) -> bool:
    """Whether nobody can have it."""
    is_lost = steps.was_lost(stores, row)
    return not is_lost and not steps.someone_has_it(stores, row)


def _reason(plan: Plan, now: datetime) -> str:
    at = f"{plan.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"It was to leave at {at} and is {_late(now - plan.at)} late"


def _late(span: timedelta) -> str:
    for unit, word in ((_DAY, "d"), (_HOUR, "h")):
        if span >= unit:
            return f"{span // unit} {word}"
    return f"{span // timedelta(minutes=1)} min"
