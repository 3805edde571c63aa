"""What reviewers said, and which exact bytes may go out.

Decisions and approvals are added and never changed; an approval is only ever
marked spent, which the database does by itself when the draft leaves
``approved``.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from tuimail.core.decision import Comment
from tuimail.core.values import dataclass
from tuimail.store.database import Database, Values
from tuimail.store.decoding import decoder
from tuimail.store.encoding import json_text
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
    role: str = "owner"
    """``reviewer`` who gave a PIN, ``owner`` of the workspace, or ``rule``."""
    codes: tuple[str, ...] = ()
    """Of ``core.decision.Code``."""
    comments: tuple[Comment, ...] = ()
    policy_digest: str = ""
    """Of the policy that was asked; empty where there was none."""
    overruled: tuple[str, ...] = ()
    """Codes of the findings of level block that were let pass."""
    is_enough: bool = False
    """Whether an approval came of it."""
    recipients: str = ""
    """Digest of whom the mail is for; empty where no later mail is compared."""


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
    expires_at: datetime | None = None
    """When it may not be released any more; None where it stays good."""
    spent_at: datetime | None = None
    """When it stopped counting: released, edited, rejected or taken back."""


class Decisions:
    """Reads and writes decisions and approvals, within the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, decision: DecisionRow) -> None:
        """Store what a reviewer said."""
        self._database.write(_ADD, _decision_values(decision))

    def for_draft(self, draft_id: str) -> tuple[DecisionRow, ...]:
        """Return what was said about a draft, oldest first."""
        return tuple(self._database.read(_FOR_DRAFT, (draft_id,), _decision))

    def last_at(self) -> datetime | None:
        """Return when anybody decided about any mail last."""
        return self._database.read_one(_LAST, (), _moment)

    def decided_lately(self, limit: int) -> tuple[str, ...]:
        """Return ids of mail of others that was decided about, the newest first.

        What waits for another decision is not among them.
        """
        return tuple(self._database.read(_LATELY, (limit,), _draft_id))

    def among(self, draft_ids: Iterable[str]) -> Mapping[str, tuple[DecisionRow, ...]]:
        """Return what was said about several mails, each oldest first."""
        found: dict[str, list[DecisionRow]] = {}
        for one in self._database.read(_AMONG, (_ids(draft_ids),), _decision):
            found.setdefault(one.draft_id, []).append(one)
        return {key: tuple(rows) for key, rows in found.items()}

    def approvals(
        self, draft_ids: Iterable[str]
    ) -> Mapping[str, tuple[ApprovalRow, ...]]:
        """Return the approvals of several mails, in force or spent, oldest first."""
        found: dict[str, list[ApprovalRow]] = {}
        for one in self._database.read(_APPROVALS, (_ids(draft_ids),), _approval):
            found.setdefault(one.draft_id, []).append(one)
        return {key: tuple(rows) for key, rows in found.items()}

    def decided(
        self, recipients: str, since: datetime, limit: int
    ) -> tuple[DecisionRow, ...]:
        """Return what was decided about mail for the same people, newest first.

        What was refused or sent back is before what was approved.

        Args:
            recipients: Digest of whom it is for, not empty.
            since: Nothing older than this.
            limit: At most so many, 1 or more.
        """
        found: list[DecisionRow] = []
        if not self._database.read(_WAS_DECIDED, (recipients,), _one):
            return ()
        for is_approved in (0, 1):
            values = (recipients, is_approved, instant_text(since), limit - len(found))
            found += self._database.read(_DECIDED, values, _decision)
        return tuple(found)

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
                instant_text_or_none(approval.expires_at),
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


def _one(*, one: int) -> int:
    return one


def _draft_id(*, draft_id: str) -> str:
    return draft_id


def _ids(draft_ids: Iterable[str]) -> str:
    return json_text(list(draft_ids))


