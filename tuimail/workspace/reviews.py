"""The desk for reviews: decisions about one revision, bound to its digest."""

from hashlib import sha256
from typing import Final

import msgspec

from tuimail.core import compose
from tuimail.core.lifecycle import DRAFT_STEPS, DraftEvent, DraftState, advance
from tuimail.core.message import Message
from tuimail.errors import (
    FieldError,
    NotAllowedError,
    TransitionError,
    UnsupportedFeatureError,
)
from tuimail.settings.account import AccountSettings
from tuimail.store.decisions import ApprovalRow, DecisionRow
from tuimail.store.drafts import DraftRow, Revision
from tuimail.workspace import mirror, pages
from tuimail.workspace.authority import require_decider
from tuimail.workspace.clock import new_id
from tuimail.workspace.drafts import require_revision
from tuimail.workspace.releasing import digest_of
from tuimail.workspace.rendering import (
    account_of,
    compare_headers,
    required_message,
    verify_bytes,
)
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import Row
from tuimail.workspace.ways_out import require_sayable

TYPED_DIGEST_LENGTH: Final = 6
"""How much of the digest the command line has a person type."""
LONGEST_REASON: Final = 500
_VERDICTS: Final = {
    DraftEvent.APPROVE: "approved",
    DraftEvent.REQUEST_CHANGES: "changes_requested",
    DraftEvent.REJECT: "rejected",
}


