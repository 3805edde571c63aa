"""What the service's answers mean. Pure.

It says no in plain text, and with hardly more than one status, so that there is
nothing but its words to tell errors apart; it is asked for English. They are held
against whole sentences, and what none of them is, is of somebody behind the
service, who may have sent the mail all the same.

Source: the service's own code, 2026-08, and Cloudflare's list of binding errors.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from tuimail.core.http_reasons import HttpStage
from tuimail.core.http_status import retry_after
from tuimail.core.patterns import regex
from tuimail.core.status import SLOW_DOWN_WAIT, Judgement
from tuimail.core.submission import AccountFault, VerdictKind
from tuimail.providers.http.request import Exchanged
from tuimail.providers.http.verdicts import judge
from tuimail.providers.temp_email.credentials import Mode

FAILED: Final = "Failed to send mail"
"""What every error of sending begins with."""
NO_JSON: Final = "SyntaxError"
"""The request was not read; it is looked at before anything else is done."""
_DAY: Final = timedelta(days=1)


def judged(found: Exchanged, *, now: datetime, mode: Mode) -> Judgement:
    """Return what an answer to a message means.

    Args:
        found: What came of the request.
        now: Aware datetime; the service's days and months are those of UTC.
        mode: In which role it was asked.
    """
    own = _own(found, mode, now)
    is_early = found.stage is not HttpStage.REPLY
    if own is not None and not (is_early and own.kind is VerdictKind.UNKNOWN):
        return own
    return judge(found, has_structure=_is_yes(found), now=now)


def judged_look(found: Exchanged, *, now: datetime) -> Judgement:
    """Return what an answer to a question means, which is JSON."""
    is_json = isinstance(found.json(), dict)
    return judge(found, has_structure=is_json, now=now)


def balance(found: Exchanged) -> int | None:
    """Return how many mails an address may still send; None where it is not said."""
    value = _answer(found).get("send_balance")
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return None


def address_of(found: Exchanged) -> str:
    """Return whose settings these are; empty where it is not said."""
    value = _answer(found).get("address")
    return value if isinstance(value, str) else ""


def _own(found: Exchanged, mode: Mode, now: datetime) -> Judgement | None:
    if not found.is_complete:
        return None
    if found.status == _BAD:
        return _of_text(found.text, mode, now)
    if found.status == _FORBIDDEN:
        return _SETTINGS
    if found.status == _TOO_MANY:
        wait = retry_after(found.headers.get("retry-after", ""), now=now)
        return _slowed_down(wait or SLOW_DOWN_WAIT)
    is_no_json = found.status == _BROKEN and found.text.startswith(NO_JSON)
    return _REFUSED if is_no_json else None


def _of_text(text: str, mode: Mode, now: datetime) -> Judgement | None:
    is_failed = text.startswith(FAILED)
    words = text.removeprefix(FAILED).lstrip(": ")
    if words.startswith(_SHARES):
        return _share(words, now)
    if words.startswith(_NO_WAY_OUT):
        return _SETTINGS
    own = _WORDS.get(words.rstrip("."))
    if own is not None:
        return own
    if _WRONG_TOKEN.match(words) or (mode is Mode.EXTERNAL and not is_failed):
        return _LOGIN
    if mode is Mode.ADMIN:
        return _of_binding(words, now) or _UNKNOWN
    return _UNKNOWN if is_failed else None


def _of_binding(words: str, now: datetime) -> Judgement | None:
    """Return what an error of Cloudflare's own means, which has a code."""
    code = _CODE.search(words)
    if code is None:
        return None
    if code.group() == "E_DAILY_LIMIT_EXCEEDED":
        return _share("", now)
    return _CODES.get(code.group()) or (
        _REFUSED if code.group().startswith("E_HEADER_") else None
    )


def _share(words: str, now: datetime) -> Judgement:
    """Return that the service has sent its share, until the day or month is over."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    end = midnight + _DAY
    if words.startswith(_MONTHLY):
        end = (midnight.replace(day=28) + 4 * _DAY).replace(day=1)
    return Judgement(fault=AccountFault.QUOTA, wait=end - now, is_about_account=True)


def _slowed_down(wait: timedelta) -> Judgement:
    return Judgement(kind=VerdictKind.DEFERRED, wait=wait, is_about_account=True)


def _is_yes(found: Exchanged) -> bool:
    return _answer(found).get("status") == "ok"


def _answer(found: Exchanged) -> Mapping[str, Any]:
    answer = found.json()
    return answer if isinstance(answer, dict) else {}


_BAD: Final = 400
_FORBIDDEN: Final = 403
_TOO_MANY: Final = 429
_BROKEN: Final = 500
_REFUSED: Final = Judgement(kind=VerdictKind.REFUSED)
_UNKNOWN: Final = Judgement(kind=VerdictKind.UNKNOWN)
_LOGIN: Final = Judgement(fault=AccountFault.LOGIN)
_SETTINGS: Final = Judgement(fault=AccountFault.SETTINGS)

_DAILY: Final = "Server daily send quota has been reached"
_MONTHLY: Final = "Server monthly send quota has been reached"
_SHARES: Final = (_DAILY, _MONTHLY)
_NO_WAY_OUT: Final = "Please enable resend, smtp or SEND_MAIL for this domain"
_WORDS: Final[Mapping[str, Judgement]] = {
    "No balance": Judgement(fault=AccountFault.QUOTA),
    "Invalid recipient address": _REFUSED,
    "Address is blocked": _REFUSED,
    "Subject is empty": _REFUSED,
    "Content is empty": _REFUSED,
    "Invalid domain": _REFUSED,
    "Address not found": _REFUSED,
}
_WRONG_TOKEN: Final = regex(
    r"invalid JWT token|token ?\(.*\) signature mismatched|Jwt[A-Z]|"
    r"Invalid address credential"
)
"""The words of who looks at the token, which come before anything is sent."""
_CODE: Final = regex(r"\bE_[A-Z_]+\b")
_CODES: Final[Mapping[str, Judgement]] = {
    "E_SENDER_NOT_VERIFIED": _SETTINGS,
    "E_RATE_LIMIT_EXCEEDED": _slowed_down(SLOW_DOWN_WAIT),
    "E_RECIPIENT_SUPPRESSED": _REFUSED,
}
"""Those that say that nothing was sent; after ``E_DELIVERY_FAILED`` nobody knows."""
