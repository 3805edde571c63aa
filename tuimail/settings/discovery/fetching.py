"""One page over HTTPS, from whoever has a domain; who that is, nobody knows.

The rules kept here: TLS, and a certificate for the name that was asked, or
nothing is read. A page may point to another place twice, but not into this
machine or its network, which answer to nobody outside. The connection goes to
the address that was looked at, not to what the name means a moment later.

No proxy, no cookie, nothing packed, and no more than is allowed of anything.
"""

import asyncio
import ipaddress
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, Self
from urllib.parse import SplitResult, urljoin, urlsplit

from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.settings.discovery.autoconfig import MOST_BYTES
from tuimail.settings.discovery.servers import host_name

if TYPE_CHECKING:
    import httpx2

LIMIT: Final = timedelta(seconds=10)
MOST_REDIRECTS: Final = 2


class Place(NamedTuple):
    """Where a connection goes."""

    ip: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What came of asking for one page."""

    url: str
    """Where it was in the end."""
    content: bytes = b""
    problem: str = ""
    """Why there is none, for people; empty where there is one."""


async def places_of(host: str, port: int) -> Sequence[Place]:
    """Return where this machine finds ``host``.

    In a thread of its own, which nobody waits for: what the system does to find
    a name cannot be interrupted.

    Raises:
        OSError: There is no such name, or nobody could say.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Sequence[Place]] = loop.create_future()
    thread = threading.Thread(
        target=_resolve, args=(loop, answer, host, port), daemon=True
    )
    thread.start()
    return await answer


def is_public(ip: str) -> bool:
    """Return whether ``ip`` is in nobody's own network."""
    address = ipaddress.ip_address(ip)
    mapped = getattr(address, "ipv4_mapped", None) or address
    return mapped.is_global and not mapped.is_multicast


@cache
def system_trust() -> ssl.SSLContext:
    """Return a context that trusts whom this machine trusts; read once."""
    return ssl.create_default_context()


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """How pages are had; what stands in it is for tests to change.

    Args:
        trust: Whom to trust.
        places: Where a host is.
        may_lead_to: Whether a page may point to a host at that IP address.
        limit: How long one page may take, redirects and all.
    """

    trust: Callable[[], ssl.SSLContext] = system_trust
    places: Callable[[str, int], Awaitable[Sequence[Place]]] = places_of
    may_lead_to: Callable[[str], bool] = is_public
    limit: timedelta = LIMIT

    async def page(self, url: str) -> Page:
        """Return the page at ``url``, or why there is none.

        Args:
            url: Of ours, so that it is https and has no user in it.
        """
        try:
            async with asyncio.timeout(self.limit.total_seconds()):
                return await self._followed(url)
        except TimeoutError:
            seconds = self.limit.total_seconds()
            return Page(url=url, problem=f"no answer within {seconds:g} seconds")

    async def _followed(self, url: str) -> Page:
        for count in range(MOST_REDIRECTS + 1):
            found = await self._one(url, is_first=not count)
            if not isinstance(found, str):
                return found
            url = found
        return Page(url=url, problem="it points elsewhere again and again")

    async def _one(self, url: str, *, is_first: bool) -> "Page | str":
        """Return the page, or the address of another one that it points to."""
        where = _split(url)
        if where is None:
            return Page(url=url, problem="it points to where nobody should follow")
        try:
            places = await self.places(where.hostname or "", 443)
        except OSError as error:
            return Page(url=url, problem=_no_name(error))
        if not is_first and not all(self.may_lead_to(place.ip) for place in places):
            return Page(url=url, problem="it points into a private network")
        return await self._tried(where, places)

    async def _tried(self, where: SplitResult, places: Sequence[Place]) -> "Page | str":
        """Return what the first place says that can be reached at all."""
        found: Page | str = Page(url=where.geturl(), problem=_UNREACHED)
        for place in places[:_MOST_PLACES]:
            found = await self._at(where, place)
            if isinstance(found, str) or found.problem != _UNREACHED:
                break
        return found

    async def _at(self, where: SplitResult, place: Place) -> "Page | str":
        import httpx2  # noqa: PLC0415 - 120 ms, for who looks for settings

        url = where.geturl()
        connections = _Connections()
        request = _request(where, place, connections)
        try:
            async with (
                connections,
                httpx2.AsyncHTTPTransport(
                    verify=self.trust(), trust_env=False
                ) as transport,
            ):
                response = await transport.handle_async_request(request)
                try:
                    return await _read(response, url)
                finally:
                    await response.aclose()
        except (httpx2.TransportError, OSError) as error:
            return Page(url=url, problem=_problem(error))


