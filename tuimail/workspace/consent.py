"""Who decides, and what has to be so before anybody may say yes to a mail.

A decision is by whoever is acting, or by a reviewer who proves it with a PIN.
Where reviewers are named, nobody else approves what others wrote.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from tuimail.core.lifecycle import DRAFT_STEPS, DraftEvent, DraftState, allowed
from tuimail.core.values import dataclass
from tuimail.errors import (
    NotAllowedError,
    StaleApprovalError,
    TransitionError,
)
from tuimail.store.decisions import DecisionRow
from tuimail.store.drafts import DraftRow
from tuimail.workspace.authority import require_decider
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import Signature

TYPED_DIGEST_LENGTH: Final = 6
"""How much of the digest the command line has a person type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decider:
    """Who decides, and how that is known."""

    actor: str
    role: str
    """``reviewer`` where it was a PIN, ``owner`` where it is who is acting."""


def decider(stores: Stores, row: DraftRow, signature: Signature | None) -> Decider:
    """Return who decides about a draft, once it is certain that they may.

    Outside a transaction: a wrong PIN is counted, whatever happens then.

    Raises:
        NotAllowedError: An agent, or the wrong door.
        AuthenticationError: It is not that reviewer's PIN.
        TooManyError: There were wrong PINs; it has to wait.
    """
    require_decider(stores, row)
    if signature is None:
        return Decider(actor=stores.acting.actor, role="owner")
    require_terminal(stores, row)
    from tuimail.workspace.reviewers import ReviewerDesk  # noqa: PLC0415 - for a PIN

    actor = ReviewerDesk(stores).verify(signature.name, signature.pin)
    return Decider(actor=actor, role="reviewer")


def require_terminal(stores: Stores, row: DraftRow) -> None:
    """Take no PIN but from a person at a real terminal."""
    if not stores.acting.on_terminal:
        raise NotAllowedError(
            f"A PIN about draft {row.id} is taken on a real terminal only.",
            hint="Run it in a terminal, or open the app: tuimail",
        )


@contextmanager
def acting_as(stores: Stores, who: Decider) -> Iterator[None]:
    """Let the one who decides be who did it, for the journal."""
    door, on_terminal = stores.acting.door, stores.acting.on_terminal
    with stores.acting_as(who.actor, door=door, on_terminal=on_terminal):
        yield


@contextmanager
def as_editor(stores: Stores, draft_id: str) -> Iterator[None]:
    """Let a change be by whom signed for it here, where somebody did."""
    actor = stores.editors.get(draft_id)
    if actor is None or not stores.acting.on_terminal:
        yield
        return
    with acting_as(stores, Decider(actor=actor, role="reviewer")):
        yield


def require_signed(
    stores: Stores, row: DraftRow, who: Decider, *, typed: str = "approve"
) -> None:
    """Refuse an approval of others' mail by somebody who is no named reviewer.

    A no needs no PIN, for it is always safe; to take one back does.

    Raises:
        NotAllowedError: There are reviewers, and none of them signed.
    """
    is_own = row.origin.actor == who.actor
    if who.role == "owner" and not is_own and stores.reviewers.present():
        raise NotAllowedError(
            f"Draft {row.id} is for a reviewer to approve, who gives a PIN.",
            hint=f"Say who you are: tuimail {typed} {row.id} --as NAME",
            field="as",
        )


def require_typed(
    stores: Stores, row: DraftRow, who: Decider, *, typed: str, digest: str
) -> None:
    """Have the beginning of the digest typed on the command line, or a PIN.

    Raises:
        NotAllowedError: It begins with other characters.
    """
    is_own = row.origin.actor == who.actor
    if stores.acting.door != "cli" or is_own or who.role == "reviewer":
        return
    if len(typed) < TYPED_DIGEST_LENGTH or not digest.startswith(typed.lower()):
        raise NotAllowedError(
            f"The digest of draft {row.id} begins with other characters.",
            hint=f"Look at it and type the first {TYPED_DIGEST_LENGTH} "
            f"characters of its digest: tuimail approve {row.id}",
            field="digest",
        )


def require_newest(stores: Stores, row: DraftRow, revision: int) -> None:
    """Refuse to decide about a revision that is not the newest any more.

    Raises:
        StaleApprovalError: It says who made the newest, and when.
    """
    if row.revision == revision:
        return
    newest = stores.drafts.revision(row.id, row.revision)
    raise StaleApprovalError(
        row.id,
        approved=revision,
        current=row.revision,
        changed=f"by {newest.author} at {_utc(newest.created_at)}",
    )


def require_undecided(stores: Stores, row: DraftRow, event: DraftEvent) -> None:
    """Refuse to decide where somebody else was faster.

    Raises:
        TransitionError: It says who decided what, and when.
    """
    if event in allowed(DRAFT_STEPS, row.state):
        return
    last = _last(stores, row)
    if last:
        raise TransitionError(
            f"Draft {row.id} is {row.state.value}: {last}.",
            hint=f"Look at where it stands: tuimail show {row.id}",
        )


def require_asked(stores: Stores, row: DraftRow, who: Decider) -> None:
    """Refuse to approve what its author did not hand in, has back, or is held.

    Raises:
        TransitionError: Nobody is asked for a decision about it now.
    """
    if row.held_reason:
        raise TransitionError(
            f"Draft {row.id} is held: {row.held_reason}",
            hint=f"Let it go on first: tuimail resume {row.id}",
        )
    require_undecided(stores, row, DraftEvent.APPROVE)
    if row.origin.actor != who.actor and row.state is not DraftState.REVIEW:
        since = f", since {_last(stores, row)}" if _last(stores, row) else ""
        raise TransitionError(
            f"Draft {row.id} is {row.state.value}: {row.origin.actor} has it{since}, "
            "and nobody asks for a decision.",
            hint="Wait until it is handed in again, or discard it.",
        )


def require_another(
    given: Iterable[DecisionRow], who: Decider, *, overruled: tuple[str, ...]
) -> None:
    """Refuse to count one person twice; they may overrule what they had not.

    Raises:
        TransitionError: They approved it already, and it takes somebody else.
    """
    for one in given:
        if one.actor == who.actor and (one.overruled or not overruled):
            raise TransitionError(
                f"{who.actor} approved draft {one.draft_id} already, at "
                f"{_utc(one.at)}; it takes somebody else.",
                hint=f"Let another reviewer look: tuimail approve {one.draft_id} "
                "--as NAME",
            )


def _last(stores: Stores, row: DraftRow) -> str:
    """Return who decided what about it last, and when; empty where nobody did."""
    for last in stores.decisions.for_draft(row.id)[-1:]:
        return f"{last.actor} {_DONE[last.verdict]} at {_utc(last.at)}"
    return ""


def _utc(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


_DONE: Final = {
    "approved": "approved it",
    "changes_requested": "sent it back",
    "rejected": "rejected it",
}
