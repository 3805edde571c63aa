"""A process of the command in the background, which never outlives its test."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.end_to_end.command import COMMAND, Done
from tests.faults.waiting import DEADLINE_SECONDS, eventually, wait_until


class Process:
    """One command that runs while the test goes on.

    What it says goes to files, so that it is never kept waiting by a reader; or
    to the descriptor ``into``, whose reader is the test's.
    """

    def __init__(
        self,
        *words: str,
        cwd: Path,
        environ: Mapping[str, str],
        said: Path,
        before: Sequence[str] = (),
        into: int | None = None,
    ) -> None:
        self.words: Final = words
        self._out, self._err = said.with_suffix(".out"), said.with_suffix(".err")
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self._child = subprocess.Popen(
                [*before, *COMMAND, *words],
                cwd=cwd,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=out if into is None else into,
                stderr=err if into is None else into,
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._child.pid

    @property
    def out(self) -> str:
        """What it wrote so far."""
        return self._out.read_text()

    @property
    def err(self) -> str:
        """What it said to a person so far."""
        return self._err.read_text()

    @property
    def is_running(self) -> bool:
        """Whether it has not ended, standing still or not."""
        return self._child.poll() is None

    def wait(self, seconds: float = DEADLINE_SECONDS) -> Done:
        """Wait until it has ended by itself."""
        self._child.wait(seconds)
        return Done(code=self._child.returncode, out=self.out, err=self.err)

    def wait_for_kill(self) -> None:
        """Wait until a fault has killed it."""
        done = self.wait()
        assert done.code == -signal.SIGKILL, f"It was not killed: {done}"

    def wait_for_word(self, word: str) -> None:
        """Wait until it has said ``word``."""
        wait_until(lambda: word in self.out + self.err, what=f"“{word}”")

    def wait_for_stop(self) -> None:
        """Wait until a fault, or ``stop``, has it stand still."""
        wait_until(self._stands_still, what=f"{self.words} standing still")

    def stop(self) -> None:
        """Have it stand still, as in a computer that sleeps."""
        self._child.send_signal(signal.SIGSTOP)
        self.wait_for_stop()

    def go_on(self) -> None:
        """Let it go on."""
        self._child.send_signal(signal.SIGCONT)

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._child.send_signal(number)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._child.kill()
        self._child.wait()

    def ends_politely(self, seconds: float = DEADLINE_SECONDS) -> bool:
        """Ask it to end, and return whether it does."""
        if self.is_running:
            self._child.terminate()
        return eventually(lambda: not self.is_running, seconds=seconds)

    def _stands_still(self) -> bool:
        """Ask the kernel, which tells it once."""
        pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)
        if pid and not os.WIFSTOPPED(status):
            self._child.returncode = os.waitstatus_to_exitcode(status)
            raise AssertionError(f"It ended: {self._child.returncode} {self.err}")
        return pid != 0
