"""A terminal that goes away while it is written to."""

import errno
import os
import pty
import tty
from collections.abc import Iterator
from queue import SimpleQueue
from threading import Thread
from typing import Any

import pytest
from textual import events
from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread

from tuimail.tui import terminal_driver
from tuimail.tui.terminal_driver import TerminalDriver, Unbroken

PATIENCE_SECONDS = 10


class Gone:
    """A terminal that has gone."""

    def __init__(self) -> None:
        self.asked = 0

    def write(self, _text: str) -> None:
        self.asked += 1
        raise OSError(errno.EIO, "Input/output error")

    def flush(self) -> None:
        raise OSError(errno.EIO, "Input/output error")

    def fileno(self) -> int:
        return 7


class App:
    """What a driver wants to know of its app."""

    def __init__(self) -> None:
        self.has_left = False

    def call_later(self, function: Any) -> None:
        function()

    def leave_at_once(self) -> None:
        self.has_left = True


def in_time(function: Any) -> bool:
    """Return whether ``function`` returned, and does not wait for ever."""
    thread = Thread(target=function, daemon=True)
    thread.start()
    thread.join(PATIENCE_SECONDS)
    return not thread.is_alive()


def test_what_cannot_be_written_is_dropped_and_nobody_waits() -> None:
    gone = Gone()
    writer = WriterThread(Unbroken(gone))  # type: ignore[arg-type]  # what it uses
    writer.start()

    def frames() -> None:
        for _ in range(MAX_QUEUED_WRITES * 3):
            writer.write("frame")
        writer.stop()

    assert in_time(frames)
    assert gone.asked == MAX_QUEUED_WRITES * 3
    assert Unbroken(gone).fileno() == 7  # type: ignore[arg-type]  # what it uses


async def test_nobody_waits_for_a_thread_that_has_ended() -> None:
    driver = TerminalDriver(App())  # type: ignore[arg-type]  # what it uses
    driver.write("before there is a thread")
    driver.close()
    driver._writer_thread = WriterThread(Unbroken(Gone()))  # type: ignore[arg-type]
    driver._writer_thread.start()
    driver.write("frame")
    driver.close()

    def frames() -> None:
        for _ in range(MAX_QUEUED_WRITES * 3):
            driver.write("frame")
        driver.close()

    assert in_time(frames)


class Reading(TerminalDriver):
    """A driver that reads from a terminal, and tells what it read."""

    def __init__(self, fileno: int) -> None:
        self.app = App()
        super().__init__(self.app)  # type: ignore[arg-type]  # what it uses
        self.fileno = fileno
        self.heard = SimpleQueue[Any]()
        self._ending = os.pipe()
        self._key_thread = Thread(target=self.run_input_thread, daemon=True)
        self._key_thread.start()

    def process_message(self, message: Any) -> None:
        self.heard.put(message)

    def write(self, data: str) -> None:
        del data

    @property
    def key(self) -> events.Key:
        """What was read next."""
        found = self.heard.get(timeout=PATIENCE_SECONDS)
        assert isinstance(found, events.Key)
        return found


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Both ends of a terminal: ours, and the one that somebody types at."""
    theirs, ours = pty.openpty()
    tty.setraw(ours)
    yield ours, theirs
    os.close(ours)


async def test_what_is_typed_is_heard_whatever_bytes_it_has(
    terminal: tuple[int, int],
) -> None:
    ours, theirs = terminal
    driver = Reading(ours)

    os.write(theirs, "jé\x1b[A".encode() + b"\xff" + b"k")

    found = [driver.key for _ in range(5)]
    assert [one.key for one in found[:3]] == ["j", "é", "up"]
    assert [one.character for one in found[3:]] == ["\ufffd", "k"]
    driver.disable_input()
    os.close(theirs)


async def test_an_escape_alone_is_heard_though_nothing_follows(
    terminal: tuple[int, int],
) -> None:
    ours, theirs = terminal
    driver = Reading(ours)

    os.write(theirs, b"\x1b")

    assert driver.key.key == "escape"
    driver.disable_input()
    os.close(theirs)


async def test_nobody_waits_for_a_key_that_is_wanted_no_more(
    terminal: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal_driver, "LOOK_SECONDS", 3600.0)
    ours, theirs = terminal
    driver = Reading(ours)

    assert in_time(driver.disable_input)
    driver.disable_input()
    os.close(theirs)

    assert not driver.app.has_left


async def test_where_the_terminal_has_gone_the_app_leaves(
    terminal: tuple[int, int],
) -> None:
    ours, theirs = terminal
    driver = Reading(ours)
    thread = driver._key_thread
    assert thread is not None

    os.close(theirs)

    thread.join(PATIENCE_SECONDS)
    assert driver.app.has_left
    driver.disable_input()
