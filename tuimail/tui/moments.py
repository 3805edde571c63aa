"""Moments as people type them into a field: ``in 2h``, ``mon 9``, a date.

What is not understood is refused, never taken for *now*. A time that the clocks
skip, or show twice, is refused with both of its readings.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from tuimail.core.schedule import FARTHEST
from tuimail.errors import FieldError
from tuimail.workspace.zones import (
    ToUtc,
    in_zone,
    likely_zone,
    readings,
    to_utc,
)

EXAMPLES: Final = "tomorrow, mon 9, 17:30, in 2h, 2027-03-04 09:30 Europe/Berlin"
_MOST_THERE: Final = 3
"""Where more times than these are, none of them helps."""
MORNING: Final = time(8)
"""What a day without an hour means."""
_UNITS: Final = {
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_SPAN: Final = re.compile(r"(?:in )?(\d{1,4}) ?(m|min|h|d|w)", re.IGNORECASE)
_CLOCK: Final = r"(?P<hour>\d{1,2})(?::(?P<minute>\d\d))?"
_WALL: Final = re.compile(
    rf"(?:(?P<day>\d{{4}}-\d\d-\d\d|[a-z]+)(?:[ t]{_CLOCK})?|(?P<alone>\d{{1,2}}:\d\d))"
    r"(?: (?P<zone>[A-Za-z][\w+-]*(?:/[\w+-]+)*))?",
    re.IGNORECASE,
)
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMES: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
                 "sunday")  # fmt: skip


def moment(text: str, *, now: datetime) -> datetime:
    """Return the moment that ``text`` names, in UTC.

    Args:
        text: How long from now; a day, a weekday or ``tomorrow``, with an hour or
            at eight; an hour, which is the next such one; the name of a zone
            after it, or this machine's.
        now: Aware.

    Raises:
        FieldError: It is none, or is past, or over a year away, or the clocks skip it
            or show it twice.
    """
    words = " ".join(text.split())
    span = _SPAN.fullmatch(words)
    found = now + _length(span) if span else _on_the_wall(words, now)
    if found <= now:
        raise _not_a_moment(text, "is past")
    if found > now + FARTHEST:
        raise _not_a_moment(text, "is over a year away")
    return found.astimezone(UTC)


def presets(now: datetime) -> tuple[tuple[str, datetime], ...]:
    """Return three moments that are often meant, as ``moment`` takes them.

    One that the clocks skip, or show twice, is left out.
    """
    found = []
    for text in ("8:00", "mon 9", "in 2h"):
        with suppress(FieldError):
            found.append((text, moment(text, now=now)))
    return tuple(found)


def spoken(moment_: datetime, now: datetime) -> str:
    """Return a moment here and in UTC, for people."""
    there = moment_.astimezone()
    utc = moment_.astimezone(UTC)
    name = _DAYS[there.weekday()].capitalize()
    from_now = _from_now(moment_ - now)
    return f"{name} {there:%Y-%m-%d %H:%M} here, {utc:%H:%M} UTC, {from_now}"


def there(moment_: datetime, addresses: Iterable[str]) -> str:
    """Return what the clock says where the receivers probably are; maybe nothing.

    Only where it is known and not the time that is here.
    """
    here = moment_.astimezone()
    said: dict[str, str] = {}
    for address in addresses:
        local = in_zone(moment_, likely_zone(address))
        if local is not None and local.utcoffset() != here.utcoffset():
            day = "" if local.date() == here.date() else f"{local:%a} "
            said.setdefault(f"{day}{local:%H:%M}", address.rpartition(".")[2])
    found = [f"{time_} in .{end}" for time_, end in said.items()]
    return f"likely {', '.join(found)}" if 0 < len(found) <= _MOST_THERE else ""


def _from_now(span: timedelta) -> str:
    minutes = max(1, round(span.total_seconds() / 60))
    days, rest = divmod(minutes, 24 * 60)
    parts = ((days, "d"), (rest // 60, "h"), (rest % 60, "m"))
    return "in " + " ".join(f"{number} {unit}" for number, unit in parts if number)


def _length(span: re.Match[str]) -> timedelta:
    return int(span[1]) * _UNITS[span[2].lower()]


def _on_the_wall(words: str, now: datetime) -> datetime:
    match = _WALL.fullmatch(words)
    if match is None:
        raise _not_a_moment(words, "is no moment")
    become = _zone(match["zone"] or "")
    try:
        return _next(match, now, become)
    except (ValueError, OverflowError, OSError):
        raise _not_a_moment(words, "is no moment") from None


def _zone(name: str) -> ToUtc:
    become = to_utc(name)
    if become is None:
        raise FieldError(
            f"There is no time zone {name[:60]!r}.",
            hint="Use a name such as Europe/Berlin, or none for the one here.",
            field="at",
        )
    return become


def _next(match: re.Match[str], now: datetime, become: ToUtc) -> datetime:
    """Return the first moment to come that the words fit.

    Raises:
        ValueError: There is no such day or hour.
    """
    clock = _clock(match)
    if match["alone"] is not None:
        choices = _each_day(now, lambda _: True)
    elif match["day"].lower() in {*_DAYS, *_NAMES}:
        wanted = _DAYS.index(match["day"].lower()[:3])
        choices = _each_day(now, lambda one: one.weekday() == wanted)
    else:
        choices = iter([_day(match["day"].lower(), now)])
    found = datetime.min.replace(tzinfo=UTC)
    for one in choices:
        found = _only_reading(datetime.combine(one, clock), become)
        if found > now:
            break
    return found


def _clock(match: re.Match[str]) -> time:
    if match["alone"] is not None:
        hour, _, minute = match["alone"].partition(":")
        return time(int(hour), int(minute))
    if match["hour"] is None:
        return MORNING
    return time(int(match["hour"]), int(match["minute"] or 0))


def _each_day(now: datetime, is_wanted: Callable[[date], bool]) -> Iterator[date]:
    """Yield the wanted days around now; another zone may have another date."""
    today = now.astimezone().date()
    days = (today + timedelta(days=count) for count in range(-1, 9))
    return (one for one in days if is_wanted(one))


def _day(word: str, now: datetime) -> date:
    today = now.astimezone().date()
    if word in {"today", "tomorrow"}:
        return today + timedelta(days=word == "tomorrow")
    return date.fromisoformat(word)


def _only_reading(local: datetime, become: ToUtc) -> datetime:
    first, second = readings(local, become)
    if first == second:
        return first
    happens = "happens twice" if first < second else "does not happen"
    both = " or ".join(f"{one:%H:%M} UTC" for one in sorted((first, second)))
    raise FieldError(
        f"{local:%Y-%m-%d %H:%M} {happens} there, as the clocks are set: it may be "
        f"{both}.",
        hint="Write which one, with UTC after it.",
        field="at",
    )


def _not_a_moment(text: str, why: str) -> FieldError:
    return FieldError(
        f"{text[:60]!r} {why}.", hint=f"Write for example: {EXAMPLES}", field="at"
    )
