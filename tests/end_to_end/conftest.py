"""Real processes: the command, a mail server, a workspace between them."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.terminal import DEADLINE_SECONDS, Terminal

CATCHER = Path(__file__).parent / "catcher.py"
COMMAND = (sys.executable, "-m", "tuimail")
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A command that ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document it printed."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuimail:
    """The real command on a workspace of its own."""

    folder: Path
    environ: Mapping[str, str]

    @property
    def root(self) -> Path:
        """The workspace."""
        return self.folder / "workspace"

    def run(self, *words: str, fault: str = "") -> Done:
        """Run one command without a terminal and wait for it to end."""
        environ = {**self.environ, "TUIMAIL_FAULT": fault} if fault else self.environ
        done = subprocess.run(
            [*COMMAND, *words],
            cwd=self.folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return Done(code=done.returncode, out=done.stdout, err=done.stderr)

    def killed_at(self, point: str, *words: str) -> None:
        """Run one command that must be killed when it reaches ``point``."""
        done = self.run(*words, fault=f"{point}:kill")
        assert done.code == -signal.SIGKILL, f"{point} was never reached: {done}"

    def terminal(
        self, *words: str, undo_seconds: int = 1, columns: int = 100, rows: int = 32
    ) -> Terminal:
        """Run one command in a terminal."""
        return Terminal(
            [*COMMAND, *words],
            environ={**self.environ, "TUIMAIL_UNDO_SECONDS": str(undo_seconds)},
            cwd=self.folder,
            columns=columns,
            rows=rows,
        )

    def statuses(self) -> dict[str, str]:
        """Return every mail's status by its id."""
        rows = self.run("list", "--json").document["mails"]
        return {row["id"]: row["status"] for row in rows}

    def wait_for(self, status: str) -> str:
        """Wait until the one mail there is has ``status``, and return its id."""
        end = time.monotonic() + DEADLINE_SECONDS
        while list((found := self.statuses()).values()) != [status]:
            assert time.monotonic() < end, f"Never {status}: {found}"
        return next(iter(found))

    def stored(self, draft_id: str) -> bytes:
        """Return the bytes of the stored message."""
        return (self.root / "outbound" / draft_id / "message.eml").read_bytes()


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
    (tmp_path / "accounts.toml").write_text(ACCOUNTS.format(port=server.port))
    (tmp_path / "accounts.toml").chmod(0o600)
    return Tuimail(
        folder=tmp_path,
        environ={
            **os.environ,
            "TUIMAIL_CONFIG": str(tmp_path / "config.toml"),
            "TUIMAIL_WORKSPACE": str(tmp_path / "workspace"),
        },
    )
