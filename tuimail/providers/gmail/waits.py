"""How long Gmail wants to be left alone, as it says so or as its rules are.

Nothing here reads a clock.
"""

import re
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from typing import Final

from tuimail.core.http_status import retry_after
from tuimail.core.patterns import regex
from tuimail.core.retry import LONGEST_WAIT
from tuimail.providers.http.request import Exchanged

MINUTE: Final = timedelta(minutes=1)
"""What a user may do is counted by the minute."""


def asked_for(found: Exchanged, *, now: datetime) -> timedelta:
    """Return the wait after an answer that asks to slow down.

    Gmail names the moment in the text, "User-rate limit exceeded.  Retry after
    2024-11-12T11:16:42.247Z (Mail sending)"; what stands before Gmail names it in
    the header. A moment that is past says nothing.

    Args:
        found: The answer.
        now: Aware datetime.

    Returns:
        A minute at least, a day at most.
    """
    header = retry_after(found.headers.get("retry-after", ""), now=now)
    waits = filter(None, (_named(found.text, now), header))
    return max(min(max(waits, default=MINUTE), LONGEST_WAIT), MINUTE)


def until_new_share(now: datetime) -> timedelta:
    """Return how long it is until the API's daily quotas are new.

    That is at midnight in California (Google Cloud, "View and manage quotas").
    """
    here = now.astimezone(_california())
    midnight = datetime.combine(
        here.date() + timedelta(days=1), time(), tzinfo=here.tzinfo
    )
    return midnight.astimezone(UTC) - now.astimezone(UTC)


def _named(text: str, now: datetime) -> timedelta | None:
    found = _MOMENT.search(text)
    if found is None:
        return None
    try:
        moment = datetime.fromisoformat(found[1].upper())
    except ValueError:
        return None
    return moment - now if moment > now else None


def _california() -> tzinfo:
    """Return its zone; without a list of zones, where it is an hour late at most."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 - once a day

    try:
        return ZoneInfo("America/Los_Angeles")
    except ZoneInfoNotFoundError:
        return timezone(timedelta(hours=-8))


_MOMENT: Final = regex(
    r"retry after (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d))",
    re.IGNORECASE | re.ASCII,
)
"""A moment as RFC 3339 §5.6 writes it."""
