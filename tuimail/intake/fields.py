"""What a program says about a mail in JSON, as fields: read strictly.

One model for all doors that take JSON: what HTTP documents, what MCP offers as
its schema, and what is read are the same. A key that nobody knows is refused, so
that none is ever obeyed by accident.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec

from tuimail.intake.gate import Handing
from tuimail.workspace.fields import Fields


def _said(text: str) -> Any:  # noqa: ANN401 - what msgspec calls it
    return msgspec.Meta(description=text)


class AttachmentDocument(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A file: its content as base64, or where it is."""

    name: Annotated[str, _said("As the receiver is to see it.")] = ""
    content: Annotated[bytes | None, _said("The file, as base64.")] = None
    path: Annotated[str, _said("A file in a folder that programs may use.")] = ""
    type: Annotated[str, _said("For example application/pdf.")] = ""
    content_id: Annotated[str, _said("What HTML calls it by, after cid:.")] = ""


class DraftDocument(
    msgspec.Struct,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"sender": "from", "sender_name": "from_name"},
):
    """A mail that is handed in for review."""

    to: list[str] = msgspec.field(default_factory=list)
    cc: list[str] = msgspec.field(default_factory=list)
    bcc: list[str] = msgspec.field(default_factory=list)
    subject: str = ""
    text: str = ""
    html: str = ""
    markdown: str = ""
    sender: str = ""
    sender_name: str = ""
    reply_to: list[str] = msgspec.field(default_factory=list)
    attachments: list[AttachmentDocument] = msgspec.field(default_factory=list)
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    in_reply_to: str = ""
    references: list[str] = msgspec.field(default_factory=list)
    priority: str = ""
    category: str = ""
    tags: list[str] = msgspec.field(default_factory=list)
    metadata: dict[str, str] = msgspec.field(default_factory=dict)
    template_id: str = ""
    merge: dict[str, str] = msgspec.field(default_factory=dict)
    merge_for: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    unsubscribe_url: str = ""
    account: str = ""
    expires_at: datetime | None = None
    send_at: datetime | None = None
    note: str = ""
    run_url: str = ""
    revises: str = ""
    idempotency_key: str = ""


def read_document(json: Mapping[str, object]) -> DraftDocument:
    """Return what decoded JSON says, every key and type checked.

    Raises:
        FieldError: A key is unknown, or a value is of another type.
    """
    raise NotImplementedError


def document_fields(
    json: Mapping[str, object] | DraftDocument, *, roots: tuple[Path, ...] = ()
) -> Fields:
    """Return the fields of a mail that was handed in as JSON.

    Args:
        json: As decoded, or as read.
        roots: Folders that files may be named in.

    Raises:
        FieldError: A key is unknown, or a value cannot be one.
        AttachmentError: A file may not be named like that.
    """
    raise NotImplementedError


def document_handing(
    json: Mapping[str, object] | DraftDocument, *, door: str, key: str = ""
) -> Handing:
    """Return how a mail is handed in that was handed in as JSON.

    Args:
        json: As decoded, or as read.
        door: Through which door.
        key: What the request is called where the door says that itself.

    Raises:
        FieldError: A key is unknown, or a value cannot be one.
    """
    raise NotImplementedError
