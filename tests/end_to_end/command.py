"""The real command on a workspace of its own, as a script would run it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.end_to_end.terminal import DEADLINE_SECONDS, Terminal
from tuimail.workspace.workspace import Workspace

COMMAND: Final = (sys.executable, "-m", "tuimail")


def environ_for(folder: Path) -> dict[str, str]:
    """Return an environment whose workspace and settings are in ``folder``."""
    return {
        **os.environ,
        "TUIMAIL_CONFIG": str(folder / "config.toml"),
        "TUIMAIL_WORKSPACE": str(folder / "workspace"),
    }


def write_accounts(folder: Path, text: str) -> None:
    """Have ``text`` be the accounts of the command in ``folder``."""
    path = folder / "accounts.toml"
    path.touch(mode=0o600)
    path.write_text(text)


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
        done = subprocess.run(
            [*COMMAND, *words],
            cwd=self.folder,
            env=self.environ_with(fault),
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

    def environ_with(self, fault: str) -> Mapping[str, str]:
        """Return the environment in which ``fault`` happens, if it names one."""
        return {**self.environ, "TUIMAIL_FAULT": fault} if fault else self.environ

    def terminal(
        self,
        *words: str,
        fault: str = "",
        undo_seconds: int = 1,
        columns: int = 100,
        rows: int = 32,
    ) -> Terminal:
        """Run one command in a terminal."""
        environ = self.environ_with(fault)
        return Terminal(
            [*COMMAND, *words],
            environ={**environ, "TUIMAIL_UNDO_SECONDS": str(undo_seconds)},
            cwd=self.folder,
            columns=columns,
            rows=rows,
        )

    def statuses(self) -> dict[str, str]:
        """Return every mail's status by its id, as another process reads it."""
        with self.opened() as workspace:
            return {row.id: row.status for row in workspace.drafts.rows()}

    def opened(self) -> Workspace:
        """Return the workspace, opened by this process too."""
        return Workspace.open(
            self.root,
            config_path=self.folder / "config.toml",
            actor="person:ada",
            door="cli",
        )

    def wait_for(self, status: str) -> str:
        """Wait until the one mail there is has ``status``, and return its id."""
        end = time.monotonic() + DEADLINE_SECONDS
        while list((found := self.statuses()).values()) != [status]:
            assert time.monotonic() < end, f"Never {status}: {found}"
        return next(iter(found))

    def stored(self, draft_id: str) -> bytes:
        """Return the bytes of the stored message."""
        return (self.root / "outbound" / draft_id / "message.eml").read_bytes()
