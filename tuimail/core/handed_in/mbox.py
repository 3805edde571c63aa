"""Many messages in one file (mbox, RFC 4155), told apart again.

Each begins with a line ``From somebody, some day``. A line of a text that begins with
``From `` too is told from it in one of four ways, and no file says which: ``mboxo``
writes ``>From ``, and what had the ``>`` before looks the same; ``mboxrd`` adds one
``>`` to those with any number of them; ``mboxcl`` says the length in a header and
quotes all the same; ``mboxcl2`` says the length and quotes nothing. Where the length
that is said leads to the end of the file or to such a line, it is believed; else the
next mail begins where such a line with a time stands after an empty one, and before a
header.

Time grows with the length of the file, memory with that of its longest message, as
far as one may be long.

Pure.
"""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

from tuimail.core.handed_in.notes import refused
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass

FROM: Final = b"From "
"""What the first line of such a file begins with."""

_MOST_WASTED_BYTES: Final = 256 * 1024 * 1024
"""So many bytes are read twice for lengths that are wrong; then none is believed."""
_EMPTY: Final = frozenset({b"\n", b"\r\n"})
_ENDS: Final = frozenset({b"", b"\n", b"\r\n"})
_LONG_LINE_BYTES: Final = 64 * 1024
_LINE: Final = regex(rb"[^\n]*\n|[^\n]+")
_FROM_LINE: Final = regex(rb"From [^\r\n]*[0-9]:[0-9]{2}")
_FIELD: Final = regex(rb"[!-9;-~]+[ \t]*:|>From ")
_LENGTH: Final = regex(rb"(?im)^content-length[ \t]*:[ \t]*([0-9]{1,18})[ \t]*\r?$")
_QUOTED_ONCE: Final = regex(rb"(?m)^>(From )")
_QUOTED: Final = regex(rb"(?m)^>(>*From )")


class Dialect(StrEnum):
    """How lines of a text are told from the first line of a message."""

    AUTO = "auto"
    """As ``mboxcl2`` where a length is right, and as ``mboxrd`` elsewhere."""
    MBOXO = "mboxo"
    """``>From `` was ``From ``."""
    MBOXRD = "mboxrd"
    """One ``>`` less before any of them."""
    MBOXCL = "mboxcl"
    """A length is said, and ``>From `` was ``From ``."""
    MBOXCL2 = "mboxcl2"
    """A length is said, and nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MboxMail:
    """One message of the file."""

    number: int
    """Which, from 1."""
    start: int
    """At which byte of the file its first line begins, from 0."""
    raw: bytes
    """Header and body; empty where it is too long."""
    is_too_long: bool
    unquoted: int
    """How many lines have one ``>`` less than in the file."""
    still_quoted: int
    """How many lines begin with ``>From `` still."""
    doubtful: int
    """How many lines would begin another message, were an empty one before them."""


def pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield lines, or pieces of those that are very long."""
    rest = b""
    for chunk in chunks:
        found = _LINE.findall(rest + chunk)
        is_cut = bool(found) and not found[-1].endswith(b"\n")
        rest = found.pop() if is_cut and len(found[-1]) < _LONG_LINE_BYTES else b""
        yield from found
    if rest:
        yield rest


def split(
    lines: Iterable[bytes], *, limit_bytes: int, dialect: Dialect = Dialect.AUTO
) -> Iterator[MboxMail]:
    """Yield the messages of a file, in order.

    Args:
        lines: Its lines with their ends, or pieces of them; an empty one ends it.
        limit_bytes: Of a longer message, only that it is there is told.
        dialect: How it was written.

    Raises:
        FieldError: It does not begin as such a file does.
    """
    source, number = _Lines(lines), 0
    while start := _next(source):
        number += 1
        if not start.startswith(FROM):
            raise refused(
                "This is no mailbox: its first line does not begin with From.",
                hint="Name a file in mbox format, or a maildir.",
            )
        at = source.position - len(start)
        yield _mail(source, number, at, limit_bytes, dialect)


def _next(source: "_Lines") -> bytes:
    """Return the next line that is not empty."""
    line = source.take()
    while line in _EMPTY:
        line = source.take()
    return line


def _mail(
    source: "_Lines", number: int, at: int, limit_bytes: int, dialect: Dialect
) -> MboxMail:
    head = _head(source, limit_bytes)
    length = _length(head.content, limit_bytes, dialect)
    body = None if length is None else _by_length(source, length)
    is_by_length, is_too_long = body is not None, head.is_too_long
    doubtful = 0
    if body is None:
        rest = _scanned(source, limit_bytes - head.size)
        body, is_too_long, doubtful = rest.content, rest.is_too_long, rest.doubtful
    pattern, unquoted = _pattern(dialect, is_by_length=is_by_length), 0
    if pattern is not None:
        body, unquoted = pattern.subn(rb"\1", body)
    return MboxMail(
        number=number,
        start=at,
        raw=b"" if is_too_long else head.content + body,
        is_too_long=is_too_long,
        unquoted=unquoted,
        still_quoted=len(_QUOTED.findall(body)),
        doubtful=doubtful,
    )