def _decision_values(decision: DecisionRow) -> Values:
    return {
        "draft_id": decision.draft_id,
        "revision": decision.revision,
        "verdict": decision.verdict,
        "actor": decision.actor,
        "door": decision.door,
        "reason": decision.reason,
        "release_digest": decision.release_digest,
        "findings_digest": decision.findings_digest,
        "at": instant_text(decision.at),
        "role": decision.role,
        "codes": json_text(decision.codes),
        "comments": json_text(decision.comments),
        "policy_digest": decision.policy_digest,
        "overruled": json_text(decision.overruled),
        "is_enough": int(decision.is_enough),
        "recipients": decision.recipients,
    }


def _moment(*, at: str) -> datetime:
    return instant(at)


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
    role: str,
    codes: str,
    comments: str,
    policy_digest: str,
    overruled: str,
    is_enough: int,
    recipients: str,
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
        role=role,
        codes=_WORDS.decode(codes),
        comments=_COMMENTS.decode(comments),
        policy_digest=policy_digest,
        overruled=_WORDS.decode(overruled),
        is_enough=bool(is_enough),
        recipients=recipients,
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
    expires_at: str | None,
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
        expires_at=instant_or_none(expires_at),
        spent_at=instant_or_none(spent_at),
    )


_WORDS: Final = decoder(tuple[str, ...])
_COMMENTS: Final = decoder(tuple[Comment, ...])
_ADD: Final = """
INSERT INTO decisions (
  draft_id, revision, verdict, actor, door, reason, release_digest, findings_digest,
  at, role, codes, comments, policy_digest, overruled, is_enough, recipients)
VALUES (
  :draft_id, :revision, :verdict, :actor, :door, :reason, :release_digest,
  :findings_digest, :at, :role, :codes, :comments, :policy_digest, :overruled,
  :is_enough, :recipients)
"""
_SELECT: Final = """
SELECT
  draft_id, revision, verdict, actor, door, reason, release_digest, findings_digest,
  at, role, codes, comments, policy_digest, overruled, is_enough, recipients
FROM decisions
"""
_LAST: Final = "SELECT at FROM decisions ORDER BY number DESC LIMIT 1"
_LATELY: Final = """
SELECT said.draft_id FROM decisions AS said
JOIN drafts AS draft ON draft.id = said.draft_id
WHERE draft.state <> 'review' AND draft.actor <> said.actor
GROUP BY said.draft_id ORDER BY max(said.number) DESC LIMIT ?
"""
_FOR_DRAFT: Final = _SELECT + "WHERE draft_id = ? ORDER BY number"
_OF_SEVERAL: Final = "WHERE draft_id IN (SELECT value FROM json_each(?)) "
_AMONG: Final = _SELECT + _OF_SEVERAL + "ORDER BY number"
_APPROVALS: Final = """
SELECT
  id, draft_id, revision, message_digest, release_digest, actor, at, expires_at,
  spent_at
FROM approvals WHERE draft_id IN (SELECT value FROM json_each(?))
ORDER BY draft_id, rowid
"""
_WAS_DECIDED: Final = """
SELECT 1 AS one FROM decisions WHERE recipients <> '' AND recipients = ? LIMIT 1
"""
_DECIDED: Final = (
    _SELECT
    + """
WHERE recipients <> '' AND recipients = ? AND (verdict = 'approved') = ? AND at >= ?
ORDER BY at DESC, number DESC LIMIT ?
"""
)
_APPROVE: Final = """
INSERT INTO approvals (
  id, draft_id, revision, message_digest, release_digest, actor, at, expires_at,
  spent_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_CURRENT: Final = """
SELECT
  approval.id, approval.draft_id, approval.revision, approval.message_digest,
  approval.release_digest, approval.actor, approval.at, approval.expires_at,
  approval.spent_at
FROM approvals AS approval
JOIN drafts AS draft
  ON draft.id = approval.draft_id AND draft.revision = approval.revision
WHERE approval.draft_id = ? AND approval.spent_at IS NULL
"""
_APPROVAL: Final = """
SELECT
  id, draft_id, revision, message_digest, release_digest, actor, at, expires_at,
  spent_at
FROM approvals WHERE id = ?
"""
_SPEND: Final = "UPDATE approvals SET spent_at = ? WHERE id = ? AND spent_at IS NULL"
