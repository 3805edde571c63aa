"""A small internet on the loopback: name servers that say anything, and pages."""

import asyncio
import ssl
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType
from typing import Self, cast

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import trustme

from tuimail.settings.discovery.fetching import Place, Web
from tuimail.settings.discovery.lookups import NameServers
from tuimail.testing import Received, Respond, ScriptedHttpServer

PUBLIC = "127.0.0.1"
SHORT = timedelta(milliseconds=300)
LONG = timedelta(seconds=30)
"""So long that a test which needs it has failed."""

Record = tuple[str, str, str]
"""A name without the last dot, a type, and what is said."""
Speaks = Callable[[dns.message.Message], bytes]


class FakeDns(asyncio.DatagramProtocol):
    """A name server that speaks the real thing, over UDP and TCP.

    Args:
        records: What it knows.
        rcode: What it says instead, if anything.
        is_silent: Whether it never answers.
        is_cut: Whether its answers over UDP are truncated.
        speaks: What it writes instead, made from the question.
    """

    def __init__(
        self,
        records: Iterable[Record] = (),
        *,
        rcode: dns.rcode.Rcode | None = None,
        is_silent: bool = False,
        is_cut: bool = False,
        speaks: Speaks | None = None,
    ) -> None:
        self.records = list(records)
        self.rcode = rcode
        self.is_silent = is_silent
        self.is_cut = is_cut
        self.speaks = speaks
        self.asked: list[str] = []
        """Names and types, in the order in which they were asked for."""

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._tcp = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._tcp.sockets[0].getsockname()[1]
        self._udp, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", port)
        )
        self.port = port
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._udp.close()
        self._tcp.close()
        await self._tcp.wait_closed()

    @property
    def names(self) -> NameServers:
        """Return how to ask it; who will get no answer does not wait for long."""
        limit = SHORT if self.is_silent or self.speaks else LONG
        return NameServers(servers=("127.0.0.1",), port=self.port, limit=limit)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._answers = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if not self.is_silent:
            self._answers.sendto(self._answer(data, is_udp=True), addr)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        size = int.from_bytes(await reader.readexactly(2), "big")
        answer = self._answer(await reader.readexactly(size), is_udp=False)
        writer.write(len(answer).to_bytes(2, "big") + answer)
        await writer.drain()
        writer.close()

    def _answer(self, data: bytes, *, is_udp: bool) -> bytes:
        query = dns.message.from_wire(data)
        (question,) = query.question
        kind = question.to_text().split()[-1]
        self.asked.append(f"{question.name.to_text(omit_final_dot=True)} {kind}")
        if self.speaks is not None:
            return self.speaks(query)
        response = dns.message.make_response(query)
        if self.rcode is not None:
            response.set_rcode(self.rcode)
        elif is_udp and self.is_cut:
            response.flags |= dns.flags.TC
        else:
            self._fill(response, question.name.to_text(omit_final_dot=True), kind)
        return response.to_wire()

    def _fill(self, response: dns.message.Message, name: str, kind: str) -> None:
        known = {type_ for owner, type_, _ in self.records if owner == name}
        if not known:
            response.set_rcode(dns.rcode.NXDOMAIN)
        elif "CNAME" in known:
            self._say(response, name, "CNAME")
            self._say(response, self._values(name, "CNAME")[0].rstrip("."), kind)
        elif kind in known:
            self._say(response, name, kind)

    def _say(self, response: dns.message.Message, name: str, kind: str) -> None:
        if values := self._values(name, kind):
            records = dns.rrset.from_text(f"{name}.", 60, "IN", kind, *values)
            response.answer.append(records)

    def _values(self, name: str, kind: str) -> list[str]:
        return [one[2] for one in self.records if one[:2] == (name, kind)]


@dataclass(slots=True, kw_only=True)
class FakeWeb:
    """Every host there is, on one server; its pages by host and path."""

    ca: trustme.CA
    hosts: Sequence[str]
    pages: Mapping[str, Respond] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)
    """Where a host is, if not at 127.0.0.1."""
    looked_up: list[str] = field(default_factory=list)

    def server(self) -> ScriptedHttpServer:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.ca.issue_cert(*self.hosts).configure_cert(context)
        return ScriptedHttpServer(tls=context, answer=self._answer)

    def _answer(self, received: Received) -> Respond:
        url = f"https://{received.headers['host']}{received.target}"
        return self.pages.get(url, Respond(status=404))

    def web(
        self,
        server: ScriptedHttpServer,
        *,
        limit: timedelta = LONG,
    ) -> Web:
        """Return how to get there; only what is at 127.0.0.1 is public."""

        async def places(host: str, _port: int) -> Sequence[Place]:
            self.looked_up.append(host)
            if host not in self.hosts:
                raise OSError(-2, "unknown")
            return (Place(self.addresses.get(host, PUBLIC), server.port),)

        def trust() -> ssl.SSLContext:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            self.ca.configure_trust(context)
            return context

        return Web(
            trust=trust,
            places=places,
            may_lead_to=lambda ip: ip == PUBLIC,
            limit=limit,
        )


def config(*servers: str, more: str = "", name: str = "Example Mail") -> bytes:
    """Return a page with these servers."""
    return (
        '<?xml version="1.0"?><clientConfig version="1.1">'
        f'<emailProvider id="example"><displayName>{name}</displayName>'
        f"{''.join(servers)}</emailProvider>{more}</clientConfig>"
    ).encode()


def smtp(
    host: str = "smtp.example.org",
    *,
    port: int | str = 465,
    tls: str = "SSL",
    username: str = "%EMAILADDRESS%",
    logins: Sequence[str] = ("password-cleartext",),
) -> str:
    """Return one server of a page."""
    wanted = "".join(f"<authentication>{one}</authentication>" for one in logins)
    return (
        f'<outgoingServer type="smtp"><hostname>{host}</hostname><port>{port}</port>'
        f"<socketType>{tls}</socketType><username>{username}</username>{wanted}"
        "</outgoingServer>"
    )
