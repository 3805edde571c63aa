"""Dot-stuffing (RFC 5321 §4.5.2) of content that arrives in pieces.

Pure.
"""


class DotStuffing:
    """Doubles each dot that begins a line, wherever the pieces are cut."""

    def __init__(self) -> None:
        self._tail = b"\r\n"
        """The last two octets so far; content begins at the start of a line."""

    @property
    def is_at_line_start(self) -> bool:
        """Whether everything so far ends in CRLF, or is nothing."""
        return self._tail == b"\r\n"

    def stuffed(self, piece: bytes) -> bytes:
        """Return ``piece`` as it goes over the wire after the ones before it."""
        before, joined = self._tail, self._tail + piece
        self._tail = joined[-2:]
        return joined.replace(b"\r\n.", b"\r\n..")[len(before) :]
