"""Makes rows for lists out of what the store has.

Also the one place that says which actions are allowed now; every face asks
that set.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from tuimail.core.draft import Origin, is_agent
from tuimail.core.lifecycle import (
    DRAFT_STEPS,
    SUBMISSION_STEPS,
    DraftEvent,
    DraftState,
    SubmissionEvent,
    SubmissionState,
    allowed,
)
from tuimail.core.retry import is_late
from tuimail.core.values import replace
from tuimail.store.drafts import DraftRow
from tuimail.store.rows import ListRow
from tuimail.store.submissions import SubmissionRow
from tuimail.workspace import discretion, steps
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import (
    Row,
)
from tuimail.workspace.waiting import Wait, wait_of

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
    from tuimail.workspace.ways_out import (  # noqa: PLC0415 - loads its provider
        capabilities,
    )

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
