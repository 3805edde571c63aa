"""The page that a provider publishes about its servers (clientConfig XML).

The format is Thunderbird's; draft-ietf-mailmaint-autoconfig describes it. It
comes from anybody who has a domain, so: nothing is looked up while it is read, a
document that declares anything is refused whole, and a server that would be
talked to in clear is not there.

Pure.
"""

import re
from typing import Final
from xml.parsers import expat

from tuimail.core.address import Address, wire_address
from tuimail.core.domain import wire_domain
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass, field
from tuimail.settings.discovery.found import Login, Said, Source
from tuimail.settings.discovery.servers import (
    Server,
    host_name,
    knows_token,
    offered,
    one_line,
    page_url,
)

MOST_BYTES: Final = 256 * 1024
"""Of a page; those in use have a few thousand."""


def read_autoconfig(
    content: bytes, address: Address, *, source: Source, asked: str
) -> Said:
    """Return which servers the page names for ``address``.

    Args:
        content: The page.
        address: For whom; placeholders in the page stand for its parts.
        source: Whose page it is.
        asked: The page's address.
    """
    if len(content) > MOST_BYTES:
        return Said(outcome="the page is too long")
    provider = _provider(content)
    if provider is None:
        return Said(outcome="the page has no mail settings")
    servers = [
        server
        for element in provider.all("outgoingServer")[:_MOST_SERVERS]
        if (server := _server(element, provider, address)) is not None
    ]
    found = [
        found
        for server in servers
        for found in offered(server, address, source=source, asked=asked)
    ]
    if not found:
        return Said(outcome="no server there that can be used safely")
    return Said(found=tuple(found))


@dataclass(slots=True, kw_only=True)
class _Element:
    """One element, and what stands in it."""

    name: str
    attributes: dict[str, str]
    children: "list[_Element]" = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    def all(self, name: str) -> "list[_Element]":
        return [child for child in self.children if child.name == name]

    def texts(self, name: str) -> list[str]:
        return ["".join(child.pieces).strip() for child in self.all(name)]

    def text(self, name: str) -> str:
        return next(iter(self.texts(name)), "")


class _RefusedError(Exception):
    """The document has something that no such page needs."""


class _Reader:
    """Builds the tree; refuses what could make it grow or reach out."""

    def __init__(self) -> None:
        self._above: list[_Element] = [_Element(name="", attributes={})]
        self._count = 0

    def read(self, content: bytes) -> _Element:
        parser = expat.ParserCreate(encoding=_encoding(content))
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(content, True)  # noqa: FBT003 - that it is all of it
        return self._above[0]

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._above) > _DEEPEST or self._count > _MOST_ELEMENTS:
            raise _RefusedError
        element = _Element(name=name, attributes=attributes)
        self._above[-1].children.append(element)
        self._above.append(element)

    def _end(self, _name: str) -> None:
        self._above.pop()

    def _text(self, text: str) -> None:
        self._above[-1].pieces.append(text)

    def _refuse(self, *_declared: object) -> None:
        raise _RefusedError


def _encoding(content: bytes) -> str:
    """Return one of two encodings, whatever the document says it is in.

    What it says would be looked up among all of Python's codecs. UTF-16 expat
    sees by itself.
    """
    try:
        content.decode()
    except UnicodeDecodeError:
        return "iso-8859-1"
    return "utf-8"


def _provider(content: bytes) -> _Element | None:
    """Return what the page says of its provider, with the page's own words."""
    try:
        root = _Reader().read(content)
    except (expat.ExpatError, _RefusedError):
        return None
    for config in root.all("clientConfig"):
        for provider in config.all("emailProvider"):
            provider.children += config.all("oAuth2") + config.all("documentation")
            return provider
    return None


def _server(element: _Element, provider: _Element, address: Address) -> Server | None:
    host = host_name(_filled(element.text("hostname"), address))
    port = element.text("port")
    tls = _TLS.get(element.text("socketType").upper())
    logins = _logins(element, provider, host)
    is_smtp = element.attributes.get("type") == "smtp"
    if not (host and tls and logins and is_smtp and _PORT.fullmatch(port)):
        return None
    if int(port) not in _PORTS:
        return None
    return Server(
        host=host,
        port=int(port),
        tls=tls,
        username=_username(element, address),
        logins=logins,
        title=one_line(provider.text("displayName")),
        help_url=_help_url(provider),
    )


def _filled(text: str, address: Address) -> str:
    """Return ``text`` with the parts of the address in their places."""
    parts = {
        "%EMAILADDRESS%": wire_address(address),
        "%EMAILLOCALPART%": address.local,
        "%EMAILDOMAIN%": wire_domain(address.domain),
    }
    return _PLACE.sub(lambda place: parts.get(place[0], place[0]), text)


def _username(element: _Element, address: Address) -> str:
    """Return the name to log in with; empty where it cannot be known."""
    template = element.text("username")
    if any(place not in _PLACES for place in _PLACE.findall(template)):
        return ""
    name = _filled(template, address)
    return name if name.isprintable() and len(name) <= _MOST_OF_A_NAME else ""


def _logins(element: _Element, provider: _Element, host: str) -> tuple[Login, ...]:
    """Return what the server wants, of what can be shown to it, in its order."""
    found = [_login(name, provider) for name in element.texts("authentication")]
    wanted = dict.fromkeys(login for login in found if login is not None)
    return tuple(
        login
        for login in wanted
        if login in (Login.PASSWORD, Login.NONE) or knows_token(login, host)
    )


def _login(name: str, provider: _Element) -> Login | None:
    if name.lower() != "oauth2":
        return _LOGINS.get(name.lower())
    issuers = [oauth.text("issuer").lower() for oauth in provider.all("oAuth2")]
    return next((_ISSUERS[one] for one in issuers if one in _ISSUERS), None)


def _help_url(provider: _Element) -> str:
    urls = [one.attributes.get("url", "") for one in provider.all("documentation")]
    return next((url for one in urls if (url := page_url(one))), "")


_TLS: Final = {"SSL": "implicit", "TLS": "implicit", "STARTTLS": "starttls"}
_LOGINS: Final = {
    "password-cleartext": Login.PASSWORD,
    "password-encrypted": Login.PASSWORD,
    "plain": Login.PASSWORD,
    "secure": Login.PASSWORD,
    "client-ip-address": Login.NONE,
    "none": Login.NONE,
}
_ISSUERS: Final = {
    "accounts.google.com": Login.GOOGLE,
    "login.microsoftonline.com": Login.MICROSOFT,
}
_PLACE: Final = regex(r"%[A-Z]+%")
_PLACES: Final = ("%EMAILADDRESS%", "%EMAILLOCALPART%", "%EMAILDOMAIN%")
_PORT: Final = regex(r"[0-9]{1,5}", re.ASCII)
_PORTS: Final = range(1, 65536)
_DEEPEST: Final = 20
_MOST_ELEMENTS: Final = 2000
_MOST_SERVERS: Final = 6
_MOST_OF_A_NAME: Final = 320
