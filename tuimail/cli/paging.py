"""Long texts of our own, shown through the person's pager where they read them."""

import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tuimail.cli.call import Call

_USUAL: Final = "less -FRX"
"""Ends by itself where the text fits, and leaves it on the screen."""


def show_text(call: Call, text: str) -> None:
    """Print a text; through a pager where a person reads it and has one.

    Only for texts of our own: a pager is told nothing of what came with a mail.
    """
    command = _pager(call)
    if command is None or not call.console.shows_to_person:
        call.console.data(*text.splitlines())
        return
    call.console.close()
    with _left_alone():
        subprocess.run(command, input=text.encode(), check=False)  # noqa: S603 - theirs


@contextmanager
def _left_alone() -> Iterator[None]:
    """Leave Ctrl-C to the pager, which may mean something else by it.

    It is heard and passed over; what is ignored would be ignored by the pager too.
    """
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _pager(call: Call) -> list[str] | None:
    """Return the command of the pager; None where there is none that runs."""
    try:
        words = shlex.split(call.environ.get("PAGER") or _USUAL)
    except ValueError:
        return None
    found = shutil.which(words[0]) if words else None
    return [found, *words[1:]] if found else None
