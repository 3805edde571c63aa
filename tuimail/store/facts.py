"""What a workspace remembers about itself, by name: a word or a moment each."""

from collections.abc import Mapping
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

    def beginning(self, prefix: str) -> Mapping[str, str]:
        """Return what is remembered under names that begin with ``prefix``."""
        return dict(self._database.read(_BEGINNING, (prefix, prefix), _pair))

    def forget(self, name: str) -> None:
        """Remember nothing under ``name`` any more."""
        self._database.write(_FORGET, (name,))

    def moment(self, name: str) -> datetime | None:
        """Return the moment that is remembered under ``name``, or None."""
        found = self.get(name)
        return None if found is None else instant(found)

    def set_moment(self, name: str, at: datetime) -> None:
        """Remember a moment."""
        self.set(name, instant_text(at))


def _value(*, value: str) -> str:
    return value


def _pair(*, name: str, value: str) -> tuple[str, str]:
    return name, value


_GET: Final = "SELECT value FROM facts WHERE name = ?"
_BEGINNING: Final = """
SELECT name, value FROM facts WHERE substr(name, 1, length(?)) = ? ORDER BY name
"""
_FORGET: Final = "DELETE FROM facts WHERE name = ?"
_SET: Final = """
INSERT INTO facts (name, value) VALUES (?, ?)
ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""
