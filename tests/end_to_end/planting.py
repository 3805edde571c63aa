"""A planted secret, everything that could give it away, and servers to show it to.

A way out is one ``Case``: what its account says, and a server for each thing that can
happen, most of which repeat what they were shown. The rest is the same for all.
"""

import asyncio
import base64
import json
import logging
import os
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

import pytest

from tests.cli.conftest import Shell
from tests.end_to_end.command import COMMAND, Done, environ_for, write_accounts
from tuimail.cli.console import Console
from tuimail.errors import TuimailError

MARKS: Final = ("planted-8c1f", "Hunter")
"""Both are in every planted secret, and survive whatever a text is put into; one of
them is enough, as half a secret is half given away."""
SECRET: Final = "planted-8c1f/Hunter+2=end"
"""Looks otherwise in an address, in base64, and in JSON from some services."""
USER: Final = "ada"
WITH_KEYRING: Final = (sys.executable, str(Path(__file__).with_name("with_keyring.py")))
LOOK_SECONDS: Final = 0.05
VARIABLE: Final = "PLANTED_SECRET"
MAIL: Final = ("--to", "bob@example.net", "--subject", "Hi", "--text", "Hi")
GONE: Final = frozenset({"sent", "queued"})
HELD: Final = frozenset({"held"})


class Server(Protocol):
    """What every scripted server has."""

    port: int