class _Stream(Protocol):
    """A connection, as the transport has it."""

    async def aclose(self) -> None:
        """Close it."""


class _Connections:
    """Closes what the transport opened.

    It leaves a connection open whose TLS handshake is given up.
    """

    def __init__(self) -> None:
        self._open: list[_Stream] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        for stream in self._open:
            await stream.aclose()

    async def reached(self, event: str, found: Mapping[str, Any]) -> None:
        """Learn of a connection; called by the transport."""
        if event == "connection.connect_tcp.complete":
            self._open.append(found["return_value"])


def _request(
    where: SplitResult, place: Place, connections: _Connections
) -> "httpx2.Request":
    import httpx2  # noqa: PLC0415 - as above

    host = where.hostname or ""
    ip = f"[{place.ip}]" if ":" in place.ip else place.ip
    target = where._replace(scheme="https", netloc=f"{ip}:{place.port}", fragment="")
    return httpx2.Request(
        "GET",
        target.geturl(),
        headers={"Host": host, **_HEADERS},
        extensions={
            "sni_hostname": host,
            "trace": connections.reached,
            "timeout": {"connect": _CONNECT.total_seconds()},
        },
    )


async def _read(response: "httpx2.Response", url: str) -> "Page | str":
    if response.status_code in _ELSEWHERE:
        return _elsewhere(url, response.headers.get("location", ""))
    if response.status_code != _OKAY:
        return Page(url=url, problem=_refusal(response.status_code))
    if response.headers.get("content-encoding", _PLAIN).lower() != _PLAIN:
        return Page(url=url, problem="the page is packed, which nobody asked for")
    content = bytearray()
    async for piece in response.aiter_raw():
        content += piece
        if len(content) > MOST_BYTES:
            return Page(url=url, problem="the page is too long")
    return Page(url=url, content=bytes(content))


def _elsewhere(url: str, location: str) -> str:
    """Return where a page points to; empty if that is nonsense."""
    try:
        return urljoin(url, location)
    except ValueError:
        return ""


def _refusal(status: int) -> str:
    return "nothing there" if status in _MISSING else f"it answers {status}"


def _split(url: str) -> SplitResult | None:
    """Return the parts of ``url``, unless it is not for us to open."""
    try:
        where = urlsplit(url)
        is_plain = where.scheme == "https" and where.port in (None, 443)
    except ValueError:
        return None
    is_plain = is_plain and bool(_URL.fullmatch(url)) and "@" not in where.netloc
    host = where.hostname or ""
    return where if is_plain and host_name(host) == host else None


def _resolve(
    loop: asyncio.AbstractEventLoop,
    answer: "asyncio.Future[Sequence[Place]]",
    host: str,
    port: int,
) -> None:
    found: Sequence[Place] | OSError
    try:
        known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        found = tuple(dict.fromkeys(Place(str(one[4][0]), port) for one in known))
    except (OSError, UnicodeError) as error:
        found = error if isinstance(error, OSError) else socket.gaierror()
    with suppress(RuntimeError):  # nobody waits any more, and the loop is closed
        loop.call_soon_threadsafe(_tell, answer, found)


def _tell(
    answer: "asyncio.Future[Sequence[Place]]", found: Sequence[Place] | OSError
) -> None:
    if answer.done():
        return
    if isinstance(found, OSError):
        answer.set_exception(found)
    else:
        answer.set_result(found)


def _no_name(error: OSError) -> str:
    is_missing = error.errno in (socket.EAI_NONAME, socket.EAI_NODATA)
    return "no such host" if is_missing else "its name could not be looked up"


def _problem(error: Exception) -> str:
    for cause in _chain(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"it did not prove who it is: {cause.verify_message}"
        if isinstance(cause, ssl.SSLError):
            return "it does not speak TLS"
        if isinstance(cause, OSError):
            return _UNREACHED
    return "it does not speak HTTP" if _is_nonsense(error) else _UNREACHED


def _is_nonsense(error: Exception) -> bool:
    import httpx2  # noqa: PLC0415 - as above

    return isinstance(error, httpx2.ProtocolError)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


_UNREACHED: Final = "it could not be reached"
_URL: Final = regex(r"[!-~]{1,500}")
_OKAY: Final = 200
_ELSEWHERE: Final = frozenset({301, 302, 303, 307, 308})
_MISSING: Final = frozenset({404, 410})
_MOST_PLACES: Final = 3
_CONNECT: Final = timedelta(seconds=4)
_PLAIN: Final = "identity"
_HEADERS: Final = {
    "Accept": "text/xml, application/xml",
    "Accept-Encoding": _PLAIN,
    "User-Agent": "tuimail",
}
