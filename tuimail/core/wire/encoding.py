"""Ways to write any text and any bytes in ASCII: RFC 2045, 2047 and 2231.

Own code, because a message must have the same bytes on every Python.  Nothing
here knows about headers, parts or line ends other than CRLF.

Pure.
"""

import re
from binascii import b2a_base64, b2a_qp
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, repeat
from struct import Struct
from typing import Final, TypeVar

from tuimail.core.patterns import regex

LINE_LIMIT: Final = 998
"""Octets a line may have without its CRLF (RFC 5322 §2.1.1)."""
WORD_LIMIT: Final = 75
"""Characters of an encoded word (RFC 2047 §2)."""
PIECE_BYTES: Final = 65_536
"""About how much is handed out at once."""

_Unit = TypeVar("_Unit", str, bytes)
"""One character as it is written."""

_ENCODED_LINE: Final = 76
_WORD_FRAME: Final = len("=?utf-8?q??=")
_SHORTEST_PAYLOAD: Final = 12
"""One character of four octets in Q."""

_Q_SAFE: Final = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/"
)
"""What may stand for itself even in a display name (RFC 2047 §5(3))."""
_ATTRIBUTE_SAFE: Final = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&+-.^_`{|}~"
)
"""attribute-char of RFC 2231 §7."""

_CHARSET: Final = "utf-8''"
_PLAIN: Final = r"A-Za-z0-9 !#$&'()+,\-./:<>@\[\]^_`{|}~="
_PLAIN_VALUE: Final = regex(rf"(?! )[{_PLAIN}]+(?<! )")
_NOT_PLAIN_VALUE: Final = regex(rf"[^{_PLAIN}]|^ | \Z")

_7BIT_SAFE: Final = bytes([9, 10, *range(32, 127)])
_MISREAD: Final = regex(rb"\n(?:From |--=_)")
"""How no line in 7bit begins: a mailbox file marks the one, the other is how our
boundaries do."""
_MOSTLY_ASCII: Final = 8
"""Base64 is shorter, and as easy to read, where more than one in so many octets
is one that UTF-8 takes beyond the first."""
_QP_FROM: Final = regex(rb"^From ([^\r\n]*)", re.MULTILINE)
_QP_SPACE_AT_END: Final = regex(rb"=(?:20|09)(?=\r\n)")

_LINES_AT_ONCE: Final = 840
_BLOCK_BYTES: Final = 57 * _LINES_AT_ONCE
_LINES: Final = Struct("76s" * _LINES_AT_ONCE)


