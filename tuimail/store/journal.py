"""The journal: every step and its actor, chained so that no edit goes unseen.

Written by triggers only, in the transaction of the step itself; read and
verified here. Bcc addresses, bodies and server replies never get into it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from tuimail.core.values import dataclass
from tuimail.store.database import Database
from tuimail.store.decoding import decoder
from tuimail.store.instants import instant
from tuimail.store.kept import Head

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

    def verdicts(self, draft_ids: Iterable[str]) -> Mapping[str, tuple["Told", ...]]:
        """Return what the journal tells of decisions and approvals, oldest first.

        Args:
            draft_ids: About which mails; those about which it tells nothing are
                not in the answer.
        """
        found: dict[str, list[Told]] = {}
        ids = json.dumps(list(draft_ids))
        for one in self._database.read(_VERDICTS, (ids,), _told):
            found.setdefault(one.draft_id, []).append(one)
        return {key: tuple(told) for key, told in found.items()}

    def told_about(self, after: str, limit: int) -> tuple[str, ...]:
        """Return ids of mails of which somebody decided something, in order.

        As the journal tells it, or as the tables of decisions and approvals do.

        Args:
            after: Only ids behind this one.
            limit: At most so many, 1 or more.
        """
        values = (after, after, after, limit)
        return tuple(self._database.read(_TOLD_ABOUT, values, _draft_id))

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
        from hashlib import sha256  # noqa: PLC0415 - loads OpenSSL, lists hash nothing

        *content, found = self
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        computed = sha256(text.encode()).hexdigest()
        return (self.number, self.previous, found) == (number, previous, computed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A line about a decision or an approval, or that the mail was purged."""

    number: int
    at: datetime
    event: str
    draft_id: str
    details: Mapping[str, str]
    is_sound: bool
    """Whether its hash is right, and follows the line before."""


def _told(
    *,
    number: int,
    at: str,
    actor: str,
    event: str,
    draft_id: str,
    details: str,
    previous: str,
    hash: str,
    before: str,
) -> Told:
    link = Link(number, at, actor, event, draft_id, details, previous, hash)
    is_sound = link.follows(number, before)
    return Told(
        number=number,
        at=instant(at),
        event=event,
        draft_id=draft_id,
        details=_DETAILS.decode(details) if is_sound else {},
        is_sound=is_sound,
    )


def _draft_id(*, draft_id: str) -> str:
    return draft_id


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
_DETAILS: Final = decoder(dict[str, str])
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
_VERDICTS: Final = """
SELECT
  line.number, line.at, line.actor, line.event, line.draft_id, line.details,
  line.previous, line.hash,
  coalesce(
    (SELECT hash FROM journal WHERE number = line.number - 1),
    '0000000000000000000000000000000000000000000000000000000000000000') AS before
FROM journal AS line
WHERE line.draft_id IN (SELECT value FROM json_each(?))
  AND line.event IN ('decided', 'approval_given', 'mail_purged')
ORDER BY line.number
"""
_TOLD_ABOUT: Final = """
SELECT draft_id FROM (
  SELECT draft_id FROM decisions WHERE draft_id > ?
  UNION SELECT draft_id FROM approvals WHERE draft_id > ?
  UNION SELECT draft_id FROM journal
    WHERE draft_id > ? AND event IN ('decided', 'approval_given'))
ORDER BY draft_id LIMIT ?
"""
_HASH: Final = "SELECT hash FROM journal WHERE number = ?"
_HEAD: Final = "SELECT number, hash FROM journal ORDER BY number DESC LIMIT 1"
