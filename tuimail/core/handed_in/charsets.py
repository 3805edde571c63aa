"""From octets to text, in the charsets that mail is in.

Pure.
"""

import codecs
from typing import Final

_NOT_FOR_MAIL: Final = frozenset({
    "idna", "mbcs", "oem", "punycode", "raw-unicode-escape", "undefined",
    "unicode-escape",
})  # fmt: skip
"""Text encodings of Python that no mail is in, some of them slow or wrong."""
_AS_READ: Final = {
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "iso8859-1": "cp1252",
    "shift-jis": "cp932",
    "utf-8": "utf-8-sig",
}
"""What every reader takes these names for (WHATWG Encoding Standard): the wider
charsets of which programs write more than they say. A byte order mark at the
start of UTF-8 is no text."""

_TOO_SMALL: Final = frozenset({"", "ascii"})


def decoded(content: bytes, charset: str) -> str | None:
    """Return ``content`` as text; None where it is none in that charset."""
    codec = _codec(charset)
    try:
        return content.decode(codec) if codec else None
    except ValueError:
        return None


def replaced(content: bytes, charset: str) -> str:
    """Return ``content`` as text, with U+FFFD for what is none in that charset.

    It is read as UTF-8 where the charset is unknown, or is ASCII, which has no room
    for what else is in it.
    """
    codec = _codec(charset)
    return content.decode(codec if codec not in _TOO_SMALL else "utf-8", "replace")


def is_known(charset: str) -> bool:
    """Return whether text can be in ``charset``."""
    return bool(_codec(charset))


def _codec(charset: str) -> str:
    """Return the name of the codec to read ``charset`` with, or nothing."""
    try:
        found = codecs.lookup(charset).name.replace("_", "-")
        b"a".decode(charset, "replace")
    except (LookupError, ValueError):
        return ""
    return "" if found in _NOT_FOR_MAIL else _AS_READ.get(found, found)
