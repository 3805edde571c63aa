"""What Cloudflare's answers mean. Pure.

``{"success": …, "errors": [{"code": …, "message": …}], "result": {…}}`` is the
form of all of them. The codes are those of the email service, and a few of the API
in front of it.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from tuimail.core.http_reasons import HttpStage
from tuimail.core.status import Judgement
from tuimail.core.submission import AccountFault, VerdictKind
from tuimail.providers.http.request import Exchanged
from tuimail.providers.http.verdicts import Told, judge

WRONG_REQUEST: Final = 400
FAILED: Final = 500
UNREADABLE: Final = 10202
"""The message could not be read as mail, so that nobody got it."""
NOT_NOW: Final = 10100
"""What looks at the token is down, so that the request was not looked at."""


def judged(found: Exchanged, *, now: datetime) -> Judgement:
    """Return what an answer means for everybody in the request."""
    own = next(
        (_JUDGEMENTS[code] for code in _codes(found) if code in _JUDGEMENTS), None
    )
    is_early = found.stage is not HttpStage.REPLY
    if own is not None and not (is_early and own.kind is VerdictKind.UNKNOWN):
        return own
    return judge(found, has_structure=_is_clear(found), now=now)


def told(found: Exchanged) -> Mapping[str, Told]:
    """Return what a yes says about each recipient."""
    result = _answer(found).get("result")
    said: dict[str, Told] = {}
    for name, kind in _LISTS.items():
        listed = result.get(name) if isinstance(result, dict) else None
        for address in listed if isinstance(listed, list) else ():
            if isinstance(address, str):
                is_refused = kind is VerdictKind.REFUSED
                text = f"{name}: {address}" if is_refused else ""
                said.setdefault(address, Told(kind=kind, text=text))
    return said


def message_id(found: Exchanged) -> str:
    """Return the service's own id of the message, where it says one."""
    result = _answer(found).get("result")
    identifier = result.get("message_id") if isinstance(result, dict) else None
    return identifier if isinstance(identifier, str) else ""


def is_unreadable(found: Exchanged) -> bool:
    """Return whether the form of the message was all that was wrong."""
    return found.status == WRONG_REQUEST and UNREADABLE in _codes(found)


def is_about_somebody(found: Exchanged) -> bool:
    """Return whether one of several recipients may be why nobody got it.

    A recipient on the account's suppression list makes the whole request a 400
    where the domain is set up so; under which code is documented nowhere.
    """
    codes = tuple(_codes(found))
    is_known = any(code in _JUDGEMENTS for code in codes)
    return found.status == WRONG_REQUEST and bool(codes) and not is_known


def _codes(found: Exchanged) -> Iterator[int]:
    answer = _answer(found)
    errors = answer.get("errors")
    if answer.get("success") is False and isinstance(errors, list):
        for error in errors:
            code = error.get("code") if isinstance(error, dict) else None
            if isinstance(code, int):
                yield code


def _is_clear(found: Exchanged) -> bool:
    """Return whether the service itself says what came of the request."""
    answer = _answer(found)
    if found.status >= FAILED:
        return NOT_NOW in _codes(found)
    is_yes = answer.get("success") is True and isinstance(answer.get("result"), _SOME)
    return is_yes or (found.status >= WRONG_REQUEST and any(_codes(found)))


def _answer(found: Exchanged) -> Mapping[str, Any]:
    answer = found.json()
    return answer if isinstance(answer, dict) else {}


_SOME: Final = (dict, list)
_LISTS: Final = {
    "delivered": VerdictKind.SENT,
    "queued": VerdictKind.QUEUED,
    "permanent_bounces": VerdictKind.REFUSED,
    "suppressed_recipients": VerdictKind.REFUSED,
}
_REFUSED: Final = Judgement(kind=VerdictKind.REFUSED)
_LOGIN: Final = Judgement(fault=AccountFault.LOGIN)
_SETTINGS: Final = Judgement(fault=AccountFault.SETTINGS)
_JUDGEMENTS: Final[Mapping[int, Judgement]] = {
    10001: _REFUSED,  # the request's form
    10200: _REFUSED,  # too big
    10201: _REFUSED,  # no length
    UNREADABLE: _REFUSED,
    10101: _LOGIN,  # no token, or a wrong one
    10102: _LOGIN,  # a token without the permission "Email Sending: Edit"
    10103: _LOGIN,  # a token of another kind
    6003: _LOGIN,  # what is no token at all; by the API in front, with 400
    10105: _SETTINGS,  # the account has no email service
    10203: _SETTINGS,  # sending is switched off
    10002: Judgement(kind=VerdictKind.UNKNOWN),  # "internal": at any moment
    10003: _REFUSED,  # "not implemented"
}
"""Whatever the status. 10000, 10004 and 10100 mean what their status means."""
