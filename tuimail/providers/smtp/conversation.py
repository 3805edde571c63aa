"""Our side of an SMTP conversation, on a transport that is already logged in.

Lock-step: one command, one reply. The one rule kept here: a reply that came
before its command was sent answers nothing. Taking it for the answer to a
later command would shift every answer after it, up to the one that decides
whether the mail was taken.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from datetime import timedelta

from tuimail.providers.smtp.limits import MOST_UNREAD_REPLIES
from tuimail.providers.smtp.reply import Reply, ReplyReader, UnreadableReplyError

TURNS_OF_THE_LOOP = 2
"""After so many, bytes that had arrived have been handed to the protocol."""


CLOSED = "The server closed the connection."


class ConversationError(Exception):
    """The conversation cannot go on; the text is a sentence that says why."""


class Conversation(asyncio.Protocol):
    """Commands and content out, replies in."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._reader = ReplyReader()
        self._replies: deque[Reply] = deque()
        self._broken = ""
        self._is_paused = False
        self._is_lost = False
        self._changed = asyncio.Event()

    @classmethod
    def take_over(cls, transport: asyncio.Transport) -> "Conversation":
        """Take ``transport`` away from whoever used it before."""
        conversation = cls(transport)
        # Nothing is left in the transport's own buffer when a drain ends, so
        # that what was written has left before the next step is taken. Zero
        # would pause a TLS transport for good: it compares with >=.
        transport.set_write_buffer_limits(high=1, low=0)
        transport.set_protocol(conversation)
        return conversation

    def data_received(self, data: bytes) -> None:
        """Read what arrived into replies."""
        if self._broken:
            return
        try:
            self._replies.extend(self._reader.feed(data))
        except UnreadableReplyError as error:
            self._break(str(error))
        if len(self._replies) > MOST_UNREAD_REPLIES:
            self._break("The server talks without being asked.")
        self._changed.set()

    def eof_received(self) -> bool:
        """Let the transport close: a server that ends has nothing to add."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that nothing more will come."""
        self._is_lost = True
        self._break(f"The connection was lost: {exc}." if exc else CLOSED)

    def pause_writing(self) -> None:
        """Note that what was written has not left yet."""
        self._is_paused = True

    def resume_writing(self) -> None:
        """Note that what was written has left."""
        self._is_paused = False
        self._changed.set()

    async def command(self, line: bytes, *, limit: timedelta) -> Reply:
        """Send one command and return its reply.

        Raises:
            ConversationError: No reply that can be read came within ``limit``,
                or something had been said before it was asked for.
            ValueError: The line holds a control character, which could make it
                two commands.
        """
        if any(byte < 0x20 or byte == 0x7F for byte in line):  # noqa: PLR2004
            raise ValueError("An SMTP command is one line without control characters.")
        self._refuse_what_came_early()
        self._transport.write(line + b"\r\n")
        return await self.reply(limit=limit)

    async def reply(self, *, limit: timedelta) -> Reply:
        """Return the next reply.

        Raises:
            ConversationError: None that can be read came within ``limit``.
        """
        await self._until(
            lambda: bool(self._replies),
            limit=limit,
            late=f"The server did not answer within {_seconds(limit)}.",
        )
        return self._replies.popleft()

    async def write(self, piece: bytes, *, limit: timedelta) -> None:
        """Hand over a piece of content and wait until it has left.

        Returns early when the server says something, which the caller finds
        with ``early_reply``: a server that refuses may stop reading.

        Raises:
            ConversationError: It did not leave within ``limit``, or the
                connection is gone.
        """
        self._transport.write(piece)
        await self._until(
            lambda: bool(self._replies) or not self._is_paused,
            limit=limit,
            late=f"The server took nothing for {_seconds(limit)}.",
        )

    async def early_reply(self) -> Reply | None:
        """Return what the server said without being asked, if it did.

        Gives the loop time to read what has arrived: after a refusal, a
        further write may fail, and reading with it.

        Raises:
            ConversationError: The connection is gone.
        """
        for _ in range(TURNS_OF_THE_LOOP):
            await asyncio.sleep(0)
        if self._replies:
            return self._replies.popleft()
        if self._broken:
            raise ConversationError(self._broken)
        return None

    def finish(self, terminator: bytes) -> None:
        """Write what makes the content complete; wait for nothing.

        Raises:
            ConversationError: Something was said before this, which would be
                taken for the answer to it; nothing was written.
        """
        self._refuse_what_came_early()
        self._transport.write(terminator)

    def drop(self) -> None:
        """End the connection at once; what had not left never will."""
        self._break("The connection was dropped.")
        self._transport.abort()

    async def farewell(self, *, limit: timedelta) -> None:
        """Say QUIT, wait a little for an answer, and close; never fails."""
        with contextlib.suppress(ConversationError):
            await self.command(b"QUIT", limit=limit)
            self._transport.close()
            await self._until(lambda: self._is_lost, limit=limit, late=CLOSED)
        self.drop()

    async def _until(
        self, is_reached: Callable[[], bool], *, limit: timedelta, late: str
    ) -> None:
        try:
            async with asyncio.timeout(limit.total_seconds()):
                while not is_reached():
                    await self._change()
        except TimeoutError:
            raise ConversationError(late) from None

    async def _change(self) -> None:
        if self._broken:
            raise ConversationError(self._broken)
        self._changed.clear()
        await self._changed.wait()

    def _refuse_what_came_early(self) -> None:
        if self._broken:
            raise ConversationError(self._broken)
        if self._replies or not self._reader.is_between_replies:
            raise ConversationError("The server said something before it was asked.")

    def _break(self, why: str) -> None:
        self._broken = self._broken or why
        self._changed.set()


def _seconds(limit: timedelta) -> str:
    return f"{limit.total_seconds():g} seconds"
