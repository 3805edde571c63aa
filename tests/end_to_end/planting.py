"""A planted secret, everything that could give it away, and a server to show it to.

A way out is one ``Case``: what its account says, a server that takes mail, and one
that refuses the login and repeats what it was shown. The rest is the same for all.
"""

import asyncio
import base64
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import quote

from tests.end_to_end.command import COMMAND, Done, environ_for, write_accounts

SECRET: Final = "planted-8c1f/Hunter+2=end"
"""Looks otherwise in an address, in base64, and in a header."""
USER: Final = "ada"
WITH_KEYRING: Final = (sys.executable, str(Path(__file__).with_name("with_keyring.py")))
LOOK_SECONDS: Final = 0.02
VARIABLE: Final = "PLANTED_SECRET"


class Server(Protocol):
    """What every scripted server has."""

    port: int


Serving = Callable[[], AbstractAsyncContextManager[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One way out."""

    name: str
    account: Callable[[int], str]
    """Lines of its account but for the password; is given the server's port."""
    takes: Serving
    """A server that takes mail."""
    refuses: Serving
    """A server that refuses what it was shown, and repeats it."""
    secret: str = SECRET
    """The secret, where a provider wants one of another form."""
    forms: tuple[str, ...] = ()
    """Further forms in which it shows the secret."""


def forms_of(case: Case) -> tuple[bytes, ...]:
    """Return everything that must be found nowhere."""
    secret = case.secret
    plain = (secret, f"\0{USER}\0{secret}", f"{USER}:{secret}", f"api:{secret}")
    encoded = [base64.b64encode(one.encode()).decode().rstrip("=") for one in plain]
    found = [secret, quote(secret, safe=""), *encoded, *case.forms]
    return tuple(one.encode() for one in found)


@dataclass(slots=True, kw_only=True)
class Planted:
    """One account whose secret is planted somewhere, and what was given away."""

    folder: Path
    case: Case
    way: str
    said: list[str] = field(default_factory=list)
    """Everything that commands printed."""
    seen: set[str] = field(default_factory=set)
    """Process lists that had the secret in them."""

    @property
    def home(self) -> Path:
        """Everything that tuimail may write: settings, workspace, log, locks."""
        return self.folder / "home"

    def account(self, port: int) -> None:
        """Write the account, for a server at ``port``."""
        lines = f'password = "{self._reference()}"\n{self.case.account(port)}'
        write_accounts(
            self.home,
            f'[accounts.work]\naddress = "ada@example.org"\n{lines}\n',
        )

    def run(self, *words: str) -> Done:
        """Run one command; whoever lists processes meanwhile is listened to."""
        command = WITH_KEYRING if self.way == "keyring" else COMMAND
        with subprocess.Popen(
            [*command, *words],
            cwd=self.folder,
            env=self._environ(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            listing = threading.Thread(target=self._list_while, args=(process,))
            listing.start()
            out, err = process.communicate(timeout=60)
            listing.join()
        self.said += [out, err]
        return Done(code=process.returncode, out=out, err=err)

    def given_away(self) -> list[str]:
        """Return where the secret can be found, but for where it was planted."""
        forms = forms_of(self.case)
        texts = {f"output {number}": text.encode()
                 for number, text in enumerate(self.said)}  # fmt: skip
        files = (path for path in self.home.rglob("*") if path.is_file())
        texts |= {str(path): path.read_bytes() for path in files}
        texts |= {f"name {path}": str(path).encode() for path in self.home.rglob("*")}
        found = [where for where, text in texts.items()
                 if any(form in text for form in forms)]  # fmt: skip
        return found + sorted(self.seen)

    def _reference(self) -> str:
        secret = self.folder / "secret"
        secret.touch(mode=0o600)
        secret.write_text(f"{self.case.secret}\n")
        (self.folder / "keyring").write_text(json.dumps({"work": self.case.secret}))
        return {
            "env": f"env:{VARIABLE}",
            "file": f"file:{secret}",
            "command": f"command:cat {secret}",
            "keyring": "keyring:",
        }[self.way]

    def _environ(self) -> Mapping[str, str]:
        environ = environ_for(self.home) | {
            "HOME": str(self.home),
            "PLANTED_KEYRING": str(self.folder / "keyring"),
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        planted = {VARIABLE: self.case.secret} if self.way == "env" else {}
        return environ | planted

    def _list_while(self, process: "subprocess.Popen[str]") -> None:
        forms = forms_of(self.case)
        while _runs(process):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                if any(form in _content(path) for form in forms):
                    self.seen.add(str(path))


def _runs(process: "subprocess.Popen[str]") -> bool:
    """Return whether it still does after a moment."""
    try:
        process.wait(LOOK_SECONDS)
    except subprocess.TimeoutExpired:
        return True
    return False


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


@contextmanager
def serving(server: Serving) -> Iterator[Server]:
    """Run a scripted server in a thread and a loop of its own."""
    ready, end = threading.Event(), asyncio.Event()
    running: list[tuple[asyncio.AbstractEventLoop, Server]] = []

    async def run() -> None:
        async with server() as started:
            running.append((asyncio.get_running_loop(), started))
            ready.set()
            await end.wait()

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    assert ready.wait(10), "The server did not start."
    loop, started = running[0]
    try:
        yield started
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join()
