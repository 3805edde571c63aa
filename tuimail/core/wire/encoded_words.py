"""Encoded words (RFC 2047) as readers see them.

Pure.
"""

from typing import Final

LENGTH_LIMIT: Final = 20_000
"""Longer values are left as they are: the search for words is quadratic."""


def decoded_words(value: str) -> str:
    """Return a header's value with its encoded words decoded.

    As it stands where a word cannot be decoded, because then no reader can.
    """
    if "=?" not in value or len(value) > LENGTH_LIMIT:
        return value
    from email.errors import HeaderParseError  # noqa: PLC0415 - rarely needed
    from email.header import decode_header, make_header  # noqa: PLC0415

    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, ValueError):
        return value
