"""The way out through Microsoft Graph (``user: sendMail``, in MIME form).

It takes the message as it is, base64 as plain text, and finds everybody who is
to get it in the header: what is transmitted is the approved bytes and a ``Bcc``.
It says yes with 202 and no word, keeps a copy among the sent mail, and cannot be
asked afterwards.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import ClassVar, Final

from tuimail.core.draft import Draft
from tuimail.core.http_reasons import HttpStage
from tuimail.core.message import Envelope
from tuimail.core.status import Judgement
from tuimail.core.submission import AccountFault, VerdictKind, Verdicts
from tuimail.core.values import replace
from tuimail.errors import UnsupportedFeatureError
from tuimail.providers.base import (
    AccountCheck,
    Capabilities,
    ProviderAccount,
    SendJob,
)
from tuimail.providers.bcc import with_bcc_ahead
from tuimail.providers.failures import NotConnectedError
from tuimail.providers.features import refuse_features, refuse_smtputf8
from tuimail.providers.graph.errors import ACCEPTED, NO_MESSAGE, error_code, judged
from tuimail.providers.http.encoding import base64_pieces, base64_size
from tuimail.providers.http.exchange import exchange, server_of
from tuimail.providers.http.key import Key
from tuimail.providers.http.options import base_url
from tuimail.providers.http.request import Exchanged, HttpLimits, HttpRequest
from tuimail.providers.http.struck_out import without
from tuimail.providers.http.verdicts import verdicts
from tuimail.providers.options import refuse_unknown
from tuimail.providers.sayable import Sayable, refuse_unsayable
from tuimail.providers.tls import Trust

URL: Final = "https://graph.microsoft.com/v1.0"
ALLOWED: Final = ("url",)
MOST_REQUEST_BYTES: Final = 4 * 1024 * 1024
"""Of one request; an upload in parts is for drafts, which need more rights."""
MOST_BYTES: Final = MOST_REQUEST_BYTES // 4 * 3
"""Of a message, which is base64 in the request."""
MOST_RECIPIENTS: Final = 500
"""Exchange Online's limit for one message, where an administrator set no other."""
WRONG_TOKEN: Final = 401


