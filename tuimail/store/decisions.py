"""What reviewers said, and which exact bytes may go out.

Decisions and approvals are added and never changed; an approval is only ever
marked spent, which the database does by itself when the draft leaves
``approved``.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tuimail.store.database import Database
from tuimail.store.instants import (
    instant,
    instant_or_none,
    instant_text,
    instant_text_or_none,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """What somebody said about one revision."""

    draft_id: str
    revision: int
    verdict: str
    """``approved``, ``rejected`` or ``changes_requested``."""
    actor: str
    door: str
    reason: str = ""
    release_digest: str = ""
    """What was looked at; empty where there was nothing that could go out."""
    findings_digest: str = ""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRow:
    """These exact bytes, to these recipients, through this account, may go."""

    id: str
    draft_id: str
    revision: int
    message_digest: str
    release_digest: str
    actor: str
    at: datetime
    spent_at: datetime | None = None
    """When it stopped counting: released, edited, rejected or taken back."""


class Decisions:
    """Reads and writes decisions and approvals, within the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, decision: DecisionRow) -> None:
        """Store what a reviewer said."""
        self._database.write(
            _ADD,
            (
                decision.draft_id,
                decision.revision,
                decision.verdict,
                decision.actor,
                decision.door,
                decision.reason,
                decision.release_digest,
                decision.findings_digest,
                instant_text(decision.at),
            ),
        )

    def for_draft(self, draft_id: str) -> tuple[DecisionRow, ...]:
        """Return what was said about a draft, oldest first."""
        return tuple(self._database.read(_FOR_DRAFT, (draft_id,), _decision))

    def approve(self, approval: ApprovalRow) -> None:
        """Store an approval, before the draft moves to ``approved``.

        The database refuses one that is not for the newest revision and its
        very bytes, and a second one in force.
        """
        self._database.write(
            _APPROVE,
            (
                approval.id,
                approval.draft_id,
                approval.revision,
                approval.message_digest,
                approval.release_digest,
                approval.actor,
                instant_text(approval.at),
                instant_text_or_none(approval.spent_at),
            ),
        )

    def current_approval(self, draft_id: str) -> ApprovalRow | None:
        """Return the approval in force: not spent, and for the newest revision."""
        return self._database.read_one(_CURRENT, (draft_id,), _approval)

    def approval(self, id: str) -> ApprovalRow | None:
        """Return one approval, in force or spent."""
        return self._database.read_one(_APPROVAL, (id,), _approval)

    def spend(self, approval_id: str, at: datetime) -> None:
        """Mark an approval spent; one that is spent already stays as it is."""
        self._database.write(_SPEND, (instant_text(at), approval_id))


def _decision(
    *,
    draft_id: str,
    revision: int,
    verdict: str,
    actor: str,
    door: str,
    reason: str,
    release_digest: str,
    findings_digest: str,
    at: str,
) -> DecisionRow:
    return DecisionRow(
        draft_id=draft_id,
        revision=revision,
        verdict=verdict,
        actor=actor,
        door=door,
        reason=reason,
        release_digest=release_digest,
        findings_digest=findings_digest,
        at=instant(at),
    )


def _approval(
    *,
    id: str,
    draft_id: str,
    revision: int,
    message_digest: str,
    release_digest: str,
    actor: str,
    at: str,
    spent_at: str | None,
) -> ApprovalRow:
    return ApprovalRow(
        id=id,
        draft_id=draft_id,
        revision=revision,
        message_digest=message_digest,
        release_digest=release_digest,
        actor=actor,
        at=instant(at),
        spent_at=instant_or_none(spent_at),
    )


_ADD: Final = """
INSERT INTO decisions (
  draft_id, revision, verdict, actor, door, reason, release_digest,
  findings_digest, at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_FOR_DRAFT: Final = """
SELECT
  draft_id, revision, verdict, actor, door, reason, release_digest,
  findings_digest, at
FROM decisions WHERE draft_id = ? ORDER BY number
"""
_APPROVE: Final = """
INSERT INTO approvals (
  id, draft_id, revision, message_digest, release_digest, actor, at, spent_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_CURRENT: Final = """
SELECT
  approval.id, approval.draft_id, approval.revision, approval.message_digest,
  approval.release_digest, approval.actor, approval.at, approval.spent_at
FROM approvals AS approval
JOIN drafts AS draft
  ON draft.id = approval.draft_id AND draft.revision = approval.revision
WHERE approval.draft_id = ? AND approval.spent_at IS NULL
"""
_APPROVAL: Final = """
SELECT
  id, draft_id, revision, message_digest, release_digest, actor, at, spent_at
FROM approvals WHERE id = ?
"""
_SPEND: Final = "UPDATE approvals SET spent_at = ? WHERE id = ? AND spent_at IS NULL"
