"""A mail API of one page, and the provider for it: how the parts go together."""

import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from tuimail.core.draft import Draft
from tuimail.core.message import Envelope
from tuimail.core.status import Judgement
from tuimail.core.submission import AccountFault, VerdictKind, Verdicts
from tuimail.providers.base import (
    AccountCheck,
    Capabilities,
    ProviderAccount,
    SendJob,
)
from tuimail.providers.failures import NotConnectedError
from tuimail.providers.features import refuse_features
from tuimail.providers.http.exchange import exchange
from tuimail.providers.http.key import Key
from tuimail.providers.http.options import base_url
from tuimail.providers.http.request import Exchanged, HttpLimits, HttpRequest
from tuimail.providers.http.verdicts import Told, judge, verdicts
from tuimail.providers.options import refuse_unknown
from tuimail.testing import Received, Respond

KINDS: Final = {
    "accepted": VerdictKind.SENT,
    "queued": VerdictKind.QUEUED,
    "rejected": VerdictKind.REFUSED,
}


class TinyApi:
    """Takes a message as base64 for a list of recipients, and answers for each.

    ``{"id": …, "accepted": […], "queued": […], "rejected": […]}``, or
    ``{"error": …}`` with a status that says what kind.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self.kinds: dict[str, str] = {}
        """For those who are not accepted."""

    def answer(self, received: Received) -> Respond:
        if received.headers.get("authorization") != f"Bearer {self.key}":
            return Respond(status=401, body={"error": "wrong key"})
        if received.method == "GET":
            return Respond(body={"account": "work"})
        lists: dict[str, list[str]] = {kind: [] for kind in KINDS}
        for address in received.json["to"]:
            lists[self.kinds.get(address, "accepted")].append(address)
        return Respond(body={"id": "4F2A77", **lists})


class TinyProvider:
    """Submits through that API."""

    capabilities: ClassVar[Capabilities] = Capabilities()

    def __init__(
        self, account: ProviderAccount, *, limits: HttpLimits | None = None
    ) -> None:
        refuse_unknown(account, ("url",))
        self._url = base_url(account)
        self._key = Key(account)
        self._limits = limits or HttpLimits()

    def accept(self, draft: Draft, envelope: Envelope) -> None:
        refuse_features(envelope.service, provider="The tiny API")

    async def submit(self, job: SendJob) -> Verdicts:
        try:
            key = await self._key.read()
            found = await exchange(
                self._message(job, key),
                limits=self._limits,
                point_of_no_return=job.point_of_no_return,
                progress=job.progress,
            )
            judgement = await self._judged(found, key)
        except NotConnectedError as error:
            return error.verdicts(job.envelope, server=self._url)
        answer = found.json()
        answer = answer if isinstance(answer, dict) else {}
        told = _told(answer) if judgement.kind is VerdictKind.SENT else None
        return verdicts(
            job.envelope,
            found,
            judgement,
            told=told,
            provider_message_id=str(answer.get("id", "")),
        )

    async def check(self) -> AccountCheck:
        try:
            key = await self._key.read()
        except NotConnectedError as error:
            return self._wrong(error.fault, error.receipt.text)
        found = await exchange(
            HttpRequest(method="GET", url=f"{self._url}/account", headers=_auth(key)),
            limits=self._limits,
        )
        judgement = judge(found, has_structure=_is_ours(found), now=datetime.now(UTC))
        if judgement.kind is VerdictKind.SENT:
            return AccountCheck(ok=True, endpoint=self._url)
        return self._wrong(judgement.fault, found.text)

    async def close(self) -> None:
        pass

    async def _judged(self, found: Exchanged, key: str) -> Judgement:
        if found.status == 401 and await self._key.is_renewed(key):
            return Judgement(kind=VerdictKind.DEFERRED)
        judgement = judge(found, has_structure=_is_ours(found), now=datetime.now(UTC))
        if judgement.kind is VerdictKind.SENT:
            self._key.was_taken()
        return judgement

    def _wrong(self, fault: AccountFault | None, error: str) -> AccountCheck:
        return AccountCheck(
            ok=False,
            endpoint=self._url,
            fault=fault,
            error=error,
            hint="Look at url and password.",
        )

    def _message(self, job: SendJob, key: str) -> HttpRequest:
        to = [recipient.wire_address for recipient in job.envelope.recipients]
        start = json.dumps({"to": to})[:-1].encode() + b', "message": "'
        encoded = -(-job.size_bytes // 3) * 4

        async def pieces() -> AsyncIterator[bytes]:
            yield start
            rest = b""
            async for piece in job.pieces():
                rest += piece
                whole = len(rest) // 3 * 3
                yield base64.b64encode(rest[:whole])
                rest = rest[whole:]
            yield base64.b64encode(rest)
            yield b'"}'

        return HttpRequest(
            method="POST",
            url=f"{self._url}/send",
            headers={
                **_auth(key),
                "Content-Type": "application/json",
                "Idempotency-Key": job.idempotency_key,
            },
            pieces=pieces,
            size_bytes=len(start) + encoded + len(b'"}'),
        )


def _auth(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def _is_ours(found: Exchanged) -> bool:
    answer = found.json()
    if not isinstance(answer, dict):
        return False
    if found.status >= 300:
        return isinstance(answer.get("error"), str)
    return bool(answer.keys() & {"id", "account"})


def _told(answer: dict[str, Any]) -> dict[str, Told]:
    return {
        address: Told(kind=kind)
        for name, kind in KINDS.items()
        for address in answer.get(name, ())
    }
