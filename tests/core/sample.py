"""A harmless draft, to be made harmful one field at a time."""

from typing import Any

from tuimail.core.address import Address
from tuimail.core.draft import Attachment, Body, Draft

DIGEST = "0" * 64


def address(text: str, name: str = "") -> Address:
    local, _, domain = text.rpartition("@")
    return Address(local=local, domain=domain, name=name)


def attachment(name: str) -> Attachment:
    return Attachment(
        name=name, content_type="application/pdf", digest=DIGEST, size_bytes=9
    )


def draft(**fields: Any) -> Draft:
    body = Body(text=fields.pop("text", "Hello Bob."), html=fields.pop("html", ""))
    given: dict[str, Any] = {
        "sender": address("agent@corp.example"),
        "to": (address("bob@partner.example"),),
        "subject": "Lunch",
        "body": body,
    }
    return Draft(**{**given, **fields})
