"""The journal: every step and its actor, chained so that no edit goes unseen.

Written by triggers only, in the transaction of the step itself; read and
verified here. Bcc addresses, bodies and server replies never get into it.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from tuimail.store.database import Database
from tuimail.store.instants import instant

START: Final = "0" * 64
"""What the first row names as the hash before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRow:
    """One step."""

    number: int
    at: datetime
    actor: str
    event: str
    draft_id: str
    """Empty where it is about an account."""
    details: Mapping[str, str]
    hash: str


class Verification(NamedTuple):
    """What ``verify`` found."""

    ok: bool
    first_bad: int | None
    """Number of the first row that is changed or missing."""
    checked: int
    """Rows that are there."""


class Head(NamedTuple):
    """The newest row: kept elsewhere, it shows a journal that was cut."""

    number: int
    hash: str


class Journal:
    """Reads the journal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lines(self, draft_id: str) -> tuple[JournalRow, ...]:
        """Return the steps of one draft, oldest first."""
        return tuple(self._database.read(_LINES, (draft_id,), _row))

    def all(self, after: int = 0, limit: int = 1000) -> tuple[JournalRow, ...]:
        """Return steps whose number is above ``after``, oldest first."""
        return tuple(self._database.read(_ALL, (after, limit), _row))

    def verify(self) -> Verification:
        """Compute every hash again and name the first row that does not fit.

        Rows that were cut off the end leave no trace here: compare ``head``
        with one that was kept elsewhere.
        """
        previous, checked, first_bad = START, 0, None
        with self._database.reading():
            for link in self.chain():
                checked += 1
                if not link.follows(checked, previous):
                    first_bad = first_bad or checked
                previous = link.hash
        return Verification(ok=first_bad is None, first_bad=first_bad, checked=checked)

    def head(self) -> Head:
        """Return the newest number and hash; 0 and zeros while it is empty."""
        found = self._database.read_one(_HEAD, (), Head)
        return found or Head(number=0, hash=START)

    def chain(self) -> Iterator["Link"]:
        """Yield every row there is, whatever its number, a page at a time."""
        after = _BEFORE_ALL
        while page := self._database.read(_CHAIN, (after,), Link):
            yield from page
            after = page[-1].number

    def hash_of(self, number: int) -> str:
        """Return the hash of one row; empty where there is none.

        What stands before the first row is number 0.
        """
        if number == 0:
            return START
        found = self._database.read_one(_HASH, (number,), _hash)
        return found or ""


class Link(NamedTuple):
    """One row as it was hashed: all of it but the hash, as a JSON array."""

    number: int
    at: str
    actor: str
    event: str
    draft_id: str
    details: str
    previous: str
    hash: str

    def follows(self, number: int, previous: str) -> bool:
        """Return whether this is the row of that number, after that hash."""
        *content, found = self
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        computed = hashlib.sha256(text.encode()).hexdigest()
        return (self.number, self.previous, found) == (number, previous, computed)


def _row(
    *,
    number: int,
    at: str,
    actor: str,
    event: str,
    draft_id: str,
    details: str,
    hash: str,
) -> JournalRow:
    return JournalRow(
        number=number,
        at=instant(at),
        actor=actor,
        event=event,
        draft_id=draft_id,
        details=_DETAILS.decode(details),
        hash=hash,
    )


def _hash(*, hash: str) -> str:
    return hash


_BEFORE_ALL: Final = -(2**63)
_DETAILS: Final = msgspec.json.Decoder(dict[str, str])
_LINES: Final = """
SELECT number, at, actor, event, draft_id, details, hash
FROM journal WHERE draft_id = ? ORDER BY number
"""
_ALL: Final = """
SELECT number, at, actor, event, draft_id, details, hash
FROM journal WHERE number > ? ORDER BY number LIMIT ?
"""
_CHAIN: Final = """
SELECT number, at, actor, event, draft_id, details, previous, hash
FROM journal WHERE number > ? ORDER BY number LIMIT 1000
"""
_HASH: Final = "SELECT hash FROM journal WHERE number = ?"
_HEAD: Final = "SELECT number, hash FROM journal ORDER BY number DESC LIMIT 1"