def encoded_words(text: str, *, room: int = WORD_LIMIT) -> Iterator[str]:
    """Yield the encoded words (RFC 2047, UTF-8) that ``text`` is written in.

    No character is split between two of them, and each stands for itself. In Q
    where half of the text or more stays readable that way, else in B.

    Args:
        text: Anything but a lone surrogate.
        room: Characters the first word may have; the others may have 75.
    """
    units = [*map(_q, text)]
    written = "".join(units)
    escaped = written.count("=")
    is_readable = 2 * (len(written) - len("=00") * escaped) >= len(text)
    if is_readable and len(written) <= room - _WORD_FRAME:
        return iter((f"=?utf-8?q?{written}?=",))
    rooms = chain([room], repeat(WORD_LIMIT))
    limits = (max(limit - _WORD_FRAME, _SHORTEST_PAYLOAD) for limit in rooms)
    if is_readable:
        return (f"=?utf-8?q?{''.join(piece)}?=" for piece in _packed(units, limits))
    octets = [character.encode() for character in text]
    return map(_b_word, _packed(octets, (limit // 4 * 3 for limit in limits)))


def parameter(name: str, value: str) -> tuple[str, ...]:
    """Return a MIME parameter as the tokens it is written in (RFC 2231).

    Plain and quoted where every mail program reads it alike, else percent-encoded
    in UTF-8, and in numbered sections where that is too long for a line. A value
    is never given twice, so no two programs can read different ones.
    """
    if _PLAIN_VALUE.fullmatch(value):
        return (f'{name}="{value}"',)
    room = WORD_LIMIT - len(f"{name}*00*=;")
    limits = chain([room - len(_CHARSET)], repeat(room))
    units = [_percent(character) for character in value]
    first, *others = map("".join, _packed(units, limits))
    if not others:
        return (f"{name}*={_CHARSET}{first}",)
    sections = enumerate([f"{_CHARSET}{first}", *others])
    return tuple(f"{name}*{number}*={section}" for number, section in sections)


def plain_name(value: str) -> str:
    """Return ``value`` with ``_`` for what only RFC 2231 could say.

    For programs that know only the old ``name`` parameter of Content-Type.
    """
    return _NOT_PLAIN_VALUE.sub("_", value)


def with_lf(text: str) -> str:
    """Return ``text`` with LF for every line end."""
    if "\r" not in text:
        return text
    return text.replace("\r\n", "\n").replace("\r", "\n")


def encode_text(text: str) -> tuple[str, bytes]:
    """Return a Content-Transfer-Encoding and ``text`` written in it.

    All line ends become CRLF, and the last line gets one too. 7bit where the
    lines may stand as they are and hold nothing a terminal would act on; else
    quoted-printable, or base64 where about a quarter of it would be escaped.
    """
    lines = with_lf(text)
    if lines and not lines.endswith("\n"):
        lines += "\n"
    body = lines.encode()
    if lines.isascii() and _is_7bit(body):
        return "7bit", body.replace(b"\n", b"\r\n")
    if _MOSTLY_ASCII * (len(body) - len(lines)) > len(body):
        return "base64", b"".join(base64_lines([body.replace(b"\n", b"\r\n")]))
    return "quoted-printable", quoted_printable(body)


def quoted_printable(body: bytes) -> bytes:
    """Return ``body``, whose line ends are LF, in quoted-printable with CRLF.

    White space at the end of a line, which servers cut off, and ``From`` at the
    start of one are escaped too. The standard library's encoder does most of it,
    but lets a line that ends in white space grow to 78 characters.
    """
    quoted = b2a_qp(body).replace(b"\n", b"\r\n")
    if b"=20\r\n" in quoted or (b"\t" in body and b"=09\r\n" in quoted):
        quoted = _QP_SPACE_AT_END.sub(_fitting_space, quoted)
    if b"\r\nFrom " in quoted or quoted.startswith(b"From "):
        quoted = _QP_FROM.sub(_escaped_from, quoted)
    return quoted


def base64_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield ``chunks`` in base64, in lines that end in CRLF.

    Holds one block at a time, whatever the size of the chunks.
    """
    rest = b""
    for chunk in chunks:
        view = memoryview(rest + chunk)
        whole = len(view) // _BLOCK_BYTES * _BLOCK_BYTES
        for start in range(0, whole, _BLOCK_BYTES):
            yield _block_lines(view[start : start + _BLOCK_BYTES])
        rest = bytes(view[whole:])
    if rest:
        yield _last_lines(rest)


def _block_lines(block: memoryview) -> bytes:
    encoded = b2a_base64(block, newline=False)
    return b"\r\n".join((*_LINES.unpack(encoded), b""))


def _last_lines(rest: bytes) -> bytes:
    encoded = b2a_base64(rest, newline=False)
    starts = range(0, len(encoded), _ENCODED_LINE)
    return b"".join(encoded[at : at + _ENCODED_LINE] + b"\r\n" for at in starts)


def _is_7bit(body: bytes) -> bool:
    """Return whether ``body``, which is ASCII, may stand as it is."""
    if body.translate(None, _7BIT_SAFE) or _MISREAD.search(b"\n" + body):
        return False
    return not _has_long_line(body)


def _has_long_line(body: bytes) -> bool:
    """Return whether a line is over 998 octets, looking at few of the others."""
    start = 0
    while len(body) - start > LINE_LIMIT:
        start = body.rfind(b"\n", start, start + LINE_LIMIT + 1) + 1
        if start == 0:
            return True
    return False


def _fitting_space(escape: re.Match[bytes]) -> bytes:
    line_start = escape.string.rfind(b"\n", 0, escape.start()) + 1
    is_overfull = escape.end() - line_start > _ENCODED_LINE
    return b"=\r\n" + escape[0] if is_overfull else escape[0]


def _escaped_from(line: re.Match[bytes]) -> bytes:
    is_overfull = len(line[0]) + len("=46") - len("F") > _ENCODED_LINE
    return (b"=46=\r\nrom " if is_overfull else b"=46rom ") + line[1]


def _packed(units: list[_Unit], limits: Iterator[int]) -> Iterator[list[_Unit]]:
    """Yield runs of ``units`` that are no longer than their limits, in one pass."""
    start, used, limit = 0, 0, next(limits)
    for at, unit in enumerate(units):
        used += len(unit)
        if used > limit:
            yield units[start:at]
            start, used, limit = at, len(unit), next(limits)
    yield units[start:]


@lru_cache(maxsize=1024)
def _q(character: str) -> str:
    if character in _Q_SAFE:
        return character
    return "_" if character == " " else _hex(character, "=")


def _b_word(octets: list[bytes]) -> str:
    return f"=?utf-8?b?{b2a_base64(b''.join(octets), newline=False).decode()}?="


def _percent(character: str) -> str:
    return character if character in _ATTRIBUTE_SAFE else _hex(character, "%")


def _hex(character: str, mark: str) -> str:
    return "".join(f"{mark}{octet:02X}" for octet in character.encode())
