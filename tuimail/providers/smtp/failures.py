"""Why no conversation came about, in the words of its receipt.

Pure.
"""

from tuimail.core.status import Stage, smtp_verdict
from tuimail.core.submission import AccountFault, Receipt
from tuimail.providers.failures import NotConnectedError


class InjectedError(NotConnectedError):
    """Somebody may have put words into the server's mouth before TLS."""


def is_permanent(code: int) -> bool:
    """Return whether a reply says never, so that something else may be tried."""
    return 500 <= code < 600  # noqa: PLR2004


def refused(stage: Stage, code: int, text: str) -> NotConnectedError:
    """Judge a reply that did not let us in.

    At the login, whatever is not "later" holds the account: the next try would
    send the password again, to a server that does not know what to do with it.
    """
    judgement = smtp_verdict(stage=stage, code=code, text=text)
    is_odd_login = stage is Stage.AUTH and code < 400  # noqa: PLR2004
    receipt = Receipt(
        stage=stage,
        code=max(code, 0),
        enhanced=judgement.enhanced,
        text=_without_surrogates(text),
    )
    return NotConnectedError(
        receipt,
        fault=AccountFault.LOGIN if is_odd_login else judgement.fault,
        wait=judgement.wait,
    )


def _without_surrogates(text: str) -> str:
    """Return ``text`` with octets that were not UTF-8 spelled out.

    aiosmtplib smuggles them through as surrogates, which nothing can store.
    """
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
