"""Pages of the list that faces show, by key, at any number of mails."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from tuimail.core.lifecycle import DraftState
from tuimail.core.values import dataclass
from tuimail.store.database import Database, Value
from tuimail.store.drafts import DraftRow, Drafts
from tuimail.store.instants import instant_or_none, instant_text
from tuimail.store.submissions import SubmissionRow, Submissions


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """One mail in a list, from its draft, newest revision and submission."""

    draft: DraftRow
    status: str
    """The draft's word until it is released, its submission's word after."""
    subject: str
    sender: str
    to: tuple[str, ...]
    """To and Cc addresses, without names; never Bcc."""
    name: str = ""
    """Of the first of them, as the mail has it; empty where it has none."""
    attachment_count: int
    worst_finding: str
    """Severity of the worst finding of the newest revision, or empty."""
    finding_count: int
    is_composable: bool
    """Whether the newest revision is a message."""
    expires_at: datetime | None = None
    """When the newest revision is of no use any more."""
    submission: SubmissionRow | None
    """Only where the draft is released."""


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
        self._drafts = Drafts(database)
        self._submissions = Submissions(database)

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
            return self.listed([key.id for key in keys[:limit]])

    def listed(self, ids: Sequence[str]) -> tuple[ListRow, ...]:
        """Return the rows of these ids, in their order; raises NotFoundError."""
        drafts = self._drafts.among(ids)
        if len(drafts) < len(ids):
            drafts |= {key: self._drafts.get(key) for key in ids}
        submissions = self._submissions.among(
            draft.submission_id for draft in drafts.values() if draft.submission_id
        )
        found = self._database.read(_SUMMARIES, {"ids": json.dumps(ids)}, _Summary)
        summaries = {summary.id: summary for summary in found}
        return tuple(_joined(drafts[key], summaries[key], submissions) for key in ids)

    def row(self, id: str) -> ListRow:
        """Return one mail as it stands in a list; raises NotFoundError."""
        with self._database.reading():
            return self.listed([id])[0]

    def places(self, statuses: frozenset[str], *, since: str = "") -> Iterator[Place]:
        """Yield where every mail with one of these words stands, in no order.

        It is read in pieces: as of one moment only inside of ``reading``.

        Args:
            statuses: Words to look for.
            since: Only what changed then or later; as an instant is stored.
        """
        for status in sorted(statuses):
            last = since, ""
            while found := self._database.read(_PLACES, (status, *last), Place):
                yield from found
                last = found[-1].changed_at, found[-1].id

    def places_of(self, ids: Collection[str]) -> tuple[Place, ...]:
        """Return where those of ``ids`` stand that there are, in no order."""
        words = json.dumps(list(ids))
        return tuple(self._database.read(_PLACES_OF, (words,), Place))

    def submission_ids(self, draft_id: str) -> tuple[str, ...]:
        """Return every submission of one mail, oldest first."""
        return tuple(self._database.read(_SUBMISSIONS, (draft_id,), _id))

    def counts(self) -> dict[str, int]:
        """Return how many mails have each status; a word without any is absent."""
        return dict(self._database.read(_COUNTS, (), _Count))

    def _keys(
        self,
        statuses: frozenset[str] | None,
        limit: int,
        before: tuple[datetime, str] | None,
        *,
        newest_first: bool,
    ) -> list["_Key"]:
        """Return the first keys of each status: every one from its own index."""
        last = (instant_text(before[0]), before[1]) if before else _BEYOND[newest_first]
        values: dict[str, Value] = {"at": last[0], "id": last[1], "limit": limit}
        if statuses is None:
            return self._database.read(_ALL[newest_first], values, _Key)
        found = [
            self._database.read(
                _OF_STATUS[newest_first], {**values, "status": status}, _Key
            )
            for status in sorted(statuses)
        ]
        return [key for keys in found for key in keys]


def _id(*, id: str) -> str:
    return id


class _Key(NamedTuple):
    changed_at: str
    id: str


class _Count(NamedTuple):
    status: str
    mails: int


class _Summary(NamedTuple):
    id: str
    status: str
    subject: str
    sender: str
    shown_to: str
    shown_name: str
    attachment_count: int
    worst_finding: str
    finding_count: int
    is_composable: int
    expires_at: str | None


def _joined(
    draft: DraftRow, summary: _Summary, submissions: Mapping[str, SubmissionRow]
) -> ListRow:
    is_released = draft.state is DraftState.RELEASED
    return ListRow(
        draft=draft,
        status=summary.status,
        subject=summary.subject,
        sender=summary.sender,
        to=tuple(json.loads(summary.shown_to)),
        name=summary.shown_name,
        attachment_count=summary.attachment_count,
        worst_finding=summary.worst_finding,
        finding_count=summary.finding_count,
        is_composable=bool(summary.is_composable),
        expires_at=instant_or_none(summary.expires_at),
        submission=submissions[draft.submission_id or ""] if is_released else None,
    )


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
_SUMMARIES: Final = """
SELECT
  draft.id, draft.status, revision.subject, revision.sender, revision.shown_to,
  revision.shown_name,
  revision.attachment_count, revision.worst_finding, revision.finding_count,
  revision.message_digest IS NOT NULL AS is_composable, revision.expires_at
FROM drafts AS draft
JOIN revisions AS revision
  ON revision.draft_id = draft.id AND revision.number = draft.revision
WHERE draft.id IN (SELECT value FROM json_each(:ids))
"""
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
