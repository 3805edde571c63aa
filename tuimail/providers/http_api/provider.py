"""The one engine behind every mail API that a file of data describes."""

import asyncio
import hashlib
import json
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import ClassVar, Final

from tuimail.core.draft import Draft
from tuimail.core.message import Envelope
from tuimail.core.status import Judgement, Stage
from tuimail.core.submission import (
    AccountFault,
    Receipt,
    Verdict,
    VerdictKind,
    Verdicts,
)
from tuimail.core.values import dataclass, replace
from tuimail.errors import (
    ConfigurationError,
    DigestMismatchError,
    UnsupportedFeatureError,
)
from tuimail.providers import options
from tuimail.providers.base import (
    AccountCheck,
    Capabilities,
    ProviderAccount,
    SendJob,
)
from tuimail.providers.failures import NotConnectedError
from tuimail.providers.http.api import WRONG_TOKEN
from tuimail.providers.http.exchange import exchange, server_of
from tuimail.providers.http.key import Key
from tuimail.providers.http.request import Exchanged, HttpLimits, HttpRequest
from tuimail.providers.http.struck_out import without
from tuimail.providers.http.verdicts import verdicts
from tuimail.providers.http_api import accepting
from tuimail.providers.http_api.body import Body, body_of
from tuimail.providers.http_api.checking import Asked, checked, not_asked
from tuimail.providers.http_api.definition import Definition
from tuimail.providers.http_api.judging import read
from tuimail.providers.http_api.place import Place, key_header, read_place
from tuimail.providers.http_api.reading import definition_of, own_definition
from tuimail.providers.tls import Trust

ENGINE: Final = "http_api 1"
"""Raised whenever the same file and message would be told in another way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Service:
    """A service, and where it is for one account."""

    definition: Definition
    place: Place
    rules: str = ""
    """What an approval is bound to, where it is not the number of the rules."""

    @property
    def server(self) -> str:
        """Who is asked, for people."""
        return server_of(self.place.send_url)

    def headers(self, key: str) -> dict[str, str]:
        """Return those of every request, the key among them."""
        shown = key_header(self.definition.key, self.place, key)
        return {**self.place.headers, **shown, "Accept": "application/json"}

    def secrets(self, key: str) -> tuple[str, ...]:
        """Return what no answer may repeat: the key, and a login made of it."""
        shown = key_header(self.definition.key, self.place, key)
        return (key, *(one.rpartition(" ")[2] for one in shown.values()))


class DeclaredProvider:
    """Submits through a service that one of our files describes."""

    capabilities: ClassVar[Capabilities]
    service: ClassVar[str]
    """The name of the file."""

    def __init__(
        self, account: ProviderAccount, *, limits: HttpLimits | None = None
    ) -> None:
        self._account = account
        self._key = Key(account)
        self._limits = limits or HttpLimits()
        self._described = self._describe()
        self._trust = Trust(ca_file=self._described.place.ca_file)

    def accept(self, draft: Draft, envelope: Envelope) -> None:
        """Refuse what the service cannot be told exactly, with the field named."""
        accepting.refuse(self._described.definition, draft, envelope)

    def payload(self, content: bytes, envelope: Envelope) -> bytes:
        """Return the body that the service is sent, byte for byte."""
        service = self._described
        body = body_of(service.definition, service.place.fields, content, envelope)
        return b"".join(body.pieces())

    async def submit(self, job: SendJob) -> Verdicts:
        """Hand the message over in one request.

        Raises:
            DigestMismatchError: It would be told by other rules than were approved.
        """
        try:
            service = await self._approved(job)
        except ConfigurationError as error:
            receipt = Receipt(stage=Stage.CONNECT, text=str(error))
            return Verdicts(fault=AccountFault.SETTINGS, fault_receipt=receipt)
        try:
            return await self._handed_over(job, service)
        except NotConnectedError as error:
            return error.verdicts(job.envelope, server=service.server)

    async def check(self) -> AccountCheck:
        """Make a request that changes nothing."""
        try:
            service = await self._current()
        except ConfigurationError as error:
            return AccountCheck(
                ok=False,
                endpoint=self._described.place.check_url,
                fault=AccountFault.SETTINGS,
                error=str(error),
                hint=error.hint,
            )
        url = service.place.check_url
        started = asyncio.get_running_loop().time()
        try:
            found = await self._looked(service, url)
        except NotConnectedError as error:
            return not_asked(
                service.definition, url, fault=error.fault, error=error.receipt.text
            )
        elapsed = asyncio.get_running_loop().time() - started
        asked = Asked(
            url=url,
            exchanged=found,
            latency_ms=round(elapsed * 1000),
            now=datetime.now(UTC),
        )
        return checked(service.definition, asked)

    async def close(self) -> None:
        """Do nothing: each request has a connection of its own."""

    def _describe(self) -> _Service:
        """Return what the file says, and the settings for it.

        Raises:
            ConfigurationError: The settings do not fit.
        """
        definition = definition_of(self.service)
        place = read_place(self._account, definition)
        return _Service(definition=definition, place=place)

    async def _approved(self, _job: SendJob) -> _Service:
        """Return by what ``job`` is to be told."""
        return self._described

    async def _current(self) -> _Service:
        return self._described

    async def _handed_over(self, job: SendJob, service: _Service) -> Verdicts:
        definition = service.definition
        try:
            body = await _body(job, service)
        except UnsupportedFeatureError as error:
            return _refused(job, f"{error} {error.hint}", server=service.server)
        key = await self._key.read()
        found = await exchange(
            _request(job, service, body, key),
            context=await self._context(service.place.send_url),
            limits=self._limits,
            point_of_no_return=job.point_of_no_return,
            progress=job.progress,
        )
        found = without(found, *service.secrets(key))
        reading = read(definition, found, job.envelope, now=datetime.now(UTC))
        return verdicts(
            job.envelope,
            found,
            await self._judged(reading.judgement, found, key),
            told=reading.told,
            provider_message_id=reading.provider_message_id,
        )

    async def _looked(self, service: _Service, url: str) -> Exchanged:
        """Return what is at ``url``; a refused token is renewed, once."""
        key = await self._key.read()
        found = await self._got(service, url, key)
        if found.status == WRONG_TOKEN and await self._key.is_renewed(key):
            return await self._got(service, url, await self._key.read())
        return found

    async def _got(self, service: _Service, url: str, key: str) -> Exchanged:
        """Return what is at ``url``; nobody waits as long as for mail's answer."""
        shorter = min(self._limits.connect, self._limits.reply)
        found = await exchange(
            HttpRequest(method="GET", url=url, headers=service.headers(key)),
            context=await self._context(url),
            limits=replace(self._limits, reply=shorter),
            progress=self._account.progress,
        )
        return without(found, *service.secrets(key))

    async def _judged(
        self, judgement: Judgement, found: Exchanged, key: str
    ) -> Judgement:
        """Return what the answer means once a token that ran out is renewed.

        Raises:
            NotConnectedError: A fresh one cannot be had, or not now.
        """
        if judgement.kind in {VerdictKind.SENT, VerdictKind.QUEUED}:
            self._key.was_taken()
        elif found.status == WRONG_TOKEN and await self._key.is_renewed(key):
            return Judgement(kind=VerdictKind.DEFERRED)
        return judgement

    async def _context(self, url: str) -> ssl.SSLContext | None:
        """Return whom to trust; None where nothing is encrypted."""
        return None if url.startswith("http:") else await self._trust.context()


