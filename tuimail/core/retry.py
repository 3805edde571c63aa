"""When a deferred submission is tried again, and when it is given up.

Pure: the time and the jitter are arguments.
"""

from datetime import datetime, timedelta
from typing import Final

WAITS: Final = tuple(timedelta(minutes=m) for m in (1, 2, 4, 8, 15, 30, 60))
"""After the first, second, … try; the last one repeats."""
LONGEST_WAIT: Final = timedelta(hours=24)
"""No server may ask for more, so that one odd answer strands no mail."""
GIVE_UP_AFTER: Final = timedelta(days=5)
"""RFC 5321 §4.5.4.1 asks for four to five days."""
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
    if attempts < 1:
        raise ValueError(f"{attempts} tries were made; a retry needs one.")
    _check_aware(now)
    if not JITTER_RANGE[0] <= jitter <= JITTER_RANGE[1]:
        raise ValueError(f"A jitter of {jitter} is not between 0.8 and 1.2.")
    scheduled = WAITS[min(attempts, len(WAITS)) - 1] * jitter
    asked = (retry_after or timedelta(), minimum or timedelta())
    return now + min(max(scheduled, *asked), LONGEST_WAIT)


def gives_up_at(*, released_at: datetime) -> datetime:
    """Return when a submission that still waits is given up.

    Raises:
        ValueError: ``released_at`` is naive.
    """
    _check_aware(released_at)
    return released_at + GIVE_UP_AFTER


def _check_aware(moment: datetime) -> None:
    if moment.tzinfo is None:
        raise ValueError("A moment without a time zone says nothing.")
