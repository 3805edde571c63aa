"""Mailboxes in a header: comments taken out, the list split, each one read.

Own code, because the standard library's parsers take quadratic time or recurse
over what a stranger wrote, and make mailboxes of what is none. Each mailbox is
then read by ``core.address`` like any that was typed. A comment becomes a blank,
so that it never joins what stood on either side of it.

Pure.
"""

from collections.abc import Iterable
from typing import Final

from tuimail.core.address import Address, parse_address, with_name
from tuimail.core.handed_in.notes import Notes
from tuimail.core.handed_in.words import has_words, read_words
from tuimail.core.patterns import regex
from tuimail.errors import AddressError

_QUOTED: Final = r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)'
"""With a quote that is never closed, everything after it is quoted."""
_OUTSIDE: Final = regex(rf'[^"(\\]++|{_QUOTED}|\\.?')
_IN_COMMENT: Final = regex(r"\\.|[()]")
_ITEM: Final = regex(
    rf'(?:[^",:<\[]++|{_QUOTED}|<[^<>]*+>?|\[[^\[\]]*+\]?|:[^:;]*+;?)++'
)
"""What stands between commas; a group, from colon to semicolon, is one item."""
_GROUP: Final = regex(r"(?:^|,)[^:;,<>@\"]*+:")
"""Where the name of a group stands."""
_EMPTY_GROUP: Final = regex(r"[^:;,<>@]*+:[ \t]*;")


def read_mailboxes(
    values: Iterable[str], *, field: str, notes: Notes
) -> tuple[Address, ...]:
    """Return the mailboxes in the fields of one name; an empty group is nobody.

    Args:
        values: What the fields say, unfolded.
        field: What errors and findings call them: ``to``, ``from``, …
        notes: Takes down comments, and names that cannot be read.

    Raises:
        AddressError: One is no mailbox that mail can go to, or is a group.
    """
    found: list[Address] = []
    for value in values:
        text, comment = without_comments(value.replace("\t", " "))
        if comment:
            notes.info(
                "addr.comment",
                f"A comment in {field} was left out: {comment[:100]}",
                field=field,
                place=comment,
            )
        items = (item.strip(" ") for item in _ITEM.findall(text))
        wanted = (one for one in items if one and not _EMPTY_GROUP.fullmatch(one))
        found += (_mailbox(item, field, notes) for item in wanted)
    return tuple(found)


def without_comments(value: str) -> tuple[str, str]:
    """Return ``value`` with a blank for each comment, and the first of them.

    A bracket that is never closed stays, for whoever reads on to refuse.
    """
    kept, first, at = [], "", 0
    while at < len(value):
        plain = _OUTSIDE.match(value, at)
        if plain is not None:
            kept.append(plain.group())
            at = plain.end()
            continue
        end = _end_of_comment(value, at)
        if end is None:
            return "".join((*kept, value[at:])), first
        first = first or value[at:end]
        kept.append(" ")
        at = end
    return "".join(kept), first


def _end_of_comment(value: str, start: int) -> int | None:
    depth = 0
    for token in _IN_COMMENT.finditer(value, start):
        depth += {"(": 1, ")": -1}.get(token.group(), 0)
        if depth == 0 and token.group() == ")":
            return token.end()
    return None


def _mailbox(item: str, field: str, notes: Notes) -> Address:
    address = parse_address(item, field=field)
    name = read_words(address.name)
    if has_words(name):
        notes.warn(
            "mime.charset",
            f"The name of {address.text} has an encoded word that cannot be read.",
            field=field,
            hint="Write the name as UTF-8.",
            place=name,
        )
    return with_name(address, name, field=field)


def readable_mailboxes(
    values: Iterable[str],
) -> tuple[tuple[Address, ...], tuple[str, ...]]:
    """Return the mailboxes among ``values``, none twice, and what is none.

    For mail of others, in which nothing is refused. Members of a group count.
    """
    found: dict[str, Address] = {}
    unread: list[str] = []
    for value in values:
        text, _ = without_comments(value.replace("\t", " "))
        items = (item.strip(" ;") for item in _ITEM.findall(_GROUP.sub(",", text)))
        for item in filter(None, items):
            try:
                mailbox = _mailbox(item, "to", Notes())
            except AddressError:
                unread.append(item)
            else:
                found.setdefault(mailbox.text, mailbox)
    return tuple(found.values()), tuple(unread)
