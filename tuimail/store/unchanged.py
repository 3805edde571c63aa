"""The word for "leave this column as it is", where None is a value."""

from enum import Enum
from typing import Final


class Unchanged(Enum):
    """Has one member, so that type checkers know it from a value."""

    UNCHANGED = "unchanged"
    """The column keeps what it has."""


UNCHANGED: Final = Unchanged.UNCHANGED


def changed(column: str, value: str | Unchanged | None) -> dict[str, str | int | None]:
    """Return the two values an UPDATE takes for a column that may be kept.

    The statement says ``column = iif(:sets_column, :column, column)``.
    """
    if isinstance(value, Unchanged):
        return {f"sets_{column}": 0, column: None}
    return {f"sets_{column}": 1, column: value}
