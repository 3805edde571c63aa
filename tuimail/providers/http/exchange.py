"""One request and its answer, where everybody knows how far the request got.

The rule kept here: the last piece of the body is held back until the point of
no return is passed, so that what ends before it was certainly not taken. What
goes wrong on the way is a value; only what our own side raises is an exception.

Each request has a connection of its own, whose handshake proves right before
that the server is there. One that was kept could be dead, as after a suspend,
and a request written into it would be mail whose fate nobody knows.

No redirect is followed, no proxy or certificate is taken from the environment,
nothing is compressed, no cookie is kept.
"""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from tuimail.core.http_reasons import HttpStage
from tuimail.core.status import Stage
from tuimail.core.submission import AccountFault
from tuimail.core.values import replace
from tuimail.providers.failures import lost
from tuimail.providers.http.request import Exchanged, HttpLimits, HttpRequest

if TYPE_CHECKING:
    import httpx2


CHATTY: Final = "httpcore2"
"""It logs the headers of answers word for word, and some repeat the key."""


async def exchange(
    request: HttpRequest,
    *,
    context: ssl.SSLContext | None = None,
    limits: HttpLimits,
    point_of_no_return: Callable[[], Awaitable[None]] | None = None,
    progress: Callable[[str], None] = lambda _stage: None,
) -> Exchanged:
    """Return what came of ``request``.

    Args:
        request: What to ask.
        context: Whom to trust; nobody is trusted without one.
        limits: How long each part may take.
        point_of_no_return: Awaited when all of the body but its last piece was
            written; None for a request that changes nothing.
        progress: Told ``connected``, ``tls``, ``mid_body``, ``dot.written`` and
            ``reply.read``: SMTP's words for it.

    Raises:
        ValueError: The body is not as long as it was said to be; no answer was
            asked for then.
        BaseException: Whatever ``point_of_no_return`` or the body's pieces raise;
            the connection is dropped then, and the request is none.
    """
    return await _Sending(
        request,
        context or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        limits=limits,
        point=point_of_no_return or _nothing,
        progress=progress,
    ).outcome()


async def _nothing() -> None:
    """Pass no point."""


