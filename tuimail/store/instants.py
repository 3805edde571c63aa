"""Moments in the database: UTC text that sorts as time does.

Pure.
"""

from datetime import UTC, datetime
from typing import Final


def instant_text(at: datetime) -> str:
    """Return ``at`` as ISO 8601 in UTC with microseconds and a ``Z``.

    Raises:
        ValueError: ``at`` is naive, so that it is not a moment.
    """
    if at.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    moment = at if at.tzinfo is UTC else at.astimezone(UTC)
    return moment.isoformat(timespec="microseconds")[:-6] + "Z"  # +00:00


instant: Final = datetime.fromisoformat
"""Returns the moment that ``instant_text`` wrote; a page of a list has hundreds."""


def instant_text_or_none(at: datetime | None) -> str | None:
    """As ``instant_text``, for what need not be there."""
    return None if at is None else instant_text(at)


def instant_or_none(text: str | None) -> datetime | None:
    """As ``instant``, for what need not be there."""
    return None if text is None else instant(text)
