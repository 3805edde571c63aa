"""Questions on a terminal, one line each: defaults in brackets, ``?`` explains.

Every question can be left (end of input, Ctrl-C) and gone back from (``<``).
What is typed as a password is not shown.
"""

import getpass
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from tuimail.cli.console import Console

HELP: Final = "?"
BACK: Final = "<"
_YES: Final = frozenset({"y", "yes"})
_NO: Final = frozenset({"n", "no"})


class LeftError(Exception):
    """The person leaves; nothing is wrong."""


class BackError(Exception):
    """The person wants the question before; nothing is wrong."""


class Echo:
    """Whether the terminal shows what is typed: only while a question is open.

    Who types a password before it is asked for would see it on the screen, and so
    would whoever looks there later.
    """

    def __init__(self, descriptor: int | None = None) -> None:
        """Rule over one terminal.

        Args:
            descriptor: Of the terminal; that of this process if None.
        """
        self._given = descriptor

    @contextmanager
    def off(self) -> Iterator[None]:
        """Show nothing of what is typed meanwhile, and be again as before."""
        with self._set(is_on=False):
            yield

    @contextmanager
    def on(self) -> Iterator[None]:
        """Show what is typed meanwhile, and be again as before."""
        with self._set(is_on=True):
            yield

    @contextmanager
    def _set(self, *, is_on: bool) -> Iterator[None]:
        with self._opened() as descriptor:
            before = _shows(descriptor, is_on=is_on)
        try:
            yield
        finally:
            with self._opened() as descriptor:
                if before is not None:
                    _shows(descriptor, is_on=before)

    @contextmanager
    def _opened(self) -> Iterator[int | None]:
        if self._given is not None:
            yield self._given
            return
        try:
            descriptor = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
        except OSError:
            yield None
            return
        try:
            yield descriptor
        finally:
            os.close(descriptor)


def _shows(descriptor: int | None, *, is_on: bool) -> bool | None:
    """Have a terminal show what is typed or not; return what it did before."""
    import termios  # noqa: PLC0415 - only where somebody is asked

    if descriptor is None:
        return None
    try:
        modes = termios.tcgetattr(descriptor)
        before = bool(modes[3] & termios.ECHO)
        modes[3] = modes[3] | termios.ECHO if is_on else modes[3] & ~termios.ECHO
        termios.tcsetattr(descriptor, termios.TCSANOW, modes)
    except termios.error:
        return None
    return before


class Questions:
    """Asks a person until the answer can be one."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.echo = Echo()

    def text(self, label: str, *, default: str = "", explained: str = "") -> str:
        """Return what was typed, or ``default``.

        Raises:
            LeftError: The input ended.
            BackError: The question before is wanted.
        """
        shown = f" [{default}]" if default else ""
        while True:
            typed = self._typed(f"{label}{shown}:")
            if typed != HELP:
                return typed or default
            self._console.insist(f"  {explained or 'There is nothing more to say.'}")

    def choice(
        self,
        label: str,
        words: Sequence[str],
        *,
        default: str = "",
        explained: str = "",
    ) -> str:
        """Return one of ``words``; a beginning that is clear will do.

        Raises:
            LeftError: The input ended.
            BackError: The question before is wanted.
        """
        while True:
            typed = self.text(label, default=default, explained=explained)
            wanted = typed.casefold()
            meant = [one for one in words if one.casefold().startswith(wanted)]
            exact = [one for one in words if one.casefold() == wanted]
            if typed and len(exact or meant) == 1:
                return (exact or meant)[0]
            self._console.insist(f"  It may be {', '.join(words)}.")

    def number(
        self,
        label: str,
        lines: Sequence[str],
        *,
        others: Sequence[str] = (),
        default: str = "1",
        explained: str = "",
    ) -> str:
        """Print numbered ``lines`` and return a number of theirs, or one of ``others``.

        Raises:
            LeftError: The input ended.
            BackError: The question before is wanted.
        """
        self._console.insist(
            *(f"  {place:>2}  {line}" for place, line in enumerate(lines, start=1))
        )
        numbers = [str(place) for place in range(1, len(lines) + 1)]
        return self.choice(
            label, [*numbers, *others], default=default, explained=explained
        )

    def yes(self, label: str, *, default: bool, explained: str = "") -> bool:
        """Return whether the answer was yes.

        Raises:
            LeftError: The input ended.
            BackError: The question before is wanted.
        """
        shown = "Y/n" if default else "y/N"
        while True:
            typed = self.text(f"{label} [{shown}]", explained=explained).casefold()
            if not typed:
                return default
            if typed in _YES | _NO:
                return typed in _YES
            self._console.insist("  Answer y or n.")

    def lines(self, label: str, *, default: str = "", explained: str = "") -> str:
        """Return several lines, up to an empty one; ``default`` if that comes first.

        Raises:
            LeftError: The input ended.
            BackError: The question before is wanted.
        """
        first = self.text(label, explained=explained)
        if not first:
            return default
        found = [first]
        while line := self._typed("  …"):
            found.append(line)
        return "\n".join(found)

    def password(self, label: str) -> str:
        """Return what was typed unseen; blanks at its ends are part of it.

        Raises:
            LeftError: The input ended.
            BackError: The question before is wanted.
        """
        try:
            typed = getpass.getpass(f"{label}: ")
        except EOFError:
            raise LeftError from None
        if typed == BACK:
            raise BackError
        return typed

    def _typed(self, question: str) -> str:
        with self.echo.on():
            typed = self._console.answer(question)
        if typed is None:
            raise LeftError
        if typed == BACK:
            raise BackError
        return typed
