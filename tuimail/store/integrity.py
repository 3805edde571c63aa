"""Whether the database is what was written, as far as anybody can tell.

Two ways of knowing: SQLite's own checks, and the head of the journal that is
kept beside it. Nothing here mends anything.
"""

import os
from pathlib import Path
from typing import Final, NamedTuple

from tuimail.errors import DamagedWorkspaceError
from tuimail.store.database import Database
from tuimail.store.failures import REPAIR, damaged, told
from tuimail.store.journal import Head

HEAD_NAME: Final = "journal.head"
_HEAD_BYTES: Final = 200
_HASH_LENGTH: Final = 64


def quick_faults(database: Database) -> tuple[str, ...]:
    """Return what a quick look through the whole database finds.

    Raises:
        DamagedWorkspaceError: It cannot even be looked through.
    """
    return _faults(database, "quick_check")


def faults(database: Database) -> tuple[str, ...]:
    """Return what a thorough look through the database and its indexes finds."""
    return _faults(database, "integrity_check")


def dangling_rows(database: Database) -> int:
    """Return how many rows name others that are not there."""
    return len(database.read("PRAGMA foreign_key_check", (), lambda **row: row))


def require_whole(database: Database, path: Path) -> None:
    """Refuse a database that a quick look finds something in.

    Raises:
        DamagedWorkspaceError: There is something; the text has the first.
    """
    found = quick_faults(database)
    if found:
        raise damaged(path, found[0])


class KeptHead:
    """The newest line of the journal, kept in a file beside the database.

    It is written after the line is on disk, so that it is never ahead of the
    database, except where that lost what it had: its log was removed, or an old
    copy was put in its place. Then mail that has left could leave again.
    """

    def __init__(self, folder: Path, database: Database) -> None:
        self._path = folder / HEAD_NAME
        self._database = database

    def keep(self) -> None:
        """Write the newest line down, unless what was written before is missed.

        It is not flushed: what a power cut leaves empty is no head.
        """
        connection = self._database.connection
        if connection.in_transaction or not self.is_known():
            return
        head = self._database.read_one(_NEWEST, (), Head)
        if head is not None:
            self.write(head)

    def write(self, head: Head) -> None:
        """Write a line down, whatever was there."""
        written = self._path.with_name(f".tmp-head.{os.getpid()}")
        with told(self._path):
            descriptor = os.open(written, _FLAGS, 0o600)
            try:
                os.write(descriptor, f"{head.number} {head.hash}\n".encode())
            finally:
                os.close(descriptor)
            written.replace(self._path)

    def is_known(self) -> bool:
        """Return whether the database has the line; what is no head is known."""
        head = read_head(self._path)
        if head is None:
            return True
        return bool(self._database.read(_HAS, (head.number, head.hash), _One))

    def require(self) -> None:
        """Refuse a database that has lost what it had.

        Raises:
            DamagedWorkspaceError: The line that was kept is not in it.
        """
        if not self.is_known():
            raise DamagedWorkspaceError(
                f"{self._path.parent} has a database that is older than the mail "
                "beside it: its newest steps are missing.",
                hint=REPAIR,
            )


def read_head(path: Path) -> Head | None:
    """Return the line that was kept, or None where there is none."""
    try:
        with path.open("rb") as file:
            words = file.read(_HEAD_BYTES).decode("ascii").split()
    except (OSError, UnicodeDecodeError):
        return None
    if len(words) != len(Head._fields) or not words[0].isdecimal():
        return None
    number, digest = words
    return Head(int(number), digest) if len(digest) == _HASH_LENGTH else None


def _faults(database: Database, pragma: str) -> tuple[str, ...]:
    found = database.read(f"PRAGMA {pragma}(10)", (), _first)
    return () if found == ["ok"] else tuple(found)


def _first(**row: str) -> str:
    return next(iter(row.values()))


class _One(NamedTuple):
    one: int


_FLAGS: Final = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
_NEWEST: Final = "SELECT number, hash FROM journal ORDER BY number DESC LIMIT 1"
_HAS: Final = "SELECT 1 AS one FROM journal WHERE number = ? AND hash = ?"
