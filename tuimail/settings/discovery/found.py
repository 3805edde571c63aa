"""What looking for the settings of an address comes to: values, nothing else.

Everything in them that came from outside is already fit to be shown and to be
used: what was not is no part of them. Which server a password may go to without
a question is said here, by ``is_foreign``, and nowhere else.

Pure.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from tuimail.core.address import Address, parse_address, wire_address
from tuimail.core.domain import wire_domain
from tuimail.core.values import dataclass, field

NOTHING: Final = "nothing there"
Setting = str | int | bool
"""What a provider's own setting may be."""


class Login(StrEnum):
    """What a provider wants to see before it takes mail."""

    PASSWORD = "password"  # noqa: S105 - a word, not a password
    """The one that the person logs in with everywhere."""
    APP_PASSWORD = "app_password"  # noqa: S105 - a word, not a password
    """One made for a single program, in the account's security settings."""
    AUTHORIZATION_CODE = "authorization_code"
    """What Chinese providers call an app password; SMTP is switched on with it."""
    TOKEN = "token"  # noqa: S105 - a word, not a token
    """A key of a mail API, or what stands in its place over SMTP."""
    BRIDGE = "bridge"
    """A password that a program on this machine made up, such as Proton's."""
    GOOGLE = "google"
    """Signing in at Google (OAuth)."""
    MICROSOFT = "microsoft"
    """Signing in at Microsoft (OAuth)."""
    NONE = "none"
    """Nothing: a local program, or a server that knows where one comes from."""


class Source(StrEnum):
    """Who says so; in the order in which they are believed."""

    PRESET = "preset"
    """Our own table of providers."""
    AUTOCONFIG = "autoconfig"
    """A page at autoconfig.DOMAIN."""
    WELL_KNOWN = "well_known"
    """A page at DOMAIN itself, below /.well-known/."""
    ISPDB = "ispdb"
    """Thunderbird's table of providers."""
    SRV = "srv"
    """The domain's name server: services (RFC 6186, RFC 8314)."""
    MX = "mx"
    """Whoever takes in the domain's mail, and what is known about them."""
    GUESS = "guess"
    """A server whose name is a usual one; nobody said that it takes mail."""


class Username(StrEnum):
    """Which name a provider knows its customer by."""

    ADDRESS = "address"
    """The whole address."""
    LOCAL_PART = "local part"
    """What stands before the ``@``."""
    ASKED = "asked"
    """One that only the customer knows."""
    FIXED = "fixed"
    """The same one for all customers."""
    NONE = "none"
    """There is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One way out that may be the right one for an address."""

    title: str
    """Who it is, for people: ``Gmail``."""
    provider: str
    """Name of the provider that would send."""
    options: Mapping[str, Setting] = field(default_factory=dict)
    """That provider's settings, for this very address."""
    logins: tuple[Login, ...]
    """What it wants to see, best first; never empty."""
    source: Source
    asked: str
    """The address of the page, or the name, that said so."""
    advice: str
    """One or two sentences: what this provider wants, and where to get it."""
    help_url: str = ""
    """A page of the provider about that; https, or empty."""
    asks: tuple[str, ...] = ()
    """Settings that only the person can know; some have a value in ``options``
    that may be the right one."""
    preset: str = ""
    """Key of the row of our own table that it agrees with, if any."""
    is_foreign: bool = False
    """Whether the server is neither in the address's domain nor known to us, so
    that a person has to say yes before a password goes there."""
    can_send: bool = True
    """Whether mail can leave this way at all; if not, ``advice`` says why."""

    def __post_init__(self) -> None:
        if not self.logins:
            raise ValueError("Nobody can log in to what was found.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one source says."""

    found: tuple[Found, ...] = ()
    outcome: str = ""
    """What came of asking, for people; if empty, how much was found."""

    def asked(self, source: Source, what: str) -> "Asked":
        """Return the same for those who watch."""
        count = len(self.found)
        ways = f"{count} way{'s' if count > 1 else ''} out" if count else NOTHING
        return Asked(source=source, what=what, outcome=self.outcome or ways)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One source that was asked, and what came of it."""

    source: Source
    what: str
    """The address of the page, or the name."""
    outcome: str
    """For people, without a full stop: ``2 ways out``, ``nothing there``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What was found out about one address."""

    found: tuple[Found, ...]
    """Best first; none twice."""
    asked: tuple[Asked, ...]
    """In the order in which the sources are believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One row of our own table: what one service wants from its customers."""

    key: str
    title: str
    provider: str
    """Name of the provider that sends; empty where no program can."""
    options: Mapping[str, Setting] = field(default_factory=dict)
    """``{domain}`` in a text stands for the address's domain."""
    username: Username = Username.NONE
    user: str = ""
    """The name itself where it is the same for all customers."""
    logins: tuple[Login, ...]
    """Best first."""
    advice: str
    help_url: str = ""
    asks: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    """Domains of addresses that are this service's; lower case, A-labels."""
    mx: tuple[str, ...] = ()
    """Ends of names of the hosts that take in mail for its customers' domains."""
    then: tuple[str, ...] = ()
    """Keys of rows that are offered beside this one, in that order."""

    @property
    def can_send(self) -> bool:
        """Whether the service lets other programs send at all."""
        return bool(self.provider)

    def found(
        self, address: str, *, source: Source = Source.PRESET, asked: str = ""
    ) -> Found:
        """Return this row for one address.

        Args:
            address: Whose settings they are to be.
            source: By what the row was found.
            asked: The name that was looked up; the address's domain if empty.

        Raises:
            AddressError: It is not an address.
        """
        read = parse_address(address, field="address")
        return Found(
            title=self.title,
            provider=self.provider,
            options=self._options(read),
            logins=self.logins,
            source=source,
            asked=asked or read.domain,
            advice=self.advice,
            help_url=self.help_url,
            asks=self.asks,
            preset=self.key,
            can_send=self.can_send,
        )

    def _options(self, address: Address) -> dict[str, Setting]:
        domain = wire_domain(address.domain)
        options = {
            key: value.replace("{domain}", domain) if isinstance(value, str) else value
            for key, value in self.options.items()
        }
        username = named(self.username, address) or self.user
        return {**options, "username": username} if username else options


def named(username: Username, address: Address) -> str:
    """Return the name to log in with; empty where the address does not tell."""
    if username is Username.ADDRESS:
        return wire_address(address)
    if username is Username.LOCAL_PART:
        return address.local
    return ""
