"""From parts to the bytes of a message: RFC 5322 and RFC 2045 to 2049.

Own writer instead of the standard library's, which on supported Pythons can be
made to write headers that nobody asked for, chooses 8bit, holds attachments
whole several times over, and differs between versions.  The same parts give the
same bytes, always: CRLF line ends, ASCII, no line over 998 octets.

Pure: the bytes of files come in through ``read``, piece by piece.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from hashlib import sha256
from typing import Final

from tuimail.core.values import dataclass
from tuimail.core.wire.encoding import (
    PIECE_BYTES,
    base64_lines,
    encode_text,
    parameter,
    plain_name,
    with_lf,
)
from tuimail.core.wire.headers import HeaderField, TokenHeader, write_headers
from tuimail.errors import DigestMismatchError

Read = Callable[[str], Iterable[bytes]]
"""Given the digest of a file, yields its bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPart:
    """Text to be read: ``text/plain`` or ``text/html``."""

    content_type: str
    text: str
    is_flowed: bool = False
    """Whether long paragraphs are cut, and said to be (RFC 3676)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePart:
    """A file to be saved, or to be shown within HTML; its bytes are elsewhere."""

    name: str
    content_type: str
    digest: str
    size_bytes: int
    content_id: str = ""
    """What HTML calls it by, without brackets; empty where it does not."""
    is_inline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiPart:
    """Parts in order.

    ``mixed``; ``related``, what the others belong to first; or ``alternative``,
    the richest last.
    """

    subtype: str
    parts: tuple["Part", ...]


Part = TextPart | FilePart | MultiPart

_FILE_HEADERS: Final = (
    "Content-Type",
    "Content-Transfer-Encoding",
    "Content-Disposition",
)

MIME_VERSION: Final = TokenHeader(name="MIME-Version", tokens=("1.0",))


def render(
    headers: Iterable[HeaderField], root: Part, *, boundary_seed: str, read: Read
) -> tuple[bytes, Iterable[bytes]]:
    """Return a message: its whole header block with the empty line, and its body.

    Args:
        headers: All but those that say what the root part is; these follow.
        root: What the message consists of.
        boundary_seed: What makes the boundaries; the same seed, the same bytes.
        read: Yields the bytes of an attached file.

    Raises:
        DigestMismatchError: A file has not the size that its part says; as soon as
            the body comes to its end.
    """
    head, body = _entity(root, boundary_seed, read)
    return write_headers(headers) + head, body


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
            return (*_FILE_HEADERS, "Content-ID") if part.content_id else _FILE_HEADERS
        case _:
            return ("Content-Type",)


def content_type_header(part: Part, *, boundary_seed: str) -> TokenHeader:
    """Return the header that says which type ``part`` has, with its parameters."""
    match part:
        case TextPart():
            return _text_type(part.content_type, is_flowed=part.is_flowed)
        case FilePart():
            old_name = parameter("name", plain_name(part.name))
            return _header("Content-Type", part.content_type, *old_name)
        case _:
            return _multi_type(part, _boundary(boundary_seed))


def _entity(part: Part, seed: str, read: Read) -> tuple[bytes, Iterable[bytes]]:
    """Return the headers of ``part`` with the empty line, and what follows."""
    match part:
        case TextPart():
            text = _flowed(part.text) if part.is_flowed else part.text
            encoding, body = encode_text(text)
            head = _text_head(part.content_type, encoding, is_flowed=part.is_flowed)
            return head, _pieces(body)
        case FilePart():
            return _file_head(part), base64_lines(_whole_file(part, read))
        case _:
            boundary = _boundary(seed)
            head = write_headers([_multi_type(part, boundary)]) + b"\r\n"
            return head, _multi_body(part.parts, boundary, seed, read)


def _flowed(text: str) -> str:
    from tuimail.core.wire.flowed import flow  # noqa: PLC0415 - for who asks for it

    return flow(with_lf(text))


@cache
def _text_head(content_type: str, encoding: str, *, is_flowed: bool) -> bytes:
    type_header = _text_type(content_type, is_flowed=is_flowed)
    return write_headers([type_header, _transfer_encoding(encoding)]) + b"\r\n"


def _text_type(content_type: str, *, is_flowed: bool) -> TokenHeader:
    flowed = ("format=flowed",) if is_flowed else ()
    return _header("Content-Type", content_type, "charset=utf-8", *flowed)


def _file_head(part: FilePart) -> bytes:
    disposition = "inline" if part.is_inline else "attachment"
    file_name = parameter("filename", part.name)
    headers = [
        content_type_header(part, boundary_seed=""),
        _transfer_encoding("base64"),
        _header("Content-Disposition", disposition, *file_name),
    ]
    if part.content_id:
        headers.append(_header("Content-ID", f"<{part.content_id}>"))
    return write_headers(headers) + b"\r\n"


def _multi_type(part: MultiPart, boundary: str) -> TokenHeader:
    """Return the type; ``related`` names that of its root (RFC 2387 §3.1)."""
    is_related = part.subtype == "related"
    root = (f'type="{content_type(part.parts[0])}"',) if is_related else ()
    return _header("Content-Type", content_type(part), *root, f'boundary="{boundary}"')


def _transfer_encoding(encoding: str) -> TokenHeader:
    return _header("Content-Transfer-Encoding", encoding)


def _header(name: str, value: str, *parameters: str) -> TokenHeader:
    *others, last = (value, *parameters)
    return TokenHeader(name=name, tokens=(*(f"{token};" for token in others), last))


def _multi_body(
    parts: tuple[Part, ...], boundary: str, seed: str, read: Read
) -> Iterator[bytes]:
    delimiter = f"--{boundary}\r\n".encode()
    for number, part in enumerate(parts):
        head, body = _entity(part, f"{seed}/{number}", read)
        yield delimiter + head
        yield from body
        yield b"\r\n"
    yield f"--{boundary}--\r\n".encode()


def _boundary(seed: str) -> str:
    """Return a line that occurs in no part.

    ``=_`` cannot stand in base64 or quoted-printable, and text with a line that
    begins like a boundary is never left in 7bit. Two parts have two seeds.
    """
    return f"=_{sha256(seed.encode()).hexdigest()[:32]}"


def _pieces(body: bytes) -> Iterable[bytes]:
    if len(body) <= PIECE_BYTES:
        return (body,) if body else ()
    starts = range(0, len(body), PIECE_BYTES)
    return (body[start : start + PIECE_BYTES] for start in starts)


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
