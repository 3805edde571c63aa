"""``sendmail -bs``: SMTP over stdin and stdout, with the conversation of the door.

The two streams may be pipes, files or a terminal, which loops cannot all wait for;
so each has a thread that carries its bytes to and from one end of a pair of
sockets, and the conversation has the other end.
"""

import asyncio
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from tuimail.errors import TuimailError
from tuimail.intake.gate import REPORTED
from tuimail.intake.sendmail.handing import SendmailDesk
from tuimail.intake.sendmail.words import Wishes
from tuimail.intake.smtp.connection import Surroundings
from tuimail.intake.smtp.conversation import Conversation
from tuimail.intake.smtp.desk import Handed
from tuimail.intake.telling import for_programs

PIECE_BYTES: Final = 65_536


class LocalDesk:
    """Takes what is said by whoever runs ``sendmail``: nobody has to log in."""

    needs_login: Final = False

    def __init__(self, desk: SendmailDesk) -> None:
        self._desk = desk

    async def let_in(self, token: str) -> None:
        """Let everybody in; there is only one."""

    async def hand_in(self, token: str, mail: Handed) -> str:  # noqa: ARG002 - no login
        """Return the id of the mail, once it is on disk; nothing for a report."""
        wishes = Wishes(
            recipients=mail.recipients,
            sender=mail.sender or "<>",
            note=mail.note,
        )
        try:
            answer = self._desk.hand_in(mail.raw, wishes)
        except TuimailError as error:
            raise for_programs(error) from error
        return "" if answer.state == REPORTED else answer.id


def talk(
    desk: SendmailDesk, read: Callable[[], bytes], write: Callable[[bytes], None]
) -> None:
    """Talk until one side says goodbye.

    Args:
        desk: Takes what is handed in.
        read: Returns what came in, nothing at its end; waits for something.
        write: Sends something, at once.
    """
    asyncio.run(_talk(LocalDesk(desk), read, write))


async def _talk(
    desk: LocalDesk, read: Callable[[], bytes], write: Callable[[bytes], None]
) -> None:
    ours, theirs = socket.socketpair()
    around = Surroundings(desk)
    with theirs:
        pouring = threading.Thread(target=_pour, args=(read, theirs), daemon=True)
        pouring.start()
        loop = asyncio.get_running_loop()
        await loop.connect_accepted_socket(lambda: Conversation(around), ours)
        try:
            await asyncio.to_thread(_carry, theirs, write)
        finally:
            with suppress(OSError):
                theirs.shutdown(socket.SHUT_RDWR)


def _pour(read: Callable[[], bytes], into: socket.socket) -> None:
    """Carry what comes in to the conversation, and then its end."""
    with suppress(OSError):  # the conversation has ended already
        try:
            while piece := read():
                into.sendall(piece)
        finally:
            into.shutdown(socket.SHUT_WR)


def _carry(out_of: socket.socket, write: Callable[[bytes], None]) -> None:
    while piece := out_of.recv(PIECE_BYTES):
        write(piece)
