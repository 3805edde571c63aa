"""A mail API that takes JSON, asked with the account's key.

What all providers do that make a request of their own out of a message: read it
whole, hand the request out in pieces, renew a token that was refused.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Final, Protocol

from tuimail.core.status import Judgement
from tuimail.core.submission import VerdictKind
from tuimail.core.values import dataclass, replace
from tuimail.providers.base import ProviderAccount, SendJob
from tuimail.providers.http.exchange import exchange, server_of
from tuimail.providers.http.key import Key
from tuimail.providers.http.request import Exchanged, HttpLimits, HttpRequest
from tuimail.providers.http.struck_out import without
from tuimail.providers.tls import Trust


class Judge(Protocol):
    """Says what one API's answers mean."""

    def __call__(self, found: Exchanged, *, now: datetime) -> Judgement:
        """Return what ``found`` means for everybody in the request."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What came of a request that changes nothing."""

    found: Exchanged
    judgement: Judgement
    latency_ms: int

    @property
    def is_good(self) -> bool:
        """Whether it was answered as it should be."""
        return self.judgement.kind is VerdictKind.SENT


Headers = Callable[[str], Mapping[str, str]]
"""Given the key, returns the headers that show it."""


def bearer(key: str) -> Mapping[str, str]:
    """Return the header that most APIs want (RFC 6750 §2.1)."""
    return {"Authorization": f"Bearer {key}"}


class Api:
    """One such API, as one account uses it."""

    def __init__(
        self,
        account: ProviderAccount,
        url: str,
        *,
        limits: HttpLimits | None = None,
        headers: Headers = bearer,
    ) -> None:
        self._key = Key(account)
        self._url = url
        self._limits = limits or HttpLimits()
        self._headers = headers
        self._trust = Trust()

    @property
    def server(self) -> str:
        """Who is asked, for people: ``api.example.org:443``."""
        return server_of(self._url)

    async def key(self) -> str:
        """Return the key. Raises NotConnectedError, as ``Key.read``."""
        return await self._key.read()

    async def posted(
        self,
        path: str,
        body: bytes,
        *,
        key: str,
        point: Callable[[], Awaitable[None]] | None,
        progress: Callable[[str], None] = lambda _stage: None,
    ) -> Exchanged:
        """Return what came of handing ``body``, which is JSON, to ``path``.

        Args:
            path: With its slash.
            body: What is handed over.
            key: The key, as ``key`` returned it.
            point: The point of no return; None where it is passed.
            progress: As for ``exchange``.
        """
        request = HttpRequest(
            method="POST",
            url=f"{self._url}{path}",
            headers={**self._headers(key), "Content-Type": "application/json"},
            pieces=lambda: in_pieces(body),
            size_bytes=len(body),
        )
        found = await exchange(
            request,
            context=await self._context(),
            limits=self._limits,
            point_of_no_return=point,
            progress=progress,
        )
        return without(found, key)

    async def judged(self, found: Exchanged, key: str, judge: Judge) -> Judgement:
        """Return what an answer means; a refused token is renewed for the next one.

        Raises:
            NotConnectedError: A fresh token cannot be had, or not now.
        """
        if found.status == WRONG_TOKEN and await self._key.is_renewed(key):
            return Judgement(kind=VerdictKind.DEFERRED)
        judgement = judge(found, now=datetime.now(UTC))
        if judgement.kind is VerdictKind.SENT:
            self._key.was_taken()
        return judgement

    async def looked(self, path: str, judge: Judge) -> Looked:
        """Return what is at ``path``; a refused token is renewed, once.

        Nobody waits for that as long as for the answer to a message.

        Raises:
            NotConnectedError: The key cannot be read, or not now; or there is none.
        """
        started = asyncio.get_running_loop().time()
        key = await self.key()
        found = await self._got(path, key)
        if found.status == WRONG_TOKEN and await self._key.is_renewed(key):
            found = await self._got(path, await self.key())
        elapsed = asyncio.get_running_loop().time() - started
        return Looked(
            found=found,
            judgement=judge(found, now=datetime.now(UTC)),
            latency_ms=round(elapsed * 1000),
        )

    async def _got(self, path: str, key: str) -> Exchanged:
        shorter = min(self._limits.connect, self._limits.reply)
        found = await exchange(
            HttpRequest(
                method="GET", url=f"{self._url}{path}", headers=self._headers(key)
            ),
            context=await self._context(),
            limits=replace(self._limits, reply=shorter),
        )
        return without(found, key)

    async def _context(self) -> ssl.SSLContext:
        is_encrypted = not self._url.startswith("http:")
        return await self._trust.context(is_encrypted=is_encrypted)


async def content_of(job: SendJob) -> bytes:
    """Return the message of ``job``, whole."""
    return b"".join([piece async for piece in job.pieces()])


def json_bytes(value: object) -> bytes:
    """Return ``value`` as JSON in UTF-8 (RFC 8259 §8.1), readable for people."""
    return json.dumps(value, ensure_ascii=False).encode()


async def in_pieces(body: bytes) -> AsyncIterator[bytes]:
    """Yield ``body`` in pieces that are written one after the other."""
    for start in range(0, len(body), PIECE_BYTES):
        yield body[start : start + PIECE_BYTES]


WRONG_TOKEN: Final = 401
PIECE_BYTES: Final = 65_536
