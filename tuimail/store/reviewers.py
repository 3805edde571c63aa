"""People who decide under their own name; of their PIN, only a slow hash is here."""

from datetime import datetime
from typing import Final

from tuimail.core.values import dataclass, field
from tuimail.store.database import Database
from tuimail.store.facts import Facts
from tuimail.store.instants import (
    instant,
    instant_or_none,
    instant_text,
    instant_text_or_none,
)

_LOST: Final = "reviewers_lost"
"""A fact: there may have been some, and nobody was named since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerRow:
    """A person who decides, or did."""

    name: str
    pin_hash: str = field(repr=False)
    """Empty once removed."""
    added_at: datetime
    removed_at: datetime | None = None
    failures: int = 0
    """Wrong PINs in a row."""
    failed_at: datetime | None = None
    waits_until: datetime | None = None
    """Before that no PIN is looked at."""

    def waits(self, now: datetime) -> bool:
        """Return whether it is too early for another PIN.

        A wait that begins in the future was noted by a clock that ran ahead:
        then nobody knows how long it is still to last.
        """
        if self.failed_at is None or self.waits_until is None:
            return False
        return self.failed_at <= now < self.waits_until


class Reviewers:
    """Reads and writes reviewers; writes are within the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def set(self, name: str, *, pin_hash: str, at: datetime) -> None:
        """Let somebody decide, who may have been removed before."""
        self._database.write(_SET, (name, pin_hash, instant_text(at)))
        if self.are_lost():
            Facts(self._database).set(_LOST, "")

    def remove(self, name: str, at: datetime) -> None:
        """Let somebody decide no more."""
        self._database.write(_REMOVE, (instant_text(at), name))

    def failed(
        self, name: str, *, failures: int, at: datetime, until: datetime | None
    ) -> None:
        """Note a wrong PIN, and how long none is looked at for it."""
        values = (failures, instant_text(at), instant_text_or_none(until), name)
        self._database.write(_FAILED, values)

    def succeeded(self, name: str) -> None:
        """Forget wrong PINs, now that there was a right one."""
        self._database.write(_SUCCEEDED, (name,))

    def get(self, name: str) -> ReviewerRow | None:
        """Return the reviewer of that name, removed or not; None where none is."""
        return self._database.read_one(_SELECT + "WHERE name = ?", (name,), _reviewer)

    def present(self) -> tuple[ReviewerRow, ...]:
        """Return who decides now, by name."""
        return tuple(self._database.read(_SELECT + _PRESENT, (), _reviewer))

    def names(self) -> tuple[str, ...]:
        """Return the names of all who decide now, or did."""
        rows = self._database.read(_SELECT + "ORDER BY name", (), _reviewer)
        return tuple(one.name for one in rows)

    def are_lost(self) -> bool:
        """Return whether there may have been some whom nobody knows any more."""
        return bool(Facts(self._database).get(_LOST))

    def lose(self) -> None:
        """Remember that there may have been some, until somebody is named."""
        Facts(self._database).set(_LOST, "yes")


def _reviewer(
    *,
    name: str,
    pin_hash: str,
    added_at: str,
    removed_at: str | None,
    failures: int,
    failed_at: str | None,
    waits_until: str | None,
) -> ReviewerRow:
    return ReviewerRow(
        name=name,
        pin_hash=pin_hash,
        added_at=instant(added_at),
        removed_at=instant_or_none(removed_at),
        failures=failures,
        failed_at=instant_or_none(failed_at),
        waits_until=instant_or_none(waits_until),
    )


_SET: Final = """
INSERT INTO reviewers (name, pin_hash, added_at) VALUES (?, ?, ?)
ON CONFLICT (name) DO UPDATE SET
  pin_hash = excluded.pin_hash, added_at = excluded.added_at, removed_at = NULL,
  failures = 0, failed_at = NULL, waits_until = NULL
"""
_REMOVE: Final = """
UPDATE reviewers SET pin_hash = '', removed_at = ? WHERE name = ?
"""
_FAILED: Final = """
UPDATE reviewers SET failures = ?, failed_at = ?, waits_until = ? WHERE name = ?
"""
_SUCCEEDED: Final = """
UPDATE reviewers SET failures = 0, failed_at = NULL, waits_until = NULL WHERE name = ?
"""
_SELECT: Final = """
SELECT name, pin_hash, added_at, removed_at, failures, failed_at, waits_until
FROM reviewers
"""
_PRESENT: Final = "WHERE removed_at IS NULL ORDER BY name"
