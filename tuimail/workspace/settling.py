"""What follows from a provider's answer, in the transaction that records it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tuimail.core import status
from tuimail.core.lifecycle import SubmissionEvent, SubmissionState
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
from tuimail.store.submissions import SubmissionRow
from tuimail.workspace import discretion, steps
from tuimail.workspace.claiming import Claim
from tuimail.workspace.stores import Stores
from tuimail.workspace.ways_out import capabilities

_WAITING: Final = (SubmissionState.READY, SubmissionState.DEFERRED)
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
    record(stores, row, verdicts.by_recipient)
    if verdicts.fault is None or not _left(stores, row):
        _settle(_Ending(stores, claim, verdicts, jitter))
    else:
        _hold_faulty(stores, claim, verdicts, verdicts.fault)
    if verdicts.fault is not None:
        _hold_account(stores, claim.account.name, verdicts, verdicts.fault)


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
    end(stores, claim, event, worst.receipt, ending.verdicts)
    if event is SubmissionEvent.LOSE and may_be_repeated(stores, row):
        _repeat(ending, row)
        return
    attempts = row.attempts + 1
    steps.step(
        stores,
        row,
        event,
        reason=_reason(event, worst, everybody),
        due_at=_due(
            stores, event, attempts, ending.verdicts.by_recipient, ending.jitter
        ),
        attempts=attempts,
        provider_message_id=_provider_message_id(ending.verdicts.by_recipient),
    )


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


def _hold_faulty(
    stores: Stores, claim: Claim, verdicts: Verdicts, fault: AccountFault
) -> None:
    """Hold it for who is left; the attempt is not counted."""
    end(stores, claim, SubmissionEvent.HOLD, verdicts.fault_receipt, verdicts)
    row = stores.submissions.get(claim.submission.id)
    steps.hold(stores, row, _held_because(fault, verdicts.fault_receipt))


def _hold_account(
    stores: Stores, name: str, verdicts: Verdicts, fault: AccountFault
) -> None:
    """Hold the account and all that waits for it."""
    reason = _held_because(fault, verdicts.fault_receipt)
    stores.accounts.hold(name, reason=reason, fault=fault, at=stores.clock.now())
    for row in stores.submissions.by_account(name, _WAITING):
        steps.hold(stores, row, reason)


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
