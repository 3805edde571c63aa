"""Files that are still there, whole, after the power went.

Write to a temporary file in the same folder, flush it, rename it, flush the
folder. The mode is what is asked for, whatever the umask.

Whoever writes a temporary file has it locked: one that nobody has locked was
left by a crash, whenever that was.

A flush that failed is not repeated: the system may have forgotten the pages
already. The file is dropped, and the caller writes it again.

What can be made again may be written without a flush: then it is whole for as
long as the machine runs, and nothing is promised after the power went.
"""

import fcntl
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from tuimail.errors import StoreError
from tuimail.store.failures import told, unreadable

BLOCK_BYTES: Final = 64 * 1024
"""Files are read in pieces of this size."""
TEMPORARY_PREFIX: Final = ".tmp-"
"""Names that no reader takes for content; left behind only by a crash."""

_FLAGS: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_READING: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_FULL_FLUSH: Final[int | None] = getattr(fcntl, "F_FULLFSYNC", None)


def write_durably(
    path: Path,
    pieces: Iterable[bytes],
    mode: int = 0o600,
    *,
    by_way_of: Path | None = None,
) -> None:
    """Put ``pieces`` at ``path``, replacing what is there, wholly or not at all.

    Args:
        path: Where.
        pieces: What.
        mode: Who may do what with it.
        by_way_of: A folder on the same disk where it is written first, so that
            what a crash leaves is found without looking everywhere; None for
            that of ``path``.
    """
    folder = path.parent if by_way_of is None else by_way_of
    with told(path), temporary(folder, pieces, mode) as written:
        written.replace(path)
        fsync_folder(path.parent)


def write_unflushed(
    path: Path, pieces: Iterable[bytes], mode: int = 0o600, *, by_way_of: Path
) -> None:
    """As ``write_durably``, for what can be made again after the power went."""
    with (
        told(path),
        temporary(by_way_of, pieces, mode, is_flushed=False) as written,
    ):
        written.replace(path)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield an empty file that others write, and that takes the place of ``path``.

    It is not locked: closing it again would drop the locks of SQLite, which
    writes into it in this process.
    """
    written = _nameless(path.parent)
    with told(path):
        try:
            _write(written, (), 0o600)
            yield written
            with written.open("rb") as file:
                flush(file.fileno())
            written.replace(path)
            fsync_folder(path.parent)
        finally:
            written.unlink(missing_ok=True)


@contextmanager
def temporary(
    folder: Path,
    pieces: Iterable[bytes],
    mode: int,
    *,
    label: str = "",
    is_flushed: bool = True,
) -> Iterator[Path]:
    """Write ``pieces`` durably to a nameless file, which goes unless renamed.

    Args:
        folder: Where.
        pieces: What.
        mode: Who may do what with it.
        label: Whose it is, for ``label_of``; without a full stop.
        is_flushed: False for what can be made again after the power went.
    """
    path, file = _locked(folder, mode, label)
    try:
        with file:
            os.fchmod(file.fileno(), mode)
            file.writelines(pieces)
            file.flush()
            if is_flushed:
                flush(file.fileno())
            yield path
    finally:
        path.unlink(missing_ok=True)


def abandoned(folder: Path) -> Iterator[Path]:
    """Yield the temporary files right in ``folder`` that nobody writes any more.

    Each is locked while it is looked at, so that two who sweep at once do not
    meet.
    """
    for path in sorted(folder.glob(f"{TEMPORARY_PREFIX}*")):
        with _taken(path) as is_abandoned:
            if is_abandoned:
                yield path


def label_of(path: Path) -> str:
    """Return whose a temporary file is, or an empty text."""
    return path.name.removeprefix(TEMPORARY_PREFIX).partition(".")[0]


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


def small_file(path: Path, *, limit_bytes: int) -> bytes:
    """Return what is in a small regular file of ours; more than allowed is cut.

    Raises:
        FileNotFoundError: It is gone.
        StoreError: It cannot be read.
    """
    with _opened(path) as descriptor, told(path):
        refuse_unless_file(path, os.fstat(descriptor))
        return os.read(descriptor, limit_bytes)


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

    Looks everywhere, which takes its time.

    Args:
        folder: Looked through with everything below it.
        before: Only what was last written before this: a copy of a database
            that is just being made is not locked.
    """
    left = 0
    with told(folder):
        for path in folder.rglob(f"{TEMPORARY_PREFIX}*"):
            if _was_written_before(path, before):
                left += _swept(path)
    return left


