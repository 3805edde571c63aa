"""What follows from a provider's answer, in the transaction that records it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from tuimail.core import status
from tuimail.core.lifecycle import SubmissionEvent, SubmissionState
from tuimail.core.pacing import UNLIMITED
from tuimail.core.retry import next_attempt_at
from tuimail.core.submission import (
    AT_ONCE,
    OPEN_RECIPIENTS,
    AccountFault,
    Receipt,
    Recipient,
    RecipientState,
    Verdict,
    VerdictKind,
    Verdicts,
    recipient_state,
    settle,
)
from tuimail.store.notices import ACCOUNT_HELD, UNKNOWN
from tuimail.store.submissions import SubmissionRow
from tuimail.workspace import discretion, pacing, steps
from tuimail.workspace.claiming import Claim
from tuimail.workspace.holding import hold_account
from tuimail.workspace.repeating import may_be_repeated, repeat
from tuimail.workspace.stores import Stores

_COUNT: Final = frozenset({VerdictKind.SENT, VerdictKind.QUEUED, VerdictKind.UNKNOWN})
"""What a provider counts, as far as anybody knows."""
_THE_REST: Final = "Some were offered; the others follow."
_TOO_LATE: Final = "Its time was over before it could leave."


def settle_attempt(
    stores: Stores, claim: Claim, verdicts: Verdicts, *, jitter: float
) -> None:
    """Record an answer; nothing where somebody settled it meanwhile."""
    ending = _Ending(stores, claim, verdicts, jitter)
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


def stops(stores: Stores, claim: Claim) -> bool:
    """Keep mail from leaving whose account is held, or whose time is over.

    Looked at in the transaction of the point of no return; the attempt is
    closed, and nothing of it was taken.
    """
    held = stores.accounts.held().get(claim.account.name)
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
            reason=_reason(event, _worst(told), everybody),
            due_at=_due(stores, event, row.attempts or 1, told, jitter),
            provider_message_id=_provider_message_id(told),
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
        answers=tuple(one for one in told.by_recipient if one.receipt != receipt),
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
        self.row = replace(claim.submission, state=SubmissionState.SENDING)
        self.attempts = self.row.attempts + (0 if _is_ours(verdicts) else 1)
        told = {one.wire_address: recipient_state(one) for one in verdicts.by_recipient}
        self._states = [
            told.get(one.envelope.wire_address, one.state) for one in claim.recipients
        ]

    @property
    def left(self) -> bool:
        """Whether anybody is left to be tried."""
        return any(state in OPEN_RECIPIENTS for state in self._states)

    @property
    def event(self) -> SubmissionEvent:
        """What the states of all its recipients call for."""
        return settle(self._states)

    @property
    def worst(self) -> Verdict:
        """The verdict that says why it stands where it stands."""
        return _worst(self.verdicts.by_recipient)


def _settle(ending: _Ending, event: SubmissionEvent) -> None:
    stores, row, told = ending.stores, ending.row, ending.verdicts.by_recipient
    reason = _reason(event, ending.worst, ending.claim.recipients)
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
        provider_message_id=_provider_message_id(told),
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
    if _is_ours(verdicts):
        return None
    if verdicts.wait is None and not broke_off(verdicts):
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


def broke_off(verdicts: Verdicts) -> bool:
    """Whether the server was not reached, or went away without an answer.

    A server that closes after each message would else be offered a whole queue,
    and make all of it unknown.
    """
    answers = verdicts.by_recipient
    return verdicts.is_unreachable or bool(
        answers and all(_is_silence(one) for one in answers)
    )


def _is_ours(verdicts: Verdicts) -> bool:
    """Whether it was our own disk that failed, or an end of ours: which is no try."""
    answers = verdicts.by_recipient
    return bool(answers) and all(one.receipt.stage in _OURS for one in answers)


def _is_silence(verdict: Verdict) -> bool:
    is_open = verdict.kind in {VerdictKind.UNKNOWN, VerdictKind.DEFERRED}
    is_ours = verdict.receipt.stage in _OURS | {"provider"}
    return is_open and not verdict.receipt.code and not is_ours


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
    if _goes_on_at_once(verdicts):
        return stores.clock.now()
    return next_attempt_at(
        attempts=max(attempts, 1),
        now=stores.clock.now(),
        minimum=_longest_wait(verdicts),
        jitter=jitter,
    )


def _held_because(fault: AccountFault, receipt: Receipt) -> str:
    return status.reason(discretion.for_an_account(receipt), fault)


def _goes_on_at_once(verdicts: tuple[Verdict, ...]) -> bool:
    """Whether those who are left were only too many for one transaction.

    Somebody must have had an answer for good, or it would go round for ever; or
    the sender was stopped, which does not go round.
    """
    left = [one for one in verdicts if one.kind is VerdictKind.DEFERRED]
    is_progress = any(
        one.kind in _FINAL or one.receipt.stage == status.STOPPED for one in verdicts
    )
    return is_progress and all(one.wait == AT_ONCE for one in left)


_OURS: Final = frozenset({status.OUR_DISK, status.STOPPED})
_FINAL: Final = frozenset({VerdictKind.SENT, VerdictKind.QUEUED, VerdictKind.REFUSED})
_SEVERITY: Final = ("unknown", "deferred", "refused", "queued", "sent")


def _worst(verdicts: tuple[Verdict, ...]) -> Verdict:
    """Return the verdict that says why mail stands where it stands."""
    return min(verdicts, key=lambda one: _SEVERITY.index(one.kind.value))


def _reason(
    event: SubmissionEvent, worst: Verdict, everybody: Iterable[Recipient]
) -> str:
    """Return why it stands where it stands; never names a blind copy."""
    if event in {SubmissionEvent.ACCEPT, SubmissionEvent.ACCEPT_QUEUED}:
        return ""
    if event is SubmissionEvent.DEFER and worst.kind in _FINAL:
        return _THE_REST
    envelope = [one.envelope for one in everybody]
    receipt = discretion.for_a_row(worst.receipt, envelope)
    return status.reason(receipt, worst.kind)


def _provider_message_id(verdicts: tuple[Verdict, ...]) -> str | None:
    found = (one.receipt.provider_message_id for one in verdicts)
    return next((one for one in found if one), None)


def _longest_wait(verdicts: tuple[Verdict, ...]) -> timedelta | None:
    """Return how long a server that is not ready is to be left alone."""
    return max((one.wait for one in verdicts if one.wait is not None), default=None)
