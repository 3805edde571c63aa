"""When may mail move, and where to.

Every legal step is in a table in this file and nowhere else: the services ask
``advance`` before they write, and the database refuses any other step.

Pure: no clock, no database, no logging.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, TypeVar

from tuimail.errors import TransitionError


class DraftState(StrEnum):
    """Where a draft stands between its author and its reviewer."""

    DRAFT = "draft"
    """Stored and editable; nobody is asked anything."""
    DRY_RUN = "dry_run"
    """Rendered, checked and stored to be looked at; may still become mail."""
    REVIEW = "review"
    """Somebody is asked to decide about the newest revision."""
    APPROVED = "approved"
    """One revision may be released; any edit voids that."""
    REJECTED = "rejected"
    """The reviewer said no, with a reason; an edit reopens it."""
    RELEASED = "released"
    """A submission of it is, or was, in the outbox."""
    DISCARDED = "discarded"
    """Thrown away by its author, or expired."""


class DraftEvent(StrEnum):
    """What somebody does with a draft."""

    EDIT = "edit"
    """A person changes their own mail."""
    EDIT_HANDED_IN = "edit_handed_in"
    """Anybody changes what an agent handed in."""
    REQUEST_REVIEW = "request_review"
    """The author asks a person to decide."""
    APPROVE = "approve"
    """A person says that these exact bytes may go."""
    REQUEST_CHANGES = "request_changes"
    """A person sends it back, to be handed in again."""
    REJECT = "reject"
    """A person says no."""
    RELEASE = "release"
    """The approved message enters the outbox."""
    LAPSE = "lapse"
    """An approval ran out, or the policy asks for more by now."""
    DRY_RUN = "dry_run"
    """It is rendered and checked, and no provider is told."""
    DISCARD = "discard"
    """It is thrown away."""
    TAKE_BACK = "take_back"
    """A person undoes a release of their own mail, before it left."""
    TAKE_BACK_HANDED_IN = "take_back_handed_in"
    """A person undoes a release or a rejection of what an agent handed in."""


class SubmissionState(StrEnum):
    """Where a released message stands on its way to the provider."""

    READY = "ready"
    """Due now, or at its time."""
    HELD = "held"
    """Waits for a person: by hand, or because its account is held."""
    SENDING = "sending"
    """A sender has claimed it; one attempt is open."""
    DEFERRED = "deferred"
    """A temporary failure; tried again at its time."""
    SENT = "sent"
    """The provider accepted every recipient."""
    QUEUED = "queued"
    """The provider says it queued it; final delivery is not known."""
    PARTIAL = "partial"
    """Some recipients accepted, some refused for good."""
    ERROR = "error"
    """Refused for good, or given up."""
    UNKNOWN = "unknown"
    """The provider may or may not have taken it."""
    CANCELLED = "cancelled"
    """Withdrawn before it was sent."""


class SubmissionEvent(StrEnum):
    """What happens to a released message."""

    CLAIM = "claim"
    """A sender takes it and opens an attempt."""
    ACCEPT = "accept"
    """The provider answers for every recipient from now on."""
    ACCEPT_QUEUED = "accept_queued"
    """As accept, but the provider only says that it queued it."""
    ACCEPT_SOME = "accept_some"
    """Some accepted, the others refused for good."""
    DEFER = "defer"
    """Somebody is left to be tried again later."""
    REFUSE = "refuse"
    """Everybody was refused for good."""
    LOSE = "lose"
    """The content went out and no answer came; or it did so before, and the
    provider would not know it again."""
    HOLD = "hold"
    """A person, or a fault of the account, stops it."""
    RESUME = "resume"
    """A person lets it go on."""
    CANCEL = "cancel"
    """A person withdraws it; nobody has it."""
    STOP = "stop"
    """A person withdraws it, or time ran out, and some already have it."""
    CONFIRM = "confirm"
    """A person says that it arrived."""
    GIVE_UP = "give_up"
    """Out of time, or a person gives it up; nobody is known to have it."""
    RESEND = "resend"
    """A person has it tried again, for those who are left."""


_S = DraftState
_E = DraftEvent

DRAFT_STEPS: Final[Mapping[DraftState, Mapping[DraftEvent, DraftState]]] = {
    _S.DRAFT: {
        _E.EDIT: _S.DRAFT,
        _E.EDIT_HANDED_IN: _S.DRAFT,
        _E.REQUEST_REVIEW: _S.REVIEW,
        _E.APPROVE: _S.APPROVED,
        _E.DRY_RUN: _S.DRY_RUN,
        _E.DISCARD: _S.DISCARDED,
    },
    _S.DRY_RUN: {
        _E.EDIT: _S.DRAFT,
        _E.EDIT_HANDED_IN: _S.DRAFT,
        _E.REQUEST_REVIEW: _S.REVIEW,
        _E.APPROVE: _S.APPROVED,
        _E.DRY_RUN: _S.DRY_RUN,
        _E.DISCARD: _S.DISCARDED,
    },
    _S.REVIEW: {
        _E.EDIT: _S.REVIEW,
        _E.EDIT_HANDED_IN: _S.REVIEW,
        _E.APPROVE: _S.APPROVED,
        _E.REQUEST_CHANGES: _S.DRAFT,
        _E.REJECT: _S.REJECTED,
        _E.DISCARD: _S.DISCARDED,
    },
    _S.APPROVED: {
        _E.EDIT: _S.DRAFT,
        _E.EDIT_HANDED_IN: _S.REVIEW,
        _E.REJECT: _S.REJECTED,
        _E.RELEASE: _S.RELEASED,
        _E.LAPSE: _S.REVIEW,
        _E.DISCARD: _S.DISCARDED,
    },
    _S.REJECTED: {
        _E.EDIT: _S.DRAFT,
        _E.EDIT_HANDED_IN: _S.DRAFT,
        _E.DISCARD: _S.DISCARDED,
        _E.TAKE_BACK: _S.REVIEW,
        _E.TAKE_BACK_HANDED_IN: _S.REVIEW,
    },
    _S.RELEASED: {
        _E.TAKE_BACK: _S.DRAFT,
        _E.TAKE_BACK_HANDED_IN: _S.REVIEW,
    },
    _S.DISCARDED: {},
}
"""Rows are states, and an empty row is a final state."""

_T = SubmissionState
_F = SubmissionEvent

SUBMISSION_STEPS: Final[
    Mapping[SubmissionState, Mapping[SubmissionEvent, SubmissionState]]
] = {
    _T.READY: {
        _F.CLAIM: _T.SENDING,
        _F.HOLD: _T.HELD,
        _F.CANCEL: _T.CANCELLED,
        _F.STOP: _T.PARTIAL,
        _F.GIVE_UP: _T.ERROR,
        _F.LOSE: _T.UNKNOWN,
    },
    _T.HELD: {
        _F.RESUME: _T.READY,
        _F.CANCEL: _T.CANCELLED,
        _F.STOP: _T.PARTIAL,
        _F.GIVE_UP: _T.ERROR,
    },
    _T.SENDING: {
        _F.ACCEPT: _T.SENT,
        _F.ACCEPT_QUEUED: _T.QUEUED,
        _F.ACCEPT_SOME: _T.PARTIAL,
        _F.DEFER: _T.DEFERRED,
        _F.REFUSE: _T.ERROR,
        _F.LOSE: _T.UNKNOWN,
        _F.HOLD: _T.HELD,
        _F.CANCEL: _T.CANCELLED,
        _F.STOP: _T.PARTIAL,
    },
    _T.DEFERRED: {
        _F.CLAIM: _T.SENDING,
        _F.HOLD: _T.HELD,
        _F.CANCEL: _T.CANCELLED,
        _F.STOP: _T.PARTIAL,
        _F.GIVE_UP: _T.ERROR,
        _F.LOSE: _T.UNKNOWN,
    },
    _T.UNKNOWN: {
        _F.ACCEPT: _T.SENT,
        _F.ACCEPT_QUEUED: _T.QUEUED,
        _F.ACCEPT_SOME: _T.PARTIAL,
        _F.DEFER: _T.DEFERRED,
        _F.REFUSE: _T.ERROR,
        _F.STOP: _T.PARTIAL,
        _F.CONFIRM: _T.SENT,
        _F.GIVE_UP: _T.ERROR,
        _F.RESEND: _T.READY,
    },
    _T.PARTIAL: {_F.RESEND: _T.READY},
    _T.ERROR: {_F.RESEND: _T.READY},
    _T.SENT: {},
    _T.QUEUED: {},
    _T.CANCELLED: {},
}
"""Rows are states, and an empty row is a final state."""

REROUTABLE: Final = frozenset(
    {
        SubmissionState.READY,
        SubmissionState.HELD,
        SubmissionState.DEFERRED,
        SubmissionState.ERROR,
        SubmissionState.PARTIAL,
    }
)
"""Nobody is at it, and of everybody it is known whether they have it."""

State = TypeVar("State", DraftState, SubmissionState)
Event = TypeVar("Event", DraftEvent, SubmissionEvent)


def advance(
    steps: Mapping[State, Mapping[Event, State]], state: State, event: Event
) -> State:
    """Return the state that ``event`` leads to.

    Raises:
        TransitionError: There is no such step; the text names what is allowed.
    """
    target = steps[state].get(event)
    if target is None:
        raise TransitionError(
            f"Mail that is {state.value} cannot take the step "
            f"“{_words(event)}”; it can: {_listed(steps[state])}.",
            hint="Look at where it stands: tuimail show ID",
        )
    return target


def allowed(
    steps: Mapping[State, Mapping[Event, State]], state: State
) -> frozenset[Event]:
    """Return the events that ``state`` has a step for."""
    return frozenset(steps[state])


def moves(
    steps: Mapping[State, Mapping[Event, State]],
) -> frozenset[tuple[State, State]]:
    """Return every legal pair of states, for the store's table of legal moves."""
    return frozenset(
        (state, target) for state, events in steps.items() for target in events.values()
    )


def waits_for_another_try(state: SubmissionState, *, was_tried: bool) -> bool:
    """Whether its time was chosen by nobody, so that a person may say now.

    What was held while it waited for another try is ready again, and keeps the
    time of that.
    """
    is_resumed = state is SubmissionState.READY and was_tried
    return is_resumed or state is SubmissionState.DEFERRED


def _words(event: StrEnum) -> str:
    return event.value.replace("_", " ")


def _listed(events: Iterable[StrEnum]) -> str:
    return ", ".join(sorted(_words(event) for event in events)) or "nothing"
