"""What follows from a provider's answer, in the transaction that records it."""

from collections.abc import Iterable
from dataclasses import dataclass
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
    AttemptPhase,
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
from tuimail.workspace.stores import Stores
from tuimail.workspace.ways_out import capabilities

SENT_AGAIN: Final = (
    "The whole message went out and no answer came. It is sent again all the same: "
    "the account says so, or the provider recognises it."
)


def settle_attempt(
    stores: Stores, claim: Claim, verdicts: Verdicts, *, jitter: float
) -> None:
    """Record an answer; nothing where somebody settled it meanwhile."""
    row = stores.submissions.get(claim.submission.id)
    if row.state is SubmissionState.UNKNOWN and _is_late(stores, claim):
        settle_unknown(stores, row, verdicts.by_recipient, jitter=jitter)
    if row.state is not SubmissionState.SENDING:
        return
    _pace(stores, claim)
    record(stores, row, verdicts.by_recipient)
    reason = _hold(stores, claim, verdicts)
    if reason and _left(stores, row):
        _hold_faulty(stores, claim, verdicts, reason)
    else:
        _settle(_Ending(stores, claim, verdicts, jitter))


def _pace(stores: Stores, claim: Claim) -> None:
    """Give back what was counted for an attempt of which nothing was taken."""
    if claim.account.limits == UNLIMITED:
        return
    attempt = stores.submissions.attempts(claim.submission.id)[claim.attempt - 1]
    if attempt.phase is AttemptPhase.OPEN:
        addresses = [one.wire_address for one in claim.envelope.recipients]
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
    certain = [one for one in verdicts if one.kind is not VerdictKind.UNKNOWN]
    unknown = {
        one.envelope.wire_address
        for one in stores.submissions.recipients(row.id)
        if one.state is RecipientState.UNKNOWN
    }
    told = tuple(one for one in certain if one.wire_address in unknown)
    if not told:
        return
    record(stores, row, told)
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


def end(
    stores: Stores,
    claim: Claim,
    event: SubmissionEvent,
    receipt: Receipt,
    verdicts: Verdicts | None = None,
) -> None:
    """Close the attempt, with what was said about whom."""
    told = verdicts or Verdicts()
    stores.submissions.end_attempt(
        claim.submission.id,
        claim.attempt,
        outcome=event.value,
        receipt=receipt,
        at=stores.clock.now(),
        server=told.server,
        answers=tuple(one for one in told.by_recipient if one.receipt != receipt),
    )


def record(stores: Stores, row: SubmissionRow, verdicts: Iterable[Verdict]) -> None:
    """Give each recipient the state that its verdict means."""
    for verdict in verdicts:
        stores.submissions.set_recipient(
            row.id,
            verdict.wire_address,
            recipient_state(verdict),
            verdict.receipt,
            at=stores.clock.now(),
        )


@dataclass(frozen=True, slots=True)
class _Ending:
    """An attempt and what came of it."""

    stores: Stores
    claim: Claim
    verdicts: Verdicts
    jitter: float


def _settle(ending: _Ending) -> None:
    stores, claim = ending.stores, ending.claim
    row = stores.submissions.get(claim.submission.id)
    everybody = stores.submissions.recipients(row.id)
    event = settle(one.state for one in everybody)
    worst = _worst(ending.verdicts.by_recipient)
    reason = _reason(event, worst, everybody)
    end(stores, claim, event, worst.receipt, ending.verdicts)
    rests = _rest(ending, reason)
    _note(ending, event, worst)
    if event is SubmissionEvent.LOSE and may_be_repeated(stores, row):
        _repeat(ending, row)
        return
    attempts = row.attempts + 1
    due_at = _due(stores, event, attempts, ending.verdicts.by_recipient, ending.jitter)
    steps.step(
        stores,
        row,
        event,
        reason=reason,
        due_at=due_at and max(due_at, rests or due_at),
        attempts=attempts,
        provider_message_id=_provider_message_id(ending.verdicts.by_recipient),
    )
    if event is SubmissionEvent.LOSE:
        tell_unknown(stores, row, reason)


