"""What a report says: about which mail, and what became of each recipient's copy.

Nothing of it is proven. Whoever has seen a mail can write a report about it, so it
is shown beside what the provider said, and changes nothing of that.

Pure values.
"""

from enum import StrEnum
from typing import Final

from tuimail.core.address import parse_address, wire_address
from tuimail.core.values import dataclass
from tuimail.errors import AddressError

_NO_MAILBOX: Final = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
"""RFC 3463 §3.2 and §3.3, RFC 7505: no such mailbox, no such domain, an address
that cannot be, one that moved, a domain that takes no mail, one switched off. All
the others say something about a server, a message or a moment."""


class Action(StrEnum):
    """What became of one copy (RFC 3464 §2.3.3)."""

    DELIVERED = "delivered"
    """It is in the mailbox, or in that of a list."""
    FAILED = "failed"
    """It will never arrive."""
    DELAYED = "delayed"
    """It is still being tried."""
    RELAYED = "relayed"
    """It went on to a server that reports nothing."""
    EXPANDED = "expanded"
    """It went on to several addresses that this one stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What a report says about one recipient."""

    addresses: tuple[str, ...]
    """Who it is about: first as the sender named them, then as the reporting
    server had them in the end."""
    action: Action
    status: str
    """Enhanced status code (RFC 3463), or empty."""
    reply: str
    """What the last server said, on one line; untrusted."""
    server: str
    """The server that said it, or else the one that reports; untrusted."""
    digest: str
    """SHA-256 over everything that the report says about them: the same report
    that comes by two ways has the same."""

    @property
    def is_hard(self) -> bool:
        """Whether nobody reads mail there, so that more of it would do harm."""
        return self.action is Action.FAILED and self.status in _NO_MAILBOX

    @property
    def wire_addresses(self) -> tuple[str, ...]:
        """The addresses as an envelope has them, in their order."""
        return tuple(dict.fromkeys(map(_wire, self.addresses)))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """A report that was read."""

    references: tuple[str, ...]
    """Message-IDs and envelope ids that the mail may be known by, the surest
    first; as they were written."""
    fates: tuple[Fate, ...]


def _wire(address: str) -> str:
    """Return an address with its domain in A-labels; servers write them either way."""
    try:
        return wire_address(parse_address(address, field="address"))
    except AddressError:
        return address
