"""Values within a text that is still to be read as Markdown, a mailbox or a path.

There a value is text and nothing else, whatever stands in it. So every character of
it that could mean something is lifted into the last plane of Unicode, where nothing
means anything, and lowered again when the text was read. Letters stay, so that
filters and conditions find them.

Whoever writes such characters gets others for them: text, and nothing but text.

Pure.
"""

import re
from string import punctuation
from typing import Final

from tuimail.core.address import quoted
from tuimail.core.patterns import regex
from tuimail.errors import FieldError

LIFTED: Final = regex("[\U00100000-\U0010d7ff\U0010e000-\U0010ffff]")
"""One character of a value; what would become half of one is none."""
_PLANE: Final = 0x100000
_NOTHING: Final = chr(_PLANE)
"""Stands for an empty value, so that something is there: ``****`` is a line."""
_MEANINGFUL: Final = regex(
    "(?![\U00010000-\U0010ffff])[\\W\\d_\u2e80-\uffff]"
)  # Chinese and the like end an address that is only written down.

_PUNCTUATION: Final = frozenset(punctuation)
_QUOTED: Final = regex(r'\s*"(?:[^"\\]|\\.)*"\s*', re.DOTALL)
_NOT_IN_A_NAME: Final = regex(r'[()<>\[\]:;@\\,."]')
_LIFTED_QUOTE: Final = regex("[\U00100022\U0010005c]")


def lifted(value: str) -> str:
    """Return ``value`` as text that means nothing where it is put."""
    return _MEANINGFUL.sub(_up, value) or _NOTHING


def lowered(text: str) -> str:
    """Return ``text`` with all values in it as they are."""
    return LIFTED.sub(_down, text)


def in_markdown(text: str) -> str:
    """Return ``text`` with all values in it as they are written in Markdown.

    For whoever goes on writing it: there a value cannot stay lifted, and what could
    mean something in it gets a backslash (CommonMark §2.4).
    """
    return LIFTED.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    character = _down(found)
    return f"\\{character}" if character in _PUNCTUATION else character


def _up(found: re.Match[str]) -> str:
    return chr(ord(found[0]) + _PLANE)


def _down(found: re.Match[str]) -> str:
    return "" if found[0] == _NOTHING else chr(ord(found[0]) - _PLANE)


def mailbox(text: str) -> str:
    """Return ``text`` with its values; put the name in quotes if they need them.

    A value that is a whole mailbox, or a name in quotes, stays as it is.
    """
    name, opening, rest = text.rpartition("<")
    return f"{_name(name)}{opening}{lowered(rest)}"


def _name(text: str) -> str:
    if '"' in text:
        return lowered(_LIFTED_QUOTE.sub(r"\\\g<0>", text))
    name = lowered(text)
    values = "".join(map(lowered, LIFTED.findall(text)))
    if not _NOT_IN_A_NAME.search(values) or _QUOTED.fullmatch(name):
        return name
    return f"{quoted(name.strip(' '))} "


def path(text: str, *, field: str) -> str:
    """Return ``text`` with its values, each of them within one part of the path.

    Raises:
        FieldError: A value leads to another folder, or hides a file.
    """
    for part in text.split("/"):
        own = lowered(part)
        is_changed = part and own[:1] != part[0]
        if (
            "/" in own
            or (is_changed and (not own or own[0] in ".~"))
            or (own != part and own in {".", ".."})
        ):
            raise FieldError(
                f"{own[:60]!r} cannot be a part of a path.",
                hint="A value in a path is the name of one file or folder, without "
                "a dot before it; write {{ x | replace('/', '-') }} for a slash.",
                field=field,
            )
    return lowered(text)
