"""What a time on the wall is in UTC, in a zone or where this machine is.

Zones are read from the machine, so this is no part of the core.
"""

from collections.abc import Callable
from datetime import UTC, datetime

ToUtc = Callable[[datetime], datetime]
"""Takes a time without a zone; ``fold`` says which of two is meant."""


def to_utc(zone: str) -> ToUtc | None:
    """Return how times of ``zone`` become UTC; None where there is no such zone.

    Args:
        zone: An IANA name such as ``Europe/Berlin``; empty is this machine's own.
    """
    if not zone:
        return lambda local: datetime.fromtimestamp(local.timestamp(), UTC)
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 - rare

    try:
        found = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    return lambda local: local.replace(tzinfo=found).astimezone(UTC)


def readings(local: datetime, become: ToUtc) -> tuple[datetime, datetime]:
    """Return both moments that a time on the wall may mean.

    They are the same where the clocks show it once, in order where they show it
    twice, and the later one first where they skip it.
    """
    return become(local.replace(fold=0)), become(local.replace(fold=1))
