"""The parts of a rendered message, found for looking at them.

In time that grows with the size, and without copying files line by line as the
standard library's parser does; that is only shown headers here, one block at a
time, and none that would cost it more than they are long.

Pure.
"""

import binascii
import codecs
import quopri
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesHeaderParser
from typing import Final

from tuimail.core.patterns import regex
from tuimail.core.values import dataclass, replace
from tuimail.core.wire.encoded_words import decoded_words

HEADERS_LIMIT: Final = 200_000
"""So many octets of one block of headers are read."""
PARAMETERS_LIMIT: Final = 4_000
"""A longer field with parameters is not read: its parser is quadratic."""
DEPTH_LIMIT: Final = 20
"""So deep parts are looked for in one another."""

_LF: Final = 10
_LINE_END: Final = regex(rb"\r?\n")
_EMPTY_LINE: Final = regex(rb"\r?\n\r?\n")
_FOLD: Final = regex(r"\r?\n(?=[ \t])")
_END_OF_DELIMITER: Final = regex(rb"(--)?[ \t]*(?:\r?\n|\Z)")
_NOT_FOR_MAIL: Final = frozenset({
    "idna", "mbcs", "oem", "punycode", "raw-unicode-escape", "undefined",
    "unicode-escape",
})  # fmt: skip
"""Text encodings of Python that no mail is in, some of them slow or wrong."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where something stands in a message; it is copied only when it is read."""

    raw: bytes
    """The whole message."""
    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def count(self, octets: bytes) -> int:
        """Return how often ``octets`` are in it."""
        return self.raw.count(octets, self.start, self.end)

    def read(self, limit_bytes: int | None = None) -> bytes:
        """Return what is there, or so many octets of it."""
        end = self.end if limit_bytes is None else self.start + limit_bytes
        return self.raw[self.start : min(end, self.end)]

    def last(self, number: int) -> bytes:
        """Return its last octets."""
        return self.raw[max(self.end - number, self.start) : self.end]


