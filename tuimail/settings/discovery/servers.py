"""A server that somebody named, made into what can be offered to a person.

The one rule kept here: who named it is not believed. A name that is no host's is
none; a server of a service that we know is that service, and is used as our own
table says; any other one outside the address's domain is foreign. A token of
Google's or Microsoft's is only ever for a server of theirs, whoever says else.

Pure, but for our own table, which is read once.
"""

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from tuimail.core.address import Address, wire_address
from tuimail.core.display import display
from tuimail.core.domain import GrammarError, read_domain, wire_domain
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.settings.discovery.found import Found, Login, Setting, Source
from tuimail.settings.discovery.presets import for_host, suggested


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One submission server, as somebody outside names it."""

    host: str
    """As ``host_name`` returned it."""
    port: int
    tls: str
    """``implicit`` or ``starttls``; nobody is believed who names another."""
    username: str = ""
    """Empty where it was not said, or not to be used."""
    logins: tuple[Login, ...] = (Login.PASSWORD,)
    title: str = ""
    help_url: str = ""


def offered(
    server: Server, address: Address, *, source: Source, asked: str
) -> tuple[Found, ...]:
    """Return what a person may choose from, now that ``server`` was named.

    Args:
        server: What was named.
        address: For whom.
        source: Who named it.
        asked: Where it was named: the address of a page, or a name.
    """
    if known := for_host(server.host):
        return suggested(known, address.text, source=source, asked=asked)
    return (
        Found(
            title=server.title or server.host,
            provider="smtp",
            options=_options(server, address),
            logins=server.logins,
            source=source,
            asked=asked,
            advice=_ADVICE[server.logins[0]],
            help_url=server.help_url,
            asks=() if server.username or _is_open(server) else ("username",),
            is_foreign=not is_within(server.host, wire_domain(address.domain)),
        ),
    )


def host_name(text: str) -> str:
    """Return the host that ``text`` names, in A-labels; empty if it names none."""
    name = text.strip().rstrip(".")
    if _is_ip(name):
        return name
    if name.startswith("[") or len(name) > _MOST_OF_A_NAME:
        return ""
    try:
        return wire_domain(read_domain(name))
    except GrammarError:
        return ""


def is_within(host: str, domain: str) -> bool:
    """Return whether ``host`` is ``domain`` or below it; both in A-labels."""
    return host == domain or host.endswith(f".{domain}")


def page_url(text: str) -> str:
    """Return the address of a page that people may open; empty if it is none."""
    url = text.strip()
    if not _URL.fullmatch(url):
        return ""
    try:
        found = urlsplit(url)
        is_plain = found.port is None and "@" not in found.netloc
    except ValueError:
        return ""
    return url if is_plain and host_name(found.hostname or "") else ""


def one_line(text: str) -> str:
    """Return ``text`` from outside, short and fit to be shown."""
    return display(" ".join(text.split())[:_MOST_OF_A_TITLE])


def knows_token(login: Login, host: str) -> bool:
    """Return whether a token of that service may go to ``host``."""
    return any(is_within(host, domain) for domain in _TOKENS_GO_TO.get(login, ()))


def _options(server: Server, address: Address) -> dict[str, Setting]:
    options: dict[str, Setting] = {
        "host": server.host,
        "port": server.port,
        "tls": server.tls,
    }
    if _is_open(server):
        return options
    return {**options, "username": server.username or wire_address(address)}


def _is_open(server: Server) -> bool:
    """Return whether it knows its customers without a name and a password."""
    return server.logins == (Login.NONE,)


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


_ADVICE: Final = {
    Login.PASSWORD: "It wants the password of the mailbox; some providers want an app "
    "password in its place.",
    Login.GOOGLE: "Sign in with Google.",
    Login.MICROSOFT: "Sign in with Microsoft.",
    Login.NONE: "It wants no password: it takes mail from the network that it serves.",
}
_TOKENS_GO_TO: Final = {
    Login.GOOGLE: ("gmail.com", "googlemail.com", "google.com"),
    Login.MICROSOFT: ("outlook.com", "office365.com", "office.com"),
}
_URL: Final = regex(r"https://[!-~]{1,300}")
_MOST_OF_A_NAME: Final = 253
_MOST_OF_A_TITLE: Final = 60
