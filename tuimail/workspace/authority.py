"""Who may do what, beside the decisions of a review.

A program that hands in mail may write and change its own drafts, and nothing
else: whatever moves mail towards a provider is for people.
"""

from tuimail.core.lifecycle import DraftState
from tuimail.core.origin import Origin, is_agent
from tuimail.core.policy import deciding
from tuimail.errors import NotAllowedError
from tuimail.store.drafts import DraftRow
from tuimail.workspace.policies import noninteractive_send
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


def require_decider(stores: Stores, row: DraftRow) -> None:
    """Refuse to let this actor, or this door, decide about a draft.

    What an account says about mail that is not sent from a real terminal holds
    for approving and releasing one's own mail step by step, too.

    Raises:
        NotAllowedError: An agent; somebody else's draft without a terminal; or
            one's own without one, where the account wants that reviewed.
    """
    acting = stores.acting
    deciding.may_decide(
        actor=acting.actor, origin=row.origin, on_terminal=acting.on_terminal
    )
    if goes_to_review(stores, row.account):
        raise NotAllowedError(
            f"The account {row.account} wants what does not come from a real "
            "terminal to be decided on one.",
            hint="Run it in a terminal, or open the app: tuimail",
        )


def require_own_sending(stores: Stores) -> None:
    """Refuse to let a program release what it writes.

    Raises:
        NotAllowedError: It is no person who is acting.
    """
    acting = stores.acting
    deciding.may_decide(
        actor=acting.actor,
        origin=Origin(actor=acting.actor, door=acting.door),
        on_terminal=acting.on_terminal,
    )


def goes_to_review(stores: Stores, account: str) -> bool:
    """Return whether mail that is sent here and now has to be reviewed instead.

    The policy may be stricter than the account, and never less so.

    Raises:
        NotAllowedError: The account, or the policy, sends nothing from here.
    """
    settings = stores.settings.account(account)
    if settings is None:
        return False
    own = settings.noninteractive_send
    setting = noninteractive_send(stores, own)
    return deciding.noninteractive(
        setting,
        on_terminal=stores.acting.on_terminal,
        whose="This account" if setting == own else "The policy",
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
