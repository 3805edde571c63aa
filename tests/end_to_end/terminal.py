"""A terminal as a person has it: keys go in, a screen comes out.

The program runs in a pseudo-terminal; what it writes is drawn by a terminal
emulator in this process. Nothing sleeps: every step waits for something to be
on the screen, with a deadline.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import pexpect
import pyte

DEADLINE_SECONDS: Final = 30.0
_STEP_SECONDS: Final = 0.05
_PATIENCE_SECONDS: Final = 1.0
"""Longer than the app takes two presses for one key that is held down."""
_DEAF_SECONDS: Final = 0.45
"""Longer than the app is deaf to decisions after something new was shown."""
KEYS: Final = {
    "enter": "\r",
    "tab": "\t",
    "escape": "\x1b",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "f1": "\x1bOP",
    "f2": "\x1bOQ",
    "f3": "\x1bOR",
    "f4": "\x1bOS",
    "f5": "\x1b[15~",
    "f6": "\x1b[17~",
    "f7": "\x1b[18~",
    "f8": "\x1b[19~",
    "f9": "\x1b[20~",
}


class Terminal:
    """One program on one screen."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        environ: Mapping[str, str],
        cwd: Path,
        columns: int = 100,
        rows: int = 32,
        kind: str = "xterm-256color",
    ) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.written = b""
        """Everything the program wrote, as it wrote it."""
        self._child = pexpect.spawn(
            command[0],
            list(command[1:]),
            env={**environ, "TERM": kind, "COLORTERM": "truecolor"},
            cwd=str(cwd),
            dimensions=(rows, columns),
            timeout=DEADLINE_SECONDS,
        )
        self._child.delaybeforesend = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._child.close(force=True)

    @property
    def lines(self) -> tuple[str, ...]:
        """What the screen shows, without blanks at the ends."""
        return tuple(line.rstrip() for line in self._screen.display)

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.lines)

    @property
    def cursor_line(self) -> str:
        """The line of the screen on which the cursor is."""
        return self.lines[self._screen.cursor.y]

    @property
    def pid(self) -> int:
        """The process id of the program."""
        return int(self._child.pid)

    @property
    def exit_code(self) -> int | None:
        """What the program ended with; None if a signal ended it."""
        code: int | None = self._child.exitstatus
        return code

    def press(self, *keys: str) -> None:
        """Press keys: names such as ``enter`` or ``ctrl+s``, or characters."""
        for key in keys:
            self._child.send(_sequence(key))

    def press_until(self, key: str, wanted: str) -> None:
        """Press ``key`` as often as it takes: the app ignores hasty decisions."""
        end = time.monotonic() + DEADLINE_SECONDS
        self._look(seconds=_DEAF_SECONDS, until=wanted)
        while wanted not in self.text:
            assert time.monotonic() < end, (
                f"{key} did nothing. The screen:\n{self.text}"
            )
            self.press(key)
            self._look(seconds=_PATIENCE_SECONDS, until=wanted)

    def rest(self) -> None:
        """Type nothing for a moment, so that the next key is of no burst."""
        self._look(seconds=_DEAF_SECONDS, until="\0")

    def type(self, text: str) -> None:
        """Type text, a character at a time, as a person does."""
        for character in text:
            self._child.send(character)

    def resize(self, *, columns: int, rows: int) -> None:
        """Make the window another size."""
        self._screen.resize(rows, columns)
        self._child.setwinsize(rows, columns)

    @contextmanager
    def changing(self, what: str) -> Iterator[None]:
        """Wait until the screen shows something else than before the block."""
        before = self.lines
        yield
        self.wait_until(lambda _text: self.lines != before, what=what)

    def wait_for(self, wanted: str) -> None:
        """Wait until ``wanted`` is on the screen."""
        self.wait_until(lambda text: wanted in text, what=repr(wanted))

    def wait_until(self, is_so: Callable[[str], bool], *, what: str) -> None:
        """Wait until the screen's text is as wanted, or fail showing it."""
        end = time.monotonic() + DEADLINE_SECONDS
        while not is_so(self.text):
            if not self._read() or time.monotonic() > end:
                raise AssertionError(f"Never saw {what}. The screen:\n{self.text}")

    def wait_for_end(self) -> None:
        """Wait until the program has ended."""
        end = time.monotonic() + DEADLINE_SECONDS
        while self._read():
            if time.monotonic() > end:
                raise AssertionError(f"It did not end. The screen:\n{self.text}")
        self._child.wait()

    def _look(self, *, seconds: float, until: str) -> None:
        end = time.monotonic() + seconds
        while until not in self.text and time.monotonic() < end:
            self._read()

    def _read(self) -> bool:
        """Draw what the program wrote; False once it has ended."""
        try:
            piece = self._child.read_nonblocking(65536, timeout=_STEP_SECONDS)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.written += piece
        self._stream.feed(piece)
        return True


def _sequence(key: str) -> str:
    """Return what a terminal sends for ``key``."""
    if key.startswith("ctrl+"):
        return chr(ord(key[-1].upper()) - 64)
    if key.startswith("alt+"):
        return f"\x1b{key[-1]}"
    return KEYS.get(key, key)
