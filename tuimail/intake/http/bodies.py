"""What a request carries: read no further, and taken apart no deeper, than allowed."""

import asyncio
from http import HTTPStatus
from typing import Any, Final

from starlette.types import Receive

from tuimail.intake import objects
from tuimail.intake.http.brakes import Places
from tuimail.intake.http.refusals import (
    BUSY_SECONDS,
    RefusedError,
    closing,
    refused,
)
from tuimail.intake.objects import NoObjectError

DEEPEST: Final = 16
"""Lists and objects in one another; our own documents have four."""
PATIENCE_SECONDS: Final = 60.0
"""For a whole body: what comes slower than that holds a place for nothing."""
STRANGERS_SECONDS: Final = 10.0
"""The same, where nobody knows yet who sends it."""


class ClientGoneError(Exception):
    """Whoever asked is not there any more; nobody is to be told anything."""


class Room:
    """How many octets all requests together may hold at once."""

    def __init__(self, limit_bytes: int) -> None:
        self._octets = Places(limit_bytes)

    def take(self, size: int, *, who: str = "") -> None:
        """Count ``size`` octets more.

        Raises:
            RefusedError: Too much is held already; later there is room.
        """
        if size and not self._octets.take(who, size):
            raise RefusedError(closing(_NO_ROOM.refusal))

    def give_back(self, size: int, *, who: str = "") -> None:
        """Count ``size`` octets less."""
        if size:
            self._octets.leave(who, size)


class Body:
    """The body of one request, and the room that it takes while it is needed."""

    def __init__(
        self, receive: Receive, room: Room, *, limit_bytes: int, who: str = ""
    ) -> None:
        self._receive, self._room, self._limit = receive, room, limit_bytes
        self._who = who
        self._content = bytearray()

    async def read(self, *, patience: float = PATIENCE_SECONDS) -> bytes:
        """Return all of it.

        Args:
            patience: Seconds for the whole.

        Raises:
            RefusedError: It is too big, or too slow, or there is no room for it.
            ClientGoneError: It broke off.
        """
        try:
            async with asyncio.timeout(patience):
                while await self._more():
                    """Every piece is counted as it comes."""
        except TimeoutError:
            raise RefusedError(closing(_too_slow(patience).refusal)) from None
        return bytes(self._content)

    async def gone(self) -> None:
        """Return once the client is not there any more; what else it sends is lost."""
        while (await self._receive())["type"] != "http.disconnect":
            """It is there."""

    def close(self) -> None:
        """Give its room back."""
        self._room.give_back(len(self._content), who=self._who)
        self._content.clear()

    async def _more(self) -> bool:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        piece: bytes = message.get("body", b"")
        if len(self._content) + len(piece) > self._limit:
            raise too_big(self._limit)
        self._room.take(len(piece), who=self._who)
        self._content += piece
        return bool(message.get("more_body"))


def read_object(content: bytes) -> dict[str, Any]:
    """Return the one JSON object that ``content`` is.

    Raises:
        RefusedError: It is none, or goes too deep, or has too much in it.
    """
    try:
        return objects.read_object(content, deepest=DEEPEST)
    except NoObjectError as error:
        raise _no_json(error.what) from None


def too_big(limit_bytes: int) -> RefusedError:
    """Return the refusal of a body over ``limit_bytes``."""
    return refused(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "too-big",
        f"The request has over {limit_bytes:,} octets.",
        hint="Leave something out, or send it as a link.",
    )


def _no_json(what: str) -> RefusedError:
    return refused(
        HTTPStatus.BAD_REQUEST,
        "json",
        f"The body {what}.",
        hint="Send one JSON object, such as "
        '{"to": ["bob@example.org"], "subject": "…", "text": "…"}.',
    )


def _too_slow(patience: float) -> RefusedError:
    return refused(
        HTTPStatus.REQUEST_TIMEOUT,
        "slow",
        f"The body was not there after {patience:g} seconds.",
        hint="Send it in one go.",
    )


_NO_ROOM: Final = refused(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "busy",
    "Other requests hold all the room that there is.",
    hint="Try again in a moment.",
    headers={"Retry-After": str(BUSY_SECONDS)},
)
