"""When a key may decide about mail, and when it is too quick to be meant.

Keys come from a person, but also from a key that is held down, from a paste
into a terminal that does not mark pastes, and from fingers that were faster
than the screen. None of these may approve, send or cancel.

Pure: the clock is passed in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

SETTLING_SECONDS: Final = 0.4
"""How long decision keys are deaf after what they would decide about changed."""
REPEAT_SECONDS: Final = 0.7
"""The same decision key again within this time is a key held down.

Longer than the usual wait before a keyboard starts to repeat (up to 0.66 s).
"""
BURST_SECONDS: Final = 0.03
"""Two keys within this time were not typed by hand."""
QUIET_SECONDS: Final = 0.06
"""A decision waits so long, to see that no other key follows at once."""

TOO_QUICK: Final = "Too quick: ignored. Wait a second, then press the key once."


@dataclass(slots=True)
class Guard:
    """Knows when keys came, and when what they act upon changed."""

    now: Callable[[], float]
    """Monotonic seconds."""
    presses: int = 0
    """Counts every key, so that a waiting decision sees whether one followed."""
    _deaf_until: float = 0.0
    _key: str = ""
    _at: float = float("-inf")
    _is_quick: bool = False
    _is_late: bool = False
    _is_burst: bool = False
    _refuses: bool = False

    def disarm(self) -> None:
        """Make decision keys deaf for a moment: something changed, or a paste."""
        self._deaf_until = self.now() + SETTLING_SECONDS

    def pressed(self, key: str) -> None:
        """Take note of ``key``; every key of the app comes through here."""
        now = self.now()
        limit = REPEAT_SECONDS if key == self._key else BURST_SECONDS
        self._is_quick = now - self._at < limit
        self._is_burst = now - self._at < BURST_SECONDS
        self._refuses = self._refuses and self._is_burst
        self._key, self._at = key, now
        self.presses += 1

    def refuse_the_rest(self) -> None:
        """Let nothing be done by keys that go on coming with one that was refused.

        They were meant for what that one would have opened, and mean something
        else here.
        """
        self._refuses = True

    @property
    def is_burst(self) -> bool:
        """Whether the key pressed last came so soon that no hand pressed it."""
        return self._is_burst

    @property
    def is_refused(self) -> bool:
        """Whether the key pressed last came with one that was refused."""
        return self._refuses

    def handles(self, *, is_late: bool) -> None:
        """Take note that a key acts now; ``is_late`` if it had to wait for others."""
        self._is_late = is_late

    @property
    def is_calm(self) -> bool:
        """Whether the key that acts was pressed by hand, once, and for what is here."""
        return not self._is_quick and not self._is_late

    def allows(self) -> bool:
        """Return whether the key pressed last may decide."""
        return self.is_calm and self.now() >= self._deaf_until
