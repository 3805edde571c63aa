"""What Microsoft Graph's own error codes mean. Pure.

The names are those of Exchange Web Services, which Graph passes on
(learn.microsoft.com, "ResponseCode", and ``user: sendMail``); those of consumer
mailboxes are in no public list, but in Microsoft's own client.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from tuimail.core.status import QUOTA_WAIT, Judgement
from tuimail.core.submission import AccountFault, VerdictKind
from tuimail.providers.http.request import Exchanged
from tuimail.providers.http.verdicts import judge

NO_MESSAGE: Final = "ErrorMimeContentInvalidBase64String"
"""What is said to a request that may be made, and holds no message."""
WRONG: Final = 400
FAILED: Final = 500


def judged(found: Exchanged, *, now: datetime) -> Judgement:
    """Return what an answer to ``sendMail`` means for everybody in the mail.

    Args:
        found: What came of the request.
        now: Aware datetime, for waits that are given as a date.
    """
    code = error_code(found)
    if found.status < WRONG:
        return judge(found, has_structure=_is_yes(found), now=now)
    if code in JUDGEMENTS:
        return JUDGEMENTS[code]
    is_certain = code in NOT_TAKEN or found.status < FAILED
    return judge(found, has_structure=bool(code) and is_certain, now=now)


def error_code(found: Exchanged) -> str:
    """Return the code in ``{"error": {"code": …}}``; empty where there is none."""
    answer = found.json()
    error = answer.get("error") if isinstance(answer, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) else ""


def _is_yes(found: Exchanged) -> bool:
    """Return whether it is what ``sendMail`` says to a message: 202, and no word."""
    return found.status == ACCEPTED and not found.body.strip()


ACCEPTED: Final = 202
_REFUSED: Final = Judgement(kind=VerdictKind.REFUSED)
_BLOCKED: Final = Judgement(fault=AccountFault.LOGIN)
_NO_MAILBOX: Final = Judgement(fault=AccountFault.SETTINGS)
_FULL: Final = Judgement(fault=AccountFault.QUOTA)
_SHARE: Final = Judgement(fault=AccountFault.QUOTA, wait=QUOTA_WAIT)
_HOURLY_SHARE: Final = Judgement(fault=AccountFault.QUOTA, wait=timedelta(hours=1))

JUDGEMENTS: Final[Mapping[str, Judgement]] = {
    # About this message, its sender or its recipients.
    "ErrorSendAsDenied": _REFUSED,
    "ErrorInvalidRecipients": _REFUSED,
    "ErrorMessageSizeExceeded": _REFUSED,
    "ErrorMessageBlocked": _REFUSED,
    NO_MESSAGE: _REFUSED,
    "ErrorMimeContentInvalid": _REFUSED,
    # The account may not send: a person has to sign in and look.
    "ErrorAccessDenied": _BLOCKED,
    "ErrorMessageSubmissionBlocked": _BLOCKED,
    "ErrorAccountSuspend": _BLOCKED,
    "ErrorAccountSuspendShowTierUpgrade": _BLOCKED,
    # There is no mailbox that it could send from.
    "MailboxNotEnabledForRESTAPI": _NO_MAILBOX,
    "MailboxNotSupportedForRESTAPI": _NO_MAILBOX,
    "ErrorInvalidLicense": _NO_MAILBOX,
    # "Mailbox has exceeded maximum mailbox size": what is sent is kept there, too.
    "ErrorQuotaExceeded": _FULL,
    # "Daily Message/Recipient limit exceeded."
    "ErrorSubmissionQuotaExceeded": _SHARE,
    "ErrorExceededMessageLimit": _SHARE,
    "ErrorExceededMessageLimitShowTierUpgrade": _SHARE,
    "ErrorExceededMaxRecipientLimit": _SHARE,
    "ErrorExceededMaxRecipientLimitShowTierUpgrade": _SHARE,
    "ErrorExceededHourlyMessageLimit": _HOURLY_SHARE,
}
"""Whatever the status, which differs from one kind of mailbox to another."""
NOT_TAKEN: Final = frozenset({
    "ErrorServerBusy", "ErrorMailboxStoreUnavailable", "ServiceUnavailable",
    "serviceNotAvailable",
})  # fmt: skip
"""With a status of 500 or more, the codes that say that nothing was done.

After ``ErrorInternalServerError`` and ``UnknownError``, mail was seen to arrive.
"""
