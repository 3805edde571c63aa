"""A log for whoever looks for the cause of something, in lines of facts.

Not the journal: nothing depends on it, nothing is proven by it, and it may be
thrown away. It has ids, accounts, servers, stages and codes; never bodies,
subjects, addresses or secrets.
"""

import fcntl
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tuimail.core.patterns import regex
from tuimail.errors import StoreError
from tuimail.store.durable import make_folder
from tuimail.store.instants import instant_text

LIMIT_BYTES: Final = 1_000_000
"""How big the newest file gets before it is put aside."""
KEPT: Final = 5
"""How many files that were put aside are kept."""

_FLAGS: Final = (
    os.O_WRONLY | os.O_CREAT | os.O_APPEND
    | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
)  # fmt: skip
_LONGEST_VALUE: Final = 200
_ADDRESS: Final = regex(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")
"""Servers like to repeat whom they refuse, and that may be a blind copy."""


class Log:
    """Appends lines to one file; several processes may do so at once."""

    def __init__(
        self,
        path: Path | None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Write to ``path``; nothing is written where it is None."""
        self._path = path
        self._now = now

    def note(self, event: str, **facts: str | int) -> None:
        """Write one line; a disk that does not take it stops nobody.

        Args:
            event: What happened, such as ``sender_started``.
            facts: What else there is to say; no text that people wrote.
        """
        if self._path is None:
            return
        with suppress(OSError, StoreError):
            self._append(self._path, _line(self._now(), event, facts))

    def _append(self, path: Path, line: bytes) -> None:
        """Write the line in one go, so that no other can get into it."""
        make_folder(path.parent)
        with suppress(FileNotFoundError):
            if path.lstat().st_size + len(line) > LIMIT_BYTES:
                _put_aside(path, len(line))
        descriptor = os.open(path, _FLAGS, 0o600)
        try:
            os.write(descriptor, line)
        finally:
            os.close(descriptor)


def _line(at: datetime, event: str, facts: dict[str, str | int]) -> bytes:
    pairs = (f"{key}={_quoted(value)}" for key, value in facts.items())
    return (" ".join([instant_text(at), event, *pairs]) + "\n").encode("ascii")


def _quoted(value: str | int) -> str:
    """Return a value as ASCII that acts on no terminal, cut if it is long."""
    if isinstance(value, int):
        return str(int(value))
    text = _ADDRESS.sub("(address)", value)
    if len(text) > _LONGEST_VALUE:
        text = text[: _LONGEST_VALUE - 1] + "…"
    from json import dumps  # noqa: PLC0415 - most commands note nothing

    return dumps(text, ensure_ascii=True).replace("\x7f", "\\u007f")


def _put_aside(path: Path, length: int) -> None:
    """Give the file its next name, unless another process is just doing so.

    Who finds the lock taken goes on writing to the file there is: nobody waits
    for a process that was stopped.
    """
    lock = path.with_name(f"{path.name}.lock")
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(lock, flags, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if path.lstat().st_size + length > LIMIT_BYTES:
            _shift(path)
    except BlockingIOError:
        """Another process does it."""
    finally:
        os.close(descriptor)


def _shift(path: Path) -> None:
    """Move every file to the next number; the last one goes."""
    names = [path, *(path.with_name(f"{path.name}.{n}") for n in range(1, KEPT + 1))]
    for older, newer in zip(reversed(names), reversed(names[:-1]), strict=False):
        with suppress(FileNotFoundError):
            newer.replace(older)
