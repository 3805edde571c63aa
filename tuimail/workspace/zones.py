"""What a time on the wall is in UTC, in a zone or where this machine is.

Zones are read from the machine, so this is no part of the core.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import Final

ToUtc = Callable[[datetime], datetime]
"""Takes a time without a zone; ``fold`` says which of two is meant."""


def to_utc(zone: str) -> ToUtc | None:
    """Return how times of ``zone`` become UTC; None where there is no such zone.

    Args:
        zone: An IANA name such as ``Europe/Berlin``; empty is this machine's own.
    """
    if not zone:
        return lambda local: datetime.fromtimestamp(local.timestamp(), UTC)
    found = _named(zone)
    if found is None:
        return None
    return lambda local: local.replace(tzinfo=found).astimezone(UTC)


def in_zone(moment: datetime, zone: str) -> datetime | None:
    """Return ``moment`` as clocks show it in ``zone``; None where there is none."""
    found = _named(zone) if zone else None
    return moment.astimezone(found) if found is not None else None


def _named(zone: str) -> tzinfo | None:
    """Return the zone of that name, if this machine knows one."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 - rare

    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def readings(local: datetime, become: ToUtc) -> tuple[datetime, datetime]:
    """Return both moments that a time on the wall may mean.

    They are the same where the clocks show it once, in order where they show it
    twice, and the later one first where they skip it.
    """
    return become(local.replace(fold=0)), become(local.replace(fold=1))


def likely_zone(address: str) -> str:
    """Return the zone of where an address probably is read; empty where nobody knows.

    By the country at its end alone, where that has one zone and is used as one.
    """
    country = address.rpartition(".")[2].strip(">").upper()
    if country in _USED_FOR_ANYTHING:
        return ""
    return _only_zones().get(_OTHERWISE_CALLED.get(country, country), "")


@cache
def _only_zones() -> Mapping[str, str]:
    """Return the zone of each country that has just one, as the machine knows them."""
    from zoneinfo import TZPATH  # noqa: PLC0415 - rare

    for folder in TZPATH:
        with suppress(OSError, UnicodeDecodeError):
            text = Path(folder, "zone.tab").read_text(encoding="utf-8")
            rows = [line.split("\t") for line in text.splitlines() if line[:1] != "#"]
            number = Counter(row[0] for row in rows)
            return {row[0]: row[2] for row in rows if number[row[0]] == 1}
    return {}


_OTHERWISE_CALLED: Final = {"UK": "GB"}
_USED_FOR_ANYTHING: Final = frozenset({
    "AC", "AD", "AG", "AI", "AM", "AS", "BZ", "CC", "CD", "CO", "CV", "DJ", "FM", "GG",
    "GL", "GS", "IM", "IO", "LA", "LC", "LI", "LY", "ME", "MS", "MU", "NU", "PW", "SC",
    "SH", "SO", "ST", "SU", "TK", "TO", "TV", "VC", "VG", "WS",
})  # fmt: skip
"""Ends of addresses that are chosen for how they sound."""
