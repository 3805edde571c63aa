"""Whether servers were reached, as far as this machine saw it last.

Only looks, and asks no network: it is read off from what became of mail.
"""

from enum import StrEnum

from tuimail.core.status import NOT_REACHED
from tuimail.store.rests import Rest
from tuimail.workspace.stores import Stores


class Reach(StrEnum):
    """What is known of the network."""

    UNTRIED = "untried"
    """Nothing was sent yet."""
    ALL = "all"
    """Whoever was asked last has answered."""
    SOME = "some"
    """One server was not reached, and another one was, since."""
    NONE = "none"
    """No server was reached since the first that was not."""


def reach(stores: Stores) -> Reach:
    """Return which servers answered when they were asked last."""
    names = [account.name for account in stores.config.accounts]
    taken = [stores.through.last_taken_at(name) for name in names]
    answered = [one for one in taken if one is not None]
    rests = [one for one in stores.rests.all().values() if _is_unreached(one, names)]
    if not rests:
        return Reach.ALL if answered else Reach.UNTRIED
    first = min(one.changed_at for one in rests)
    return Reach.SOME if answered and max(answered) >= first else Reach.NONE


def _is_unreached(rest: Rest, names: list[str]) -> bool:
    return rest.name in names and rest.reason.startswith(NOT_REACHED)
