"""What reviewers said, and which exact bytes may go out.

Decisions and approvals are added and never changed; an approval is only ever
marked spent, which the database does by itself when the draft leaves
``approved``.
"""

from dataclasses import dataclass
from datetime import datetime

from tuimail.store.database import Database


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
        raise NotImplementedError

    def for_draft(self, draft_id: str) -> tuple[DecisionRow, ...]:
        """Return what was said about a draft, oldest first."""
        raise NotImplementedError

    def approve(self, approval: ApprovalRow) -> None:
        """Store an approval, before the draft moves to ``approved``.

        The database refuses one that is not for the newest revision and its
        very bytes, and a second one in force.
        """
        raise NotImplementedError

    def current_approval(self, draft_id: str) -> ApprovalRow | None:
        """Return the approval in force: not spent, and for the newest revision."""
        raise NotImplementedError

    def spend(self, approval_id: str, at: datetime) -> None:
        """Mark an approval spent; one that is spent already stays as it is."""
        raise NotImplementedError
