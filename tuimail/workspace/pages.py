"""Makes rows and pages for faces out of what the store has.

Also the one place that says which actions are allowed now; every face asks
that set.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from tuimail.core.address import Address
from tuimail.core.draft import Draft, Origin, is_agent
from tuimail.core.lifecycle import (
    DRAFT_STEPS,
    SUBMISSION_STEPS,
    DraftEvent,
    DraftState,
    SubmissionEvent,
    SubmissionState,
    allowed,
)
from tuimail.core.message import Role
from tuimail.core.retry import is_late
from tuimail.core.status import reason as reason_of
from tuimail.core.submission import (
    HAVE_IT,
    Attempt,
    Receipt,
    Recipient,
    RecipientState,
)
from tuimail.core.values import replace
from tuimail.store.drafts import DraftRow, Revision
from tuimail.store.journal import JournalRow
from tuimail.store.rows import ListRow
from tuimail.store.submissions import SubmissionRow
from tuimail.workspace import accepting, deciding, discretion, standing, steps
from tuimail.workspace.rendering import current_digest
from tuimail.workspace.reports import reported
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import (
    JournalLine,
    Page,
    RecipientView,
    ReportView,
    Row,
)
from tuimail.workspace.waiting import Wait, wait_of
from tuimail.workspace.ways_out import capabilities

_DRAFT_ACTIONS: Final[Mapping[DraftEvent, str]] = {
    DraftEvent.EDIT: "edit",
    DraftEvent.EDIT_HANDED_IN: "edit",
    DraftEvent.REQUEST_REVIEW: "request_review",
    DraftEvent.APPROVE: "approve",
    DraftEvent.REQUEST_CHANGES: "request_changes",
    DraftEvent.REJECT: "reject",
    DraftEvent.RELEASE: "release",
    DraftEvent.DISCARD: "discard",
    DraftEvent.TAKE_BACK: "take_back",
}
_SUBMISSION_ACTIONS: Final[Mapping[SubmissionEvent, str]] = {
    SubmissionEvent.HOLD: "hold",
    SubmissionEvent.RESUME: "resume",
    SubmissionEvent.CANCEL: "cancel",
    SubmissionEvent.CONFIRM: "confirm",
    SubmissionEvent.GIVE_UP: "give_up",
    SubmissionEvent.RESEND: "retry",
}
_PLANNABLE: Final = frozenset({SubmissionState.READY, SubmissionState.HELD})
_CAN_BE_TAKEN_BACK: Final = frozenset(
    {SubmissionState.READY, SubmissionState.HELD, SubmissionState.CANCELLED}
)

SAID_TO_HAVE_ARRIVED: Final = "A person says that it arrived."
"""Why mail of unknown fate is sent: nobody knows that the provider took it."""
_TAKEN: Final = 2
"""The first figure of replies, of SMTP and HTTP alike, that take what was offered."""


def actions(
    row: DraftRow,
    submission: SubmissionRow | None,
    *,
    actor: str,
    is_composable: bool,
) -> frozenset[str]:
    """Return what ``actor`` may do with this mail now.

    Agents hold no actions: what they may do, they do through their door.
    """
    if is_agent(actor):
        return frozenset()
    if row.state is DraftState.RELEASED and submission is not None:
        return _outbox_actions(submission)
    found = {
        _DRAFT_ACTIONS[event]
        for event in allowed(DRAFT_STEPS, row.state)
        if event in _DRAFT_ACTIONS
    }
    if "approve" in found and row.origin.actor == actor:
        found.add("send")
    elif row.state is not DraftState.REVIEW:
        found.discard("approve")
    if row.state is DraftState.REVIEW:
        found |= {"assign", "resume" if row.held_reason else "hold"}
    if not is_composable:
        found -= {"approve", "send", "release", "request_review"}
    if row.held_reason:
        found.discard("approve")
    return frozenset(found)


def _outbox_actions(submission: SubmissionRow) -> frozenset[str]:
    events = allowed(SUBMISSION_STEPS, submission.state)
    found = {
        _SUBMISSION_ACTIONS[event] for event in events if event in _SUBMISSION_ACTIONS
    }
    if submission.state is SubmissionState.SENDING:
        found.discard("hold")
    if submission.state is SubmissionState.READY:
        found.discard("give_up")
    if steps.waits_for_another_try(submission):
        found.add("retry")
    if submission.state in steps.REROUTABLE:
        found.add("reroute")
    return frozenset(found) | _before_a_try(submission) | _of_unknown(submission)


def _before_a_try(submission: SubmissionRow) -> frozenset[str]:
    """Return what may be done only as long as nobody was offered it."""
    if submission.attempts:
        return frozenset()
    found = set()
    if submission.state in _CAN_BE_TAKEN_BACK:
        found.add("take_back")
    if submission.state in _PLANNABLE:
        found.add("plan")
    if submission.state is SubmissionState.READY and submission.undo_until:
        found.add("hurry")
    return frozenset(found)


def _of_unknown(submission: SubmissionRow) -> frozenset[str]:
    """Return whether its provider can be asked about it."""
    if submission.state is not SubmissionState.UNKNOWN:
        return frozenset()
    can_be_asked = capabilities(submission.provider).can_look_up
    return frozenset({"inquire"}) if can_be_asked else frozenset()


def row_view(stores: Stores, listed: ListRow) -> Row:
    """Return the row of one mail for a list; it never has Bcc."""
    draft, submission = listed.draft, listed.submission
    wait = wait_of(stores, submission) if submission else None
    return Row(
        id=draft.id,
        status=listed.status,
        revision=draft.revision,
        subject=listed.subject,
        sender=listed.sender,
        to=listed.to,
        name=listed.name,
        account=draft.account,
        origin=_origin(stores, draft),
        updated_at=draft.changed_at,
        due_at=_due_at(submission, wait),
        undo_until=submission.undo_until if submission else None,
        gives_up_at=_gives_up_at(submission),
        expires_at=listed.expires_at,
        sent_at=_sent_at(submission),
        reason=wait.reason if wait else _reason(stores, draft, submission),
        is_late=_is_late(stores, submission),
        worst_finding=listed.worst_finding,
        finding_count=listed.finding_count,
        attachment_count=listed.attachment_count,
        attempts=submission.attempts if submission else 0,
        assigned=draft.assigned,
        actions=actions(
            draft,
            submission,
            actor=stores.acting.actor,
            is_composable=listed.is_composable,
        ),
    )


def page_view(stores: Stores, listed: ListRow) -> Page:
    """Return everything about one mail, Bcc included."""
    draft = listed.draft
    revision = stores.drafts.revision(draft.id, draft.revision)
    submission = listed.submission
    message = revision.message
    asked = standing.asked(stores, draft, revision)
    return Page(
        row=row_view(stores, listed),
        draft=revision.draft,
        message_id=message.message_id if message else "",
        message_digest=message.digest if message else "",
        release_digest=(
            submission.release_digest
            if submission
            else current_digest(stores, revision.draft, message)
        ),
        size_bytes=message.size_bytes if message else 0,
        not_composable=revision.not_composable,
        created_at=draft.created_at,
        findings=asked.ruling.findings,
        recipients=_recipients(stores, revision.draft, submission),
        attempts=stores.submissions.attempts(submission.id) if submission else (),
        earlier_attempts=tuple(_earlier(stores, draft.id, submission)),
        decisions=tuple(
            deciding.decision_view(one) for one in stores.decisions.for_draft(draft.id)
        ),
        provider=submission.provider if submission else "",
        provider_message_id=submission.provider_message_id if submission else "",
        previous=_previous(stores, revision),
        note=revision.note,
        first=deciding.first(stores, revision),
        edited=deciding.edited(stores, draft, revision),
        answered=deciding.answered(stores, revision),
        earlier_decision=deciding.earlier(stores, draft, revision),
        standing=deciding.standing_view(stores, asked),
        accepted=accepting.accepted(stores, draft.id, revision.number),
    )


def _earlier(
    stores: Stores, draft_id: str, submission: SubmissionRow | None
) -> Iterable[Attempt]:
    for submission_id in stores.rows.submission_ids(draft_id):
        if submission is None or submission_id != submission.id:
            yield from stores.submissions.attempts(submission_id)


def journal_view(line: JournalRow) -> JournalLine:
    """Return one step, for people."""
    return JournalLine(
        number=line.number,
        at=line.at,
        actor=line.actor,
        event=line.event,
        details=line.details,
    )


def _due_at(submission: SubmissionRow | None, wait: Wait | None) -> datetime | None:
    if submission is None:
        return None
    return wait.until if wait else submission.due_at


def _is_late(stores: Stores, submission: SubmissionRow | None) -> bool:
    if submission is None or submission.state is not SubmissionState.DEFERRED:
        return False
    return is_late(
        released_at=submission.released_at,
        now=stores.clock.now(),
        give_up_at=submission.give_up_at,
    )


def _gives_up_at(submission: SubmissionRow | None) -> datetime | None:
    if submission is None or submission.state not in _TRIED:
        return None
    return submission.give_up_at


def _sent_at(submission: SubmissionRow | None) -> datetime | None:
    if submission is None:
        return None
    return submission.changed_at if submission.state in _LEFT else None


_TRIED: Final = frozenset(
    {
        SubmissionState.READY,
        SubmissionState.HELD,
        SubmissionState.SENDING,
        SubmissionState.DEFERRED,
    }
)
_LEFT: Final = frozenset(
    {SubmissionState.SENT, SubmissionState.QUEUED, SubmissionState.PARTIAL}
)


def _reason(stores: Stores, draft: DraftRow, submission: SubmissionRow | None) -> str:
    if draft.state is DraftState.RELEASED and submission is not None:
        return submission.reason
    said = _said(stores, draft)
    if not said:
        return ""
    blind = stores.drafts.revision(draft.id, draft.revision).draft.bcc
    return discretion.without(said, [one.text for one in blind])


def _said(stores: Stores, draft: DraftRow) -> str:
    """Return what somebody said about where a draft stands."""
    if draft.held_reason:
        return f"Held: {draft.held_reason}"
    if draft.state not in {DraftState.REJECTED, DraftState.DRAFT}:
        return ""
    decisions = stores.decisions.for_draft(draft.id)
    return decisions[-1].reason if decisions else ""


def _origin(stores: Stores, draft: DraftRow) -> Origin:
    """Return who wrote it; a note may name a blind copy, and rows may not."""
    if "@" not in draft.origin.note:
        return draft.origin
    blind = stores.drafts.revision(draft.id, draft.revision).draft.bcc
    note = discretion.without(draft.origin.note, [one.text for one in blind])
    return replace(draft.origin, note=note)


def _recipients(
    stores: Stores, draft: Draft, submission: SubmissionRow | None
) -> tuple[RecipientView, ...]:
    names = {one.text: one.name for one in draft.recipients}
    if submission is None:
        return tuple(_planned(draft))
    found = reported(stores, submission.id)
    return tuple(
        _recipient(
            one,
            names,
            found.get(one.envelope.wire_address, ()),
            why=_why(one, said=submission.reason),
        )
        for one in stores.submissions.recipients(submission.id)
    )


def _recipient(
    recipient: Recipient,
    names: Mapping[str, str],
    reports: tuple[ReportView, ...],
    *,
    why: str,
) -> RecipientView:
    return RecipientView(
        role=recipient.envelope.role,
        address=recipient.envelope.address,
        name=names.get(recipient.envelope.address, ""),
        state=recipient.state,
        reason=why,
        receipt=recipient.receipt,
        reports=reports,
    )


def _why(recipient: Recipient, *, said: str) -> str:
    """Return why, in plain words; ``said`` is why the mail is as it is."""
    if _is_a_persons_word(recipient, said):
        return SAID_TO_HAVE_ARRIVED
    if recipient.state is RecipientState.PENDING or recipient.state in HAVE_IT:
        return ""
    return reason_of(recipient.receipt, recipient.state)


def _is_a_persons_word(recipient: Recipient, said: str) -> bool:
    """Return whether somebody, and no provider, says that this copy arrived."""
    has_answer = recipient.receipt.code // 100 == _TAKEN
    is_sent = recipient.state is RecipientState.SENT
    return is_sent and said == SAID_TO_HAVE_ARRIVED and not has_answer


def _planned(draft: Draft) -> Iterable[RecipientView]:
    by_role = ((Role.TO, draft.to), (Role.CC, draft.cc), (Role.BCC, draft.bcc))
    for role, addresses in by_role:
        for address in addresses:
            yield _to_be_sent(role, address)


def _to_be_sent(role: Role, address: Address) -> RecipientView:
    return RecipientView(
        role=role,
        address=address.text,
        name=address.name,
        state=RecipientState.PENDING,
        reason="",
        receipt=Receipt(),
    )


def _previous(stores: Stores, revision: Revision) -> Draft | None:
    if revision.number == 1:
        return None
    return stores.drafts.revision(revision.draft_id, revision.number - 1).draft
