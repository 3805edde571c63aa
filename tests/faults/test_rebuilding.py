"""F12, F25: a database that is damaged, and the rebuild of it."""

import os
import random
import shutil
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

import apsw
import pytest

from tests.faults.invariants import check
from tests.faults.place import Place
from tests.faults.stepwise import killed_at_step, steps_of
from tuimail.store.database import DATABASE_NAME
from tuimail.testing import Say
from tuimail.workspace.doctor import Doctor

pytestmark = pytest.mark.slow

KILLS: Final = 6
PAGE_BYTES: Final = 4096
REPAIR: Final = ("doctor", "--repair")
Damage = Callable[[Path], None]


@pytest.fixture
def four(place: Place) -> Mapping[str, str]:
    """One mail each that is sent, a draft, deferred, and released."""
    sent = place.waiting()
    place.drain()
    place.server.script["mail"] = Say("451 4.3.0 later")
    deferred = place.waiting()
    place.drain()
    del place.server.script["mail"]
    return {
        "sent": sent,
        "draft": place.write(),
        "deferred": deferred,
        "ready": place.waiting(),
    }


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _zeroed(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2 // PAGE_BYTES * PAGE_BYTES)


def _removed(path: Path) -> None:
    path.unlink()


def _overwritten(path: Path) -> None:
    """Put noise over the page at which the submissions begin."""
    connection = apsw.Connection(str(path))
    sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'submissions'"
    ((page,),) = connection.execute(sql).fetchall()
    connection.close()
    assert isinstance(page, int)
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE_BYTES)
        file.write(random.Random(page).randbytes(PAGE_BYTES))


@pytest.mark.parametrize("damage", [_emptied, _zeroed, _cut, _removed, _overwritten])
def test_F25_a_damaged_database_is_noticed_put_aside_and_rebuilt(
    place: Place, four: Mapping[str, str], damage: Damage
) -> None:
    """Nothing leaves by it, and what had left stays sent."""
    path = place.root / DATABASE_NAME
    damage(path)
    damaged = path.read_bytes() if path.exists() else b""

    before = place.send_due()
    found = Doctor(place.root, place.open).examine()
    repaired = place.run(*REPAIR)
    place.send_here()

    assert before.code != 0
    assert not found.is_fine
    assert repaired.code == 0, repaired
    assert place.statuses() == {
        four["sent"]: "sent",
        four["draft"]: "draft",
        four["deferred"]: "held",
        four["ready"]: "held",
    }
    assert len(place.server.accepted) == 1
    assert _is_kept(place, damaged)
    check(place)


def test_F25_a_log_that_was_removed_is_noticed_and_nothing_is_sent_twice(
    place: Place,
) -> None:
    """Killed right after the answer was recorded: it is in the log only."""
    draft_id = place.waiting()
    place.killed_while_sending("result.after_commit_before_move")
    (place.root / f"{DATABASE_NAME}-wal").unlink()
    (place.root / f"{DATABASE_NAME}-shm").unlink()

    place.send_due()
    repaired = place.run(*REPAIR)
    place.send_here()

    assert repaired.code == 0, repaired
    assert place.status(draft_id) not in {"ready", "deferred", "sending"}
    assert len(place.server.accepted) == 1
    check(place)


def test_F25_what_was_rebuilt_goes_on_when_a_person_says_so(
    place: Place, four: Mapping[str, str]
) -> None:
    _zeroed(place.root / DATABASE_NAME)
    place.run(*REPAIR)

    with place.open() as workspace:
        workspace.outbox.resume(four["ready"])
    place.send_here()

    assert place.status(four["ready"]) == "sent"
    assert len(place.server.accepted) == 2
    check(place)


def test_F12_a_rebuild_that_was_killed_starts_over_from_the_same_files(
    place: Place, four: Mapping[str, str]
) -> None:
    path, died_before_the_end = place.root / DATABASE_NAME, 0
    _zeroed(path)
    spoilt = place.folder / "spoilt"
    shutil.copytree(place.root, spoilt)
    steps = steps_of(place, *REPAIR)
    expected = place.statuses()

    for part in range(KILLS):
        _put_back(spoilt, place.root)
        sources = {
            is_over: _sources(place, is_over=is_over) for is_over in (False, True)
        }
        assert killed_at_step(place, 1 + part * steps // KILLS, *REPAIR)
        is_over = any(path.read_bytes())
        died_before_the_end += not is_over
        assert _sources(place, is_over=is_over) == sources[is_over]
        assert Doctor(place.root, place.open).repair().is_fine
        assert place.statuses() == expected

    assert 1 < died_before_the_end < KILLS
    assert expected[four["ready"]] == "held"
    place.send_here()
    assert len(place.server.accepted) == 1
    check(place)


def _put_back(kept: Path, root: Path) -> None:
    shutil.rmtree(root)
    shutil.copytree(kept, root)


def _sources(place: Place, *, is_over: bool) -> Mapping[Path, str]:
    """Return what a rebuild is made from; what it says of it once it is over goes.

    With the new database in its place, ``message.json`` says what is true now.
    """
    files = [
        *(place.root / "outbound").glob("*/message.eml"),
        *(place.root / "blobs").rglob("*"),
    ]
    if not is_over:
        files += (place.root / "outbound").glob("*/message.json")
    return {one: sha256(one.read_bytes()).hexdigest() for one in files if one.is_file()}


def _is_kept(place: Place, damaged: bytes) -> bool:
    """Whether the damaged database is still somewhere in the workspace."""
    if not damaged:
        return True
    files = [one for one in place.root.rglob("*") if one.is_file()]
    return any(one.read_bytes() == damaged for one in files)
