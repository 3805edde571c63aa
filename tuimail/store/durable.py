"""Files that are still there, whole, after the power went.

Write to a temporary file in the same folder, flush it, rename it, flush the
folder. The mode is what is asked for, whatever the umask.

A flush that failed is not repeated: the system may have forgotten the pages
already. The file is dropped, and the caller writes it again.
"""

import fcntl
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from tuimail.errors import StoreError
from tuimail.store.failures import told, unreadable

BLOCK_BYTES: Final = 64 * 1024
"""Files are read in pieces of this size."""
TEMPORARY_PREFIX: Final = ".tmp-"
"""Names that no reader takes for content; left behind only by a crash."""

_FLAGS: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_READING: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
_FULL_FLUSH: Final[int | None] = getattr(fcntl, "F_FULLFSYNC", None)


def write_durably(path: Path, pieces: Iterable[bytes], mode: int = 0o600) -> None:
    """Put ``pieces`` at ``path``, replacing what is there, wholly or not at all."""
    with told(path), temporary(path.parent, pieces, mode) as written:
        written.replace(path)
        fsync_folder(path.parent)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield an empty file that others write, and that takes the place of ``path``."""
    with told(path), temporary(path.parent, (), 0o600) as written:
        yield written
        with written.open("rb") as file:
            flush(file.fileno())
        written.replace(path)
        fsync_folder(path.parent)


@contextmanager
def temporary(folder: Path, pieces: Iterable[bytes], mode: int) -> Iterator[Path]:
    """Write ``pieces`` durably to a nameless file, which goes unless renamed."""
    path = folder / f"{TEMPORARY_PREFIX}{secrets.token_hex(8)}"
    try:
        _write(path, pieces, mode)
        yield path
    finally:
        path.unlink(missing_ok=True)


def blocks(path: Path) -> Iterator[bytes]:
    """Yield what is in a regular file of ours, piece by piece.

    Whatever else stands in its place is refused, and nobody waits for a pipe.

    Raises:
        FileNotFoundError: It is gone.
        StoreError: It cannot be read.
    """
    with _opened(path) as descriptor, told(path):
        refuse_unless_file(path, os.fstat(descriptor))
        while block := os.read(descriptor, BLOCK_BYTES):
            yield block


def refuse_unless_file(path: Path, found: os.stat_result) -> None:
    """Refuse what is not a regular file.

    Raises:
        StoreError: ``found`` at ``path`` is none.
    """
    if not stat.S_ISREG(found.st_mode):
        raise StoreError(
            f"{path} is not a regular file.",
            hint="Move it away, then try again, or name another folder: "
            "tuimail --workspace DIR",
        )


def sweep(folder: Path, *, before: datetime) -> int:
    """Remove what a crash left half written; return how many files.

    Args:
        folder: Looked through with everything below it.
        before: Only what was last written before this is certainly left:
            another process may be writing just now.
    """
    left = 0
    with told(folder):
        for path in folder.rglob(f"{TEMPORARY_PREFIX}*"):
            if path.lstat().st_mtime < before.timestamp():
                path.unlink(missing_ok=True)
                left += 1
    return left


def make_folder(path: Path) -> None:
    """Make ``path`` and the folders above it that are missing, with mode 0700."""
    with told(path):
        _make_folder(path)


def close_to_others(path: Path, mode: int) -> None:
    """Give ``path`` the mode if it is ours and has another; a link is left alone."""
    with told(path), suppress(FileNotFoundError):
        found = path.lstat()
        is_ours = found.st_uid == os.geteuid() and not stat.S_ISLNK(found.st_mode)
        if is_ours and stat.S_IMODE(found.st_mode) != mode:
            path.chmod(mode)


def fsync_folder(path: Path) -> None:
    """Make the names in ``path`` durable."""
    with told(path):
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            flush(descriptor)
        finally:
            os.close(descriptor)


def flush(descriptor: int) -> None:
    """Have the disk, and not only its cache, hold what was written.

    macOS answers ``fsync`` before that; it has another call for it.
    """
    if _FULL_FLUSH is None:
        os.fsync(descriptor)
    else:
        fcntl.fcntl(descriptor, _FULL_FLUSH)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    try:
        descriptor = os.open(path, _READING)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise unreadable(error, path) from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _write(path: Path, pieces: Iterable[bytes], mode: int) -> None:
    with os.fdopen(os.open(path, _FLAGS, mode), "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.writelines(pieces)
        file.flush()
        flush(file.fileno())


def _make_folder(path: Path) -> None:
    if not os.path.lexists(path):
        _make_folder(path.parent)
        with suppress(FileExistsError):
            path.mkdir(mode=0o700)
            path.chmod(0o700)
            fsync_folder(path.parent)
    if not stat.S_ISDIR(path.stat().st_mode):
        raise StoreError(
            f"{path} is in the way: it is not a folder.",
            hint="Move it away, then try again.",
        )
