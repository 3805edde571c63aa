"""Which accounts are left alone for a while, because a server was not reached."""

from datetime import datetime
from typing import Final

from tuimail.core.values import dataclass
from tuimail.store.database import Database
from tuimail.store.instants import instant, instant_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """An account whose server is not known to answer again."""

    name: str
    failures: int
    """In a row."""
    until: datetime
    reason: str
    changed_at: datetime
    """When the last failure was counted."""

    def is_over(self, now: datetime) -> bool:
        """Return whether it may be tried again.

        One that begins in the future was noted by a clock that ran ahead: then
        nobody knows how long it is still to last.
        """
        return not self.changed_at <= now < self.until


class Rests:
    """Reads and writes rests; writes are within the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[str, Rest]:
        """Return every rest that no answer has ended, by account."""
        return {one.name: one for one in self._database.read(_ALL, (), _rest)}

    def get(self, name: str) -> Rest | None:
        """Return the rest of one account, None where its server answers."""
        return self._database.read_one(_ONE, (name,), _rest)

    def set(self, rest: Rest) -> None:
        """Let an account rest, whatever was noted before."""
        until, changed_at = instant_text(rest.until), instant_text(rest.changed_at)
        values = (rest.name, rest.failures, until, rest.reason, changed_at)
        self._database.write(_SET, values)

    def end(self, name: str, at: datetime) -> None:
        """Note that its server answers; nothing happens where that is known."""
        self._database.write(_END, (instant_text(at), name))


def _rest(
    *, name: str, failures: int, until: str, reason: str, changed_at: str
) -> Rest:
    return Rest(
        name=name,
        failures=failures,
        until=instant(until),
        reason=reason,
        changed_at=instant(changed_at),
    )


_ALL: Final = """
SELECT name, failures, until, reason, changed_at FROM account_rests
WHERE until IS NOT NULL ORDER BY name
"""
_ONE: Final = """
SELECT name, failures, until, reason, changed_at FROM account_rests
WHERE until IS NOT NULL AND name = ?
"""
_SET: Final = """
INSERT INTO account_rests (name, failures, until, reason, changed_at)
VALUES (?, ?, ?, ?, ?)
ON CONFLICT (name) DO UPDATE SET
  failures = excluded.failures, until = excluded.until,
  reason = excluded.reason, changed_at = excluded.changed_at
"""
_END: Final = """
UPDATE account_rests SET failures = 0, until = NULL, reason = '', changed_at = ?
WHERE name = ? AND until IS NOT NULL
"""
