"""What a program says about a mail in JSON, as fields: read strictly.

One model for all doors that take JSON: what HTTP documents, what MCP offers as
its schema, and what is read are the same. A key that nobody knows is refused, so
that none is ever obeyed by accident, or ignored by one.
"""

import difflib
import os
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, TypeVar

import msgspec
from msgspec import Meta

from tuimail.errors import AttachmentError, FieldError
from tuimail.intake.gate import Handing
from tuimail.settings.files import expanded
from tuimail.workspace.attaching import FileToAttach
from tuimail.workspace.fields import Fields

Addresses = Annotated[
    list[str], Meta(description="One mailbox an item: ana@x.example, or Ana <ana@…>.")
]
Words = dict[str, str]
Moment = Annotated[datetime, Meta(tz=True)]
Said = TypeVar("Said", bound=msgspec.Struct)


class AttachmentDocument(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A file: its content as base64, or where it is; never an address to fetch."""

    name: Annotated[str, Meta(description="As the receiver is to see it.")] = ""
    content: Annotated[
        bytes | None, Meta(description="The file itself, as base64 (RFC 4648 §4).")
    ] = None
    path: Annotated[
        str,
        Meta(description="Where it is, from the root, in a folder that is allowed."),
    ] = ""
    type: Annotated[str, Meta(description="For example application/pdf.")] = ""
    content_id: Annotated[
        str, Meta(description="What the HTML calls it by, after cid:.")
    ] = ""


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


def read_struct(json: Mapping[str, object], kind: type[Said]) -> Said:
    """Return what decoded JSON says as a value of ``kind``, checked as above.

    Raises:
        FieldError: A key is unknown, or a value is of another type.
    """
    _refuse_unknown(json, kind, place="")
    files = json.get("attachments")
    for number, file in enumerate(files if isinstance(files, list) else ()):
        if isinstance(file, Mapping):
            _refuse_unknown(file, AttachmentDocument, place=f"attachments[{number}].")
    try:
        said = msgspec.convert(json, kind)
    except msgspec.ValidationError as error:
        raise _mistyped(str(error)) from error
    for key, name in zip(
        kind.__struct_encode_fields__, kind.__struct_fields__, strict=True
    ):
        _require_reckoned(key, getattr(said, name))
    return said


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
        attachments=tuple(_file(one, roots) for one in said.attachments),
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


def _refuse_unknown(
    said: Mapping[str, object], kind: type[msgspec.Struct], *, place: str
) -> None:
    known = kind.__struct_encode_fields__
    for key in said:
        if key not in known:
            raise FieldError(
                f"There is no field {place}{key[:60]}.",
                hint=_nearest(key, known),
                field=f"{place}{key[:60]}",
            )


def _require_reckoned(field: str, value: object) -> None:
    """Refuse a time so far off that a day before or after it is none any more.

    Python's end with the years 1 and 9999, in whichever zone they are said.

    Raises:
        FieldError: It is one.
    """
    if not isinstance(value, datetime):
        return
    try:
        is_reckoned = _FIRST_YEAR <= value.astimezone(UTC).year <= _LAST_YEAR
    except OverflowError:
        is_reckoned = False
    if not is_reckoned:
        raise FieldError(
            f"The field {field} is wrong: {value.isoformat()} is too far off.",
            hint="Write a time of these years, or leave it out.",
            field=field,
        )


_FIRST_YEAR: Final = 1970
_LAST_YEAR: Final = 9998


def _nearest(key: str, known: Iterable[str]) -> str:
    if key in _ADDRESSES:
        return "Nothing is fetched for you: hand in its content, as base64."
    near = difflib.get_close_matches(key[:60], known, n=1)
    return f"Did you mean {near[0]}?" if near else f"There are: {', '.join(known)}."


_ADDRESSES: Final = frozenset({"url", "uri", "href", "link"})


def _mistyped(text: str) -> FieldError:
    """Return what msgspec found, e.g. ``Expected `array`, got `str` - at `$.to```."""
    what, _, path = text.partition(" - at `$.")
    field = path.rstrip("`") or "body"
    hints = [hint for start, hint in _HINTS.items() if what.startswith(start)]
    what = _KINDS.sub(_plainly, what)
    return FieldError(
        f"The field {field} is wrong: {what[:1].lower()}{what[1:]}.",
        hint=hints[0] if hints else "Look at the schema of a draft.",
        field=field,
    )


_HINTS: Final = {
    "Expected `array`": "Write a list, also where it has one item: "
    '["bob@partner.example"]',
    "Expected `datetime` with": "Add its offset: 2027-01-31T08:00:00+01:00",
}
"""By how what msgspec found begins."""
_KINDS: Final = re.compile("`([^`]*)`")
_PLAIN: Final = {
    "array": "a list",
    "bool": "true or false",
    "datetime": "a time",
    "float": "a number",
    "int": "a number",
    "null": "nothing",
    "object": "an object",
    "str": "text",
}


def _plainly(found: re.Match[str]) -> str:
    kinds = found[1].split(" | ")
    return " or ".join(_PLAIN.get(kind, kind) for kind in kinds)


def _file(said: AttachmentDocument, roots: tuple[Path, ...]) -> FileToAttach:
    if (said.content is None) == (not said.path):
        raise AttachmentError(
            "An attachment is either its content or where it is: one of the two.",
            hint='Write {"name": "report.pdf", "content": "…base64…"}.',
            field="attachments",
        )
    return FileToAttach(
        source=_path(said.path, roots) if said.content is None else said.content,
        name=said.name,
        content_type=said.type,
        content_id=said.content_id,
        roots=roots,
    )


def _path(text: str, roots: tuple[Path, ...]) -> Path:
    """Return the path, if it is in one of ``roots`` as it is written.

    Before anything is opened: of what is elsewhere, not even is told whether it
    is there. Where it really leads is asked of the open file.
    """
    path = expanded(Path(text))
    written = [expanded(one) for one in roots]
    real = [Path(os.path.realpath(one)) for one in written]
    is_inside = any(path.is_relative_to(one) for one in (*written, *real))
    if ".." in path.parts or not path.is_absolute() or not is_inside:
        raise AttachmentError(
            f"{text[:200]} is outside the folders that programs may attach files from.",
            hint="Put it into one of them, or hand in its content as base64.",
            field="attachments",
        )
    return path
