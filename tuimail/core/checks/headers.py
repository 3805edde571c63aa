"""What header fields make others do: report back, cut off, or keep sending.

A subject that begins with *Re:* without a mail that it answers is left alone: mail
is often answered from elsewhere, and nothing is hidden by it.

Pure.
"""

import re
from collections.abc import Iterator
from typing import Final

from tuimail.core.address import Address
from tuimail.core.checks.addresses import addresses_in
from tuimail.core.checks.context import Context
from tuimail.core.checks.lookalikes import registered
from tuimail.core.checks.several import listed
from tuimail.core.checks.sites import shown_sites
from tuimail.core.draft import Draft
from tuimail.core.finding import PLACE_LIMIT, Finding, Severity
from tuimail.core.header_names import ORDER_PREFIXES
from tuimail.core.patterns import regex
from tuimail.core.service import Category
from tuimail.core.wire.headers import AddressHeader, write_header

HEADER_LIMIT_BYTES: Final = 102_400
"""Postfix keeps that much of one header field and drops the rest without a word
(``header_size_limit``)."""
_MOST_OCTETS: Final = 16
"""What one character of an address becomes at most, as quoted-printable in words."""
_AROUND_EACH: Final = 80

RECEIPT_HEADERS: Final = frozenset({
    "confirm-reading-to", "disposition-notification-to", "generate-delivery-report",
    "notice-requested-upon-delivery-to", "read-receipt-to", "return-receipt-requested",
    "return-receipt-to", "x-chameleon-return-to", "x-confirm-delivery-to",
    "x-confirm-reading-to", "x-pmrqc",
})  # fmt: skip
_ANSWER_HEADERS: Final = frozenset({
    "errors-to", "mail-followup-to", "mail-reply-to", "reply", "x-reply-to",
})  # fmt: skip
_UNSUBSCRIBE: Final = "list-unsubscribe"
_ONE_CLICK: Final = "list-unsubscribe-post"
_ONE_CLICK_VALUE: Final = "List-Unsubscribe=One-Click"
_ITEM: Final = regex(r"<([^<>]*)>")
_LINK: Final = regex(r"(https?|mailto):\S{1,900}", re.IGNORECASE)
_COMMENTS: Final = regex(r"\([^()]*\)")


def check(draft: Draft, context: Context) -> Iterator[Finding]:
    """Find header fields that do more than they seem to, or less."""
    if draft.headers:
        yield from _by_hand(draft, context)
    yield from _without_an_end(draft, context)
    if draft.headers:
        yield from _unsubscribe_by_hand(draft)
    for name, addresses in (("To", draft.to), ("Cc", draft.cc)):
        yield from _too_long(name, addresses)


def _by_hand(draft: Draft, context: Context) -> Iterator[Finding]:
    yield from _receipts(draft, context)
    yield from _answers(draft, context)
    yield from _orders(draft)


def _receipts(draft: Draft, context: Context) -> Iterator[Finding]:
    own = {draft.sender.text, *context.own_addresses}
    own |= {address.text for address in draft.reply_to}
    folded = {text.casefold() for text in own}
    for name, value in draft.headers:
        if name.lower() in RECEIPT_HEADERS:
            others = [to for to in _asked(name, value) if to.casefold() not in folded]
            yield _receipt(name, value, others)


def _asked(name: str, value: str) -> list[str]:
    """Return whom the report goes to; a value nobody can read is somebody else."""
    unread = value.strip(" <>")[:PLACE_LIMIT] if name.lower().endswith("-to") else ""
    return list(addresses_in(value)) or list(filter(None, [unread]))


def _receipt(name: str, value: str, others: list[str]) -> Finding:
    whom = f"{listed(others)}, who is not the sender" if others else "the sender"
    return Finding(
        code="hdr.receipt-request",
        severity=Severity.WARNING if others else Severity.INFO,
        field="header",
        message=f"{name} asks the receiver's program to report the mail to {whom}.",
        hint="Leave the header out, unless the report is wanted.",
        place=f"{name}: {value}"[:PLACE_LIMIT],
    )


def _answers(draft: Draft, context: Context) -> Iterator[Finding]:
    """Find fields by hand that send answers or errors to another site."""
    sites = shown_sites(draft, context)
    for name, value in draft.headers:
        if name.lower() in _ANSWER_HEADERS:
            for address in addresses_in(value):
                if registered(address.rpartition("@")[2].casefold()) not in sites:
                    yield _answers_elsewhere(name, value, address)


