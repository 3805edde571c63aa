"""The app's way to its terminal, for one that may go at any time.

A thread writes, and the app waits for it when more than a few frames are unwritten.
Textual's thread ends at the first error, and whoever writes after that waits for
ever: nothing is sent any more, and no signal ends the app.
"""

import select
from contextlib import suppress
from threading import Thread
from typing import IO, Any, Final, Protocol, cast

from textual.drivers.linux_driver import LinuxDriver

LOOK_MILLISECONDS: Final = 200
"""How often it is seen that keys are not to be read any more."""


class Unbroken:
    """A file to write to that takes everything; what cannot be written is dropped."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> None:
        with suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._file.flush()

    def fileno(self) -> int:
        return self._file.fileno()


class Leaves(Protocol):
    """An app that ends when its terminal does."""

    def leave_at_once(self) -> None: ...


class TerminalDriver(LinuxDriver):
    """Textual's own, for a terminal that may go at any time."""

    def write(self, data: str) -> None:
        """Write, unless nobody is there to do it."""
        if self._is_written:
            super().write(data)

    def start_application_mode(self) -> None:
        if not isinstance(self._file, Unbroken):
            self._file: Any = Unbroken(self._file)
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def close(self) -> None:
        if self._is_written:
            super().close()

    def run_input_thread(self) -> None:
        """Read keys until the terminal is wanted no more, or has gone.

        From one that has gone Textual reads nothing, again and again.
        """
        Thread(target=self._watch, name="tuimail-terminal", daemon=True).start()
        with suppress(OSError):
            super().run_input_thread()

    def _watch(self) -> None:
        poll = select.poll()
        poll.register(self.fileno, 0)
        while not self.exit_event.is_set():
            if poll.poll(LOOK_MILLISECONDS):
                self.exit_event.set()
                self._app.call_later(cast("Leaves", self._app).leave_at_once)

    @property
    def _is_written(self) -> bool:
        thread = self._writer_thread
        return thread is not None and thread.is_alive()
