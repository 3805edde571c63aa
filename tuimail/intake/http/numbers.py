"""Numbers in the query of an address. Pure."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from tuimail.intake.http.refusals import refused

_MOST_DIGITS: Final = 9


def number_of(
    query: Mapping[str, str], name: str, *, least: int, most: int
) -> int | None:
    """Return the whole number that ``name`` is; None where it is not there.

    Raises:
        RefusedError: It is none, or out of range.
    """
    text = query.get(name)
    if text is None:
        return None
    is_number = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
    if not is_number or not least <= int(text) <= most:
        raise refused(
            HTTPStatus.BAD_REQUEST,
            "parameter",
            f"The parameter {name} is {text[:20]!r}.",
            hint=f"It takes a whole number from {least} to {most}.",
            field=name,
        )
    return int(text)
