"""The sender's side of the database: claim, mark, settle; short transactions.

An attempt is durable before the network is touched, durable again as
*committed* before the step that cannot be taken back, and closed with what the
provider said about each recipient.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tuimail.core import status
from tuimail.core.draft import SELF_ACTOR
from tuimail.core.lifecycle import SubmissionEvent, SubmissionState
from tuimail.core.message import Envelope, release_digest
from tuimail.core.retry import next_attempt_at
from tuimail.core.submission import (
    AT_ONCE,
    OPEN_RECIPIENTS,
    AccountFault,
    Receipt,
    Recipient,
    Verdict,
    VerdictKind,
    Verdicts,
    recipient_state,
    settle,
)
from tuimail.providers.base import Provider
from tuimail.settings.config import AccountSettings
from tuimail.store.submissions import SubmissionRow
from tuimail.workspace import discretion, mirror, steps
from tuimail.workspace.rendering import file_digest
from tuimail.workspace.stores import Stores
from tuimail.workspace.ways_out import make_provider

_OUT_OF_TIME: Final = "Given up: it could not be sent in 5 days."
_WAITING: Final = (SubmissionState.READY, SubmissionState.DEFERRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One submission that this sender, and no other, now tries to submit."""

    submission: SubmissionRow
    attempt: int
    account: AccountSettings
    envelope: Envelope
    """Only those who are left."""