class GraphProvider:
    """Submits as the mailbox whose token it has."""

    capabilities: ClassVar[Capabilities] = Capabilities()

    def __init__(
        self, account: ProviderAccount, *, limits: HttpLimits | None = None
    ) -> None:
        refuse_unknown(account, ALLOWED)
        self._url = f"{base_url(account, default=URL)}/me/sendMail"
        self._key = Key(account)
        self._limits = limits or HttpLimits()
        self._trust = Trust()

    def accept(self, draft: Draft, envelope: Envelope) -> None:
        """Take what fits into one request, from and to addresses in ASCII."""
        refuse_features(envelope.service, provider=_NAME)
        refuse_smtputf8(draft, envelope, provider=_NAME)
        refuse_unsayable(draft, envelope, _SAYABLE, provider=_NAME)

    async def submit(self, job: SendJob) -> Verdicts:
        """Try once; a token that has run out is renewed for the next attempt."""
        try:
            key = await self._key.read()
            found = await self._exchanged(job, key)
            judgement = await self._judged(found, key)
        except NotConnectedError as error:
            return error.verdicts(job.envelope, server=server_of(self._url))
        except UnsupportedFeatureError as error:
            return self._not_asked(job.envelope, error)
        return verdicts(
            job.envelope,
            found,
            judgement,
            provider_message_id=found.headers.get("request-id", ""),
        )

    async def check(self) -> AccountCheck:
        """Ask to send what is no message, which tells whether it might send one.

        A look at the profile would need the right to read it, which nobody has to
        give for sending.
        """
        started = asyncio.get_running_loop().time()
        try:
            found, judgement = await self._asked()
        except NotConnectedError as error:
            return self._wrong(error.fault, error.receipt.text)
        elapsed = asyncio.get_running_loop().time() - started
        if error_code(found) == NO_MESSAGE:
            return AccountCheck(
                ok=True,
                endpoint=server_of(self._url),
                latency_ms=round(elapsed * 1000),
                capabilities=("sendMail",),
                limits={"size_bytes": MOST_BYTES, "recipients": MOST_RECIPIENTS},
            )
        if found.status == ACCEPTED:
            return self._wrong(AccountFault.SETTINGS, _TAKES_ANYTHING)
        return self._wrong(judgement.fault, found.text)

    async def close(self) -> None:
        """Nothing is open."""

    async def _context(self) -> ssl.SSLContext:
        is_encrypted = not self._url.startswith("http:")
        return await self._trust.context(is_encrypted=is_encrypted)

    async def _exchanged(self, job: SendJob, key: str) -> Exchanged:
        added, pieces = await with_bcc_ahead(job.pieces(), job.envelope)
        found = await exchange(
            HttpRequest(
                method="POST",
                url=self._url,
                headers=_headers(key),
                pieces=lambda: base64_pieces(pieces),
                size_bytes=base64_size(job.size_bytes + added),
            ),
            context=await self._context(),
            limits=self._limits,
            point_of_no_return=job.point_of_no_return,
            progress=job.progress,
        )
        return without(found, key)

    async def _asked(self, *, is_again: bool = False) -> tuple[Exchanged, Judgement]:
        """Return the answer to what is no message; asks again with a fresh token."""
        key = await self._key.read()
        request = HttpRequest(
            method="POST",
            url=self._url,
            headers=_headers(key),
            pieces=lambda: _pieces(_NO_BASE64),
            size_bytes=len(_NO_BASE64),
        )
        shorter = min(self._limits.connect, self._limits.reply)
        found = await exchange(
            request,
            context=await self._context(),
            limits=replace(self._limits, reply=shorter),
        )
        found = without(found, key)
        is_old = found.status == WRONG_TOKEN and not is_again
        if is_old and await self._key.is_renewed(key):
            return await self._asked(is_again=True)
        return found, judged(found, now=datetime.now(UTC))

    async def _judged(self, found: Exchanged, key: str) -> Judgement:
        if found.status == WRONG_TOKEN and await self._key.is_renewed(key):
            return Judgement(kind=VerdictKind.DEFERRED)
        judgement = judged(found, now=datetime.now(UTC))
        if judgement.kind is VerdictKind.SENT:
            self._key.was_taken()
        return judgement

    def _not_asked(
        self, envelope: Envelope, error: UnsupportedFeatureError
    ) -> Verdicts:
        """Refuse a mail that only a part of its recipients is left to get."""
        nothing = Exchanged(
            stage=HttpStage.REQUEST,
            server=server_of(self._url),
            error=f"{error} {error.hint}",
        )
        return verdicts(envelope, nothing, Judgement(kind=VerdictKind.REFUSED))

    def _wrong(self, fault: AccountFault | None, error: str) -> AccountCheck:
        hint = _UNREACHABLE if fault is None else _HINTS.get(fault, _LOOK)
        return AccountCheck(
            ok=False,
            endpoint=server_of(self._url),
            fault=fault,
            error=error,
            hint=hint,
        )


def _headers(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}", "Content-Type": "text/plain"}


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    yield content


_NAME: Final = "Microsoft 365"
_SAYABLE: Final = Sayable(most_recipients=MOST_RECIPIENTS, most_bytes=MOST_BYTES)
_NO_BASE64: Final = b"This is no message: tuimail asks whether it may send one."
_TAKES_ANYTHING: Final = "The server says yes to what is no message: it is not Graph."
_UNREACHABLE: Final = "Look at url, and at the network."
_LOOK: Final = "Look at what the server says."
_HINTS: Final = {
    AccountFault.LOGIN: "Sign in again, with the right Mail.Send: "
    "tuimail auth microsoft ACCOUNT",
    AccountFault.SECRET: "Sign in: tuimail auth microsoft ACCOUNT",
    AccountFault.SETTINGS: "Look at url, and whether the account has a mailbox at "
    "Microsoft 365 or Outlook.com.",
    AccountFault.QUOTA: "Sign in at outlook.com: the mailbox is full, or has sent "
    "its share.",
}
