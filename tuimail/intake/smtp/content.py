"""The content of a message, as it comes in after DATA.

A line that is a lone dot ends it, and only where CRLF stands before and after:
``LF . LF`` and its like are part of the message (SMTP smuggling, CVE-2023-51764 and
CVE-2024-27305). What is too much is read to its end and thrown away, so that the
client hears why.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Final

from tuimail.intake.smtp.envelope import too_big
from tuimail.intake.smtp.limits import Limits
from tuimail.intake.smtp.replies import RefusalError

_LINE_END: Final = b"\r\n"
_LAST_LINE: Final = b".\r\n"
_NO_ROOM: Final = "452 4.3.1 Too much is being taken in at the moment, try again later"


class Room:
    """The memory that messages on their way in share."""

    def __init__(self, limits: Limits) -> None:
        self._left = limits.bytes_under_way

    @contextmanager
    def share(self) -> "Iterator[Share]":
        """Lend room to one message, until it is stored or refused."""
        share = Share(self)
        try:
            yield share
        finally:
            self._left += share.taken

    def take(self, size_bytes: int) -> bool:
        """Return whether there was so much left, which is taken now."""
        if size_bytes > self._left:
            return False
        self._left -= size_bytes
        return True


class Share:
    """What one message has of it."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self.taken = 0
        """Bytes."""

    def grow(self, size_bytes: int) -> bool:
        """Return whether there was room for so much more."""
        if not self._room.take(size_bytes):
            return False
        self.taken += size_bytes
        return True


async def read_content(
    reader: asyncio.StreamReader, share: Share, limits: Limits
) -> bytes:
    """Return what comes before the lone dot, dots before dots taken off.

    Args:
        reader: Where it comes from; reads no further than the dot's line.
        share: Counts what is kept.
        limits: How long a message may be.

    Raises:
        RefusalError: It was read to its end, and is too much.
        IncompleteReadError: The client has gone.
    """
    content, refused = bytearray(), ""
    async for piece in _pieces(reader):
        if refused:
            continue
        if len(content) + len(piece) > limits.message_bytes:
            refused = too_big(limits)
        elif not share.grow(len(piece)):
            refused = _NO_ROOM
        else:
            content += piece
            continue
        content.clear()
    if refused:
        raise RefusalError(refused)
    return bytes(content)


async def _pieces(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Yield lines with their ends; one that is very long comes in parts."""
    at_start = True
    while True:
        try:
            piece = await reader.readuntil(_LINE_END)
            has_ended = True
        except asyncio.LimitOverrunError as error:
            piece = await reader.readexactly(error.consumed)
            has_ended = False
        if at_start and has_ended and piece == _LAST_LINE:
            return
        yield piece[1:] if at_start and piece.startswith(b".") else piece
        at_start = has_ended
