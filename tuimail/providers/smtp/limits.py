"""How long each step of a conversation may take, and how much a reply may hold.

Pure.
"""

from datetime import timedelta
from typing import Final

from tuimail.core.values import dataclass

MOST_LINE_BYTES: Final = 4096
"""RFC 5321 §4.5.3.1.5 says 512; real servers explain themselves at length."""
MOST_REPLY_BYTES: Final = 16384
"""All lines of one reply together, which is kept for each recipient."""
HELD_BYTES: Final = 32768
"""In a run of messages, so much content may wait to leave with its end."""
MOST_UNREAD_REPLIES: Final = 16
"""A server that says more without being asked is not talking SMTP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageLimits:
    """Time limits of RFC 5321 §4.5.3.2, each for the whole of its step.

    A limit for each byte or each read would let a server that drips one byte a
    second hold a sender for ever. A shorter limit for the last reply would
    *make* mail whose fate is unknown.
    """

    connect: timedelta = timedelta(seconds=20)
    """To one network address; a name may have several."""
    greeting: timedelta = timedelta(minutes=5)
    command: timedelta = timedelta(minutes=5)
    """EHLO, STARTTLS with its handshake, AUTH, MAIL and RCPT."""
    data: timedelta = timedelta(minutes=2)
    """Until the server wants the content."""
    block: timedelta = timedelta(minutes=3)
    """For each piece of the content to leave this machine."""
    final: timedelta = timedelta(minutes=10)
    """For the reply to the whole content."""
    chained: timedelta = timedelta(seconds=30)
    """For the answer to a message, and then to the commands that left with its
    end, before the next message looks for another connection."""
    farewell: timedelta = timedelta(seconds=5)
    """RSET and QUIT, which change nothing."""
