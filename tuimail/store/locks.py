"""The sender lock: one sender a workspace, let go by the kernel at any death."""

import fcntl
import os
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from tuimail.store.durable import make_folder
from tuimail.store.failures import told

_FLAGS: Final = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
_TRIES: Final = 10
_PAUSE_SECONDS: Final = 0.002
"""``holder`` has the lock for microseconds while it asks; that is waited out."""
_NOTE_BYTES: Final = 200


class SenderLock:
    """An exclusive ``flock`` on a file of its own, never on the database.

    The file stays for ever: what counts is the lock, and a file that is
    removed and made again could be locked twice.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self, face: str = "tuimail") -> bool:
        """Take the lock if nobody has it; return whether it is ours now.

        Args:
            face: What others are told that holds it: ``app``, ``cli``, …
        """
        if self._descriptor is not None:
            return True
        make_folder(self._path.parent)
        with told(self._path), ExitStack() as undoing:
            descriptor = os.open(self._path, _FLAGS, 0o600)
            undoing.callback(os.close, descriptor)
            if not _taken(descriptor):
                return False
            _sign(descriptor, f"{face}, pid {os.getpid()}")
            undoing.pop_all()
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let it go; nothing happens where it is not ours."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> str | None:
        """Return who holds it, e.g. ``app, pid 412``, or None if nobody does."""
        if not self._path.exists():
            return None
        with told(self._path), self._path.open("rb") as file:
            if _locked(file.fileno(), fcntl.LOCK_SH):
                return None
            return file.read(_NOTE_BYTES).decode(errors="replace")


def _taken(descriptor: int) -> bool:
    for _ in range(_TRIES):
        if _locked(descriptor, fcntl.LOCK_EX):
            return True
        time.sleep(_PAUSE_SECONDS)
    return False


def _locked(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sign(descriptor: int, note: str) -> None:
    os.fchmod(descriptor, 0o600)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, note.encode()[:_NOTE_BYTES], 0)
