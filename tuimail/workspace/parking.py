"""Mail in review that is given to one reviewer, or kept from being decided for now."""

from tuimail.core.decision import check_words
from tuimail.core.lifecycle import DraftState
from tuimail.errors import NotFoundError, TransitionError
from tuimail.store.drafts import DraftRow
from tuimail.workspace.authority import require_decider
from tuimail.workspace.stores import Stores

HELD_BY_HAND = "Held by hand."


def assign(stores: Stores, draft_id: str, name: str) -> None:
    """Ask one reviewer, or anybody; errors as of ``ReviewDesk.assign``."""
    _require_reviewer(stores, name)
    with stores.database.transaction():
        row = _in_review(stores, draft_id)
        if row.assigned != name:
            stores.drafts.assign(draft_id, name, stores.clock.now())


def hold(stores: Stores, draft_id: str, reason: str) -> None:
    """Keep it from being approved; errors as of ``ReviewDesk.hold``."""
    said = reason.strip() or HELD_BY_HAND
    said = check_words(said, field="reason", what="The reason")
    with stores.database.transaction():
        _in_review(stores, draft_id)
        stores.drafts.set_held(draft_id, said, stores.clock.now())


def resume(stores: Stores, draft_id: str) -> None:
    """Let it be decided again; errors as of ``ReviewDesk.resume``."""
    with stores.database.transaction():
        row = _in_review(stores, draft_id)
        if not row.held_reason:
            raise TransitionError(
                f"Draft {draft_id} is not held; it waits for a decision.",
                hint=f"Look at it: tuimail review {draft_id}",
            )
        stores.drafts.set_held(draft_id, "", stores.clock.now())


def _in_review(stores: Stores, draft_id: str) -> DraftRow:
    row = stores.drafts.get(draft_id)
    require_decider(stores, row)
    if row.state is not DraftState.REVIEW:
        raise TransitionError(
            f"Draft {draft_id} is {row.state.value}; nobody is asked to decide "
            "about it.",
            hint=f"See where it stands: tuimail show {draft_id}",
        )
    return row


def _require_reviewer(stores: Stores, name: str) -> None:
    named = [one.name for one in stores.reviewers.present()]
    if name and name not in named:
        there = f"There are: {', '.join(named)}." if named else "There are none yet."
        raise NotFoundError(
            f"There is no reviewer {name[:60]!r}.",
            hint=f"{there} Name one: tuimail reviewers add NAME",
            field="name",
        )