class Delivery:
    """What the sender does to the outbox, as ``tuimail``."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def claim(
        self, *, only: str | None = None, busy: frozenset[str] = frozenset()
    ) -> Claim | None:
        """Claim what is due and return it, or None when nothing is.

        What may not go out is settled on the way: given up when it is out of
        time, held when its account is gone or not the one that was approved.

        Args:
            only: A draft id; nothing else is claimed.
            busy: Accounts that are at their limit.
        """
        while (taken := self._take(only, busy)) is not None:
            row, claim = taken
            mirror.reflect_status(self._stores, row.draft_id)
            if claim is not None:
                self._stores.fault("claim.after_commit")
                return claim
        return None

    def pieces(self, claim: Claim) -> Iterator[bytes]:
        """Return an iterator over the bytes on disk, read as it goes."""
        return self._stores.outbound.read_message(claim.submission.draft_id)

    def digest_on_disk(self, claim: Claim) -> str:
        """Return the digest of the file as it is; empty where there is none."""
        return file_digest(self._stores, claim.submission.draft_id)

    def provider(self, account: AccountSettings) -> Provider:
        """Return a provider for ``account``, not connected yet.

        Raises:
            ConfigurationError: No such provider, or unusable settings.
        """
        return make_provider(self._stores, account)

    def next_due_at(self) -> datetime | None:
        """Return when something will be due, None when nothing waits for time."""
        return self._stores.submissions.next_due_at()

    def commit(self, claim: Claim) -> bool:
        """Make the attempt durable as committed; False if it was withdrawn.

        After this, the next step may have been taken, whatever happens.
        """
        with self._acting(), self._stores.database.transaction():
            committed = self._stores.submissions.commit_attempt(
                claim.submission.id, claim.attempt, at=self._now()
            )
        self._stores.fault("intent.after_commit")
        return committed

    def settle(self, claim: Claim, verdicts: Verdicts, *, jitter: float) -> None:
        """Record what the provider said, and what follows from it.

        Args:
            claim: What was tried.
            verdicts: The provider's answers, or the fault of the account.
            jitter: Factor on the wait before the next try, 0.8 to 1.2.
        """
        self._stores.fault("reply.read_before_commit")
        with self._acting(), self._stores.database.transaction():
            if self._current(claim).state is not SubmissionState.SENDING:
                return
            self._record(claim, verdicts.by_recipient)
            if verdicts.fault is None or not self._left(claim.submission):
                self._settle(claim, verdicts.by_recipient, jitter)
            else:
                self._hold_faulty(claim, verdicts.fault, verdicts.fault_receipt)
            if verdicts.fault is not None:
                self._hold_account(claim, verdicts.fault, verdicts.fault_receipt)
        self._stores.fault("result.after_commit_before_move")
        mirror.reflect_status(self._stores, claim.submission.draft_id)

    def hold(self, claim: Claim, reason: str) -> None:
        """Stop one submission for a person to look at; the attempt is closed.

        Nothing happens where it was withdrawn meanwhile.
        """
        with self._acting(), self._stores.database.transaction():
            if self._current(claim).state is not SubmissionState.SENDING:
                return
            self._end(claim, SubmissionEvent.HOLD, Receipt())
            steps.hold(self._stores, self._current(claim), reason)
        mirror.reflect_status(self._stores, claim.submission.draft_id)

    def _take(
        self, only: str | None, busy: frozenset[str]
    ) -> tuple[SubmissionRow, Claim | None] | None:
        """Return what was due, and the claim to it unless it was settled."""
        with self._acting(), self._stores.database.transaction():
            row = self._stores.submissions.next_due(
                self._now(), only=only, skip_accounts=busy
            )
            return None if row is None else (row, self._claim(row))

    def _claim(self, row: SubmissionRow) -> Claim | None:
        account = self._fit_account(row)
        if isinstance(account, str):
            steps.hold(self._stores, row, account)
            return None
        if row.give_up_at is not None and self._now() >= row.give_up_at:
            steps.give_up(self._stores, row, _OUT_OF_TIME)
            return None
        return Claim(
            submission=row,
            attempt=self._stores.submissions.claim(row.id, at=self._now()),
            account=account,
            envelope=self._envelope(row, self._left(row)),
        )

    def _fit_account(self, row: SubmissionRow) -> AccountSettings | str:
        """Return the account that was approved, or why there is none."""
        account = self._stores.settings.account(row.account)
        if account is None:
            return f"The account {row.account} is not configured any more."
        everybody = self._stores.submissions.recipients(row.id)
        digest = release_digest(
            message_digest=row.message.digest,
            envelope=self._envelope(row, everybody),
            account_fingerprint=account.fingerprint,
        )
        if digest != row.release_digest:
            return (
                f"The account {row.account} or the recipients are not those "
                "that were approved."
            )
        return account

    def _left(self, row: SubmissionRow) -> tuple[Recipient, ...]:
        everybody = self._stores.submissions.recipients(row.id)
        return tuple(one for one in everybody if one.state in OPEN_RECIPIENTS)

    def _envelope(
        self, row: SubmissionRow, recipients: Iterable[Recipient]
    ) -> Envelope:
        return Envelope(
            return_path=row.return_path,
            recipients=tuple(one.envelope for one in recipients),
            needs_smtputf8=row.needs_smtputf8,
            service=row.service,
        )

    def _hold_faulty(self, claim: Claim, fault: AccountFault, receipt: Receipt) -> None:
        """Hold it for who is left; the attempt is not counted."""
        self._end(claim, SubmissionEvent.HOLD, receipt)
        steps.hold(self._stores, self._current(claim), _held_because(fault, receipt))

    def _hold_account(
        self, claim: Claim, fault: AccountFault, receipt: Receipt
    ) -> None:
        """Hold the account and all that waits for it."""
        name, reason = claim.account.name, _held_because(fault, receipt)
        self._stores.accounts.hold(name, reason=reason, fault=fault, at=self._now())
        for row in self._stores.submissions.by_account(name, _WAITING):
            steps.hold(self._stores, row, reason)

    def _settle(
        self, claim: Claim, verdicts: tuple[Verdict, ...], jitter: float
    ) -> None:
        everybody = self._stores.submissions.recipients(claim.submission.id)
        event = settle(one.state for one in everybody)
        worst = _worst(verdicts)
        attempts = claim.submission.attempts + 1
        self._end(claim, event, worst.receipt)
        steps.step(
            self._stores,
            self._current(claim),
            event,
            reason=_reason(event, worst, everybody),
            due_at=self._due(event, attempts, verdicts, jitter),
            attempts=attempts,
            provider_message_id=_provider_message_id(verdicts),
        )

    def _record(self, claim: Claim, verdicts: tuple[Verdict, ...]) -> None:
        for verdict in verdicts:
            self._stores.submissions.set_recipient(
                claim.submission.id,
                verdict.wire_address,
                recipient_state(verdict),
                verdict.receipt,
                at=self._now(),
            )

    def _due(
        self,
        event: SubmissionEvent,
        attempts: int,
        verdicts: tuple[Verdict, ...],
        jitter: float,
    ) -> datetime | None:
        if event is not SubmissionEvent.DEFER:
            return None
        if _goes_on_at_once(verdicts):
            return self._now()
        return next_attempt_at(
            attempts=attempts,
            now=self._now(),
            minimum=_longest_wait(verdicts),
            jitter=jitter,
        )

    def _end(self, claim: Claim, event: SubmissionEvent, receipt: Receipt) -> None:
        self._stores.submissions.end_attempt(
            claim.submission.id,
            claim.attempt,
            outcome=event.value,
            receipt=receipt,
            at=self._now(),
        )

    def _current(self, claim: Claim) -> SubmissionRow:
        return self._stores.submissions.get(claim.submission.id)

    def _now(self) -> datetime:
        return self._stores.clock.now()

    def _acting(self) -> AbstractContextManager[None]:
        return self._stores.acting_as(SELF_ACTOR, door="sender")


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