@dataclass(frozen=True, slots=True)
class Part:
    """One part as it stands in the message; a container has parts in it."""

    headers: Message
    content: Span
    """Still encoded; for a container everything in it."""
    depth: int
    """How many containers it is in."""
    is_container: bool

    @property
    def content_type(self) -> str:
        """Type and subtype, ``text/plain`` where the message does not say."""
        return self.headers.get_content_type()

    @property
    def name(self) -> str:
        """File name, or empty."""
        try:
            name = self.headers.get_filename("")
        except ValueError:  # its charset holds a NUL
            return ""
        return decoded_words(name or "")

    @property
    def is_file(self) -> bool:
        """Whether it is to be saved, not to be read in its place."""
        return self.disposition == "attachment"

    @property
    def disposition(self) -> str:
        """``inline``, ``attachment``, another word, or empty."""
        return self.headers.get_content_disposition() or ""

    @property
    def content_id(self) -> str:
        """What HTML calls it by, without brackets, or empty (RFC 2392)."""
        return _plain(self.headers.get("content-id")).strip("<>")

    @property
    def encoding(self) -> str:
        """The transfer encoding in lower case, empty where none is said."""
        return _plain(self.headers.get("content-transfer-encoding")).lower()

    @property
    def charset(self) -> str:
        """What the message says that a text is written in, or empty."""
        return self.parameter("charset").lower()

    def parameter(self, name: str) -> str:
        """Return a parameter of the content type, or empty."""
        value = self.headers.get_param(name)
        return _plain(value[2] if isinstance(value, tuple) else value)

    def text(self, *, limit_bytes: int) -> str:
        """Return the content as text; what cannot be decoded shows as such."""
        content = self.decoded(limit_bytes=limit_bytes)
        try:
            return content.decode(self._codec(), errors="replace")
        except LookupError:
            return content.decode(errors="replace")

    def decoded(self, *, limit_bytes: int) -> bytes:
        """Return the content without its transfer encoding.

        Args:
            limit_bytes: So many octets of the encoded content are looked at.
        """
        return self._decoded(self.content.read(limit_bytes))

    def size_bytes(self) -> int:
        """Return how many octets it has after decoding."""
        if self.encoding == "quoted-printable":
            return len(self._decoded(self.content.read()))
        if self.encoding != "base64":
            return len(self.content)
        line_ends = self.content.count(b"\n") + self.content.count(b"\r")
        padding = self.content.last(8).count(b"=")
        return max((len(self.content) - line_ends) * 3 // 4 - padding, 0)

    def _decoded(self, content: bytes) -> bytes:
        encoding = self.encoding
        if encoding == "quoted-printable":
            return quopri.decodestring(content)
        return _from_base64(content) if encoding == "base64" else content

    def _codec(self) -> str:
        try:
            found = codecs.lookup(self.charset or "utf-8").name.replace("_", "-")
        except (LookupError, ValueError):
            return "utf-8"
        return "utf-8" if found in _NOT_FOR_MAIL else found


def header_fields(raw: bytes) -> tuple[tuple[str, str], ...]:
    """Return names and values of the message's own header, for people."""
    headers, _ = _split(Span(raw, 0, len(raw)))
    return tuple((name, _readable(str(value))) for name, value in headers.raw_items())


def walk(raw: bytes) -> Iterator[Part]:
    """Yield every part of a message in order, containers before what is in them."""
    waiting = [(Span(raw, 0, len(raw)), 0)]
    while waiting:
        section, depth = waiting.pop()
        headers, content = _split(section)
        boundary = _boundary(headers) if depth < DEPTH_LIMIT else b""
        yield Part(headers, content, depth, is_container=bool(boundary))
        if boundary:
            inner = list(_sections(content, b"--" + boundary))
            waiting += [(part, depth + 1) for part in reversed(inner)]


def _boundary(headers: Message) -> bytes:
    """Return what separates the parts of a container; empty for other parts."""
    if headers.get_content_maintype() != "multipart":
        return b""
    try:
        boundary = headers.get_boundary("")
    except ValueError:  # its charset holds a NUL
        return b""
    return (boundary or "").encode("utf-8", "surrogateescape")


def _split(section: Span) -> tuple[Message, Span]:
    body = _start_of_body(section)
    block = section.raw[section.start : min(body, section.start + HEADERS_LIMIT)]
    headers = BytesHeaderParser().parsebytes(block)  # of the policy compat32
    for name in ("content-type", "content-disposition"):
        if len(str(headers.get(name, ""))) > PARAMETERS_LIMIT:
            del headers[name]
    return headers, Span(section.raw, body, section.end)


def _start_of_body(section: Span) -> int:
    """Return where the headers have ended; at the end where nothing follows."""
    raw, start, end = section.raw, section.start, section.end
    at_once = _LINE_END.match(raw, start, end)
    if at_once is not None:
        return at_once.end()
    found = _EMPTY_LINE.search(raw, start, min(start + HEADERS_LIMIT, end))
    return found.end() if found else end


def _sections(content: Span, delimiter: bytes) -> Iterator[Span]:
    """Yield what stands between delimiter lines (RFC 2046 §5.1.1)."""
    raw, start = content.raw, -1
    position = raw.find(delimiter, content.start, content.end)
    while position >= 0:
        after = position + len(delimiter)
        line_end = _END_OF_DELIMITER.match(raw, after, content.end)
        begins_line = position == content.start or raw[position - 1] == _LF
        if begins_line and line_end is not None:
            if start >= 0:
                yield _without_line_end(Span(raw, start, max(position, start)))
            start = line_end.end()
            if line_end[1]:
                return
        position = raw.find(delimiter, after, content.end)
    if start >= 0:
        yield Span(raw, start, content.end)


def _without_line_end(section: Span) -> Span:
    last = section.last(2)
    kept = last.removesuffix(b"\n").removesuffix(b"\r")
    return replace(section, end=section.end - len(last) + len(kept))


def _readable(value: str) -> str:
    unfolded = _FOLD.sub("", value).strip()
    octets = unfolded.encode("ascii", "surrogateescape")
    return decoded_words(octets.decode("utf-8", errors="replace"))


def _plain(value: object) -> str:
    return str(value or "").strip()


def _from_base64(content: bytes) -> bytes:
    """Return what is whole of ``content``, or all of it where it is none."""
    letters = content.translate(None, b"\r\n\t ")
    try:
        return binascii.a2b_base64(letters[: len(letters) // 4 * 4]) or content
    except binascii.Error:
        return content
