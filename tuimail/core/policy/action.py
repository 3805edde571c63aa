"""The four things that a policy can say about a mail, and which one wins.

Pure.
"""

from collections.abc import Iterable
from typing import Final, Literal

Action = Literal["auto", "review", "review2", "block"]
"""``auto``: nobody but its author has to look. ``review``: somebody has to,
``review2``: two people. ``block``: it does not leave like this."""
_ORDER: Final[tuple[Action, ...]] = ("auto", "review", "review2", "block")


def strictness(action: Action) -> int:
    """Return a number that is higher for what is stricter."""
    return _ORDER.index(action)


def strictest(actions: Iterable[Action]) -> Action:
    """Return the strictest of ``actions``, whatever their order.

    Raises:
        ValueError: There are none.
    """
    return max(actions, key=strictness)
