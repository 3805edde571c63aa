"""Accounts that nothing leaves through: held for a reason, released, some by time.

Mail that waits for an account is held with it and goes on with it: the two have
the same reason, word for word, which is how they are told from what a person
held one by one. All of it is done inside the caller's transaction.
"""

from datetime import datetime, timedelta
from typing import Final

from tuimail.core.lifecycle import SubmissionState
from tuimail.core.origin import SELF_ACTOR
from tuimail.core.retry import LONGEST_WAIT, share_returns_at
from tuimail.core.submission import AccountFault
from tuimail.core.values import dataclass
from tuimail.store.accounts import HeldAccount
from tuimail.workspace import steps
from tuimail.workspace.stores import Stores

_WAITING: Final = (SubmissionState.READY, SubmissionState.DEFERRED)
_HELD: Final = (SubmissionState.HELD,)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountHold:
    """What holds an account now, after one more reason to hold it."""

    reason: str
    """In force: mail that is held with the account has to have this very text."""
    is_new: bool
    """Whether it was not held for this before, so that a person is to be told."""


def hold_account(
    stores: Stores,
    account_name: str,
    *,
    reason: str,
    fault: AccountFault | None = None,
    wait: timedelta | None = None,
) -> AccountHold:
    """Hold an account and all that waits for it.

    Args:
        stores: The open workspace, in a transaction.
        account_name: Which one.
        reason: Why, in one sentence; names no blind copy.
        fault: What the provider found; None where a person holds it.
        wait: After which it goes on by itself, for a share that is used up;
            None, and for any other fault, until a person resumes it.
    """
    now = stores.clock.now()
    if fault is AccountFault.LOGIN:
        stores.prompts.forget(account_name)
    until = _ends_at(fault, wait, now)
    held = stores.accounts.held().get(account_name)
    is_new = held is None or not _says_the_same(held, fault, until)
    if held is not None and not is_new:
        _prolong(stores, held, until)
        reason = held.reason
    else:
        stores.accounts.hold(account_name, reason, fault, now, until=until)
        _say_anew(stores, held, reason)
    for row in stores.submissions.by_account(account_name, _WAITING):
        steps.hold(stores, row, reason)
    return AccountHold(reason=reason, is_new=is_new)


def release_account(stores: Stores, held: HeldAccount) -> None:
    """Let an account go on, and the mail that was held with it.

    What a person held one by one stays held.
    """
    stores.accounts.release(held.name, stores.clock.now())
    for row in stores.submissions.by_account(held.name, _HELD):
        if row.reason == held.reason:
            steps.resume(stores, row)


def expire_holds(stores: Stores, now: datetime) -> tuple[str, ...]:
    """Let accounts go on whose hold has ended, and the mail held with them.

    Returns their names. Journaled as ``tuimail``; holds without an end stay,
    and one that a wrong clock put off is brought back to a day.
    """
    ended = []
    for held in stores.accounts.held().values():
        if held.until is None:
            continue
        if held.until <= now:
            ended.append(held)
        elif held.until > now + LONGEST_WAIT:
            _end_at(stores, held, now + LONGEST_WAIT)
    with stores.acting_as(SELF_ACTOR, door="sender"):
        for held in ended:
            release_account(stores, held)
    return tuple(held.name for held in ended)


def _ends_at(
    fault: AccountFault | None, wait: timedelta | None, now: datetime
) -> datetime | None:
    """Return when a hold ends by itself: only a share that is used up comes back."""
    if fault is not AccountFault.QUOTA or wait is None:
        return None
    return share_returns_at(now=now, wait=wait)


def _says_the_same(
    held: HeldAccount, fault: AccountFault | None, until: datetime | None
) -> bool:
    """Return whether a hold adds nothing to the one there is, but time perhaps.

    Attempts that were under way together fail alike, each with words of its
    own; and a share that is used up ends no hold of another kind.
    """
    if until is not None:
        return True
    return fault is not None and fault is held.fault and held.until is None


def _prolong(stores: Stores, held: HeldAccount, until: datetime | None) -> None:
    if until is not None and held.until is not None and until > held.until:
        _end_at(stores, held, until)


def _end_at(stores: Stores, held: HeldAccount, until: datetime) -> None:
    stores.accounts.hold(held.name, held.reason, held.fault, held.at, until=until)


def _say_anew(stores: Stores, held: HeldAccount | None, reason: str) -> None:
    """Give mail that is held with the account the reason that is in force now."""
    if held is None or held.reason == reason:
        return
    for row in stores.submissions.by_account(held.name, _HELD):
        if row.reason == held.reason:
            stores.submissions.set_state(
                row.id, row.state, at=stores.clock.now(), reason=reason
            )
