"""The parts of a message as servers write them, read as far as that goes.

Unlike ``core.handed_in``, which refuses what could be read in two ways, this takes
what it can get: nothing is sent because of it. Whatever is in a message, reading
it takes time in proportion to its length, and none raises an error.

Pure.
"""

import binascii
from collections.abc import Iterator, Mapping
from typing import Final

from tuimail.core.patterns import regex
from tuimail.core.values import dataclass

HEADER_LIMIT_BYTES: Final = 256 * 1024
"""Of one header; what is beyond is not looked at."""
VALUE_LIMIT: Final = 2_000
"""Characters of one header field, or of one field of a report."""
PARTS_LIMIT: Final = 50
DEPTH_LIMIT: Final = 3
"""Multiparts within one another that are looked into."""

_LINE_END: Final = regex(rb"\r?\n")
_EMPTY_LINE: Final = regex(rb"\r?\n[ \t]*+\r?\n")
_BEFORE: Final = regex(rb"(?:\xef\xbb\xbf)?\s*+(?:From [^\r\n]*+\r?\n)?")
_NEXT_FIELD: Final = regex(r"\r?\n(?![ \t])")
_NAME: Final = regex(r"[!-9;-~]{1,100}")
_BLANKS: Final = regex(r"[\s\x00]+")
_PARAMETER: Final = regex(
    r';\s*+([!#-\'*+\-.0-9A-Z^_`a-z{|}~]+)\s*+=\s*+("(?:[^"\\]|\\.)*+"|[^;\s]*+)'
)
_ESCAPED: Final = regex(r"\\(.)")
_END_OF_DELIMITER: Final = regex(rb"(--)?[ \t]*+(?:\r?\n|\Z)")

Fields = Mapping[str, str]
"""By lower-case name, unfolded; of several of one name, the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A message or a part of one."""

    fields: Fields
    start: int
    """Where the content begins."""
    end: int

    @property
    def type(self) -> str:
        """Type and subtype, lower case; text/plain where nothing is said."""
        word = self.fields.get("content-type", "").partition(";")[0]
        return word.strip().lower() or "text/plain"

    def parameter(self, name: str) -> str:
        """Return a parameter of the type, without its quotes; or nothing."""
        _, semicolon, rest = self.fields.get("content-type", "").partition(";")
        for found in _PARAMETER.finditer(semicolon + rest):
            if found[1].lower() == name:
                return _unquoted(found[2])
        return ""


def read_part(raw: bytes, start: int, end: int) -> Part:
    """Return what begins at ``start``: its header, and where its content is."""
    start = _skipped(raw, start, end)
    bare = _LINE_END.match(raw, start, end)
    if bare is not None:
        return Part(fields={}, start=bare.end(), end=end)
    limit = min(end, start + HEADER_LIMIT_BYTES)
    found = _EMPTY_LINE.search(raw, start, limit)
    block = raw[start : found.start() if found else limit]
    return Part(
        fields=read_fields(_text(block)), start=found.end() if found else end, end=end
    )


def read_fields(block: str) -> dict[str, str]:
    """Return the fields in a block of ``NAME: VALUE`` lines; other lines are not."""
    found: dict[str, str] = {}
    for line in _NEXT_FIELD.split(block):
        name, colon, value = line.partition(":")
        name = name.rstrip()
        if colon and _NAME.fullmatch(name):
            text = _BLANKS.sub(" ", value[:VALUE_LIMIT]).strip()
            found.setdefault(name.lower(), text)
    return found


def leaves(raw: bytes, part: Part, depth: int = 0) -> Iterator[Part]:
    """Yield the parts within ``part`` that have none themselves, in order."""
    for one in _children(raw, part):
        if not one.type.startswith("multipart/"):
            yield one
        elif depth + 1 < DEPTH_LIMIT:
            yield from leaves(raw, one, depth + 1)


def content(raw: bytes, part: Part, limit_bytes: int) -> str:
    """Return the beginning of a part's content as text, its encoding undone."""
    found = raw[part.start : min(part.end, part.start + limit_bytes)]
    encoding = part.fields.get("content-transfer-encoding", "").strip().lower()
    try:
        if encoding == "base64":
            found = binascii.a2b_base64(_whole(found))
        elif encoding == "quoted-printable":
            found = binascii.a2b_qp(found)
    except binascii.Error:
        return ""
    return _text(found)


def _children(raw: bytes, part: Part) -> Iterator[Part]:
    boundary = part.parameter("boundary")
    if not boundary:
        return
    delimiter = b"--" + boundary.encode()
    start, count = -1, 0
    for position, after, is_last in _delimiters(raw, delimiter, part):
        if start >= 0:
            yield read_part(raw, start, position)
            count += 1
        if is_last or count == PARTS_LIMIT:
            return
        start = after
    if start >= 0:
        yield read_part(raw, start, part.end)


def _delimiters(
    raw: bytes, delimiter: bytes, part: Part
) -> Iterator[tuple[int, int, bool]]:
    """Yield each delimiter line: its begin, its end, whether it is the last."""
    position = raw.find(delimiter, part.start, part.end)
    while position >= 0:
        after = position + len(delimiter)
        begins_line = position == part.start or raw[position - 1] == ord("\n")
        found = _END_OF_DELIMITER.match(raw, after, part.end) if begins_line else None
        if found is not None:
            yield position, found.end(), found[1] is not None
            after = found.end()
        position = raw.find(delimiter, after, part.end)


def _skipped(raw: bytes, start: int, end: int) -> int:
    """Return where a header begins that other lines stand before."""
    found = _BEFORE.match(raw, start, end)
    return found.end() if found is not None and start == 0 else start


def _whole(written: bytes) -> bytes:
    """Return base64 that may have been cut off, up to where it can be undone."""
    letters = written.translate(None, b" \t\r\n")
    return letters[: len(letters) - len(letters) % 4]


def _unquoted(written: str) -> str:
    """Return what is in quotes, also where the last of them was forgotten."""
    if not written.startswith('"'):
        return written
    return _ESCAPED.sub(r"\1", written[1:].removesuffix('"'))


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "replace")
