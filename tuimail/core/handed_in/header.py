"""The header of a message or of a part, taken apart into fields.

Where two programs could see different fields it is refused: that is how a
message is made to say one thing to a checker and another to a reader.

Pure.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from tuimail.core.characters import NOT_IN_A_NOTE, describe, not_in_a_line
from tuimail.core.handed_in.notes import REPLACEMENT, Notes, refused, shown
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass

HEADER_LIMIT_BYTES: Final = 2_000_000
"""Enough for 20,000 recipients with their names."""
FIELDS_LIMIT: Final = 1_000

_SINGLE: Final = frozenset({
    "cc", "content-disposition", "content-id", "content-transfer-encoding",
    "content-type", "date", "from", "in-reply-to", "list-unsubscribe",
    "list-unsubscribe-post", "message-id", "mime-version", "references", "reply-to",
    "sender", "subject", "to",
})  # fmt: skip
"""What may be there once (RFC 5322 §3.6, RFC 2045). Bcc is not among them:
whoever stands in any of them gets a copy and is named nowhere."""
_END: Final = regex(rb"\n\r?\n")
_NEXT_FIELD: Final = regex(r"\n(?![ \t])")
_BLANK_FOLD: Final = regex(r"\n[ \t]*+(?:\n|\Z)")
_NAME: Final = regex(r"[!-9;-~]+")
_BARE_CR: Final = regex(rb"\r(?!\n)")


@dataclass(frozen=True, slots=True)
class Field:
    """One header field, unfolded."""

    name: str
    """As it was written."""
    value: str
    """Without the blanks around it; encoded words are still encoded."""


@dataclass(frozen=True, slots=True)
class Header:
    """The fields of a message or of a part, in order."""

    fields: tuple[Field, ...]

    def value(self, name: str) -> str:
        """Return what the first field of that name says, or nothing."""
        return next(iter(self.values(name)), "")

    def values(self, name: str) -> tuple[str, ...]:
        """Return what every field of that lower-case name says."""
        return tuple(one.value for one in self.fields if one.name.lower() == name)


def read_header(raw: bytes, start: int, end: int, notes: Notes) -> tuple[Header, int]:
    """Return the header that begins at ``start``, and where its content begins.

    Where the notes are lenient, what is no text is shown as U+FFFD.

    Raises:
        FieldError: It is too long, two programs could read different fields in
            it, or a character is in it that no header may have.
    """
    block_end, content = _extent(raw, start, end)
    if block_end - start > HEADER_LIMIT_BYTES:
        raise refused(
            f"A header has {block_end - start:,} bytes, where "
            f"{HEADER_LIMIT_BYTES:,} are the limit.",
            hint="Shorten it; an empty line ends a header.",
        )
    block = raw[start:block_end]
    if notes.is_lenient:
        block = _mended(block, notes)
    fields = tuple(_fields(_text(block)))
    _refuse_twice(fields)
    return Header(fields), content


def _extent(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Return where the header ends, and where what follows the empty line begins."""
    for empty_line in (b"\r\n", b"\n"):
        if raw.startswith(empty_line, start, end):
            return start, start + len(empty_line)
    found = _END.search(raw, start, end)
    return (found.start() + 1, found.end()) if found else (end, end)


def _mended(block: bytes, notes: Notes) -> bytes:
    """Return the header with U+FFFD for what could not be a character of one."""
    text = NOT_IN_A_NOTE.sub(REPLACEMENT, block.decode("utf-8", "replace"))
    mended = text.encode()
    if mended != block:
        notes.warn(
            "mime.encoding",
            "The header has bytes that are no text in UTF-8, or act on a terminal; it "
            f"shows “{REPLACEMENT}” there.",
            field="header",
            hint="Look at where it comes from, if what is missing matters.",
        )
    return mended


def _text(block: bytes) -> str:
    """Return the header as text: ASCII, or UTF-8 (RFC 6532)."""
    if _BARE_CR.search(block):
        raise refused(
            "The header has a carriage return without a line feed, which some "
            "programs take for the end of a line.",
            hint="End every line with CRLF, or every line with LF.",
        )
    try:
        return block.decode().replace("\r\n", "\n").removesuffix("\n")
    except UnicodeDecodeError as error:
        raise refused(
            f"The header has the byte {block[error.start]:#04x}, which is neither "
            "ASCII nor UTF-8.",
            hint="Write it as UTF-8, or as encoded words (RFC 2047).",
        ) from None


def _fields(block: str) -> Iterator[Field]:
    lines = _NEXT_FIELD.split(block) if block else []
    if len(lines) > FIELDS_LIMIT:
        raise refused(
            f"A header has {len(lines):,} fields, where {FIELDS_LIMIT:,} are the "
            "limit.",
            hint="Leave out what no reader needs.",
        )
    for line in lines:
        yield _field(line)


def _field(line: str) -> Field:
    name, colon, value = line.partition(":")
    if not colon or not _NAME.fullmatch(name):
        raise refused(
            f"The header has {shown(line)}, which is no header field.",
            hint="A field is NAME: VALUE, and an empty line ends the header.",
        )
    if _BLANK_FOLD.search(value):
        raise refused(
            f"The header {name[:60]} has a line of blanks only, which some programs "
            "take for the end of the header.",
            hint="Remove that line.",
        )
    value = value.replace("\n", "").strip(" \t")
    unfit = not_in_a_line(value)
    if unfit:
        raise refused(
            f"The header {name[:60]} contains {describe(unfit)}.",
            hint="Remove it.",
        )
    return Field(name, value)


def _refuse_twice(fields: tuple[Field, ...]) -> None:
    counts = Counter(field.name.lower() for field in fields)
    for field in fields:
        if field.name.lower() in _SINGLE and counts[field.name.lower()] > 1:
            raise refused(
                f"The header {field.name} is there {counts[field.name.lower()]} "
                "times, and readers show different ones.",
                hint="Leave one of them (RFC 5322 §3.6).",
            )