def _head(source: "_Lines", limit_bytes: int) -> "_Kept":
    """Return the header and the empty line below it."""
    source.finish_line()
    kept = _Kept(limit_bytes)
    while line := source.take():
        if not line.startswith(b">From "):
            kept.add(line)
        if line in _EMPTY and source.is_whole_line:
            break
    return kept


def _pattern(dialect: Dialect, *, is_by_length: bool) -> re.Pattern[bytes] | None:
    """Return what was quoted."""
    if dialect is Dialect.AUTO:
        return None if is_by_length else _QUOTED
    return {
        Dialect.MBOXO: _QUOTED_ONCE,
        Dialect.MBOXRD: _QUOTED,
        Dialect.MBOXCL: _QUOTED_ONCE,
        Dialect.MBOXCL2: None,
    }[dialect]


def _length(head: bytes, limit_bytes: int, dialect: Dialect) -> int | None:
    """Return how long the body is said to be; None where nothing is believed."""
    if dialect in {Dialect.MBOXO, Dialect.MBOXRD}:
        return None
    said = _LENGTH.findall(head)
    length = int(said[0]) if len(said) == 1 else limit_bytes + 1
    return length if length <= limit_bytes else None


def _by_length(source: "_Lines", length: int) -> bytes | None:
    """Return so many bytes, if they lead to where a message can end."""
    if source.wasted > _MOST_WASTED_BYTES:
        return None
    taken: list[bytes] = []
    left = length
    while left > 0 and (line := source.take()):
        taken.append(line)
        left -= len(line)
    is_whole = left == 0 or (left < 0 and taken[-1][left:] in _ENDS)
    if not is_whole or not _is_at_an_end(source):
        source.put_back(*taken)
        source.wasted += length - left
        return None
    return b"".join(taken)[:length]


def _is_at_an_end(source: "_Lines") -> bool:
    """Return whether the file, or the message, can end here."""
    is_within_line = source.is_within_line
    seen = [source.take()]
    if seen[0] and is_within_line:
        source.put_back(*seen)
        return False
    if seen[0] in _EMPTY:
        seen.append(source.take())
    is_end = not seen[-1] or (
        _FROM_LINE.match(seen[-1]) is not None and _header_follows(source)
    )
    source.put_back(*seen)
    return is_end


def _scanned(source: "_Lines", limit_bytes: int) -> "_Kept":
    """Return everything before the next first line, but the empty one before it."""
    kept, is_after_empty, empty = _Kept(limit_bytes), True, b""
    while line := source.take():
        if _FROM_LINE.match(line) and _header_follows(source):
            if is_after_empty:
                source.put_back(line)
                break
            kept.doubtful += 1
        kept.add(empty)
        is_after_empty = line in _EMPTY and source.is_whole_line
        empty = line if is_after_empty else b""
        kept.add(b"" if is_after_empty else line)
    return kept


def _header_follows(source: "_Lines") -> bool:
    if not source.is_whole_line:
        return False
    line = source.take()
    source.put_back(line)
    return _FIELD.match(line) is not None


class _Kept:
    """Lines, as long as they are not too many bytes."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._content = bytearray()
        self.size = 0
        self.doubtful = 0

    def add(self, line: bytes) -> None:
        self.size += len(line)
        if self.is_too_long:
            self._content.clear()
        else:
            self._content += line

    @property
    def is_too_long(self) -> bool:
        return self.size > self._limit_bytes

    @property
    def content(self) -> bytes:
        return bytes(self._content)


class _Lines:
    """Lines that can be put back, and at which byte the next one begins."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)
        self._back: list[bytes] = []
        self.position = 0
        self.wasted = 0
        """How many bytes were read for lengths that are wrong."""
        self.is_within_line = False
        """Whether the end of the line that was taken last was not taken yet."""
        self.is_whole_line = True
        """Whether what was taken last was a line from its beginning to its end."""

    def take(self) -> bytes:
        """Return the next line, or nothing at the end."""
        line = self._back.pop() if self._back else next(self._lines, b"")
        self.position += len(line)
        has_end = line.endswith(b"\n") or not line
        self.is_whole_line = has_end and not self.is_within_line
        self.is_within_line = not has_end
        return line

    def finish_line(self) -> None:
        """Take what is left of the line that was taken last."""
        while self.is_within_line:
            self.take()

    def put_back(self, *lines: bytes) -> None:
        """Have ``lines``, which were taken last, from a beginning on, be the next."""
        self.is_within_line, self.is_whole_line = False, True
        for line in reversed(lines):
            if line:
                self._back.append(line)
                self.position -= len(line)