def make_folder(path: Path, *, is_flushed: bool = True) -> None:
    """Make ``path`` and the folders above it that are missing, with mode 0700.

    Args:
        path: The folder.
        is_flushed: False for one that can be made again after the power went.
    """
    with told(path):
        _make_folder(path, is_flushed=is_flushed)


def close_to_others(path: Path, mode: int | None = None) -> None:
    """Give ``path`` the mode if it is ours and has another; a link is left alone.

    Without a mode it keeps its own, as far as that is for us.
    """
    with told(path), suppress(FileNotFoundError):
        found = path.lstat()
        is_ours = found.st_uid == os.geteuid() and not stat.S_ISLNK(found.st_mode)
        wanted = found.st_mode & stat.S_IRWXU if mode is None else mode
        if is_ours and stat.S_IMODE(found.st_mode) != wanted:
            path.chmod(wanted)


def open_to_others(path: Path) -> Iterator[Path]:
    """Yield what is ours at ``path`` and below, and not ours alone.

    Looks everywhere, which takes its time; links are not followed.
    """
    if _is_open_to_others(path):
        yield path
    for place, folders, files in os.walk(path):
        for name in sorted((*folders, *files)):
            if _is_open_to_others(Path(place, name)):
                yield Path(place, name)


def fsync_folder(path: Path) -> None:
    """Make the names in ``path`` durable."""
    with told(path):
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            flush(descriptor)
        finally:
            os.close(descriptor)


def flush_file(path: Path) -> None:
    """Make what is in a regular file of ours durable.

    Raises:
        FileNotFoundError: It is gone.
        StoreError: It cannot be read, or the disk does not take it.
    """
    with _opened(path) as descriptor, told(path):
        refuse_unless_file(path, os.fstat(descriptor))
        flush(descriptor)


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


def _nameless(folder: Path, label: str = "") -> Path:
    return folder / f"{TEMPORARY_PREFIX}{label}.{os.urandom(8).hex()}"


def _locked(folder: Path, mode: int, label: str) -> tuple[Path, BinaryIO]:
    """Make a temporary file and lock it, before anybody takes it for abandoned."""
    while True:
        path = _nameless(folder, label)
        file = os.fdopen(os.open(path, _FLAGS, mode), "wb")
        fcntl.flock(file.fileno(), fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            return path, file
        file.close()


@contextmanager
def _taken(path: Path) -> Iterator[bool]:
    """Yield whether a file's writer has died; nobody else has it meanwhile."""
    try:
        descriptor = os.open(path, _READING)
    except OSError:
        yield False
        return
    try:
        yield _can_be_locked(descriptor)
    finally:
        os.close(descriptor)


def _can_be_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_open_to_others(path: Path) -> bool:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    is_ours = found.st_uid == os.geteuid() and not stat.S_ISLNK(found.st_mode)
    return is_ours and bool(found.st_mode & _OTHERS)


def _was_written_before(path: Path, moment: datetime) -> bool:
    try:
        return path.lstat().st_mtime < moment.timestamp()
    except FileNotFoundError:
        return False


def _swept(path: Path) -> bool:
    with _taken(path) as is_abandoned:
        if is_abandoned:
            path.unlink(missing_ok=True)
        return is_abandoned


def _write(path: Path, pieces: Iterable[bytes], mode: int) -> None:
    with os.fdopen(os.open(path, _FLAGS, mode), "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.writelines(pieces)
        file.flush()
        flush(file.fileno())


def _make_folder(path: Path, *, is_flushed: bool) -> None:
    if not os.path.lexists(path):
        _make_folder(path.parent, is_flushed=is_flushed)
        with suppress(FileExistsError):
            path.mkdir(mode=0o700)
            path.chmod(0o700)
            if is_flushed:
                fsync_folder(path.parent)
    if not stat.S_ISDIR(path.stat().st_mode):
        raise StoreError(
            f"{path} is in the way: it is not a folder.",
            hint="Move it away, then try again.",
        )
