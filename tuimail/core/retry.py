"""When a deferred submission is tried again, an account rests, mail is given up.

Pure: the time and the jitter are arguments.
"""

from datetime import datetime, timedelta
from typing import Final

from tuimail.core.schedule import FARTHEST

WAITS: Final = tuple(timedelta(minutes=m) for m in (1, 2, 4, 8, 15, 30, 60))
"""After the first, second, … try; the last one repeats."""
LONGEST_WAIT: Final = timedelta(hours=24)
"""No server may ask for more, so that one odd answer strands no mail."""
GIVE_UP_AFTER: Final = timedelta(days=5)
"""RFC 5321 §4.5.4.1 asks for four to five days."""
LATE_AFTER: Final = timedelta(hours=4)
"""RFC 5321 leaves it open; what waits longer is worth a look."""
RESTS: Final = (timedelta(seconds=10), timedelta(seconds=30), *WAITS)
"""How long an account is left alone after the first, second, … failure to reach
its server; the first two may be a hiccup. The last one repeats."""
JITTER_RANGE: Final = (0.8, 1.2)
"""Factors a wait may be drawn between, so that a queue does not move as one."""


def next_attempt_at(
    *,
    attempts: int,
    now: datetime,
    retry_after: timedelta | None = None,
    minimum: timedelta | None = None,
    jitter: float = 1.0,
) -> datetime:
    """Return when a deferred submission may be tried again.

    Waits 1, 2, 4, 8, 15, 30, 60 minutes, then hourly. RFC 5321 §4.5.4.1 asks for
    30 minutes between tries to one *destination*, but every try here goes to the
    sender's own provider, which may be asked again sooner.

    Args:
        attempts: Tries already made, 1 or more.
        now: Aware datetime; the result has the same zone.
        retry_after: What the provider asked for; the longer wait wins, up to a
            day.
        minimum: The least that makes sense, e.g. 5 minutes for greylisting
            (RFC 6647); never shortened by the jitter.
        jitter: Factor for the scheduled wait, 0.8 to 1.2.

    Raises:
        ValueError: ``attempts`` is below 1, ``now`` is naive or ``jitter`` out
            of range.
    """
    scheduled = _scheduled(WAITS, attempts, now, jitter)
    asked = (retry_after or timedelta(), minimum or timedelta())
    return now + min(max(scheduled, *asked), LONGEST_WAIT)


def rests_until(
    *,
    failures: int,
    now: datetime,
    wait: timedelta | None = None,
    jitter: float = 1.0,
) -> datetime:
    """Return until when an account is left alone, all its mail with it.

    Args:
        failures: To reach its server in a row, 1 or more; attempts that were
            under way together are one.
        now: Aware datetime; the result has the same zone.
        wait: What the server asked for; the longer wait wins, up to a day.
        jitter: Factor for the scheduled wait, 0.8 to 1.2.

    Raises:
        ValueError: ``failures`` is below 1, ``now`` is naive or ``jitter`` out
            of range.
    """
    scheduled = _scheduled(RESTS, failures, now, jitter)
    return now + min(max(scheduled, wait or timedelta()), LONGEST_WAIT)


def share_returns_at(*, now: datetime, wait: timedelta) -> datetime:
    """Return until when an account is held whose share is used up.

    A server that asks for nothing, or for weeks, still gets a wait that makes
    sense: at least a minute, at most a day.

    Raises:
        ValueError: ``now`` is naive.
    """
    _check_aware(now)
    return now + min(max(wait, WAITS[0]), LONGEST_WAIT)


def clamped(due_at: datetime, *, now: datetime) -> datetime:
    """Return when deferred mail is due that a wrong clock may have put off.

    Nothing is deferred for more than a day, so a time beyond that was written
    by a clock that ran ahead, and would strand the mail.

    Raises:
        ValueError: ``now`` is naive.
    """
    _check_aware(now)
    return min(due_at, now + LONGEST_WAIT)


def is_out_of_reach(due_at: datetime, *, now: datetime) -> bool:
    """Return whether mail is scheduled for a time that nobody could choose.

    The clock was wrong then or is now, so a person has to look at it.

    Raises:
        ValueError: ``now`` is naive.
    """
    _check_aware(now)
    return due_at > now + FARTHEST


def is_late(
    *, released_at: datetime, now: datetime, give_up_at: datetime | None = None
) -> bool:
    """Return whether mail that waits for another try has done so for hours.

    Args:
        released_at: When it entered the outbox.
        now: Aware datetime.
        give_up_at: When it stops being tried, where that is planned: it tells
            when scheduled mail was to leave.

    Raises:
        ValueError: ``now`` is naive.
    """
    _check_aware(now)
    first = released_at
    if give_up_at is not None:
        first = max(first, give_up_at - GIVE_UP_AFTER)
    return now >= first + LATE_AFTER


def gives_up_at(*, released_at: datetime) -> datetime:
    """Return when a submission that still waits is given up.

    Raises:
        ValueError: ``released_at`` is naive.
    """
    _check_aware(released_at)
    return released_at + GIVE_UP_AFTER


def _scheduled(
    waits: tuple[timedelta, ...], tries: int, now: datetime, jitter: float
) -> timedelta:
    if tries < 1:
        raise ValueError(f"{tries} tries were made; a wait needs one.")
    _check_aware(now)
    if not JITTER_RANGE[0] <= jitter <= JITTER_RANGE[1]:
        raise ValueError(f"A jitter of {jitter} is not between 0.8 and 1.2.")
    return waits[min(tries, len(waits)) - 1] * jitter


def _check_aware(moment: datetime) -> None:
    if moment.tzinfo is None:
        raise ValueError("A moment without a time zone says nothing.")
