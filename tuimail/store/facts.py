"""What a workspace remembers about itself, by name: a word or a moment each."""

from datetime import datetime
from typing import Final

from tuimail.store.database import Database
from tuimail.store.instants import instant, instant_text


class Facts:
    """Reads and writes facts; writes are within the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> str | None:
        """Return what is remembered under ``name``, or None."""
        return self._database.read_one(_GET, (name,), _value)

    def set(self, name: str, value: str) -> None:
        """Remember something, in place of what was remembered before."""
        self._database.write(_SET, (name, value))

    def moment(self, name: str) -> datetime | None:
        """Return the moment that is remembered under ``name``, or None."""
        found = self.get(name)
        return None if found is None else instant(found)

    def set_moment(self, name: str, at: datetime) -> None:
        """Remember a moment."""
        self.set(name, instant_text(at))


def _value(*, value: str) -> str:
    return value


_GET: Final = "SELECT value FROM facts WHERE name = ?"
_SET: Final = """
INSERT INTO facts (name, value) VALUES (?, ?)
ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""
