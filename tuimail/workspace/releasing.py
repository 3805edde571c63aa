"""How an approved message enters the outbox: the checks, and the rows.

The approval is compared with what would leave now: bytes, recipients, account.
"""

from datetime import UTC, datetime, timedelta

from tuimail.core import compose
from tuimail.core.draft import Draft
from tuimail.core.lifecycle import (
    DRAFT_STEPS,
    DraftEvent,
    SubmissionState,
    advance,
)
from tuimail.core.message import Envelope, release_digest
from tuimail.core.retry import gives_up_at
from tuimail.core.schedule import FARTHEST, Late, Plan
from tuimail.core.submission import Recipient
from tuimail.core.values import dataclass, replace
from tuimail.errors import DigestMismatchError, FieldError, StaleApprovalError
from tuimail.settings.account import AccountSettings
from tuimail.store.decisions import ApprovalRow
from tuimail.store.drafts import DraftRow, Revision
from tuimail.store.submissions import SubmissionRow
from tuimail.workspace.clock import new_id
from tuimail.workspace.rendering import account_of, required_message
from tuimail.workspace.steps import hold
from tuimail.workspace.stores import Stores
from tuimail.workspace.suppressions import require_unsuppressed
from tuimail.workspace.ways_out import fingerprint


def due_at(stores: Stores, undo: timedelta, at: datetime | None) -> datetime:
    """Return when mail is due that may leave at ``at`` and be undone for ``undo``.

    Raises:
        FieldError: ``at`` is past, or more than a year away.
    """
    now = stores.clock.now()
    if at is not None and not now < at <= now + FARTHEST:
        raise FieldError(
            f"{at.isoformat()} is not a time within the next year.",
            hint="Give a time to come, with its offset: 2027-01-31T08:00+01:00",
            field="at",
        )
    return max(now + undo, at or now)


def planned(at: datetime | None, late: Late) -> Plan | None:
    """Return the plan of mail that is to leave at ``at``; None where that is now."""
    return None if at is None else Plan(at=at, late=late)


def limited(draft: Draft, lifetime: timedelta | None, *, now: datetime) -> Draft:
    """Return ``draft`` with the end of its use, counted from ``now``."""
    if lifetime is None:
        return draft
    return replace(draft, expires_at=(now + lifetime).replace(microsecond=0))


def tried_until(due: datetime, *limits: datetime | None) -> datetime:
    """Return when mail that is due then is given up, if it did not leave before.

    Args:
        due: When it may leave.
        limits: When it is of no use any more, as its author or whoever
            released it says.

    Raises:
        FieldError: That is before it may leave.
    """
    for limit in limits:
        if limit is not None and limit <= due:
            raise FieldError(
                f"It is of no use after {_utc(limit)}, and would leave at "
                f"{_utc(due)} at the earliest.",
                hint="Give a later end, or an earlier time: --expires TIME",
                field="expires",
            )
    given = [limit for limit in limits if limit is not None]
    return min([gives_up_at(released_at=due), *given])


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When a mail may leave, and until when."""

    due: datetime
    undo: timedelta
    """How long it can be taken back."""
    expires_at: datetime | None = None
    """A limit of this release, beside that of the draft."""
    plan: Plan | None = None
    """When somebody wants it to leave, where that is not now."""


def release(stores: Stores, draft_id: str, looked_at: Revision, timing: Timing) -> None:
    """Insert the submission; in a transaction, after the bytes were verified.

    Args:
        stores: The open workspace.
        draft_id: Which draft.
        looked_at: Its newest revision.
        timing: When it may leave.

    Raises:
        FieldError: It is of no use any more by then.
        TransitionError: The draft is not approved.
        StaleApprovalError: The approval is for an earlier revision.
        DigestMismatchError: The account is not the one that was approved.
        SuppressedError: Somebody it is for gets no such mail any more.
    """
    row = stores.drafts.get(draft_id)
    approval = stores.decisions.current_approval(draft_id)
    release_approved(stores, row, looked_at, approval, timing)


def release_approved(
    stores: Stores,
    row: DraftRow,
    looked_at: Revision,
    approval: ApprovalRow | None,
    timing: Timing,
) -> None:
    """Do what ``release`` does, for who knows what was read or written just now.

    Args:
        stores: The open workspace.
        row: Where the draft stands.
        looked_at: Its newest revision.
        approval: The one in force, if there is any.
        timing: When it may leave.
    """
    target = advance(DRAFT_STEPS, row.state, DraftEvent.RELEASE)
    covering = _covering(stores, row, looked_at, approval)
    envelope = compose.envelope(looked_at.draft)
    submission = _submission(stores, looked_at, covering, envelope, timing)
    require_unsuppressed(stores, looked_at.draft, envelope)
    stores.submissions.insert(
        submission, tuple(Recipient(envelope=one) for one in envelope.recipients)
    )
    stores.drafts.set_state(
        row.id, target, at=stores.clock.now(), submission_id=submission.id
    )
    if timing.plan is not None:
        stores.plans.set(submission.id, timing.plan, now=stores.clock.now())
    hold_if_account_is(stores, submission.id)


def hold_if_account_is(stores: Stores, submission_id: str) -> None:
    """Hold what is ready where its account is held; in the same transaction."""
    held_accounts = stores.accounts.held()
    if not held_accounts:
        return
    submission = stores.submissions.get(submission_id)
    held = held_accounts.get(submission.account)
    if held is not None:
        hold(stores, submission, held.reason)


def digest_of(revision: Revision, account: AccountSettings) -> str:
    """Return the digest over bytes, envelope and account, as of now."""
    return release_digest(
        message_digest=required_message(revision).digest,
        envelope=compose.envelope(revision.draft),
        account_fingerprint=fingerprint(account),
    )


def _covering(
    stores: Stores, row: DraftRow, looked_at: Revision, approval: ApprovalRow | None
) -> ApprovalRow:
    """Return the approval, if it covers exactly what would leave now."""
    if approval is None or approval.revision != looked_at.number:
        raise StaleApprovalError(
            row.id, approved=looked_at.number, current=row.revision
        )
    if approval.release_digest != digest_of(
        looked_at, account_of(stores, looked_at.draft)
    ):
        raise DigestMismatchError(
            f"The account of draft {row.id} changed after the approval, "
            "which therefore does not cover it.",
            hint=f"Look at it and approve it again: tuimail review {row.id}",
        )
    return approval


def _submission(
    stores: Stores,
    looked_at: Revision,
    approval: ApprovalRow,
    envelope: Envelope,
    timing: Timing,
) -> SubmissionRow:
    now, due, undo = stores.clock.now(), timing.due, timing.undo
    account = account_of(stores, looked_at.draft)
    return SubmissionRow(
        id=new_id(now, stores.random),
        draft_id=looked_at.draft_id,
        approval_id=approval.id,
        account=account.name,
        provider=account.provider,
        message=required_message(looked_at),
        release_digest=approval.release_digest,
        return_path=envelope.return_path,
        needs_smtputf8=envelope.needs_smtputf8,
        service=envelope.service,
        state=SubmissionState.READY,
        released_at=now,
        due_at=due,
        undo_until=now + undo if undo else None,
        give_up_at=tried_until(due, looked_at.draft.expires_at, timing.expires_at),
        changed_at=now,
    )
