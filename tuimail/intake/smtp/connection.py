"""One client's connection: what comes in, what is answered, and how it ends.

aiosmtpd reads the lines and keeps the frame of a session. How it waits, ends and
answers is ours: the library says things of its own that are too much for a door,
drops at the end of input what it was given before, and logs what it reads.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Final

from aiosmtpd.smtp import SMTP

from tuimail.intake.smtp import replies
from tuimail.intake.smtp.content import Room
from tuimail.intake.smtp.desk import Desk
from tuimail.intake.smtp.limits import COMMAND_BYTES, LINE_BYTES, USUAL, Limits
from tuimail.intake.smtp.login import Brake

HOST_NAME: Final = "localhost"
_IDENT: Final = "ESMTP tuimail"
_LOGGER: Final = "mail.log"
_HAS_GONE: Final = (asyncio.IncompleteReadError, ConnectionError)
Sleep = Callable[[float], Awaitable[None]]


class Surroundings:
    """What the conversations of one door share."""

    def __init__(
        self, desk: Desk, limits: Limits = USUAL, *, sleep: Sleep = asyncio.sleep
    ) -> None:
        quieten()
        self.desk = desk
        self.limits = limits
        self.sleep = sleep
        self.brake = Brake(limits)
        self.room = Room(limits)
        self.is_ending = False
        """Whether nobody is to begin anything any more."""
        self._open: dict[Connection, float] = {}
        """Each with when it came, by the loop's clock."""
        self._is_empty = asyncio.Event()

    @property
    def is_full(self) -> bool:
        """Whether there is no place for one more."""
        taken = [one for one in self._open if not one.is_leaving]
        return self.is_ending or len(taken) >= self.limits.connections

    def make_room(self) -> None:
        """Hang up on who came first and did not log in, where those are too many.

        So whoever logs in at once gets in, however many there are who never do.
        """
        strangers = [one for one in self._open if not one.is_known]
        if len(strangers) < self.limits.strangers:
            return
        age = asyncio.get_running_loop().time() - self._open[strangers[0]]
        if age >= self.limits.login_at_once.total_seconds():
            strangers[0].make_room()

    def come(self, connection: "Connection") -> None:
        """Count who has come."""
        self._open[connection] = asyncio.get_running_loop().time()
        self._is_empty.clear()

    def go(self, connection: "Connection") -> None:
        """Count who has gone, no more."""
        self._open.pop(connection, None)
        if not self._open:
            self._is_empty.set()

    async def end(self) -> None:
        """Hang up on everybody; what was begun has a moment to be answered."""
        self.is_ending = True
        for connection in tuple(self._open):
            connection.end()
        if self._open:
            await self._wait_until_empty()
        for connection in tuple(self._open):
            connection.abort()

    async def _wait_until_empty(self) -> None:
        try:
            async with asyncio.timeout(self.limits.ending.total_seconds()):
                await self._is_empty.wait()
        except TimeoutError:
            """Somebody neither goes on nor goes away."""


def quieten() -> None:
    """Have the library log nothing: it would log addresses, content and logins."""
    logging.getLogger(_LOGGER).setLevel(logging.CRITICAL + 1)


class Connection(SMTP):
    """Reads one client's lines, and sends replies; knows no command."""

    command_size_limit = COMMAND_BYTES
    command_size_limits = defaultdict(lambda: COMMAND_BYTES)  # noqa: RUF012 - theirs
    line_length_limit = LINE_BYTES

    def __init__(self, around: Surroundings) -> None:
        super().__init__(
            object(),
            hostname=HOST_NAME,
            ident=_IDENT,
            data_size_limit=None,
            enable_SMTPUTF8=True,
            auth_require_tls=False,
            timeout=around.limits.idle.total_seconds(),
            loop=asyncio.get_running_loop(),
        )
        self._around = around
        self._limits = around.limits
        self._mistakes = 0
        self._is_in = not around.desk.needs_login
        """Whether it is known who this is."""
        self._is_busy = False
        """Whether a message is being taken in, which is finished first."""
        self._is_storing = False
        """Whether the client waits for us, and not we for it."""
        self._is_leaving = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet who has come."""
        self._around.come(self)
        super().connection_made(transport)
        if not self._is_in:
            self._reset_timeout(self._limits.login.total_seconds())

    @property
    def is_leaving(self) -> bool:
        """Whether nothing more is said on it."""
        return self._is_leaving

    @property
    def is_known(self) -> bool:
        """Whether it does not count among those that nobody logged in on."""
        return self._is_in or self._is_leaving

    def know(self) -> None:
        """Take note that somebody logged in, who has more time."""
        self._is_in = True
        self._mistakes = 0
        self._reset_timeout()

    def connection_lost(self, error: Exception | None) -> None:
        """Forget who has gone; what is being stored is stored."""
        self._around.go(self)
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        """Take in what was sent; who is known has more time with each piece."""
        if self._is_in and not self._is_leaving:
            self._reset_timeout()
        super().data_received(data)

    def eof_received(self) -> bool | None:
        """Go on with what was sent before the end: programs pipe it all in."""
        return asyncio.StreamReaderProtocol.eof_received(self)

    def end(self) -> None:
        """Hang up, once what was begun is answered."""
        if not self._is_busy:
            self._drop(replies.CLOSING)

    def make_room(self) -> None:
        """Hang up on somebody who has not logged in."""
        self._drop(replies.CROWDED)

    def abort(self) -> None:
        """Hang up at once."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    def _timeout_cb(self) -> None:
        if self._is_leaving:
            self.abort()
        elif self._is_storing:
            self._reset_timeout()
        else:
            self._drop(replies.IDLE if self._is_in else replies.LATE)

    def _drop(self, reply: str = "") -> None:
        """Say why, and close; who does not even read that is cut off in the end."""
        self._is_leaving = True
        self._reset_timeout(self._limits.ending.total_seconds())
        if isinstance(self.transport, asyncio.WriteTransport):
            if reply:
                self.transport.write(f"{reply}\r\n".encode())
            self.transport.close()

    async def _hang_up(self, reply: str = "") -> None:
        """Drop the connection, and look at nothing that was sent after it."""
        self._drop(reply)
        await self._writer.wait_closed()

    async def handle_exception(self, error: Exception) -> str:
        """Return what is said about a mistake; never what it was."""
        if isinstance(error, _HAS_GONE):
            await self._hang_up()
        return replies.UNHEARD

    async def push(self, status: str | bytes) -> None:
        """Send one reply; the library calls this, too, at the end with none."""
        if isinstance(status, str) and not self._is_leaving:
            reply = replies.complete(status)
            self._writer.write(f"{reply}\r\n".encode())
            await self._writer.drain()
            await self._count(reply)

    async def _count(self, reply: str) -> None:
        """Leave who makes nothing but mistakes, or never logs in."""
        if reply[0] in "45" or not self._is_in:
            self._mistakes += 1
        if self._mistakes > self._limits.mistakes:
            await self._hang_up(replies.MISTAKEN)
