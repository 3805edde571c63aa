"""Removes settled mail with everything about it, but for its lines in the journal.

The database refuses it for any other mail, and a purge that is not complete
cannot be committed. Files are no business of this module.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

from tuimail.store.database import Database, Value
from tuimail.store.instants import instant_text


class Purged(NamedTuple):
    """A mail whose rows are gone."""

    id: str
    status: str
    revision: int


class Purging:
    """Reads and removes; removing is within the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def counts(self, statuses: Iterable[str], before: datetime) -> dict[str, int]:
        """Return how many mails of each status would go."""
        values = _settled(statuses, before)
        return dict(self._database.read(_COUNTS, values, _Count))

    def purge(
        self, statuses: Iterable[str], before: datetime, *, at: datetime, limit: int
    ) -> tuple[Purged, ...]:
        """Remove settled mails whose last change was before a moment.

        Args:
            statuses: Words of the docs; only settled ones are allowed.
            before: When they must have been left alone since.
            at: What the journal says about when.
            limit: How many, at most; the oldest first.

        Raises:
            StoreError: One of ``statuses`` is not a settled one.
        """
        values: dict[str, Value] = {"at": instant_text(at), "limit": limit}
        self._database.write(_NAME, values | _settled(statuses, before))
        named = self._database.read(_NAMED, (), Purged)
        self._database.write("PRAGMA defer_foreign_keys = 1", ())
        for statement in _REMOVE:
            self._database.write(statement, ())
        return tuple(named)

    def among(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Return those of ``ids`` that were purged."""
        return tuple(self._database.read(_AMONG, (json.dumps(list(ids)),), _text))

    def unnamed(self, digests: Iterable[str]) -> tuple[str, ...]:
        """Return those of ``digests`` that no revision names as an attachment."""
        wanted = set(digests)
        values = (json.dumps(sorted(wanted)),)
        named = self._database.read(_NAMED_FILES, values, _text)
        return tuple(sorted(wanted.difference(named)))


class _Count(NamedTuple):
    status: str
    mails: int


def _settled(statuses: Iterable[str], before: datetime) -> dict[str, Value]:
    words = json.dumps(sorted(statuses))
    return {"statuses": words, "before": instant_text(before)}


def _text(*, text: str) -> str:
    return text


_COUNTS: Final = """
SELECT status, count(*) AS mails FROM drafts
WHERE status IN (SELECT value FROM json_each(:statuses)) AND changed_at < :before
GROUP BY status
"""
_NAME: Final = """
INSERT INTO purging (draft_id, at)
SELECT id, :at FROM drafts
WHERE status IN (SELECT value FROM json_each(:statuses)) AND changed_at < :before
ORDER BY changed_at, id LIMIT :limit
"""
_NAMED: Final = """
SELECT id, status, revision FROM drafts
WHERE id IN (SELECT draft_id FROM purging) ORDER BY id
"""
_REMOVE: Final = (
    """
    DELETE FROM plans WHERE submission_id IN (
      SELECT id FROM submissions JOIN purging USING (draft_id))
    """,
    """
    DELETE FROM reports WHERE submission_id IN (
      SELECT id FROM submissions JOIN purging USING (draft_id))
    """,
    """
    DELETE FROM attempts WHERE submission_id IN (
      SELECT id FROM submissions JOIN purging USING (draft_id))
    """,
    """
    DELETE FROM recipients WHERE submission_id IN (
      SELECT id FROM submissions JOIN purging USING (draft_id))
    """,
    "DELETE FROM submissions WHERE draft_id IN (SELECT draft_id FROM purging)",
    "DELETE FROM approvals WHERE draft_id IN (SELECT draft_id FROM purging)",
    "DELETE FROM decisions WHERE draft_id IN (SELECT draft_id FROM purging)",
    "DELETE FROM working_copies WHERE draft_id IN (SELECT draft_id FROM purging)",
    "DELETE FROM revisions WHERE draft_id IN (SELECT draft_id FROM purging)",
    """
    DELETE FROM notices
    WHERE kind IN ('unknown', 'late') AND subject IN (SELECT draft_id FROM purging)
    """,
    "DELETE FROM drafts WHERE id IN (SELECT draft_id FROM purging)",
    "DELETE FROM purging",
)
_AMONG: Final = """
SELECT value AS text FROM json_each(?)
WHERE EXISTS (
    SELECT 1 FROM journal WHERE draft_id = value AND event = 'mail_purged')
  AND NOT EXISTS (SELECT 1 FROM drafts WHERE id = value)
"""
_NAMED_FILES: Final = """
SELECT DISTINCT json_extract(file.value, '$.digest') AS text
FROM revisions, json_each(revisions.content, '$.attachments') AS file
WHERE revisions.attachment_count > 0
  AND json_extract(file.value, '$.digest') IN (SELECT value FROM json_each(?))
"""
