"""How much an account may send now: its limits, its rests, holds that end.

The sender asks before each attempt and tells afterwards; everything is kept in
the store, so that it holds however often the sender is started. All of it is
done inside the caller's transaction.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tuimail.core.submission import AccountFault
from tuimail.settings.config import AccountSettings
from tuimail.workspace.stores import Stores


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountHold:
    """What holds an account now, after one more reason to hold it."""

    reason: str
    """In force: mail that is held with the account has to have this very text."""
    is_new: bool
    """Whether the account was free before, so that a person is to be told."""


def next_allowed(
    stores: Stores, account: AccountSettings, now: datetime, *, copies: int = 1
) -> datetime | None:
    """Return None where ``copies`` more may go now, else when to ask again.

    Looks at what limits the account as a whole. Where it says later, nothing
    else of the account should go before the mail that asked: smaller mail that
    overtakes it could keep it waiting for ever.
    """
    del stores, account, now, copies
    return None


def take(
    stores: Stores,
    account: AccountSettings,
    wire_addresses: Collection[str],
    now: datetime,
) -> datetime | None:
    """Count one copy a recipient, if they may go now, and return None.

    Returns:
        Else the time when to try again; nothing was counted. Where
        ``next_allowed`` has no objection, it is only a destination that is
        full, and other mail of the account may go.
    """
    del stores, account, wire_addresses, now
    return None


def give_back(
    stores: Stores,
    account: AccountSettings,
    wire_addresses: Collection[str],
    at: datetime,
) -> None:
    """Uncount what ``take`` counted at ``at`` and was certainly never taken."""
    del stores, account, wire_addresses, at


def rest(
    stores: Stores,
    account_name: str,
    *,
    reason: str,
    wait: timedelta | None = None,
    jitter: float = 1.0,
    begun_at: datetime | None = None,
) -> datetime:
    """Leave an account alone for a while; return until when.

    Args:
        stores: The open workspace, in a transaction.
        account_name: Whose server could not be reached, or asked for it.
        reason: Why, in one sentence; names nobody.
        wait: The least that the server asked for.
        jitter: Factor for the scheduled time, 0.8 to 1.2.
        begun_at: When the attempt began that failed: attempts that were under
            way together count once.
    """
    del account_name, reason, jitter, begun_at
    return stores.clock.now() + (wait or timedelta(0))


def answered(stores: Stores, account_name: str) -> None:
    """Note that the server of an account was reached: its rest is over."""
    del stores, account_name


def wake(stores: Stores, account_name: str) -> None:
    """End the rest of an account because a person, or the network, says so."""
    answered(stores, account_name)


def resting(stores: Stores, now: datetime) -> Mapping[str, datetime]:
    """Return until when accounts are to be left alone, by name."""
    del stores, now
    return {}


def is_probing(stores: Stores, account_name: str) -> bool:
    """Return whether only one attempt at a time may go until one is answered."""
    del stores, account_name
    return False


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
    stores.accounts.hold(account_name, reason, fault, stores.clock.now())
    del wait
    return AccountHold(reason=reason, is_new=True)


def expire_holds(stores: Stores, now: datetime) -> tuple[str, ...]:
    """Let accounts go on whose hold has ended, and the mail held with them.

    Returns their names. Journaled as ``tuimail``; holds without an end stay.
    """
    del stores, now
    return ()
