"""What the service is told about a message. Pure.

An address sends to one recipient, in one form, and says nothing more than a
subject. Who runs the service is asked as Cloudflare's own API would be, and under
its limits.
"""

import base64
from collections.abc import Iterable, Mapping
from typing import Final

from tuimail.core.address import Address
from tuimail.core.draft import Draft
from tuimail.core.message import Envelope
from tuimail.errors import UnsupportedFeatureError
from tuimail.providers.cloudflare import rules
from tuimail.providers.features import refuse_features, refuse_smtputf8
from tuimail.providers.parts import Attached, Parts, refuse_others
from tuimail.providers.sayable import Sayable, further_headers, refuse_unsayable

NAME: Final = "A temp email address"
DERIVATION: Final = "temp_email 1"


def refuse_as_address(draft: Draft, envelope: Envelope) -> None:
    """Refuse what an address cannot send.

    Raises:
        UnsupportedFeatureError: With the field named.
    """
    refuse_features(envelope.service, provider=NAME)
    refuse_smtputf8(draft, envelope, provider=NAME)
    refuse_unsayable(draft, envelope, _AS_ADDRESS, provider=NAME)
    _refuse_empty(draft)


def refuse_as_admin(draft: Draft, envelope: Envelope) -> None:
    """Refuse what Cloudflare would not take from the service.

    Raises:
        UnsupportedFeatureError: With the field named.
    """
    rules.refuse(draft, envelope)
    refuse_unsayable(draft, envelope, _AS_ADMIN, provider="Cloudflare")
    _refuse_empty(draft)
    names = [name.lower() for _, name, _ in further_headers(draft)]
    twice = next((one for one in names if names.count(one) > 1), None)
    if twice is not None:
        raise UnsupportedFeatureError(
            f"The header {twice} is there twice, which cannot be told here.",
            hint="Leave one of them, or send through another account.",
            field="header",
        )


def told_as_address(parts: Parts) -> Mapping[str, object]:
    """Return what is said for one address.

    Raises:
        UnsupportedFeatureError: It is for another number of people than one.
    """
    people = (*parts.to, *parts.cc, *parts.bcc)
    if len(people) != 1 or parts.others:
        raise UnsupportedFeatureError(
            f"{NAME} sends to one recipient, and no copies.",
            hint="Send through another account.",
            field="to",
        )
    return {
        "from_name": parts.sender.name,
        "to_name": people[0].name,
        "to_mail": people[0].text,
        "subject": parts.subject,
        "is_html": parts.html is not None,
        "content": parts.html if parts.html is not None else parts.text,
    }


def told_as_admin(parts: Parts) -> Mapping[str, object]:
    """Return what is said to Cloudflare's Workers binding, in its names.

    Raises:
        UnsupportedFeatureError: It is for some of those whom the mail names.
    """
    refuse_others(parts, provider="Cloudflare")
    fields = {
        "from": _mailbox(parts.sender),
        "to": _mailboxes(parts.to),
        "cc": _mailboxes(parts.cc),
        "bcc": _mailboxes(parts.bcc),
        "replyTo": _mailbox(parts.reply_to[0]) if parts.reply_to else None,
        "subject": parts.subject,
        "text": parts.text,
        "html": parts.html,
        "headers": dict(parts.headers),
        "attachments": [_attachment(one) for one in parts.attachments],
    }
    return {name: value for name, value in fields.items() if value}


def _refuse_empty(draft: Draft) -> None:
    is_said = {
        "subject": draft.subject,
        "text": draft.body.text or draft.body.html,
    }
    for field, said in is_said.items():
        if not said:
            raise UnsupportedFeatureError(
                f"The {field} is empty, and {NAME.lower()} sends no such mail.",
                hint=f"Write a {field}.",
                field=field,
            )


def _mailboxes(addresses: Iterable[Address]) -> list[object]:
    return [_mailbox(one) for one in addresses]


def _mailbox(address: Address) -> object:
    if not address.name:
        return address.text
    return {"email": address.text, "name": address.name}


def _attachment(one: Attached) -> Mapping[str, object]:
    shown = {"contentId": one.content_id} if one.is_inline else {}
    return {
        "content": base64.b64encode(one.content).decode(),
        "filename": one.filename,
        "type": one.content_type,
        "disposition": "inline" if one.is_inline else "attachment",
        **shown,
    }


_AS_ADDRESS: Final = Sayable(
    is_told=True,
    most_recipients=1,
    has_cc=False,
    has_bcc=False,
    most_reply_to=0,
    has_both_bodies=False,
    has_attachments=False,
    has_inline=False,
    may_say=lambda _name, _value: False,
)
_AS_ADMIN: Final = Sayable(is_told=True, most_reply_to=1)
