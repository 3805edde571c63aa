"""The sender's side of the database: claim, mark, settle; short transactions.

An attempt is durable before the network is touched, durable again as
*committed* before the step that cannot be taken back, and closed with what the
provider said about each recipient.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Final

from tuimail.core.lifecycle import SubmissionEvent, SubmissionState
from tuimail.core.origin import SELF_ACTOR
from tuimail.core.submission import Receipt, Verdicts
from tuimail.errors import TuimailError
from tuimail.providers.base import LookUp, Provider
from tuimail.settings.account import AccountSettings
from tuimail.store.batches import Intended
from tuimail.workspace import mirror, recovery, settling, steps, unknowns
from tuimail.workspace.claiming import Claim, Load, Round
from tuimail.workspace.settling import Answer, Intent
from tuimail.workspace.stores import Stores
from tuimail.workspace.timekeeping import Timekeeper
from tuimail.workspace.ways_out import make_provider

NOTHING_UNDER_WAY: Final = Load()


class Delivery:
    """What the sender does to the outbox, as ``tuimail``."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._timekeeper = Timekeeper(stores)
        self._unreflected: dict[str, None] = {}

    def claim(
        self, *, only: str | None = None, load: Load = NOTHING_UNDER_WAY
    ) -> tuple[Claim, ...]:
        """Claim what is due and return it, as much as the accounts can take.

        What may not go out is settled on the way: given up when it is out of
        time, held when its account is gone or not the one that was approved.

        Args:
            only: A draft id; nothing else is claimed.
            load: What is under way.

        Raises:
            StoreError: There is not enough room left: nothing is begun whose answer
                might find the disk full.
        """
        self._stores.require_room()
        self._stores.policy.current()  # keeps what is new, by a step of its own
        now = self._now()
        round_ = Round(self._stores, load, now)
        try:
            with self._acting(), self._stores.transaction():
                self._timekeeper.look(now)
                claimed = round_.claim(only)
        except TuimailError:
            raise
        except Exception as error:
            self._leave_out(round_.looked_at, type(error).__name__)
            raise
        self._unreflected |= dict.fromkeys(claimed.touched)
        if claimed.claims:
            self._fault_afterwards("claim.after_commit", 1)
        return tuple(claimed.claims)

    def _leave_out(self, submission_id: str, mistake: str) -> None:
        """Hold the mail that a mistake of ours keeps from being claimed at all."""
        if not submission_id:
            return
        with self._acting(), self._stores.transaction():
            row = self._stores.submissions.get(submission_id)
            steps.hold(self._stores, row, recovery.left_out(mistake))
        self._unreflected[row.draft_id] = None

    def provider(self, account: AccountSettings) -> Provider:
        """Return a provider for ``account``, not connected yet.

        Raises:
            ConfigurationError: No such provider, or unusable settings.
        """
        return make_provider(self._stores, account)

    def commit(self, claim: Claim, handle: str = "") -> bool:
        """Make the attempt durable as committed; False where it must not leave.

        It was withdrawn, its account is held, or its time is over. After this,
        the next step may have been taken, whatever happens.

        Args:
            claim: What is tried.
            handle: By what the provider can be asked about it later.
        """
        return self.record([Intent(claim, handle)])[0]

    def settle(self, claim: Claim, verdicts: Verdicts, *, jitter: float) -> None:
        """Record what the provider said, and what follows from it.

        An answer that comes after the attempt was given up for lost still
        settles what nobody knew.

        Args:
            claim: What was tried.
            verdicts: The provider's answers, or the fault of the account.
            jitter: Factor on the wait before the next try, 0.8 to 1.2.
        """
        self.record([Answer(claim, verdicts, jitter)])

    def record(self, marks: Sequence[Intent | Answer]) -> list[bool]:
        """Record answers, and then commit attempts, in one step for all of them.

        The answers come first, so that an account that one of them holds lets
        nothing more out.

        Args:
            marks: Answers, and what is to pass the point of no return.

        Returns:
            Of each, in their order, whether the sender may go on with it.
        """
        answers = [one for one in marks if isinstance(one, Answer)]
        intents = [one for one in marks if isinstance(one, Intent)]
        for _ in answers:
            self._stores.fault("reply.read_before_commit")
        with self._acting(), self._stores.transaction():
            settling.settle_all(self._stores, answers)
            leaving = self._commit(intents)
        self._unreflected |= dict.fromkeys(
            one.claim.submission.draft_id for one in answers
        )
        self._fault_afterwards("result.after_commit_before_move", len(answers))
        return [
            isinstance(one, Answer) or one.claim.submission.id in leaving
            for one in marks
        ]

    def _commit(self, intents: Sequence[Intent]) -> frozenset[str]:
        """Commit attempts, and return the submissions that may leave."""
        if not intents:
            return frozenset()
        stores, leaving = self._stores, []
        held = stores.accounts.held()
        for claim, handle in intents:
            if settling.stops(stores, claim, held.get(claim.account.name)):
                self._unreflected[claim.submission.draft_id] = None
            else:
                one = Intended(claim.submission.id, claim.attempt, handle)
                leaving.append(one)
        self._fault_afterwards("intent.after_commit", len(leaving))
        return stores.batches.commit(leaving, at=self._now())

    def hold(self, claim: Claim, reason: str) -> None:
        """Stop one submission for a person to look at; the attempt is closed.

        Nothing happens where it was withdrawn meanwhile.
        """
        with self._acting(), self._stores.transaction():
            settling.give_back(self._stores, claim, ())
            if settling.end(self._stores, claim, SubmissionEvent.HOLD, Receipt()):
                row = self._stores.submissions.get(claim.submission.id)
                steps.hold(self._stores, row, reason)
        self._unreflected[claim.submission.draft_id] = None

    def stumbled(self, claim: Claim, mistake: str) -> None:
        """Close an attempt that a mistake of ours ended; the third time, hold it.

        Args:
            claim: What was tried.
            mistake: The name of the exception; its text may quote anything.
        """
        with self._acting(), self._stores.transaction():
            row = self._stores.submissions.get(claim.submission.id)
            if row.state is SubmissionState.SENDING:
                recovery.judge_mistake(self._stores, row, mistake)
        self._unreflected[claim.submission.draft_id] = None

    def questions(self) -> tuple[unknowns.Question, ...]:
        """Return what may be asked of the providers' own records."""
        return unknowns.questions(self._stores)

    def look_up(self, question: unknowns.Question) -> LookUp:
        """Return a question as the provider is asked it."""
        return unknowns.look_up(self._stores, question)

    def answered(
        self, question: unknowns.Question, verdicts: Verdicts, *, jitter: float
    ) -> None:
        """Settle what nobody knew, by what the provider's own record says."""
        with self._acting(), self._stores.transaction():
            unknowns.answered(self._stores, question, verdicts, jitter=jitter)
        self._unreflected[question.draft_id] = None

    def note(self, event: str) -> None:
        """Write into the log what the sender does, and through which door."""
        self._stores.log.note(event, door=self._stores.acting.door)

    def reflect(self, most: int) -> bool:
        """Bring the mirror in step for so many mails; is anything left to do?

        Off the path to any acknowledgement, when there is time.
        """
        for draft_id in list(self._unreflected)[:most]:
            del self._unreflected[draft_id]
            mirror.reflect_status(self._stores, draft_id)
        return bool(self._unreflected)

    def _fault_afterwards(self, point: str, times: int) -> None:
        for _ in range(times):
            self._stores.afterwards(lambda: self._stores.fault(point))

    def _now(self) -> datetime:
        return self._stores.clock.now()

    def _acting(self) -> AbstractContextManager[None]:
        return self._stores.acting_as(SELF_ACTOR, door="sender")
