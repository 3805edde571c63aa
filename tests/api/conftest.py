"""A mail server, an account that leads to it, and a workspace found by itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tuimail.api import workspace as shared
from tuimail.api.bulk import bulk
from tuimail.api.bulk_result import BulkResult
from tuimail.api.message import Message
from tuimail.api.workspace import Workspace
from tuimail.demo.server import Delivery, DemoServer, Manners

MANNERS = Manners(
    refused=frozenset({"gone@example.net"}),
    greylisted=frozenset({"slow@example.net"}),
    lost=frozenset({"silent@example.net"}),
)
ACCOUNTS = """
default_account = "work"

[accounts.work]
provider = "smtp"
address = "ada@example.org"
host = "127.0.0.1"
port = {port}
tls = "none"
{more}
"""


@dataclass
class Place:
    """Where a program finds its workspace, and what left it."""

    root: Path
    config: Path
    server: DemoServer
    begin: int = field(init=False)

    def __post_init__(self) -> None:
        self.begin = len(self.server.deliveries)

    @property
    def delivered(self) -> tuple[Delivery, ...]:
        """What the server was given in this test."""
        return self.server.deliveries[self.begin :]

    @property
    def read(self) -> Message:
        """What the one mail says that it was given."""
        (one,) = self.delivered
        return Message.from_bytes(one.content)

    def account(self, more: str = "", *, port: int = 0) -> None:
        accounts = self.config.with_name("accounts.toml")
        accounts.write_text(
            ACCOUNTS.format(port=port or self.server.port, more=more), "utf-8"
        )
        accounts.chmod(0o600)


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with DemoServer(MANNERS) as running:
        yield running


@pytest.fixture
def place(
    tmp_path: Path, server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Place]:
    made = Place(
        root=tmp_path / "mail",
        config=tmp_path / "config" / "config.toml",
        server=server,
    )
    made.config.parent.mkdir()
    made.account()
    monkeypatch.setenv("TUIMAIL_WORKSPACE", str(made.root))
    monkeypatch.setenv("TUIMAIL_CONFIG", str(made.config))
    yield made
    for one in shared._SHARED.values():
        one.close()
    shared._SHARED.clear()


@pytest.fixture
def workspace(place: Place) -> Iterator[Workspace]:
    with Workspace(place.root, config=place.config) as opened:
        yield opened


@pytest.fixture
def sent(workspace: Workspace) -> Callable[..., BulkResult]:
    """``bulk`` in a workspace of the test's own, which draws no bar."""

    def run(rows: Any, **options: Any) -> BulkResult:
        given: dict[str, Any] = {"workspace": workspace, "progress": False}
        return bulk(rows, **(given | options))

    return run
