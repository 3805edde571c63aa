"""What other servers reported about mail that was sent; nothing of it is proven."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, NamedTuple

from tuimail.core.message import Role
from tuimail.core.reports.report import Action
from tuimail.core.values import dataclass
from tuimail.store.database import Database, Value
from tuimail.store.instants import instant, instant_text


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """What one report says about one recipient."""

    id: str
    wire_address: str
    """Of the recipient, as it is in the envelope."""
    digest: str
    """Of everything that it says; no two about one recipient have the same."""
    action: Action
    status: str
    is_hard: bool
    reply: str
    server: str
    at: datetime
    """When it was handed in."""


class Known(NamedTuple):
    """A mail that a report may be about."""

    submission_id: str
    draft_id: str
    has_left: bool
    """Whether anybody may have a copy of it."""


class About(NamedTuple):
    """Whom a report is about."""

    draft_id: str
    role: Role
    address: str
    """As the author wrote it."""
    wire_address: str


class Reports:
    """Reads reports, and adds them within the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mails(
        self, *, message_ids: Iterable[str], provider_ids: Iterable[str]
    ) -> tuple[Known, ...]:
        """Return what was sent under these ids, the newest first.

        Args:
            message_ids: With their angle brackets.
            provider_ids: What a provider may have called it.
        """
        values: dict[str, Value] = {
            "message_ids": json.dumps(list(message_ids)),
            "provider_ids": json.dumps(list(provider_ids)),
        }
        return tuple(self._database.read(_MAILS, values, _known))

    def add(self, submission_id: str, row: ReportRow) -> bool:
        """Keep what a report says; return False where it is known already.

        The database refuses it about somebody who is not in the envelope.
        """
        values: dict[str, Value] = {
            "id": row.id,
            "submission_id": submission_id,
            "wire_address": row.wire_address,
            "digest": row.digest,
            "action": row.action.value,
            "status": row.status,
            "is_hard": int(row.is_hard),
            "reply": row.reply,
            "server": row.server,
            "at": instant_text(row.at),
        }
        return bool(self._database.write(_ADD, values))

    def of_submission(self, submission_id: str) -> tuple[ReportRow, ...]:
        """Return what was reported about a mail, oldest first."""
        return tuple(self._database.read(_OF_SUBMISSION, (submission_id,), _report))

    def newest(self, draft_ids: Iterable[str]) -> tuple[tuple[str, Action], ...]:
        """Return what was said last about each recipient, with the id of the mail.

        Of who was reported about nothing, nothing is returned.
        """
        values = (json.dumps(list(draft_ids)),)
        return tuple(self._database.read(_NEWEST, values, _newest))

    def same(self, submission_id: str, digests: Iterable[str]) -> Iterator[ReportRow]:
        """Yield what was reported about a mail that has one of these digests."""
        values = (submission_id, json.dumps(list(digests)))
        yield from self._database.read(_SELECT + _SAME, values, _report)

    def counts(self, submission_id: str) -> dict[str, int]:
        """Return how many reports there are about each recipient, by wire address."""
        return dict(self._database.read(_COUNTS, (submission_id,), _count))

    def get(self, id: str) -> tuple[ReportRow, About] | None:
        """Return one report and whom it is about, or None."""
        row = self._database.read_one(_ONE, (id,), _report)
        about = self._database.read_one(_ABOUT, (id,), _about)
        return None if row is None or about is None else (row, about)


def _report(
    *,
    id: str,
    wire_address: str,
    digest: str,
    action: str,
    status: str,
    is_hard: int,
    reply: str,
    server: str,
    at: str,
) -> ReportRow:
    return ReportRow(
        id=id,
        wire_address=wire_address,
        digest=digest,
        action=Action(action),
        status=status,
        is_hard=bool(is_hard),
        reply=reply,
        server=server,
        at=instant(at),
    )


def _known(*, submission_id: str, draft_id: str, has_left: int) -> Known:
    return Known(submission_id, draft_id, has_left=bool(has_left))


def _count(*, wire_address: str, number: int) -> tuple[str, int]:
    return wire_address, number


def _newest(*, draft_id: str, action: str) -> tuple[str, Action]:
    return draft_id, Action(action)


def _about(*, draft_id: str, role: str, address: str, wire_address: str) -> About:
    return About(draft_id, Role(role), address, wire_address)


_MAILS: Final = """
SELECT
  id AS submission_id, draft_id,
  EXISTS (
    SELECT 1 FROM attempts
    WHERE submission_id = mails.id AND committed_at IS NOT NULL)
  OR EXISTS (
    SELECT 1 FROM recipients
    WHERE submission_id = mails.id AND state IN ('sent', 'queued', 'unknown'))
  AS has_left
FROM (
  SELECT id, draft_id, released_at FROM submissions
  WHERE message_id IN (SELECT value FROM json_each(:message_ids))
  UNION
  SELECT id, draft_id, released_at FROM submissions
  WHERE provider_message_id IN (SELECT value FROM json_each(:provider_ids))
    AND provider_message_id <> '') AS mails
ORDER BY released_at DESC, id DESC
"""
_ADD: Final = """
INSERT INTO reports (
  id, submission_id, position, digest, action, status, is_hard, reply, server, at)
SELECT
  :id, :submission_id,
  (SELECT position FROM recipients
   WHERE submission_id = :submission_id AND wire_address = :wire_address),
  :digest, :action, :status, :is_hard, :reply, :server, :at
WHERE true
ON CONFLICT (submission_id, position, digest) DO NOTHING
"""
_SELECT: Final = """
SELECT
  reports.id, wire_address, digest, action, status, is_hard, reports.reply, server, at
FROM reports JOIN recipients USING (submission_id, position)
"""
_OF_SUBMISSION: Final = f"{_SELECT} WHERE submission_id = ? ORDER BY at, reports.id"
_SAME: Final = """
WHERE submission_id = ? AND digest IN (SELECT value FROM json_each(?))
"""
_NEWEST: Final = """
SELECT draft_id, action FROM (
  SELECT
    submissions.draft_id, action,
    row_number() OVER (
      PARTITION BY reports.submission_id, position
      ORDER BY reports.at DESC, reports.id DESC) AS place
  FROM drafts
  JOIN submissions ON submissions.id = drafts.submission_id
  JOIN reports ON reports.submission_id = submissions.id
  WHERE drafts.id IN (SELECT value FROM json_each(?)))
WHERE place = 1
"""
_COUNTS: Final = """
SELECT wire_address, count(*) AS number
FROM reports JOIN recipients USING (submission_id, position)
WHERE submission_id = ? GROUP BY position
"""
_ONE: Final = f"{_SELECT} WHERE reports.id = ?"
_ABOUT: Final = """
SELECT draft_id, role, address, wire_address
FROM reports
JOIN recipients USING (submission_id, position)
JOIN submissions ON submissions.id = reports.submission_id
WHERE reports.id = ?
"""
