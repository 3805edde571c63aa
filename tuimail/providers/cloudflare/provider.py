"""The way out through Cloudflare Email Service, over its REST API."""

from collections.abc import Awaitable, Callable
from typing import ClassVar, Final

from tuimail.core.draft import Draft
from tuimail.core.message import Envelope
from tuimail.core.patterns import regex
from tuimail.core.submission import AccountFault, VerdictKind, Verdicts
from tuimail.core.values import replace
from tuimail.providers import options
from tuimail.providers.base import (
    AccountCheck,
    Capabilities,
    ProviderAccount,
    SendJob,
)
from tuimail.providers.cloudflare import answers, rules
from tuimail.providers.cloudflare.merged import merged, stops
from tuimail.providers.cloudflare.requests import (
    BUILT,
    DERIVATION,
    RAW,
    Way,
    can_be_split,
)
from tuimail.providers.failures import NotConnectedError
from tuimail.providers.http.api import Api, content_of
from tuimail.providers.http.options import base_url
from tuimail.providers.http.request import Exchanged, HttpLimits
from tuimail.providers.http.verdicts import verdicts

URL: Final = "https://api.cloudflare.com/client/v4"
ALLOWED: Final = ("account_id", "url")


class CloudflareProvider:
    """Submits the bytes as they are, and in parts where they cannot be read."""

    capabilities: ClassVar[Capabilities] = Capabilities(derivation=DERIVATION)

    def __init__(
        self, account: ProviderAccount, *, limits: HttpLimits | None = None
    ) -> None:
        options.refuse_unknown(account, ALLOWED)
        url = f"{base_url(account, default=URL)}/accounts/{_account_id(account)}"
        self._api = Api(account, f"{url}/email/sending", limits=limits)

    def accept(self, draft: Draft, envelope: Envelope) -> None:
        """Take what the service's documents say that it takes."""
        rules.refuse(draft, envelope)

    def payload(self, content: bytes, envelope: Envelope) -> bytes:
        """Return what is handed on where the bytes themselves cannot be read."""
        return BUILT.body(content, envelope) or content

    async def submit(self, job: SendJob) -> Verdicts:
        """Try once. Who gets nothing because of somebody else is tried alone."""
        try:
            key = await self._api.key()
        except NotConnectedError as error:
            return error.verdicts(job.envelope, server=self._api.server)
        content = await content_of(job)
        return await _Attempt(self._api, job, key=key, content=content).verdicts()

    async def check(self) -> AccountCheck:
        """Ask for the suppression list, which wants the same token and account."""
        try:
            looked = await self._api.looked("/suppressions", answers.judged)
        except NotConnectedError as error:
            return self._wrong(error.fault, error.receipt.text)
        if not looked.is_good:
            return self._wrong(looked.judgement.fault, looked.found.text)
        return AccountCheck(
            ok=True,
            endpoint=self._api.server,
            latency_ms=looked.latency_ms,
            capabilities=("send_raw", "send"),
            limits={
                "size_bytes": rules.MOST_BYTES,
                "recipients": rules.MOST_RECIPIENTS,
            },
        )

    async def close(self) -> None:
        """Nothing is open."""

    def _wrong(self, fault: AccountFault | None, error: str) -> AccountCheck:
        return AccountCheck(
            ok=False,
            endpoint=self._api.server,
            fault=fault,
            error=error,
            hint=_UNREACHABLE if fault is None else _HINTS.get(fault, _LOOK),
        )


class _Attempt:
    """One attempt: one request, or, after a certain no, more of them."""

    def __init__(self, api: Api, job: SendJob, *, key: str, content: bytes) -> None:
        self._api = api
        self._job = job
        self._key = key
        self._content = content
        self._point: Callable[[], Awaitable[None]] | None = job.point_of_no_return

    async def verdicts(self) -> Verdicts:
        """Return what came of it for each recipient."""
        envelope = self._job.envelope
        found, ways = await self._found(envelope, (RAW, BUILT))
        is_about_one = answers.is_about_somebody(found)
        if len(envelope.recipients) > 1 and is_about_one and self._is_split_by(ways):
            return await self._one_by_one(ways)
        return await self._verdicts(envelope, found)

    def _is_split_by(self, ways: tuple[Way, ...]) -> bool:
        """Return whether each recipient alone would read what was approved."""
        return ways[0] is RAW or can_be_split(self._content, self._job.envelope)

    async def _found(
        self, envelope: Envelope, ways: tuple[Way, ...]
    ) -> tuple[Exchanged, tuple[Way, ...]]:
        """Return the answer to the first way that is understood, and the ways left."""
        found = await self._posted(envelope, ways[0])
        rest = ways[1:]
        if not rest or not answers.is_unreadable(found):
            return found, ways
        if rest[0].body(self._content, envelope) is None:
            return found, ways
        return await self._found(envelope, rest)

    async def _one_by_one(self, ways: tuple[Way, ...]) -> Verdicts:
        answered: list[Verdicts] = []
        for recipient in self._job.envelope.recipients:
            alone = replace(self._job.envelope, recipients=(recipient,))
            found, _ = await self._found(alone, ways)
            answered.append(await self._verdicts(alone, found))
            if stops(answered[-1]):
                break
        return merged(self._job.envelope, answered)

    async def _posted(self, envelope: Envelope, way: Way) -> Exchanged:
        """Ask; the point of no return is passed by the first request."""
        point, self._point = self._point, None
        return await self._api.posted(
            way.path,
            way.body(self._content, envelope) or b"",
            key=self._key,
            point=point,
            progress=self._job.progress,
        )

    async def _verdicts(self, envelope: Envelope, found: Exchanged) -> Verdicts:
        try:
            judgement = await self._api.judged(found, self._key, answers.judged)
        except NotConnectedError as error:
            return error.verdicts(envelope, server=self._api.server)
        is_yes = judgement.kind is VerdictKind.SENT
        return verdicts(
            envelope,
            found,
            judgement,
            told=answers.told(found) if is_yes else None,
            provider_message_id=answers.message_id(found),
        )


def _account_id(account: ProviderAccount) -> str:
    found = options.text(account, "account_id")
    if _ACCOUNT_ID.fullmatch(found):
        return found
    raise options.option_error(
        account,
        "account_id",
        f"is “{found[:40]}”, which is none of Cloudflare's" if found else "is missing",
        hint="It is in the address of the dashboard: dash.cloudflare.com/ACCOUNT_ID.",
    )


_ACCOUNT_ID: Final = regex("[0-9A-Za-z_-]{1,64}")
_UNREACHABLE: Final = "Look at url, and at the network."
_LOOK: Final = "Look at what the server says."
_HINTS: Final = {
    AccountFault.LOGIN: "Look at password: it is an API token with the permission "
    "Email Sending: Edit.",
    AccountFault.SECRET: "Look at password in the account's settings.",
    AccountFault.SETTINGS: "Look at account_id, and whether Email Sending is switched "
    "on for it.",
    AccountFault.CERTIFICATE: "Look at url.",
}
