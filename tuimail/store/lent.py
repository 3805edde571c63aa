"""Files that an editor writes to: one folder for each mail, until they are taken back.

They lie in the workspace, so that what an editor wrote outlives the program that
started it. Beside each lies what was lent: what differs from that was changed.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from tuimail.errors import StoreError, WorkspaceBusyError
from tuimail.store.durable import blocks, make_folder, write_durably
from tuimail.store.failures import told

FOLDER: Final = "lent"
MOST_BYTES: Final = 64 * 1024 * 1024
"""Of a file that is taken back; a mail that long leaves through no account."""
_BEFORE: Final = "before"
_NAME: Final = "mail"
_OPENING: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Loan:
    """A file that somebody writes to, and nobody else is lent meanwhile."""

    def __init__(self, path: Path, *, lock: int, is_left: bool) -> None:
        self.path = path
        """What the editor is to open."""
        self.is_left = is_left
        """Whether it has what an editor wrote earlier and nobody took."""
        self._lock = lock

    @property
    def before(self) -> bytes:
        """What was lent."""
        return _content(self.path.with_name(_BEFORE))

    def changed(self) -> bytes | None:
        """Return what the editor made of it; None where that is nothing new.

        Raises:
            StoreError: It cannot be read, or is too long for any mail.
        """
        content = _content(self.path)
        return None if content in {b"", self.before} else content

    @property
    def has_more(self) -> bool:
        """Whether the editor left files of its own, with what it had not saved."""
        with told(self.path):
            found = {one.name for one in self.path.parent.iterdir()}
        return bool(found - {_BEFORE, self.path.name})

    def end(self) -> None:
        """Remove it, with whatever the editor left beside it."""
        shutil.rmtree(self.path.parent, ignore_errors=True)
        self.leave()

    def leave(self) -> None:
        """Let it lie, for whoever is lent the same mail next."""
        with suppress(OSError):
            os.close(self._lock)
        self._lock = -1


class Loans:
    """The folder ``lent/`` of a workspace."""

    def __init__(self, root: Path) -> None:
        self._folder = root / FOLDER

    def lend(self, name: str, content: bytes, suffix: str) -> Loan:
        """Return a file with ``content``, or the one that is still lying there.

        Args:
            name: Which mail; a plain file name.
            content: What the editor is to begin with.
            suffix: How the name of the file ends, by which editors know its kind.

        Raises:
            WorkspaceBusyError: Somebody has been lent it already.
            StoreError: The disk refuses.
        """
        folder = self._folder / name
        make_folder(folder)
        lock = _locked(folder)
        try:
            left = _left(folder)
            if left is not None:
                return Loan(left, lock=lock, is_left=True)
            return Loan(_laid(folder, content, suffix), lock=lock, is_left=False)
        except BaseException:
            os.close(lock)
            raise

    def has_left(self, name: str) -> bool:
        """Return whether an editor wrote something that nobody has taken back."""
        folder = self._folder / name
        if not folder.is_dir():
            return False
        try:
            lock = _locked(folder)
        except WorkspaceBusyError:
            return False
        try:
            return _left(folder) is not None
        finally:
            os.close(lock)

    def forget(self, name: str) -> None:
        """Remove whatever lies there of a mail, also of one part of it."""
        for folder in (self._folder / name, *self._folder.glob(f"{name}.*")):
            shutil.rmtree(folder, ignore_errors=True)


def _laid(folder: Path, content: bytes, suffix: str) -> Path:
    for old in _files(folder):
        old.unlink(missing_ok=True)
    write_durably(folder / _BEFORE, [content])
    path = folder / f"{_NAME}{suffix}"
    write_durably(path, [content])
    return path


def _left(folder: Path) -> Path | None:
    before = _content(folder / _BEFORE)
    changed = (one for one in _files(folder) if _content(one) not in {b"", before})
    return next(changed, None)


def _files(folder: Path) -> Iterator[Path]:
    with told(folder):
        yield from sorted(one for one in folder.iterdir() if one.stem == _NAME)


def _content(path: Path) -> bytes:
    """Return what is in ``path``; nothing where there is no such file."""
    content = bytearray()
    with suppress(FileNotFoundError):
        for piece in blocks(path):
            content += piece
            if len(content) > MOST_BYTES:
                raise StoreError(
                    f"{path} has more than {MOST_BYTES} bytes.",
                    hint="Shorten it, then press the key for the editor again.",
                )
    return bytes(content)


def _locked(folder: Path) -> int:
    with _closing(folder) as lock, told(folder):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WorkspaceBusyError(
                "An editor has this mail open already.",
                hint="Save it and leave that editor first.",
            ) from error
        return lock


@contextmanager
def _closing(folder: Path) -> Iterator[int]:
    """Yield ``folder``, open; it is closed where the block fails."""
    with told(folder):
        lock = os.open(folder, _OPENING)
    try:
        yield lock
    except BaseException:
        os.close(lock)
        raise
