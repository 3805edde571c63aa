"""What follows from a provider's answer, in the transaction that records it."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Final, NamedTuple

from tuimail.core import status
from tuimail.core.lifecycle import (
    SUBMISSION_STEPS,
    SubmissionEvent,
    SubmissionState,
    advance,
)
from tuimail.core.pacing import UNLIMITED
from tuimail.core.retry import next_attempt_at
from tuimail.core.submission import (
    OPEN_RECIPIENTS,
    AccountFault,
    Receipt,
    RecipientState,
    Verdict,
    VerdictKind,
    Verdicts,
    recipient_state,
    settle,
)
from tuimail.core.values import replace
from tuimail.store.accounts import HeldAccount
from tuimail.store.batches import Taken, Which
from tuimail.store.notices import ACCOUNT_HELD, UNKNOWN
from tuimail.store.submissions import SubmissionRow
from tuimail.workspace import answers, discretion, pacing, steps
from tuimail.workspace.claiming import Claim
from tuimail.workspace.holding import hold_account
from tuimail.workspace.repeating import may_be_repeated, repeat
from tuimail.workspace.stores import Stores

_COUNT: Final = frozenset({VerdictKind.SENT, VerdictKind.QUEUED, VerdictKind.UNKNOWN})
"""What a provider counts, as far as anybody knows."""
_TOO_LATE: Final = "Its time was over before it could leave."


class Intent(NamedTuple):
    """An attempt that is about to pass the point of no return."""

    claim: Claim
    handle: str = ""
    """By what the provider can be asked about it later."""


class Answer(NamedTuple):
    """What a provider said about one attempt."""

    claim: Claim
    verdicts: Verdicts
    jitter: float
    """Factor on the wait before the next try, 0.8 to 1.2."""


def settle_all(stores: Stores, answers: Iterable[Answer]) -> None:
    """Record answers; nothing of one where somebody settled it meanwhile.

    Most mail is taken, by everybody it is for: that is recorded all at once.
    """
    endings = [_Ending(stores, *one) for one in answers]
    taken = [one for one in endings if one.is_taken]
    for ending in endings:
        if not ending.is_taken:
            _settle_one(ending)
    if taken:
        _settle_taken(stores, taken)


def _settle_taken(stores: Stores, endings: list["_Ending"]) -> None:
    """Record that everybody has it, and that the accounts work."""
    taken = [one.taken for one in endings]
    ended = stores.batches.settle(taken, at=stores.clock.now())
    for name in {one.claim.account.name for one in endings}:
        pacing.answered(stores, name)
    for ending in endings:
        if ending.claim.submission.id in ended:
            _note(ending, ending.event, ending.worst.receipt)
        else:
            _settle_late(ending)


def _settle_one(ending: "_Ending") -> None:
    stores, claim, verdicts = ending.stores, ending.claim, ending.verdicts
    reason = _hold(stores, claim, verdicts)
    event = SubmissionEvent.HOLD if reason and ending.left else ending.event
    is_fault = event is SubmissionEvent.HOLD
    receipt = verdicts.fault_receipt if is_fault else ending.worst.receipt
    if not end(stores, claim, event, receipt, verdicts):
        _settle_late(ending)
        return
    give_back(stores, claim, verdicts.by_recipient)
    record(stores, claim.submission.id, verdicts.by_recipient)
    _note(ending, event, receipt)
    if is_fault:
        steps.hold(stores, ending.row, reason)
    else:
        _settle(ending, event)


def stops(stores: Stores, claim: Claim, held: HeldAccount | None) -> bool:
    """Keep mail from leaving whose account is held, or whose time is over.

    Looked at in the transaction of the point of no return; the attempt is
    closed, and nothing of it was taken.

    Args:
        stores: The open workspace, in that transaction.
        claim: What is about to leave.
        held: What holds its account, if anything does.
    """
    end_at, now = claim.submission.give_up_at, stores.clock.now()
    if held is None and (end_at is None or now < end_at):
        return False
    event = SubmissionEvent.DEFER if held is None else SubmissionEvent.HOLD
    if end(stores, claim, event, Receipt()):
        row = replace(claim.submission, state=SubmissionState.SENDING)
        if held is None:
            steps.step(stores, row, event, reason=_TOO_LATE, due_at=now)
        else:
            steps.hold(stores, row, held.reason)
        give_back(stores, claim, ())
    return True


def give_back(stores: Stores, claim: Claim, verdicts: Iterable[Verdict]) -> None:
    """Uncount the copies that certainly nobody took."""
    if claim.account.limits == UNLIMITED:
        return
    taken = {one.wire_address for one in verdicts if one.kind in _COUNT}
    addresses = [
        one.wire_address
        for one in claim.envelope.recipients
        if one.wire_address not in taken
    ]
    if addresses:
        pacing.give_back(stores, claim.account, addresses, claim.begun_at)


def _hold(stores: Stores, claim: Claim, verdicts: Verdicts) -> str:
    """Hold an account that cannot be used; return why it is held, or nothing."""
    if verdicts.fault is None:
        return ""
    name = claim.account.name
    hold = hold_account(
        stores,
        name,
        reason=_held_because(verdicts.fault, verdicts.fault_receipt),
        fault=verdicts.fault,
        wait=verdicts.wait,
    )
    if hold.is_new:
        now = stores.clock.now()
        stores.notices.add(
            kind=ACCOUNT_HELD, subject=name, sentence=hold.reason, at=now
        )
        log(stores, "account_held", account=name, fault=verdicts.fault.value)
    return hold.reason


def log(stores: Stores, event: str, **facts: str | int) -> None:
    """Write into the log once it is certain to have happened."""
    stores.afterwards(lambda: stores.log.note(event, **facts))


def settle_unknown(
    stores: Stores, row: SubmissionRow, verdicts: tuple[Verdict, ...], *, jitter: float
) -> None:
    """Let a late answer, or the provider's record, say what nobody knew."""
    unknown = {
        one.envelope.wire_address
        for one in stores.submissions.recipients(row.id)
        if one.state is RecipientState.UNKNOWN
    }
    certain = (one for one in verdicts if one.kind is not VerdictKind.UNKNOWN)
    told = tuple(one for one in certain if one.wire_address in unknown)
    if not told:
        return
    record(stores, row.id, told)
    everybody = stores.submissions.recipients(row.id)
    event = settle(one.state for one in everybody)
    if event is not SubmissionEvent.LOSE:
        steps.step(
            stores,
            row,
            event,
            reason=answers.reason_for(event, answers.worst(told), everybody),
            due_at=_due(stores, event, row.attempts or 1, told, jitter),
            provider_message_id=answers.provider_message_id(told),
        )
        stores.notices.withdraw(UNKNOWN, row.draft_id)


