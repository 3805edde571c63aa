"""Text of one line, as headers have it.

Pure.
"""

from typing import Final

from tuimail.core.characters import describe, not_in_a_line
from tuimail.errors import FieldError

HEADER_TEXT_LIMIT: Final = 10_000
"""Characters of a header's text. Even encoded it is then below 100 KiB, beyond
which widespread servers cut a header off without saying so."""


def check_line(text: str, *, field: str, what: str) -> None:
    """Refuse text that could end a header line, act on a terminal, or be cut off.

    Args:
        text: The value as it was given.
        field: Name of the field, for the error.
        what: How the sentence begins, e.g. ``The subject``.

    Raises:
        FieldError: A control character (but TAB), U+0085, U+2028, U+2029 or a
            lone surrogate is in it. Python takes some of these for line ends,
            and other mail programs take others. Or it is too long.
    """
    unfit = not_in_a_line(text)
    if unfit:
        raise FieldError(
            f"{what} contains {describe(unfit)}, which cannot stand in a header.",
            hint=f"Remove it from {field}.",
            field=field,
        )
    if len(text) > HEADER_TEXT_LIMIT:
        raise FieldError(
            f"{what} has {len(text)} characters, "
            f"which is more than {HEADER_TEXT_LIMIT}.",
            hint=f"Shorten {field}.",
            field=field,
        )
