"""The way out through Atmos: over its API, and over its SMTP where that says more."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import ClassVar, Final
from urllib.parse import quote

from tuimail.core.draft import Draft
from tuimail.core.message import Envelope
from tuimail.core.submission import AccountFault, VerdictKind, Verdicts
from tuimail.core.values import replace
from tuimail.errors import UnsupportedFeatureError
from tuimail.providers.atmos import answers
from tuimail.providers.atmos.answers import Standing
from tuimail.providers.atmos.options import read_options, smtp_account
from tuimail.providers.atmos.telling import (
    DERIVATION,
    MOST_BYTES,
    OWN_PREFIX,
    head_of,
    request_of,
)
from tuimail.providers.base import (
    AccountCheck,
    Capabilities,
    ProviderAccount,
    SendJob,
)
from tuimail.providers.failures import NotConnectedError
from tuimail.providers.features import refuse_features, refuse_smtputf8
from tuimail.providers.http.api import Api, bearer, content_of, in_pieces
from tuimail.providers.http.request import HttpLimits
from tuimail.providers.http.verdicts import verdicts
from tuimail.providers.smtp.provider import SmtpProvider


class AtmosProvider:
    """Submits for one member, with one key, in whichever way says the mail exactly."""

    capabilities: ClassVar[Capabilities] = Capabilities(derivation=DERIVATION)

    def __init__(
        self, account: ProviderAccount, *, limits: HttpLimits | None = None
    ) -> None:
        self._options = read_options(account)
        did = self._options.did
        self._api = Api(
            account,
            self._options.url,
            limits=limits,
            headers=lambda key: {**bearer(key), "X-Atmos-DID": did},
        )
        self._smtp = SmtpProvider(smtp_account(account))

    def accept(self, draft: Draft, envelope: Envelope) -> None:
        """Take any message: what a request cannot say goes as it is."""
        refuse_features(envelope.service, provider=_NAME)
        refuse_smtputf8(draft, envelope, provider=_NAME)
        orders = [one for one, _ in draft.headers if one.lower().startswith(OWN_PREFIX)]
        if orders and envelope.service.category is not None:
            raise UnsupportedFeatureError(
                f"The header {orders[0]} and the category both say why it is sent.",
                hint="Leave one of the two out.",
                field="header",
            )

    def payload(self, content: bytes, envelope: Envelope) -> bytes:
        """Return the request, or, where it goes over SMTP, what is sent there."""
        return self._request(content, envelope) or head_of(envelope) + content

    async def submit(self, job: SendJob) -> Verdicts:
        """Try once, in one of the two ways."""
        if job.size_bytes > MOST_BYTES:
            return await self._over_smtp(job)
        content = await content_of(job)
        body = self._request(content, job.envelope)
        if body is None:
            return await self._over_smtp(
                replace(job, pieces=lambda: in_pieces(content))
            )
        return await self._over_http(job, body)

    async def check(self) -> AccountCheck:
        """Ask how the member stands, and log in to the SMTP server."""
        try:
            looked = await self._api.looked(
                self._standing_path, answers.judged_standing
            )
        except NotConnectedError as error:
            return self._wrong(error.fault, error.receipt.text)
        standing = answers.read_standing(looked.found)
        if not looked.is_good or standing is None:
            return self._wrong(looked.judgement.fault, looked.found.text)
        if not standing.is_active:
            return self._wrong(
                AccountFault.SETTINGS, f"The relay says: {standing.status}"
            )
        smtp = await self._smtp.check()
        if not smtp.ok:
            return smtp
        return AccountCheck(
            ok=True,
            endpoint=self._api.server,
            latency_ms=looked.latency_ms,
            capabilities=("send", f"SMTP at {smtp.endpoint}", *smtp.capabilities),
            limits={**smtp.limits, **standing.limits},
        )

    async def close(self) -> None:
        """Say goodbye to the SMTP server."""
        await self._smtp.close()

    def _request(self, content: bytes, envelope: Envelope) -> bytes | None:
        return request_of(
            content, envelope, has_named_from=self._options.has_named_from
        )

    async def _over_http(self, job: SendJob, body: bytes) -> Verdicts:
        try:
            key = await self._api.key()
            found = await self._api.posted(
                "/v1/send",
                body,
                key=key,
                point=job.point_of_no_return,
                progress=job.progress,
            )
            judgement = await self._api.judged(found, key, answers.judged)
        except NotConnectedError as error:
            return error.verdicts(job.envelope, server=self._api.server)
        if answers.error_code(found) == answers.RATE_LIMITED:
            judgement = answers.slowed_down(
                judgement.wait, standing=await self._standing(), now=datetime.now(UTC)
            )
        is_yes = judgement.kind is VerdictKind.SENT
        return verdicts(
            job.envelope,
            found,
            judgement,
            told=answers.told(found, job.envelope) if is_yes else None,
        )

    async def _over_smtp(self, job: SendJob) -> Verdicts:
        head = head_of(job.envelope)
        answered = await self._smtp.submit(
            replace(
                job,
                size_bytes=job.size_bytes + len(head),
                pieces=lambda: _headed(head, job.pieces()),
            )
        )
        is_warming = any(map(answers.is_warming, answered.by_recipient))
        return answers.over_smtp(
            answered,
            standing=await self._standing() if is_warming else None,
            now=datetime.now(UTC),
        )

    @property
    def _standing_path(self) -> str:
        return f"/member/deliverability?did={quote(self._options.did, safe='')}"

    async def _standing(self) -> Standing | None:
        """Return how the member stands, where that can be had."""
        try:
            looked = await self._api.looked(
                self._standing_path, answers.judged_standing
            )
        except NotConnectedError:
            return None
        return answers.read_standing(looked.found)

    def _wrong(self, fault: AccountFault | None, error: str) -> AccountCheck:
        return AccountCheck(
            ok=False,
            endpoint=self._api.server,
            fault=fault,
            error=error,
            hint=_UNREACHABLE if fault is None else _HINTS.get(fault, _UNREACHABLE),
        )


async def _headed(head: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    if head:
        yield head
    async for piece in pieces:
        yield piece


_NAME: Final = "Atmos"
_UNREACHABLE: Final = "Look at url, and at the network."
_HINTS: Final = {
    AccountFault.LOGIN: "Look at did and password: it is an API key of that member.",
    AccountFault.SECRET: "Look at password in the account's settings.",
    AccountFault.SETTINGS: "Look at did, and at the member's page at the relay.",
}
