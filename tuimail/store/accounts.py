"""Which accounts are held, and why. Their settings are not stored here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tuimail.core.submission import AccountFault
from tuimail.store.database import Database
from tuimail.store.instants import instant, instant_text


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
        fault_word = "" if fault is None else fault.value
        self._database.write(_HOLD, (name, reason, fault_word, instant_text(at)))

    def release(self, name: str, at: datetime) -> None:
        """Let an account go on; nothing happens where it is not held."""
        self._database.write(_RELEASE, (instant_text(at), name))

    def held(self) -> dict[str, HeldAccount]:
        """Return the accounts that are held, by name."""
        found = self._database.read(_HELD, (), _held_account)
        return {account.name: account for account in found}


def _held_account(*, name: str, reason: str, fault: str, at: str) -> HeldAccount:
    return HeldAccount(
        name=name,
        reason=reason,
        fault=AccountFault(fault) if fault else None,
        at=instant(at),
    )


_HOLD: Final = """
INSERT INTO account_states (name, is_held, reason, fault, changed_at)
VALUES (?, 1, ?, ?, ?)
ON CONFLICT (name) DO UPDATE SET
  is_held = 1, reason = excluded.reason, fault = excluded.fault,
  changed_at = excluded.changed_at
"""
_RELEASE: Final = """
UPDATE account_states SET is_held = 0, reason = '', fault = '', changed_at = ?
WHERE name = ? AND is_held
"""
_HELD: Final = """
SELECT name, reason, fault, changed_at AS at FROM account_states
WHERE is_held ORDER BY name
"""
