"""Who was sent mail before; kept by triggers, so that there is only reading here."""

import json
from collections.abc import Iterable
from typing import Final, NamedTuple

from tuimail.store.database import Database


class Correspondents:
    """Answers whether somebody, or some domain, ever got mail from here."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._domains: tuple[object, frozenset[str]] | None = None
        """As they were read last, and by what it is known that they still are."""

    def known(self, addresses: Iterable[str]) -> frozenset[str]:
        """Return those among ``addresses`` that a provider has accepted mail for.

        Args:
            addresses: ``Address.text`` of each; capitals do not count.
        """
        given = json.dumps(tuple(addresses))
        found = self._database.read(_KNOWN, (given,), _Address)
        return frozenset(row.address for row in found)

    def domains(self, limit: int = 5000) -> frozenset[str]:
        """Return the domains that mail was sent to, the last ``limit`` of them.

        The same object while there are no others: thousands of them are read
        once, and not for each mail that is handed in.
        """
        mark = (limit, self._database.read(_DOMAINS_NOW, (), _Mark))
        if self._domains is None or self._domains[0] != mark:
            found = self._database.read(_DOMAINS, (limit,), _Domain)
            self._domains = mark, frozenset(row.domain for row in found)
        return self._domains[1]


class _Address(NamedTuple):
    address: str


class _Domain(NamedTuple):
    domain: str


class _Mark(NamedTuple):
    """Domains are only ever added, and whoever is written to becomes the newest."""

    number: int
    newest: str | None


_KNOWN: Final = """
SELECT given.value AS address
FROM json_each(?) AS given
JOIN correspondents AS known ON known.address = given.value
"""
_DOMAINS_NOW: Final = """
SELECT (SELECT count(*) FROM correspondent_domains) AS number, (
  SELECT last_at || domain FROM correspondent_domains
  ORDER BY last_at DESC, domain DESC LIMIT 1) AS newest
"""
_DOMAINS: Final = """
SELECT domain FROM correspondent_domains ORDER BY last_at DESC, domain DESC LIMIT ?
"""
