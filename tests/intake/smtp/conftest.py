"""A door with a desk that writes down what it is given, and a client to speak to it."""

import asyncio
import smtplib
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import Message
from typing import Self

import pytest

from tests.workspace.conftest import (
    Desk,
    desk,  # noqa: F401 - a fixture for tests here
    provider,  # noqa: F401 - a fixture for tests here
)
from tuimail.errors import AuthenticationError, TuimailError
from tuimail.intake.smtp.connection import Surroundings
from tuimail.intake.smtp.desk import Handed
from tuimail.intake.smtp.door import SmtpDoor, answering
from tuimail.intake.smtp.limits import Limits
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.views import Page
from tuimail.workspace.workspace import Workspace

TOKEN = "tm_" + "k" * 40 + "123"
PATIENCE = 10.0


@dataclass
class NotedDesk:
    """Lets one token in, and keeps what it is handed."""

    needs_login: bool = True
    handed: list[Handed] = field(default_factory=list)
    refuses: TuimailError | None = None
    bug: Exception | None = None
    is_given_reports: bool = False
    is_slow: asyncio.Event | None = None
    """Set it to have what is handed in stored."""
    has_begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def let_in(self, token: str) -> None:
        if token != TOKEN:
            raise AuthenticationError("No client has that token.", hint="Ask for one.")

    async def hand_in(self, token: str, mail: Handed) -> str:
        assert not self.needs_login or token == TOKEN
        self.has_begun.set()
        if self.is_slow is not None:
            await self.is_slow.wait()
        if self.refuses or self.bug:
            raise self.refuses or self.bug  # type: ignore[misc] # one of them is there
        self.handed.append(mail)
        return "" if self.is_given_reports else f"id{len(self.handed)}"


class Talker:
    """A client that says exactly what it is told to."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def to(cls, port: int) -> Self:
        talker = cls(*await asyncio.open_connection("127.0.0.1", port))
        assert (await talker.reply()).startswith("220 ")
        return talker

    async def reply(self) -> str:
        """Return the next reply, all its lines; empty where the door hung up."""
        lines: list[str] = []
        with suppress(ConnectionResetError):
            async with asyncio.timeout(PATIENCE):
                while not lines or lines[-1][3:4] == "-":
                    line = (await self.reader.readline()).decode()
                    if not line:
                        break
                    lines.append(line.rstrip("\r\n"))
        return "\n".join(lines)

    def write(self, content: bytes | str) -> None:
        self.writer.write(content if isinstance(content, bytes) else content.encode())

    async def say(self, line: bytes | str) -> str:
        self.write(line)
        self.write("\r\n")
        return await self.reply()

    async def log_in(self, token: str = TOKEN) -> str:
        await self.say("EHLO me")
        return await self.say(f"AUTH PLAIN {plain(token)}")

    async def envelope(self, *recipients: str) -> None:
        assert (await self.say("MAIL FROM:<mara@example.org>")).startswith("250")
        for one in recipients or ("ana@example.net",):
            assert (await self.say(f"RCPT TO:<{one}>")).startswith("250")

    async def content(self, content: bytes) -> str:
        assert (await self.say("DATA")).startswith("354")
        self.write(content)
        return await self.reply()

    async def close(self) -> None:
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()


def plain(token: str, user: str = "jwt") -> str:
    return b64encode(f"\0{user}\0{token}".encode()).decode()


def in_base64(text: str) -> str:
    return b64encode(text.encode()).decode()


@asynccontextmanager
async def serving(around: Surroundings) -> AsyncIterator[int]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: answering(around), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await around.end()


@dataclass
class Place:
    """A door under test, and everybody who spoke to it."""

    desk: NotedDesk
    around: Surroundings
    port: int
    naps: list[float]
    talkers: list[Talker] = field(default_factory=list)

    def let_time_pass(self) -> None:
        """Be at the end of everybody's patience."""
        for connection in self.around._open:
            connection._timeout_cb()

    async def talker(self, *, logged_in: bool = False) -> Talker:
        talker = await Talker.to(self.port)
        self.talkers.append(talker)
        if logged_in:
            assert (await talker.log_in()).startswith("235")
        return talker


Opens = Callable[..., Awaitable[Place]]


@pytest.fixture
def noted() -> NotedDesk:
    return NotedDesk()


@pytest.fixture
async def open_door(noted: NotedDesk) -> AsyncIterator[Opens]:
    """Open a door with the limits of one test."""
    places: list[Place] = []
    ends: list[Callable[[], Awaitable[object]]] = []

    async def open_one(**limits: object) -> Place:
        naps: list[float] = []

        async def nap(seconds: float) -> None:
            naps.append(seconds)

        around = Surroundings(noted, Limits(**limits), sleep=nap)  # type: ignore[arg-type] # by name
        server = serving(around)
        port = await server.__aenter__()
        ends.append(lambda: server.__aexit__(None, None, None))
        places.append(Place(noted, around, port, naps))
        return places[-1]

    yield open_one
    for place in places:
        for talker in place.talkers:
            await talker.close()
    for end in ends:
        await end()


@pytest.fixture
async def place(open_door: Opens) -> Place:
    return await open_door()


@pytest.fixture
async def talker(place: Place) -> Talker:
    """Somebody who is logged in."""
    return await place.talker(logged_in=True)


@dataclass
class Served:
    """A door that is open, and a way to look at what came in by it."""

    desk: Desk
    bridge: Bridge
    door: SmtpDoor
    token: str

    async def pages(self) -> list[Page]:
        """Return every mail there is, newest first."""

        def look(workspace: Workspace) -> list[Page]:
            rows = workspace.drafts.rows(limit=1_000)
            return [workspace.drafts.page(row.id) for row in rows]

        return await self.bridge.call(look)

    def send(self, message: Message, *recipients: str, user: str = "jwt") -> None:
        """Hand in as a program does that was told a server and a password."""
        with smtplib.SMTP("127.0.0.1", self.door.port, timeout=10) as client:
            client.login(user, self.token)
            client.send_message(message, to_addrs=recipients or None)


@pytest.fixture
async def served(desk: Desk) -> AsyncIterator[Served]:  # noqa: F811 - the fixture
    with desk.open() as workspace:
        _, token = workspace.clients.add("billing")
    door = SmtpDoor(port=0, limits=Limits(wrong_login_wait=timedelta(0)))
    async with Bridge(lambda: desk.open(door="serve", on_terminal=False)) as bridge:
        await door.open(bridge)
        yield Served(desk, bridge, door, token)
        await door.close()
