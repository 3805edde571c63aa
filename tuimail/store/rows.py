"""Pages of the list that faces show, by key, at any number of mails."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from tuimail.store.columns import array_of
from tuimail.store.database import Database, Value
from tuimail.store.instants import instant_text
from tuimail.store.list_rows import LISTED_COLUMNS, ListRow, decode_listed


class Place(NamedTuple):
    """Where one mail stands, and nothing of what it says."""

    id: str
    revision: int
    status: str
    changed_at: str
    """As it is stored; sorts by time."""


class Rows:
    """Reads lists."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rows(
        self,
        *,
        statuses: frozenset[str] | None = None,
        limit: int = 100,
        before: tuple[datetime, str] | None = None,
        newest_first: bool = True,
    ) -> tuple[ListRow, ...]:
        """Return a page, ordered by newest change.

        Args:
            statuses: Words to show, or None for all.
            limit: Length of the page.
            before: ``(draft.changed_at, draft.id)`` of the last row of the page
                before this one, in whichever order is asked for.
            newest_first: Order; False is oldest change first.
        """
        with self._database.reading():
            keys = self._keys(statuses, limit, before, newest_first=newest_first)
            keys.sort(reverse=newest_first)
            return self.listed([one for _, one in keys[:limit]])

    def listed(self, ids: Sequence[str]) -> tuple[ListRow, ...]:
        """Return the rows of these ids, in their order; raises NotFoundError."""
        if not ids:
            return ()
        values = {"ids": array_of(ids)}
        found = self._database.read_in_order(_LISTED, values, decode_listed)
        if len(found) < len(ids):
            self._refuse_missing(ids)
        return tuple(found)

    def _refuse_missing(self, ids: Sequence[str]) -> None:
        """Say which of them is not there."""
        from tuimail.store.drafts import Drafts  # noqa: PLC0415 - hardly ever

        tuple(map(Drafts(self._database).get, ids))

    def row(self, id: str) -> ListRow:
        """Return one mail as it stands in a list; raises NotFoundError."""
        with self._database.reading():
            found = self._database.read_in_order(_ROW, (id,), decode_listed)
            return found[0] if found else self.listed([id])[0]

    def places(self, statuses: frozenset[str], *, since: str = "") -> Iterator[Place]:
        """Yield where every mail with one of these words stands, in no order.

        It is read in pieces: as of one moment only inside of ``reading``.

        Args:
            statuses: Words to look for.
            since: Only what changed then or later; as an instant is stored.
        """
        for status in sorted(statuses):
            last = since, ""
            while found := self._database.read_in_order(
                _PLACES, (status, *last), Place
            ):
                yield from found
                last = found[-1].changed_at, found[-1].id

    def places_of(self, ids: Collection[str]) -> tuple[Place, ...]:
        """Return where those of ``ids`` stand that there are, in no order."""
        words = array_of(ids)
        return tuple(self._database.read_in_order(_PLACES_OF, (words,), Place))

    def submission_ids(self, draft_id: str) -> tuple[str, ...]:
        """Return every submission of one mail, oldest first."""
        return tuple(self._database.read(_SUBMISSIONS, (draft_id,), _id))

    def counts(self) -> dict[str, int]:
        """Return how many mails have each status; a word without any is absent."""
        return dict(self._database.read(_COUNTS, (), _count))

    def _keys(
        self,
        statuses: frozenset[str] | None,
        limit: int,
        before: tuple[datetime, str] | None,
        *,
        newest_first: bool,
    ) -> list[tuple[str, str]]:
        """Return the first keys of each status: every one from its own index."""
        last = (instant_text(before[0]), before[1]) if before else _BEYOND[newest_first]
        values: dict[str, Value] = {"at": last[0], "id": last[1], "limit": limit}
        if statuses is None:
            return self._database.read_in_order(_ALL[newest_first], values, _key)
        found = [
            self._database.read_in_order(
                _OF_STATUS[newest_first], {**values, "status": status}, _key
            )
            for status in sorted(statuses)
        ]
        return [key for keys in found for key in keys]


def _id(*, id: str) -> str:
    return id


def _key(changed_at: str, id: str) -> tuple[str, str]:
    return changed_at, id


def _count(*, status: str, mails: int) -> tuple[str, int]:
    return status, mails


_BEYOND: Final = {True: ("~", ""), False: ("", "")}
"""Sorts after, or before, every moment: where a list begins."""
_ALL: Final = {
    True: """
      SELECT changed_at, id FROM drafts
      WHERE (changed_at, id) < (:at, :id)
      ORDER BY changed_at DESC, id DESC LIMIT :limit
    """,
    False: """
      SELECT changed_at, id FROM drafts
      WHERE (changed_at, id) > (:at, :id)
      ORDER BY changed_at, id LIMIT :limit
    """,
}
_OF_STATUS: Final = {
    True: """
      SELECT changed_at, id FROM drafts
      WHERE status = :status AND (changed_at, id) < (:at, :id)
      ORDER BY changed_at DESC, id DESC LIMIT :limit
    """,
    False: """
      SELECT changed_at, id FROM drafts
      WHERE status = :status AND (changed_at, id) > (:at, :id)
      ORDER BY changed_at, id LIMIT :limit
    """,
}
_SELECT: Final = f"SELECT {', '.join(LISTED_COLUMNS)}"
_REST_OF_IT: Final = """
JOIN revisions AS revision
  ON revision.draft_id = draft.id AND revision.number = draft.revision
LEFT JOIN submissions AS submission
  ON submission.id = draft.submission_id AND draft.state = 'released'
"""
_LISTED: Final = f"""
{_SELECT} FROM json_each(:ids) AS wanted
CROSS JOIN drafts AS draft ON draft.id = wanted.value {_REST_OF_IT}
"""
_ROW: Final = f"{_SELECT} FROM drafts AS draft {_REST_OF_IT} WHERE draft.id = ?"
_PLACES: Final = """
SELECT id, revision, status, changed_at FROM drafts
WHERE status = ? AND (changed_at, id) > (?, ?)
ORDER BY changed_at, id LIMIT 500
"""
_PLACES_OF: Final = """
SELECT id, revision, status, changed_at FROM drafts
WHERE id IN (SELECT value FROM json_each(?))
"""
_SUBMISSIONS: Final = """
SELECT id FROM submissions WHERE draft_id = ? ORDER BY released_at, id
"""
_COUNTS: Final = "SELECT status, count AS mails FROM status_counts WHERE count > 0"
