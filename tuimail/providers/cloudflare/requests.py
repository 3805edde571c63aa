"""The two requests that hand a message to Cloudflare. Pure.

The bytes as they are come first. Where Cloudflare cannot read them, the same
message is told in parts, which are made from the approved bytes and nothing else:
``DERIVATION`` names the rules, and an approval is bound to it.
"""

import base64
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from tuimail.core.address import Address
from tuimail.core.message import Envelope
from tuimail.core.values import dataclass, replace
from tuimail.errors import UnsupportedFeatureError
from tuimail.providers.http.api import json_bytes
from tuimail.providers.parts import Attached, Parts, parts_of
from tuimail.providers.sayable import is_read_otherwise

DERIVATION: Final = "cloudflare 2"


def raw_body(content: bytes, envelope: Envelope) -> bytes | None:
    """Return the request that hands on ``content`` as it is.

    A string of JSON holds text, so that the message has to be 7-bit or UTF-8:
    ours is the one, or, with an address that is not ASCII, the other.
    """
    return json_bytes(
        {
            "from": envelope.return_path,
            "recipients": [one.wire_address for one in envelope.recipients],
            "mime_message": content.decode(),
        }
    )


def built_body(content: bytes, envelope: Envelope) -> bytes | None:
    """Return the request that tells the message in parts; None where none can."""
    try:
        parts = parts_of(content, envelope)
    except UnsupportedFeatureError:
        return None
    return json_bytes(_built(parts)) if _is_tellable(parts) else None


def can_be_split(content: bytes, envelope: Envelope) -> bool:
    """Return whether each of several can be told it in parts in a request of their own.

    Not where the mail names anybody: the others of them would read another list of
    people than was approved.
    """
    two = (replace(envelope, recipients=(one,)) for one in envelope.recipients[:2])
    return not any(parts_of(content, alone).others for alone in two)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One of the two requests."""

    path: str
    body: Callable[[bytes, Envelope], bytes | None]
    """None where the message cannot be handed over in this way."""


RAW: Final = Way(path="/send_raw", body=raw_body)
BUILT: Final = Way(path="/send", body=built_body)


def _is_tellable(parts: Parts) -> bool:
    """Return whether a request says all of it, and what is read is what it says."""
    names = [name.lower() for name, _ in parts.headers]
    has_words = bool(parts.text or parts.html)
    is_once = len(parts.reply_to) < _TWO and len({*names}) == len(names)
    return has_words and is_once and not (parts.others or is_read_otherwise(parts))


def _built(parts: Parts) -> Mapping[str, object]:
    fields = {
        "from": _mailbox(parts.sender),
        "to": _mailboxes(parts.to),
        "cc": _mailboxes(parts.cc),
        "bcc": _mailboxes(parts.bcc),
        "reply_to": _mailbox(parts.reply_to[0]) if parts.reply_to else None,
        "subject": parts.subject,
        "text": parts.text,
        "html": parts.html,
        "headers": dict(parts.headers),
        "attachments": [_attachment(one) for one in parts.attachments],
    }
    return _without_nothing(fields)


def _mailboxes(addresses: Iterable[Address]) -> list[object]:
    return [_mailbox(one) for one in addresses]


def _mailbox(address: Address) -> object:
    if not address.name:
        return address.text
    return {"address": address.text, "name": address.name}


def _attachment(one: Attached) -> Mapping[str, object]:
    return _without_nothing(
        {
            "content": base64.b64encode(one.content).decode(),
            "filename": one.filename,
            "type": one.content_type,
            "disposition": "inline" if one.is_inline else "attachment",
            "content_id": one.content_id if one.is_inline else "",
        }
    )


def _without_nothing(fields: Mapping[str, object]) -> dict[str, object]:
    """Leave out what is not there; an empty subject or text is something."""
    return {
        name: value
        for name, value in fields.items()
        if value or (value == "" and name in _MAY_BE_EMPTY)
    }


_TWO: Final = 2
_MAY_BE_EMPTY: Final = frozenset({"content", "filename", "subject", "text"})
