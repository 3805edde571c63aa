"""The desk for the outbox: released, undone, held, retried, decided."""

from datetime import datetime, timedelta
from typing import Final

from tuimail.core.draft import Draft
from tuimail.core.lifecycle import (
    DRAFT_STEPS,
    SUBMISSION_STEPS,
    DraftEvent,
    DraftState,
    SubmissionEvent,
    SubmissionState,
    advance,
)
from tuimail.core.schedule import Late
from tuimail.core.submission import RecipientState, settle
from tuimail.core.values import replace
from tuimail.errors import NotAllowedError, TransitionError
from tuimail.store.drafts import DraftRow, Revision
from tuimail.store.submissions import SubmissionRow
from tuimail.workspace import keys, mirror, pacing, pages, steps
from tuimail.workspace.approving import ForReview, approve_new
from tuimail.workspace.authority import (
    goes_to_review,
    require_decider,
    require_own_sending,
    require_person,
)
from tuimail.workspace.drafts import DraftDesk
from tuimail.workspace.lateness import forgive
from tuimail.workspace.objecting import require_unobjected
from tuimail.workspace.releasing import (
    Timing,
    due_at,
    hold_if_account_is,
    limited,
    planned,
    release,
    release_approved,
    tried_until,
)
from tuimail.workspace.rendering import required_message, verify
from tuimail.workspace.reopening import reopen
from tuimail.workspace.reviews import ReviewDesk
from tuimail.workspace.row_views import row_view
from tuimail.workspace.stores import Stores
from tuimail.workspace.storing import NewMail, store_new
from tuimail.workspace.views import Fate, Row
from tuimail.workspace.withdrawing import being_handed_over, withdraw

