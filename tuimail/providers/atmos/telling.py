"""Which of its two ways a message takes to Atmos, and in which form. Pure.

A request says sender, recipients, subject, text, HTML and further headers. What
says more goes as it is, over SMTP. Which of the two it is follows from the approved
bytes, the envelope and the account's settings, so that an approval covers it.
"""

from collections.abc import Mapping
from typing import Final

from tuimail.core.address import Address, quoted
from tuimail.core.message import Envelope
from tuimail.errors import UnsupportedFeatureError
from tuimail.providers.http.api import json_bytes
from tuimail.providers.parts import Parts, parts_of
from tuimail.providers.sayable import is_read_otherwise

DERIVATION: Final = "atmos 2"
MOST_RECIPIENTS: Final = 50
MOST_REQUEST_BYTES: Final = 1024 * 1024
MOST_BYTES: Final = 4 * MOST_REQUEST_BYTES
"""A larger message is never looked at: what is encoded in it is smaller, but hardly
ever so much smaller that a request could hold it."""
OWN_PREFIX: Final = "x-atmos-"
"""Headers that the relay acts upon; over SMTP alone."""


def request_of(
    content: bytes, envelope: Envelope, *, has_named_from: bool
) -> bytes | None:
    """Return the request that says all of ``content``; None where none can."""
    if len(content) > MOST_BYTES:
        return None
    try:
        parts = parts_of(content, envelope)
    except UnsupportedFeatureError:
        return None
    if not (_are_plain(parts) and _is_plain(parts, has_named_from=has_named_from)):
        return None
    found = json_bytes(_request(parts, envelope))
    return found if len(found) <= MOST_REQUEST_BYTES else None


def head_of(envelope: Envelope) -> bytes:
    """Return what is put before the bytes over SMTP: how the relay is told why.

    A request says the same in a field of its own.
    """
    category = envelope.service.category
    return f"X-Atmos-Category: {category.value}\r\n".encode() if category else b""


def _are_plain(parts: Parts) -> bool:
    """Return whether the people in it are as many, and named as little, as can be.

    Who is named, and not to get it this time, could not be named any more.
    """
    others = (*parts.cc, *parts.bcc, *parts.others)
    named = any(one.name for one in (*parts.to, *parts.reply_to))
    is_few = len(parts.to) <= MOST_RECIPIENTS and len(parts.reply_to) <= 1
    return not others and not named and is_few


def _is_plain(parts: Parts, *, has_named_from: bool) -> bool:
    names = [name.lower() for name, _ in parts.headers]
    is_sayable = len({*names}) == len(names) and not any(
        name.startswith(OWN_PREFIX) for name in names
    )
    has_sender = has_named_from or not parts.sender.name
    has_words = bool(parts.text or parts.html)
    is_all = is_sayable and has_sender and has_words and not parts.attachments
    return is_all and not is_read_otherwise(parts)


def _request(parts: Parts, envelope: Envelope) -> Mapping[str, object]:
    category = envelope.service.category
    fields: dict[str, object] = {
        "from": _mailbox(parts.sender),
        "to": [one.text for one in parts.to],
        "subject": parts.subject,
        "text": parts.text,
        "html": parts.html,
        "replyTo": parts.reply_to[0].text if parts.reply_to else None,
        "headers": dict(parts.headers) or None,
        "category": category.value if category else None,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _mailbox(address: Address) -> str:
    if not address.name:
        return address.text
    return f"{quoted(address.name)} <{address.text}>"
