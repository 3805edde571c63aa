"""Who was sent mail before; kept by triggers, so that there is only reading here."""

import json
from collections.abc import Iterable
from typing import Final, NamedTuple

from tuimail.store.database import Database


class Correspondents:
    """Answers whether somebody, or some domain, ever got mail from here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, addresses: Iterable[str]) -> frozenset[str]:
        """Return those among ``addresses`` that a provider has accepted mail for.

        Args:
            addresses: ``Address.text`` of each; capitals do not count.
        """
        given = json.dumps(tuple(addresses))
        found = self._database.read(_KNOWN, (given,), _Address)
        return frozenset(row.address for row in found)

    def domains(self, limit: int = 5000) -> frozenset[str]:
        """Return the domains that mail was sent to, the last ``limit`` of them."""
        found = self._database.read(_DOMAINS, (limit,), _Domain)
        return frozenset(row.domain for row in found)


class _Address(NamedTuple):
    address: str


class _Domain(NamedTuple):
    domain: str


_KNOWN: Final = """
SELECT given.value AS address
FROM json_each(?) AS given
JOIN correspondents AS known ON known.address = given.value
"""
_DOMAINS: Final = """
SELECT domain FROM correspondent_domains ORDER BY last_at DESC, domain DESC LIMIT ?
"""
