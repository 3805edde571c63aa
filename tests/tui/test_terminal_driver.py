"""A terminal that goes away while it is written to."""

import errno
from threading import Thread
from typing import Any

from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread

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

    def call_later(self, _function: Any) -> None:
        pass


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
