"""The HTTP door over a real workspace: in the test's own loop, or served for real."""

import asyncio
import json
import shutil
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive

from tuimail.intake.http.app import app
from tuimail.intake.http.desk import Desk
from tuimail.intake.http.door import HttpDoor
from tuimail.intake.http.sockets import Place
from tuimail.intake.serving import Doors
from tuimail.intake.storing import Storing
from tuimail.intake.watching import Watch
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.clients import ALL_SCOPES
from tuimail.workspace.workspace import Workspace

SERVER = ("127.0.0.1", 8025)
HOST = "127.0.0.1:8025"
SENDER = "agent@corp.example"
MAIL: dict[str, Any] = {"to": ["bob@partner.example"], "subject": "s", "text": "t"}
ACCOUNTS = f"""
default_account = "main"

[accounts.main]
provider = "dummy"
address = "{SENDER}"
"""


@dataclass(frozen=True)
class Shop:
    """A workspace with an account, and a client that has a token."""

    folder: Path
    per_hour: int = 100_000

    @property
    def root(self) -> Path:
        return self.folder / "w"

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    def open(self, *, door: str = "app", on_terminal: bool = True) -> Workspace:
        return Workspace.open(
            self.root,
            config_path=self.config,
            actor="person:mara",
            door=door,
            on_terminal=on_terminal,
            environ={"HOME": str(self.folder)},
        )

    def served(self) -> Workspace:
        return self.open(door="serve", on_terminal=False)

    def client(self, name: str, **limits: Any) -> str:
        """Let a program in; return its token."""
        values: dict[str, Any] = {"scopes": ALL_SCOPES, "per_hour": self.per_hour}
        with self.open() as workspace:
            return workspace.clients.add(name, **(values | limits))[1]

    def configure(self, text: str) -> None:
        self.config.write_text(text)


def new_shop(folder: Path) -> Shop:
    accounts = folder / "accounts.toml"
    accounts.write_text(ACCOUNTS)
    accounts.chmod(0o600)
    return Shop(folder)


@pytest.fixture(scope="session")
def first_shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Shop, str]:
    """A workspace to be copied, because making one takes as long as many tests."""
    shop = new_shop(tmp_path_factory.mktemp("shop"))
    return shop, shop.client("ci")


@pytest.fixture
def shop(tmp_path: Path, first_shop: tuple[Shop, str]) -> Shop:
    shutil.copytree(first_shop[0].folder, tmp_path, dirs_exist_ok=True)
    return Shop(tmp_path)


@pytest.fixture
def token(first_shop: tuple[Shop, str]) -> str:
    """Of the client ``ci``."""
    return first_shop[1]


@dataclass(frozen=True)
class Answered:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> dict[str, str]:
        found: dict[str, str] = self.json["error"]
        assert set(found) == {"code", "message", "hint", "field"}
        return found

    @property
    def code(self) -> str:
        return self.error["code"]


@dataclass
class Web:
    """Asks the app without a network; everything is as a program would send it."""

    app: ASGIApp
    token: str
    desk: Desk
    server: tuple[str, int | None] = SERVER
    headers: dict[str, str] = field(default_factory=dict)

    async def __call__(
        self,
        method: str,
        target: str,
        document: Any = None,
        *,
        body: bytes | list[bytes] | None = None,
        headers: Mapping[str, str | None] | None = None,
        also: list[tuple[bytes, bytes]] | None = None,
        receive: Receive | None = None,
    ) -> Answered:
        """Ask once.

        Args:
            method: Of HTTP.
            target: Path and query.
            document: Sent as JSON.
            body: Sent as it is; several pieces come one after the other.
            headers: In place of, or beside the usual; None leaves one out.
            also: Headers that are there once more.
            receive: What gives the body, in place of pieces.
        """
        pieces = [json.dumps(document).encode()] if body is None else body
        pieces = [pieces] if isinstance(pieces, bytes) else pieces
        if document is None and body is None:
            pieces = []
        usual = {"Host": HOST, "Authorization": f"Bearer {self.token}"}
        if pieces:
            usual |= {"Content-Type": "application/json"}
            usual |= {"Content-Length": str(sum(map(len, pieces)))}
        given = {**usual, **self.headers, **(headers or {})}
        path, _, query = target.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [
                *(
                    (name.lower().encode(), value.encode())
                    for name, value in given.items()
                    if value is not None
                ),
                *(also or []),
            ],
            "server": self.server,
            "root_path": "",
        }
        return await asked(self.app, scope, receive or coming(pieces))


def coming(pieces: list[bytes]) -> Receive:
    """Return what gives one piece after the other, and takes it from the list.

    After the last one the client stays, and says nothing more.
    """
    left = pieces or [b""]

    async def receive() -> Any:
        if not left:
            await asyncio.Event().wait()
        piece = left.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(left)}

    return receive


async def asked(app: ASGIApp, scope: Any, receive: Receive) -> Answered:
    """Return what ``app`` answers."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    if not sent:
        return Answered(status=0, headers={}, body=b"")
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Answered(
        status=sent[0]["status"],
        headers=headers,
        body=b"".join(one["body"] for one in sent[1:]),
    )


@asynccontextmanager
async def in_process(
    shop: Shop, token: str, *, public_host: str = "", **parts: Any
) -> AsyncIterator[Web]:
    async with Bridge(shop.served) as bridge:
        storing = Storing(bridge)
        desk = Desk(storing=storing, watch=Watch(storing), **parts)
        yield Web(app=app(desk, public_host=public_host), token=token, desk=desk)


@pytest.fixture
def front() -> Web:
    """What is before the workspace, without one: to ask it would be a mistake."""

    def nobody() -> Workspace:
        raise AssertionError("Nothing is asked of the workspace.")

    storing = Storing(Bridge(nobody))
    desk = Desk(storing=storing, watch=Watch(storing))
    return Web(app=app(desk), token="tm_" + "x" * 10, desk=desk)


@pytest.fixture
async def web(shop: Shop, token: str) -> AsyncIterator[Web]:
    async with in_process(shop, token) as made:
        yield made


@dataclass(frozen=True)
class Served:
    """The door, listening for real on a Unix socket and on the loopback."""

    shop: Shop
    token: str
    door: HttpDoor
    doors: Doors

    @property
    def path(self) -> Path:
        path = self.door.places[0].path
        assert path is not None
        return path

    @property
    def port(self) -> int:
        return self.door.places[1].port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def serving(shop: Shop, token: str) -> Iterator[Served]:
    door = HttpDoor(
        [Place(path=shop.folder / "s" / "http.sock"), Place(address="127.0.0.1")]
    )
    (shop.folder / "s").mkdir(mode=0o700, exist_ok=True)
    doors = Doors(shop.served, [door])
    doors.start()
    try:
        wait_until(lambda: "http://" in doors.states[0], lambda: doors.states[0])
        yield Served(shop=shop, token=token, door=door, doors=doors)
    finally:
        doors.stop()


def wait_until(is_so: Any, why: Any = lambda: "It never came.") -> None:
    """Wait for another thread, and not for ever."""
    moment = threading.Event()
    for _ in range(2000):
        if is_so():
            return
        moment.wait(0.005)
    raise AssertionError(why())


async def turns(number: int = 5) -> None:
    """Let others run."""
    for _ in range(number):
        await asyncio.sleep(0)
