"""Rows of data, as far as they are mails: the columns that a message has.

Whoever writes a row that is a mail by itself decides all of it, also which files
go along. Where the mails are written by somebody else, with blanks, a row fills
them, and may have files with it, but not name any: rows are often what strangers
typed.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from tuimail.api.message import Attachment, MessageFields
from tuimail.api.message import file_to_attach as to_attach
from tuimail.errors import FieldError
from tuimail.workspace.strict import (
    AttachmentDocument,
    Moment,
    file_to_attach,
    read_struct,
)

if TYPE_CHECKING:
    from tuimail.workspace.attaching import FileToAttach

FILES: Final = "attachments"
_NAMES: Final = frozenset(MessageFields.__annotations__)
_SAID_OTHERWISE: Final = {"from": "from_"}
"""What no field of a class can be called."""


class _Files(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    attachments: list[AttachmentDocument]


class _Until(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    expires_at: Moment


def message_fields(row: Mapping[str, object]) -> dict[str, Any]:
    """Return the fields that a row has; an empty cell says nothing.

    Raises:
        FieldError: A column is no field of a message, or a value cannot be read.
    """
    said: dict[str, Any] = {}
    for column, value in row.items():
        name = _SAID_OTHERWISE.get(column, column)
        if name not in _NAMES:
            raise FieldError(
                f"{str(column)[:60]!r} is no field of a message.",
                hint="Say what the mails are like, with a template or a text; "
                "then every column can stand in it as {{ column }}.",
                field="data",
            )
        if value is not None and value != "":
            said[name] = _READERS.get(name, _as_it_is)(value)
    return said


def enclosed(row: Mapping[str, object]) -> "tuple[FileToAttach, ...]":
    """Return the files that a row has with it, which fills in what others wrote.

    Raises:
        FieldError: It names a file instead.
    """
    found = _files(row.get(FILES) or ())
    if not isinstance(found, Sequence) or not all(map(_is_handed_over, found)):
        raise FieldError(
            "The column attachments holds no contents of files, and a row that fills "
            "in a template may not say which are read.",
            hint='Write [{"name": "a.pdf", "content": "…base64…"}]; or call the column '
            "otherwise, and allow it: --attach '{{ file }}'",
            field=FILES,
        )
    return tuple(map(to_attach, found))


def attachment_of(file: "FileToAttach") -> Attachment:
    """Return a file as a message has it."""
    return Attachment(
        source=file.source,
        name=file.name,
        content_type=file.content_type,
        content_id=file.content_id,
    )


def _is_handed_over(file: object) -> bool:
    return isinstance(file, Attachment) and not isinstance(file.source, str | Path)


def _files(said: object) -> object:
    """Return files as a message takes them; what is none is for that to refuse."""
    if isinstance(said, str):
        return (said,)
    if not isinstance(said, list) or not any(isinstance(one, Mapping) for one in said):
        return said
    described = [{"path": one} if isinstance(one, str) else one for one in said]
    read = read_struct({FILES: described}, _Files).attachments
    return tuple(attachment_of(file_to_attach(one, roots=None)) for one in read)


def _until(said: object) -> object:
    if not isinstance(said, str):
        return said
    return read_struct({"expires_at": said}, _Until).expires_at


def _as_it_is(said: object) -> object:
    return said


_READERS: Final = {FILES: _files, "expires_at": _until}
