"""The desk for reviews: decisions about one revision, bound to its digest."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from tuimail.core.decision import Comment
from tuimail.core.lifecycle import DRAFT_STEPS, DraftEvent, advance
from tuimail.store.drafts import DraftRow, Revision
from tuimail.workspace import (
    accepting,
    approving,
    batching,
    consent,
    mirror,
    parking,
)
from tuimail.workspace.approving import Said, Seen
from tuimail.workspace.authority import require_decider
from tuimail.workspace.releasing import due_at, tried_until
from tuimail.workspace.row_views import row_view
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import Accepted, Batch, Row, Several, Signature


class ReviewDesk:
    """Where a person decides about a revision."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def approve(
        self,
        draft_id: str,
        *,
        revision: int,
        typed_digest: str = "",
        overrule: str = "",
        signature: Signature | None = None,
        release_digest: str = "",
    ) -> Row:
        """Say that these exact bytes may go to these people this way.

        Where the policy asks for two, or a finding of level block is not
        overruled, the first of them leaves it in review.

        Args:
            draft_id: Which draft.
            revision: The one that was looked at.
            typed_digest: Beginning of its release digest, typed by a person;
                the command line needs it for somebody else's draft, or a PIN.
            overrule: The word that a page's standing asks for, typed by a person.
            signature: Which reviewer it is; needed where there are any, but
                for one's own mail.
            release_digest: The whole digest that was looked at, where a face
                knows it; anything else now is refused.

        Raises:
            NotAllowedError: This actor, or this door, may not; or it is for
                somebody else to approve.
            AuthenticationError: It is not that reviewer's PIN.
            TooManyError: There were wrong PINs; it has to wait.
            PolicyError: The policy says that nobody may.
            SuppressedError: Somebody it is for gets no mail any more.
            StaleApprovalError: There is a newer revision.
            TransitionError: It is held, or somebody else decided already.
            NotComposableError: It cannot become a message yet.
            UnsupportedFeatureError: The account's provider cannot say it.
            ConfigurationError: There is no account for it.
        """
        row, looked_at = self._looked_at(draft_id, revision)
        who = consent.decider(self._stores, row, signature)
        seen = Seen(
            typed_digest=typed_digest, overrule=overrule, release_digest=release_digest
        )
        approving.approve(self._stores, row, looked_at, who, seen)
        return self._seen(draft_id)

    def record_approval(self, looked_at: Revision, digest: str) -> None:
        """Write decision, approval and new state of one's own; in a transaction.

        Raises:
            PolicyError: The policy says that nobody may.
            ForReview: It says that somebody has to look.
        """
        approving.approve_own(self._stores, looked_at, digest)

    def checked(self, draft_id: str, revision: int) -> tuple[Revision, str]:
        """Return one's own revision and its digest, fit to be approved."""
        row, looked_at = self._looked_at(draft_id, revision)
        require_decider(self._stores, row)
        return looked_at, approving.check(self._stores, looked_at)

    def require_time(self, draft_id: str, at: datetime) -> None:
        """Refuse a time at which it could not leave, before anybody approves it.

        Raises:
            FieldError: It is past, far away, or after the mail is of no use.
        """
        row = self._stores.drafts.get(draft_id)
        draft = self._stores.drafts.revision(draft_id, row.revision).draft
        due = due_at(self._stores, timedelta(0), at)
        tried_until(due, draft.expires_at)

    def require_fit(self, looked_at: Revision) -> None:
        """Refuse a revision that could not be approved, whatever is on disk."""
        approving.require_fit(self._stores, looked_at)

    def request_changes(
        self,
        draft_id: str,
        *,
        revision: int,
        reason: str,
        codes: Iterable[str] = (),
        comments: Iterable[Comment] = (),
        signature: Signature | None = None,
    ) -> Row:
        """Send it back to its author, who may hand in another revision.

        Args:
            draft_id: Which draft.
            revision: The one that was looked at.
            reason: What the author will read.
            codes: Of ``core.decision.Code``, for programs.
            comments: What is wrong where.
            signature: Which reviewer it is, where one says so.

        Raises:
            FieldError: The reason is missing or too long, a code is unknown.
            NotAllowedError: This actor, or this door, may not.
            StaleApprovalError: There is a newer revision.
            TransitionError: Somebody else decided already.
        """
        event = DraftEvent.REQUEST_CHANGES
        why = approving.said(reason, codes, comments)
        return self._refuse(draft_id, revision, event, why, signature)

    def reject(
        self,
        draft_id: str,
        *,
        revision: int,
        reason: str,
        codes: Iterable[str] = (),
        comments: Iterable[Comment] = (),
        signature: Signature | None = None,
    ) -> Row:
        """Say no for good; arguments and errors as of ``request_changes``."""
        why = approving.said(reason, codes, comments)
        return self._refuse(draft_id, revision, DraftEvent.REJECT, why, signature)

    def undo_reject(self, draft_id: str, *, signature: Signature | None = None) -> Row:
        """Take a rejection back: the draft waits for a decision again.

        Args:
            draft_id: Which draft.
            signature: Which reviewer it is; needed where there are any, but for
                one's own mail.

        Raises:
            NotAllowedError: This actor, or this door, may not; or there are
                reviewers, and none of them signed.
            AuthenticationError: It is not that reviewer's PIN.
            TransitionError: It is not rejected.
        """
        stores = self._stores
        row = stores.drafts.get(draft_id)
        who = consent.decider(stores, row, signature)
        consent.require_signed(stores, row, who, typed="reject --undo")
        with consent.acting_as(stores, who), stores.database.transaction():
            row = stores.drafts.get(draft_id)
            target = advance(DRAFT_STEPS, row.state, DraftEvent.TAKE_BACK)
            stores.drafts.set_state(draft_id, target, at=stores.clock.now())
        return self._seen(draft_id)

    def sign_edit(self, draft_id: str, *, signature: Signature | None = None) -> Row:
        """Let what is changed from now on, through this workspace, be a reviewer's.

        Who changed a mail may be kept from approving it. Nothing is stored before
        something is changed, and the PIN is never kept.

        Args:
            draft_id: Which draft.
            signature: Which reviewer it is; None for whoever is acting.

        Raises:
            NotAllowedError: This actor, or this door, may not.
            AuthenticationError: It is not that reviewer's PIN.
            TooManyError: There were wrong PINs; it has to wait.
        """
        row = self._stores.drafts.get(draft_id)
        who = consent.decider(self._stores, row, signature)
        self._stores.editors.pop(draft_id, None)
        if signature is not None:
            self._stores.editors[draft_id] = who.actor
        return row_view(self._stores, self._stores.rows.row(draft_id))

    def assign(self, draft_id: str, name: str) -> Row:
        """Ask one reviewer to decide; anybody, where ``name`` is empty.

        Raises:
            NotFoundError: There is no reviewer of that name.
            TransitionError: Nobody is asked for a decision about it.
        """
        parking.assign(self._stores, draft_id, name)
        return self._seen(draft_id)

    def hold(self, draft_id: str, *, reason: str = "") -> Row:
        """Keep it in review, and from being approved, until it is resumed.

        Raises:
            TransitionError: It is not in review.
        """
        parking.hold(self._stores, draft_id, reason)
        return self._seen(draft_id)

    def resume(self, draft_id: str) -> Row:
        """Let what is held be decided again.

        Raises:
            TransitionError: It is not held.
        """
        parking.resume(self._stores, draft_id)
        return self._seen(draft_id)

    def batch(self, ids: Iterable[str]) -> Batch:
        """Return which of these mails can be approved together, and why others not.

        All are of one kind, the one of the first that could be approved at all,
        and nothing above info was noticed about any.
        """
        return batching.batch(self._stores, tuple(dict.fromkeys(ids)))

    def require_few(self, number: int) -> None:
        """Refuse to go through more mails at once than somebody looks at.

        Raises:
            UsageError: They are too many to be looked at together.
        """
        batching.require_few(number)

    def approve_batch(
        self, batch: Batch, count_typed: int, *, signature: Signature | None = None
    ) -> Batch:
        """Approve each mail of a batch by itself; return those, and who was not.

        Args:
            batch: As it was looked at.
            count_typed: How many a person says there are.
            signature: Which reviewer it is, where there are any.

        Raises:
            FieldError: It is another number.
            NotAllowedError: This actor, or this door, may not.
        """
        return batching.approve(self._stores, batch, count_typed, signature)

    def accept(
        self,
        draft_id: str,
        *,
        revision: int,
        codes: Iterable[str],
        reason: str = "",
        signature: Signature | None = None,
    ) -> tuple[Accepted, ...]:
        """Let the warnings ``codes`` about a revision stand, and no others.

        Nothing is decided by it. What was let stand before keeps its reason; what
        is not among ``codes`` is taken up again.

        Args:
            draft_id: Which draft.
            revision: The one that was looked at.
            codes: Of findings of level warning.
            reason: Why those that were not let stand before may stand.
            signature: Which reviewer it is, where one says so.

        Raises:
            FieldError: A code is of no warning, or the reason is missing.
            NotAllowedError: This actor, or this door, may not.
            StaleApprovalError: There is a newer revision.
            TransitionError: It does not wait for a decision.
        """
        row, looked_at = self._looked_at(draft_id, revision)
        who = consent.decider(self._stores, row, signature)
        said = accepting.Standing(codes=tuple(codes), reason=reason)
        accepting.accept(self._stores, row, looked_at, said, who)
        return accepting.accepted(self._stores, draft_id, revision)

    def reject_batch(
        self,
        seen: Iterable[Row],
        *,
        codes: Iterable[str],
        reason: str = "",
        signature: Signature | None = None,
    ) -> Several:
        """Say no to several mails for good, to each for itself and for one reason.

        Args:
            seen: As they were looked at; what changed since stays.
            codes: Of ``core.decision.Code``, at least one.
            reason: What their authors will read as well.
            signature: Which reviewer it is, where one says so.

        Raises:
            FieldError: No code, one that is unknown, or too long a reason.
            UsageError: They are too many to be looked at together.
            NotAllowedError: This actor, or this door, may not.
        """
        found = batching.reject(self._stores, tuple(seen), codes, reason, signature)
        for row in found.rows:
            mirror.follow(self._stores, row.id, is_new=False)
        return found

    def _refuse(
        self,
        draft_id: str,
        revision: int,
        event: DraftEvent,
        why: Said,
        signature: Signature | None,
    ) -> Row:
        row, looked_at = self._looked_at(draft_id, revision)
        who = consent.decider(self._stores, row, signature)
        approving.refuse(self._stores, looked_at, event, why, who)
        return self._seen(draft_id)

    def _looked_at(self, draft_id: str, revision: int) -> tuple[DraftRow, Revision]:
        row = self._stores.drafts.get(draft_id)
        consent.require_newest(self._stores, row, revision)
        return row, self._stores.drafts.revision(draft_id, revision)

    def _seen(self, draft_id: str) -> Row:
        mirror.follow(self._stores, draft_id, is_new=False)
        return row_view(self._stores, self._stores.rows.row(draft_id))
