"""Why mail waits though it is due: its account rests, or has sent enough for now.

Only looks, and only for lists: what may go is decided when it is claimed.
"""

from contextlib import suppress
from datetime import datetime
from typing import Final

from tuimail.core.lifecycle import SubmissionState
from tuimail.core.values import dataclass
from tuimail.errors import ConfigurationError
from tuimail.store.list_rows import ListedSubmission
from tuimail.workspace.stores import Stores

ENOUGH: Final = "The account {name} has sent what its limits allow for now."
_WAITING: Final = (SubmissionState.READY, SubmissionState.DEFERRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """What keeps mail waiting that is due."""

    until: datetime
    reason: str


def wait_of(stores: Stores, row: ListedSubmission) -> Wait | None:
    """Return what ``row`` waits for beside its own time, or None."""
    if row.state not in _WAITING or row.due_at is None:
        return None
    return _rest(stores, row, row.due_at) or _limit(stores, row, row.due_at)


def _rest(stores: Stores, row: ListedSubmission, due_at: datetime) -> Wait | None:
    rest = stores.rests.get(row.account)
    if rest is None or rest.is_over(stores.clock.now()) or rest.until <= due_at:
        return None
    reason = f"Waits with the account {row.account}: {rest.reason}"
    return Wait(until=rest.until, reason=reason)


def _limit(stores: Stores, row: ListedSubmission, due_at: datetime) -> Wait | None:
    now = stores.clock.now()
    if due_at > now or not stores.pace.has_counted(row.account):
        return None
    from tuimail.workspace import pacing  # noqa: PLC0415 - where a limit is set

    with suppress(ConfigurationError):
        account = stores.settings.account(row.account)
        until = account and pacing.waits_until(stores, account, now)
        if until:
            return Wait(until=until, reason=ENOUGH.format(name=row.account))
    return None
