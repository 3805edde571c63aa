"""Who can be asked about an address, and what each of them says.

The domain is told to its own servers, to the name servers, and to Thunderbird's
table; what stands before the ``@`` is told to nobody.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from tuimail.core.address import Address, wire_address
from tuimail.core.domain import wire_domain
from tuimail.core.values import dataclass
from tuimail.settings.discovery.autoconfig import read_autoconfig
from tuimail.settings.discovery.base_domains import bases
from tuimail.settings.discovery.fetching import Web
from tuimail.settings.discovery.found import Asked, Found, Login, Said, Source
from tuimail.settings.discovery.lookups import Names
from tuimail.settings.discovery.presets import for_mx, suggested
from tuimail.settings.discovery.servers import Server, offered

ISPDB: Final = "https://autoconfig.thunderbird.net/v1.1/{}"
AUTOCONFIG: Final = "https://autoconfig.{}/mail/config-v1.1.xml"
WELL_KNOWN: Final = "https://{}/.well-known/autoconfig/mail/config-v1.1.xml"
IMPLICIT: Final = "_submissions._tcp.{}"
"""Submission with TLS from the first byte (RFC 8314 §5.1)."""
STARTTLS: Final = "_submission._tcp.{}"
"""Submission of old (RFC 6186 §3.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One source, and how to ask it."""

    source: Source
    what: str
    ask: Callable[[], Awaitable[Said]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Everybody who can be asked about one address."""

    address: Address
    web: Web
    names: Names
    tell: Callable[[Asked], None]
    """Told of what is asked on the way to an answer."""

    @property
    def domain(self) -> str:
        """The address's domain, in A-labels."""
        return wire_domain(self.address.domain)

    def steps(self) -> tuple[Step, ...]:
        """Return whom to ask, in the order in which they are believed."""
        domain = self.domain
        if "." not in domain or domain.startswith("["):
            return ()
        return (
            self._page(Source.AUTOCONFIG, AUTOCONFIG.format(domain)),
            self._page(Source.WELL_KNOWN, WELL_KNOWN.format(domain)),
            self._page(Source.ISPDB, ISPDB.format(domain)),
            self._service(IMPLICIT.format(domain), "implicit"),
            self._service(STARTTLS.format(domain), "starttls"),
            Step(source=Source.MX, what=domain, ask=self._exchangers),
            self._guess(f"smtp.{domain}"),
            self._guess(f"mail.{domain}"),
        )

    def _page(self, source: Source, url: str) -> Step:
        return Step(source=source, what=url, ask=lambda: self._read(source, url))

    async def _read(self, source: Source, url: str) -> Said:
        page = await self.web.page(url)
        if page.problem:
            return Said(outcome=page.problem)
        return read_autoconfig(page.content, self.address, source=source, asked=url)

    def _service(self, name: str, tls: str) -> Step:
        return Step(source=Source.SRV, what=name, ask=lambda: self._services(name, tls))

    async def _services(self, name: str, tls: str) -> Said:
        """Return the servers of a service; RFC 6186 §4 says the name to try."""
        records = await self.names.services(name)
        username = wire_address(self.address)
        servers = [
            Server(host=one.host, port=one.port, tls=tls, username=username)
            for one in records.values[:_MOST_SERVERS]
        ]
        found = [
            offered(server, self.address, source=Source.SRV, asked=name)
            for server in servers
        ]
        return Said(found=_flat(found), outcome=records.problem)

    async def _exchangers(self) -> Said:
        """Return what is known about whoever takes in the domain's mail."""
        records = await self.names.exchangers(self.domain)
        if not records.values:
            return Said(outcome=records.problem or "it takes in no mail")
        for host in records.values:
            if known := for_mx(host):
                text = self.address.text
                found = suggested(known, text, source=Source.MX, asked=host)
                return Said(found=found, outcome=f"{known.title}, by {host}")
        return await self._of_the_host(records.values[0])

    async def _of_the_host(self, host: str) -> Said:
        """Return what is published by whoever runs the host."""
        urls = [
            pattern.format(base)
            for base in bases(host)
            if base != self.domain
            for pattern in (AUTOCONFIG, WELL_KNOWN, ISPDB)
        ]
        said = await asyncio.gather(*map(self._told, urls))
        return Said(found=_flat(one.found for one in said), outcome=f"it is {host}")

    async def _told(self, url: str) -> Said:
        said = await self._read(Source.MX, url)
        self.tell(said.asked(Source.MX, url))
        return said

    def _guess(self, host: str) -> Step:
        return Step(source=Source.GUESS, what=host, ask=lambda: self._named(host))

    async def _named(self, host: str) -> Said:
        """Return a server of a usual name, if there is one; it is not tried."""
        records = await self.names.addresses(host)
        if not records.values:
            return Said(outcome=records.problem or "no such host")
        found = tuple(self._guessed(host, port, tls) for port, tls in _USUAL)
        return Said(found=found, outcome="there is a host of that name")

    def _guessed(self, host: str, port: int, tls: str) -> Found:
        return Found(
            title=host,
            provider="smtp",
            options={
                "host": host,
                "port": port,
                "tls": tls,
                "username": wire_address(self.address),
            },
            logins=(Login.PASSWORD, Login.APP_PASSWORD),
            source=Source.GUESS,
            asked=host,
            advice="Nobody said that this server takes your mail: ask your provider "
            "for its outgoing server (SMTP).",
            asks=("host", "port", "username"),
        )


def _flat(found: Iterable[tuple[Found, ...]]) -> tuple[Found, ...]:
    return tuple(one for several in found for one in several)


_USUAL: Final = ((465, "implicit"), (587, "starttls"))
_MOST_SERVERS: Final = 4