class _Sending:
    """One request on its way."""

    def __init__(
        self,
        request: HttpRequest,
        context: ssl.SSLContext,
        *,
        limits: HttpLimits,
        point: Callable[[], Awaitable[None]],
        progress: Callable[[str], None],
    ) -> None:
        self._request = request
        self._context = context
        self._limits = limits
        self._point = point
        self._progress = progress
        self._found = Exchanged(stage=HttpStage.CONNECT, server=server_of(request.url))
        self._body = bytearray()
        self._deadline = asyncio.timeout(None)
        self._is_ours = False

    async def outcome(self) -> Exchanged:
        """Send the request, read the answer, say what came of it."""
        import httpx2  # noqa: PLC0415 - 120 ms, for who sends over HTTP

        logging.getLogger(CHATTY).setLevel(logging.INFO)
        try:
            async with (
                self._deadline,
                httpx2.AsyncHTTPTransport(
                    verify=self._context,
                    trust_env=False,
                    limits=httpx2.Limits(max_keepalive_connections=0),
                ) as transport,
            ):
                await self._answered(transport, self._prepared())
        except httpx2.InvalidURL:
            return replace(self._ended(_NO_ADDRESS), fault=AccountFault.SETTINGS)
        except (httpx2.TransportError, OSError) as error:
            if self._is_ours:
                raise
            return self._broken(error)
        return self._ended(self._found.error)

    def _prepared(self) -> "httpx2.Request":
        import httpx2  # noqa: PLC0415 - as above

        pieces = self._request.pieces
        size = {"Content-Length": str(self._request.size_bytes)} if pieces else {}
        return httpx2.Request(
            self._request.method,
            self._request.url,
            headers={**_HEADERS, **size, **self._request.headers},
            content=self._held_back(pieces()) if pieces else None,
            extensions={
                "trace": self._reached,
                "timeout": {"connect": self._limits.connect.total_seconds()},
            },
        )

    async def _reached(self, event: str, info: Mapping[str, object]) -> None:
        """Learn how far the connection is; called by the transport."""
        if event == "connection.connect_tcp.complete":
            self._found = replace(self._found, tls="no TLS")
            self._progress("connected")
        elif event == "connection.start_tls.complete":
            self._found = replace(self._found, tls=_tls(info["return_value"]))
            self._progress("tls")
        elif event == "http11.send_request_headers.started":
            has_body = self._request.pieces is not None
            self._stage(HttpStage.REQUEST if has_body else HttpStage.REPLY)
            self._allow(self._limits.block if has_body else self._limits.reply)

    async def _held_back(self, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Yield the body; its last piece once the point is passed."""
        held, size = b"", 0
        self._mind_ourselves()
        async for piece in pieces:
            size += len(piece)
            if held and piece:
                self._allow(self._limits.block)
                yield held
                self._progress("mid_body")
                self._mind_ourselves()
            held = piece or held
        self._check(size)
        await self._point()
        self._stage(HttpStage.REPLY)
        self._allow(self._limits.reply)
        yield held
        self._progress("dot.written")

    def _check(self, size: int) -> None:
        if size != self._request.size_bytes:
            raise ValueError(
                f"The body has {size} bytes instead of {self._request.size_bytes}."
            )

    async def _answered(
        self, transport: "httpx2.AsyncHTTPTransport", prepared: "httpx2.Request"
    ) -> None:
        response = await transport.handle_async_request(prepared)
        self._found = replace(
            self._found,
            status=response.status_code,
            headers={name.lower(): value for name, value in response.headers.items()},
        )
        try:
            await self._read(response)
        finally:
            await response.aclose()

    async def _read(self, response: "httpx2.Response") -> None:
        if self._found.headers.get("content-encoding", _PLAIN).lower() != _PLAIN:
            self._say("The answer is packed, which nobody asked for.")
            return
        async for piece in response.aiter_raw():
            self._body += piece
            if len(self._body) > self._limits.most_bytes:
                self._say(f"The answer has more than {self._limits.most_bytes} bytes.")
                return
        self._progress("reply.read")

    def _allow(self, limit: timedelta) -> None:
        """Give the other side so long from now."""
        self._is_ours = False
        now = asyncio.get_running_loop().time()
        self._deadline.reschedule(now + limit.total_seconds())

    def _mind_ourselves(self) -> None:
        """Let our own side take its time, and let through what it raises."""
        self._is_ours = True
        self._deadline.reschedule(None)

    def _stage(self, stage: HttpStage) -> None:
        self._found = replace(self._found, stage=stage)

    def _say(self, error: str) -> None:
        self._found = replace(self._found, error=error)

    def _ended(self, error: str) -> Exchanged:
        kept = bytes(self._body[: self._limits.most_bytes])
        return replace(self._found, body=kept, error=error)

    def _broken(self, error: Exception) -> Exchanged:
        import httpx2  # noqa: PLC0415 - as above

        if isinstance(error, TimeoutError | httpx2.TimeoutException):
            return self._ended("The server did not answer in time.")
        if isinstance(error, httpx2.RemoteProtocolError):
            return self._ended(_NO_HTTP)
        cause = _system_error(error)
        if cause is None:  # the library's words may repeat a header, and the key
            return self._ended("The request could not be sent.")
        failed = lost(Stage.CONNECT, cause)
        is_before = self._found.stage is HttpStage.CONNECT
        ended = self._ended(failed.receipt.text)
        return replace(ended, fault=failed.fault if is_before else None)


def _tls(stream: object) -> str:
    """Return how a connection of the transport is secured, for people."""
    extra = getattr(stream, "get_extra_info", None)
    secured = extra("ssl_object") if extra is not None else None
    version = secured.version() if secured is not None else None
    return (version or "no TLS").replace("TLSv", "TLS ")


def server_of(url: str) -> str:
    """Return who is at ``url``, for people: ``api.example.org:443``."""
    found = urlsplit(url)
    port = found.port or {"https": 443}.get(found.scheme, 80)
    host = found.hostname or ""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _system_error(error: BaseException) -> OSError | None:
    """Return what the system said; the transport wraps it in words of its own."""
    said = [one for one in _chain(error) if isinstance(one, OSError) and one.errno]
    return said[-1] if said else None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        else:
            error = error.__cause__ or error.__context__


_NO_ADDRESS: Final = "What was to be asked is no address; look at url."
_NO_HTTP: Final = (
    "The server ended the connection before it had answered, or spoke no HTTP."
)
_PLAIN: Final = "identity"
_HEADERS: Final = {"Accept-Encoding": _PLAIN, "User-Agent": "tuimail"}
