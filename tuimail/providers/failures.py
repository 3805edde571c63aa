"""Why nobody could be asked, in the words of its receipt.

Pure.
"""

import os
import re
import ssl
from collections.abc import Sequence
from datetime import timedelta
from socket import gaierror
from typing import Final

from tuimail.core.message import Envelope
from tuimail.core.patterns import regex
from tuimail.core.status import Stage
from tuimail.core.submission import AccountFault, Receipt, VerdictKind, Verdicts
from tuimail.core.values import replace
from tuimail.providers.everybody import told_to_all


class NotConnectedError(Exception):
    """No conversation came about, so nobody was offered."""

    def __init__(
        self,
        receipt: Receipt,
        *,
        fault: AccountFault | None = None,
        wait: timedelta | None = None,
    ) -> None:
        super().__init__(receipt.text)
        self.receipt = receipt
        self.fault = fault
        self.wait = wait

    def verdicts(self, envelope: Envelope, *, server: str) -> Verdicts:
        """Return what this means for everybody in ``envelope``."""
        if self.fault is not None:
            return Verdicts(
                fault=self.fault,
                fault_receipt=self.receipt,
                wait=self.wait,
                server=server,
            )
        told = told_to_all(
            envelope,
            VerdictKind.DEFERRED,
            receipt=self.receipt,
            server=server,
            wait=self.wait,
        )
        return replace(told, wait=self.wait, is_unreachable=True)

    def without(self, secrets: Sequence[str]) -> "NotConnectedError":
        """Return the same without what nobody shall read in a log.

        The first of ``secrets`` is the secret, the others are it in base64.
        """
        receipt = replace(self.receipt, text=_without(self.receipt.text, secrets))
        return NotConnectedError(receipt, fault=self.fault, wait=self.wait)


REDACTED: Final = "(the password)"
"""What stands in a receipt where the server repeated the secret."""
_OLD_TLS: Final = frozenset({
    "DH_KEY_TOO_SMALL", "NO_PROTOCOLS_AVAILABLE", "NO_SHARED_CIPHER",
    "SSLV3_ALERT_HANDSHAKE_FAILURE", "TLSV1_ALERT_PROTOCOL_VERSION",
    "UNSUPPORTED_PROTOCOL", "WRONG_SSL_VERSION",
})  # fmt: skip
"""What OpenSSL says when one side only knows TLS that nobody should use."""
_WHO_ARE_WE: Final = frozenset({
    "SSLV3_ALERT_BAD_CERTIFICATE", "SSLV3_ALERT_CERTIFICATE_EXPIRED",
    "SSLV3_ALERT_CERTIFICATE_REVOKED", "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE", "TLSV13_ALERT_CERTIFICATE_REQUIRED",
    "TLSV1_ALERT_ACCESS_DENIED", "TLSV1_ALERT_UNKNOWN_CA",
})  # fmt: skip
"""What it says when the server let nobody in who is not known to it."""


def lost(stage: Stage, error: Exception) -> NotConnectedError:
    """Judge an error of the network or of TLS; there was no reply to judge."""
    cause = _first_cause(error)
    if isinstance(cause, ssl.SSLError):
        return _no_tls(stage, cause)
    if isinstance(error, TimeoutError):
        text = "The server did not answer in time."
    else:
        text = f"The connection failed: {_reason(cause)}."
    return NotConnectedError(Receipt(stage=stage, text=text))


def _first_cause(error: BaseException) -> BaseException:
    """Return what began it: in TLS 1.3, a refusal comes after the handshake."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _reason(cause: BaseException) -> str:
    """Return the system's own words; asyncio puts others in their place."""
    if isinstance(cause, OSError) and not isinstance(cause, gaierror) and cause.errno:
        return os.strerror(cause.errno)
    return getattr(cause, "strerror", None) or str(cause) or "the server ended it"


def _no_tls(stage: Stage, error: ssl.SSLError) -> NotConnectedError:
    if isinstance(error, ssl.SSLCertVerificationError):
        text = f"The server did not prove who it is: {error.verify_message}."
        fault: AccountFault | None = AccountFault.CERTIFICATE
    else:
        reason = (error.reason or "no reason given").replace("_", " ").lower()
        is_ours = error.reason in _WHO_ARE_WE
        what = "The server wants a certificate of ours" if is_ours else _NO_TLS
        text = f"{what}: {reason}."
        is_lasting = is_ours or error.reason in _OLD_TLS
        fault = AccountFault.CERTIFICATE if is_lasting else None
    return NotConnectedError(Receipt(stage=stage, text=text), fault=fault)


def _without(text: str, secrets: Sequence[str]) -> str:
    """Return ``text`` without ``secrets``, in capitals or not.

    Of what is long and in base64, servers repeat a part, or break its line.
    """
    whole = "|".join(map(re.escape, sorted(filter(None, secrets), key=len)[::-1]))
    text = re.sub(whole, REDACTED, text, flags=re.IGNORECASE)
    encoded = [one.casefold() for one in secrets[1:]]

    def masked(part: re.Match[str]) -> str:
        is_part = any(part[0].casefold() in one for one in encoded)
        return REDACTED if is_part else part[0]

    return _BASE64.sub(masked, text)


_NO_TLS: Final = "TLS with the server failed"
_BASE64: Final = regex(r"[A-Za-z0-9+/]{8,}=*")
