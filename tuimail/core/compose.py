"""From a draft to a message: the plan, its bytes, and whom they are for.

A plan says which headers a message is to have, in which order, with which
values, and the rendered bytes are held against it twice.  ``render`` looks at
every header block itself, in one pass, before it hands anything out;
``compare_with_parser`` reads the block back with code that is not ours.

Pure: Message-ID and date come in as arguments.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Final

from tuimail.core.address import needs_smtputf8, wire_address
from tuimail.core.draft import Attachment, Draft, Priority, check_message_id
from tuimail.core.message import Envelope, EnvelopeRecipient, by_role
from tuimail.core.values import dataclass
from tuimail.core.wire import block, mime
from tuimail.core.wire.headers import (
    AddressHeader,
    HeaderField,
    TextHeader,
    TokenHeader,
)
from tuimail.core.wire.mime import FilePart, MultiPart, Part, TextPart
from tuimail.errors import NotComposableError

_NAME: Final = attrgetter("name")
_NOBODY_SHOWN: Final = "undisclosed-recipients:;"
"""RFC 5322 §3.4: an empty group, where everybody is a blind recipient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a message is to be, before there are bytes.

    Has every header but those that describe the root part, and no Bcc.
    """

    draft: Draft
    message_id: str
    date: datetime
    """In UTC, to the second, as the Date header says it."""
    headers: tuple[HeaderField, ...]
    root: Part

    @property
    def header_names(self) -> tuple[str, ...]:
        """All the names that the header block is to have, in order."""
        return (*map(_NAME, self.headers), *mime.content_header_names(self.root))


def plan(draft: Draft, *, message_id: str, date: datetime) -> Plan:
    """Return what ``draft`` becomes at ``date`` under ``message_id``.

    Raises:
        NotComposableError: Nobody is to get it.
        FieldError: ``message_id`` is not one.
        ValueError: ``date`` is naive.
    """
    check_message_id(message_id, field="message-id")
    if date.tzinfo is None:
        raise ValueError("The date of a message has a time zone.")
    _check_recipients(draft)
    date = date.astimezone(UTC).replace(microsecond=0)
    return Plan(
        draft=draft,
        message_id=message_id,
        date=date,
        headers=_headers(draft, message_id, date),
        root=_root(draft),
    )


def render(plan: Plan, *, read: mime.Read) -> Iterator[bytes]:
    """Yield the message of ``plan``, first its whole header block.

    The block is checked before it is handed out.

    Args:
        plan: What to render; the same plan gives the same bytes.
        read: Yields the bytes of an attachment, given its digest.

    Raises:
        PlanMismatchError: The block is not what was planned.
        DigestMismatchError: A stored attachment has another size.
    """
    header_block, body = mime.render(
        plan.headers, plan.root, boundary_seed=plan.message_id, read=read
    )
    check_block(header_block, plan)
    yield header_block
    yield from body


def check_block(header_block: bytes, plan: Plan) -> None:
    """Make sure, in one pass, that a header block is the one of ``plan``.

    Raises:
        PlanMismatchError: As ``block.check_block``.
    """
    block.check_block(
        header_block,
        names=plan.header_names,
        utf8_names=frozenset() if header_block.isascii() else _utf8_names(plan),
    )


def compare_with_parser(header_block: bytes, plan: Plan) -> None:
    """Make sure that the standard library reads back what ``plan`` says.

    Args:
        header_block: The first piece that ``render`` yields.
        plan: What it was rendered from.

    Raises:
        PlanMismatchError: It reads other names, values or mailboxes.
    """
    from tuimail.core.wire import reparse  # noqa: PLC0415 - the email package takes 10 ms

    reparse.compare(
        header_block,
        headers=(
            *plan.headers,
            mime.content_type_header(plan.root, boundary_seed=plan.message_id),
        ),
        names=plan.header_names,
        content_type=mime.content_type(plan.root),
    )


def envelope(draft: Draft) -> Envelope:
    """Return whom the provider is told about, in the order To, Cc, Bcc.

    A mailbox that is named twice gets the message once, in its first role.

    Raises:
        NotComposableError: Nobody is to get it.
    """
    _check_recipients(draft)
    recipients: dict[str, EnvelopeRecipient] = {}
    for role, addresses in by_role(draft):
        for address in addresses:
            wire = wire_address(address)
            if wire not in recipients:
                recipients[wire] = EnvelopeRecipient(
                    role=role, address=address.text, wire_address=wire
                )
    return Envelope(
        return_path=wire_address(draft.sender),
        recipients=tuple(recipients.values()),
        needs_smtputf8=asks_for_utf8(draft),
        service=draft.service,
    )


def asks_for_utf8(draft: Draft) -> bool:
    """Return whether somebody it names can be written to by SMTPUTF8 only."""
    everybody = (draft.sender, *draft.reply_to, *draft.recipients)
    return any(map(needs_smtputf8, everybody))


def _utf8_names(plan: Plan) -> frozenset[str]:
    """Return the headers that name somebody who needs SMTPUTF8."""
    return frozenset(
        header.name
        for header in plan.headers
        if isinstance(header, AddressHeader)
        and any(map(needs_smtputf8, header.addresses))
    )


def _check_recipients(draft: Draft) -> None:
    if not (draft.to or draft.cc or draft.bcc):
        raise NotComposableError(
            "Nobody is to get this mail: to, cc and bcc are empty.",
            hint="Name at least one mailbox in to, cc or bcc.",
            field="to",
        )


def _headers(draft: Draft, message_id: str, date: datetime) -> tuple[HeaderField, ...]:
    return (
        _date_header(date),
        *_people(draft),
        TextHeader(name="Subject", text=draft.subject),
        TokenHeader(name="Message-ID", tokens=(message_id,)),
        *_further(draft),
        mime.MIME_VERSION,
    )


def _people(draft: Draft) -> list[HeaderField]:
    people: list[HeaderField] = [AddressHeader(name="From", addresses=(draft.sender,))]
    if draft.reply_to:
        people.append(AddressHeader(name="Reply-To", addresses=draft.reply_to))
    if draft.to:
        people.append(AddressHeader(name="To", addresses=draft.to))
    elif not draft.cc:
        people.append(TokenHeader(name="To", tokens=(_NOBODY_SHOWN,)))
    if draft.cc:
        people.append(AddressHeader(name="Cc", addresses=draft.cc))
    return people


def _further(draft: Draft) -> Iterator[HeaderField]:
    if draft.in_reply_to:
        yield TokenHeader(name="In-Reply-To", tokens=(draft.in_reply_to,))
    if draft.references:
        yield TokenHeader(name="References", tokens=draft.references)
    if draft.priority:
        yield from _PRIORITIES[draft.priority]
    if draft.unsubscribe_url:
        yield TokenHeader(
            name="List-Unsubscribe", tokens=(f"<{draft.unsubscribe_url}>",)
        )
        yield _ONE_CLICK
    for name, value in draft.headers:
        yield TextHeader(name=name, text=value)


@lru_cache(maxsize=16)
def _date_header(date: datetime) -> TokenHeader:
    """Return the field that says ``date`` as RFC 5322 §3.3 has it.

    ``ctime`` is in English whatever the locale, but in another order. Who makes
    many mails makes hundreds in a second.
    """
    day_name, month, day, time, year = date.ctime().split()
    text = f"{day_name}, {day:0>2} {month} {year} {time} +0000"
    return TokenHeader(name="Date", tokens=(text,))


def _root(draft: Draft) -> Part:
    """Return the parts as readers expect them, each container only where needed.

    mixed(related(alternative(text, HTML), inline images), attachments). What
    should stand within HTML is an ordinary attachment where there is none.
    """
    if not draft.attachments:
        return _body(draft)
    is_shown = bool(draft.body.html)
    inline = [one for one in draft.attachments if one.is_inline and is_shown]
    others = [one for one in draft.attachments if not (one.is_inline and is_shown)]
    return _with_files("mixed", _with_files("related", _body(draft), inline), others)


def _with_files(subtype: str, body: Part, attachments: Sequence[Attachment]) -> Part:
    if not attachments:
        return body
    files = (
        FilePart(
            name=attachment.name,
            content_type=attachment.content_type,
            digest=attachment.digest,
            size_bytes=attachment.size_bytes,
            content_id=attachment.content_id,
            is_inline=subtype == "related",
        )
        for attachment in attachments
    )
    return MultiPart(subtype=subtype, parts=(body, *files))


def _body(draft: Draft) -> Part:
    body = draft.body
    text = TextPart(content_type="text/plain", text=body.text, is_flowed=body.is_flowed)
    if not body.html:
        return text
    html = TextPart(content_type="text/html", text=body.html)
    if not body.text:
        return html
    return MultiPart(subtype="alternative", parts=(text, html))


def _priority(
    x_priority: str, importance: str, microsoft: str
) -> tuple[TokenHeader, ...]:
    """Return what the three families of mail programs each look at."""
    return (
        TokenHeader(name="X-Priority", tokens=(x_priority,)),
        TokenHeader(name="Importance", tokens=(importance,)),
        TokenHeader(name="X-MSMail-Priority", tokens=(microsoft,)),
    )


_PRIORITIES: Final = {
    Priority.HIGH: _priority("1", "high", "High"),
    Priority.NORMAL: _priority("3", "normal", "Normal"),
    Priority.LOW: _priority("5", "low", "Low"),
}
_ONE_CLICK: Final = TokenHeader(
    name="List-Unsubscribe-Post", tokens=("List-Unsubscribe=One-Click",)
)
"""RFC 8058 §3.1: one POST with this as its body ends the subscription."""
