"""Mail that says nearly the same as one that somebody decided about lately.

A program whose mail was edited, sent back or refused may hand in the same once
more, as if nothing had been said. One look by an index at a few mails for the
same people, so that nobody waits for it who hands in mail.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final

from tuimail.core import compose
from tuimail.core.draft import Draft, Origin, is_agent
from tuimail.core.finding import Finding, Severity
from tuimail.core.likeness import is_same, likeness
from tuimail.store.decisions import DecisionRow
from tuimail.store.drafts import DraftRow
from tuimail.workspace.stores import Stores

LATELY: Final = timedelta(days=7)
ALIKE: Final = 0.9
MOST: Final = 5
"""So many decisions are looked at, the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """An earlier mail that says nearly the same, and what to tell about it."""

    draft_id: str
    finding: Finding


def compared(row: DraftRow, draft: Draft) -> str:
    """Return by what later mail is compared with this one; empty for a person's own."""
    return _recipients(draft) if is_agent(row.origin.actor) else ""


def find(
    stores: Stores, draft: Draft, draft_id: str, origin: Origin | None = None
) -> Duplicate | None:
    """Return the newest decided mail that ``draft`` nearly repeats, if there is one.

    People may say the same as often as they like; what takes the place of an
    earlier mail, and says so, repeats nothing.

    Args:
        stores: The open workspace.
        draft: What it says.
        draft_id: Its own id, whether or not it is stored yet.
        origin: Who made it; None where it is stored.
    """
    origin = origin or stores.drafts.get(draft_id).origin
    if not draft.recipients or not is_agent(origin.actor):
        return None
    for decision in _decided(stores, draft):
        if decision.draft_id not in {draft_id, origin.revises}:
            row = stores.drafts.get(decision.draft_id)
            earlier = stores.drafts.revision(row.id, row.revision).draft
            if are_alike(earlier, draft):
                return _duplicate(decision, earlier, draft)
    return None


def are_alike(one: Draft, other: Draft) -> bool:
    """Return whether two mails say nearly the same, to whomever."""
    return likeness(_text(one), _text(other)) >= ALIKE


def _decided(stores: Stores, draft: Draft) -> Iterator[DecisionRow]:
    since = stores.clock.now() - LATELY
    seen: set[str] = set()
    for one in stores.decisions.decided(_recipients(draft), since, MOST):
        if one.draft_id not in seen:
            seen.add(one.draft_id)
            yield one


def _duplicate(decision: DecisionRow, earlier: Draft, draft: Draft) -> Duplicate:
    done = _DONE[decision.verdict]
    return Duplicate(
        draft_id=decision.draft_id,
        finding=Finding(
            code="review.likely-duplicate",
            severity=_severity(decision, earlier, draft),
            field="text",
            message=f"It says nearly the same, to the same people, as mail "
            f"{decision.draft_id}, which was {done} at "
            f"{decision.at:%Y-%m-%d %H:%M} UTC.",
            hint="Hand in something else, or a revision of that mail.",
        ),
    )


def _severity(decision: DecisionRow, earlier: Draft, draft: Draft) -> Severity:
    """Return how bad it is: reports that differ by a number are no mistake."""
    is_approved = decision.verdict == "approved"
    if is_approved and not _is_same(earlier, draft):
        return Severity.INFO
    return Severity.WARNING


def _is_same(one: Draft, other: Draft) -> bool:
    files = [{file.digest for file in draft.attachments} for draft in (one, other)]
    return files[0] == files[1] and is_same(_text(one), _text(other))


def _text(draft: Draft) -> str:
    return f"{draft.subject}\n{draft.body.text or draft.body.html}"


def _recipients(draft: Draft) -> str:
    """Return the digest of whom it is for, in whatever order and role."""
    people = {one.wire_address.lower() for one in compose.envelope(draft).recipients}
    return sha256("\n".join(sorted(people)).encode()).hexdigest()


_DONE: Final = {
    "approved": "approved",
    "changes_requested": "sent back",
    "rejected": "rejected",
}
