"""Makes rows for lists out of what the store has.

Also the one place that says which actions are allowed now; every face asks
that set.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Final

from tuimail.core.lifecycle import (
    DRAFT_STEPS,
    REROUTABLE,
    SUBMISSION_STEPS,
    DraftEvent,
    DraftState,
    SubmissionEvent,
    SubmissionState,
    allowed,
    waits_for_another_try,
)
from tuimail.core.origin import Origin, is_agent
from tuimail.core.values import replace
from tuimail.store.list_rows import ListedSubmission, ListRow
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import Row
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


def actions(stores: Stores, listed: ListRow) -> frozenset[str]:
    """Return what whoever acts may do with this mail now.

    Agents hold no actions: what they may do, they do through their door.
    """
    actor, submission = stores.acting.actor, listed.submission
    if is_agent(actor):
        return frozenset()
    if submission is not None:
        return _outbox_actions(submission)
    return _draft_actions(
        listed.state_text,
        is_own=listed.actor == actor,
        is_held=bool(listed.held_reason),
        is_composable=listed.is_composable,
    )


@cache
def _draft_actions(
    word: str, *, is_own: bool, is_held: bool, is_composable: bool
) -> frozenset[str]:
    state = DraftState(word)
    found = {
        _DRAFT_ACTIONS[event]
        for event in allowed(DRAFT_STEPS, state)
        if event in _DRAFT_ACTIONS
    }
    if "approve" in found and is_own:
        found.add("send")
    elif state is not DraftState.REVIEW:
        found.discard("approve")
    if state is DraftState.REVIEW:
        found |= {"assign", "resume" if is_held else "hold"}
    if not is_composable:
        found -= {"approve", "send", "release", "request_review"}
    if is_held:
        found.discard("approve")
    return frozenset(found)


def _outbox_actions(submission: ListedSubmission) -> frozenset[str]:
    found = _state_actions(
        submission.state_text,
        was_tried=submission.attempts > 0,
        can_be_undone=submission.undo_text is not None,
    )
    return found | _of_unknown(submission)


@cache
def _state_actions(
    word: str, *, was_tried: bool, can_be_undone: bool
) -> frozenset[str]:
    state = SubmissionState(word)
    events = allowed(SUBMISSION_STEPS, state)
    found = {
        _SUBMISSION_ACTIONS[event] for event in events if event in _SUBMISSION_ACTIONS
    }
    if state is SubmissionState.SENDING:
        found.discard("hold")
    if state is SubmissionState.READY:
        found.discard("give_up")
    if waits_for_another_try(state, was_tried=was_tried):
        found.add("retry")
    if state in REROUTABLE:
        found.add("reroute")
    if not was_tried:
        found |= _before_a_try(state, can_be_undone=can_be_undone)
    return frozenset(found)


def _before_a_try(state: SubmissionState, *, can_be_undone: bool) -> frozenset[str]:
    """Return what may be done only as long as nobody was offered it."""
    found = set()
    if state in _CAN_BE_TAKEN_BACK:
        found.add("take_back")
    if state in _PLANNABLE:
        found.add("plan")
    if state is SubmissionState.READY and can_be_undone:
        found.add("hurry")
    return frozenset(found)


def _of_unknown(submission: ListedSubmission) -> frozenset[str]:
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
    submission = listed.submission
    wait = wait_of(stores, submission) if submission else None
    return Row(
        id=listed.id,
        status=listed.status,
        revision=listed.revision,
        subject=listed.subject,
        sender=listed.sender,
        to=listed.to,
        name=listed.name,
        account=listed.account,
        origin=_origin(stores, listed),
        updated_at=listed.changed_at,
        due_at=_due_at(submission, wait),
        undo_until=submission.undo_until if submission else None,
        gives_up_at=_gives_up_at(submission),
        expires_at=listed.expires_at,
        sent_at=_sent_at(submission),
        reason=wait.reason if wait else _reason(stores, listed),
        is_late=_is_late(stores, submission),
        worst_finding=listed.worst_finding,
        finding_count=listed.finding_count,
        attachment_count=listed.attachment_count,
        attempts=submission.attempts if submission else 0,
        assigned=listed.assigned,
        actions=actions(stores, listed),
    )


def _due_at(submission: ListedSubmission | None, wait: Wait | None) -> datetime | None:
    if submission is None:
        return None
    return wait.until if wait else submission.due_at


def _is_late(stores: Stores, submission: ListedSubmission | None) -> bool:
    if submission is None or submission.state is not SubmissionState.DEFERRED:
        return False
    from tuimail.core.retry import is_late  # noqa: PLC0415 - for what is tried again

    return is_late(
        released_at=submission.released_at,
        now=stores.clock.now(),
        give_up_at=submission.give_up_at,
    )


def _gives_up_at(submission: ListedSubmission | None) -> datetime | None:
    if submission is None or submission.state_text not in _TRIED:
        return None
    return submission.give_up_at


def _sent_at(submission: ListedSubmission | None) -> datetime | None:
    if submission is None:
        return None
    return submission.changed_at if submission.state_text in _LEFT else None


_TRIED: Final = frozenset({"ready", "held", "sending", "deferred"})
_LEFT: Final = frozenset({"sent", "queued", "partial"})


def _reason(stores: Stores, listed: ListRow) -> str:
    if listed.submission is not None:
        return listed.submission.reason
    said = _said(stores, listed)
    return _without_blind(stores, listed, said) if said else ""


def _said(stores: Stores, listed: ListRow) -> str:
    """Return what somebody said about where a draft stands."""
    if listed.held_reason:
        return f"Held: {listed.held_reason}"
    if listed.state not in {DraftState.REJECTED, DraftState.DRAFT}:
        return ""
    decisions = stores.decisions.for_draft(listed.id)
    return decisions[-1].reason if decisions else ""


def _origin(stores: Stores, listed: ListRow) -> Origin:
    """Return who wrote it; a note may name a blind copy, and rows may not."""
    if "@" not in listed.note:
        return listed.origin
    return replace(listed.origin, note=_without_blind(stores, listed, listed.note))


def _without_blind(stores: Stores, listed: ListRow, text: str) -> str:
    """Return ``text`` without those to whom it goes without anybody knowing."""
    from tuimail.workspace.discretion import without  # noqa: PLC0415 - rare

    newest = stores.drafts.revision(listed.id, listed.revision)
    return without(text, [one.text for one in newest.draft.bcc])
