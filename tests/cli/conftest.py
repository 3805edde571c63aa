"""A command line inside the test: streams that can be terminals, a folder."""

import io
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.answers import misfit
from tests.settings.conftest import desktop  # noqa: F401 - a fixture for tests here
from tests.umasks import umask
from tuimail.cli import entry
from tuimail.cli.words import Words
from tuimail.demo.server import HOST, DemoServer, Manners
from tuimail.workspace.opening import open_workspace
from tuimail.workspace.workspace import Workspace

MANNERS = Manners(
    refused=frozenset({"gone@example.net"}),
    greylisted=frozenset({"slow@example.net"}),
    lost=frozenset({"silent@example.net"}),
)
SENDER = "nora@example.org"


class Stream(io.TextIOWrapper):
    """A stream over bytes that says whether it is a terminal."""

    def __init__(self, content: bytes = b"", *, is_terminal: bool = False) -> None:
        super().__init__(io.BytesIO(content), encoding="utf-8", newline="\n")
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal

    @property
    def bytes(self) -> bytes:
        """What was written."""
        self.flush()
        content = self.buffer
        assert isinstance(content, io.BytesIO)
        return content.getvalue()


class GoneStream(Stream):
    """A stream to a reader that has gone."""

    def write(self, _text: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")


class FullStream(Stream):
    """A stream onto a disk that is full."""

    def write(self, _text: str) -> int:
        raise OSError(28, "No space left on device")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one command did."""

    code: int
    raw: bytes
    talk: str

    @property
    def text(self) -> str:
        return self.raw.decode()

    @property
    def json(self) -> dict[str, Any]:
        """The one document of ``--json``."""
        assert self.raw.isascii()
        document: dict[str, Any] = json.loads(self.raw)
        return document

    @property
    def error(self) -> dict[str, str]:
        error: dict[str, str] = self.json["error"]
        return error


@dataclass(slots=True, kw_only=True)
class Shell:
    """Runs commands as typed, in a workspace of the test's own."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    sleep: Callable[[float], None]
    clock: Callable[[], float]

    def __call__(
        self,
        *words: str,
        stdin: str | bytes | None = b"",
        terminal: bool = False,
        shown: bool = False,
        out: Stream | None = None,
    ) -> Answer:
        """Run one command.

        Args:
            words: As typed.
            stdin: What is on stdin; None where it is closed.
            terminal: Whether stdin and stderr are a terminal.
            shown: Whether stdout is one.
            out: What stdout is instead.
        """
        given = stdin.encode() if isinstance(stdin, str) else stdin
        reading = None if given is None else Stream(given, is_terminal=terminal)
        self.monkeypatch.setattr(sys, "stdin", reading)
        streams = {
            "stdout": out or Stream(is_terminal=shown),
            "stderr": Stream(is_terminal=terminal),
        }
        for name, stream in streams.items():
            self.monkeypatch.setattr(sys, name, stream)
        code = entry.main(words, sleep=self.sleep, clock=self.clock)
        answer = Answer(
            code=code,
            raw=streams["stdout"].bytes,
            talk=streams["stderr"].bytes.decode(),
        )
        _require_fitting(words, answer)
        return answer

    def open(self, *, door: str = "app", on_terminal: bool = True) -> Workspace:
        """Open the same workspace beside the command line, as a person."""
        return open_workspace(
            environ=os.environ,
            cwd=self.folder,
            workspace=None,
            config=None,
            door=door,
            on_terminal=on_terminal,
        )

    def submit(self, *words: str, actor: str = "billing") -> dict[str, Any]:
        """Hand in a draft as an agent and return what ``show`` says of it."""
        answer = self(
            "submit", "--to", "bob@partner.example", "--subject", "Invoice",
            "--text", "Please pay.", "--actor", actor, "--json", *words,
        )  # fmt: skip
        assert answer.code == 0, answer
        return self("show", answer.json["id"], "--bcc", "--json").json


def _require_fitting(words: Sequence[str], answer: Answer) -> None:
    """Hold the document of every command that any test runs against its schema."""
    typed = Words(words)
    is_told = typed.wants_help or typed.wants_version
    if not typed.is_json or is_told or not answer.raw.isascii():
        return
    with suppress(ValueError):  # a disk that is full, a reader that has gone
        document = json.loads(answer.raw)
        assert not misfit(typed.verb, document)


class Moments:
    """Real time that passes, but not for ever: what never comes is a failure."""

    def __init__(self) -> None:
        self._end = time.monotonic() + 30

    def __call__(self) -> None:
        assert time.monotonic() < self._end, "It never came."
        threading.Event().wait(0.02)


class Time:
    """Passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.then: Callable[[], None] = lambda: None

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        self.then()

    def clock(self) -> float:
        return self.seconds


@pytest.fixture
def passing() -> Time:
    return Time()


@pytest.fixture
def tuimail(
    tmp_path: Path, passing: Time, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shell]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TUIMAIL_CONFIG", str(tmp_path / "settings" / "config.toml"))
    monkeypatch.setenv("TUIMAIL_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    with umask(0o077):
        yield Shell(
            folder=tmp_path,
            monkeypatch=monkeypatch,
            sleep=passing.sleep,
            clock=passing.clock,
        )


@pytest.fixture
def server() -> Iterator[DemoServer]:
    with DemoServer(MANNERS) as running:
        yield running


@pytest.fixture
def account(tuimail: Shell, server: DemoServer) -> str:
    """An account that leads to ``server``; its name."""
    answer = tuimail(
        "accounts", "add", "main", "--address", SENDER, "--host", HOST,
        "--port", str(server.port), "--tls", "none",
    )  # fmt: skip
    assert answer.code == 0, answer
    return "main"
