"""Whether the database is what was written, as far as SQLite can tell.

Nothing here mends anything.
"""

from collections.abc import Callable
from pathlib import Path

from tuimail.store.database import Database
from tuimail.store.failures import damaged


def quick_faults(database: Database) -> tuple[str, ...]:
    """Return what a quick look through the whole database finds.

    Raises:
        DamagedWorkspaceError: It cannot even be looked through.
    """
    return _faults(database, "quick_check")


def faults(database: Database) -> tuple[str, ...]:
    """Return what a thorough look through the database and its indexes finds."""
    return _faults(database, "integrity_check")


def dangling_rows(database: Database) -> int:
    """Return how many rows name others that are not there."""
    return len(database.read("PRAGMA foreign_key_check", (), lambda **row: row))


def require_whole(
    database: Database, path: Path, *, is_over: Callable[[], bool]
) -> None:
    """Refuse a database that a quick look finds something in.

    Args:
        database: What is looked through; a million mails take some ten seconds.
        path: Where it is.
        is_over: Asked many times a second whether nobody waits for it any more.

    Raises:
        DamagedWorkspaceError: There is something; the text has the first.
        StoreError: Nobody waits; what was not looked at yet may be damaged.
    """
    with database.interruptible(is_over):
        found = quick_faults(database)
    if found:
        raise damaged(path, found[0])


def _faults(database: Database, pragma: str) -> tuple[str, ...]:
    found = database.read(f"PRAGMA {pragma}(10)", (), _first)
    return () if found == ["ok"] else tuple(found)


def _first(**row: str) -> str:
    return next(iter(row.values()))