def end(
    stores: Stores,
    claim: Claim,
    event: SubmissionEvent,
    receipt: Receipt,
    verdicts: Verdicts | None = None,
) -> bool:
    """Close the attempt, with what was said about whom; False if it was closed."""
    told = verdicts or Verdicts()
    return stores.submissions.end_attempt(
        claim.submission.id,
        claim.attempt,
        outcome=event.value,
        receipt=receipt,
        at=stores.clock.now(),
        server=told.server,
        answers=tuple(
            one for one in told.by_recipient if one.receipt != receipt or one.taken
        ),
    )


def record(stores: Stores, submission_id: str, verdicts: Iterable[Verdict]) -> None:
    """Give each recipient the state that its verdict means."""
    for verdict in verdicts:
        stores.submissions.set_recipient(
            submission_id,
            verdict.wire_address,
            recipient_state(verdict),
            verdict.receipt,
            at=stores.clock.now(),
        )


class _Ending:
    """An attempt, what came of it, and what that means.

    Nobody but the sender changes a submission while it is ``sending``, so that
    what was read when it was claimed still holds: nothing is read again.
    """

    def __init__(
        self, stores: Stores, claim: Claim, verdicts: Verdicts, jitter: float
    ) -> None:
        self.stores, self.claim = stores, claim
        self.verdicts, self.jitter = verdicts, jitter
        self.attempts = claim.submission.attempts + (
            0 if answers.is_ours(verdicts) else 1
        )
        told = {one.wire_address: recipient_state(one) for one in verdicts.by_recipient}
        self._states = [
            told.get(one.envelope.wire_address, one.state) for one in claim.recipients
        ]
        self.event = settle(self._states)
        """What the states of all its recipients call for."""

    @cached_property
    def row(self) -> SubmissionRow:
        """The submission, as it stands."""
        return replace(self.claim.submission, state=SubmissionState.SENDING)

    @property
    def is_taken(self) -> bool:
        """Whether everybody has it, and nothing else is to be done about it."""
        verdicts = self.verdicts
        is_fine = verdicts.fault is None and verdicts.wait is None
        return is_fine and self.event in answers.TAKEN

    @property
    def taken(self) -> Taken:
        """What is to be stored of it."""
        claim, told = self.claim, self.verdicts.by_recipient
        receipt = self.worst.receipt
        return Taken(
            which=Which(claim.submission.id, claim.attempt),
            outcome=self.event.value,
            state=advance(SUBMISSION_STEPS, SubmissionState.SENDING, self.event).value,
            receipt=receipt,
            server=self.verdicts.server,
            attempts=self.attempts,
            provider_message_id=answers.provider_message_id(told),
            answers=tuple(told),
        )

    @property
    def left(self) -> bool:
        """Whether anybody is left to be tried."""
        return any(state in OPEN_RECIPIENTS for state in self._states)

    @property
    def worst(self) -> Verdict:
        """The verdict that says why it stands where it stands."""
        return answers.worst(self.verdicts.by_recipient)


