import asyncio
import socket
import ssl
from datetime import timedelta
from typing import Any

import aiosmtplib
import pytest

from tuimail.providers.failures import NotConnectedError
from tuimail.providers.smtp.connection import _Dialogue
from tuimail.providers.smtp.conversation import (
    Conversation,
    ConversationError,
    LateError,
)
from tuimail.providers.smtp.limits import StageLimits
from tuimail.providers.smtp.options import SmtpOptions, Tls
from tuimail.providers.smtp.reply import Reply

LIMIT = timedelta(seconds=5)
AT_ONCE = timedelta(milliseconds=1)
FOR_EVER = timedelta(days=1)


class FakeTransport:
    """Keeps what is written to it."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def get_extra_info(self, name: str) -> Any:
        """There is no socket below it."""


class SocketTransport(FakeTransport):
    """Has a socket below it, in clear."""

    def __init__(self, connected: socket.socket) -> None:
        super().__init__()
        self._connected = connected

    def get_extra_info(self, name: str) -> Any:
        return self._connected if name == "socket" else None


@pytest.fixture
def transport() -> FakeTransport:
    return FakeTransport()


@pytest.fixture
async def conversation(transport: FakeTransport) -> Conversation:
    return Conversation(transport)  # type: ignore[arg-type]  # the part that is used


async def test_a_reply_that_was_whole_counts_though_the_line_is_lost(
    conversation: Conversation,
) -> None:
    conversation.data_received(b"250 ok\r\n")
    conversation.connection_lost(None)

    assert await conversation.reply(limit=LIMIT) == Reply(code=250, text="ok")


async def test_nothing_is_read_any_more_after_what_cannot_be_read(
    conversation: Conversation,
) -> None:
    conversation.data_received(b"rubbish\r\n")
    conversation.data_received(b"250 ok\r\n")

    with pytest.raises(ConversationError, match="not a reply"):
        await conversation.reply(limit=LIMIT)


async def test_a_lost_connection_says_why(conversation: Conversation) -> None:
    conversation.connection_lost(ConnectionResetError("reset by peer"))

    with pytest.raises(ConversationError, match="reset by peer"):
        await conversation.reply(limit=LIMIT)


async def test_nothing_is_asked_when_something_was_said(
    conversation: Conversation, transport: FakeTransport
) -> None:
    conversation.data_received(b"421 going down\r\n")

    with pytest.raises(ConversationError, match="before it was asked"):
        await conversation.command(b"NOOP\r\n", limit=LIMIT)
    assert transport.written == []


async def test_the_dot_is_not_written_when_something_was_said(
    conversation: Conversation, transport: FakeTransport
) -> None:
    conversation.data_received(b"25")

    with pytest.raises(ConversationError, match="before it was asked"):
        conversation.ask(b".\r\n", replies=1)
    assert transport.written == []


async def test_writing_waits_until_it_has_left(conversation: Conversation) -> None:
    conversation.pause_writing()

    with pytest.raises(ConversationError, match="took nothing for"):
        await conversation.write(b"x", limit=timedelta(seconds=0.01))


async def test_writing_goes_on_when_it_has_left(conversation: Conversation) -> None:
    conversation.pause_writing()
    writing = asyncio.create_task(conversation.write(b"x", limit=LIMIT))
    await asyncio.sleep(0)
    conversation.resume_writing()

    await writing


async def test_a_connection_that_is_gone_is_not_handed_over() -> None:
    options = SmtpOptions(host="smtp.example.org", port=465, tls=Tls.IMPLICIT)
    client = aiosmtplib.SMTP(hostname=options.host)
    context = ssl.create_default_context()
    dialogue = _Dialogue(client, options, context=context, limits=StageLimits())

    with pytest.raises(NotConnectedError, match="the server ended it"):
        dialogue.hand_over()


async def test_nothing_is_written_into_a_connection_that_is_gone(
    conversation: Conversation, transport: FakeTransport
) -> None:
    conversation.connection_lost(None)

    with pytest.raises(ConversationError, match="closed"):
        await conversation.write(b"x", limit=LIMIT)
    assert transport.written == []


async def test_what_had_arrived_is_read_though_a_write_failed_first() -> None:
    """The loop closes the socket then without looking into it."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        conversation = Conversation(SocketTransport(ours))  # type: ignore[arg-type]  # the part that is used
        theirs.sendall(b"552 5.3.4 too big\r\n")
        conversation.connection_lost(BrokenPipeError("broken pipe"))

    assert await conversation.reply(limit=LIMIT) == Reply(
        code=552, text="5.3.4 too big"
    )


async def test_a_socket_that_cannot_be_read_any_more_has_nothing_to_add() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        conversation = Conversation(SocketTransport(ours))  # type: ignore[arg-type]  # the part that is used
        ours.setblocking(False)  # noqa: FBT003 - the library's own signature
        conversation.connection_lost(BrokenPipeError("broken pipe"))

    with pytest.raises(ConversationError, match="broken pipe"):
        await conversation.reply(limit=LIMIT)


async def _heard_later(conversation: Conversation, data: bytes) -> Reply:
    """Have the server say something while it is waited for."""
    asyncio.get_running_loop().call_soon(conversation.data_received, data)
    return await conversation.reply(limit=FOR_EVER)


async def test_a_short_wait_after_a_long_one_is_late_in_its_own_time(
    conversation: Conversation,
) -> None:
    async with asyncio.timeout(LIMIT.total_seconds()):
        await _heard_later(conversation, b"250 ok\r\n")

        with pytest.raises(LateError, match=r"within 0\.001 seconds"):
            await conversation.reply(limit=AT_ONCE)


async def test_a_long_wait_outlives_the_end_of_a_short_one(
    conversation: Conversation,
) -> None:
    """The timer of the one goes off while the other is still to go on."""
    loop = asyncio.get_running_loop()
    short = conversation.reply(limit=AT_ONCE)
    loop.call_soon(conversation.data_received, b"250 short\r\n")
    await short
    loop.call_later(2 * AT_ONCE.total_seconds(), conversation.data_received, b"2")
    loop.call_later(
        3 * AT_ONCE.total_seconds(), conversation.data_received, b"50 long\r\n"
    )

    assert await conversation.reply(limit=LIMIT) == Reply(code=250, text="long")


async def test_nothing_is_left_to_look_at_once_it_is_over(
    conversation: Conversation,
) -> None:
    await _heard_later(conversation, b"250 ok\r\n")
    conversation.connection_lost(None)
    scheduled = asyncio.get_running_loop()._scheduled  # type: ignore[attr-defined]

    assert all(one.cancelled() for one in scheduled)
