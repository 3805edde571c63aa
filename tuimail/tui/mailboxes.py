"""Lists of mailboxes as people type them.

Pure.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from tuimail.core.address import Address, format_address
from tuimail.tui import wording

_DEPTHS: Final = {"<": 1, "(": 1, ">": -1, ")": -1}


def shown_mailboxes(mailboxes: Iterable[Address]) -> str:
    """Return ``mailboxes`` for a field, to be typed on; safe text."""
    return ", ".join(wording.said(format_address(one)) for one in mailboxes)


def split_addresses(text: str) -> tuple[str, ...]:
    """Return the mailboxes listed in ``text``, one an item.

    Commas, semicolons and line breaks separate them, but not within quotes,
    comments or angle brackets.
    """
    items = "".join(_marked(text)).split("\n")
    return tuple(item.strip() for item in items if item.strip())


def _marked(text: str) -> Iterator[str]:
    """Yield ``text`` with a line break for every separator between mailboxes."""
    is_quoted, depth, is_escaped = False, 0, False
    for character in text:
        if is_escaped:
            is_escaped = False
        elif character == "\\":
            is_escaped = True
        elif character == '"':
            is_quoted = not is_quoted
        elif not is_quoted:
            depth = max(0, depth + _DEPTHS.get(character, 0))
        is_separator = character in ",;\n" and not is_quoted and not depth
        yield "\n" if is_separator else character
