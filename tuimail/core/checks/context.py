"""What the checks know besides the draft itself.

Whoever asks for a check gathers this; the checks look nowhere else.

Pure.
"""

from collections.abc import Iterable
from typing import Final

from tuimail.core.values import dataclass
from tuimail.core.wire.mime import Read


def _nothing(_digest: str) -> Iterable[bytes]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The account, the past and the files, as far as checks ask for them."""

    own_addresses: frozenset[str] = frozenset()
    """``Address.text`` of everybody the draft's account may send as; empty where
    there is no account."""
    own_domains: frozenset[str] = frozenset()
    """Domains of all the person's accounts, as in ``Address``."""
    known_addresses: frozenset[str] | None = None
    """Those among the draft's recipients that were sent mail before, as
    ``Address.text``; None where the past is not known."""
    known_domains: frozenset[str] = frozenset()
    """Domains that were sent mail before, as in ``Address``."""
    size_bytes: int = 0
    """Octets of the rendered message; 0 where there is none yet."""
    size_limit_bytes: int | None = None
    """What the account takes; None where it does not say."""
    makes_links: bool = False
    """Whether bulk mail gets a link by which one click ends it, where it goes to one
    recipient only."""
    read: Read = _nothing
    """Yields the bytes of an attachment."""


NOTHING_KNOWN: Final = Context()
