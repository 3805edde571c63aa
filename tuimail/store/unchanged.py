"""The word for "leave this column as it is", where None is a value."""

from enum import Enum
from typing import Final


class Unchanged(Enum):
    """Has one member, so that type checkers know it from a value."""

    UNCHANGED = "unchanged"
    """The column keeps what it has."""


UNCHANGED: Final = Unchanged.UNCHANGED
