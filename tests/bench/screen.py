"""The app on a pseudo-terminal, seen from its far end."""

import os
import pty
import select
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

from tests.bench.processes import CHECKOUT, environ, ours

_DEADLINE_SECONDS: Final = 60.0
_KIBIBYTES: Final = 1024
_TERMINAL: Final = {
    "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "36",
    "PYTHONPATH": str(CHECKOUT),
}  # fmt: skip


class Screen:
    """The far end of a pseudo-terminal, which reads and draws nothing."""

    def __init__(self, descriptor: int, child: int) -> None:
        self._descriptor = descriptor
        self._child = child
        self._seen = b""

    def write(self, keys: bytes) -> None:
        """Type, and forget what was drawn before."""
        self._seen = b""
        os.write(self._descriptor, keys)

    def until(self, mark: bytes) -> Self:
        """Read until ``mark`` was written."""
        deadline = time.monotonic() + _DEADLINE_SECONDS
        while mark not in self._seen:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{mark!r} was not drawn.")
            self._read(1.0)
        return self

    def drain(self, seconds: float) -> None:
        """Read whatever is written in this time."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._read(left)

    def typed(self, keys: bytes, mark: bytes) -> float:
        """Type, and return how many seconds later ``mark`` was drawn."""
        start = time.perf_counter()
        self.write(keys)
        self.until(mark)
        return time.perf_counter() - start

    def until_it_ends(self) -> None:
        """Read until the app has ended and closed its end."""
        try:
            while self._read(_DEADLINE_SECONDS):
                pass
        except OSError:  # Linux says so once the other end is closed
            return

    def peak(self) -> float:
        """Return the mebibytes of memory that the app had at most; 0 if unknown."""
        status = Path(f"/proc/{self._child}/status")
        if not status.exists():
            return 0.0
        (line,) = (one for one in status.read_text().splitlines() if "VmHWM" in one)
        return int(line.split()[1]) / _KIBIBYTES

    def cpu(self) -> float:
        """Return the seconds of the processor that the app has used; 0 if unknown."""
        told = Path(f"/proc/{self._child}/stat")
        if not told.exists():
            return 0.0
        ticks = told.read_text().rpartition(")")[2].split()[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")

    def _read(self, seconds: float) -> bytes:
        ready, _, _ = select.select([self._descriptor], [], [], seconds)
        found = os.read(self._descriptor, 65_536) if ready else b""
        self._seen += found
        return found


@contextmanager
def running(side: str, folder: Path) -> Iterator[Screen]:
    """Run one side of ``app_run`` in a terminal of 120 by 36."""
    child, descriptor = pty.fork()
    if child == 0:
        command = ours("app_run", side, folder)
        os.execve(sys.executable, command, environ() | _TERMINAL)
    try:
        yield Screen(descriptor, child)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(descriptor)
