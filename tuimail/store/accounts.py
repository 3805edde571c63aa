"""Which accounts are held, and why. Their settings are not stored here."""

from dataclasses import dataclass
from datetime import datetime

from tuimail.core.submission import AccountFault
from tuimail.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAccount:
    """An account that nothing leaves through until somebody releases it."""

    name: str
    reason: str
    fault: AccountFault | None
    """None where a person holds it."""
    at: datetime


class Accounts:
    """Reads and writes account holds, within the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def hold(
        self, name: str, reason: str, fault: AccountFault | None, at: datetime
    ) -> None:
        """Hold an account; holding it again replaces the reason."""
        raise NotImplementedError

    def release(self, name: str, at: datetime) -> None:
        """Let an account go on; nothing happens where it is not held."""
        raise NotImplementedError

    def held(self) -> dict[str, HeldAccount]:
        """Return the accounts that are held, by name."""
        raise NotImplementedError
