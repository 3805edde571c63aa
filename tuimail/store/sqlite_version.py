"""Which SQLite is new enough to be trusted with mail."""

from typing import Final

import apsw

from tuimail.errors import ConfigurationError

OLDEST: Final = (3, 51, 3)
"""Before it, two processes that write at once can damage a database (WAL reset)."""
WITHDRAWN: Final = (3, 52, 0)


def sqlite_fault(version: str) -> str:
    """Return what is wrong with a version of SQLite, or an empty text."""
    numbers = tuple(int(part) for part in version.split(".")[:3])
    if numbers >= OLDEST and numbers != WITHDRAWN:
        return ""
    return (
        f"SQLite {version} can damage a database that several programs write to; "
        "3.51.3 mended that, and 3.52.0 was withdrawn"
    )


def refuse_old_sqlite(version: str | None = None) -> None:
    """Refuse to work with an SQLite that can damage what it stores.

    Raises:
        ConfigurationError: This one can.
    """
    fault = sqlite_fault(version or apsw.sqlite_lib_version())
    if fault:
        raise ConfigurationError(
            f"{fault}.", hint="Update it: python3 -m pip install --upgrade apsw"
        )
