"""Where an address leads, as browsers read it.

They are generous: a backslash is a slash, slashes may be left out, line breaks
are dropped, digits and dots of all scripts count, and an IP address may be one
number. What they understand must be understood here.

Pure.
"""

import re
from functools import lru_cache
from typing import Final
from unicodedata import normalize
from urllib.parse import unquote

from tuimail.core.patterns import regex
from tuimail.core.values import dataclass

_IGNORED: Final = regex("[\t\r\n]")
_SCHEME: Final = regex(r"([a-z][a-z0-9+.-]{0,30}):", re.IGNORECASE)
_WEB: Final = frozenset({"ftp", "http", "https", "ws", "wss"})
_AUTHORITY_END: Final = regex(r"[/\\?#]|\Z")
_PORT: Final = regex(r":\d{0,9}\Z")
_DOTS: Final = regex("[\u3002\uff0e\uff61]")
_NUMBER: Final = regex(r"0x[0-9a-f]{0,40}|\d{1,40}")
_NEAR: Final = regex(
    r"(?:127|10|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01]))(?:\.(?:0|[1-9]\d{0,2})){2,3}"
    r"|\[(?:::1|f[cd][0-9a-f:]{1,40}|fe80[0-9a-f:]{1,40})\]"
)
"""Networks that nobody reaches from outside (RFC 1918, RFC 4193), plainly written."""
_IP_PARTS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One address on the web, taken apart."""

    has_userinfo: bool
    """Whether something stands before an ``@``, where people look for the host."""
    host: str
    """In small letters; letters of all scripts as they are seen."""
    rest: str
    """Path, query and fragment."""

    @property
    def is_ip(self) -> bool:
        """Whether the host is a number, however it is written."""
        parts = self.host.split(".")
        are_numbers = all(map(_NUMBER.fullmatch, parts))
        return self.host.startswith("[") or (len(parts) <= _IP_PARTS and are_numbers)

    @property
    def is_near(self) -> bool:
        """Whether it is plainly a machine in the reader's own network."""
        return _NEAR.fullmatch(self.host) is not None

    @property
    def ascii_host(self) -> str:
        """The host as it is looked up; as it is where it cannot be."""
        return to_ascii(self.host)


@lru_cache(maxsize=256)
def target_of(address: str) -> Target | None:
    """Return where ``address`` leads, or None where that is not on the web."""
    address = _IGNORED.sub("", address).strip()
    scheme = _SCHEME.match(address)
    if scheme is not None and scheme[1].lower() in _WEB:
        address = address[scheme.end() :]
    elif scheme is not None or not address.startswith(("//", "\\\\", "/\\", "\\/")):
        return None
    address = address.lstrip("/\\")
    authority = _AUTHORITY_END.split(address, maxsplit=1)[0]
    _, at, host = authority.rpartition("@")
    plain = normalize("NFKC", unquote(_PORT.sub("", host)))
    plain = plain if plain.isascii() else _DOTS.sub(".", plain)
    plain = plain.lower().rstrip(".")
    rest = address[len(authority) :]
    return Target(has_userinfo=bool(at), host=plain, rest=rest) if plain else None


def to_ascii(host: str) -> str:
    """Return ``host`` with its labels as they are looked up (IDNA 2008)."""
    if host.isascii():
        return host
    import idna  # noqa: PLC0415 - 8 ms that only international domains pay

    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        return host


def to_unicode(host: str) -> str:
    """Return ``host`` as people see it; empty where no program can read it."""
    if "xn--" not in host:
        return host
    import idna  # noqa: PLC0415 - 8 ms that only international domains pay

    try:
        return idna.decode(host, uts46=True)
    except idna.IDNAError:
        return ""
