"""Dot-stuffing (RFC 5321 §4.5.2) of content that arrives in pieces.

The one rule kept here: content is made of lines that end in CRLF, and of
nothing else. Some servers take a lone LF or CR for the end of a line, and a
dot between two of them for the end of the message: what follows would be
commands. No approved message holds one, so that a file that does is damaged.

Pure.
"""

import re
from typing import Final

from tuimail.core.patterns import regex
from tuimail.errors import DigestMismatchError

_LONE: Final = regex(rb"(?<!\r)\n|\r(?!\n|\Z)")
"""A CR or LF without the other; a CR at the very end may still get its LF."""
_LOOK_AGAIN: Final = "Withdraw it, look at it, and approve it again."


def _first_lone(octets: bytes, start: int) -> re.Match[bytes] | None:
    """Find a lone CR or LF from ``start`` on; counting is fast, searching is not."""
    if octets.count(b"\r\n") == octets.count(b"\n") == octets.count(b"\r"):
        return None
    return _LONE.search(octets, start)


class DotStuffing:
    """Doubles each dot that begins a line, wherever the pieces are cut."""

    def __init__(self) -> None:
        self._tail = b"\r\n"
        """The last two octets so far; content begins at the start of a line."""
        self._size_bytes = 0
        """How many octets there were so far."""

    def stuffed(self, piece: bytes) -> bytes:
        """Return ``piece`` as it goes over the wire after the ones before it.

        Raises:
            DigestMismatchError: A line end in it, or the one that the piece
                before began, is not CRLF.
        """
        before, joined = self._tail, self._tail + piece
        lone = _first_lone(joined, len(before) - 1)
        if lone is not None:
            number = self._size_bytes + lone.start() - len(before) + 1
            raise DigestMismatchError(
                f"The stored bytes have a line end at byte {number} that is not "
                "CRLF; nothing was sent.",
                hint=_LOOK_AGAIN,
            )
        self._tail = joined[-2:]
        self._size_bytes += len(piece)
        return joined.replace(b"\r\n.", b"\r\n..")[len(before) :]

    def check_end(self) -> None:
        """Refuse content that ends within a line; none at all may end.

        Raises:
            DigestMismatchError: The last line has no CRLF.
        """
        if self._tail != b"\r\n":
            raise DigestMismatchError(
                f"The stored bytes end within a line, after {self._size_bytes} "
                "bytes; nothing was sent.",
                hint=_LOOK_AGAIN,
            )
