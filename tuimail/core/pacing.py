"""How much an account may send in which time.

Pure: the time is an argument.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many copies may leave, counted as providers count: one a recipient.

    None where nobody said.
    """

    per_minute: int | None = None
    per_hour: int | None = None
    per_day: int | None = None
    destination_per_hour: int | None = None
    """To any one domain."""
    warm_up_per_day: int | None = None
    """On the first day of an account that nobody knows yet."""
    warm_up_growth_percent: int = 50
    """By how much more on each day after that, until ``per_day`` is reached."""


UNLIMITED: Final = Limits()
