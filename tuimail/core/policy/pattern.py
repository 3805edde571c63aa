"""Who is meant in a policy: one mailbox, one domain, or all domains below one.

Compared as mail servers see it, in A-labels, so that no second way of writing a
domain gets past a list. Capitals of ASCII do not count, because nobody has two
mailboxes that differ only in them. Letters that only look or sound alike do not
count either where somebody is kept from mail; where it is let leave to somebody,
they do.

Pure.
"""

from collections.abc import Iterable
from string import ascii_lowercase, ascii_uppercase
from typing import Final
from unicodedata import normalize

from tuimail.core.address import Address, parse_address
from tuimail.core.domain import GrammarError, read_domain, wire_domain
from tuimail.core.values import dataclass
from tuimail.errors import AddressError

_SMALL: Final = str.maketrans(ascii_uppercase, ascii_lowercase)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One entry of a list of people."""

    text: str
    """As it was written."""
    local: str = ""
    """Before the ``@``, small letters of ASCII; empty for everybody there."""
    domain: str = ""
    """In A-labels; empty for every domain."""
    is_below: bool = False
    """Whether domains below ``domain`` are meant, and not it itself."""

    def matches(self, address: Address) -> bool:
        """Return whether ``address`` is for certain one of those who are meant."""
        is_it = not self.local or self.local == _small(address.local)
        return is_it and self._has(wire_domain(address.domain))

    def may_match(self, address: Address) -> bool:
        """Return whether ``address`` may be one of them, by some server's reading."""
        is_it = not self.local or _folded(self.local) == _folded(address.local)
        return is_it and self._has(wire_domain(address.domain))

    def _has(self, domain: str) -> bool:
        if self.is_below:
            return domain.endswith(f".{self.domain}")
        return not self.domain or domain == self.domain

    def covers(self, other: "Pattern") -> bool:
        """Return whether everybody whom ``other`` means is meant here, too."""
        if self.local:
            return (self.local, self.domain) == (other.local, other.domain)
        if other.is_below and not self.is_below:
            return not self.domain
        is_same_below = other.is_below and other.domain == self.domain
        return is_same_below or self._has(other.domain)


def read_pattern(text: str) -> Pattern:
    """Return what ``text`` means: ``a@b.c``, ``@b.c``, ``@*.b.c`` or ``@*``.

    Raises:
        ValueError: It is none of these; the text says why, in words that follow
            the name of a setting.
    """
    if not text.startswith("@"):
        return _mailbox(text)
    domain = text.removeprefix("@")
    if domain == "*":
        return Pattern(text=text)
    bare = domain.removeprefix("*.")
    try:
        wire = wire_domain(read_domain(bare))
    except GrammarError as reason:
        raise ValueError(f"{text[:60]!r} {reason}") from None
    return Pattern(text=text, domain=wire, is_below=bare != domain)


def _mailbox(text: str) -> Pattern:
    try:
        address = parse_address(text, field="address")
    except AddressError as error:
        raise ValueError(f"{text[:60]!r} is neither an address nor a domain") from error
    if "*" in address.local:
        raise ValueError(f"{text[:60]!r} has a * before the @")
    return Pattern(
        text=text, local=_small(address.local), domain=wire_domain(address.domain)
    )


def is_among(address: Address, patterns: Iterable[Pattern]) -> bool:
    """Return whether one of ``patterns`` means ``address``, to let mail leave."""
    return any(one.matches(address) for one in patterns)


def may_be_among(address: Address, patterns: Iterable[Pattern]) -> bool:
    """Return whether one of ``patterns`` may mean ``address``, to keep mail back."""
    return any(one.may_match(address) for one in patterns)


def covered(some: Iterable[Pattern], by: Iterable[Pattern]) -> bool:
    """Return whether everybody in ``some`` is surely in ``by``."""
    wider = tuple(by)
    return all(any(one.covers(other) for one in wider) for other in some)


def _small(local: str) -> str:
    return local.translate(_SMALL)


def _folded(local: str) -> str:
    return normalize("NFKC", normalize("NFKC", local).casefold())
