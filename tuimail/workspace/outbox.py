"""The desk for the outbox: released, undone, held, retried, decided."""

from datetime import datetime, timedelta
from typing import Final

from tuimail.core.draft import is_agent
from tuimail.core.lifecycle import (
    DRAFT_STEPS,
    SUBMISSION_STEPS,
    DraftEvent,
    DraftState,
    SubmissionEvent,
    SubmissionState,
    advance,
)
from tuimail.core.retry import gives_up_at
from tuimail.core.submission import AttemptPhase, Receipt, RecipientState, settle
from tuimail.errors import NotAllowedError, TransitionError
from tuimail.store.drafts import DraftRow
from tuimail.store.submissions import SubmissionRow
from tuimail.workspace import mirror, pages, steps
from tuimail.workspace.authority import (
    goes_to_review,
    require_decider,
    require_person,
)
from tuimail.workspace.drafts import DraftDesk
from tuimail.workspace.releasing import due_at, release
from tuimail.workspace.rendering import verify
from tuimail.workspace.reviews import ReviewDesk
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import Row

HELD_BY_HAND: Final = "Held by hand."
_READY: Final = frozenset({SubmissionState.READY.value})


class OutboxDesk:
    """Everything that can be done with mail that was approved."""

    def __init__(
        self, stores: Stores, *, drafts: DraftDesk, reviews: ReviewDesk
    ) -> None:
        self._stores = stores
        self._drafts = drafts
        self._reviews = reviews

    def release(
        self,
        draft_id: str,
        *,
        undo: timedelta = timedelta(0),
        at: datetime | None = None,
    ) -> Row:
        """Let the approved bytes enter the outbox.

        Args:
            draft_id: Which draft; it must be approved.
            undo: How long it can be taken back before it is due.
            at: When it may leave, aware; None means now.

        Raises:
            TransitionError: It is not approved.
            StaleApprovalError: The approval does not cover what it is now.
            NotAllowedError: This actor, or this door, may not.
        """
        stores = self._stores
        row = stores.drafts.get(draft_id)
        require_decider(stores, row)
        advance(DRAFT_STEPS, row.state, DraftEvent.RELEASE)
        due = due_at(stores, undo, at)
        looked_at = stores.drafts.revision(draft_id, row.revision)
        verify(stores, looked_at)
        stores.fault("release.after_hash_before_commit")
        with stores.database.transaction():
            release(stores, draft_id, looked_at, due=due, undo=undo)
        return self._seen(draft_id)

    def send(
        self,
        draft_id: str,
        *,
        revision: int,
        undo: timedelta = timedelta(0),
        at: datetime | None = None,
    ) -> Row:
        """Approve and release one's own mail in one call; two journal lines.

        Where the account says that what does not come from a real terminal
        goes to review, the row that is returned is in review.

        Raises:
            NotAllowedError: It is somebody else's, or the account blocks it.
        """
        stores = self._stores
        row = stores.drafts.get(draft_id)
        self._must_be_own(row)
        if goes_to_review(stores, row.account):
            return self._drafts.request_review(draft_id)
        looked_at, digest = self._reviews.checked(draft_id, revision)
        due = due_at(stores, undo, at)
        stores.fault("release.after_hash_before_commit")
        with stores.database.transaction():
            self._reviews.record_approval(looked_at, digest)
            release(stores, draft_id, looked_at, due=due, undo=undo)
        return self._seen(draft_id)

    def take_back(self, draft_id: str) -> Row:
        """Undo a release: the submission is cancelled, the draft reopens.

        Raises:
            TransitionError: It was handed over already.
        """
        require_person(self._stores)
        stores = self._stores
        with stores.database.transaction():
            row = stores.drafts.get(draft_id)
            submission = self._submission(draft_id)
            self._withdraw(submission)
            event = (
                DraftEvent.TAKE_BACK_HANDED_IN
                if is_agent(row.origin.actor)
                else DraftEvent.TAKE_BACK
            )
            target = advance(DRAFT_STEPS, row.state, event)
            now = stores.clock.now()
            stores.decisions.spend(submission.approval_id, now)
            stores.drafts.set_state(draft_id, target, at=now, submission_id=None)
        return self._seen(draft_id)

    def retry(self, draft_id: str) -> Row:
        """Try again now: what waits, failed, or is unknown, for who is left."""
        require_person(self._stores)
        with self._stores.database.transaction():
            submission = self._submission(draft_id)
            self._account_must_be_open(submission)
            if submission.state is SubmissionState.DEFERRED:
                self._bring_forward(submission)
            else:
                self._resend(submission)
        return self._seen(draft_id)

    def cancel(self, draft_id: str) -> Row:
        """Withdraw it; who already has it, keeps it.

        Raises:
            TransitionError: It is being handed over just now, or is settled.
        """
        require_person(self._stores)
        with self._stores.database.transaction():
            submission = self._submission(draft_id)
            if steps.someone_has_it(self._stores, submission):
                self._stop(submission)
            else:
                self._cancel(submission)
        return self._seen(draft_id)

    def hold(self, draft_id: str) -> Row:
        """Let it wait until a person resumes it."""
        require_person(self._stores)
        with self._stores.database.transaction():
            submission = self._submission(draft_id)
            if submission.state is SubmissionState.SENDING:
                raise _being_handed_over(draft_id)
            steps.hold(self._stores, submission, HELD_BY_HAND)
        return self._seen(draft_id)

    def resume(self, draft_id: str) -> Row:
        """Let held mail go on; an account that is held keeps it.

        Bytes that were damaged on disk are made again, where that gives the
        very bytes that were approved.

        Raises:
            NotAllowedError: Its account is held.
            DigestMismatchError: The approved bytes cannot be had any more.
        """
        require_person(self._stores)
        row = self._stores.drafts.get(draft_id)
        verify(self._stores, self._stores.drafts.revision(draft_id, row.revision))
        with self._stores.database.transaction():
            submission = self._submission(draft_id)
            self._account_must_be_open(submission)
            steps.resume(self._stores, submission)
        return self._seen(draft_id)

    def confirm(self, draft_id: str) -> Row:
        """Say that unknown mail arrived."""
        require_person(self._stores)
        stores = self._stores
        with stores.database.transaction():
            submission = self._submission(draft_id)
            advance(SUBMISSION_STEPS, submission.state, SubmissionEvent.CONFIRM)
            steps.mark(
                stores, submission, {RecipientState.UNKNOWN}, RecipientState.SENT
            )
            event = settle(steps.states(stores, submission))
            if event is SubmissionEvent.ACCEPT:
                event = SubmissionEvent.CONFIRM
            due = stores.clock.now() if event is SubmissionEvent.DEFER else None
            steps.step(
                stores,
                submission,
                event,
                reason="A person says that it arrived.",
                due_at=due,
            )
        return self._seen(draft_id)

    def give_up(self, draft_id: str) -> Row:
        """Stop trying, for good, for everybody who is left."""
        require_person(self._stores)
        with self._stores.database.transaction():
            submission = self._submission(draft_id)
            steps.give_up(self._stores, submission, "Given up by a person.")
        return self._seen(draft_id)

    def undoable(self) -> tuple[Row, ...]:
        """Return what can still be taken back, newest first."""
        now = self._stores.clock.now()
        listed = self._stores.rows.rows(statuses=_READY, limit=100)
        rows = [pages.row_view(self._stores, one) for one in listed]
        return tuple(
            row for row in rows if row.undo_until is not None and row.undo_until > now
        )

    def _must_be_own(self, row: DraftRow) -> None:
        if row.origin.actor != self._stores.acting.actor:
            raise NotAllowedError(
                f"Draft {row.id} was written by {row.origin.actor}, "
                "so it has to be approved first.",
                hint=f"Look at it: tuimail review {row.id}",
            )

    def _account_must_be_open(self, submission: SubmissionRow) -> None:
        held = self._stores.accounts.held().get(submission.account)
        if held is not None:
            raise NotAllowedError(
                f"The account {submission.account} is held: {held.reason}",
                hint="Mend it and let it send again: "
                f"tuimail accounts resume {submission.account}",
                field="account",
            )

    def _withdraw(self, submission: SubmissionRow) -> None:
        if submission.state is SubmissionState.CANCELLED:
            return
        if submission.attempts or steps.someone_has_it(self._stores, submission):
            raise TransitionError(
                f"Mail {submission.draft_id} was offered to the provider already.",
                hint="Withdraw it for who is left: "
                f"tuimail cancel {submission.draft_id}",
            )
        self._cancel(submission)

    def _cancel(self, submission: SubmissionRow) -> None:
        self._close_attempt(submission)
        steps.step(
            self._stores, submission, SubmissionEvent.CANCEL, reason="Withdrawn."
        )

    def _stop(self, submission: SubmissionRow) -> None:
        self._close_attempt(submission)
        steps.mark(self._stores, submission, steps.UNSETTLED, RecipientState.FAILED)
        steps.step(
            self._stores,
            submission,
            SubmissionEvent.STOP,
            reason="Withdrawn for those who did not have it yet.",
        )

    def _close_attempt(self, submission: SubmissionRow) -> None:
        """Close the open attempt, if any, so that its point of no return fails."""
        if submission.state is not SubmissionState.SENDING:
            return
        attempt = self._stores.submissions.attempts(submission.id)[-1]
        if attempt.phase is not AttemptPhase.OPEN:
            raise _being_handed_over(submission.draft_id)
        self._stores.submissions.end_attempt(
            submission.id,
            attempt.number,
            outcome=SubmissionEvent.CANCEL.value,
            receipt=Receipt(),
            at=self._stores.clock.now(),
        )

    def _bring_forward(self, submission: SubmissionRow) -> None:
        now = self._stores.clock.now()
        self._stores.submissions.set_state(
            submission.id, submission.state, at=now, due_at=now
        )

    def _resend(self, submission: SubmissionRow) -> None:
        """Offer it again, for as long as at first, to everybody without it."""
        stores, now = self._stores, self._stores.clock.now()
        steps.step(stores, submission, SubmissionEvent.RESEND, reason="", due_at=now)
        stores.submissions.set_state(
            submission.id,
            SubmissionState.READY,
            at=now,
            give_up_at=gives_up_at(released_at=now),
        )
        steps.mark(stores, submission, steps.WITHOUT_IT, RecipientState.PENDING)

    def _submission(self, draft_id: str) -> SubmissionRow:
        row = self._stores.drafts.get(draft_id)
        if row.state is not DraftState.RELEASED or row.submission_id is None:
            raise TransitionError(
                f"Draft {row.id} is {row.state.value}; it is not in the outbox.",
                hint=f"See where it stands: tuimail show {row.id}",
            )
        return self._stores.submissions.get(row.submission_id)

    def _seen(self, draft_id: str) -> Row:
        mirror.reflect_status(self._stores, draft_id)
        return pages.row_view(self._stores, self._stores.rows.row(draft_id))


def _being_handed_over(draft_id: str) -> TransitionError:
    return TransitionError(
        f"Mail {draft_id} is being handed over to the provider just now.",
        hint=f"See what came of it: tuimail show {draft_id}",
    )
