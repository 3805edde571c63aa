"""Which accounts are held, and why. Their settings are not stored here."""

from datetime import datetime
from typing import Final

from tuimail.core.submission import AccountFault
from tuimail.core.values import dataclass
from tuimail.store.database import Database
from tuimail.store.instants import (
    instant,
    instant_or_none,
    instant_text,
    instant_text_or_none,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAccount:
    """An account that nothing leaves through until it is released."""

    name: str
    reason: str
    fault: AccountFault | None
    """None where a person holds it."""
    at: datetime
    until: datetime | None = None
    """When it goes on by itself; None where somebody has to release it."""


class Accounts:
    """Reads and writes account holds, within the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def hold(
        self,
        name: str,
        reason: str,
        fault: AccountFault | None,
        at: datetime,
        *,
        until: datetime | None = None,
    ) -> None:
        """Hold an account; holding it again replaces what was said before."""
        fault_word = "" if fault is None else fault.value
        values = (name, reason, fault_word, instant_text(at))
        self._database.write(_HOLD, (*values, instant_text_or_none(until)))

    def release(self, name: str, at: datetime) -> None:
        """Let an account go on; nothing happens where it is not held."""
        self._database.write(_RELEASE, (instant_text(at), name))

    def held(self) -> dict[str, HeldAccount]:
        """Return the accounts that are held, by name."""
        found = self._database.read(_HELD, (), _held_account)
        return {account.name: account for account in found}


def _held_account(
    *, name: str, reason: str, fault: str, at: str, until: str | None
) -> HeldAccount:
    return HeldAccount(
        name=name,
        reason=reason,
        fault=AccountFault(fault) if fault else None,
        at=instant(at),
        until=instant_or_none(until),
    )


_HOLD: Final = """
INSERT INTO account_states (name, is_held, reason, fault, changed_at, until)
VALUES (?, 1, ?, ?, ?, ?)
ON CONFLICT (name) DO UPDATE SET
  is_held = 1, reason = excluded.reason, fault = excluded.fault,
  changed_at = excluded.changed_at, until = excluded.until
"""
_RELEASE: Final = """
UPDATE account_states
SET is_held = 0, reason = '', fault = '', changed_at = ?, until = NULL
WHERE name = ? AND is_held
"""
_HELD: Final = """
SELECT name, reason, fault, changed_at AS at, until FROM account_states
WHERE is_held ORDER BY name
"""
