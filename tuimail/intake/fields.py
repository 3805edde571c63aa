"""What a program says about a mail in JSON, as fields: read strictly.

One model for all doors that take JSON: what HTTP documents, what MCP offers as
its schema, and what is read are the same. A key that nobody knows is refused, so
that none is ever obeyed by accident, or ignored by one.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from tuimail.errors import FieldError
from tuimail.intake.gate import Handing
from tuimail.workspace.fields import Fields
from tuimail.workspace.strict import (
    AttachmentDocument,
    Moment,
    file_to_attach,
    read_struct,
)

Addresses = Annotated[
    list[str], Meta(description="One mailbox an item: ana@x.example, or Ana <ana@…>.")
]
Words = dict[str, str]


class DraftDocument(
    msgspec.Struct,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"sender": "from", "sender_name": "from_name"},
):
    """A mail that is handed in: a person reads it before it leaves."""

    to: Addresses = []
    cc: Addresses = []
    bcc: Annotated[
        list[str],
        Meta(description="As to; they get it unseen, which is remarked upon."),
    ] = []
    subject: Annotated[str, Meta(description="One line.")] = ""
    text: Annotated[str, Meta(description="The mail as plain text.")] = ""
    html: Annotated[str, Meta(description="The mail as HTML.")] = ""
    markdown: Annotated[
        str, Meta(description="Becomes text and HTML, in their place.")
    ] = ""
    sender: Annotated[
        str, Meta(description="Leave it out to write as the account does.")
    ] = ""
    sender_name: Annotated[str, Meta(description="The name shown with it.")] = ""
    reply_to: Annotated[
        list[str], Meta(description="Where answers go, if not to from.")
    ] = []
    attachments: Annotated[
        list[AttachmentDocument], Meta(description="Files; see below.")
    ] = []
    headers: Annotated[
        Words, Meta(description="Further headers; X-… and List-…, for example.")
    ] = {}
    in_reply_to: Annotated[
        str, Meta(description="Message-ID of what it answers: <part@domain>.")
    ] = ""
    references: Annotated[
        list[str], Meta(description="Message-IDs of what went before.")
    ] = []
    priority: Annotated[str, Meta(description="high, normal or low.")] = ""
    category: Annotated[str, Meta(description="transactional or bulk.")] = ""
    tags: Annotated[list[str], Meta(description="For the provider's statistics.")] = []
    metadata: Annotated[Words, Meta(description="Kept by the provider.")] = {}
    template_id: Annotated[
        str, Meta(description="Of a template that is kept at the provider.")
    ] = ""
    merge: Annotated[Words, Meta(description="What its blanks are filled with.")] = {}
    merge_for: Annotated[
        dict[str, Words], Meta(description="The same for single recipients.")
    ] = {}
    unsubscribe_url: Annotated[
        str, Meta(description="Where one click ends a subscription (RFC 8058).")
    ] = ""
    account: Annotated[
        str, Meta(description="Leave it out for the one that owns from.")
    ] = ""
    send_at: Annotated[
        Moment | None, Meta(description="When it is to leave; the reviewer is told.")
    ] = None
    expires_at: Annotated[
        Moment | None, Meta(description="When it is of no use any more.")
    ] = None
    note: Annotated[str, Meta(description="What the reviewer should know.")] = ""
    run_url: Annotated[
        str, Meta(description="Where your work can be looked at, with https://.")
    ] = ""
    revises: Annotated[
        str, Meta(description="Id of your earlier mail that this takes the place of.")
    ] = ""
    idempotency_key: Annotated[
        str, Meta(description="The same under the same key makes no second mail.")
    ] = ""


def read_document(json: Mapping[str, object]) -> DraftDocument:
    """Return what decoded JSON says, every key and type checked.

    Raises:
        FieldError: A key is unknown, or a value is of another type.
    """
    return read_struct(json, DraftDocument)


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
    said = json if isinstance(json, DraftDocument) else read_document(json)
    return Fields(
        sender=said.sender,
        sender_name=said.sender_name,
        to=tuple(said.to),
        cc=tuple(said.cc),
        bcc=tuple(said.bcc),
        reply_to=tuple(said.reply_to),
        subject=said.subject,
        text=said.text,
        html=said.html,
        markdown=said.markdown,
        attachments=tuple(file_to_attach(one, roots=roots) for one in said.attachments),
        headers=tuple(said.headers.items()),
        in_reply_to=said.in_reply_to,
        references=tuple(said.references),
        priority=said.priority,
        unsubscribe_url=said.unsubscribe_url,
        category=said.category,
        tags=tuple(said.tags),
        metadata=said.metadata,
        template_id=said.template_id,
        merge=said.merge,
        merge_for=said.merge_for,
        account=said.account,
        expires_at=said.expires_at,
        idempotency_key=said.idempotency_key,
    )


def document_handing(
    json: Mapping[str, object] | DraftDocument, *, door: str, key: str = ""
) -> Handing:
    """Return how a mail is handed in that was handed in as JSON.

    Args:
        json: As decoded, or as read.
        door: Through which door.
        key: What the request is called, where the door says that itself.

    Raises:
        FieldError: A key is unknown, or a value cannot be one; or the request is
            called one thing by the door, and another by itself.
    """
    said = json if isinstance(json, DraftDocument) else read_document(json)
    if key and said.idempotency_key not in {"", key}:
        raise FieldError(
            f"The request has two keys: {key[:60]!r} and "
            f"{said.idempotency_key[:60]!r}.",
            hint="Say one of them.",
            field="idempotency_key",
        )
    return Handing(
        door=door,
        key=key or said.idempotency_key,
        note=said.note,
        run_url=said.run_url,
        revises=said.revises,
        at=said.send_at,
    )
