"""What a mail API's answer means: how far the request got, then the status.

The one rule kept here: once the whole request is out, only an answer that the
API itself wrote says that a message was not taken. Its outer form is what is
looked at, never its words; what a provider knows beyond that, it judges itself.

Pure.
"""

import re
from collections.abc import Container
from datetime import UTC, datetime, timedelta
from typing import Final

from tuimail.core.http_reasons import HttpStage
from tuimail.core.patterns import regex
from tuimail.core.retry import LONGEST_WAIT
from tuimail.core.status import Judgement
from tuimail.core.submission import AccountFault, VerdictKind
from tuimail.core.values import dataclass, replace


@dataclass(frozen=True, slots=True)
class _Row:
    stages: Container[HttpStage]
    codes: Container[int]
    judgement: Judgement
    needs: frozenset[str] = frozenset()
    """What the answer has to have beside its status."""


_STRUCTURE: Final = frozenset({"structure"})

_SENT: Final = Judgement(kind=VerdictKind.SENT)
_DEFER: Final = Judgement(kind=VerdictKind.DEFERRED)
_REFUSE: Final = Judgement(kind=VerdictKind.REFUSED)
_UNKNOWN: Final = Judgement(kind=VerdictKind.UNKNOWN)
_LOGIN: Final = Judgement(fault=AccountFault.LOGIN)
_QUOTA: Final = Judgement(fault=AccountFault.QUOTA)
_SETTINGS: Final = Judgement(fault=AccountFault.SETTINGS)

_ALL: Final = frozenset(HttpStage)
_OUT: Final = frozenset({HttpStage.REPLY})

_READABLE: Final = range(200, 600)
_OKAY: Final = range(200, 300)
_ELSEWHERE: Final = range(300, 400)
_WRONG: Final = range(400, 500)
_FAILED: Final = range(500, 600)
_SILENCE: Final = (0,)

_ROWS: Final = (
    # Silence, and what is no answer at all.
    _Row(_OUT, _SILENCE, _UNKNOWN),
    _Row(_ALL, _SILENCE, _DEFER),
    # Yes, if the API said it. Who says so before the request was complete means
    # another one.
    _Row(_OUT, _OKAY, _SENT, needs=_STRUCTURE),
    _Row(_OUT, _OKAY, _UNKNOWN),
    _Row(_ALL, _OKAY, _DEFER),
    # What is to be seen elsewhere may have been done (RFC 9110 §15.4.4). None is
    # followed: the key would be shown to whoever is there. So the address that the
    # account has is not where the API is, for any message.
    _Row(_OUT, (303,), _UNKNOWN),
    _Row(_ALL, _ELSEWHERE, _SETTINGS),
    # About the account, so that every message of it would end alike.
    _Row(_ALL, (401, 403), _LOGIN),
    _Row(_ALL, (402,), _QUOTA),
    _Row(_ALL, (404, 405, 410), _SETTINGS),
    # Not now (RFC 9110 §15.5.9; RFC 8470 §5.2; RFC 6585 §4). 409 is not among
    # them: the idempotency key stands for another content.
    _Row(_ALL, (408, 425, 429), _DEFER),
    _Row(_ALL, _WRONG, _REFUSE),
    # A gateway gave up waiting: nobody knows what it waited for; nor what one had
    # passed on that only says when to come back.
    _Row(_OUT, (502, 504), _UNKNOWN),
    _Row(_OUT, _FAILED, _DEFER, needs=_STRUCTURE),
    _Row(_OUT, _FAILED, _UNKNOWN),
    _Row(_ALL, _FAILED, _DEFER),
)
"""The first row that fits decides; the ranges fit every status there is."""


def http_verdict(
    *,
    stage: HttpStage,
    status: int,
    has_structure: bool,
    wait: timedelta | None = None,
) -> Judgement:
    """Return what an answer means for everybody in the request, or the account.

    Args:
        stage: How far the request had got.
        status: The status code; 0, or any number that is none, where no answer
            came whose head could be read.
        has_structure: Whether the answer is complete and has the form that the
            API's own answers have with such a status: gateways, proxies and
            captive portals have status codes too.
        wait: What the answer asks for (``retry_after``).
    """
    readable = status if status in _READABLE else 0
    has = _STRUCTURE if has_structure else frozenset()
    judgement = next(
        row.judgement
        for row in _ROWS
        if stage in row.stages and readable in row.codes and row.needs <= has
    )
    return replace(judgement, wait=wait if readable else None)


def retry_after(value: str, *, now: datetime) -> timedelta | None:
    """Return the wait that a ``Retry-After`` asks for (RFC 9110 §10.2.3).

    None where it asks for nothing that can be waited for, so that our own
    schedule decides: a moment that is past, no time at all, nonsense.

    Args:
        value: Seconds, or a date in any of the forms of RFC 9110 §5.6.7.
        now: Aware datetime.

    Returns:
        A day at most, so that one odd answer strands no mail.
    """
    text = value.strip()
    if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS:
        return min(timedelta(seconds=int(text)), LONGEST_WAIT) or None
    moment = _moment(text, now)
    if moment is None or moment <= now:
        return None
    return min(moment - now, LONGEST_WAIT)


def _moment(text: str, now: datetime) -> datetime | None:
    found = next(filter(None, (form.fullmatch(text) for form in _DATES)), None)
    if found is None:
        return None
    try:
        return datetime(
            _year(found["year"], now),
            _MONTHS.index(found["month"]) + 1,
            int(found["day"]),
            int(found["hour"]),
            int(found["minute"]),
            int(found["second"]),
            tzinfo=UTC,
        )
    except ValueError:
        return None


def _year(digits: str, now: datetime) -> int:
    """Return the year; one of two digits is near (RFC 9110 §5.6.7)."""
    year = int(digits)
    if len(digits) > _SHORT:
        return year
    year += now.year // 100 * 100
    return year - 100 if year > now.year + 50 else year


_SHORT: Final = 2
_MOST_DIGITS: Final = 9
"""Thirty years in seconds; more is no wait that anybody means."""
_MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip
_TIME: Final = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
_MONTH: Final = rf"(?P<month>{'|'.join(_MONTHS)})"
_DATES: Final = (
    regex(
        rf"[A-Z][a-z]{{2}}, (?P<day>\d\d) {_MONTH} (?P<year>\d{{4}}) {_TIME} GMT",
        re.ASCII,
    ),
    regex(rf"[A-Z][a-z]+, (?P<day>\d\d)-{_MONTH}-(?P<year>\d\d) {_TIME} GMT", re.ASCII),
    regex(
        rf"[A-Z][a-z]{{2}} {_MONTH} (?P<day>[ \d]\d) {_TIME} (?P<year>\d{{4}})",
        re.ASCII,
    ),
)
"""What is sent today, RFC 850's, and C's ``asctime``."""
