"""Where time, ids and randomness enter: effects that tests replace."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, Protocol

_CROCKFORD: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_SHIFTS: Final = range(75, -1, -5)
"""Where each of the 16 digits of an id is in its number."""


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""
        return datetime.fromtimestamp(time.time(), tz=UTC)


SYSTEM_CLOCK: Final = SystemClock()


def new_id(now: datetime, random: Callable[[int], bytes] = os.urandom) -> str:
    """Return an id of 16 letters and digits that sorts by time.

    48 bits of milliseconds and 32 random bits, in Crockford's base 32, which
    has no letters that people confuse. People type the end of it.
    """
    number = int(now.timestamp() * 1000) << 32 | int.from_bytes(random(4))
    return "".join([_CROCKFORD[number >> shift & 31] for shift in _SHIFTS])


def new_message_id(domain: str, random: Callable[[int], bytes] = os.urandom) -> str:
    """Return a Message-ID that nobody has used, in the sender's domain.

    Args:
        domain: In A-labels; an address literal keeps its brackets out.
        random: Source of random bytes.
    """
    return f"<{random(16).hex()}@{domain.strip('[]').replace(':', '.')}>"
