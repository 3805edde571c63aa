"""Where Gmail is, and what of it a token may be shown to. Pure.

The one rule kept here: a token goes to the address that the account's settings
name, whatever address an answer names.
"""

from typing import Final
from urllib.parse import urlsplit

from tuimail.core.values import dataclass
from tuimail.providers.base import ProviderAccount
from tuimail.providers.http.options import base_url

GMAIL: Final = "https://gmail.googleapis.com"
_TWO_NAMES: Final = frozenset({
    ("https", "gmail.googleapis.com", 443), ("https", "www.googleapis.com", 443),
})  # fmt: skip
"""Google answers for the upload under either of them."""
_LONGEST_URI: Final = 4000
"""Several times what a session's address has."""

Host = tuple[str, str, int]
"""Scheme, name and port."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Under which address the API is asked."""

    url: str
    """Without a slash at its end."""

    @property
    def server(self) -> str:
        """Who is asked, for people: ``gmail.googleapis.com:443``."""
        _, name, port = _host(self.url) or ("", "", 0)
        return f"[{name}]:{port}" if ":" in name else f"{name}:{port}"

    def has(self, uri: str) -> bool:
        """Return whether ``uri`` is there, so that a token may be shown to it."""
        found, own = _host(uri), _host(self.url)
        return found is not None and (found == own or {found, own} <= _TWO_NAMES)


def place_of(account: ProviderAccount) -> Place:
    """Return where the account's settings say that Gmail is.

    Raises:
        ConfigurationError: ``url`` is no address, or a token would go out in clear.
    """
    return Place(url=base_url(account, default=GMAIL))


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One upload that Gmail was told of, which it can be asked about for a week.

    Whoever knows its address may be able to go on with the upload, so that it is
    kept as the mail itself is, and shown to nobody.
    """

    uri: str
    size_bytes: int
    """Of the mail as it is transmitted."""

    @property
    def handle(self) -> str:
        """What it is kept by: size and address."""
        return f"{self.size_bytes} {self.uri}"


def session_of(handle: str) -> Session | None:
    """Return the session that is kept as ``handle``; None where that is none."""
    size, _, uri = handle.partition(" ")
    if not uri or not size.isascii() or not size.isdigit():
        return None
    return Session(uri=uri, size_bytes=int(size))


def _host(uri: str) -> Host | None:
    is_plain = uri.isascii() and uri.isprintable() and " " not in uri
    if not is_plain or len(uri) > _LONGEST_URI:
        return None
    try:
        found = urlsplit(uri)
        port = found.port
    except ValueError:
        return None
    if found.scheme not in _PORTS or not found.hostname or "@" in found.netloc:
        return None
    return found.scheme, found.hostname, port or _PORTS[found.scheme]


_PORTS: Final = {"http": 80, "https": 443}
