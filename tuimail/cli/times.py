"""Times as people write them: with an offset, with the name of a zone, or local.

What is local is this machine's zone of now; what comes out is UTC, so that a
change of the zone or of its rules moves nothing later. A time that the clocks
skip, or show twice, is refused with both of its readings.
"""

from collections.abc import Callable
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from tuimail.core.patterns import regex
from tuimail.errors import UsageError

if TYPE_CHECKING:
    from tuimail.workspace.zones import ToUtc

_DURATION: Final = regex(r"(\d{1,6})\s*(s|m|min|h|d|w)")
_UNITS: Final = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
LONGEST_LIFE: Final = timedelta(days=366)
_BEGINS_AS_TIME: Final = regex(r"\d{4}-?\d")
_WITH_ZONE: Final = regex(r"(\S+(?:[ T]\S+)?) ([A-Za-z][\w+/-]*)")
_EXAMPLES: Final = "2027-03-04 09:30, 2027-03-04T09:30+01:00 or '… Europe/Berlin'"


def moment_for(field: str) -> Callable[[str], datetime]:
    """Return what reads the value of ``--FIELD`` as a moment, for argparse."""

    def read(text: str) -> datetime:
        return moment(text, field=field)

    return read


def moment_or_duration_for(field: str) -> Callable[[str], datetime | timedelta]:
    """Return what reads ``--FIELD`` as a moment, or as a time from now."""

    def read(text: str) -> datetime | timedelta:
        found = _DURATION.fullmatch(text.strip())
        if found is None:
            return _end(text, field)
        length = int(found[1]) * _UNITS[found[2]]
        if not timedelta(0) < length <= LONGEST_LIFE:
            raise _no_end(text, field)
        return length

    return read


def _end(text: str, field: str) -> datetime:
    """Return a moment; what does not even begin as one may be a mistyped duration."""
    if not _BEGINS_AS_TIME.match(text.strip()):
        raise _no_end(text, field)
    end = moment(text, field=field)
    if end > datetime.now(UTC) + LONGEST_LIFE:
        raise _no_end(text, field)
    return end


def _no_end(text: str, field: str) -> UsageError:
    return UsageError(
        f"--{field} takes how long from now, such as 90m, 3h or 5d, or a time such as "
        f"2027-03-04 09:30, at most a year ahead, not {text[:60]!r}.",
        hint=f"Write for example --{field} 5d.",
        field=field,
    )


def moment(text: str, *, field: str) -> datetime:
    """Return the moment that ``text`` names, in UTC.

    Args:
        text: ``2027-03-04 09:30``, with an offset, ``Z`` or the name of a zone
            (IANA) after it, or neither for this machine's zone.
        field: The option, for errors.

    Raises:
        UsageError: It is none, the zone is unknown, or the clocks of the zone
            skip that time or show it twice.
    """
    text = text.strip()
    split = _WITH_ZONE.fullmatch(text)
    time, name = split.groups() if split else (text, "")
    try:
        read = datetime.fromisoformat(time)
        if not MINYEAR < read.year < MAXYEAR:
            raise _out_of_calendar(text, field)
        if read.tzinfo is None:
            return _only_reading(read, _to_utc(name, field), name, field)
        if not name:
            return read.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        """Said below."""
    raise UsageError(
        f"--{field} takes a time such as {_EXAMPLES}, not {text[:60]!r}.",
        hint="Write year, month and day, then hours and minutes, and at most one "
        "offset or zone.",
        field=field,
    )


def _out_of_calendar(text: str, field: str) -> UsageError:
    """Return why a time is refused that, in another zone, is in no year there is."""
    return UsageError(
        f"--{field} takes a time of the years {MINYEAR + 1} to {MAXYEAR - 1}, "
        f"not {text[:60]!r}.",
        hint=f"Write a nearer one, such as --{field} '2027-03-04 09:30'.",
        field=field,
    )


def spoken(at: datetime) -> str:
    """Return a moment in local time and in UTC, for people."""
    there = at.astimezone()
    offset = there.strftime("%z")
    return (
        f"{there:%Y-%m-%d %H:%M} {offset[:3]}:{offset[3:5]} "
        f"({at.astimezone(UTC):%Y-%m-%d %H:%M} UTC)"
    )


def _to_utc(name: str, field: str) -> "ToUtc":
    """Return how times of a zone become UTC; empty is this machine's zone."""
    from tuimail.workspace.zones import to_utc  # noqa: PLC0415 - most mail leaves now

    become = to_utc(name)
    if become is None:
        raise UsageError(
            f"There is no time zone {name[:60]!r}.",
            hint="Use a name such as Europe/Berlin or UTC, or an offset: +01:00",
            field=field,
        )
    return become


def _only_reading(local: datetime, become: "ToUtc", zone: str, field: str) -> datetime:
    """Return what ``local`` is in UTC, if it happens exactly once."""
    from tuimail.workspace.zones import readings  # noqa: PLC0415 - as above

    first, second = readings(local, become)
    if first == second:
        return first
    either = " or ".join(_with_offset(local, one) for one in (first, second))
    happens = "happens twice" if first < second else "does not happen"
    raise UsageError(
        f"{local:%Y-%m-%d %H:%M} {happens} in {zone or 'the zone of this machine'}: "
        f"it may be read as {either}.",
        hint="Write one of the two.",
        field=field,
    )


def _with_offset(local: datetime, at: datetime) -> str:
    offset = local.replace(tzinfo=UTC) - at
    sign, minutes = "-" if offset < timedelta(0) else "+", abs(offset).seconds // 60
    return f"{local:%Y-%m-%dT%H:%M}{sign}{minutes // 60:02}:{minutes % 60:02}"