def _answers_elsewhere(name: str, value: str, address: str) -> Finding:
    return Finding(
        code="hdr.reply-to-mismatch",
        severity=Severity.WARNING,
        field="header",
        message=f"{name} sends answers to {address}, at a domain that is neither "
        "the sender's nor a recipient's.",
        hint="Check that answers are meant to go there.",
        place=f"{name}: {value}"[:PLACE_LIMIT],
    )


def _orders(draft: Draft) -> Iterator[Finding]:
    """Find fields that tell a provider what to do, and that readers never see."""
    names = [
        name for name, _ in draft.headers if name.lower().startswith(ORDER_PREFIXES)
    ]
    if names:
        yield Finding(
            code="hdr.provider-order",
            severity=Severity.INFO,
            field="header",
            message=f"{listed(names)} may tell a provider to do more than to send it.",
            hint="Check that this is meant.",
        )


def _without_an_end(draft: Draft, context: Context) -> Iterator[Finding]:
    """Find bulk mail that nobody can end.

    The big mailbox services ask for one click from senders of thousands of mails
    a day, and laws in many places ask every sender for some way.
    """
    has_way = draft.unsubscribe_url or _value(draft, _UNSUBSCRIBE)
    if draft.service.category is Category.BULK and not has_way:
        yield Finding(
            code="hdr.no-unsubscribe",
            severity=Severity.WARNING,
            field="unsubscribe-url",
            message="This is bulk mail, and nobody who gets it can end it.",
            hint=_how_to_end(draft, context),
        )


def _how_to_end(draft: Draft, context: Context) -> str:
    """Say what to do; a link that is for one is made for nobody among several."""
    count = len({one.text for one in draft.recipients})
    if not context.makes_links or count < 2:  # noqa: PLR2004 - one, or several
        return "Give the https address that ends the subscription."
    return (
        f"Send a mail of its own to each of the {count}, which then has its own link "
        "(tuimail send --data), or give the https address that ends the subscription."
    )


def _unsubscribe_by_hand(draft: Draft) -> Iterator[Finding]:
    value, post = _value(draft, _UNSUBSCRIBE), _value(draft, _ONE_CLICK)
    reason = _why_no_program_reads(value, post)
    if (value or post) and reason:
        yield Finding(
            code="hdr.bad-unsubscribe",
            severity=Severity.WARNING,
            field="header",
            message=f"List-Unsubscribe {reason}, so that mail programs offer no way "
            "to end the mail.",
            hint="Give the https address as unsubscribe-url; tuimail writes both "
            "headers.",
            place=(value or post)[:PLACE_LIMIT],
        )


def _why_no_program_reads(value: str, post: str) -> str:
    """Say what is wrong by RFC 2369 §3.2 and RFC 8058 §3.1; nothing if all is well."""
    items = [_LINK.fullmatch(item.strip()) for item in _ITEM.findall(value)]
    schemes = {item[1].lower() if item else "" for item in items}
    around = _COMMENTS.sub("", _ITEM.sub("", value)).strip(" \t,")
    if not value:
        return "is missing, and only List-Unsubscribe-Post is there"
    if around or not schemes or "" in schemes:
        return "has something that is no link in angle brackets"
    if post and post.strip() != _ONE_CLICK_VALUE:
        return f"is followed by a List-Unsubscribe-Post that is not {_ONE_CLICK_VALUE}"
    if post and "https" not in schemes:
        return "has no https link for one click"
    if schemes == {"http"}:
        return "has only a link that is not encrypted (http)"
    return ""


def _value(draft: Draft, name: str) -> str:
    return next((v for n, v in draft.headers if n.lower() == name), "")


def _too_long(name: str, addresses: tuple[Address, ...]) -> Iterator[Finding]:
    if not _may_be_too_long(addresses):
        return
    size = len(write_header(AddressHeader(name=name, addresses=addresses)).encode())
    if size > HEADER_LIMIT_BYTES:
        yield Finding(
            code="hdr.too-long",
            severity=Severity.WARNING,
            field=name.lower(),
            message=f"The header {name} names {len(addresses)} recipients in {size} "
            f"octets; common servers cut it off after {HEADER_LIMIT_BYTES}.",
            hint="Send to each one, or to a list, or use Bcc.",
        )


def _may_be_too_long(addresses: tuple[Address, ...]) -> bool:
    """Return whether the header is worth writing: a bound that is quick to find."""
    characters = sum(
        len(one.name) + len(one.local) + len(one.domain) for one in addresses
    )
    per_mailbox = len(addresses) * _AROUND_EACH
    return characters * _MOST_OCTETS + per_mailbox > HEADER_LIMIT_BYTES
