"""A clock that stands still."""

from datetime import UTC, datetime, timedelta
from typing import Final

NOON: Final = datetime(2027, 3, 4, 12, 0, tzinfo=UTC)


class FakeClock:
    """Tells the time it was set to, and moves only when it is told to."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now

    def now(self) -> datetime:
        """Return the time it was set to."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move on, or back."""
        self._now += by
