"""From parts to the bytes of a message: RFC 5322 and RFC 2045 to 2049.

Own writer instead of the standard library's, which on supported Pythons can be
made to write headers that nobody asked for, chooses 8bit, holds attachments
whole several times over, and differs between versions.  The same parts give the
same bytes, always: CRLF line ends, ASCII, no line over 998 octets.

Pure: the bytes of files come in through ``read``, piece by piece.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from tuimail.core.encoding import (
    PIECE_BYTES,
    base64_lines,
    encode_text,
    parameter,
    plain_name,
)
from tuimail.core.headers import HeaderField, TokenHeader, write_headers
from tuimail.errors import DigestMismatchError

Read = Callable[[str], Iterable[bytes]]
"""Given the digest of a file, yields its bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPart:
    """Text to be read: ``text/plain`` or ``text/html``."""

    content_type: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePart:
    """An attached file, whose bytes are elsewhere."""

    name: str
    content_type: str
    digest: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiPart:
    """Parts in order: ``mixed``, or ``alternative`` with the richest last."""

    subtype: str
    parts: tuple["Part", ...]


Part = TextPart | FilePart | MultiPart

MIME_VERSION: Final = TokenHeader(name="MIME-Version", tokens=("1.0",))


def render(
    headers: Iterable[HeaderField], root: Part, *, boundary_seed: str, read: Read
) -> Iterator[bytes]:
    """Yield a message: first its whole header block with the empty line.

    Args:
        headers: All but those that say what the root part is; these follow.
        root: What the message consists of.
        boundary_seed: What makes the boundaries; the same seed, the same bytes.
        read: Yields the bytes of an attached file.

    Raises:
        DigestMismatchError: A file has not the size that its part says.
    """
    entity_headers, body = _entity(root, boundary_seed, read)
    yield write_headers((*headers, *entity_headers)) + b"\r\n"
    yield from body


def content_type(part: Part) -> str:
    """Return the type and subtype that ``part`` is declared as."""
    if isinstance(part, MultiPart):
        return f"multipart/{part.subtype}"
    return part.content_type


def content_header_names(part: Part) -> tuple[str, ...]:
    """Return the names of the headers that say what ``part`` is, in order."""
    match part:
        case TextPart():
            return ("Content-Type", "Content-Transfer-Encoding")
        case FilePart():
            return (
                "Content-Type",
                "Content-Transfer-Encoding",
                "Content-Disposition",
            )
        case _:
            return ("Content-Type",)


def _entity(
    part: Part, seed: str, read: Read
) -> tuple[tuple[TokenHeader, ...], Iterator[bytes]]:
    match part:
        case TextPart():
            encoding, body = encode_text(part.text)
            return _text_headers(part, encoding), _pieces(body)
        case FilePart():
            return _file_headers(part), base64_lines(_whole_file(part, read))
        case _:
            boundary = _boundary(seed)
            return _multi_headers(part, boundary), _multi_body(
                part, boundary, seed, read
            )


def _text_headers(part: TextPart, encoding: str) -> tuple[TokenHeader, ...]:
    return (
        _header("Content-Type", part.content_type, "charset=utf-8"),
        _header("Content-Transfer-Encoding", encoding),
    )


def _file_headers(part: FilePart) -> tuple[TokenHeader, ...]:
    old_name = parameter("name", plain_name(part.name))
    file_name = parameter("filename", part.name)
    return (
        _header("Content-Type", part.content_type, *old_name),
        _header("Content-Transfer-Encoding", "base64"),
        _header("Content-Disposition", "attachment", *file_name),
    )


def _multi_headers(part: MultiPart, boundary: str) -> tuple[TokenHeader, ...]:
    return (_header("Content-Type", content_type(part), f'boundary="{boundary}"'),)


def _header(name: str, value: str, *parameters: str) -> TokenHeader:
    *others, last = (value, *parameters)
    return TokenHeader(name=name, tokens=(*(f"{token};" for token in others), last))


def _multi_body(
    part: MultiPart, boundary: str, seed: str, read: Read
) -> Iterator[bytes]:
    line_end = b""
    for number, child in enumerate(part.parts):
        headers, body = _entity(child, f"{seed}/{number}", read)
        start = line_end + f"--{boundary}\r\n".encode()
        yield start + write_headers(headers) + b"\r\n"
        yield from body
        line_end = b"\r\n"
    yield f"\r\n--{boundary}--\r\n".encode()


def _boundary(seed: str) -> str:
    """Return a line that occurs in no part.

    ``=_`` cannot stand in base64 or quoted-printable, and text with a line that
    begins like a boundary is never left in 7bit. Two parts have two seeds.
    """
    return f"=_{sha256(seed.encode()).hexdigest()[:32]}"


def _pieces(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), PIECE_BYTES):
        yield body[start : start + PIECE_BYTES]


def _whole_file(part: FilePart, read: Read) -> Iterator[bytes]:
    size = 0
    for chunk in read(part.digest):
        size += len(chunk)
        yield chunk
    if size != part.size_bytes:
        raise DigestMismatchError(
            f"The stored copy of {part.name!r} has {size} octets "
            f"instead of {part.size_bytes}.",
            hint="Attach the file again.",
            field="attach",
        )
