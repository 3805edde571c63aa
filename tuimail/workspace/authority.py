"""Who may do what, beside the decisions of a review.

A program that hands in mail may write and change its own drafts, and nothing
else: whatever moves mail towards a provider is for people.
"""

from tuimail.core.draft import is_agent
from tuimail.core.lifecycle import DraftState
from tuimail.errors import NotAllowedError
from tuimail.store.drafts import DraftRow
from tuimail.workspace.stores import Stores


def require_person(stores: Stores) -> None:
    """Refuse to let an agent do what is for people.

    Raises:
        NotAllowedError: An agent is acting.
    """
    if is_agent(stores.acting.actor):
        raise NotAllowedError(
            f"{stores.acting.actor} hands in mail; a person decides what becomes "
            "of it.",
            hint="Ask the owner of the workspace.",
        )


def require_author(stores: Stores, row: DraftRow) -> None:
    """Refuse to let an agent change what is not its own, or was decided.

    Raises:
        NotAllowedError: Another wrote it, or it was rejected or approved.
    """
    if not is_agent(stores.acting.actor):
        return
    if row.origin.actor != stores.acting.actor:
        require_person(stores)
    if row.state not in {DraftState.DRAFT, DraftState.REVIEW}:
        raise NotAllowedError(
            f"Draft {row.id} is {row.state.value}; only a person changes it now.",
            hint="Hand in a new draft.",
        )
