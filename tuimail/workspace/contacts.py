"""The desk for recipients while they are typed: who is offered, and what is known."""

from collections.abc import Iterable
from typing import Final

from tuimail.core.address import Address, parse_address, wire_address
from tuimail.core.contact import Contact
from tuimail.core.suppression import Scope, key_of
from tuimail.core.values import dataclass
from tuimail.errors import AddressError
from tuimail.workspace.authority import require_person
from tuimail.workspace.stores import Stores

MOST_OFFERED: Final = 8
LEARNT_AT_ONCE: Final = 300
"""Recipients; takes some ten milliseconds, for which others wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What is known here about one recipient."""

    address: str
    """As it was asked about."""
    is_new: bool = False
    """Whether no provider ever accepted mail to them from here."""
    is_outside: bool = False
    """Whether they are at no domain that an account here sends from."""
    like: str = ""
    """The known domain that theirs looks like, and is not."""
    suppressed: str = ""
    """``all`` or ``bulk``: which mail is kept from them; or empty."""


class ContactDesk:
    """Knows whom people here write to."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def complete(self, text: str, *, is_blind: bool = False) -> tuple[Contact, ...]:
        """Return who may be meant by ``text``, the likeliest first.

        Args:
            text: Beginnings of words of a name or an address.
            is_blind: Whether it is typed where nobody else will see it.

        Raises:
            NotAllowedError: An agent asks.
        """
        require_person(self._stores)
        return self._stores.contacts.matching(
            text, is_blind=is_blind, limit=MOST_OFFERED
        )

    def forget(self, address: str) -> bool:
        """Offer somebody no more, until mail is sent to them again; was anybody?

        Whether mail was ever sent to them is still known.

        Raises:
            NotAllowedError: An agent asks.
        """
        require_person(self._stores)
        with self._stores.database.transaction():
            return self._stores.contacts.forget(address)

    def learn(self) -> bool:
        """Take in some of those who were sent mail; are there more?"""
        if self._stores.database.is_read_only or not self._stores.contacts.is_behind():
            return False
        with self._stores.database.transaction():
            return self._stores.contacts.learn(LEARNT_AT_ONCE)

    def remarks(self, texts: Iterable[str]) -> tuple[Remark, ...]:
        """Return what is known about each of ``texts`` that is a mailbox."""
        found = {text: _mailbox(text) for text in texts}
        people = {text: one for text, one in found.items() if one is not None}
        known = self._stores.correspondents.known(one.text for one in people.values())
        stopped = self._stopped(people.values())
        alike = self._alike(one for one in people.values() if one.text not in known)
        own = frozenset(one.text for one in _own(self._stores))
        domains = {one.domain for one in _own(self._stores)}
        return tuple(
            Remark(
                address=text,
                is_new=one.text not in known | own,
                is_outside=one.domain not in domains,
                like=alike.get(one.domain, ""),
                suppressed=stopped.get(key_of(wire_address(one)), ""),
            )
            for text, one in people.items()
        )

    def _stopped(self, people: Iterable[Address]) -> dict[str, str]:
        rows = self._stores.suppressions.among(
            {key_of(wire_address(one)) for one in people}
        )
        return {key: Scope(row.scope).value for key, row in rows.items()}

    def _alike(self, strangers: Iterable[Address]) -> dict[str, str]:
        """Return the domains of strangers that look like one that is known."""
        domains = {one.domain for one in strangers if one.domain[0] != "["}
        if not domains:
            return {}
        from tuimail.core.checks import lookalikes  # noqa: PLC0415 - rarely needed

        own = {one.domain for one in _own(self._stores)}
        known = lookalikes.known_domains(self._stores.correspondents.domains() | own)
        return {
            domain: known.like(domain) or lookalikes.in_latin(domain)
            for domain in domains
            if domain not in known
        }


def _own(stores: Stores) -> tuple[Address, ...]:
    """Return everybody that an account here may send as."""
    return tuple(
        identity.address
        for account in stores.config.accounts
        for identity in account.identities
    )


def _mailbox(text: str) -> Address | None:
    try:
        return parse_address(text, field="to")
    except AddressError:
        return None
