"""A mail that a link of the web begins (RFC 6068).

The link is anybody's: it may name recipients, a subject and a text, which a person
then reads. It may name no file, no sender, and no header that nobody sees.

Pure.
"""

from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import unquote

from tuimail.core.address import Address, parse_address, split_items
from tuimail.core.beginning.beginning import Beginning
from tuimail.core.characters import NOT_IN_A_BODY, NOT_IN_A_LINE
from tuimail.core.handed_in.words import read_words
from tuimail.core.patterns import regex
from tuimail.errors import AddressError, FieldError

LENGTH_LIMIT: Final = 100_000
_FILES: Final = frozenset({"attach", "attachment", "attachments"})
_ROLES: Final = ("to", "cc", "bcc")
_MESSAGE_ID: Final = regex(r"<?([!-;=?-~]{1,900})>?")
_SHOWN: Final = 60
_MOST_NAMED: Final = 5


def is_mailto(text: str) -> bool:
    """Return whether ``text`` is such a link."""
    return text[:7].lower() == "mailto:"


def from_link(link: str) -> Beginning:
    """Return the mail that ``link`` begins.

    Raises:
        FieldError: It is no such link, or longer than 100,000 characters.
    """
    if not is_mailto(link) or len(link) > LENGTH_LIMIT:
        raise FieldError(
            f"{link[:_SHOWN]!r} is not a mailto: link of at most "
            f"{LENGTH_LIMIT:,} characters.",
            hint="Write mailto:name@example.org?subject=Hello",
            field="link",
        )
    path, _, query = link[7:].partition("#")[0].partition("?")
    fields = [("to", one) for one in path.split(",")]
    fields += _fields(query)
    return _begun(fields)


def _fields(query: str) -> Iterator[tuple[str, str]]:
    for field in query.split("&") if query else ():
        name, _, value = field.partition("=")
        yield unquote(name).removeprefix("amp;").lower(), value


def _begun(fields: list[tuple[str, str]]) -> Beginning:
    """Return what the fields say; ``+`` is itself, not a blank (RFC 6068 §5)."""
    said = {name: unquote(value) for name, value in reversed(fields)}
    people = {role: _people(fields, role) for role in _ROLES}
    unread = [item for _, items in people.values() for item in items]
    thread = said.get("in-reply-to", "").strip()
    answered = _MESSAGE_ID.fullmatch(thread)
    return Beginning(
        to=people["to"][0],
        cc=people["cc"][0],
        bcc=people["bcc"][0],
        subject=_subject(said.get("subject", "")),
        text=_text(unquote(value) for name, value in fields if name == "body"),
        in_reply_to=f"<{answered[1]}>" if answered else "",
        references=(f"<{answered[1]}>",) if answered else (),
        noticed=(
            *_noticed(fields, people["bcc"][0], unread),
            *(_no_thread(thread) if thread and not answered else ()),
        ),
    )


def _no_thread(said: str) -> tuple[str]:
    return (f"Left out, for it is no id of a mail: {said[:_SHOWN]}.",)


def _subject(said: str) -> str:
    """Return a subject on one line; encoded words are read (RFC 6068 §6.3)."""
    return NOT_IN_A_LINE.sub(" ", read_words(NOT_IN_A_LINE.sub(" ", said))).strip()


def _people(
    fields: list[tuple[str, str]], role: str
) -> tuple[tuple[Address, ...], list[str]]:
    found: dict[str, Address] = {}
    unread: list[str] = []
    for item in _items(value for name, value in fields if name == role):
        try:
            mailbox = parse_address(item, field=role)
        except AddressError:
            unread.append(item)
        else:
            found.setdefault(mailbox.text, mailbox)
    return tuple(found.values()), unread


def _items(values: Iterable[str]) -> Iterator[str]:
    for value in values:
        yield from split_items(unquote(value))


def _text(values: Iterable[str]) -> str:
    text = "\n".join(values).replace("\r\n", "\n").replace("\r", "\n")
    return NOT_IN_A_BODY.sub("\ufffd", text)


def _noticed(
    fields: list[tuple[str, str]], bcc: tuple[Address, ...], unread: list[str]
) -> Iterator[str]:
    for name, value in fields:
        if name in _FILES:
            file = unquote(value)[:_SHOWN]
            yield f"The link asks for the file {file!r} to be attached; it is not."
    known = {*_ROLES, *_FILES, "subject", "body", "in-reply-to"}
    others = sorted({name for name, _ in fields if name and name not in known})
    if others:
        yield f"The link sets what no link may; left out: {_some(others)}."
    if unread:
        yield f"Left out, for they are no addresses: {_some(unread)}."
    if bcc:
        named = [one.text for one in bcc]
        yield f"The link names blind copies: {_some(named)}."


def _some(found: list[str]) -> str:
    """Return the first of what was found, and how many more there are."""
    named = ", ".join(one[:_SHOWN] for one in found[:_MOST_NAMED])
    more = len(found) - _MOST_NAMED
    return f"{named} and {more:,} more" if more > 0 else named
