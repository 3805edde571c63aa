"""What is being typed into drafts, between one revision and the next.

One row for each revision that is being changed. Whoever writes says which version
they have seen, and nothing is written over what they have not: two windows may
show one draft. Nothing here is mail yet, so nothing here is told in the journal.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from tuimail.core.values import dataclass
from tuimail.store.database import Database, Values
from tuimail.store.instants import instant, instant_text


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCopy:
    """What was typed into one revision of a draft."""

    draft_id: str
    revision: int
    """The one that is being changed."""
    version: int
    """Counts from 1 what was written here."""
    fields: Mapping[str, str]
    """What is other than in the revision, as typed, by field; may be empty."""
    place: str
    """Where the cursor stood, in the words of the face that wrote it."""
    writer: str
    """The program that wrote it; empty where it was put down and not left."""
    saved_at: datetime


class WorkingCopies:
    """Reads and writes working copies; writes are in the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, draft_id: str, revision: int) -> WorkingCopy | None:
        """Return what was typed into one revision."""
        values = (draft_id, revision)
        return self._database.read_one(_SELECT + _ONE, values, _copy)

    def unfinished(self, draft_id: str) -> tuple[WorkingCopy, ...]:
        """Return everything typed into a draft that no revision has, newest first."""
        return tuple(self._database.read(_SELECT + _UNFINISHED, (draft_id,), _copy))

    def newest(self, limit: int) -> tuple[WorkingCopy, ...]:
        """Return what programs were typing last into the newest revisions."""
        return tuple(self._database.read(_SELECT + _NEWEST, (limit,), _copy))

    def keep(self, copy: WorkingCopy) -> bool:
        """Store ``copy`` in the place of the version before it; say if that was so.

        Nothing is stored where another version is there. The first has no other
        before it.
        """
        values: Values = {
            "draft_id": copy.draft_id,
            "revision": copy.revision,
            "version": copy.version,
            "fields": json.dumps(dict(copy.fields)),
            "place": copy.place,
            "writer": copy.writer,
            "saved_at": instant_text(copy.saved_at),
        }
        statement = _INSERT if copy.version == 1 else _REPLACE
        return self._database.write(statement, values) > 0

    def drop(self, draft_id: str, revision: int) -> None:
        """Remove what was typed into one revision; a newer one has it."""
        self._database.write(_DROP, (draft_id, revision))


def _copy(
    *,
    draft_id: str,
    revision: int,
    version: int,
    fields: str,
    place: str,
    writer: str,
    saved_at: str,
) -> WorkingCopy:
    return WorkingCopy(
        draft_id=draft_id,
        revision=revision,
        version=version,
        fields={str(name): str(text) for name, text in json.loads(fields).items()},
        place=place,
        writer=writer,
        saved_at=instant(saved_at),
    )


_SELECT: Final = """
SELECT copy.draft_id, copy.revision, version, fields, place, writer, saved_at
FROM working_copies AS copy
"""
_ONE: Final = "WHERE copy.draft_id = ? AND copy.revision = ?"
_UNFINISHED: Final = """
WHERE copy.draft_id = ? AND fields <> '{}' ORDER BY copy.revision DESC
"""
_NEWEST: Final = """
JOIN drafts ON drafts.id = copy.draft_id AND drafts.revision = copy.revision
WHERE fields <> '{}' AND writer <> '' ORDER BY saved_at DESC LIMIT ?
"""
_INSERT: Final = """
INSERT INTO working_copies (
  draft_id, revision, version, fields, place, writer, saved_at)
VALUES (:draft_id, :revision, :version, :fields, :place, :writer, :saved_at)
ON CONFLICT (draft_id, revision) DO NOTHING
"""
_REPLACE: Final = """
UPDATE working_copies
SET version = :version, fields = :fields, place = :place, writer = :writer,
    saved_at = :saved_at
WHERE draft_id = :draft_id AND revision = :revision AND version = :version - 1
"""
_DROP: Final = "DELETE FROM working_copies WHERE draft_id = ? AND revision = ?"
