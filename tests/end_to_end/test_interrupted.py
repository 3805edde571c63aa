"""A sender that is told to end, while a service takes connections and says nothing."""

import json
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.end_to_end.command import COMMAND, Tuimail, environ_for, write_accounts
from tuimail.workspace.workspace import Workspace

pytestmark = pytest.mark.slow

TEXT: Final = "A line that is only in the mail."
GONE_SECONDS: Final = 10.0
"""After a second Ctrl-C: nothing but a slow machine's own time."""
SOON_SECONDS: Final = 15.0
"""After the first: three for what was begun, and a slow machine's own time."""
OPTIONS: Final[dict[str, dict[str, str | int]]] = {
    "smtp": {"host": "127.0.0.1", "port": 0, "tls": "none"},
    "gmail": {"url": "http://127.0.0.1:{port}", "password": "env:TOKEN"},
    "graph": {"url": "http://127.0.0.1:{port}", "password": "env:TOKEN"},
    "ses": {
        "url": "http://127.0.0.1:{port}",
        "password": "env:TOKEN",
        "region": "eu-central-1",
        "access_key_id": "AKIDEXAMPLE",
    },
}
OPENING: Final = ("smtp", "gmail")
"""Those that are asked for something before the mail is put in."""


class Hanging:
    """A service that takes connections, reads, and never says a word."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(30)
        self.port: int = self._listening.getsockname()[1]
        self._taken: list[socket.socket] = []

    def wait(self, provider: str) -> None:
        """Wait until somebody waits for an answer."""
        taken, _ = self._listening.accept()
        taken.settimeout(30)
        self._taken.append(taken)
        if provider != "smtp":
            assert taken.recv(1, socket.MSG_PEEK)

    def received(self) -> bytes:
        """Return all that was ever sent here, once everybody has hung up."""
        self._listening.settimeout(0)
        while True:
            try:
                self._taken.append(self._listening.accept()[0])
            except BlockingIOError:
                break
        return b"".join(self._read(one) for one in self._taken)

    def close(self) -> None:
        for one in (*self._taken, self._listening):
            one.close()

    def _read(self, taken: socket.socket) -> bytes:
        taken.settimeout(10)
        found = b""
        while piece := taken.recv(65_536):
            found += piece
        return found


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    service = Hanging()
    yield service
    service.close()


def set_up(folder: Path, provider: str, port: int) -> Tuimail:
    options = {
        name: value.format(port=port) if isinstance(value, str) else value or port
        for name, value in OPTIONS[provider].items()
    }
    account = {"provider": provider, "address": "ada@example.org", **options}
    lines = (f"{name} = {json.dumps(value)}" for name, value in account.items())
    write_accounts(folder, "\n".join(["[accounts.work]", *lines, ""]))
    return Tuimail(folder=folder, environ={**environ_for(folder), "TOKEN": "the-token"})


@contextmanager
def sending(tuimail: Tuimail, words: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    """Run a sender until this ends."""
    with subprocess.Popen(
        [*COMMAND, *words],
        cwd=tuimail.folder,
        env=tuimail.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def release(tuimail: Tuimail) -> None:
    words = ("--to", "bob@example.net", "--subject", "Once", "--text", TEXT)
    done = tuimail.run("send", *words, "--wait", "0")
    assert done.code in {0, 4}, done


def is_sender_free(tuimail: Tuimail) -> bool:
    with Workspace.open(
        tuimail.root,
        config_path=tuimail.folder / "config.toml",
        actor="person:ada",
        door="cli",
    ) as workspace:
        return workspace.sender_holder() is None


SENDERS: Final = (("outbox", "run"), ("outbox", "run", "--drain"))


@pytest.mark.parametrize("words", SENDERS, ids=" ".join)
@pytest.mark.parametrize("provider", OPTIONS)
def test_a_second_ctrl_c_ends_it_at_once(
    provider: str, words: Sequence[str], tmp_path: Path, hanging: Hanging
) -> None:
    tuimail = set_up(tmp_path, provider, hanging.port)
    release(tuimail)
    with sending(tuimail, words) as process:
        hanging.wait(provider)
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)  # a person's two presses; one signal at a time is pending
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=GONE_SECONDS)

    assert process.returncode == 130
    assert "Traceback" not in said
    assert "never retrieved" not in said
    assert is_sender_free(tuimail)
    if provider in OPENING:
        assert TEXT.encode() not in hanging.received()


@pytest.mark.parametrize("words", SENDERS, ids=" ".join)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("provider", OPENING)
def test_who_is_told_to_end_waits_for_nobody_while_no_mail_is_out(
    provider: str,
    number: signal.Signals,
    words: Sequence[str],
    tmp_path: Path,
    hanging: Hanging,
) -> None:
    tuimail = set_up(tmp_path, provider, hanging.port)
    release(tuimail)
    with sending(tuimail, words) as process:
        hanging.wait(provider)
        process.send_signal(number)
        said, _ = process.communicate(timeout=SOON_SECONDS)

    assert "Traceback" not in said
    assert is_sender_free(tuimail)
    assert list(tuimail.statuses().values()) == ["deferred"]
    assert TEXT.encode() not in hanging.received()
