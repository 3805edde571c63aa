"""Which warnings about a revision somebody took note of and let stand, and why.

Lines are added and never changed; the newest about a warning is what holds.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from tuimail.core.values import dataclass
from tuimail.store.database import Database
from tuimail.store.instants import instant, instant_text


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptanceRow:
    """What somebody said about the warnings of one code."""

    draft_id: str
    revision: int
    code: str
    reason: str
    """Empty where they are not let stand any more."""
    actor: str
    at: datetime


class Acceptances:
    """Reads and writes what was let stand, within the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, rows: Iterable[AcceptanceRow]) -> None:
        """Store what somebody said; of what was decided about, nobody says more."""
        for row in rows:
            values = (
                row.draft_id,
                row.revision,
                row.code,
                row.reason,
                row.actor,
                instant_text(row.at),
            )
            self._database.write(_ADD, values)

    def of(self, draft_id: str, revision: int) -> tuple[AcceptanceRow, ...]:
        """Return what is let stand of a revision, in the order in which it was."""
        return tuple(self._database.read(_OF, (draft_id, revision), _row))


def _row(
    *, draft_id: str, revision: int, code: str, reason: str, actor: str, at: str
) -> AcceptanceRow:
    return AcceptanceRow(
        draft_id=draft_id,
        revision=revision,
        code=code,
        reason=reason,
        actor=actor,
        at=instant(at),
    )


_ADD: Final = """
INSERT INTO acceptances (draft_id, revision, code, reason, actor, at)
VALUES (?, ?, ?, ?, ?, ?)
"""
_OF: Final = """
SELECT draft_id, revision, code, reason, actor, at FROM acceptances AS said
WHERE draft_id = ? AND revision = ? AND reason <> '' AND NOT EXISTS (
  SELECT 1 FROM acceptances AS later
  WHERE later.draft_id = said.draft_id AND later.revision = said.revision
    AND later.code = said.code AND later.number > said.number)
ORDER BY number
"""
