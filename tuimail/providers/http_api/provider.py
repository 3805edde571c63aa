"""The one engine behind every mail API that a file of data describes."""

import asyncio
import hashlib
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from typing import ClassVar, Final
from urllib.parse import urlsplit

from tuimail.core.draft import Draft
from tuimail.core.message import Envelope
from tuimail.core.status import Stage
from tuimail.core.submission import (
    AccountFault,
    Receipt,
    Verdict,
    VerdictKind,
    Verdicts,
)
from tuimail.errors import ConfigurationError, UnsupportedFeatureError
from tuimail.providers import options
from tuimail.providers.base import (
    AccountCheck,
    Capabilities,
    ProviderAccount,
    SendJob,
)
from tuimail.providers.failures import REDACTED, NotConnectedError
from tuimail.providers.http.exchange import exchange
from tuimail.providers.http.key import Key
from tuimail.providers.http.request import Exchanged, HttpLimits, HttpRequest
from tuimail.providers.http.verdicts import verdicts
from tuimail.providers.http_api import accepting
from tuimail.providers.http_api.body import Body, body_of
from tuimail.providers.http_api.checking import Asked, checked, not_asked
from tuimail.providers.http_api.definition import Definition
from tuimail.providers.http_api.judging import read
from tuimail.providers.http_api.place import Place, key_header, read_place
from tuimail.providers.http_api.reading import definition_of, own_definition
from tuimail.providers.tls import trusting

ENGINE: Final = "http_api 1"
"""Raised whenever the same file and message would be told in another way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Service:
    """A service, and where it is for one account."""

    definition: Definition
    place: Place

    @property
    def server(self) -> str:
        """Who is asked, for people."""
        return urlsplit(self.place.send_url).netloc

    def headers(self, key: str) -> dict[str, str]:
        """Return those of every request, the key among them."""
        shown = key_header(self.definition.key, self.place, key)
        return {**self.place.headers, **shown, "Accept": "application/json"}


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
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._described = self._describe()

    def accept(self, draft: Draft, envelope: Envelope) -> None:
        """Refuse what the service cannot be told exactly, with the field named."""
        accepting.refuse(self._now().definition, draft, envelope)

    def payload(self, content: bytes, envelope: Envelope) -> bytes:
        """Return the body that the service is sent, byte for byte."""
        service = self._now()
        body = body_of(service.definition, service.place.fields, content, envelope)
        return b"".join(body.pieces())

    async def submit(self, job: SendJob) -> Verdicts:
        """Hand the message over in one request."""
        try:
            service = self._now()
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
            service = self._now()
        except ConfigurationError as error:
            return AccountCheck(
                ok=False,
                endpoint=self._described.place.check_url,
                fault=AccountFault.SETTINGS,
                error=str(error),
                hint=error.hint,
            )
        definition, url = service.definition, service.place.check_url
        try:
            key = await self._key.read()
            context = await self._trust(service.place)
        except NotConnectedError as error:
            return not_asked(
                definition, url, fault=error.fault, error=error.receipt.text
            )
        loop = asyncio.get_running_loop()
        started = loop.time()
        found = await exchange(
            HttpRequest(method="GET", url=url, headers=service.headers(key)),
            context=context,
            limits=self._limits,
        )
        asked = Asked(
            url=url,
            exchanged=_without(found, key),
            latency_ms=round((loop.time() - started) * 1000),
            now=datetime.now(UTC),
        )
        return checked(definition, asked)

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

    def _now(self) -> _Service:
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
            context=await self._trust(service.place),
            limits=self._limits,
            point_of_no_return=job.point_of_no_return,
            progress=job.progress,
        )
        found = _without(found, key)
        reading = read(definition, found, job.envelope, now=datetime.now(UTC))
        return verdicts(
            job.envelope,
            found,
            reading.judgement,
            told=reading.told,
            provider_message_id=reading.provider_message_id,
        )

    async def _trust(self, place: Place) -> ssl.SSLContext | None:
        """Return whom to trust; None where nothing is encrypted."""
        if place.send_url.startswith("http:"):
            return None
        name = str(place.ca_file or "")
        if name not in self._contexts:
            try:
                self._contexts[name] = await asyncio.to_thread(trusting, place.ca_file)
            except OSError as error:
                raise NotConnectedError(
                    Receipt(
                        stage=Stage.CONNECT,
                        text=f"The ca_file {name} is no list of certificates that "
                        f"can be read: {error.strerror}.",
                    ),
                    fault=AccountFault.SETTINGS,
                ) from None
        return self._contexts[name]


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
        told = {
            name: str(value) for name, value in given.items() if name not in _BESIDE
        }
        content = json.dumps([digest, told], sort_keys=True)
        return f"{ENGINE} {hashlib.sha256(content.encode()).hexdigest()}"

    def _describe(self) -> _Service:
        path = options.text(self._account, "definition")
        definition, _ = own_definition(path, account=self._account.name)
        rest = {
            name: value
            for name, value in self._account.options.items()
            if name != "definition"
        }
        place = read_place(replace(self._account, options=rest), definition)
        return _Service(definition=definition, place=place)

    def _now(self) -> _Service:
        """Return what the file says now: that is what an approval is bound to."""
        return self._describe()


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


def _without(found: Exchanged, key: str) -> Exchanged:
    """Return an answer without the key, which some services repeat."""
    if len(key) < _SHORTEST_KEY or key.encode() not in found.body:
        return found
    return replace(found, body=found.body.replace(key.encode(), REDACTED.encode()))


_BESIDE: Final = frozenset({"ca_file", "check_url", "definition"})
"""Settings that change nothing about what is told, or to whom."""
_SHORTEST_KEY: Final = 8
"""What is shorter may be a word of the answer."""
