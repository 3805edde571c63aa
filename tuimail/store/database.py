"""The workspace's database: opened, guarded, and written in transactions.

Everything that is written goes through ``Database.transaction`` and
``Database.execute``, which keep two rules: no write outside a transaction, and
no write after a disk error whose outcome is not known.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self


class Database:
    """One connection to ``tuimail.db``; belongs to the thread that opened it."""

    @classmethod
    def open(cls, path: Path, *, actor: Callable[[], str]) -> Self:
        """Return the database at ``path``, made or migrated where needed."""
        raise NotImplementedError

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make everything inside one step that happens wholly or not at all."""
        raise NotImplementedError
        yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Show everything read inside as it was at one moment."""
        raise NotImplementedError
        yield

    def data_version(self) -> int:
        """Return a number that changes when somebody else has written."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the connection; closing twice is fine."""
        raise NotImplementedError