HELD_BY_HAND: Final = "Held by hand."
GIVEN_UP: Final = "Given up by a person."
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
        late: Late = Late.ASK,
        lifetime: datetime | timedelta | None = None,
    ) -> Row:
        """Let the approved bytes enter the outbox.

        Their Date stays what it was when they were approved, also where they
        leave at a later time.

        Args:
            draft_id: Which draft; it must be approved.
            undo: How long it can be taken back before it is due.
            at: When it may leave, aware; None means now.
            late: What becomes of it if it misses that time.
            lifetime: Until when, or how long from now, it is to be tried; what
                the draft itself says is a limit beside it.

        Raises:
            TransitionError: It is not approved.
            StaleApprovalError: The approval does not cover what it is now.
            LapsedApprovalError: It ran out, or is not enough any more.
            PolicyError: The policy lets nobody send it; as above, it is in
                review again.
            NotAllowedError: This actor, or this door, may not.
            FieldError: A time is past, or it is of no use any more by then.
        """
        from tuimail.workspace.lapsing import require_in_force  # noqa: PLC0415 - on use

        stores = self._stores
        row = stores.drafts.get(draft_id)
        require_decider(stores, row)
        advance(DRAFT_STEPS, row.state, DraftEvent.RELEASE)
        due = due_at(stores, undo, at)
        looked_at = stores.drafts.revision(draft_id, row.revision)
        require_in_force(stores, row, looked_at)
        stores.fault("release.after_hash_before_commit")
        now = stores.clock.now()
        until = now + lifetime if isinstance(lifetime, timedelta) else lifetime
        with stores.database.transaction():
            stores.outbound.flush(draft_id)
            plan = planned(at, late)
            timing = Timing(due=due, undo=undo, expires_at=until, plan=plan)
            release(stores, draft_id, looked_at, timing)
        return self._seen(draft_id)

    def send_new(
        self,
        draft: Draft,
        *,
        key: str = "",
        undo: timedelta = timedelta(0),
        at: datetime | None = None,
        late: Late = Late.ASK,
        lifetime: timedelta | None = None,
    ) -> Row:
        """Store, approve and release one's own mail in one transaction.

        Killed at any moment, nothing of it is there, or all of it. Where the
        account says that what does not come from a real terminal goes to
        review, or the policy that somebody looks, it is stored in review.

        Args:
            draft: What it says.
            key: Asking for the same under the same key again makes nothing and
                returns the row of what there is, wherever it stands; what
                failed is tried again, what may have arrived never.
            undo: How long it can be taken back before it is due.
            at: When it may leave, aware, and its Date; None means now.
            late: What becomes of it if it misses that time.
            lifetime: How long from now it is of use.

        Raises:
            NotAllowedError: It is no person who asks, or the account blocks it.
            KeyConflictError: The key stands for another request.
            FieldError: A time is past, or it is of no use any more by then.
            NotComposableError: It cannot become a message.
            UnsupportedFeatureError: The account's provider cannot say it.
        """
        stores = self._stores
        require_own_sending(stores)
        if goes_to_review(stores, draft.account):
            return self._drafts.submit(draft, key=key, at=at, lifetime=lifetime)
        request = keys.asked(stores, draft, key, at=at, lifetime=lifetime)
        if known := keys.known(stores, request):
            return self._again(known)
        due = due_at(stores, undo, at)
        limited_draft = limited(draft, lifetime, now=stores.clock.now())
        tried_until(due, limited_draft.expires_at)
        timing = Timing(due=due, undo=undo, plan=planned(at, late))
        mail = NewMail(
            draft=limited_draft,
            origin=self._drafts.origin(),
            state=DraftState.DRAFT,
            check=self._check_new,
            follow=lambda row, revision: self._release_new(row, revision, timing),
            request=request,
            date=at,
            leaves=True,
        )
        try:
            stored = store_new(stores, mail)
        except ForReview:
            return self._drafts.submit(draft, key=key, at=at, lifetime=lifetime)
        return (
            self._drafts.row(stored.id) if stored.revision else self._again(stored.id)
        )

    def send(
        self,
        draft_id: str,
        *,
        revision: int,
        undo: timedelta = timedelta(0),
        at: datetime | None = None,
        late: Late = Late.ASK,
    ) -> Row:
        """Approve and release one's own mail in one call; two journal lines.

        Where the account says that what does not come from a real terminal
        goes to review, or the policy that somebody looks, the row that is
        returned is in review.

        Raises:
            NotAllowedError: It is somebody else's, or the account blocks it.
        """
        stores = self._stores
        row = stores.drafts.get(draft_id)
        self._must_be_own(row)
        if goes_to_review(stores, row.account):
            return self._drafts.request_review(draft_id)
        due = due_at(stores, undo, at)
        revision = self._dated(draft_id, revision, at)
        looked_at, digest = self._reviews.checked(draft_id, revision)
        stores.fault("release.after_hash_before_commit")
        try:
            with stores.database.transaction():
                stores.outbound.flush(draft_id)
                self._reviews.record_approval(looked_at, digest)
                timing = Timing(due=due, undo=undo, plan=planned(at, late))
                release(stores, draft_id, looked_at, timing)
        except ForReview:
            return self._drafts.request_review(draft_id)
        return self._seen(draft_id)

    def take_back(self, draft_id: str) -> Row:
        """Undo a release: the submission is cancelled, the draft reopens.

        Raises:
            TransitionError: It was handed over already, or may have arrived.
        """
        require_person(self._stores)
        with self._stores.database.transaction():
            reopen(self._stores, self._submission(draft_id))
        return self._seen(draft_id)

    def retry(self, draft_id: str) -> Row:
        """Try again now: what waits, failed, or is unknown, for who is left.

        It clears waits, also those of the account; a hold it does not, nor a
        time that somebody chose.

        Raises:
            TransitionError: It is held, under way, or nobody is left.
            NotAllowedError: Its account is held.
            FieldError: It is of no use any more.
        """
        require_person(self._stores)
        with self._stores.database.transaction():
            submission = self._submission(draft_id)
            self._account_must_be_open(submission)
            pacing.wake(self._stores, submission.account)
            forgive(self._stores, submission.id)
            if steps.may_go_sooner(self._stores, submission):
                self._bring_forward(submission)
            else:
                self._resend(submission)
        return self._seen(draft_id)

    def cancel(self, draft_id: str) -> Row:
        """Withdraw it; who already has it, keeps it.

        Where an earlier try may have arrived, it is unknown then and not
        cancelled: it is not tried again, and a person says what became of it.

        Raises:
            TransitionError: It is being handed over just now, or is settled,
                or unknown already.
        """
        require_person(self._stores)
        with self._stores.database.transaction():
            withdraw(self._stores, self._submission(draft_id))
        return self._seen(draft_id)

    def hold(self, draft_id: str) -> Row:
        """Let it wait until a person resumes it; in review, it is not approved."""
        require_person(self._stores)
        if self._is_in_review(draft_id):
            return self._reviews.hold(draft_id)
        with self._stores.database.transaction():
            submission = self._submission(draft_id)
            if submission.state is SubmissionState.SENDING:
                raise being_handed_over(draft_id)
            steps.hold(self._stores, submission, HELD_BY_HAND)
        return self._seen(draft_id)

    def resume(self, draft_id: str) -> Row:
        """Let held mail go on; an account that is held keeps it.

        Bytes that were damaged on disk are made again, where that gives the
        very bytes that were approved.

        Raises:
            NotAllowedError: Its account is held.
            PolicyError: It would be held again, because of the policy of now.
            DigestMismatchError: The approved bytes cannot be had any more.
        """
        require_person(self._stores)
        if self._is_in_review(draft_id):
            return self._reviews.resume(draft_id)
        row = self._stores.drafts.get(draft_id)
        verify(self._stores, self._stores.drafts.revision(draft_id, row.revision))
        with self._stores.database.transaction():
            self.let_go_on(self._submission(draft_id))
        return self._seen(draft_id)

    def let_go_on(self, submission: SubmissionRow) -> None:
        """Let one held mail go on, inside a transaction; raises as ``resume``."""
        require_person(self._stores)
        self._account_must_be_open(submission)
        require_unobjected(self._stores, submission)
        self._stores.outbound.flush(submission.draft_id)
        forgive(self._stores, submission.id)
        steps.resume(self._stores, submission)

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
                reason=pages.SAID_TO_HAVE_ARRIVED,
                due_at=due,
            )
        return self._seen(draft_id)

    def give_up(self, draft_id: str) -> Row:
        """Stop trying, for good, for everybody who is left.

        That is a person's word, also about what may have arrived: it is unknown
        for a moment, as the journal shows, and the reason says so.
        """
        require_person(self._stores)
        stores = self._stores
        with stores.database.transaction():
            submission = self._submission(draft_id)
            advance(SUBMISSION_STEPS, submission.state, SubmissionEvent.GIVE_UP)
            if steps.may_have_arrived(stores, submission):
                submission = steps.leave_unknown(stores, submission, GIVEN_UP)
            steps.give_up(stores, submission, GIVEN_UP)
        return self._seen(draft_id)

    def resolve(self, draft_id: str, fate: Fate) -> Row:
        """Settle mail whose fate is not known, as a person says.

        Sent again are the same bytes, with the same Message-ID and Date, to
        those about whom nothing is known, and to nobody who was refused.

        Raises:
            TransitionError: Its fate is known.
        """
        require_person(self._stores)
        submission = self._submission(draft_id)
        if submission.state is not SubmissionState.UNKNOWN:
            raise TransitionError(
                f"Mail {draft_id} is {submission.state.value}, not unknown.",
                hint=f"See where it stands: tuimail show {draft_id}",
            )
        take = {
            Fate.ARRIVED: self.confirm,
            Fate.RESEND: self.retry,
            Fate.GIVE_UP: self.give_up,
        }
        return take[fate](draft_id)

    def reroute(self, draft_id: str, account: str) -> Row:
        """Have it leave by another account, for those who do not have it yet.

        What was released is withdrawn, and the draft is open again, with a new
        revision that has to be approved: one's own is a draft, what an agent
        handed in is in review. Findings say what is different.

        Args:
            draft_id: Which mail; ready, held, deferred, failed or partly sent.
            account: Name of the account.

        Raises:
            TransitionError: It is being handed over, may have arrived, or left.
            ConfigurationError: There is no such account.
        """
        from tuimail.workspace.rerouting import reroute  # noqa: PLC0415 - on use

        require_person(self._stores)
        settings = self._stores.config.account(account)
        reroute(self._stores, draft_id, settings)
        mirror.follow(self._stores, draft_id, is_new=True)
        return self._drafts.row(draft_id)

    def undoable(self) -> tuple[Row, ...]:
        """Return what can still be taken back, newest first."""
        now = self._stores.clock.now()
        listed = self._stores.rows.rows(statuses=_READY, limit=100)
        return tuple(
            row_view(self._stores, one)
            for one in listed
            if one.submission is not None
            and (undo_until := one.submission.undo_until) is not None
            and undo_until > now
        )

    def _is_in_review(self, draft_id: str) -> bool:
        return self._stores.drafts.get(draft_id).state is DraftState.REVIEW

    def _check_new(self, revision: Revision) -> None:
        self._reviews.require_fit(revision)
        self._stores.fault("release.after_hash_before_commit")

    def _release_new(self, row: DraftRow, revision: Revision, timing: Timing) -> None:
        approval = approve_new(self._stores, row, revision, revision.release_digest)
        row = replace(row, state=DraftState.APPROVED if approval else row.state)
        release_approved(self._stores, row, revision, approval, timing)

    def _again(self, draft_id: str) -> Row:
        """Return what was asked for before; if that failed, try it again.

        Not if a try of it was ever lost: it may have arrived, and a program
        that asks again is no person who says that it did not.
        """
        row = self._stores.drafts.get(draft_id)
        if row.state is DraftState.RELEASED and not self._is_of_no_use(row):
            with self._stores.database.transaction():
                submission = self._submission(draft_id)
                if self._failed_for_certain(submission):
                    self._resend(submission)
                    hold_if_account_is(self._stores, submission.id)
            return self._seen(draft_id)
        return self._drafts.row(draft_id)

    def _failed_for_certain(self, submission: SubmissionRow) -> bool:
        is_error = submission.state is SubmissionState.ERROR
        return is_error and not steps.was_lost(self._stores, submission)

    def _is_of_no_use(self, row: DraftRow) -> bool:
        end = self._stores.drafts.revision(row.id, row.revision).draft.expires_at
        return end is not None and end <= self._stores.clock.now()

    def _dated(self, draft_id: str, revision: int, at: datetime | None) -> int:
        """Return the revision whose Date is when it leaves, rendered if need be."""
        looked_at = self._stores.drafts.revision(draft_id, revision)
        now, date = self._stores.clock.now(), required_message(looked_at).date
        if at is None and date <= now:
            return revision
        return self._drafts.dated(draft_id, revision, at or now)

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

    def _bring_forward(self, submission: SubmissionRow) -> None:
        now = self._stores.clock.now()
        self._stores.submissions.set_state(
            submission.id, submission.state, at=now, due_at=now
        )

    def _resend(self, submission: SubmissionRow) -> None:
        """Offer it again, for as long as at first, to everybody without it.

        Where nobody knows what became of it, those who were refused stay so.
        """
        stores, now = self._stores, self._stores.clock.now()
        row = stores.drafts.get(submission.draft_id)
        draft = stores.drafts.revision(row.id, row.revision).draft
        give_up_at = tried_until(now, draft.expires_at)
        is_unknown = submission.state is SubmissionState.UNKNOWN
        steps.step(stores, submission, SubmissionEvent.RESEND, reason="", due_at=now)
        stores.submissions.set_state(
            submission.id,
            SubmissionState.READY,
            at=now,
            give_up_at=give_up_at,
            attempts=0,
        )
        left = steps.UNSETTLED if is_unknown else steps.WITHOUT_IT
        steps.mark(stores, submission, left, RecipientState.PENDING)

    def _submission(self, draft_id: str) -> SubmissionRow:
        return steps.submission_of(self._stores, self._stores.drafts.get(draft_id))

    def _seen(self, draft_id: str) -> Row:
        mirror.follow(self._stores, draft_id, is_new=False)
        return row_view(self._stores, self._stores.rows.row(draft_id))
