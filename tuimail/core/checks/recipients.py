"""Whether the addresses are what they seem, and who gets a copy unseen.

Pure.
"""

import re
from collections.abc import Iterator
from typing import Final

from tuimail.core.address import Address, wire_address
from tuimail.core.checks.scripts import is_mixed
from tuimail.core.draft import Draft
from tuimail.core.encoded_words import decoded_words
from tuimail.core.finding import Finding, Severity

_ADDRESS: Final = re.compile(
    r"(?:\"[^\"@]{1,64}\"|[^\s<>\"'(),;:@]{1,64})@[^\s<>\"'(),;:@]{1,255}"
)


def check(draft: Draft, *, own_domains: frozenset[str]) -> Iterator[Finding]:
    """Find addresses that deceive, and copies that the others do not see.

    Args:
        draft: What is checked.
        own_domains: Domains of the person's own accounts, as in ``Address``.
    """
    for field, address in _addresses(draft):
        yield from _deceiving(field, address)
    yield from _unseen(draft, own_domains)
    yield from _answers_elsewhere(draft, own_domains)


def _addresses(draft: Draft) -> Iterator[tuple[str, Address]]:
    yield "from", draft.sender
    for field, addresses in (
        ("to", draft.to),
        ("cc", draft.cc),
        ("bcc", draft.bcc),
        ("reply-to", draft.reply_to),
    ):
        for address in addresses:
            yield field, address


def _deceiving(field: str, address: Address) -> Iterator[Finding]:
    for named in _ADDRESS.findall(decoded_words(address.name)):
        if named.casefold() != address.text.casefold():
            yield Finding(
                code="addr.display-name-address",
                severity=Severity.WARNING,
                field=field,
                message=f"The name says {named}, but the address is {address.text}.",
                hint="Many programs show only the name; give a plain name.",
                place=address.name,
            )
    if not address.domain.isascii():
        yield Finding(
            code="addr.idn-domain",
            severity=Severity.INFO,
            field=field,
            message=f"The address {address.text} goes out as {wire_address(address)}.",
            place=address.text,
        )
    if is_mixed(address.domain):
        yield Finding(
            code="addr.mixed-script",
            severity=Severity.WARNING,
            field=field,
            message=f"The domain {address.domain} mixes letters that look alike; "
            f"it goes out as {wire_address(address)}.",
            hint="Type the address again by hand.",
            place=address.text,
        )


def _unseen(draft: Draft, own_domains: frozenset[str]) -> Iterator[Finding]:
    if draft.bcc and not draft.to and not draft.cc:
        yield Finding(
            code="rcpt.bcc-only",
            severity=Severity.INFO,
            field="to",
            message="Everybody gets a blind copy; the mail names no recipient.",
            hint="Put at least your own address into To.",
        )
    seen = {address.domain for address in (*draft.to, *draft.cc)}
    for address in draft.bcc:
        if address.domain not in seen | own_domains | {draft.sender.domain}:
            yield Finding(
                code="rcpt.bcc-external",
                severity=Severity.WARNING,
                field="bcc",
                message=f"{address.text} gets a copy unseen, at a domain that nobody "
                "else in this mail has.",
                hint="Check that this copy is meant.",
                place=address.text,
            )


def _answers_elsewhere(draft: Draft, own_domains: frozenset[str]) -> Iterator[Finding]:
    known = {address.domain for address in (draft.sender, *draft.to, *draft.cc)}
    for address in draft.reply_to:
        if address.domain not in known | own_domains:
            yield Finding(
                code="hdr.reply-to-mismatch",
                severity=Severity.WARNING,
                field="reply-to",
                message=f"Answers go to {address.text}, at a domain that is neither "
                "the sender's nor a recipient's.",
                hint="Check that answers are meant to go there.",
                place=address.text,
            )
