"""How often and how many at once: what no single program may use up for all. Pure.

How much a known client may hand in is counted in the store. Here is what nobody
is known by: wrong tokens, and requests that are being worked on.
"""

from collections.abc import Callable
from hashlib import sha256
from math import ceil


class Brake:
    """So many in a row, and then so many in a time: a bucket that fills again."""

    def __init__(
        self, *, in_a_row: int, seconds_each: float, clock: Callable[[], float]
    ) -> None:
        """Make a full one.

        Args:
            in_a_row: How many are let through at once.
            seconds_each: After which time one more is.
            clock: Tells seconds that only ever grow.
        """
        self._most, self._each, self._clock = float(in_a_row), seconds_each, clock
        self._left, self._at = self._most, clock()

    def wait(self) -> int:
        """Count one, and return 0; or count none, and return seconds to wait."""
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._at) / self._each)
        self._at = now
        if self._left < 1:
            return ceil((1 - self._left) * self._each)
        self._left -= 1
        return 0


class Places:
    """How much there is for all at once: places to be at it, or octets.

    Nobody who is known may hold more than is left for others, so that somebody
    else always finds some.
    """

    def __init__(self, limit: int) -> None:
        self._free = limit
        self._held: dict[str, int] = {}

    def take(self, who: str = "", number: int = 1) -> bool:
        """Take so many; False where there are not enough.

        Args:
            who: As ``name_of`` has it; empty for who is not known, and these may
                hold all that there is for such.
            number: How many.
        """
        held = self._held.get(who, 0) if who else 0
        if held > self._free - number or number > self._free:
            return False
        self._free -= number
        self._held[who] = self._held.get(who, 0) + number
        return True

    def leave(self, who: str = "", number: int = 1) -> None:
        """Give so many back."""
        self._free += number
        self._held[who] -= number
        if not self._held[who]:
            del self._held[who]


def name_of(token: str) -> str:
    """Return what stands for whoever has ``token``; empty for nobody."""
    return _digest(token).hex() if token else ""


class Seen:
    """Which tokens were right a moment ago, by their digests.

    Only so that a body is begun to be read without asking the store first; who
    hands in is looked up again when that is stored.
    """

    def __init__(
        self, *, seconds: float, most: int, clock: Callable[[], float]
    ) -> None:
        """Make an empty one.

        Args:
            seconds: How long a moment is.
            most: After so many it begins anew.
            clock: Tells seconds that only ever grow.
        """
        self._seconds, self._most, self._clock = seconds, most, clock
        self._until: dict[tuple[bytes, str], float] = {}

    def has(self, token: str, scope: str) -> bool:
        """Return whether it was right, for that, a moment ago."""
        until = self._until.get((_digest(token), scope), -1.0)
        return self._clock() < until

    def keep(self, token: str, scope: str) -> None:
        """Note that it is right, for that."""
        if len(self._until) >= self._most:
            self._until.clear()
        self._until[_digest(token), scope] = self._clock() + self._seconds


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