Serving = Callable[[], AbstractAsyncContextManager[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one account's server and the planted files are."""

    scene: str
    server: Any
    folder: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One thing that can happen."""

    server: Serving
    works: bool | None = False
    """What ``accounts test`` says; None where it may say either."""
    ends: frozenset[str] = frozenset()
    """What a mail may be then; empty for anything but gone."""
    is_shown: bool = True
    """Whether the server is shown a secret, and so could repeat it."""

    def is_end(self, status: str | None) -> bool:
        """Return whether a mail may end so; None where it could not be released."""
        return status in self.ends if self.ends else status not in GONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One way out."""

    name: str
    account: Callable[[Place], str]
    """Lines of its account but for the password."""
    scenes: Mapping[str, Scene]
    secrets: tuple[str, ...] = (SECRET,)
    """Everything that must be found nowhere."""
    password: str = ""
    """Its reference, where it is none to the first of ``secrets``."""
    files: Mapping[str, str] = field(default_factory=dict)
    """What else is planted, by the name of a file."""
    environ: Mapping[str, str] = field(default_factory=dict)
    """What is planted in variables; ``{folder}`` is where the files are."""
    flags: tuple[str, ...] = ()
    """Of the mail."""


def in_base64(secret: str) -> Iterator[str]:
    """Yield what base64 makes of it, wherever in a text it begins."""
    for before in range(3):
        encoded = base64.b64encode(b"x" * before + secret.encode()).decode()
        yield encoded[4 if before else 0 : -4]


def forms_of(case: Case) -> tuple[bytes, ...]:
    """Return everything that must be found nowhere."""
    encoded = [one for secret in case.secrets for one in in_base64(secret)]
    return tuple(one.encode() for one in (*MARKS, *encoded))


def around(text: bytes, forms: Sequence[bytes]) -> str:
    """Return what is around the first of ``forms`` in a text; empty for none."""
    for form in forms:
        before, found, after = text.partition(form)
        if found:
            return repr(before[-60:] + found + after[:60])
    return ""


class Runner(Protocol):
    """Runs one command."""

    seen: set[str]
    """Where else the secret was found."""

    def __call__(self, *words: str) -> Done: ...


class Process:
    """The real command; whoever lists processes meanwhile is listened to."""

    def __init__(self, planted: "Planted") -> None:
        self._planted = planted
        self.seen: set[str] = set()

    def __call__(self, *words: str) -> Done:
        planted = self._planted
        with subprocess.Popen(
            [*(WITH_KEYRING if planted.way == "keyring" else COMMAND), *words],
            cwd=planted.folder,
            env={**os.environ, **planted.environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            listing = threading.Thread(target=self._list_while, args=(process,))
            listing.start()
            out, err = process.communicate(timeout=60)
            listing.join()
        return Done(code=process.returncode, out=out, err=err)

    def _list_while(self, process: "subprocess.Popen[str]") -> None:
        self._list()  # a command may have ended a moment later
        while _runs(process):
            self._list()

    def _list(self) -> None:
        forms = forms_of(self._planted.case)
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            if any(form in _content(path) for form in forms):
                self.seen.add(str(path))


class Inside:
    """The same command in this process, and what its parts tell each other.

    That is every error with all that caused it, and what any library would log.
    """

    def __init__(self, planted: "Planted", monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in planted.environ.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(planted.folder)
        self.seen: set[str] = set()
        self._forms = forms_of(planted.case)
        self._overhear(monkeypatch)
        self._shell = Shell(
            folder=planted.folder,
            monkeypatch=monkeypatch,
            sleep=time.sleep,
            clock=time.monotonic,
        )

    def __call__(self, *words: str) -> Done:
        logger = logging.getLogger()
        listener, level = _Listener(self._look), logger.level
        logger.addHandler(listener)
        logger.setLevel(logging.DEBUG)
        try:
            answer = self._shell(*words)
        finally:
            logger.removeHandler(listener)
            logger.setLevel(level)
        return Done(code=answer.code, out=answer.text, err=answer.talk)

    def _look(self, what: str, text: str) -> None:
        if excerpt := around(text.encode(), self._forms):
            self.seen.add(f"{what}: {excerpt}")

    def _overhear(self, monkeypatch: pytest.MonkeyPatch) -> None:
        tell = Console.error

        def overheard(console: Console, error: TuimailError) -> None:
            self._look("error", "".join(traceback.format_exception(error)))
            tell(console, error)

        monkeypatch.setattr(Console, "error", overheard)


class _Listener(logging.Handler):
    """Hands on whatever is logged, word for word."""

    def __init__(self, heard: Callable[[str, str], None]) -> None:
        super().__init__(logging.DEBUG)
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        self._heard(f"log of {record.name}", self.format(record))


@dataclass(slots=True, kw_only=True)
class Planted:
    """A home whose accounts lead to servers, and what was given away."""

    folder: Path
    case: Case
    way: str = "file"
    """Where the secret is planted."""
    said: list[str] = field(default_factory=list)
    """Everything that commands printed."""
    runner: Runner = field(init=False)

    def __post_init__(self) -> None:
        self.home.mkdir()
        self.runner = Process(self)
        self._plant("secret", f"{self.case.secrets[0]}\n")
        self._plant("keyring", json.dumps({"takes": self.case.secrets[0]}))
        for name, content in self.case.files.items():
            self._plant(name, content)

    @property
    def home(self) -> Path:
        """Everything that tuimail may write: settings, workspace, log, locks."""
        return self.folder / "home"

    @property
    def environ(self) -> Mapping[str, str]:
        """What is in the environment beside the usual."""
        ours = environ_for(self.home)
        planted = {name: value.format(folder=self.folder)
                   for name, value in self.case.environ.items()}  # fmt: skip
        by_way = {VARIABLE: self.case.secrets[0]} if self.way == "env" else {}
        return planted | by_way | {
            "HOME": str(self.home),
            "PLANTED_KEYRING": str(self.folder / "keyring"),
            "PYTHONPATH": os.pathsep.join(sys.path),
            "TUIMAIL_CONFIG": ours["TUIMAIL_CONFIG"],
            "TUIMAIL_LOG": str(self.home / "log"),
            "TUIMAIL_WORKSPACE": ours["TUIMAIL_WORKSPACE"],
        }  # fmt: skip

    def lead_to(self, servers: Mapping[str, Server]) -> None:
        """Write an account for each server, by the name of its scene."""
        password = self.case.password.format(folder=self.folder) or self._reference()
        tables = []
        for scene, server in servers.items():
            place = Place(scene=scene, server=server, folder=self.folder)
            given = f'password = "{password}"\n' if password != "none" else ""
            tables.append(
                f'[accounts.{scene}]\naddress = "ada@example.org"\n'
                f"{given}{self.case.account(place)}\n"
            )
        write_accounts(self.home, "\n".join(tables))

    def run(self, *words: str) -> Done:
        """Run one command, and remember what it printed."""
        done = self.runner(*words)
        self.said += [done.out, done.err]
        return done

    def given_away(self) -> list[str]:
        """Return where the secret can be found, but for where it was planted."""
        texts = {f"output {number}": text.encode()
                 for number, text in enumerate(self.said)}  # fmt: skip
        files = (path for path in self.home.rglob("*") if path.is_file())
        texts |= {str(path): path.read_bytes() for path in files}
        texts |= {f"name {path}": str(path).encode() for path in self.home.rglob("*")}
        found = [f"{where}: {excerpt}" for where, text in texts.items()
                 if (excerpt := around(text, forms_of(self.case)))]  # fmt: skip
        return found + sorted(self.runner.seen)

    def _plant(self, name: str, content: str) -> None:
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(content)

    def _reference(self) -> str:
        return {
            "env": f"env:{VARIABLE}",
            "file": f"file:{self.folder / 'secret'}",
            "command": f"command:cat {self.folder / 'secret'}",
            "keyring": "keyring:",
        }[self.way]


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
def serving(server: Serving) -> Iterator[Any]:
    """Run a scripted server in a thread and a loop of its own."""
    with serving_all({"": server}) as running:
        yield running[""]


@contextmanager
def serving_all(servers: Mapping[str, Serving]) -> Iterator[dict[str, Any]]:
    """Run servers in a thread and a loop of their own."""
    ready, end = threading.Event(), asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []
    running: dict[str, Any] = {}

    async def run() -> None:
        async with AsyncExitStack() as stack:
            for name, server in servers.items():
                running[name] = await stack.enter_async_context(server())
            loops.append(asyncio.get_running_loop())
            ready.set()
            await end.wait()

    thread = threading.Thread(target=partial(asyncio.run, run()), daemon=True)
    thread.start()
    assert ready.wait(10), "The servers did not start."
    try:
        yield running
    finally:
        loops[0].call_soon_threadsafe(end.set)
        thread.join()
