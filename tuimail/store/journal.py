"""The journal: every step and its actor, chained so that no edit goes unseen.

Written by triggers only, in the transaction of the step itself; read and
verified here. Bcc addresses, bodies and server replies never get into it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from tuimail.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRow:
    """One step."""

    number: int
    at: datetime
    actor: str
    event: str
    draft_id: str
    """Empty where it is about an account."""
    details: Mapping[str, str]
    hash: str


class Verification(NamedTuple):
    """What ``verify`` found."""

    ok: bool
    first_bad: int | None
    """Number of the first row that is changed or missing."""
    checked: int
    """Rows that are there."""


class Head(NamedTuple):
    """The newest row: kept elsewhere, it shows a journal that was cut."""

    number: int
    hash: str


class Journal:
    """Reads the journal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lines(self, draft_id: str) -> tuple[JournalRow, ...]:
        """Return the steps of one draft, oldest first."""
        raise NotImplementedError

    def all(self, after: int = 0, limit: int = 1000) -> tuple[JournalRow, ...]:
        """Return steps whose number is above ``after``, oldest first."""
        raise NotImplementedError

    def verify(self) -> Verification:
        """Compute every hash again and name the first row that does not fit."""
        raise NotImplementedError

    def head(self) -> Head:
        """Return the newest number and hash; 0 and zeros while it is empty."""
        raise NotImplementedError
