"""What keeps whole accounts from sending: said once, and not at each of their mails.

Only looks; what may go is decided when it is claimed.
"""

from datetime import datetime

from tuimail.core.status import NOT_REACHED
from tuimail.core.submission import AccountFault
from tuimail.core.values import dataclass
from tuimail.workspace.stores import Stores


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """Why nothing leaves through one account for now."""

    account: str
    reason: str
    """One sentence; may quote a server."""
    until: datetime | None
    """When it goes on by itself; None where a person has to resume it."""
    waiting: int
    """Mails that wait for it."""
    is_held: bool
    """Else it is only left alone for a while."""
    is_login: bool = False
    """Whether logging in again may be what it takes."""
    is_unreachable: bool = False
    """Whether no server answered at all: the network, perhaps."""


def obstacles(stores: Stores) -> tuple[Obstacle, ...]:
    """Return what keeps accounts from sending, those first that a person mends."""
    held, now = stores.accounts.held(), stores.clock.now()
    resting = [
        one
        for one in stores.rests.all().values()
        if one.name not in held and not one.is_over(now)
    ]
    if not held and not resting:
        return ()
    waiting = stores.submissions.waiting_by_account()
    holds = (
        Obstacle(
            account=one.name,
            reason=one.reason,
            until=one.until,
            waiting=waiting.get(one.name, 0),
            is_held=True,
            is_login=one.fault in _LOGIN,
        )
        for one in held.values()
    )
    rests = (
        Obstacle(
            account=one.name,
            reason=one.reason,
            until=one.until,
            waiting=waiting.get(one.name, 0),
            is_held=False,
            is_unreachable=one.reason.startswith(NOT_REACHED),
        )
        for one in resting
    )
    return (*holds, *rests)


_LOGIN = frozenset({AccountFault.LOGIN, AccountFault.SECRET})
