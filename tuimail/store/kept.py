"""What is kept of the journal beside the database, in case that is lost.

Its newest line, so that a database which lost its newest steps is known by it;
and which mails may have left, so that a rebuild does not take them for waiting.
Both are written after the step is on disk and before anything leaves by it. They
are not flushed: what a power cut takes of them says less, and nothing wrong.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from tuimail.errors import DamagedWorkspaceError
from tuimail.store.database import Database
from tuimail.store.failures import REPAIR, told

HEAD_NAME: Final = "journal.head"
INTENTS_NAME: Final = "journal.intents"
INTENTS_BYTES: Final = 1_000_000
"""How much is kept at least: some 25,000 attempts."""
_HEAD_BYTES: Final = 200
_HASH_LENGTH: Final = 64


class Head(NamedTuple):
    """The newest row of the journal: kept elsewhere, it shows one that was cut."""

    number: int
    hash: str


class Newest(NamedTuple):
    """What is to be kept of the steps since the last time."""

    before: Head | None
    """What was kept until now."""
    head: Head
    committed: tuple[str, ...]
    """Which attempts passed the point of no return, as the lines to be kept."""


class KeptHead:
    """The newest line of the journal, and which mails it says may have left.

    The file is never ahead of the database, except where that lost what it had:
    its log was removed, or an old copy was put in its place. Then mail that has
    left could leave again.
    """

    def __init__(self, folder: Path, database: Database) -> None:
        self._path = folder / HEAD_NAME
        self._intents = folder / INTENTS_NAME
        self._database = database
        self._written: Head | None = None

    def keep(self) -> None:
        """Write the newest line down, unless what was written before is missed."""
        if not self._database.connection.in_transaction:
            newest = self._since(read_head(self._path))
            if newest is not None:
                self._put(newest)

    def newest(self) -> "Newest | None":
        """Return what ``put`` is to write down once it is on disk.

        Inside of a transaction that is quicker read than after it. Whether what was
        written from here is still what is kept, ``put`` sees. None where there is
        nothing new, or what was written before is missed.
        """
        return self._since(self._written or read_head(self._path))

    def _since(self, before: Head | None) -> "Newest | None":
        if not self._has(before):
            return None
        head = self._database.read_one(_NEWEST, (), Head)
        if head is None or head == before:
            return None
        numbers = (before.number if before else 0, head.number)
        found = self._database.read_in_order(_COMMITTED, numbers, str)
        return Newest(before, head, tuple(found))

    def put(self, newest: "Newest | None") -> None:
        """Write down what ``newest`` said before it was on disk.

        Where another process wrote meanwhile, that may be newer: then as ``keep``.
        """
        if newest is None:
            return
        if read_head(self._path) == newest.before:
            self._put(newest)
        else:
            self.keep()

    def _put(self, newest: "Newest") -> None:
        if newest.committed:
            self._append(newest.committed)
        self.write(newest.head)
        self._written = newest.head

    def write(self, head: Head) -> None:
        """Write a line down, whatever was there."""
        with told(self._path):
            descriptor = os.open(self._path, _WRITING, 0o600)
            try:
                os.pwrite(descriptor, f"{head.number:020d} {head.hash}\n".encode(), 0)
            finally:
                os.close(descriptor)

    def is_known(self) -> bool:
        """Return whether the database has the line; what is no head is known.

        Asked twice before it says no: another process may be writing it just
        then.
        """
        return self._has(read_head(self._path)) or self._has(read_head(self._path))

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

    def _has(self, head: Head | None) -> bool:
        if head is None or head == self._written:
            return True
        return bool(self._database.read(_HAS, (head.number, head.hash), _one))

    def _append(self, lines: Iterable[str]) -> None:
        with told(self._intents):
            descriptor = os.open(self._intents, _WRITING | os.O_APPEND, 0o600)
            try:
                os.write(descriptor, "".join(lines).encode())
                size = os.fstat(descriptor).st_size
            finally:
                os.close(descriptor)
            if size > INTENTS_BYTES:
                self._intents.replace(_older(self._intents))


def read_head(path: Path) -> Head | None:
    """Return the line that was kept, or None where there is none."""
    words = _read(path, _HEAD_BYTES).split()
    if len(words) != len(Head._fields) or not words[0].isdecimal():
        return None
    number, digest = words
    return Head(int(number), digest) if len(digest) == _HASH_LENGTH else None


def read_intents(folder: Path) -> dict[str, int]:
    """Return the last attempt of each submission whose content may have left."""
    path = folder / INTENTS_NAME
    found: dict[str, int] = {}
    for one in (_older(path), path):
        for line in _read(one, 2 * INTENTS_BYTES).splitlines():
            submission_id, _, number = line.partition(" ")
            if number.isdecimal():
                found[submission_id] = max(int(number), found.get(submission_id, 0))
    return found


def kept_files(folder: Path) -> tuple[Path, ...]:
    """Return every file that is kept beside the database, there or not."""
    intents = folder / INTENTS_NAME
    return folder / HEAD_NAME, intents, _older(intents)


def _older(path: Path) -> Path:
    return path.with_name(f"{path.name}.1")


def _read(path: Path, limit_bytes: int) -> str:
    try:
        descriptor = os.open(path, _READING)
    except OSError:
        return ""
    try:
        return os.read(descriptor, limit_bytes).decode("ascii", "replace")
    except OSError:
        return ""
    finally:
        os.close(descriptor)


def _one(*, one: int) -> int:
    return one


_WRITING: Final = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
_READING: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
_NEWEST: Final = "SELECT number, hash FROM journal ORDER BY number DESC LIMIT 1"
_HAS: Final = "SELECT 1 AS one FROM journal WHERE number = ? AND hash = ?"
_COMMITTED: Final = """
SELECT format('%s %s%s', details ->> 'submission', details ->> 'attempt', char(10))
FROM journal
WHERE number > ? AND number <= ? AND event = 'attempt_committed'
"""
