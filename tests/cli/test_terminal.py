"""The real command on a real pseudo-terminal, in a process of its own."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.cli.conftest import Shell
from tuimail.demo.server import DemoServer

pytestmark = [pytest.mark.usefixtures("account"), pytest.mark.slow]
PATIENCE_SECONDS = 20.0


class Screen:
    """What a person at the terminal sees and types."""

    def __init__(self, process: "subprocess.Popen[bytes]", terminal: int) -> None:
        self.process = process
        self.seen = ""
        self._terminal = terminal

    def wait_for(self, text: str) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while text not in self.seen:
            ready, _, _ = select.select([self._terminal], [], [], 0.1)
            if ready:
                self.seen += os.read(self._terminal, 65536).decode()
            assert time.monotonic() < end, self.seen

    def type(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)

    def ends_with(self) -> int:
        return self.process.wait(PATIENCE_SECONDS)


@contextmanager
def _screen(*words: str) -> Iterator[Screen]:
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tuimail", *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    try:
        yield Screen(process, ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def test_a_person_approves_by_typing_the_digest_they_see(tuimail: Shell) -> None:
    page = tuimail.submit("--text", "\x1b[2J\x1b]0;owned\x07")

    with _screen("approve", page["id"]) as screen:
        screen.wait_for("Type the first 6 characters")
        screen.type(page["release_digest"][:6] + "\n")
        screen.wait_for("status: approved")

        assert screen.ends_with() == 0
        assert "\x1b" not in screen.seen
        assert "\x07" not in screen.seen


def test_ctrl_c_during_the_countdown_takes_the_mail_back(
    tuimail: Shell, server: DemoServer
) -> None:
    with _screen("send", "--to", "bob@partner.example", "--text", "x") as screen:
        screen.wait_for("Leaves in 9 s")
        screen.interrupt()
        screen.wait_for("status: draft")

        assert screen.ends_with() == 130
    assert server.deliveries == ()


def test_a_polite_end_stops_the_sender_and_leaves_no_lock(tuimail: Shell) -> None:
    with _screen("outbox", "run") as screen:
        screen.wait_for("Sender: here")
        screen.process.send_signal(signal.SIGTERM)

        assert screen.ends_with() == 130
    with tuimail.open() as workspace:
        assert workspace.sender_holder() is None
