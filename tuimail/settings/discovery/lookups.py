"""What the name servers say about a domain: where it takes mail in and out.

Services are RFC 6186 and RFC 8314, mail exchangers RFC 5321 §5.1. Names are
absolute: no search list of this machine is tried, which would ask for mail
servers of somebody else. What goes wrong is a value, because one source that
says nothing is no reason to stop.
"""

from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

from tuimail.core.values import dataclass
from tuimail.settings.discovery.servers import host_name

if TYPE_CHECKING:
    from dns.asyncresolver import Resolver
    from dns.rdatatype import RdataType
    from dns.resolver import Answer

LIMIT: Final = timedelta(seconds=10)
MOST_RECORDS: Final = 10
"""That are looked at; nobody has more who means well."""
Value = TypeVar("Value", covariant=True)  # noqa: PLC0105 - as long as it is short


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One server of a service (RFC 2782)."""

    host: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Records(Generic[Value]):
    """What was said about one name, best first."""

    values: tuple[Value, ...] = ()
    problem: str = ""
    """Why nobody could say, in words that follow a name; empty if somebody did."""


class Names(Protocol):
    """Whoever can be asked about names."""

    async def services(self, name: str) -> Records[Service]:
        """Return the servers of the service ``name``, in the order to try them."""

    async def exchangers(self, domain: str) -> Records[str]:
        """Return the hosts that take in mail for ``domain``, best first."""

    async def addresses(self, host: str) -> Records[str]:
        """Return the IP addresses of ``host``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameServers:
    """The name servers of this machine, or others.

    Args:
        servers: IP addresses of who is asked; empty for this machine's own.
        port: Where they listen.
        limit: How long one answer may take.
    """

    servers: tuple[str, ...] = ()
    port: int = 53
    limit: timedelta = LIMIT

    async def services(self, name: str) -> Records[Service]:
        """Return the servers of the service ``name``, in the order to try them.

        Among those of one priority, the heaviest comes first: who asks once in
        a lifetime need not spread a load. A target "." says that there is none
        (RFC 2782).
        """
        return await self._looked_up(name, "SRV", _services)

    async def exchangers(self, domain: str) -> Records[str]:
        """Return the hosts that take in mail for ``domain``, best first.

        None where the domain says that it takes no mail (RFC 7505).
        """
        return await self._looked_up(domain, "MX", _exchangers)

    async def addresses(self, host: str) -> Records[str]:
        """Return the IP addresses of ``host``; those of version 4 first."""
        old = await self._looked_up(host, "A", _texts)
        if old.values or old.problem:
            return old
        return await self._looked_up(host, "AAAA", _texts)

    async def _looked_up(
        self, name: str, kind: str, read: "Callable[[Answer], Iterable[Value]]"
    ) -> Records[Value]:
        import dns.exception  # noqa: PLC0415 - 70 ms, for who looks for settings
        import dns.rdatatype  # noqa: PLC0415 - as above
        import dns.resolver  # noqa: PLC0415 - as above

        try:
            answer = await self._asked(name, dns.rdatatype.from_text(kind))
            return Records(values=tuple(read(answer))[:MOST_RECORDS])
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return Records()
        except dns.exception.Timeout:
            seconds = self.limit.total_seconds()
            return Records(problem=f"no answer within {seconds:g} seconds")
        except dns.resolver.NoNameservers:
            return Records(problem="the name servers could not answer")
        except (dns.resolver.NoResolverConfiguration, OSError):
            return Records(problem="this machine knows no name server")
        except dns.exception.DNSException:
            return Records(problem="the answer made no sense")

    def _asked(self, name: str, kind: "RdataType") -> "Awaitable[Answer]":
        import dns.name  # noqa: PLC0415 - as above

        absolute = dns.name.from_text(name, dns.name.root)
        return self._resolver().resolve(absolute, kind)

    def _resolver(self) -> "Resolver":
        from dns.asyncresolver import Resolver  # noqa: PLC0415 - as above

        resolver = Resolver(configure=not self.servers)
        if self.servers:
            resolver.nameservers = list(self.servers)
            resolver.port = self.port
        resolver.lifetime = self.limit.total_seconds()
        return resolver


def _services(answer: "Answer") -> Iterable[Service]:
    ordered = sorted(answer, key=lambda one: (one.priority, -one.weight))
    named = [(host_name(one.target.to_text()), one.port) for one in ordered]
    return [Service(host=host, port=port) for host, port in named if host and port]


def _exchangers(answer: "Answer") -> Iterable[str]:
    ordered = sorted(answer, key=lambda one: int(one.preference))
    named = [host_name(one.exchange.to_text()) for one in ordered]
    return [host for host in named if host]


def _texts(answer: "Answer") -> Iterable[str]:
    return [str(one.address) for one in answer]
