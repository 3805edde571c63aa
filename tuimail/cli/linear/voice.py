"""What the dialogue says: plain lines on stdout, every one made inert."""

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TextIO

from tuimail.core.display import display

PROMPT: Final = "> "
NOTE: Final = "Note: "
"""How a line begins that nobody asked for."""


class Voice:
    """Says lines, and waits until a slow line has carried them."""

    def __init__(
        self, out: TextIO, *, plain: Callable[[str], str] = lambda text: text
    ) -> None:
        """Speak to ``out``.

        Args:
            out: A terminal, or what reads for somebody.
            plain: Makes of a safe line what the terminal can draw.
        """
        self._out = out
        self._plain = plain
        self.is_gone = False
        """Whether nobody listens any more."""

    def say(self, *lines: str) -> None:
        """Say lines; whatever is in them acts on no terminal, and ends no line."""
        self._write("".join(f"{self._safe(line)}\n" for line in lines))

    def note(self, *lines: str) -> None:
        """Say what happened meanwhile, on lines of its own below an open prompt."""
        if lines:
            self._write("\n")
            self.say(*(f"{NOTE}{line}" for line in lines))

    def prompt(self) -> None:
        """Say that a line may be typed."""
        self._write(PROMPT)
        self._wait_for_the_line()

    def ask(self, question: str) -> None:
        """Say a question that is answered on the same line."""
        self._write(f"{self._safe(question)} ")
        self._wait_for_the_line()

    def _safe(self, line: str) -> str:
        return self._plain(display(line))

    def _write(self, text: str) -> None:
        if self.is_gone:
            return
        try:
            self._out.write(text)
            self._out.flush()
        except OSError:
            self.is_gone = True

    def _wait_for_the_line(self) -> None:
        """Return once it is out: at 300 baud that is long after it was written."""
        import termios  # noqa: PLC0415 - where there is a terminal

        with suppress(OSError, termios.error):
            descriptor = self._out.fileno()
            if os.isatty(descriptor):
                termios.tcdrain(descriptor)
