"""What a scripted server does in place of what it should."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Say:
    """The server says this; text gets its CRLF, bytes are sent as they are."""

    reply: str | bytes

    @property
    def octets(self) -> bytes:
        """What goes over the wire."""
        if isinstance(self.reply, bytes):
            return self.reply
        return self.reply.encode() + b"\r\n"

    @property
    def code(self) -> int:
        """The reply's code; 0 where it begins with none."""
        digits = self.octets[:3]
        return int(digits) if digits.isdigit() else 0


@dataclass(frozen=True, slots=True)
class Close:
    """The server closes the connection."""

    hard: bool = False
    """With a reset, so that what was not read is lost."""


@dataclass(frozen=True, slots=True)
class Hang:
    """The server does nothing any more, and reads nothing."""


@dataclass(frozen=True, slots=True)
class Drip:
    """The server says one octet at a time, for ever."""

    every: timedelta = timedelta(milliseconds=5)


Act = Say | Close | Hang | Drip
Script = Mapping[str, Act | Sequence[Act]]
