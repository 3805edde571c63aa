"""What a service without raw mail can be told, and refusing the rest.

The one rule kept here: what cannot be said exactly is refused when a draft is
approved, with the field named, and never left out in silence. Pure.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final, NamedTuple

from tuimail.core import compose
from tuimail.core.draft import Draft
from tuimail.core.header_names import PRIORITY_HEADERS, UNSUBSCRIBE_HEADERS
from tuimail.core.message import Envelope
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.core.wire.encoding import encode_text
from tuimail.core.wire.headers import write_header
from tuimail.errors import UnsupportedFeatureError
from tuimail.providers.parts import Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Sayable:
    """What a service can be told about a message."""

    is_told: bool = False
    """Whether it is told texts and writes the headers itself, so that a text which
    looks like an encoded word (RFC 2047) would be read as what that says."""
    most_recipients: int | None = None
    """To, Cc and Bcc together."""
    has_cc: bool = True
    has_bcc: bool = True
    has_sender_name: bool = True
    has_recipient_names: bool = True
    most_reply_to: int | None = None
    """None for as many as there are, 0 for none."""
    has_both_bodies: bool = True
    """HTML and plain text in one message."""
    has_attachments: bool = True
    has_inline: bool = True
    most_bytes: int | None = None
    """Of the message as rendered."""
    may_say: Callable[[str, str], bool] = lambda _name, _value: True
    """Whether a header field beyond the usual ones can be handed on; asked with its
    name, and its value as ``Parts.headers`` has it."""


def refuse_unsayable(
    draft: Draft, envelope: Envelope, sayable: Sayable, *, provider: str
) -> None:
    """Refuse the first thing about ``draft`` that ``provider`` cannot be told.

    Raises:
        UnsupportedFeatureError: With the field named.
    """
    found = next(_unsayable(draft, envelope, sayable), None)
    if found is not None:
        raise UnsupportedFeatureError(
            f"{provider} {found.what}.", hint=found.hint, field=found.field
        )


class _Unsayable(NamedTuple):
    field: str
    what: str
    hint: str


def _unsayable(
    draft: Draft, envelope: Envelope, sayable: Sayable
) -> Iterator[_Unsayable]:
    yield from _people(draft, envelope, sayable)
    yield from _names(draft, sayable)
    if sayable.is_told:
        yield from _look_alikes(draft)
    yield from _contents(draft, sayable)
    yield from _headers(draft, sayable)
    yield from _size(draft, sayable)


def _people(draft: Draft, envelope: Envelope, sayable: Sayable) -> Iterator[_Unsayable]:
    if draft.cc and not sayable.has_cc:
        yield _Unsayable("cc", "sends no copies (Cc)", _OTHERWISE.format("cc"))
    if draft.bcc and not sayable.has_bcc:
        yield _Unsayable("bcc", "sends no blind copies", _OTHERWISE.format("bcc"))
    most, count = sayable.most_recipients, len(envelope.recipients)
    if most is not None and count > most:
        people = "one recipient" if most == 1 else f"{most} recipients"
        yield _Unsayable(
            envelope.recipients[most].role.value,
            f"takes {people} at a time, and there are {count}",
            "Send to fewer people at a time, or through another account.",
        )
    most, count = sayable.most_reply_to, len(draft.reply_to)
    if most is not None and count > most:
        kept = f"no more than {most}" if most else "no"
        yield _Unsayable(
            "reply-to",
            f"takes {kept} address for answers, and there are {count}",
            _OTHERWISE.format("reply-to"),
        )


def _names(draft: Draft, sayable: Sayable) -> Iterator[_Unsayable]:
    if draft.sender.name and not sayable.has_sender_name:
        yield _Unsayable(
            "from-name",
            "shows no name beside the sender's address",
            "Leave the name out, or send through another account.",
        )
    if sayable.has_recipient_names:
        return
    for field, addresses in (("to", draft.to), ("cc", draft.cc)):
        for address in addresses:
            if address.name:
                yield _Unsayable(
                    field,
                    f"shows no name beside {address.text}",
                    "Leave the name out, or send through another account.",
                )


def _look_alikes(draft: Draft) -> Iterator[_Unsayable]:
    """Yield what is read otherwise than it stands there: nobody has approved that."""
    named = (
        ("from-name", (draft.sender.name,)),
        ("to", (one.name for one in draft.to)),
        ("cc", (one.name for one in draft.cc)),
        ("reply-to", (one.name for one in draft.reply_to)),
        ("subject", (draft.subject,)),
        ("attach", (one.name for one in draft.attachments)),
    )
    for field, texts in named:
        for text in texts:
            if _WORD.search(text):
                yield _Unsayable(
                    field,
                    f"would have “{text[:60]}” read as something else: mail programs "
                    "take it for an encoded word",
                    "Write it otherwise, or send through another account.",
                )


def is_read_otherwise(parts: Parts) -> bool:
    """Return whether a text of ``parts`` looks like an encoded word."""
    people = (parts.sender, *parts.to, *parts.cc, *parts.reply_to)
    files = (one.filename for one in parts.attachments)
    texts = (parts.subject, *(one.name for one in people), *files)
    return any(_WORD.search(text) for text in texts)


def _contents(draft: Draft, sayable: Sayable) -> Iterator[_Unsayable]:
    body = draft.body
    if body.text and body.html and not sayable.has_both_bodies:
        yield _Unsayable(
            "html",
            "takes plain text or HTML, and not both in one mail",
            "Leave html out, or send it without a text: --no-text",
        )
    for attachment in draft.attachments:
        is_shown = attachment.is_inline and bool(body.html)
        if not (sayable.has_inline if is_shown else sayable.has_attachments):
            field = "inline" if attachment.is_inline else "attach"
            what = "shows no pictures within HTML" if is_shown else "takes no files"
            yield _Unsayable(field, what, _OTHERWISE.format(field))


def _headers(draft: Draft, sayable: Sayable) -> Iterator[_Unsayable]:
    for field, name, value in further_headers(draft):
        if not sayable.may_say(name, value):
            yield _Unsayable(
                field,
                f"does not take the header {name} as it is",
                _OTHERWISE.format(field),
            )


def further_headers(draft: Draft) -> Iterator[tuple[str, str, str]]:
    """Yield field of the draft, name and value of each header that is not usual.

    Those that ``Parts.headers`` will have, as it will have them.
    """
    plan = compose.plan(draft, message_id=_ANY_ID, date=_ANY_DATE)
    for header in plan.headers:
        name = header.name.lower()
        if name not in _USUAL:
            _, _, written = write_header(header).partition(":")
            value = written.replace("\r\n", "").strip(" \t")
            yield _field(draft, name), header.name, value


def _field(draft: Draft, name: str) -> str:
    if draft.priority and name in PRIORITY_HEADERS:
        return "priority"
    if draft.unsubscribe_url and name in UNSUBSCRIBE_HEADERS:
        return "unsubscribe-url"
    return name if name in _THREAD else "header"


def _size(draft: Draft, sayable: Sayable) -> Iterator[_Unsayable]:
    most, size = sayable.most_bytes, rendered_bytes(draft)
    if most is not None and size > most:
        yield _Unsayable(
            "attach" if draft.attachments else "html" if draft.body.html else "text",
            f"takes mail of {most:,} bytes, and this has about {size:,} as sent",
            "Attach less, or send through another account.",
        )


def rendered_bytes(draft: Draft) -> int:
    """Return about how many bytes ``draft`` has once it is rendered.

    Counted are its headers, and who gets a blind copy, as some services are told
    in a header, too; not the few hundred between its parts.
    """
    plan = compose.plan(draft, message_id=_ANY_ID, date=_ANY_DATE)
    headers = sum(len(write_header(one)) for one in plan.headers)
    headers += sum(len(one.text) + _BETWEEN for one in draft.bcc)
    texts = sum(len(encode_text(one)[1]) for one in (draft.body.text, draft.body.html))
    lines = sum(-(-one.size_bytes // _LINE) for one in draft.attachments)
    return headers + texts + lines * _ENCODED_LINE


_WORD: Final = regex(r"=\?.+\?[bq]\?.*\?=", re.IGNORECASE | re.DOTALL)
"""Wider than RFC 2047 §2 has it, as programs are that read it."""
_OTHERWISE: Final = "Leave {} out, or send through another account."
_USUAL: Final = frozenset({
    "cc", "date", "from", "message-id", "mime-version", "reply-to", "subject", "to",
})  # fmt: skip
_THREAD: Final = frozenset({"in-reply-to", "references"})
_BETWEEN: Final = 4
"""A comma, and the line end of a folded field with its space."""
_LINE: Final = 57
_ENCODED_LINE: Final = 78
"""76 characters of base64 and the line end (RFC 2045 §6.8)."""
_ANY_ID: Final = "<any@example.org>"
_ANY_DATE: Final = datetime(2000, 1, 1, tzinfo=UTC)
