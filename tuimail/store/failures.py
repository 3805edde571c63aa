"""What went wrong on disk, in words for people: the one place that says it.

apsw and the operating system raise their own errors; nothing above ``store``
ever sees one.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import apsw

from tuimail.errors import (
    DamagedWorkspaceError,
    FullDiskError,
    ReadOnlyWorkspaceError,
    StoreError,
    WorkspaceBusyError,
)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn errors of apsw and of the disk about ``path`` into our own."""
    try:
        yield
    except apsw.Error as error:
        raise database_failure(error, path) from error
    except OSError as error:
        raise disk_failure(error, path) from error


def database_failure(error: apsw.Error, path: Path) -> StoreError:
    """Return what to tell a person about an error of SQLite."""
    if isinstance(error, apsw.BusyError | apsw.LockedError):
        return WorkspaceBusyError(
            f"Another program kept {path} locked for too long.",
            hint="Wait for it or close it, then try again; nothing was changed.",
        )
    if isinstance(error, apsw.IOError | apsw.CantOpenError) and _is_full(path):
        return FullDiskError(_FULL[1].format(path=path), hint=_ROOM_UNKNOWN)
    for kind, told_as, sentence, hint in _DATABASE:
        if isinstance(error, kind):
            return told_as(sentence.format(path=path, error=error), hint=hint)
    return StoreError(f"{path} cannot be used: {error}.", hint=_KEEP)


def disk_failure(error: OSError, path: Path) -> StoreError:
    """Return what to tell a person about an error of the file system."""
    told_as, sentence, hint = _DISK.get(
        error.errno or 0, (StoreError, "The disk failed at {path}: {error}.", _CHECK)
    )
    return told_as(sentence.format(path=path, error=error.strerror), hint=hint)


def damaged(path: Path, what: str) -> DamagedWorkspaceError:
    """Return what to tell a person about a database that is not what it was."""
    return DamagedWorkspaceError(f"{path} is damaged: {what}.", hint=REPAIR)


def unreadable(error: OSError, path: Path) -> StoreError:
    """Return what to tell a person about a file that cannot be opened to read."""
    if error.errno == errno.ELOOP:
        return StoreError(f"{path} is a link, not a file.", hint=_KEEP)
    return StoreError(f"{path} cannot be read: {error.strerror}.", hint=_READABLE)


def _is_full(path: Path) -> bool:
    """Return whether the disk has no room for what SQLite keeps beside ``path``.

    It calls a disk that is full an I/O error, where it is the file of its
    shared memory that does not fit.
    """
    try:
        found = os.statvfs(path.parent)
    except OSError:
        return False
    has_inodes = bool(found.f_favail or not found.f_files)
    return not has_inodes or found.f_bavail * found.f_frsize < _SHARED_BYTES


_SHARED_BYTES: Final = 32 * 1024
"""Smallest size of SQLite's shared memory."""

REPAIR: Final = (
    "Nothing is sent meanwhile. Keep a copy of the folder, then: "
    "tuimail doctor --repair"
)
"""What to type next where the database is not what it was."""
_KEEP: Final = "Keep the folder as it is, and copy it before anything is tried."
_CHECK: Final = "Check the disk, then start again: what is stored is read anew."
_ROOM: Final = "Make room on that disk, then try again; nothing was changed."
_ROOM_UNKNOWN: Final = (
    "Make room on that disk, then try again: what is stored is read anew."
)
_READABLE: Final = "Check who owns it, and that you may read it: it should be yours."
_RIGHTS: Final = "Check who owns the folder, and that the disk can be written to."

_Told = tuple[type[StoreError], str, str]
_FULL: Final[_Told] = (FullDiskError, "The disk that holds {path} is full.", _ROOM)
_CLOSED: Final[_Told] = (ReadOnlyWorkspaceError, "{path} may not be written.", _RIGHTS)

_DATABASE: Final = (
    (apsw.FullError, *_FULL),
    ((apsw.ReadOnlyError, apsw.PermissionsError), *_CLOSED),
    (apsw.CantOpenError, StoreError, "{path} cannot be opened.", _RIGHTS),
    (apsw.IOError, StoreError, "The disk failed at {path}: {error}.", _CHECK),
    (
        apsw.CorruptError,
        DamagedWorkspaceError,
        "{path} is damaged: {error}.",
        REPAIR,
    ),
    (
        apsw.NotADBError,
        DamagedWorkspaceError,
        "{path} is not a database of tuimail.",
        REPAIR,
    ),
    (
        apsw.InterruptError,
        StoreError,
        "Looking through {path} was broken off.",
        "It begins anew at the next start, and nothing is sent before.",
    ),
    (
        apsw.ConstraintError,
        StoreError,
        "The workspace refused a step that is not allowed: {error}.",
        "Nothing was changed. Look at where the mail stands: tuimail show ID",
    ),
)
"""The first that fits speaks."""

_DISK: Final = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EROFS: _CLOSED,
    errno.EACCES: _CLOSED,
    errno.EPERM: _CLOSED,
}
