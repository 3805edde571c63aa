"""What a decision made on the screen asks of the workspace.

Calls only; they run in the workspace's thread and know no widgets.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

Act = Callable[[Workspace], Row]
"""A call that changes one mail and returns it."""


def approve_and_release(draft_id: str, revision: int, undo: timedelta) -> Act:
    """Return the call that approves what was looked at and lets it go."""

    def call(workspace: Workspace) -> Row:
        workspace.reviews.approve(draft_id, revision=revision)
        return workspace.outbox.release(draft_id, undo=undo)

    return call


def release(draft_id: str, undo: timedelta) -> Act:
    """Return the call that lets go what was approved before."""
    return lambda ws: ws.outbox.release(draft_id, undo=undo)


def send(draft_id: str, revision: int, undo: timedelta) -> Act:
    """Return the call that sends one's own mail."""
    return lambda ws: ws.outbox.send(draft_id, revision=revision, undo=undo)


def request_changes(
    draft_id: str, revision: int, reason: str, workspace: Workspace
) -> Row:
    """Send a draft back to its author."""
    return workspace.reviews.request_changes(draft_id, revision=revision, reason=reason)


def reject(draft_id: str, revision: int, reason: str, workspace: Workspace) -> Row:
    """Say no to a draft."""
    return workspace.reviews.reject(draft_id, revision=revision, reason=reason)


REFUSALS: Final[Mapping[str, tuple[Callable[[str, int, str, Workspace], Row], str]]] = {
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

WAYS_OUT: Final[Mapping[str, Callable[[Row, timedelta], Act]]] = {
    "send": lambda row, undo: send(row.id, row.revision, undo),
    "approve": lambda row, undo: approve_and_release(row.id, row.revision, undo),
    "release": lambda row, undo: release(row.id, undo),
}
"""Actions that let mail leave; the first one that is allowed is meant."""
