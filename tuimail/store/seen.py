"""What somebody looked at, and noted about it, before anything is decided.

Nothing here is a state of mail, and nothing of it is told in the journal.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from tuimail.core.decision import Comment
from tuimail.core.values import dataclass
from tuimail.store.database import Database, Value
from tuimail.store.instants import instant, instant_text


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRow:
    """The newest revision of a mail that was opened."""

    draft_id: str
    revision: int
    before: int
    """The one that was opened before it; 0 where none was."""
    tabs: frozenset[str]
    """What of it was on the screen to its end."""
    at: datetime


class Seen:
    """Reads and writes what was looked at; writes are in the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, draft_id: str) -> SeenRow | None:
        """Return what was seen of one mail."""
        return self._database.read_one(_SELECT + _ONE, (draft_id,), _row)

    def waiting(self, statuses: Iterable[str]) -> tuple[SeenRow, ...]:
        """Return what was seen of every mail that has one of ``statuses``."""
        words = json.dumps(sorted(statuses))
        return tuple(self._database.read(_SELECT + _WAITING, (words,), _row))

    def unopened(self, statuses: Iterable[str], limit: int) -> tuple[str, ...]:
        """Return ids of mail that has one of ``statuses`` and was never opened."""
        words = json.dumps(sorted(statuses))
        return tuple(self._database.read(_UNOPENED, (words, limit), _id))

    def put(self, row: SeenRow) -> None:
        """Store ``row`` in the place of what was known."""
        values: dict[str, Value] = {
            "draft_id": row.draft_id,
            "revision": row.revision,
            "before": row.before,
            "tabs": json.dumps(sorted(row.tabs)),
            "at": instant_text(row.at),
        }
        self._database.write(_PUT, values)

    def remarks(self, draft_id: str, revision: int) -> tuple[Comment, ...]:
        """Return what was noted about a revision, in the order of its places."""
        return tuple(self._database.read(_REMARKS, (draft_id, revision), _remark))

    def note(self, draft_id: str, revision: int, remarks: Iterable[Comment]) -> None:
        """Have ``remarks`` be all that is noted about a mail."""
        self._database.write(_FORGET, (draft_id,))
        for one in remarks:
            values = (draft_id, revision, one.field, one.line, one.text)
            self._database.write(_NOTE, values)


def _id(*, id: str) -> str:
    return id


def _row(*, draft_id: str, revision: int, before: int, tabs: str, at: str) -> SeenRow:
    return SeenRow(
        draft_id=draft_id,
        revision=revision,
        before=before,
        tabs=frozenset(map(str, json.loads(tabs))),
        at=instant(at),
    )


def _remark(*, field: str, line: int, text: str) -> Comment:
    return Comment(text=text, field=field, line=line)


_SELECT: Final = """
SELECT seen.draft_id, seen.revision, seen.before, seen.tabs, seen.at FROM seen
"""
_ONE: Final = "WHERE draft_id = ?"
_WAITING: Final = """
JOIN drafts ON drafts.id = seen.draft_id
WHERE drafts.status IN (SELECT value FROM json_each(?))
"""
_UNOPENED: Final = """
SELECT id FROM drafts
WHERE status IN (SELECT value FROM json_each(?))
  AND id NOT IN (SELECT draft_id FROM seen)
ORDER BY changed_at DESC, id DESC LIMIT ?
"""
_PUT: Final = """
INSERT INTO seen (draft_id, revision, before, tabs, at)
VALUES (:draft_id, :revision, :before, :tabs, :at)
ON CONFLICT (draft_id) DO UPDATE
SET revision = :revision, before = :before, tabs = :tabs, at = :at
"""
_REMARKS: Final = """
SELECT field, line, text FROM remarks WHERE draft_id = ? AND revision = ?
ORDER BY line = 0, line, number
"""
_FORGET: Final = "DELETE FROM remarks WHERE draft_id = ?"
_NOTE: Final = """
INSERT INTO remarks (draft_id, revision, field, line, text) VALUES (?, ?, ?, ?, ?)
"""
