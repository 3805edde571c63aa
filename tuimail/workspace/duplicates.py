"""Mail that says nearly the same as one that somebody decided about lately.

A program whose mail was edited, sent back or refused may hand in the same once
more, as if nothing had been said. One look by an index at a few mails for the
same people, so that nobody waits for it who hands in mail.
"""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Final

from tuimail.core.address import wire_address
from tuimail.core.draft import Draft
from tuimail.core.finding import Finding, Severity
from tuimail.core.likeness import is_same, likeness
from tuimail.core.origin import Origin, is_agent
from tuimail.core.values import dataclass
from tuimail.store.decisions import DecisionRow
from tuimail.store.drafts import DraftRow, Revision
from tuimail.workspace.stores import Stores

LATELY: Final = timedelta(days=7)
ALIKE: Final = 0.9
MOST: Final = 48
"""So many decisions are looked at, those against a mail first, then the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """An earlier mail that says nearly the same, and what to tell about it."""

    draft_id: str
    finding: Finding


def compared(row: DraftRow, draft: Draft) -> str:
    """Return by what later mail is compared with this one; empty for a person's own."""
    return _recipients(draft) if is_agent(row.origin.actor) else ""


def compared_with(stores: Stores, row: DraftRow, looked_at: Revision) -> str:
    """Return the same for a revision that a person may have addressed anew.

    Its author, who may hand it in once more, knows only its own recipients.
    """
    if not is_agent(row.origin.actor):
        return ""
    return _recipients(_written(stores, row, looked_at))


def find(
    stores: Stores, draft: Draft, draft_id: str, origin: Origin | None = None
) -> Duplicate | None:
    """Return the decided mail that ``draft`` nearly repeats, if there is one.

    One of the same program before another's, one that was refused before one that
    was approved, and the newest of them.

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
    found: Duplicate | None = None
    for decision in _decided(stores, draft):
        if decision.draft_id in {draft_id, origin.revises}:
            continue
        row = stores.drafts.get(decision.draft_id)
        is_own = row.origin.actor == origin.actor
        earlier = _alike(stores, row, decision, draft) if is_own or not found else None
        if earlier is not None:
            found = _duplicate(decision, earlier, draft)
            if is_own:
                return found
    return found


def _alike(
    stores: Stores, row: DraftRow, decision: DecisionRow, draft: Draft
) -> Draft | None:
    """Return what was decided about, or what its author wrote, if that is alike.

    Later revisions are something else, of which nobody decided yet.
    """
    decided = stores.drafts.revision(row.id, decision.revision)
    for one in (decided.draft, _written(stores, row, decided)):
        if are_alike(one, draft):
            return one
    return None


def _written(stores: Stores, row: DraftRow, decided: Revision) -> Draft:
    """Return the newest that its author wrote, up to what was decided about."""
    if decided.author == row.origin.actor:
        return decided.draft
    return [
        one.draft
        for one in stores.drafts.revisions(row.id)
        if one.author == row.origin.actor and one.number <= decided.number
    ][-1]


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
    people = {wire_address(one).lower() for one in draft.recipients}
    return sha256("\n".join(sorted(people)).encode()).hexdigest()


_DONE: Final = {
    "approved": "approved",
    "changes_requested": "sent back",
    "rejected": "rejected",
}
