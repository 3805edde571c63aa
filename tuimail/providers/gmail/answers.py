"""What Gmail's answers mean, before the table that all mail APIs share. Pure.

The one rule kept here: while a mail is not all out, it was certainly not taken;
and once it is, only what proves that it was not lets it be tried again. Whatever
else comes then leaves it unknown, because the session can be asked.
"""

import re
from collections.abc import Container, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from tuimail.core.http_reasons import HttpStage
from tuimail.core.message import Envelope
from tuimail.core.patterns import regex
from tuimail.core.status import Judgement
from tuimail.core.submission import AccountFault, VerdictKind, Verdicts
from tuimail.core.values import dataclass, replace
from tuimail.providers.gmail import waits
from tuimail.providers.gmail.errors import is_proof, reasons
from tuimail.providers.gmail.transport import Answer
from tuimail.providers.http.request import Exchanged
from tuimail.providers.http.verdicts import judge, verdicts


@dataclass(frozen=True, slots=True)
class _Row:
    statuses: Container[int]
    reasons: frozenset[str]
    """Any of them; none for whatever the reason."""
    judgement: Judgement


_DEFER: Final = Judgement(kind=VerdictKind.DEFERRED)
_REFUSE: Final = Judgement(kind=VerdictKind.REFUSED)
_SENT: Final = Judgement(kind=VerdictKind.SENT)
_UNKNOWN: Final = Judgement(kind=VerdictKind.UNKNOWN)
_SLOW_DOWN: Final = replace(_DEFER, is_about_account=True)
_SHARE: Final = Judgement(fault=AccountFault.QUOTA)
_SETTINGS: Final = Judgement(fault=AccountFault.SETTINGS)

_ANY: Final[frozenset[str]] = frozenset()
_RATE: Final = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
_QUOTA: Final = frozenset({"dailyLimitExceeded", "quotaExceeded"})
_FORBIDDEN: Final = frozenset({
    "accessNotConfigured", "domainPolicy", "forbidden", "insufficientPermissions",
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "PERMISSION_DENIED", "SERVICE_DISABLED",
})  # fmt: skip
_NO_MAIL_SERVICE: Final = frozenset({"failedPrecondition", "FAILED_PRECONDITION"})

_ROWS: Final = (
    # Too fast. Gmail says 403 for its older limits and 429 for its newer ones, and
    # gives every 403 the status PERMISSION_DENIED.
    _Row((429,), _ANY, _SLOW_DOWN),
    _Row((403,), _RATE, _SLOW_DOWN),
    _Row((403,), _QUOTA, _SHARE),
    # The consent does not cover it, the API is not switched on for the program, or
    # the organisation does not want it.
    _Row((403,), _FORBIDDEN, _SETTINGS),
    # "Mail service not enabled", and accounts that are suspended.
    _Row((400,), _NO_MAIL_SERVICE, _SETTINGS),
)
_ROWS_OF_A_SESSION: Final = (
    # "Resume Incomplete": not all of it is there.
    _Row((308,), _ANY, _DEFER),
    # The session is gone, so that the next attempt opens another.
    _Row((404, 410), _ANY, _DEFER),
)
_ROWS_OF_A_THREAD: Final = (_Row((404,), _ANY, _REFUSE),)


def verdicts_of(
    envelope: Envelope, answer: Answer, *, names_thread: bool = False, now: datetime
) -> Verdicts:
    """Return what came of an attempt.

    Gmail says nothing about single recipients: what it takes, it takes for all,
    and bounces arrive as mail. Its whole answer is the receipt, with the ids of
    message and thread, and the labels.

    Args:
        envelope: Whom it was for.
        answer: To the last request of it.
        names_thread: Whether the mail was to go into a conversation.
        now: Aware datetime.
    """
    return verdicts(
        envelope,
        _staged(answer),
        judged(answer, names_thread=names_thread, now=now),
        provider_message_id=message_id(answer.exchanged),
    )


def judged(answer: Answer, *, names_thread: bool = False, now: datetime) -> Judgement:
    """Return what ``answer`` means for everybody, or for the account."""
    judgement = _as_listed(answer, names_thread=names_thread, now=now)
    is_taken = judgement.kind is VerdictKind.SENT
    if is_taken or is_proof(answer.exchanged, has_mail=answer.has_mail):
        return judgement
    is_about_account = judgement.is_about_account
    wait = judgement.wait if judgement.fault is None else None
    return replace(_UNKNOWN, wait=wait, is_about_account=is_about_account)


def _as_listed(answer: Answer, *, names_thread: bool, now: datetime) -> Judgement:
    """Return what the tables say, as if nothing of a mail could be there."""
    found = _staged(answer)
    if answer.is_renewed:
        return _DEFER
    said = reasons(found)
    for row in _rows(answer, names_thread=names_thread):
        if found.status in row.statuses and (not row.reasons or row.reasons & said):
            return replace(row.judgement, wait=_wait(row.judgement, found, now))
    return judge(found, has_structure=bool(message_id(found)), now=now)


def looked_up(
    envelope: Envelope,
    answer: Answer,
    *,
    size_bytes: int,
    age: timedelta,
) -> Verdicts | None:
    """Return what a session says about its mail; None while that proves nothing.

    Args:
        envelope: Whose fate is asked for.
        answer: What the session said about itself.
        size_bytes: Of the mail.
        age: How long ago its last piece was about to leave. What is still under
            way may arrive, so that a mail that is not all there is only believed
            to be missing after some time.
    """
    found = answer.exchanged
    id_ = message_id(found)
    if id_:
        return verdicts(envelope, found, _SENT, provider_message_id=id_)
    if age >= SETTLED_AFTER and _is_less_there_than(size_bytes, found):
        return verdicts(envelope, found, _DEFER)
    return None


def message_id(found: Exchanged) -> str:
    """Return Gmail's id of a message that it took; empty where it says none."""
    answer = found.json()
    if found.status not in _TAKEN or not isinstance(answer, Mapping):
        return ""
    id_ = answer.get("id")
    return id_ if isinstance(id_, str) else ""


def _staged(answer: Answer) -> Exchanged:
    """Return the answer, where an answer without the mail is one before all is out."""
    found = answer.exchanged
    is_early = not answer.has_mail and found.stage is HttpStage.REPLY
    return replace(found, stage=HttpStage.REQUEST) if is_early else found


def _rows(answer: Answer, *, names_thread: bool) -> Iterator[_Row]:
    yield from _ROWS
    if names_thread:
        yield from _ROWS_OF_A_THREAD
    if answer.has_mail:
        yield from _ROWS_OF_A_SESSION


def _wait(judgement: Judgement, found: Exchanged, now: datetime) -> timedelta | None:
    if judgement.fault is AccountFault.QUOTA:
        return waits.until_new_share(now)
    return waits.asked_for(found, now=now) if judgement.is_about_account else None


def _is_less_there_than(size_bytes: int, found: Exchanged) -> bool:
    """Return whether a session says that part of its mail is missing.

    ``Range: bytes=0-42`` are 43, and no such header is nothing at all. An answer
    that names another address is a redirect of somebody else's.
    """
    is_its_own = found.is_complete and "location" not in found.headers
    if found.status != _INCOMPLETE or not is_its_own:
        return False
    named = found.headers.get("range")
    if named is None:
        return True
    there = _RANGE.fullmatch(named)
    return there is not None and int(there[1]) + 1 < size_bytes


SETTLED_AFTER: Final = timedelta(minutes=2)
_INCOMPLETE: Final = 308
_RANGE: Final = regex(r"bytes=0-(\d{1,18})", re.ASCII)
_TAKEN: Final = (200, 201)
