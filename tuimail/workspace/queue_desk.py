"""The desk for what waits in the outbox: why, since when, and until when.

What becomes of mail is the outbox's own desk; here a person looks at what is in
the way, chooses another time, and says what they know about a lost try.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from tuimail.core.lifecycle import SubmissionState
from tuimail.core.retry import gives_up_at
from tuimail.core.schedule import Late, Plan
from tuimail.core.values import dataclass
from tuimail.errors import FieldError, NotAllowedError, TransitionError
from tuimail.store.submissions import SubmissionRow
from tuimail.workspace import mirror, steps
from tuimail.workspace.authority import require_person
from tuimail.workspace.evidence import Evidence, evidence, require_typed
from tuimail.workspace.obstacles import Obstacle, obstacles
from tuimail.workspace.outbox import OutboxDesk
from tuimail.workspace.releasing import due_at, tried_until
from tuimail.workspace.rendering import verify
from tuimail.workspace.row_views import row_view
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import Fate, Row
from tuimail.workspace.withdrawing import being_handed_over

_PLANNABLE: Final = frozenset({SubmissionState.READY, SubmissionState.HELD})


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftAlone:
    """A mail that was not tried with the others."""

    row: Row
    why: str
    """One sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retried:
    """What became of several mails that were to be tried now."""

    tried: tuple[Row, ...]
    left: tuple[LeftAlone, ...]


class QueueDesk:
    """What a person asks and says about mail that waits."""

    def __init__(self, stores: Stores, *, outbox: OutboxDesk) -> None:
        self._stores = stores
        self._outbox = outbox

    def obstacles(self) -> tuple[Obstacle, ...]:
        """Return what keeps whole accounts from sending."""
        return obstacles(self._stores)

    def evidence(self, draft_id: str) -> Evidence:
        """Return what is known about mail whose fate is not.

        Raises:
            TransitionError: Its fate is known, or it was never released.
        """
        return evidence(self._stores, self._submission(draft_id))

    def send_again(self, draft_id: str, *, typed: str = "") -> Row:
        """Have mail of unknown fate sent again, to those about whom nothing is known.

        Args:
            draft_id: Which mail.
            typed: The receiver's domain, where all of the content went out.

        Raises:
            FieldError: That was not typed.
            TransitionError: Its fate is known.
        """
        require_person(self._stores)
        require_typed(self.evidence(draft_id), typed)
        return self._outbox.resolve(draft_id, Fate.RESEND)

    def plan_of(self, draft_id: str) -> Plan | None:
        """Return when it is to leave, where somebody said so."""
        return self._stores.plans.get(self._submission(draft_id).id)

    def hurry(self, draft_id: str) -> Row:
        """End the time in which it could have been taken back: it is due now.

        Mail that leaves at a time that somebody chose keeps that.

        Raises:
            TransitionError: It does not wait for that any more.
        """
        require_person(self._stores)
        stores = self._stores
        with stores.database.transaction():
            row = self._submission(draft_id)
            if row.state is not SubmissionState.READY or row.undo_until is None:
                raise _no_time(row)
            now = stores.clock.now()
            is_planned = stores.plans.get(row.id) is not None
            due = row.due_at if is_planned else now
            stores.submissions.set_state(
                row.id, row.state, at=now, due_at=due, undo_until=None
            )
        return self._row(draft_id)

    def take_all_back(self, draft_ids: Iterable[str]) -> tuple[Row, ...]:
        """Undo releases; return the mails for which it was not too late."""
        taken = []
        for draft_id in draft_ids:
            with suppress(TransitionError):
                taken.append(self._outbox.take_back(draft_id))
        return tuple(taken)

    def retry_all(self, draft_ids: Iterable[str]) -> Retried:
        """Try mails again now, those that can be; and say why others cannot.

        How many leave at once is for the limits of their accounts to say.
        Mail of unknown fate is not among them: that is another decision.
        """
        tried, left = list[Row](), list[LeftAlone]()
        for draft_id in draft_ids:
            try:
                tried.append(self._retried(draft_id))
            except (TransitionError, NotAllowedError, FieldError) as error:
                row = row_view(self._stores, self._stores.rows.row(draft_id))
                left.append(LeftAlone(row=row, why=str(error)))
        return Retried(tried=tuple(tried), left=tuple(left))

    def _retried(self, draft_id: str) -> Row:
        submission = self._submission(draft_id)
        is_held = submission.state is SubmissionState.HELD
        if is_held and submission.account not in self._stores.accounts.held():
            raise TransitionError(
                "It was held by itself, and waits until somebody lets it go on.",
                hint=f"Let it: tuimail resume {draft_id}",
            )
        if submission.state is SubmissionState.UNKNOWN:
            raise TransitionError(
                "It may have arrived: what becomes of it is decided for it alone.",
                hint=f"Look at it: tuimail show {draft_id}",
            )
        return self._outbox.retry(draft_id)

    def plan(self, draft_id: str, at: datetime | None, *, late: Late = Late.ASK) -> Row:
        """Have it leave at another time, the very bytes that were approved.

        What was held goes on with it, unless its account is held.

        Args:
            draft_id: Which mail; nobody was offered it yet.
            at: When, aware; None means now.
            late: What becomes of it if it misses that time.

        Raises:
            TransitionError: It is under way, was offered, or has left.
            FieldError: The time is past, over a year away, or after its end.
            NotAllowedError: Its account is held.
        """
        require_person(self._stores)
        stores, now = self._stores, self._stores.clock.now()
        due = due_at(stores, timedelta(0), at)
        draft = stores.drafts.get(draft_id)
        revision = stores.drafts.revision(draft_id, draft.revision)
        self._waiting(draft_id)
        verify(stores, revision)
        with stores.database.transaction():
            row = self._waiting(draft_id)
            end = tried_until(due, revision.draft.expires_at, _chosen_end(row))
            if row.state is SubmissionState.HELD:
                self._outbox.let_go_on(row)
            stores.submissions.set_state(
                row.id,
                SubmissionState.READY,
                at=now,
                due_at=due,
                undo_until=None,
                give_up_at=end,
            )
            if at is None:
                stores.plans.end(row.id, now=now)
            else:
                stores.plans.set(row.id, Plan(at=at, late=late), now=now)
        return self._row(draft_id)

    def _waiting(self, draft_id: str) -> SubmissionRow:
        """Return mail for which a time can be chosen.

        Raises:
            TransitionError: It is none.
        """
        row = self._submission(draft_id)
        if row.state is SubmissionState.SENDING:
            raise being_handed_over(draft_id)
        if row.state not in _PLANNABLE or row.attempts:
            raise _no_time(row)
        return row

    def _submission(self, draft_id: str) -> SubmissionRow:
        return steps.submission_of(self._stores, self._stores.drafts.get(draft_id))

    def _row(self, draft_id: str) -> Row:
        mirror.follow(self._stores, draft_id, is_new=False)
        return row_view(self._stores, self._stores.rows.row(draft_id))


def _chosen_end(row: SubmissionRow) -> datetime | None:
    """Return the end that whoever released it chose; None where nobody did."""
    if row.give_up_at is None or row.due_at is None:
        return None
    usual = gives_up_at(released_at=row.due_at)
    return row.give_up_at if row.give_up_at < usual else None


def _no_time(row: SubmissionRow) -> TransitionError:
    state = "tried already" if row.attempts else row.state.value
    return TransitionError(
        f"Mail {row.draft_id} is {state}; when it leaves cannot be chosen any more.",
        hint=f"See where it stands: tuimail show {row.draft_id}",
    )
