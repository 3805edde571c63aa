"""The sender lock: one sender a workspace, let go by the kernel at any death.

Its file says who has it, and whether whoever had it before let it go: if not, or
if the machine was started since, the database is looked through before anything
is sent.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final, Self
from weakref import WeakSet

from tuimail.core.values import dataclass, replace
from tuimail.store.durable import make_folder
from tuimail.store.failures import told

_ALWAYS: Final = os.O_NOFOLLOW | os.O_CLOEXEC
_FLAGS: Final = os.O_RDWR | os.O_CREAT | _ALWAYS
_TRIES: Final = 10
_PAUSE_SECONDS: Final = 0.002
"""``holder`` has the lock for microseconds while it asks; that is waited out."""
_NOTE_BYTES: Final = 400
_WHO_BYTES: Final = 200
_UNCHECKED: Final = "unchecked"
BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
"""Differs after every start of the machine; other systems have none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Note:
    """What the file says."""

    who: str = ""
    """``app, pid 412``; empty once it was let go."""
    boot: str = ""
    is_unchecked: bool = False
    """Whether somebody died with it, and nobody has looked since."""
    unmended: str = ""
    """Since when files may be as a crash left them, though somebody has looked."""

    @classmethod
    def read(cls, descriptor: int) -> Self:
        text = os.pread(descriptor, _NOTE_BYTES, 0).decode(errors="replace")
        who, boot, mark, unmended = (*text.split("\n"), "", "", "", "")[:4]
        is_unchecked = mark == _UNCHECKED
        return cls(who=who, boot=boot, is_unchecked=is_unchecked, unmended=unmended)

    def write(self, descriptor: int) -> None:
        mark = _UNCHECKED if self.is_unchecked else ""
        who = self.who.encode()[:_WHO_BYTES].decode(errors="ignore")
        text = f"{who}\n{self.boot}\n{mark}\n{self.unmended}\n"
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, text.encode(), 0)

    def taken_by(self, who: str, boot: str) -> "_Note":
        """Return what it says once somebody else has it."""
        was_restarted = bool(self.boot) and self.boot != boot
        is_unchecked = self.is_unchecked or bool(self.who) or was_restarted
        return replace(self, who=who, boot=boot, is_unchecked=is_unchecked)


class SenderLock:
    """An exclusive ``flock`` on a file of its own, never on the database.

    The file stays for ever: what counts is the lock, and a file that is
    removed and made again could be locked twice.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None
        _MADE.add(self)

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
            os.fchmod(descriptor, 0o600)
            note = _Note.read(descriptor)
            note.taken_by(f"{face}, pid {os.getpid()}", _boot()).write(descriptor)
            undoing.pop_all()
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let it go; nothing happens where it is not ours."""
        if self._descriptor is not None:
            with suppress(OSError):
                replace(_Note.read(self._descriptor), who="").write(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = None

    def leave_to_the_parent(self) -> None:
        """Let go of it in a process that was forked; the parent keeps it.

        A copy of the descriptor would keep the lock when the parent is dead.
        """
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def is_unchecked(self) -> bool:
        """Return whether the database is to be looked through before sending."""
        with self._file(os.O_RDONLY) as descriptor:
            return descriptor is not None and _Note.read(descriptor).is_unchecked

    def unmended_since(self) -> str:
        """Return since when files may be as a crash left them; empty if none are."""
        with self._file(os.O_RDONLY) as descriptor:
            return "" if descriptor is None else _Note.read(descriptor).unmended

    def mark_checked(self, *, unmended: str = "") -> None:
        """Note that it was looked through; for whoever has the lock.

        Args:
            unmended: Since when files may be as a crash left them; empty once
                none are any more.
        """
        with self._file(os.O_RDWR) as descriptor:
            if descriptor is not None:
                note = _Note.read(descriptor)
                note = replace(note, is_unchecked=False, unmended=unmended)
                note.write(descriptor)

    def holder(self) -> str | None:
        """Return who holds it, e.g. ``app, pid 412``, or None if nobody does."""
        if not self._path.exists():
            return None
        with told(self._path), self._path.open("rb") as file:
            if _locked(file.fileno(), fcntl.LOCK_SH):
                return None
            return _Note.read(file.fileno()).who

    @contextmanager
    def _file(self, flags: int) -> Iterator[int | None]:
        """Yield the file, opened once more, or None where there is none."""
        with told(self._path):
            try:
                descriptor = os.open(self._path, flags | _ALWAYS)
            except FileNotFoundError:
                yield None
                return
            try:
                yield descriptor
            finally:
                os.close(descriptor)


def _leave_to_the_parent() -> None:
    for one in tuple(_MADE):
        one.leave_to_the_parent()


_MADE: Final[WeakSet[SenderLock]] = WeakSet()
os.register_at_fork(after_in_child=_leave_to_the_parent)


def _boot() -> str:
    try:
        return BOOT_ID.read_text("ascii").strip()
    except OSError:
        return ""


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
