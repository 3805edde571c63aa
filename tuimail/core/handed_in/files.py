"""Which name, type and Content-ID a part gets as an attachment.

An attachment has a type without parameters, and its octets stay as they are: a
text file in another charset than UTF-8 is one that readers must guess at, and
that is noted. A mail within the mail becomes a file, because ``message/rfc822``
may not be encoded (RFC 2046 §5.2.1), so that its lines could not be kept.

Pure.
"""

import re
from typing import Final
from urllib.parse import unquote

from tuimail.core.draft import check_content_id
from tuimail.core.handed_in.entities import Entity
from tuimail.core.handed_in.notes import Notes, refused
from tuimail.core.html.references import unescaped
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.errors import FieldError

_CID: Final = regex(r"cid:([^\s\"'<>)]+)", re.IGNORECASE)
_MAIL: Final = frozenset({"message/rfc822", "message/global"})
_FILE_TYPE: Final = "application/octet-stream"
_ENDINGS: Final = {
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
    **dict.fromkeys(_MAIL, ".eml"),
}
"""For parts without a name; a table of our own, as each machine has another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedInFile:
    """One file, named as it was; whether it may be is asked when it is attached."""

    name: str
    content_type: str
    content: bytes
    content_id: str = ""


def is_mail(entity: Entity) -> bool:
    """Return whether a part is a whole mail."""
    return entity.type in _MAIL


def file_name(entity: Entity, notes: Notes) -> str:
    """Return what the file is called; from its number where it has no name."""
    names = (*entity.disposition.texts("filename"), *entity.media.texts("name"))
    ending = _ENDINGS.get(entity.type, ".bin")
    name = names[0] if names else f"part-{entity.number}{ending}"
    _note_other_names(name, names, notes)
    if is_mail(entity) and not name.lower().endswith(ending):
        return f"{name}{ending}"
    return name


def file_type(entity: Entity, content: bytes, name: str, notes: Notes) -> str:
    """Return the type of the file, and note what is lost with its parameters.

    Raises:
        FieldError: It is a kind of message that is no file.
    """
    if is_mail(entity):
        notes.warn(
            "mime.structure",
            f"A mail within this mail goes as the file {name}, with its own headers.",
            field="attach",
            hint="Read it: what it says and whom it names goes along.",
            place=name,
        )
        return _FILE_TYPE
    if entity.type.startswith("message/"):
        raise refused(
            f"{entity.called} is {entity.type}, which only mail programs write.",
            hint="Attach what it holds as a file.",
        )
    _note_lost_charset(entity, content, name, notes)
    return entity.type


def content_id(
    entity: Entity, *, wanted: frozenset[str], is_related: bool, notes: Notes
) -> str:
    """Return what the HTML calls the part by; empty for a file to be saved.

    Many programs give every attachment a Content-ID, so one that is not asked
    for means nothing, but among the parts that belong to the HTML.
    """
    found = entity.header.value("content-id").strip("<> \t")
    is_belonging = is_related and entity.disposition.word != "attachment"
    if not found or (found not in wanted and not is_belonging):
        return ""
    try:
        check_content_id(found)
    except FieldError:
        notes.warn(
            "mime.structure",
            f"{entity.called} has the Content-ID {found[:60]!r}, which cannot be "
            "written; it goes as a file.",
            field="inline",
            hint="Use letters, digits, dots and hyphens, in the HTML too.",
        )
        return ""
    return found


def wanted_ids(source: str) -> frozenset[str]:
    """Return the Content-IDs that HTML asks for (RFC 2392)."""
    return frozenset(unquote(unescaped(found)) for found in _CID.findall(source))


def _note_other_names(name: str, names: tuple[str, ...], notes: Notes) -> None:
    """Note names that would make another kind of file of it."""
    for other in names:
        if _ending(other) != _ending(name):
            notes.warn(
                "mime.structure",
                f"A file has two names, {name} and {other}; it goes as {name}.",
                field="attach",
                hint="Look at what kind of file it is.",
                place=other,
            )


def _ending(name: str) -> str:
    return name.rpartition(".")[2].strip().casefold()


def _note_lost_charset(entity: Entity, content: bytes, name: str, notes: Notes) -> None:
    charset = entity.media.plain("charset").lower()
    is_text = entity.type.startswith("text/")
    if is_text and charset not in {"", "utf-8"} and not content.isascii():
        notes.warn(
            "mime.charset",
            f"The file {name} is in {charset[:60]}, which is not said any more.",
            field="attach",
            hint="Save it as UTF-8, and attach that.",
            place=name,
        )
