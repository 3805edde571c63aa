"""What a decision made on the screen asks of the workspace.

Calls only; they run in the workspace's thread and know no widgets.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tuimail.core.decision import Comment
from tuimail.core.schedule import Late
from tuimail.errors import StaleApprovalError, TransitionError
from tuimail.workspace.views import Row, Signature
from tuimail.workspace.workspace import Workspace

Act = Callable[[Workspace], Row]
"""A call that changes one mail and returns it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What was answered to the question before mail leaves."""

    overrule: str = ""
    """What was typed over findings of level block."""
    signature: Signature | None = None
    at: datetime | None = None
    """When it is to leave; None means now."""
    late: Late = Late.ASK
    """What becomes of it if it misses that time."""
    release_digest: str = ""
    """Over what was looked at: bytes, people and account."""
    waits: bool = False
    """Whether it is approved, and released another time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What somebody says who does not let it leave as it is."""

    reason: str
    codes: tuple[str, ...] = ()
    comments: tuple[Comment, ...] = ()
    signature: Signature | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetStand:
    """Every warning that may stand, and why those that did not before."""

    codes: tuple[str, ...]
    reason: str = ""
    signature: Signature | None = None


def let_stand(row: Row, answer: LetStand) -> Callable[[Workspace], object]:
    """Return the call that remembers which warnings may stand."""
    return lambda ws: ws.reviews.accept(
        row.id,
        revision=row.revision,
        codes=answer.codes,
        reason=answer.reason,
        signature=answer.signature,
    )


def approve_and_release(row: Row, undo: timedelta, consent: Consent) -> Act:
    """Return the call that approves what was looked at and lets it go.

    Where another person has to approve it as well, it does not go yet. A time at
    which it could not leave is refused before anything is approved.
    """

    def call(workspace: Workspace) -> Row:
        if consent.at is not None and not consent.waits:
            workspace.reviews.require_time(row.id, consent.at)
        approved = workspace.reviews.approve(
            row.id,
            revision=row.revision,
            overrule=consent.overrule,
            signature=consent.signature,
            release_digest=consent.release_digest,
        )
        if consent.waits or "release" not in approved.actions:
            return approved
        return _let_go(workspace, row, undo, consent)

    return call


def release(row: Row, undo: timedelta, consent: Consent) -> Act:
    """Return the call that lets go what was approved before."""
    return lambda ws: _let_go(ws, row, undo, consent)


def _let_go(workspace: Workspace, row: Row, undo: timedelta, consent: Consent) -> Row:
    _require_same(workspace, row)
    return workspace.outbox.release(row.id, undo=undo, at=consent.at, late=consent.late)


def _require_same(workspace: Workspace, row: Row) -> None:
    """Refuse what was asked about a mail that somebody changed since.

    Raises:
        StaleApprovalError: It has a newer revision, which nobody looked at here.
        TransitionError: More happened to mail of unknown fate.
    """
    now = workspace.drafts.row(row.id)
    if now.revision != row.revision:
        raise StaleApprovalError(row.id, approved=row.revision, current=now.revision)
    if row.status == "unknown" and now.updated_at != row.updated_at:
        raise TransitionError(
            f"More happened to mail {row.id} since you were asked about it.",
            hint="Look at what is known of it now, and answer again.",
        )


def send(row: Row, undo: timedelta, consent: Consent) -> Act:
    """Return the call that sends one's own mail."""
    return lambda ws: ws.outbox.send(
        row.id, revision=row.revision, undo=undo, at=consent.at, late=consent.late
    )


def what_became(row: Row) -> str:
    """Return what is said after somebody agreed to ``row``."""
    return _BECAME.get(row.status, "released")


_BECAME: Final = {
    "review": "waits for another person to approve it",
    "approved": "approved; it waits to be released",
}


def request_changes(target_id: str, revision: int, no: Refusal) -> Act:
    """Return the call that sends a draft back to its author."""
    return lambda ws: ws.reviews.request_changes(
        target_id,
        revision=revision,
        reason=no.reason,
        codes=no.codes,
        comments=no.comments,
        signature=no.signature,
    )


def reject(target_id: str, revision: int, no: Refusal) -> Act:
    """Return the call that says no to a draft."""
    return lambda ws: ws.reviews.reject(
        target_id,
        revision=revision,
        reason=no.reason,
        codes=no.codes,
        comments=no.comments,
        signature=no.signature,
    )


REFUSALS: Final[Mapping[str, tuple[Callable[[str, int, Refusal], Act], str]]] = {
    "request_changes": (request_changes, "sent back to its author"),
    "reject": (reject, "rejected"),
}
"""What each of the two ways to say no does, and what is said afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One action on mail in the outbox, the drafts or what was sent."""

    call: Callable[[Workspace, str], Row]
    done: str
    """What is said afterwards."""
    question: str = ""
    """Asked first, where it cannot be taken back; empty asks nothing."""
    consequence: str = ""
    """One sentence about what the answer *yes* leads to."""


STEPS: Final[Mapping[str, Step]] = {
    "retry": Step(call=lambda ws, id_: ws.outbox.retry(id_), done="is tried now"),
    "hold": Step(call=lambda ws, id_: ws.outbox.hold(id_), done="held"),
    "resume": Step(call=lambda ws, id_: ws.outbox.resume(id_), done="goes on"),
    "confirm": Step(
        call=lambda ws, id_: ws.outbox.confirm(id_),
        done="marked as sent",
        question="Did it arrive?",
        consequence="It is marked as sent, and not sent again.",
    ),
    "resend": Step(
        call=lambda ws, id_: ws.outbox.retry(id_),
        done="is sent again",
        question="Send it again?",
        consequence="It may have arrived already; then they get it twice.",
    ),
    "give_up": Step(
        call=lambda ws, id_: ws.outbox.give_up(id_),
        done="given up",
        question="Give it up?",
        consequence="It is not tried again by itself, and counts as failed.",
    ),
    "cancel": Step(
        call=lambda ws, id_: ws.outbox.cancel(id_),
        done="withdrawn",
        question="Withdraw it?",
        consequence="It is not sent to anybody who does not have it already.",
    ),
    "request_review": Step(
        call=lambda ws, id_: ws.drafts.request_review(id_), done="waits for review"
    ),
    "undo_reject": Step(
        call=lambda ws, id_: ws.reviews.undo_reject(id_), done="waits for review again"
    ),
    "discard": Step(
        call=lambda ws, id_: ws.drafts.discard(id_),
        done="thrown away",
        question="Throw it away?",
        consequence="Its record stays, but it cannot be sent or edited any more.",
    ),
}
"""What the keys of Outbox, Sent and Drafts do."""


def take(step: Step, row: Row) -> Act:
    """Return the call that takes ``step`` with what was asked about."""

    def call(workspace: Workspace) -> Row:
        _require_same(workspace, row)
        return step.call(workspace, row.id)

    return call


REVIEW_STEPS: Final[Mapping[str, Step]] = {
    "hold": Step(
        call=lambda ws, id_: ws.reviews.hold(id_),
        done="held: nobody approves it until it goes on",
    ),
    "resume": Step(
        call=lambda ws, id_: ws.reviews.resume(id_), done="can be decided about again"
    ),
}
"""What the keys of Review do that decide nothing."""

WAYS_OUT: Final[Mapping[str, Callable[[Row, timedelta, Consent], Act]]] = {
    "send": send,
    "approve": approve_and_release,
    "release": release,
}
"""Actions that let mail leave; the first one that is allowed is meant."""
