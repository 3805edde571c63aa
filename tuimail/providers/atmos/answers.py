"""What the relay's answers mean, over HTTP and over SMTP. Pure.

It says no in a code of its own, and then it took nothing. A mail that it takes is
on its disk before it says so.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from tuimail.core.http_status import retry_after
from tuimail.core.message import Envelope
from tuimail.core.status import SLOW_DOWN_WAIT, Judgement
from tuimail.core.submission import AccountFault, Verdict, VerdictKind, Verdicts
from tuimail.core.values import dataclass, replace
from tuimail.providers.http.request import Exchanged
from tuimail.providers.http.verdicts import Told, judge

RATE_LIMITED: Final = "RATE_LIMITED"
"""A new member may send little: so many an hour, and so many a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the relay says of a member."""

    status: str
    """``active``, or why nothing is sent."""
    per_hour: int | None = None
    per_day: int | None = None
    sent_today: int | None = None

    @property
    def is_active(self) -> bool:
        """Whether the relay sends for the member."""
        return self.status == "active"

    @property
    def is_day_over(self) -> bool:
        """Whether the day's share is used up."""
        known = self.sent_today is not None and self.per_day is not None
        return known and (self.sent_today or 0) >= (self.per_day or 0)

    @property
    def limits(self) -> Mapping[str, int]:
        """The numbers that it states."""
        stated = {
            "per_hour": self.per_hour,
            "per_day": self.per_day,
            "sent_today": self.sent_today,
        }
        return {name: value for name, value in stated.items() if value is not None}


def judged(found: Exchanged, *, now: datetime) -> Judgement:
    """Return what an answer to a message means for everybody in it."""
    code = error_code(found)
    if code == RATE_LIMITED:
        wait = retry_after(found.headers.get("retry-after", ""), now=now)
        return slowed_down(wait, standing=None, now=now)
    own = _JUDGEMENTS.get(code)
    return own or judge(found, has_structure=bool(code) or _is_yes(found), now=now)


def slowed_down(
    wait: timedelta | None, *, standing: Standing | None, now: datetime
) -> Judgement:
    """Return that the account is to wait for its next hour, or its next day.

    Args:
        wait: What the relay asked for; the longer wait wins.
        standing: What it says of the member; None where it did not say.
        now: Aware datetime; days are those of UTC.
    """
    hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    is_day_over = standing is not None and standing.is_day_over
    end = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    until_then = (end if is_day_over else hour) - now
    return Judgement(
        kind=VerdictKind.DEFERRED,
        wait=max(until_then, wait or until_then, SLOW_DOWN_WAIT),
        is_about_account=True,
    )


def error_code(found: Exchanged) -> str:
    """Return the relay's own code for what is wrong; empty where there is none."""
    code = _answer(found).get("code")
    return code if isinstance(code, str) else ""


def told(found: Exchanged, envelope: Envelope) -> Mapping[str, Told]:
    """Return what a yes says about each recipient.

    Where nobody was accepted, and it is not said why, everybody is on the member's
    suppression list: people who ended their subscription.
    """
    said: dict[str, Told] = {}
    for one in _listed(found, "accepted"):
        taken = Told(kind=VerdictKind.SENT, provider_message_id=_id(one))
        said[one["recipient"]] = taken
    for one in _listed(found, "rejected"):
        reason = one.get("reason")
        text = reason if isinstance(reason, str) else ""
        said.setdefault(one["recipient"], Told(kind=VerdictKind.REFUSED, text=text))
    if _answer(found).get("accepted") == []:
        for recipient in envelope.recipients:
            nobody = Told(kind=VerdictKind.REFUSED)
            said.setdefault(recipient.wire_address, nobody)
    return said


def read_standing(found: Exchanged) -> Standing | None:
    """Return what the relay says of the member; None where it is no such answer."""
    answer = _answer(found)
    status = answer.get("status")
    if not isinstance(status, str):
        return None
    days = answer.get("daily_sends")
    return Standing(
        status=status,
        per_hour=_number(answer.get("hourly_limit")),
        per_day=_number(answer.get("daily_limit")),
        sent_today=_number(days[-1]) if isinstance(days, list) and days else None,
    )


def judged_standing(found: Exchanged, *, now: datetime) -> Judgement:
    """Return what an answer to the question for the standing means."""
    own = _JUDGEMENTS.get(error_code(found))
    return own or judge(found, has_structure=read_standing(found) is not None, now=now)


def over_smtp(
    answered: Verdicts, *, standing: Standing | None, now: datetime
) -> Verdicts:
    """Return what SMTP's verdicts mean where the relay's codes say more."""
    receipts = [one.receipt for one in answered.by_recipient]
    if receipts and all(one.code == _SUSPENDED for one in receipts):
        return Verdicts(
            fault=AccountFault.SETTINGS,
            fault_receipt=receipts[0],
            server=answered.server,
        )
    if not any(map(is_warming, answered.by_recipient)):
        return answered
    wait = slowed_down(None, standing=standing, now=now).wait
    return replace(
        answered,
        by_recipient=tuple(
            replace(one, wait=wait) if is_warming(one) else one
            for one in answered.by_recipient
        ),
        wait=wait,
    )


def is_warming(verdict: Verdict) -> bool:
    """Return whether somebody has to wait because the member is new."""
    receipt = verdict.receipt
    is_said = (receipt.code, receipt.enhanced) == (451, "4.7.1")
    return is_said and verdict.kind is VerdictKind.DEFERRED


def _is_yes(found: Exchanged) -> bool:
    answer = _answer(found)
    lists = (answer.get("accepted"), answer.get("rejected"))
    return any(isinstance(one, list) for one in lists)


def _listed(found: Exchanged, name: str) -> Iterator[Mapping[str, Any]]:
    listed = _answer(found).get(name)
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict) and isinstance(one.get("recipient"), str):
            yield one


def _id(accepted: Mapping[str, Any]) -> str:
    found = accepted.get("messageId")
    return str(found) if isinstance(found, int | str) else ""


def _number(value: object) -> int | None:
    """Return a number; of a day, the first one that stands in it."""
    if isinstance(value, dict):
        return next((n for n in map(_number, value.values()) if n is not None), None)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return None


def _answer(found: Exchanged) -> Mapping[str, Any]:
    answer = found.json()
    return answer if isinstance(answer, dict) else {}


_SUSPENDED: Final = 521
"""Over SMTP, already when it is connected to (RFC 7504)."""
_LATER: Final = Judgement(kind=VerdictKind.DEFERRED)
_REFUSED: Final = Judgement(kind=VerdictKind.REFUSED)
_LOGIN: Final = Judgement(fault=AccountFault.LOGIN)
_SETTINGS: Final = Judgement(fault=AccountFault.SETTINGS)
_JUDGEMENTS: Final[Mapping[str, Judgement]] = {
    "AUTH_REQUIRED": _LOGIN,  # with 400
    "AUTH_FAILED": _LOGIN,
    "INVALID_DID": _SETTINGS,  # with 400
    "MEMBER_SUSPENDED": _SETTINGS,
    "DOMAIN_MISMATCH": _REFUSED,  # with 403: another sender would do
    "INVALID_REQUEST": _REFUSED,
    "QUEUE_FULL": _LATER,
    "TEMPORARILY_UNAVAILABLE": _LATER,
    "INTERNAL_ERROR": _LATER,
}
"""Whatever the status."""
