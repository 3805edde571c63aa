"""What a program says in JSON, read strictly, and the files that it hands in so.

A key that nobody knows is refused, so that none is ever obeyed by accident, or
ignored by one; a file is its content or a path, and never an address to fetch.
"""

import difflib
import os
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Final, TypeVar

import msgspec
from msgspec import Meta

from tuimail.core.patterns import regex
from tuimail.errors import AttachmentError, FieldError
from tuimail.settings.files import expanded
from tuimail.workspace.attaching import FileToAttach

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


def read_struct(json: Mapping[str, object], kind: type[Said]) -> Said:
    """Return what decoded JSON says as a value of ``kind``, every key and type checked.

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
    for key in json:
        _require_reckoned(key, getattr(said, _names(kind)[key]))
    return said


@cache
def _names(kind: type[msgspec.Struct]) -> Mapping[str, str]:
    """Return how the fields of ``kind`` are called here, by their keys."""
    keys, names = kind.__struct_encode_fields__, kind.__struct_fields__
    return dict(zip(keys, names, strict=True))


def file_to_attach(
    said: AttachmentDocument, *, roots: tuple[Path, ...] | None
) -> FileToAttach:
    """Return a file that was handed in, nothing of which is read yet.

    Args:
        said: What was said of it.
        roots: Folders that files may be named in; None for what a person lets say
            where files are, wherever that is.

    Raises:
        AttachmentError: It may not be named like that.
    """
    if (said.content is None) == (not said.path):
        raise AttachmentError(
            "An attachment is either its content or where it is: one of the two.",
            hint='Write {"name": "report.pdf", "content": "…base64…"}.',
            field="attachments",
        )
    return FileToAttach(
        source=_source(said, roots),
        name=said.name,
        content_type=said.type,
        content_id=said.content_id,
        roots=roots,
    )


def _source(said: AttachmentDocument, roots: tuple[Path, ...] | None) -> Path | bytes:
    if said.content is not None:
        return said.content
    return Path(said.path) if roots is None else _path(said.path, roots)


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


def _refuse_unknown(
    said: Mapping[str, object], kind: type[msgspec.Struct], *, place: str
) -> None:
    known = _names(kind)
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
_KINDS: Final = regex("`([^`]*)`")
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