class ReviewDesk:
    """Where a person decides about a revision."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def approve(self, draft_id: str, *, revision: int, typed_digest: str = "") -> Row:
        """Say that these exact bytes may go to these people this way.

        Args:
            draft_id: Which draft.
            revision: The one that was looked at.
            typed_digest: Beginning of its release digest, typed by a person;
                the command line needs it for somebody else's draft.

        Raises:
            NotAllowedError: This actor, or this door, may not.
            StaleApprovalError: There is a newer revision.
            NotComposableError: It cannot become a message yet.
            UnsupportedFeatureError: The account's provider cannot say it.
            ConfigurationError: There is no account for it.
        """
        row, looked_at = self._looked_at(draft_id, revision)
        require_decider(self._stores, row)
        self._must_be_asked(row)
        digest = self._check(looked_at)
        if self._needs_typing(row) and not _is_typed(typed_digest, digest):
            raise NotAllowedError(
                f"The digest of draft {draft_id} begins with other characters.",
                hint=f"Look at it and type the first {TYPED_DIGEST_LENGTH} "
                f"characters of its digest: tuimail approve {draft_id}",
                field="digest",
            )
        with self._stores.database.transaction():
            self.record_approval(looked_at, digest)
        return self._seen(draft_id)

    def record_approval(self, looked_at: Revision, digest: str) -> None:
        """Write decision, approval and new state; inside a transaction."""
        now = self._stores.clock.now()
        approval = ApprovalRow(
            id=new_id(now, self._stores.random),
            draft_id=looked_at.draft_id,
            revision=looked_at.number,
            message_digest=required_message(looked_at).digest,
            release_digest=digest,
            actor=self._stores.acting.actor,
            at=now,
        )
        self._decide(looked_at, DraftEvent.APPROVE, approval=approval, digest=digest)

    def checked(self, draft_id: str, revision: int) -> tuple[Revision, str]:
        """Return one's own revision and its digest, fit to be approved."""
        row, looked_at = self._looked_at(draft_id, revision)
        require_decider(self._stores, row)
        return looked_at, self._check(looked_at)

    def require_fit(self, looked_at: Revision) -> None:
        """Refuse a revision that could not be approved, whatever is on disk.

        Raises:
            NotComposableError: It cannot become a message yet.
            UnsupportedFeatureError: The account's provider cannot say it.
            PlanMismatchError: Another parser reads other headers than were meant.
            ConfigurationError: There is no account for it.
        """
        message = required_message(looked_at)
        account = account_of(self._stores, looked_at.draft)
        _refuse_too_large(message, account)
        draft = looked_at.draft
        require_sayable(self._stores, account, draft, compose.envelope(draft))
        compare_headers(self._stores, looked_at)

    def request_changes(self, draft_id: str, *, revision: int, reason: str) -> Row:
        """Send it back to its author, who may hand in another revision."""
        return self._refuse(draft_id, revision, DraftEvent.REQUEST_CHANGES, reason)

    def reject(self, draft_id: str, *, revision: int, reason: str) -> Row:
        """Say no, with a reason the author will read."""
        return self._refuse(draft_id, revision, DraftEvent.REJECT, reason)

    def undo_reject(self, draft_id: str) -> Row:
        """Take a rejection back: the draft waits for a decision again."""
        with self._stores.database.transaction():
            row = self._stores.drafts.get(draft_id)
            require_decider(self._stores, row)
            target = advance(DRAFT_STEPS, row.state, DraftEvent.TAKE_BACK)
            self._stores.drafts.set_state(draft_id, target, at=self._stores.clock.now())
        return self._seen(draft_id)

    def _refuse(
        self, draft_id: str, revision: int, event: DraftEvent, reason: str
    ) -> Row:
        reason = _checked_reason(reason)
        row, looked_at = self._looked_at(draft_id, revision)
        require_decider(self._stores, row)
        with self._stores.database.transaction():
            self._decide(
                looked_at, event, digest=looked_at.release_digest, reason=reason
            )
        return self._seen(draft_id)

    def _looked_at(self, draft_id: str, revision: int) -> tuple[DraftRow, Revision]:
        row = self._stores.drafts.get(draft_id)
        require_revision(row, revision)
        return row, self._stores.drafts.revision(draft_id, revision)

    def _must_be_asked(self, row: DraftRow) -> None:
        """Refuse to approve what its author did not hand in, or has back."""
        is_own = row.origin.actor == self._stores.acting.actor
        if not is_own and row.state is not DraftState.REVIEW:
            raise TransitionError(
                f"Draft {row.id} is {row.state.value}: {row.origin.actor} has it, "
                "and nobody asks for a decision.",
                hint="Wait until it is handed in again, or discard it.",
            )

    def _needs_typing(self, row: DraftRow) -> bool:
        acting = self._stores.acting
        return acting.door == "cli" and row.origin.actor != acting.actor

    def _check(self, looked_at: Revision) -> str:
        """Return the digest to approve, once bytes and provider agree."""
        self.require_fit(looked_at)
        verify_bytes(self._stores, looked_at)
        return digest_of(looked_at, account_of(self._stores, looked_at.draft))

    def _decide(
        self,
        looked_at: Revision,
        event: DraftEvent,
        *,
        digest: str,
        reason: str = "",
        approval: ApprovalRow | None = None,
    ) -> None:
        row = self._stores.drafts.get(looked_at.draft_id)
        require_revision(row, looked_at.number)
        target = advance(DRAFT_STEPS, row.state, event)
        now = self._stores.clock.now()
        self._stores.decisions.add(
            DecisionRow(
                draft_id=row.id,
                revision=looked_at.number,
                verdict=_VERDICTS[event],
                actor=self._stores.acting.actor,
                door=self._stores.acting.door,
                reason=reason,
                release_digest=digest,
                findings_digest=_findings_digest(looked_at),
                at=now,
            )
        )
        if approval is not None:
            self._stores.decisions.approve(approval)
        self._stores.drafts.set_state(row.id, target, at=now)

    def _seen(self, draft_id: str) -> Row:
        mirror.reflect_status(self._stores, draft_id)
        return pages.row_view(self._stores, self._stores.rows.row(draft_id))


def _refuse_too_large(message: Message, account: AccountSettings) -> None:
    most = account.max_message_bytes
    if most is not None and message.size_bytes > most:
        raise UnsupportedFeatureError(
            f"The mail has {message.size_bytes:,} bytes as sent, and the account "
            f"{account.name} takes {most:,}.",
            hint="Attach less, or send through another account.",
            field="attach",
        )


def _findings_digest(revision: Revision) -> str:
    """Return the digest of what the reviewer was told about the revision."""
    return sha256(msgspec.json.encode(revision.findings)).hexdigest()


def _is_typed(typed: str, digest: str) -> bool:
    return len(typed) >= TYPED_DIGEST_LENGTH and digest.startswith(typed.lower())


def _checked_reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise FieldError(
            "A reason is missing; the author will read it.",
            hint="Say what is wrong in a sentence: --reason TEXT",
            field="reason",
        )
    if len(reason) > LONGEST_REASON:
        raise FieldError(
            f"The reason has {len(reason)} characters; {LONGEST_REASON} is the most.",
            hint="Say it shorter.",
            field="reason",
        )
    return reason
