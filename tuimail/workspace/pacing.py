"""How much an account may send now: what its limits leave, and whether it rests.

The sender asks before each attempt and tells afterwards; everything is kept in
the store, so that it holds however often the sender is started. All of it is
done inside the caller's transaction, except what only looks.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from tuimail.core import pacing
from tuimail.core.pacing import DAY, HOUR, MINUTE, UNLIMITED, Limits, Load, Window
from tuimail.core.retry import LONGEST_WAIT, rests_until
from tuimail.core.values import replace
from tuimail.settings.account import AccountSettings
from tuimail.store.pace import EVERYWHERE
from tuimail.store.rests import Rest
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import LimitUse

_ONE_DAY: Final = timedelta(days=1)


def next_allowed(
    stores: Stores, account: AccountSettings, now: datetime, *, copies: int = 1
) -> datetime | None:
    """Return None where ``copies`` more may go now, else when to ask again.

    Looks at what limits the account as a whole. Where it says later, nothing
    else of the account should go before the mail that asked: smaller mail that
    overtakes it could keep it waiting for ever.
    """
    if account.limits == UNLIMITED:
        return None
    stores.pace.tidy(now)
    return waits_until(stores, account, now, copies=copies)


def waits_until(
    stores: Stores, account: AccountSettings, now: datetime, *, copies: int = 1
) -> datetime | None:
    """As ``next_allowed``, but only looks: for lists, outside a transaction."""
    loads = _account_loads(stores, account, now, copies)
    return pacing.allowed_at(loads, now=now)


def take(
    stores: Stores,
    account: AccountSettings,
    wire_addresses: Collection[str],
    now: datetime,
) -> datetime | None:
    """Count one copy a recipient, if they may go now, and return None.

    Returns:
        Else the time when to try again; nothing was counted. Where
        ``next_allowed`` has no objection to as many copies, it is only a
        destination that is full, and other mail of the account may go.
    """
    if account.limits == UNLIMITED:
        return None
    stores.pace.tidy(now)
    loads = [
        *_account_loads(stores, account, now, len(wire_addresses)),
        *_destination_loads(stores, account, wire_addresses),
    ]
    later = pacing.allowed_at(loads, now=now)
    if later is None:
        _count(stores, account, wire_addresses, now)
    return later


def give_back(
    stores: Stores,
    account: AccountSettings,
    wire_addresses: Collection[str],
    at: datetime,
) -> None:
    """Uncount what ``take`` counted at ``at`` and was certainly never taken."""
    if account.limits == UNLIMITED:
        return
    for window, destination, copies in _counts(account.limits, wire_addresses):
        stores.pace.remove(account.name, window, at, copies, destination)
    if account.limits.warm_up_per_day is not None:
        stores.pace.forget_start(account.name, after=at - _ONE_DAY)


def uses(
    stores: Stores, account: AccountSettings, now: datetime
) -> tuple[LimitUse, ...]:
    """Return the limits of an account and how much of them is used; only looks."""
    return tuple(_uses(stores, account, now))


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
    now = stores.clock.now()
    known = stores.rests.get(account_name)
    if known is not None and _is_same_wave(known, now, begun_at):
        asked = now + min(wait, LONGEST_WAIT) if wait else known.until
        until = max(known.until, asked)
        failures, changed_at = known.failures, known.changed_at
    else:
        failures, changed_at = 1 + (known.failures if known else 0), now
        until = rests_until(failures=failures, now=now, wait=wait, jitter=jitter)
    stores.rests.set(
        Rest(
            name=account_name,
            failures=failures,
            until=until,
            reason=reason,
            changed_at=changed_at,
        )
    )
    return until


def answered(stores: Stores, account_name: str) -> None:
    """Note that the server of an account was reached: its rest is over."""
    stores.rests.end(account_name, stores.clock.now())


def wake(stores: Stores, account_name: str) -> None:
    """End the rest of an account because a person, or the network, says so.

    One attempt goes to see whether it is so. A hold stays, and so does what a
    limit says.
    """
    known, now = stores.rests.get(account_name), stores.clock.now()
    if known is not None and now < known.until:
        stores.rests.set(replace(known, until=now))


def resting(stores: Stores, now: datetime) -> Mapping[str, datetime]:
    """Return until when accounts are to be left alone, by name."""
    found = stores.rests.all().values()
    return {one.name: one.until for one in found if not one.is_over(now)}


def _account_loads(
    stores: Stores, account: AccountSettings, now: datetime, copies: int
) -> Iterator[Load]:
    for _, window, limit in _limits(stores, account, now):
        slices = stores.pace.slices(account.name, window)
        yield Load(window=window, limit=limit, slices=slices, copies=copies)


def _destination_loads(
    stores: Stores, account: AccountSettings, wire_addresses: Collection[str]
) -> Iterator[Load]:
    limit = account.limits.destination_per_hour
    if limit is None:
        return
    for domain, copies in pacing.destinations(wire_addresses).items():
        slices = stores.pace.slices(account.name, HOUR, domain)
        yield Load(window=HOUR, limit=limit, slices=slices, copies=copies)


def _limits(
    stores: Stores, account: AccountSettings, now: datetime
) -> Iterator[tuple[str, Window, int]]:
    """Yield the limits of the account as a whole, as they are now."""
    limits = account.limits
    named = (("per_minute", MINUTE), ("per_hour", HOUR))
    for name, window in named:
        limit = getattr(limits, name)
        if limit is not None:
            yield name, window, limit
    daily = pacing.day_limit(limits, started_at=_started_at(stores, account), now=now)
    if daily is not None:
        is_warm = daily == limits.per_day
        yield "per_day" if is_warm else "warm_up_per_day", DAY, daily


def _started_at(stores: Stores, account: AccountSettings) -> datetime | None:
    if account.limits.warm_up_per_day is None:
        return None
    return stores.pace.started_at(account.name)


def _count(
    stores: Stores,
    account: AccountSettings,
    wire_addresses: Collection[str],
    now: datetime,
) -> None:
    for window, destination, copies in _counts(account.limits, wire_addresses):
        stores.pace.add(account.name, window, now, copies, destination)
    if account.limits.warm_up_per_day is not None:
        stores.pace.start(account.name, now)


def _counts(
    limits: Limits, wire_addresses: Collection[str]
) -> Iterator[tuple[Window, str, int]]:
    """Yield what is to be counted where: only what a limit asks for."""
    for window, *named in (
        (MINUTE, limits.per_minute),
        (HOUR, limits.per_hour),
        (DAY, limits.per_day, limits.warm_up_per_day),
    ):
        if any(limit is not None for limit in named):
            yield window, EVERYWHERE, len(wire_addresses)
    if limits.destination_per_hour is not None:
        for domain, copies in pacing.destinations(wire_addresses).items():
            yield HOUR, domain, copies


def _uses(
    stores: Stores, account: AccountSettings, now: datetime
) -> Iterator[LimitUse]:
    for name, window, limit in _limits(stores, account, now):
        slices = stores.pace.slices(account.name, window)
        used = pacing.used(slices, window=window, now=now)
        yield LimitUse(name=name, limit=limit, used=used)
    limit_of_one = account.limits.destination_per_hour
    if limit_of_one is not None:
        fullest = stores.pace.fullest(account.name, HOUR)
        slices = stores.pace.slices(account.name, HOUR, fullest) if fullest else ()
        used = pacing.used(slices, window=HOUR, now=now)
        yield LimitUse(name="destination_per_hour", limit=limit_of_one, used=used)


def _is_same_wave(known: Rest, now: datetime, begun_at: datetime | None) -> bool:
    """Return whether a failure was counted with those before it.

    What a clock noted that ran ahead says nothing about that.
    """
    if known.changed_at > now:
        return False
    return now < known.until or (begun_at is not None and begun_at <= known.changed_at)
