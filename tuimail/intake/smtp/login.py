"""AUTH: PLAIN and LOGIN, by a client's token; a wrong one is answered slowly.

The name of the user decides nothing, as with services whose password is a token:
the token says who it is. What is wrong about a token is never said.
"""

import binascii
from base64 import b64decode
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from tuimail.intake.smtp.limits import Limits
from tuimail.intake.smtp.replies import RefusalError

MECHANISMS: Final = ("PLAIN", "LOGIN")
Ask = Callable[[bytes], Awaitable[bytes]]
"""Sends a challenge, and returns the line that answers it."""
_NO_RESPONSE: Final = "="
"""Stands for a response that is there and empty (RFC 4954 §4)."""
_DOUBLINGS: Final = 3
"""Of the first wait."""


class Brake:
    """How long wrong logins wait, counted over all connections of a door."""

    def __init__(self, limits: Limits) -> None:
        self._first = limits.wrong_login_wait
        self._wrong = 0

    def wrong(self) -> timedelta:
        """Take note of a wrong login; return how long its answer waits."""
        self._wrong += 1
        return self._first * (1 << min(self._wrong - 1, _DOUBLINGS))

    def right(self) -> None:
        """Take note of a right one."""
        self._wrong = 0


async def token_of(argument: str, ask: Ask) -> str:
    """Return the password that AUTH gives, asking for what it left out.

    Args:
        argument: What stands after AUTH: the mechanism, and maybe a response.
        ask: Sends a challenge and waits.

    Raises:
        RefusalError: It is malformed, or the client thought better of it.
    """
    words = argument.split()
    if not 0 < len(words) <= len(("mechanism", "response")):
        raise RefusalError("501 5.5.4 Write AUTH PLAIN or AUTH LOGIN")
    mechanism, *given = words
    if mechanism.upper() not in MECHANISMS:
        raise RefusalError(f"504 5.5.4 There are {' and '.join(MECHANISMS)}")
    first = _decoded(given[0].encode("ascii", "replace")) if given else None
    if mechanism.upper() == "PLAIN":
        return _text(await _plain(first, ask))
    return _text(await _login(first, ask))


async def _plain(response: bytes | None, ask: Ask) -> bytes:
    """Return the last of three texts with NUL between (RFC 4616 §2)."""
    if response is None:
        response = _decoded(await ask(b""))
    parts = response.split(b"\0")
    if len(parts) != len(("authorize as", "user", "password")):
        raise RefusalError("501 5.5.2 PLAIN is NUL, user, NUL, password, in base64")
    return parts[-1]


async def _login(user: bytes | None, ask: Ask) -> bytes:
    if user is None:
        _decoded(await ask(b"Username:"))
    return _decoded(await ask(b"Password:"))


def _decoded(line: bytes) -> bytes:
    line = line.strip()
    if line == b"*":
        raise RefusalError("501 5.7.0 The login was called off")
    if line == _NO_RESPONSE.encode():
        return b""
    try:
        return b64decode(line, validate=True)
    except binascii.Error:
        raise RefusalError("501 5.5.2 That is not base64") from None


def _text(password: bytes) -> str:
    """Return it as text; what is none is no token, and answered as such."""
    return password.decode("utf-8", "replace")
