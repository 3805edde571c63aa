"""Who gets no mail any more, and why.

The journal has only hashes of what is here; the database writes it by itself.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from tuimail.core.suppression import Scope, Source
from tuimail.core.values import dataclass
from tuimail.store.database import Database, Value
from tuimail.store.instants import instant, instant_text


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionRow:
    """One address that gets no mail, or no bulk mail."""

    key: str
    """What it is compared by: ``core.suppression.key_of``."""
    address: str
    """As people write it."""
    scope: Scope
    reason: str
    source: Source
    draft_id: str = ""
    """The mail that led to it, which may be gone; or empty."""
    actor: str
    at: datetime


class Suppressions:
    """Reads the list, and changes it within the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, row: SuppressionRow) -> None:
        """Add an address, or say otherwise what is known about it."""
        self._database.write(_PUT, _values(row))

    def remove(self, key: str, at: datetime) -> bool:
        """Take an address off the list; return whether it was there."""
        found = self._database.write(_END, (instant_text(at), key))
        self._database.write(_DELETE, (key,))
        return bool(found)

    def get(self, key: str) -> SuppressionRow | None:
        """Return what is known about an address, or None."""
        return self._database.read_one(f"{_SELECT} WHERE key = ?", (key,), _row)

    def is_empty(self) -> bool:
        """Return whether nobody is on the list; costs next to nothing."""
        return not self._database.read(_ANY, (), dict)

    def among(self, keys: Iterable[str]) -> dict[str, SuppressionRow]:
        """Return those of ``keys`` that are on the list, by key."""
        values = (json.dumps(list(keys)),)
        found = self._database.read(_SELECT + _AMONG, values, _row)
        return {row.key: row for row in found}

    def rows(
        self, *, limit: int, before: SuppressionRow | None = None
    ) -> tuple[SuppressionRow, ...]:
        """Return the list, newest first.

        Args:
            limit: How many, at most.
            before: The last one of the page before; None for the first page.
        """
        values: dict[str, Value] = {
            "limit": limit,
            "at": instant_text(before.at) if before else _AFTER_ALL,
            "key": before.key if before else "",
        }
        return tuple(self._database.read(_SELECT + _PAGE, values, _row))


def _values(row: SuppressionRow) -> dict[str, Value]:
    return {
        "key": row.key,
        "address": row.address,
        "scope": row.scope.value,
        "reason": row.reason,
        "source": row.source.value,
        "draft_id": row.draft_id,
        "actor": row.actor,
        "at": instant_text(row.at),
    }


def _row(
    *,
    key: str,
    address: str,
    scope: str,
    reason: str,
    source: str,
    draft_id: str,
    actor: str,
    at: str,
) -> SuppressionRow:
    return SuppressionRow(
        key=key,
        address=address,
        scope=Scope(scope),
        reason=reason,
        source=Source(source),
        draft_id=draft_id,
        actor=actor,
        at=instant(at),
    )


_AFTER_ALL: Final = "~"
"""Sorts after every moment."""
_PUT: Final = """
INSERT INTO suppressions (key, address, scope, reason, source, draft_id, actor, at)
VALUES (:key, :address, :scope, :reason, :source, :draft_id, :actor, :at)
ON CONFLICT (key) DO UPDATE SET
  address = excluded.address, scope = excluded.scope, reason = excluded.reason,
  source = excluded.source, draft_id = excluded.draft_id, actor = excluded.actor,
  at = excluded.at
"""
_END: Final = "UPDATE suppressions SET removed_at = ? WHERE key = ?"
_DELETE: Final = "DELETE FROM suppressions WHERE key = ?"
_ANY: Final = "SELECT 1 AS one FROM suppressions LIMIT 1"
_SELECT: Final = """
SELECT key, address, scope, reason, source, draft_id, actor, at FROM suppressions
"""
_AMONG: Final = " WHERE key IN (SELECT value FROM json_each(?))"
_PAGE: Final = """
WHERE (at, key) < (:at, :key) ORDER BY at DESC, key DESC LIMIT :limit
"""
