"""What a person can type instead, where a mail cannot take the step they asked for.

The state machine names steps; a person types verbs, and has one mail in mind.
"""

from typing import TYPE_CHECKING, Final

from tuimail.cli.call import Call
from tuimail.errors import TransitionError, TuimailError
from tuimail.workspace.views import Row

if TYPE_CHECKING:
    from tuimail.workspace.workspace import Workspace

_DONE: Final = {
    "accept": "looked over for warnings",
    "approve": "approved",
    "assign": "given to a reviewer",
    "cancel": "withdrawn",
    "discard": "thrown away",
    "edit": "changed",
    "hold": "held",
    "reject": "rejected",
    "release": "released",
    "request-changes": "sent back",
    "reroute": "rerouted",
    "resolve": "resolved",
    "resume": "resumed",
    "retry": "tried again",
}
"""Verb to what it would have done with the mail."""
STANDS: Final = {
    "draft": "is a draft",
    "dry_run": "is a dry run",
    "error": "has failed",
    "partial": "is partly sent",
    "queued": "is with the provider",
    "review": "is in review",
}
"""Statuses that do not read well after “is”."""
_NEXT: Final = {
    "draft": "It is not approved yet: tuimail approve {id}",
    "dry_run": "It is not approved yet: tuimail approve {id}",
    "review": "Decide about it first: tuimail review {id}",
    "approved": "Let it leave: tuimail release {id}",
    "rejected": "Change it in the app, and hand it in again: tuimail",
    "discarded": "It was thrown away; nothing more can be done with it.",
    "ready": "Withdraw it: tuimail cancel {id}",
    "held": "Let it go on: tuimail resume {id}",
    "sending": "Wait for what comes of it: tuimail show {id}",
    "deferred": "Try it now: tuimail retry {id}",
    "sent": "It was sent; nothing more can be done.",
    "queued": "The provider has it; nothing more can be done.",
    "partial": "Try again for who does not have it: tuimail retry {id}",
    "error": "Try it again: tuimail retry {id}",
    "unknown": "Say what became of it: tuimail resolve {id} --sent|--resend|--give-up",
    "cancelled": "It was withdrawn. Open it in the app to send it after all: tuimail",
}
"""Status to the one thing that helps most."""
_TYPED: Final = (
    "resume", "retry", "hold", "cancel", "reroute", "release", "approve",
    "request_changes", "reject", "discard",
)  # fmt: skip
"""Actions that are verbs too; the others are for the app."""


def in_verbs(call: Call, verb: str, error: TransitionError) -> TransitionError:
    """Return ``error`` with what can be typed about the mail that was meant.

    Args:
        call: The command that was refused.
        verb: What was typed.
        error: The refusal; one that has something better to say keeps it.
    """
    typed: str = getattr(call.options, "id", None) or ""
    if not typed or verb not in _DONE or "tuimail show" not in error.hint:
        return error
    try:
        with call.open() as workspace:
            row = workspace.drafts.row(workspace.drafts.resolve(typed))
            hint = _hint(workspace, row, verb)
    except TuimailError:
        return error
    names_steps = error.hint.endswith(" ID")
    done = "put before a reviewer again" if _takes_back(call) else _DONE[verb]
    return TransitionError(
        _refusal(row, done) if names_steps else error.message,
        hint=hint,
        field=error.field,
    )


def _takes_back(call: Call) -> bool:
    return bool(getattr(call.options, "undo", False))


def _refusal(row: Row, done: str) -> str:
    stands = STANDS.get(row.status, f"is {row.status}")
    return f"Mail {row.id} {stands} and cannot be {done}."


def _hint(workspace: "Workspace", row: Row, verb: str) -> str:
    if row.status == "held" and workspace.accounts.view(row.account).held_reason:
        return f"Its account is held: tuimail accounts resume {row.account}"
    first = _NEXT[row.status].format(id=row.id)
    others = [
        name
        for name in (action.replace("_", "-") for action in _others(row))
        if name != verb and f"tuimail {name} " not in first
    ]
    return f"{first} (or {', '.join(others)})" if others else first


def _others(row: Row) -> list[str]:
    """Return further verbs, in the order of the help; unknown mail has one."""
    if row.status in {"unknown", "sending", "review"}:
        return []
    return [action for action in _TYPED if action in row.actions]
