"""What Amazon SES's own error codes mean. Pure.

From its API reference (version 2, ``SendEmail``, and "Common errors").
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from tuimail.core.status import Judgement
from tuimail.core.submission import AccountFault, VerdictKind
from tuimail.core.values import dataclass, field
from tuimail.providers.http.request import Exchanged
from tuimail.providers.http.verdicts import judge


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What came of a call."""

    found: Exchanged
    answer: Mapping[str, Any] = field(default_factory=dict)
    """To a call that succeeded, parsed."""
    code: str = ""
    """Of the error; empty where the answer names none."""
    message: str = ""
    """The error's words; untrusted."""


def judged(said: Said, *, is_right: bool, now: datetime) -> Judgement:
    """Return what an answer means for everybody in the mail.

    Args:
        said: What came of the call.
        is_right: Whether a yes has what the answer to such a call has.
        now: Aware datetime, for waits that are given as a date.
    """
    status = said.found.status
    if status < WRONG:
        return judge(said.found, has_structure=is_right, now=now)
    if status >= FAILED:  # mail was seen to arrive after each of them
        return judge(said.found, has_structure=False, now=now)
    own = _share(said) or JUDGEMENTS.get(said.code)
    return own or judge(said.found, has_structure=True, now=now)


def _share(said: Said) -> Judgement | None:
    """Return what it means that too much was sent, which has several codes.

    Whether it was too much in a second or in a day is only said in words; they
    decide nothing but for how long nothing is sent.
    """
    if said.code not in THROTTLED:
        return None
    return _DAY if DAILY in said.message else _SECOND


WRONG: Final = 400
FAILED: Final = 500
THROTTLED: Final = frozenset({
    "RequestThrottled", "RequestThrottledException", "Throttling",
    "ThrottlingException", "ThrottledException", "TooManyRequestsException",
})  # fmt: skip
DAILY: Final = "Daily message quota exceeded"
_SECOND: Final = Judgement(
    kind=VerdictKind.DEFERRED, wait=timedelta(seconds=30), is_about_account=True
)
_DAY: Final = Judgement(fault=AccountFault.QUOTA, wait=timedelta(hours=1))
"""The share is that of the last 24 hours, and comes back bit by bit."""
_REFUSED: Final = Judgement(kind=VerdictKind.REFUSED)
_LOGIN: Final = Judgement(fault=AccountFault.LOGIN)
_PAUSED: Final = Judgement(fault=AccountFault.SETTINGS)
_SHARE: Final = Judgement(fault=AccountFault.QUOTA)

RAN_OUT: Final = frozenset({"ExpiredToken", "ExpiredTokenException"})
"""Credentials that AWS gives for a while; where they are from, fresh ones may be."""
NOT_ALLOWED: Final = frozenset({"AccessDenied", "AccessDeniedException"})
"""The key is known, and may not do that."""
JUDGEMENTS: Final[Mapping[str, Judgement]] = {
    # About this message, its sender or its recipients.
    "BadRequestException": _REFUSED,
    "MailFromDomainNotVerifiedException": _REFUSED,
    "MessageRejected": _REFUSED,
    # About who asks.
    "AccessDenied": _LOGIN,
    "AccessDeniedException": _LOGIN,
    "ExpiredToken": _LOGIN,
    "ExpiredTokenException": _LOGIN,
    "IncompleteSignature": _LOGIN,
    "InvalidClientTokenId": _LOGIN,
    "InvalidSignatureException": _LOGIN,
    "MissingAuthenticationTokenException": _LOGIN,
    "RequestExpired": _LOGIN,
    "SignatureDoesNotMatch": _LOGIN,
    "UnrecognizedClientException": _LOGIN,
    # About the account.
    "AccountSuspendedException": _PAUSED,
    "LimitExceededException": _SHARE,
    "NotFoundException": _PAUSED,
    "SendingPausedException": _PAUSED,
}
"""With a status between 400 and 499, whichever."""
