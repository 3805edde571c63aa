"""What becomes of mail that could not leave at the time that somebody chose.

A laptop that is opened on Monday must not send what was meant for Friday, and
nobody wants to be asked about a minute.

Pure.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from tuimail.core.values import dataclass

FARTHEST: Final = timedelta(days=366)
"""How far ahead mail may be scheduled; what is farther is a clock's mistake."""
STILL_IN_TIME: Final = timedelta(minutes=15)
"""So much later it leaves all the same, and nobody is asked."""


class Late(StrEnum):
    """What is done with mail that is later than that."""

    ASK = "ask"
    """Hold it, with the reason, for a person to say."""
    SEND = "send"
    """Let it leave, however late it is."""
    DRAFT = "draft"
    """Open its draft again; what an agent handed in is in review."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """When mail is to leave, as somebody said, and what if that is missed."""

    at: datetime
    late: Late = Late.ASK

    def is_missed(self, now: datetime) -> bool:
        """Return whether it is so late that ``late`` says what becomes of it."""
        return now - self.at > STILL_IN_TIME