class HttpApiProvider(DeclaredProvider):
    """Submits through a service that a person describes in a file."""

    capabilities: ClassVar[Capabilities] = Capabilities(derivation=ENGINE)

    @classmethod
    def rules(cls, given: Mapping[str, str | int | bool]) -> str:
        """Return the rules by which a message is told: the file's and the settings'.

        What a person approves is bound to them, so that a file that is changed
        afterwards needs a new approval.
        """
        try:
            _, digest = own_definition(str(given.get("definition", "")), account="")
        except ConfigurationError:
            return ENGINE
        return _rules(digest, given)

    def _describe(self) -> _Service:
        path = options.text(self._account, "definition")
        definition, digest = own_definition(path, account=self._account.name)
        rest = {
            name: value
            for name, value in self._account.options.items()
            if name != "definition"
        }
        place = read_place(replace(self._account, options=rest), definition)
        rules = _rules(digest, self._account.options)
        return _Service(definition=definition, place=place, rules=rules)

    async def _approved(self, job: SendJob) -> _Service:
        """Return what the approval of ``job`` is bound to.

        What was read is kept, so that a file which is written meanwhile, and with it
        its address and its form, tells nothing that nobody has looked at.

        Raises:
            ConfigurationError: The file cannot be read any more.
            DigestMismatchError: It says something else than was approved.
        """
        if job.rules and job.rules != self._described.rules:
            found = await self._current()
            if found.rules != job.rules:
                raise DigestMismatchError(_CHANGED, hint=_LOOK_AGAIN)
            self._described = found
        return self._described

    async def _current(self) -> _Service:
        """Return what the file says now."""
        return await asyncio.to_thread(self._describe)


def _rules(digest: str, given: Mapping[str, str | int | bool]) -> str:
    told = {name: str(value) for name, value in given.items() if name not in _BESIDE}
    content = json.dumps([digest, told], sort_keys=True)
    return f"{ENGINE} {hashlib.sha256(content.encode()).hexdigest()}"


async def _body(job: SendJob, service: _Service) -> Body:
    """Return what goes out; the message itself is not kept beside it."""
    content = BytesIO()
    async for piece in job.pieces():
        content.write(piece)
    return await asyncio.to_thread(
        body_of,
        service.definition,
        service.place.fields,
        content.getvalue(),
        job.envelope,
    )


def _request(job: SendJob, service: _Service, body: Body, key: str) -> HttpRequest:
    headers = {**service.headers(key), "Content-Type": body.content_type}
    name = service.definition.request.idempotency_header
    if name is not None:
        headers[name] = job.idempotency_key
    return HttpRequest(
        method="POST",
        url=service.place.send_url,
        headers=headers,
        pieces=body.each,
        size_bytes=body.size_bytes,
    )


def _refused(job: SendJob, text: str, *, server: str) -> Verdicts:
    """Say that nobody gets what cannot be told; nothing has left."""
    receipt = Receipt(stage=Stage.CONNECT, text=text)
    return Verdicts(
        by_recipient=tuple(
            Verdict(
                wire_address=one.wire_address,
                kind=VerdictKind.REFUSED,
                receipt=receipt,
            )
            for one in job.envelope.recipients
        ),
        server=server,
    )


_CHANGED: Final = (
    "The file of definition was changed after the approval; nothing was sent."
)
_LOOK_AGAIN: Final = "Withdraw it, look at it, and approve it again."
_BESIDE: Final = frozenset({"ca_file", "check_url", "definition"})
"""Settings that change nothing about what is told, or to whom."""
