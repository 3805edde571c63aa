"""A request to a mail API, and what came of it. Pure, but for the body's pieces."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from typing import Final

from tuimail.core.http_reasons import HttpStage
from tuimail.core.submission import AccountFault
from tuimail.core.values import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLimits:
    """How long each part of an exchange may take, and how much may come back."""

    connect: timedelta = timedelta(seconds=60)
    """The name and the connection; after that, as much again for TLS."""
    block: timedelta = timedelta(minutes=3)
    """A piece of the body; as in SMTP (RFC 5321 §4.5.3.2.5)."""
    reply: timedelta = timedelta(minutes=10)
    """From the last piece to the end of the answer. Short ones make mail whose
    fate nobody knows (RFC 5321 §4.5.3.2.6)."""
    most_bytes: int = 1_000_000
    """Of an answer's body; more is none that a mail API gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """One request."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The key is among them."""
    pieces: Callable[[], AsyncIterator[bytes]] | None = None
    """The body, in order; None for none."""
    size_bytes: int = 0
    """Exactly how much ``pieces`` yields: the server is told beforehand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    """What came of a request: an answer, part of one, or why there is none."""

    stage: HttpStage
    """How far the request had got."""
    server: str
    """Who answered, or was to: ``api.example.org:443``."""
    status: int = 0
    """0 where no head of an answer came."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Of the answer; names in lower case, untrusted."""
    body: bytes = b""
    """Of the answer, as far as it came; untrusted."""
    error: str = ""
    """Why the answer is not there, or not all of it."""
    fault: AccountFault | None = None
    """Why no request of the account would get through."""
    tls: str = ""
    """How the connection was secured, as ``TLS 1.3``; empty where there was none."""

    @property
    def is_complete(self) -> bool:
        """Whether there is an answer, all of it."""
        return bool(self.status) and not self.error

    @property
    def text(self) -> str:
        """What was answered, else what went wrong; cut."""
        words = self.body.decode("utf-8", "backslashreplace").strip()
        return (words or self.error)[:TEXT_LIMIT]

    def json(self) -> object:
        """Return the answer parsed; None for one that is not complete JSON."""
        if not self.is_complete:
            return None
        try:
            found: object = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return found


TEXT_LIMIT: Final = 2000
"""So much of an answer is kept; an API that is asked for mail says less."""
