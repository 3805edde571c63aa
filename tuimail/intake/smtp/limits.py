"""How much one door takes at once, and how long it waits. Pure."""

from datetime import timedelta
from typing import Final

from tuimail.core.values import dataclass
from tuimail.workspace.importing import MESSAGE_LIMIT_BYTES

COMMAND_BYTES: Final = 12_288
"""Of one command line: RFC 4954 §4 asks for as much where it holds a token."""
LINE_BYTES: Final = 65_536
"""What is read at a time; a line of a message may be longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What keeps one client from being in the way of the others."""

    connections: int = 256
    """Those that are open without a login for a while may be half of them."""
    message_bytes: int = MESSAGE_LIMIT_BYTES
    bytes_under_way: int = 5 * MESSAGE_LIMIT_BYTES
    """Of all messages that are being taken in at the same moment."""
    recipients: int = 1_000
    """Of one message; RFC 5321 §4.5.3.1.8 asks for 100 or more."""
    mistakes: int = 20
    """Refusals in a row, or commands before a login, that a client is let."""
    wrong_logins: int = 3
    """On one connection."""
    wrong_login_wait: timedelta = timedelta(seconds=1)
    """Before a wrong login is answered; doubled with each in a row, three times."""
    idle: timedelta = timedelta(minutes=5)
    """Between two commands, or two pieces of a message (RFC 5321 §4.5.3.2.7)."""
    login: timedelta = timedelta(seconds=30)
    """From the greeting to a login."""
    login_at_once: timedelta = timedelta(seconds=5)
    """So long nobody without a login has to make room for others: hundreds of
    programs may come at the same moment."""
    ending: timedelta = timedelta(seconds=5)
    """How long what was begun is waited for when the door is closed."""

    @property
    def strangers(self) -> int:
        """Connections that may be open without a login for long."""
        return max(1, self.connections // 2)


USUAL: Final = Limits()