def _settle(ending: _Ending, event: SubmissionEvent) -> None:
    stores, row, told = ending.stores, ending.row, ending.verdicts.by_recipient
    reason = answers.reason_for(event, ending.worst, ending.claim.recipients)
    rests_until = _rest(ending, reason)
    if event is SubmissionEvent.LOSE and may_be_repeated(stores, row):
        _repeat(ending)
        return
    due_at = _due(stores, event, ending.attempts, told, ending.jitter)
    steps.step(
        stores,
        row,
        event,
        reason=reason,
        due_at=due_at and max(due_at, rests_until or due_at),
        attempts=ending.attempts,
        provider_message_id=answers.provider_message_id(told),
    )
    if event is SubmissionEvent.LOSE:
        steps.tell_unknown(stores, row, reason)


def _settle_late(ending: _Ending) -> None:
    """Settle what was given up for lost meanwhile, if nobody tried it again."""
    stores, claim = ending.stores, ending.claim
    row = stores.submissions.get(claim.submission.id)
    is_last = stores.submissions.attempts(row.id)[-1].number == claim.attempt
    if row.state is SubmissionState.UNKNOWN and is_last:
        told = ending.verdicts.by_recipient
        settle_unknown(stores, row, told, jitter=ending.jitter)


def _rest(ending: _Ending, reason: str) -> datetime | None:
    """Leave the account alone that was not reached, or asks for it; until when?"""
    verdicts, name = ending.verdicts, ending.claim.account.name
    if answers.is_ours(verdicts):
        return None
    if verdicts.wait is None and not answers.broke_off(verdicts):
        pacing.answered(ending.stores, name)
        return None
    return pacing.rest(
        ending.stores,
        name,
        reason=reason,
        wait=verdicts.wait,
        jitter=ending.jitter,
        begun_at=ending.claim.begun_at,
    )


def _note(ending: _Ending, event: SubmissionEvent, receipt: Receipt) -> None:
    log(
        ending.stores,
        "attempt_ended",
        mail=ending.claim.submission.draft_id,
        attempt=ending.claim.attempt,
        account=ending.claim.account.name,
        server=ending.verdicts.server,
        outcome=event.value,
        stage=receipt.stage,
        code=receipt.code,
    )


def _repeat(ending: _Ending) -> None:
    """Try it again in its turn, for those about whom nobody knows, too."""
    stores, row = ending.stores, ending.row
    steps.mark(stores, row, {RecipientState.UNKNOWN}, RecipientState.DEFERRED)
    repeat(stores, row, attempts=ending.attempts, jitter=ending.jitter)


def _due(
    stores: Stores,
    event: SubmissionEvent,
    attempts: int,
    verdicts: tuple[Verdict, ...],
    jitter: float,
) -> datetime | None:
    if event is not SubmissionEvent.DEFER:
        return None
    if answers.goes_on_at_once(verdicts):
        return stores.clock.now()
    return next_attempt_at(
        attempts=max(attempts, 1),
        now=stores.clock.now(),
        minimum=answers.longest_wait(verdicts),
        jitter=jitter,
    )


def _held_because(fault: AccountFault, receipt: Receipt) -> str:
    return status.reason(discretion.for_an_account(receipt), fault)
