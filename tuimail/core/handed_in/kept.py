"""Headers that are no mailboxes: which are kept, under which name, and which not.

What a server or a program wrote on the way is dropped and named in one finding.
What a draft has a field for goes there, where that says exactly the same, and
else stays as it is.

Pure.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from tuimail.core.draft import Priority, check_message_id, check_unsubscribe_url
from tuimail.core.handed_in.header import Field, Header
from tuimail.core.handed_in.mailboxes import without_comments
from tuimail.core.handed_in.notes import Notes, refused
from tuimail.core.handed_in.words import has_words, read_words
from tuimail.core.header_names import (
    PRIORITY_HEADERS,
    UNSUBSCRIBE_HEADERS,
    check_header,
)
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.errors import FieldError

_READ: Final = frozenset({
    "bcc", "cc", "content-disposition", "content-id", "content-transfer-encoding",
    "content-type", "date", "from", "in-reply-to", "message-id", "mime-version",
    "references", "reply-to", "sender", "subject", "to",
})  # fmt: skip
"""What the draft, or the message made of it, has of its own."""
_LEFT_OUT: Final = frozenset({
    "apparently-to", "authentication-results", "content-length", "delivered-to",
    "domainkey-signature", "envelope-to", "lines", "received", "received-spf",
    "return-path", "status", "x-apparently-to", "x-bcc", "x-delivered-to",
    "x-envelope-from", "x-envelope-to", "x-forwarded-for", "x-forwarded-to",
    "x-gm-message-state", "x-imap", "x-imapbase", "x-keywords", "x-original-to",
    "x-rcpt-to", "x-received", "x-status", "x-uid", "x-uidl",
})  # fmt: skip
"""Traces, signatures over other bytes, marks of a mailbox, and whom it went to,
blind copies among them."""
_LEFT_OUT_PREFIXES: Final = (
    "arc-", "content-", "dkim-", "mime-", "x-google-", "x-mozilla-",
    "x-ms-exchange-", "x-spam-",
)  # fmt: skip

_MESSAGE_ID: Final = regex(r"<[^<>\s]+>")
_PRIORITIES: Final[Mapping[str, Mapping[str, Priority]]] = {
    "x-priority": {"1": Priority.HIGH, "3": Priority.NORMAL, "5": Priority.LOW},
    "importance": {one.value: one for one in Priority},
    "x-msmail-priority": {one.value: one for one in Priority},
    "priority": {
        "urgent": Priority.HIGH,
        "normal": Priority.NORMAL,
        "non-urgent": Priority.LOW,
    },
}
_ONE_CLICK: Final = "list-unsubscribe=one-click"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What those headers say."""

    headers: tuple[tuple[str, str], ...]
    in_reply_to: str
    references: tuple[str, ...]
    priority: Priority | None
    unsubscribe_url: str


def read_kept(header: Header, notes: Notes) -> Kept:
    """Return what is kept of ``header``, and note what is not.

    Raises:
        FieldError: The message was resent, or a field cannot be written again.
    """
    _refuse_resent(header)
    priority, url = _priority(header), _unsubscribe_url(header)
    said = {
        *_READ,
        *(PRIORITY_HEADERS if priority else ()),
        *(UNSUBSCRIBE_HEADERS if url else ()),
    }
    others = [one for one in header.fields if one.name.lower() not in said]
    _note_left_out((one.name for one in others if _is_left_out(one)), notes)
    answered = _message_ids(header, "in-reply-to", notes)
    _note_several(answered, notes)
    return Kept(
        headers=tuple(_headers(others, notes)),
        in_reply_to=answered[0] if answered else "",
        references=_message_ids(header, "references", notes),
        priority=priority,
        unsubscribe_url=url,
    )


def _refuse_resent(header: Header) -> None:
    for field in header.fields:
        if field.name.lower().startswith("resent-"):
            raise refused(
                f"The message was resent ({field.name}), so it is not clear whom it "
                "is for.",
                hint="Leave the Resent- headers out, and name the recipients in To.",
            )


def _is_left_out(field: Field) -> bool:
    name = field.name.lower()
    return name in _LEFT_OUT or name.startswith(_LEFT_OUT_PREFIXES)


def _note_left_out(names: Iterable[str], notes: Notes) -> None:
    found = tuple(dict.fromkeys(names))
    if found:
        listed = ", ".join(found)
        notes.info(
            "mime.header-left-out",
            f"Headers that belong to another way of the message were left out: "
            f"{listed[:300]}{'…' if len(listed) > 300 else ''}.",  # noqa: PLR2004
            field="header",
        )


def _headers(fields: Iterable[Field], notes: Notes) -> Iterator[tuple[str, str]]:
    for field in fields:
        if _is_left_out(field):
            continue
        value = read_words(field.value)
        if has_words(value):
            notes.warn(
                "mime.charset",
                f"The header {field.name} has an encoded word that cannot be read.",
                field="header",
                hint="Write the value as UTF-8.",
                place=value,
            )
        check_header(field.name, value)
        yield field.name, value


def _priority(header: Header) -> Priority | None:
    """Return what all headers about it say alike, if they do."""
    found = {
        known.get(_first_word(value))
        for name, known in _PRIORITIES.items()
        for value in header.values(name)
    }
    return found.pop() if len(found) == 1 else None


def _first_word(value: str) -> str:
    """Return the word before a comment: ``1 (Highest)`` is 1."""
    return without_comments(value)[0].strip(" \t").lower()


def _unsubscribe_url(header: Header) -> str:
    """Return the one address, where one request is all that is said (RFC 8058)."""
    value = header.value("list-unsubscribe")
    is_one_click = header.value("list-unsubscribe-post").lower() == _ONE_CLICK
    if not (is_one_click and _MESSAGE_ID.fullmatch(value)):
        return ""
    try:
        check_unsubscribe_url(value[1:-1])
    except FieldError:
        return ""
    return value[1:-1]


def _message_ids(header: Header, name: str, notes: Notes) -> tuple[str, ...]:
    value = header.value(name)
    found = tuple(one for one in _MESSAGE_ID.findall(value) if _is_message_id(one))
    others, _ = without_comments(_MESSAGE_ID.sub(_unless_kept, value))
    if others.strip():
        notes.info(
            "mime.header-left-out",
            f"What is no Message-ID in {name} was left out.",
            field=name,
            place=value,
        )
    return found


def _unless_kept(found: re.Match[str]) -> str:
    return "" if _is_message_id(found.group()) else found.group()


def _is_message_id(identifier: str) -> bool:
    try:
        check_message_id(identifier, field="references")
    except FieldError:
        return False
    return True


def _note_several(answered: tuple[str, ...], notes: Notes) -> None:
    if len(answered) > 1:
        notes.info(
            "mime.header-left-out",
            f"The mail answers {len(answered)} others; In-Reply-To names the first "
            "only.",
            field="in-reply-to",
        )
