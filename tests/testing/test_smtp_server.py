"""The scripted server, asked by hand: what it does when nobody scripts it."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from tuimail.testing import Close, Say, ScriptedSmtpServer, SmtpServer

Talk = Callable[..., Awaitable[list[str]]]


@pytest.fixture
def talk() -> Talk:
    """Say lines to a server, and return the last line of each of its replies."""

    async def talking(server: ScriptedSmtpServer, *lines: str) -> list[str]:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        replies = [await last_line(reader)]
        for line in lines:
            writer.write(line.encode() + b"\r\n")
            replies.append(await last_line(reader))
        writer.close()
        await writer.wait_closed()
        return replies

    return talking


async def last_line(reader: asyncio.StreamReader) -> str:
    line = (await reader.readline()).decode().rstrip()
    while line[3:4] == "-":
        line = (await reader.readline()).decode().rstrip()
    return line


async def test_an_unknown_command_is_refused(talk: Talk) -> None:
    async with ScriptedSmtpServer() as server:
        replies = await talk(server, "FROB", "RSET", "QUIT")

    assert [reply[:3] for reply in replies] == ["220", "500", "250", "221"]


async def test_nothing_is_offered_that_is_not_there(talk: Talk) -> None:
    async with ScriptedSmtpServer(extensions=()) as server:
        replies = await talk(server, "EHLO x", "STARTTLS")

    assert replies[1] == "250 scripted.example"


@pytest.mark.parametrize(
    "lines",
    [
        ["AUTH PLAIN", "no base64!"],
        ["AUTH PLAIN " + base64.b64encode(b"\0ada\0wrong").decode()],
        ["AUTH SCRAM " + base64.b64encode(b"x").decode()],
        ["AUTH CRAM-MD5", base64.b64encode(b"eve 0123").decode()],
    ],
)
async def test_a_wrong_login_is_refused(talk: Talk, lines: list[str]) -> None:
    async with ScriptedSmtpServer(logins={"ada": "secret"}) as server:
        replies = await talk(server, *lines)

    assert replies[-1].startswith("535")


async def test_a_login_may_be_given_line_by_line(talk: Talk) -> None:
    words = [base64.b64encode(word).decode() for word in (b"ada", b"secret")]
    async with ScriptedSmtpServer(logins={"ada": "secret"}) as server:
        replies = await talk(server, "AUTH LOGIN", *words)

    assert [reply[:3] for reply in replies] == ["220", "334", "334", "235"]


async def test_a_refused_sender_and_recipient_are_not_recorded(talk: Talk) -> None:
    script = {"mail": Say("550 no"), "rcpt:1": Say("no code at all")}
    async with ScriptedSmtpServer(script) as server:
        await talk(server, "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA")

    assert server.deliveries == []
    assert server.verbs == ["MAIL", "RCPT", "DATA"]


async def test_a_server_that_was_not_entered_can_be_left() -> None:
    server = ScriptedSmtpServer()

    await server.__aexit__(None, None, None)
    assert server.connections == 0


async def test_a_number_behind_a_stage_means_that_one_and_no_other(talk: Talk) -> None:
    script = {
        "mail:2": Say("451 second"),
        "data:3": Say("451 third"),
        "data": Say("554 every other"),
        "greeting:2": Say("220 second connection"),
    }
    envelope = ("MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA")
    async with ScriptedSmtpServer(script) as server:
        first = await talk(server, *envelope, *envelope, *envelope)
        second = await talk(server)

    assert [reply.partition(" ")[2] for reply in first[1:]] == [
        "2.1.0 sender ok", "2.1.5 recipient ok", "every other",
        "second", "5.5.1 MAIL first", "every other",
        "2.1.0 sender ok", "2.1.5 recipient ok", "third",
    ]  # fmt: skip
    assert second == ["220 second connection"]
    assert server.dialogues == [[*envelope * 3], []]
    assert server.transactions == 3


async def test_a_server_takes_so_many_recipients_and_no_more(talk: Talk) -> None:
    recipients = [f"RCPT TO:<r{number}@d.example>" for number in range(3)]
    async with ScriptedSmtpServer(max_recipients=2) as server:
        replies = await talk(server, "MAIL FROM:<a@b.example>", *recipients)

    assert [reply[:3] for reply in replies[2:]] == ["250", "250", "452"]


async def test_content_for_nobody_is_not_wanted(talk: Talk) -> None:
    async with ScriptedSmtpServer() as server:
        replies = await talk(server, "MAIL FROM:<a@b.example>", "RSET", "DATA")

    assert replies[-1].startswith("554")


async def test_far_away_is_late_and_not_slow() -> None:
    """What comes meanwhile is read, and each reply is late by the same time."""
    delay = timedelta(seconds=0.05)
    group = b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\n"
    async with ScriptedSmtpServer(delay=delay, extensions=()) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(group)
        assert await reader.readline() == b"220 scripted.example ESMTP\r\n"
        are_read = len(server.commands) == 3
        replies = [await reader.readline() for _ in range(3)]
        writer.write(b"QUIT\r\n")
        rest = await reader.read()
        writer.close()
        await writer.wait_closed()

    assert are_read
    assert [reply[:3] for reply in replies] == [b"250", b"250", b"250"]
    assert rest == b"221 2.0.0 goodbye\r\n"


async def test_connections_at_the_same_time_are_counted(talk: Talk) -> None:
    async with ScriptedSmtpServer() as server:
        await talk(server, "QUIT")
        await asyncio.gather(talk(server, "RSET"), talk(server, "RSET"))

    assert server.connections == 3
    assert server.most_at_once == 2


@pytest.mark.parametrize("stage", ["rcpt", "rcpt:0", "mail:x", "end_of_data", "MAIL"])
def test_a_stage_that_there_is_not_is_refused(stage: str) -> None:
    """It would never come, and the test would test nothing."""
    with pytest.raises(ValueError, match="there are connect, "):
        ScriptedSmtpServer({stage: Close()})

    with pytest.raises(ValueError, match=stage):
        SmtpServer().script.update({stage: Close()})


@pytest.mark.parametrize("act", ["450 later", None, Close, [Say("250 ok"), 3]])
def test_what_no_server_does_is_refused(act: Any) -> None:
    with pytest.raises(ValueError, match=r"give Say\(…\), "):
        SmtpServer(script={"mail": act})


@pytest.mark.parametrize("delay", [timedelta(seconds=0.5), 0.5])
def test_a_delay_is_a_time_or_seconds(delay: timedelta | float) -> None:
    assert ScriptedSmtpServer(delay=delay).delay == timedelta(seconds=0.5)


@pytest.mark.parametrize("delay", [-1, timedelta(seconds=-1), float("nan"), "1"])
def test_what_is_no_delay_is_refused(delay: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        SmtpServer(delay=delay)
