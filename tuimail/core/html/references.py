"""Character references in HTML (``&amp;``, ``&#8364;``), decoded.

The standard library's decoder, kept from numbers that Python does not read: a
reference of thousands of digits stands for the replacement character, as it does
for a browser.

Pure.
"""

from typing import Final

from tuimail.core.patterns import regex

_LEADING_ZEROS: Final = regex(r"(&#[xX]?)0+(?=[0-9a-fA-F])")
_BEYOND_UNICODE: Final = regex(r"&#(?:[0-9]{8,}|[xX][0-9a-fA-F]{8,});?")
_REPLACEMENT: Final = "\ufffd"


def unescaped(text: str) -> str:
    """Return ``text`` with its character references decoded, once."""
    if "&" not in text:
        return text
    if "&#" in text:
        text = _LEADING_ZEROS.sub(r"\1", text)
        text = _BEYOND_UNICODE.sub(_REPLACEMENT, text)
    from html import unescape  # noqa: PLC0415 - brings every entity

    return unescape(text)
