"""How much an account may send in which time, counted in rolling windows.

What was sent is kept in slices of time, and a slice counts for as long as any
moment of it may lie within the window: so no period of that length, wherever it
begins, ever sees more than the limit.

Pure: the time is an argument.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Final

from tuimail.core.values import dataclass

WARM_UP_DAYS: Final = 30
"""So long a warm-up lasts that has no ``per_day`` to reach."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many copies may leave, counted as providers count: one a recipient.

    None where nobody said.
    """

    per_minute: int | None = None
    per_hour: int | None = None
    per_day: int | None = None
    destination_per_hour: int | None = None
    """To any one domain."""
    warm_up_per_day: int | None = None
    """On the first day of an account that nobody knows yet."""
    warm_up_growth_percent: int = 50
    """By how much more on each day after that, until ``per_day`` is reached."""

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"With {name} {value}, nothing would ever leave.")


UNLIMITED: Final = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A period that a limit is for, and the slices that it is counted in."""

    seconds: int
    slice_seconds: int

    def slice_at(self, at: datetime) -> int:
        """Return where the slice begins that ``at`` is in."""
        second = seconds_since_1970(at)
        return second - second % self.slice_seconds

    def gone_at(self, start: int) -> int:
        """Return when a slice counts no more."""
        return start + self.slice_seconds + self.seconds


MINUTE: Final = Window(seconds=60, slice_seconds=1)
HOUR: Final = Window(seconds=3600, slice_seconds=60)
DAY: Final = Window(seconds=86_400, slice_seconds=900)
WINDOWS: Final = (MINUTE, HOUR, DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """What left in a short time."""

    start: int
    """In seconds since 1970."""
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One limit, what already counts against it, and what is to come."""

    window: Window
    limit: int
    slices: Sequence[Slice]
    copies: int


def seconds_since_1970(at: datetime) -> int:
    """Return the whole seconds; parts of one are left out."""
    return (at - _EPOCH) // timedelta(seconds=1)


def used(slices: Iterable[Slice], *, window: Window, now: datetime) -> int:
    """Return how much counts at ``now``."""
    return sum(one.count for one in _counting(slices, window, now))


def allowed_at(loads: Iterable[Load], *, now: datetime) -> datetime | None:
    """Return None where every limit lets the copies go now, else when they do.

    What is more than a whole limit goes alone, once nothing counts any more:
    else it would wait for ever.
    """
    times = [_allowed_at(load, now) for load in loads]
    return max((time for time in times if time is not None), default=None)


def day_limit(
    limits: Limits, *, started_at: datetime | None, now: datetime
) -> int | None:
    """Return how much may leave in a day, while it warms up and after.

    Args:
        limits: Those of the account.
        started_at: When it sent for the first time; None where it did not yet.
        now: Aware datetime.
    """
    if limits.warm_up_per_day is None:
        return limits.per_day
    days = 0 if started_at is None else max((now - started_at) // _DAY, 0)
    if limits.per_day is None and days >= WARM_UP_DAYS:
        return None
    return _grown(limits, days)


def destinations(wire_addresses: Iterable[str]) -> Counter[str]:
    """Return how many of the addresses are at each domain."""
    return Counter(one.rpartition("@")[2].lower() for one in wire_addresses)


def _grown(limits: Limits, days: int) -> int:
    """Return what a day of the warm-up allows; each allows more than the last."""
    allowed = limits.warm_up_per_day or 0
    for _ in range(days):
        if limits.per_day is not None and allowed >= limits.per_day:
            break
        allowed += -(-allowed * limits.warm_up_growth_percent // 100)
    return allowed if limits.per_day is None else min(allowed, limits.per_day)


def _allowed_at(load: Load, now: datetime) -> datetime | None:
    counting = _counting(load.slices, load.window, now)
    in_use = sum(one.count for one in counting)
    excess = min(in_use + load.copies - load.limit, in_use)
    if excess <= 0:
        return None
    freed = accumulate(one.count for one in counting)
    last = next(
        one.start
        for one, so_far in zip(counting, freed, strict=True)
        if so_far >= excess
    )
    return _EPOCH + timedelta(seconds=load.window.gone_at(last))


def _counting(slices: Iterable[Slice], window: Window, now: datetime) -> list[Slice]:
    """Return the slices that count, oldest first.

    A clock that was set back leaves slices that are yet to come; what was sent
    in them counts as sent just now.
    """
    second, newest = seconds_since_1970(now), window.slice_at(now)
    return sorted(
        (
            Slice(start=min(one.start, newest), count=one.count)
            for one in slices
            if window.gone_at(one.start) > second
        ),
        key=lambda one: one.start,
    )
