"""Characters that mail cannot carry in some place, and their names for people.

Fixed ranges instead of Unicode categories, because those differ between Pythons
and the same text must be taken or refused by all of them.

Pure.
"""

import re
from typing import Final

from tuimail.core.patterns import regex

NOT_IN_A_LINE: Final = regex("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Everything that some program takes for a line end, or that acts on a
terminal, and lone surrogates; TAB may stand in a line."""

NOT_IN_A_BODY: Final = regex("[\x00\ud800-\udfff]")

NOT_IN_A_NOTE: Final = regex(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]"
)
"""Everything that acts on a terminal, but for what ends a line and TAB."""

INVISIBLE: Final = regex(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)
"""What changes how text looks, or nothing at all, without being seen: bidi
controls, zero-width characters, fillers and tags. Joiners and variation
selectors are not here: some scripts and most emoji need them."""

JOINER: Final = "\u200c\u200d"
"""Zero-width (non-)joiner, for use within a character class."""
SELECTOR: Final = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
"""Variation selectors, for use within a character class."""

_NAMES: Final = {
    "\r": "a carriage return",
    "\n": "a line break",
    "\t": "a TAB",
    "\x00": "a NUL",
}
_CONTROL: Final = regex("[\x00-\x1f\x7f-\x9f]")


_UNSEEN: Final = regex(rf"[\s\u2800{INVISIBLE.pattern[1:-1]}{JOINER}{SELECTOR}]+")


def is_blank(text: str) -> bool:
    """Return whether nobody would see anything of ``text``."""
    if text.isascii():
        return not text or text.isspace()
    return _UNSEEN.fullmatch(text) is not None


def storable(text: str) -> str:
    """Return ``text`` with a backslash in the place of what UTF-8 cannot carry.

    Servers answer with bytes that are no text, and JSON can name half a surrogate
    pair; neither a file nor a database takes it.
    """
    if text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode()


def not_in_a_body(text: str) -> str:
    """Return the first character of ``text`` that mail cannot carry, or empty.

    Nearly every text has none, which encoding it tells twenty times as fast as
    looking at each character.
    """
    if "\x00" not in text and _is_whole(text):
        return ""
    first: str = NOT_IN_A_BODY.findall(text)[0]
    return first


def _is_whole(text: str) -> bool:
    """Return whether there is no half of a surrogate pair in ``text``."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def not_in_a_line(text: str) -> str:
    """Return the first character of ``text`` that no line can have, or nothing."""
    if text.isascii() and text.isprintable():  # most is, and that is soon told
        return ""
    found = NOT_IN_A_LINE.search(text)
    return found.group() if found is not None else ""


def on_one_line(text: str) -> str:
    """Return ``text`` with a backslash in the place of what no line can have."""
    return NOT_IN_A_LINE.sub(_with_a_backslash, text)


def _with_a_backslash(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def describe(character: str) -> str:
    """Return what people call ``character``, which they may not be able to see."""
    if character in _NAMES:
        return _NAMES[character]
    kind = "control" if _CONTROL.match(character) else "invisible"
    if "\ud800" <= character <= "\udfff":
        kind = "broken"
    return f"the {kind} character U+{ord(character):04X}"
