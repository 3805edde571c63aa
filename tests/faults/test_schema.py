"""F11: killed at each step from an old schema to the newest."""

import shutil
from pathlib import Path
from typing import Final

import apsw
import pytest

from tests.faults.invariants import check
from tests.faults.place import Place
from tests.faults.stepwise import OF_TRANSACTIONS, killed_at_step
from tuimail.store.database import DATABASE_NAME
from tuimail.store.schema import migrate, shipped

pytestmark = pytest.mark.slow

OLD: Final = 16
NEWEST: Final = shipped()[-1].number

STEPS_A_START: Final = 3
"""Enough to take one step of the schema, and to die within the next."""
MOST_STARTS: Final = 3 * (NEWEST - OLD)
_KEPT: Final = """
INSERT INTO correspondents VALUES
  ('ana@example.net', '2026-03-02T14:02:00.000000Z', '2026-03-02T14:02:00.000000Z')
"""


def test_F11_killed_at_any_step_of_a_migration_the_schema_is_a_whole_one(
    place: Place,
) -> None:
    path = place.root / DATABASE_NAME
    expected = {number: _made_at(place, number) for number in range(OLD, NEWEST + 1)}
    old = place.folder / "old.db"
    found, nth = [], 1

    while True:
        _put_back(old, path)
        is_over = not killed_at_step(place, nth, "list", counting=OF_TRANSACTIONS)
        found.append(_version(path))
        assert _schema(path) == expected[found[-1]]
        assert _kept(path) == ["ana@example.net"]
        if is_over:
            break
        assert found[-1] == OLD or _version(_copy(path)) == OLD
        nth += 1

    assert set(found) == set(range(OLD, NEWEST + 1))
    assert found == sorted(found)
    assert _version(_copy(path)) == OLD
    assert _schema(_copy(path)) == expected[OLD]
    check(place)


def test_F11_after_the_kill_the_next_start_goes_on(place: Place) -> None:
    path = place.root / DATABASE_NAME
    _made_at(place, OLD)
    _put_back(place.folder / "old.db", path)

    deaths = 0
    while killed_at_step(place, STEPS_A_START, "list", counting=OF_TRANSACTIONS):
        deaths += 1
        assert deaths < MOST_STARTS, "No start gets any further."

    assert deaths >= NEWEST - OLD
    assert _version(path) == NEWEST
    assert _kept(path) == ["ana@example.net"]
    check(place)


def _made_at(place: Place, number: int) -> list[tuple[object, ...]]:
    """Make a database at that schema, and return what SQLite says that is in it."""
    path = place.folder / f"{number}.db"
    connection = apsw.Connection(str(path))
    migrate(connection, path, shipped()[:number])
    if number == OLD:
        connection.execute(_KEPT)
    connection.close()
    if number == OLD:
        shutil.copyfile(path, place.folder / "old.db")
    return _schema(path)


def _put_back(old: Path, path: Path) -> None:
    for left in path.parent.glob(f"{path.name}*"):
        left.unlink()
    (path.parent / "journal.head").unlink(missing_ok=True)
    shutil.copyfile(old, path)


def _copy(path: Path) -> Path:
    return path.with_name(f"{path.name}.{OLD}.copy")


def _version(path: Path) -> int:
    ((found,),) = _asked(path, "PRAGMA user_version")
    assert isinstance(found, int)
    return found


def _schema(path: Path) -> list[tuple[object, ...]]:
    return _asked(path, "SELECT type, name, sql FROM sqlite_schema ORDER BY name")


def _kept(path: Path) -> list[object]:
    return [
        address for (address,) in _asked(path, "SELECT address FROM correspondents")
    ]


def _asked(path: Path, sql: str) -> list[tuple[object, ...]]:
    connection = apsw.Connection(str(path))
    try:
        return list(connection.execute(sql).fetchall())
    finally:
        connection.close()
