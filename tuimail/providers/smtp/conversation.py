"""Our side of an SMTP conversation, on a transport that is already logged in.

Commands go out alone or in groups, and each is owed one reply. The one rule
kept here: a reply that came before its command was sent answers nothing.
Taking it for the answer to a later command would shift every answer after it,
up to the one that decides whether the mail was taken.
"""

import asyncio
import contextlib
import os
import select
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from tuimail.providers.smtp.limits import MOST_UNREAD_REPLIES
from tuimail.providers.smtp.reply import Reply, ReplyReader, UnreadableReplyError

TURNS_OF_THE_LOOP: Final = 2
"""After so many, bytes that had arrived have been handed to the protocol."""
CLOSED: Final = "The server closed the connection."
TOO_EARLY: Final = "The server said something before it was asked."
_READ_BYTES: Final = 65536


class ConversationError(Exception):
    """The conversation cannot go on; the text is a sentence that says why."""


class LateError(ConversationError):
    """What was waited for did not come in time."""


class Conversation(asyncio.Protocol):
    """Commands and content out, replies in; for one task at a time."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._reader = ReplyReader()
        self._replies: deque[Reply] = deque()
        self._owed = 0
        """How many replies are due for what was said and not taken yet."""
        self._broken = ""
        self._is_paused = False
        self._is_lost = False
        self._waiter: asyncio.Future[None] | None = None
        self._latest = 0.0
        """Until when is waited, by the loop's clock."""
        self._timer: asyncio.TimerHandle | None = None
        """Looks whether it is that late; it is left to run from wait to wait."""
        self._socket = _PlainSocket(transport)

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

    @property
    def is_over(self) -> bool:
        """Whether nothing more can be said."""
        return bool(self._broken)

    @property
    def is_at_rest(self) -> bool:
        """Whether it can go on later: nothing is due, and nothing came unasked."""
        return not (
            self._broken
            or self._owed
            or self._replies
            or not self._reader.is_between_replies
            or self._socket.is_readable()
        )

    def data_received(self, data: bytes) -> None:
        """Read what arrived into replies."""
        if self._broken:
            return
        try:
            self._replies.extend(self._reader.feed(data))
        except UnreadableReplyError as error:
            self._break(str(error))
        if len(self._replies) > self._owed + MOST_UNREAD_REPLIES:
            self._break("The server talks without being asked.")
        self._wake()

    def eof_received(self) -> bool:
        """Let the transport close: a server that ends has nothing to add."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that nothing more will come, after what had come already."""
        self._is_lost = True
        if exc is not None:
            self.data_received(self._socket.rest())
        self._socket.forget()
        self._break(f"The connection was lost: {exc}." if exc else CLOSED)

    def pause_writing(self) -> None:
        """Note that what was written has not left yet."""
        self._is_paused = True

    def resume_writing(self) -> None:
        """Note that what was written has left."""
        self._is_paused = False
        self._wake()

    def ask(self, octets: bytes, *, replies: int) -> None:
        """Say whole commands that will be answered by so many replies.

        Raises:
            ConversationError: Something had been said before it was asked for,
                or the connection is gone; nothing was written.
        """
        self._refuse_what_came_early()
        self._transport.write(octets)
        self._owed += replies

    async def command(self, line: bytes, *, limit: timedelta) -> Reply:
        """Say one command, CRLF and all, and return its reply.

        Raises:
            ConversationError: No reply that can be read came within ``limit``,
                or something had been said before it was asked for.
        """
        self.ask(line, replies=1)
        return await self.reply(limit=limit)

    async def reply(self, *, limit: timedelta) -> Reply:
        """Return the next reply.

        Raises:
            ConversationError: None that can be read came within ``limit``.
        """
        if not self._replies:
            await self._until(
                self._has_reply,
                limit=limit,
                late="The server did not answer within {}.",
            )
        self._owed -= 1
        return self._replies.popleft()

    async def heard(self, *, limit: timedelta) -> bool:
        """Wait for a reply, and return whether there is one; it is not taken.

        Raises:
            ConversationError: None will ever come.
        """
        with contextlib.suppress(LateError):
            await self._until(self._has_reply, limit=limit, late="")
        return self._has_reply()

    async def write(self, piece: bytes, *, limit: timedelta) -> None:
        """Hand over a piece of content and wait until it has left.

        Returns early when the server says something, which the caller finds
        with ``early_reply``: a server that refuses may stop reading.

        Raises:
            ConversationError: It did not leave within ``limit``, or the
                connection is gone.
        """
        if self._broken:
            raise ConversationError(self._broken)
        self._transport.write(piece)
        if self._is_paused:
            await self._until(
                lambda: self._has_reply() or not self._is_paused,
                limit=limit,
                late="The server took nothing for {}.",
            )

    async def early_reply(self) -> Reply | None:
        """Return what the server said without being asked, if it did.

        To be asked before each write: after a refusal, a server may end the
        connection, and a write that fails would end it here before it is read.

        Raises:
            ConversationError: The connection is gone.
        """
        if self._socket.is_readable():
            for _ in range(TURNS_OF_THE_LOOP):
                await asyncio.sleep(0)
        if self._replies:
            return self._replies.popleft()
        if self._broken:
            raise ConversationError(self._broken)
        return None

    def hang_up(self) -> None:
        """Close the connection without a word: the server has ended the session."""
        self._break("The server ended the session.")
        self._transport.close()

    def drop(self) -> None:
        """End the connection at once; what had not left never will."""
        self._break("The connection was dropped.")
        self._socket.forget()
        self._transport.abort()

    async def farewell(self, *, limit: timedelta) -> None:
        """Say QUIT, wait a little for an answer, and close; never fails."""
        with contextlib.suppress(ConversationError):
            await self.command(b"QUIT\r\n", limit=limit)
            self._transport.close()
            await self._until(lambda: self._is_lost, limit=limit, late=CLOSED)
        self.drop()

    def _has_reply(self) -> bool:
        return bool(self._replies)

    async def _until(
        self, is_reached: Callable[[], bool], *, limit: timedelta, late: str
    ) -> None:
        """Wait; the limit is for all of it, however much arrives meanwhile."""
        self._latest = self._loop.time() + limit.total_seconds()
        while not is_reached():
            if self._broken:
                raise ConversationError(self._broken)
            if self._loop.time() >= self._latest:
                raise LateError(late.format(_seconds(limit)))
            self._look_by_then()
            self._waiter = self._loop.create_future()
            await self._waiter

    def _look_by_then(self) -> None:
        """Have the timer go off no later than what is waited for is late.

        There are several waits for each message, which end at once: each with a
        timer of its own would cost more than the wait.
        """
        if self._timer is not None and self._timer.when() > self._latest:
            self._stop_looking()
        if self._timer is None:
            self._timer = self._loop.call_at(self._latest, self._look)

    def _look(self) -> None:
        self._timer = None
        self._wake()

    def _stop_looking(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _refuse_what_came_early(self) -> None:
        if self._broken:
            raise ConversationError(self._broken)
        has_begun = not self._owed and not self._reader.is_between_replies
        if has_begun or len(self._replies) > self._owed:
            raise ConversationError(TOO_EARLY)

    def _break(self, why: str) -> None:
        self._broken = self._broken or why
        self._stop_looking()
        self._wake()


class _PlainSocket:
    """What the system keeps for us below the transport."""

    def __init__(self, transport: asyncio.Transport) -> None:
        socket = transport.get_extra_info("socket")
        self._number = -1 if socket is None else socket.fileno()
        self._is_in_clear = transport.get_extra_info("sslcontext") is None
        self._poll = select.poll()
        if self._number >= 0:
            self._poll.register(self._number, select.POLLIN)

    def is_readable(self) -> bool:
        """Whether something arrived that the loop has not read yet."""
        return self._number >= 0 and bool(self._poll.poll(0))

    def rest(self) -> bytes:
        """Return what had arrived when a write failed.

        The loop closes the socket then without looking. What is encrypted is
        of no use here.
        """
        if self._number < 0 or not self._is_in_clear:
            return b""
        with contextlib.suppress(OSError):
            return os.read(self._number, _READ_BYTES)
        return b""

    def forget(self) -> None:
        """Leave it alone: its number will soon be that of another."""
        self._number = -1


def _seconds(limit: timedelta) -> str:
    return f"{limit.total_seconds():g} seconds"
