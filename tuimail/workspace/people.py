"""What a person should know of everybody whom a mail is for, before it leaves.

Asked anew whenever somebody looks: what a check said when the draft came in may be
not so any more, and it names a few where all of them count.
"""

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Final

from tuimail.core.address import Address
from tuimail.core.checks.lookalikes import KnownDomains, in_latin, registered
from tuimail.core.draft import Draft
from tuimail.core.message import Role, by_role
from tuimail.core.values import dataclass
from tuimail.workspace import suppressions
from tuimail.workspace.stores import Stores

_NOWHERE: Final = ("invalid", "localhost")
"""Ends of names that lead to no server of others (RFC 6761 §6.3, §6.4)."""


class Mark(StrEnum):
    """What is to be known of somebody; the worst first."""

    SUPPRESSED = "suppressed"
    """Gets no mail from here any more."""
    INVALID = "invalid"
    """Cannot get any: no server is at such a domain."""
    LIKE = "like"
    """Is at a domain that looks like one that is known."""
    OUTSIDE = "outside"
    """Gets a copy unseen, or mail among colleagues, and is at none of one's own
    domains."""
    NEW = "new"
    """Never got any mail from here that a provider took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """Somebody whom a mail is for."""

    role: Role
    address: Address
    marks: tuple[Mark, ...]
    """The worst first."""
    like: str = ""
    """The domain that theirs looks like."""


class People:
    """Knows who is known; keeps what is slow to make."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._domains: frozenset[str] = frozenset()
        self._known = KnownDomains()

    def marked(self, draft: Draft) -> tuple[Marked, ...]:
        """Return everybody whom ``draft`` is for, To before Cc before Bcc."""
        own = self._own_domains()
        known = self._stores.correspondents.known(one.text for one in draft.recipients)
        of_own = self._own_addresses()
        unwanted = {one.place for one in suppressions.findings(self._stores, draft)}
        is_mixed = _is_mixed(draft, own)
        checks: tuple[tuple[Mark, Callable[[Role, Address], object]], ...] = (
            (Mark.SUPPRESSED, lambda _role, one: one.text in unwanted),
            (Mark.INVALID, lambda _role, one: _is_nowhere(one, own)),
            (Mark.LIKE, lambda _role, one: self._like(one, own)),
            (
                Mark.OUTSIDE,
                lambda role, one: (
                    (is_mixed or role is Role.BCC) and _site(one) not in own
                ),
            ),
            (Mark.NEW, lambda _role, one: one.text not in known | of_own),
        )
        return tuple(
            Marked(
                role=role,
                address=one,
                marks=tuple(mark for mark, is_so in checks if is_so(role, one)),
                like=self._like(one, own),
            )
            for role, addresses in by_role(draft)
            for one in addresses
        )

    def _like(self, address: Address, own: frozenset[str]) -> str:
        """Return the known domain that an unknown one looks like, or nothing."""
        domain = address.domain
        known = self._known_domains(own)
        if domain.startswith("[") or domain in known:
            return ""
        return known.like(domain) or in_latin(domain)

    def _known_domains(self, own: frozenset[str]) -> KnownDomains:
        domains = self._stores.correspondents.domains() | own
        if domains != self._domains:
            self._domains, self._known = domains, KnownDomains(domains)
        return self._known

    def _own_addresses(self) -> frozenset[str]:
        return frozenset(one.text for one in self._identities())

    def _own_domains(self) -> frozenset[str]:
        return frozenset(map(_site, self._identities()))

    def _identities(self) -> Iterator[Address]:
        for account in self._stores.config.accounts:
            for identity in account.identities:
                yield identity.address


def differing(domain: str, like: str) -> tuple[str, str]:
    """Return two domains, what differs between them in brackets.

    So that ``rn`` is told from ``m`` where colours and fonts do not help.
    """
    head = _common(domain, like)
    tail = _common(domain[head:][::-1], like[head:][::-1])
    return _bracketed(domain, head, tail), _bracketed(like, head, tail)


def _bracketed(text: str, head: int, tail: int) -> str:
    end = len(text) - tail
    return f"{text[:head]}[{text[head:end]}]{text[end:]}"


def _common(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def _is_mixed(draft: Draft, own: frozenset[str]) -> bool:
    """Return whether colleagues are among those who see each other."""
    return any(_site(one) in own for one in (*draft.to, *draft.cc))


def _site(address: Address) -> str:
    return registered(address.domain)


def _is_nowhere(address: Address, own: frozenset[str]) -> bool:
    domain = address.domain
    if domain.startswith("[") or _site(address) in own:
        return False
    return "." not in domain or domain.rpartition(".")[2] in _NOWHERE
