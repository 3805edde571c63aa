"""What a person has to be told once: held accounts, unknown mail, what was lost.

Written in the transaction of the step itself, so that no crash can swallow it,
and marked as told by the face that told it.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from tuimail.core.values import dataclass
from tuimail.store.database import Database
from tuimail.store.instants import instant, instant_text

ACCOUNT_HELD: Final = "account_held"
"""Nothing leaves through an account until somebody mends it."""
UNKNOWN: Final = "unknown"
"""Nobody knows whether a mail arrived."""
LATE: Final = "late"
"""A mail did not leave at the time that somebody chose."""
ACCESS_LOST: Final = "access_lost"
"""A rebuild did not find who reviews mail, nor who may hand it in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing that nobody has been told yet."""

    number: int
    kind: str
    """``account_held``, ``unknown``, ``late`` or ``access_lost``."""
    subject: str
    """Name of the account, id of the draft, or name of the file."""
    sentence: str
    """What happened; may quote a server, so it is not safe for a terminal."""
    at: datetime


class Notices:
    """Reads and writes notices; writes are within the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, *, kind: str, subject: str, sentence: str, at: datetime) -> None:
        """Have a person told; nothing changes while the same waits to be told."""
        self._database.write(_ADD, (kind, subject, sentence, instant_text(at)))

    def untold(self) -> tuple[Notice, ...]:
        """Return what nobody was told yet, oldest first."""
        return tuple(self._database.read(_UNTOLD, (), _notice))

    def mark_told(self, numbers: Iterable[int], at: datetime) -> None:
        """Never tell these again."""
        values = (instant_text(at), json.dumps(list(numbers)))
        self._database.write(_TOLD, values)

    def withdraw(self, kind: str, subject: str) -> None:
        """Forget what was mended before anybody was told."""
        self._database.write(_WITHDRAW, (kind, subject))


def _notice(*, number: int, kind: str, subject: str, sentence: str, at: str) -> Notice:
    return Notice(
        number=number, kind=kind, subject=subject, sentence=sentence, at=instant(at)
    )


_ADD: Final = """
INSERT INTO notices (kind, subject, sentence, at) VALUES (?, ?, ?, ?)
ON CONFLICT (kind, subject) WHERE told_at IS NULL DO NOTHING
"""
_UNTOLD: Final = """
SELECT number, kind, subject, sentence, at FROM notices
WHERE told_at IS NULL ORDER BY number
"""
_TOLD: Final = """
UPDATE notices SET told_at = ?
WHERE told_at IS NULL AND number IN (SELECT value FROM json_each(?))
"""
_WITHDRAW: Final = """
DELETE FROM notices WHERE kind = ? AND subject = ? AND told_at IS NULL
"""
