"""A workspace, an agent with a token, and a client that speaks MCP to the server."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters

from tuimail.intake.mcp.desk import Desk
from tuimail.intake.mcp.server import server
from tuimail.intake.storing import Storing
from tuimail.intake.watching import Watch
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.workspace import Workspace

SENDER = "agent@corp.example"
MAIL: dict[str, Any] = {
    "to": ["bob@partner.example"],
    "subject": "Invoice",
    "text": "Please pay.\n",
}
ACCOUNTS = f"""
default_account = "main"

[accounts.main]
provider = "dummy"
address = "Agent <{SENDER}>"

[accounts.other]
provider = "dummy"
address = "other@corp.example"
password = "env:NOT_TOLD_TO_ANYBODY"
"""


@dataclass(frozen=True)
class Office:
    """A workspace with two accounts, and an agent that has a token."""

    folder: Path
    token: str = ""

    def open(self, *, door: str = "app", on_terminal: bool = True) -> Workspace:
        return Workspace.open(
            self.folder / "w",
            config_path=self.folder / "config.toml",
            actor="person:mara",
            door=door,
            on_terminal=on_terminal,
            environ={},
        )

    @asynccontextmanager
    async def agent(self, token: str = "") -> AsyncIterator[Client]:
        """Yield a client that talks to a server in the same loop."""
        async with Bridge(lambda: self.open(door="mcp", on_terminal=False)) as bridge:
            storing = Storing(bridge)
            watch = Watch(storing)
            desk = Desk(storing=storing, watch=watch, token=token or self.token)
            async with Client(server(desk)) as client:
                yield client
            watch.close()

    def process(self, **environ: str) -> StdioServerParameters:
        """Return how an agent's program starts the server."""
        return StdioServerParameters(
            command=sys.executable,
            args=["-m", "tuimail", "mcp"],
            env={
                "TUIMAIL_WORKSPACE": str(self.folder / "w"),
                "TUIMAIL_CONFIG": str(self.folder / "config.toml"),
                "HOME": str(self.folder),
                "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
                **environ,
            },
        )


@pytest.fixture
def office(tmp_path: Path) -> Office:
    accounts = tmp_path / "accounts.toml"
    accounts.write_text(ACCOUNTS)
    accounts.chmod(0o600)
    made = Office(tmp_path)
    with made.open() as workspace:
        _, token = workspace.clients.add("billing")
    return Office(tmp_path, token)


@pytest.fixture
def other_token(office: Office) -> str:
    with office.open() as workspace:
        return workspace.clients.add("sales", account="main")[1]