def _rest(ending: _Ending, reason: str) -> datetime | None:
    """Leave the account alone that was not reached, or asks for it; until when?"""
    verdicts, name = ending.verdicts, ending.claim.account.name
    if not verdicts.is_unreachable and verdicts.wait is None:
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


def _note(ending: _Ending, event: SubmissionEvent, worst: Verdict) -> None:
    log(
        ending.stores,
        "attempt_ended",
        mail=ending.claim.submission.draft_id,
        attempt=ending.claim.attempt,
        account=ending.claim.account.name,
        server=ending.verdicts.server,
        outcome=event.value,
        stage=worst.receipt.stage,
        code=worst.receipt.code,
    )


def tell_unknown(stores: Stores, row: SubmissionRow, reason: str) -> None:
    """Have a person told, once, that nobody knows whether it arrived."""
    now = stores.clock.now()
    stores.notices.add(kind=UNKNOWN, subject=row.draft_id, sentence=reason, at=now)


def may_be_repeated(stores: Stores, row: SubmissionRow) -> bool:
    """Whether mail whose fate is not known is sent again without being asked.

    Where the provider recognises it by its key for as long as it remembers
    keys, or where the account says so.
    """
    account = stores.settings.account(row.account)
    if account is not None and account.on_unknown == "resend":
        return True
    found = capabilities(row.provider)
    first = stores.submissions.attempts(row.id)[0].started_at
    return found.is_idempotent and stores.clock.now() - first < found.key_life


def _repeat(ending: _Ending, row: SubmissionRow) -> None:
    """Try it again in its turn, for those about whom nobody knows, too."""
    stores, attempts = ending.stores, row.attempts + 1
    steps.mark(stores, row, {RecipientState.UNKNOWN}, RecipientState.DEFERRED)
    steps.step(
        stores,
        row,
        SubmissionEvent.DEFER,
        reason=SENT_AGAIN,
        due_at=next_attempt_at(
            attempts=attempts, now=stores.clock.now(), jitter=ending.jitter
        ),
        attempts=attempts,
    )


def _is_late(stores: Stores, claim: Claim) -> bool:
    """Whether no other attempt was made since."""
    return stores.submissions.attempts(claim.submission.id)[-1].number == claim.attempt


def _left(stores: Stores, row: SubmissionRow) -> bool:
    return any(
        one.state in OPEN_RECIPIENTS for one in stores.submissions.recipients(row.id)
    )


def _hold_faulty(stores: Stores, claim: Claim, verdicts: Verdicts, reason: str) -> None:
    """Hold it for who is left; the attempt is not counted."""
    end(stores, claim, SubmissionEvent.HOLD, verdicts.fault_receipt, verdicts)
    steps.hold(stores, stores.submissions.get(claim.submission.id), reason)


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
        attempts=attempts,
        now=stores.clock.now(),
        minimum=_longest_wait(verdicts),
        jitter=jitter,
    )


def _held_because(fault: AccountFault, receipt: Receipt) -> str:
    return status.reason(discretion.for_an_account(receipt), fault)


def _goes_on_at_once(verdicts: tuple[Verdict, ...]) -> bool:
    """Whether those who are left were only too many for one transaction.

    Somebody must have been taken this time, or it would go round for ever.
    """
    left = [one for one in verdicts if one.kind is VerdictKind.DEFERRED]
    taken = {VerdictKind.SENT, VerdictKind.QUEUED}
    is_progress = any(one.kind in taken for one in verdicts)
    return is_progress and all(one.wait == AT_ONCE for one in left)


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
    envelope = [one.envelope for one in everybody]
    receipt = discretion.for_a_row(worst.receipt, envelope)
    return status.reason(receipt, worst.kind)


def _provider_message_id(verdicts: tuple[Verdict, ...]) -> str | None:
    found = (one.receipt.provider_message_id for one in verdicts)
    return next((one for one in found if one), None)


def _longest_wait(verdicts: tuple[Verdict, ...]) -> timedelta | None:
    """Return how long a server that is not ready is to be left alone."""
    return max((one.wait for one in verdicts if one.wait is not None), default=None)
