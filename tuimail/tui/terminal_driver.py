"""The app's way to its terminal, for one that may go at any time.

A thread writes, and the app waits for it when more than a few frames are unwritten.
Textual's thread ends at the first error, and whoever writes after that waits for
ever: nothing is sent any more, and no signal ends the app.
"""

import os
import select
from codecs import getincrementaldecoder
from collections.abc import Iterable
from contextlib import suppress
from typing import IO, Any, Final, Protocol, cast

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

LOOK_SECONDS: Final = 0.1
"""How often it is seen that an Escape begins no other key."""
_MOST: Final = 4096
"""Bytes that are read at once."""


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

    _ending: tuple[int, int] | None = None
    """A pipe: something in it ends the reading of keys."""

    def write(self, data: str) -> None:
        """Write, unless nobody is there to do it."""
        if self._is_written:
            super().write(data)

    def start_application_mode(self) -> None:
        if not isinstance(self._file, Unbroken):
            self._file: Any = Unbroken(self._file)
        self._ending = self._ending or os.pipe()
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def close(self) -> None:
        if self._is_written:
            super().close()

    def run_input_thread(self) -> None:
        """Read keys until the terminal is wanted no more, or has gone.

        Textual's own looks every tenth of a second whether that is so, once more
        after it was, and reads nothing again and again from one that has gone.
        """
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")(errors="replace").decode
        ending = self._ending[0] if self._ending else self.fileno
        while ending not in (ready := self._ready(ending)):
            if ready:
                typed = self._typed()
                if not typed:
                    self._app.call_later(cast("Leaves", self._app).leave_at_once)
                    return
                self._take(parser.feed(decode(typed)))
            self._take(parser.tick())

    def disable_input(self) -> None:
        """Have keys read no more."""
        if self._ending is not None:
            heard, told = self._ending
            os.write(told, b"\n")
            super().disable_input()
            self._ending = None
            os.close(heard)
            os.close(told)

    def _ready(self, ending: int) -> list[int]:
        """Return what there is to read from; nothing where nobody typed for long."""
        return select.select([self.fileno, ending], [], [], LOOK_SECONDS)[0]

    def _typed(self) -> bytes:
        """Return what was typed; nothing where the terminal has gone."""
        with suppress(OSError):
            return os.read(self.fileno, _MOST)
        return b""

    def _take(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self.process_message(message)

    @property
    def _is_written(self) -> bool:
        thread = self._writer_thread
        return thread is not None and thread.is_alive()
