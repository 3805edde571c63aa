"""Numbers that an answer states. Pure."""

from typing import Final


def whole_number(value: object) -> int | None:
    """Return a number without its fraction; None for what is none that anybody means.

    JSON as Python reads it knows ``NaN``, ``Infinity`` and ``1e999``.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if abs(value) <= _MOST else None


_MOST: Final = 2**53
"""What JSON's numbers are exact up to (RFC 8259 §6)."""
