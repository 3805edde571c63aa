"""Real processes: the command, a mail server, a workspace between them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.command import Tuimail, environ_for, write_accounts

CATCHER = Path(__file__).parent / "catcher.py"
ACCOUNTS = """
default_account = "work"

[accounts.work]
provider = "smtp"
address = "Ada Lovelace <ada@example.org>"
host = "127.0.0.1"
port = {port}
tls = "none"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """One message as the mail server was given it."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The mail server's process, seen from outside."""

    port: int
    folder: Path

    @property
    def caught(self) -> tuple[Caught, ...]:
        """Everything it was given so far, oldest first."""
        files = sorted(self.folder.glob("*.eml"), key=lambda path: int(path.stem))
        return tuple(_caught(path) for path in files)


def _caught(path: Path) -> Caught:
    facts = json.loads(path.with_suffix(".json").read_text())
    return Caught(
        sender=facts["from"],
        recipients=tuple(facts["to"]),
        content=path.read_bytes(),
    )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "caught"
    folder.mkdir()
    with subprocess.Popen(
        [sys.executable, str(CATCHER), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        yield Server(port=int(process.stdout.readline()), folder=folder)
        assert process.stdin
        process.stdin.close()


@pytest.fixture
def tuimail(tmp_path: Path, server: Server) -> Tuimail:
    write_accounts(tmp_path, ACCOUNTS.format(port=server.port))
    return Tuimail(folder=tmp_path, environ=environ_for(tmp_path))
