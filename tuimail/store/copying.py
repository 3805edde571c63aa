"""Copies of what is on disk, whole and durable, made while it is in use."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from tuimail.store.database import Database
from tuimail.store.durable import (
    BLOCK_BYTES,
    TEMPORARY_PREFIX,
    flush,
    fsync_folder,
    make_folder,
)
from tuimail.store.failures import told

_SCRATCH: Final = ".tmp"
_WRITING: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_READING: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Copied(NamedTuple):
    """How much was copied."""

    files: int
    size_bytes: int


def copy_database(database: Database, target: Path) -> None:
    """Write the database as it is at this moment to ``target``, durably.

    By SQLite itself: whoever else reads the file drops its locks.
    """
    with told(target):
        database.connection.execute("VACUUM INTO ?", (str(target),)).fetchall()
        target.chmod(0o600)
        descriptor = os.open(target, os.O_RDONLY | os.O_CLOEXEC)
        try:
            flush(descriptor)
        finally:
            os.close(descriptor)


class TreeCopy:
    """Copies folders; a file that has several names in them has them in the copy."""

    def __init__(self, watch: Callable[[int], object] = lambda _files: None) -> None:
        """Begin a copy.

        Args:
            watch: Is told after each file how many there are by now.
        """
        self._watch = watch
        self._known: dict[tuple[int, int], Path] = {}
        self.files = 0
        self.size_bytes = 0

    def copy(self, source: Path, target: Path) -> None:
        """Copy what is in ``source`` to ``target``, which is made.

        What goes away meanwhile is left out, and so is what is half written,
        and whatever is neither a file nor a folder.
        """
        make_folder(target)
        for path in _listed(source):
            found = _found(path)
            if found is None or path.name == _SCRATCH:
                continue
            if stat.S_ISDIR(found.st_mode):
                self.copy(path, target / path.name)
            elif stat.S_ISREG(found.st_mode):
                with suppress(FileNotFoundError):
                    self._file(path, target / path.name, found)
        fsync_folder(target)

    def _file(self, path: Path, target: Path, found: os.stat_result) -> None:
        key = found.st_dev, found.st_ino
        known = self._known.get(key)
        if known is None or not _linked(known, target):
            self.size_bytes += _copied(path, target, stat.S_IMODE(found.st_mode))
            self._known[key] = target
        self.files += 1
        self._watch(self.files)


def _listed(folder: Path) -> list[Path]:
    with told(folder):
        found = folder.iterdir() if folder.is_dir() else ()
        return sorted(one for one in found if not _is_temporary(one))


def _is_temporary(path: Path) -> bool:
    return path.name.startswith(TEMPORARY_PREFIX)


def _found(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except FileNotFoundError:
        return None


def _linked(known: Path, target: Path) -> bool:
    """Give a copy one more name, where the disk can do that."""
    try:
        os.link(known, target)
    except OSError:
        return False
    return True


def _copied(path: Path, target: Path, mode: int) -> int:
    """Copy one file and flush it; return its size."""
    size = 0
    source = os.open(path, _READING)
    with os.fdopen(source, "rb") as reading, told(target):
        descriptor = os.open(target, _WRITING, 0o600)
        with os.fdopen(descriptor, "wb") as writing:
            for block in _blocks(reading.fileno()):
                size += writing.write(block)
            writing.flush()
            os.fchmod(descriptor, mode & 0o700)
            flush(descriptor)
    return size


def _blocks(descriptor: int) -> Iterator[bytes]:
    while block := os.read(descriptor, BLOCK_BYTES):
        yield block
