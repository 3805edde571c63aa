"""Server replies (RFC 5321 §4.2) out of bytes that may be anything.

Tolerates what servers really send: a bare LF, a missing text, 8-bit text. What
is a reply is decided by its code alone, and by nothing that is in the text.

Pure.
"""

import re
from collections.abc import Iterator
from typing import Final

from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.providers.smtp.limits import MOST_LINE_BYTES, MOST_REPLY_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a server said, all lines of it."""

    code: int
    """Three digits, 100 to 599."""
    text: str
    """Without the codes, lines joined by LF; untrusted."""

    @property
    def is_positive(self) -> bool:
        """Whether the command was carried out; any 2yz says so (§4.2.1)."""
        return 200 <= self.code < 300  # noqa: PLR2004

    @property
    def is_go_ahead(self) -> bool:
        """Whether the server wants more before it decides."""
        return 300 <= self.code < 400  # noqa: PLR2004

    @property
    def is_refusal(self) -> bool:
        """Whether it was not carried out, for now or for good."""
        return self.code >= 400  # noqa: PLR2004


class UnreadableReplyError(Exception):
    """What arrived is no reply; the text says why."""


class ReplyReader:
    """Turns bytes, as they arrive, into replies; holds a bounded amount."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._code = 0
        self._lines: list[str] = []
        self._size_bytes = 0

    @property
    def is_between_replies(self) -> bool:
        """Whether nothing of a further reply has arrived."""
        return not self._rest and not self._lines

    def feed(self, data: bytes) -> Iterator[Reply]:
        """Yield the replies that ``data`` completes, in order.

        Raises:
            UnreadableReplyError: What comes next is not a reply, or too much of
                one. The reader is of no use after that.
        """
        self._rest += data
        *lines, rest = bytes(self._rest).split(b"\n")
        self._rest = bytearray(rest)
        for line in lines:
            reply = self._take(line)
            if reply is not None:
                yield reply
        if len(self._rest) > MOST_LINE_BYTES:
            raise UnreadableReplyError("A line of its reply does not end.")

    def _take(self, line: bytes) -> Reply | None:
        """Add one line to the reply that it belongs to; return it when whole."""
        found = _LINE.fullmatch(line.rstrip(b"\r"))
        self._size_bytes += len(line)
        if len(line) > MOST_LINE_BYTES or self._size_bytes > MOST_REPLY_BYTES:
            raise UnreadableReplyError("Its reply is too long.")
        if found is None or self._code not in {0, int(found["code"])}:
            raise UnreadableReplyError("What it said is not a reply.")
        self._code = int(found["code"])
        self._lines.append(found["text"].decode("utf-8", "backslashreplace"))
        return None if found["more"] else self._finish()

    def _finish(self) -> Reply:
        reply = Reply(code=self._code, text="\n".join(self._lines))
        self._code, self._size_bytes = 0, 0
        self._lines = []
        return reply


_LINE: Final = regex(
    rb"(?P<code>[1-5][0-9]{2})(?:(?P<more>-)|[ \t]|(?![0-9]))(?P<text>.*)", re.DOTALL
)
