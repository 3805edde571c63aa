"""F62: a journal that somebody changed."""

import shutil
from pathlib import Path
from typing import Final

import apsw
import pytest

from tests.end_to_end.command import Done
from tests.faults.invariants import check
from tests.faults.place import Place
from tuimail.store.database import DATABASE_NAME

pytestmark = pytest.mark.slow

LINE: Final = 5


@pytest.fixture
def copied(place: Place) -> Path:
    """A copy of a workspace that sent something: what is done to it is known."""
    place.waiting()
    place.drain()
    copy = place.folder / "copy"
    shutil.copytree(place.root, copy)
    return copy


@pytest.mark.parametrize(
    "sql",
    [
        f"DELETE FROM journal WHERE number = {LINE}",
        f"UPDATE journal SET actor = 'person:eve' WHERE number = {LINE}",
        f"UPDATE journal SET at = '2020-01-01T00:00:00.000000Z' WHERE number = {LINE}",
        f"UPDATE journal SET details = '{{}}' WHERE number = {LINE}",
        f"UPDATE journal SET hash = hex(zeroblob(32)) WHERE number = {LINE}",
    ],
    ids=["removed", "actor", "time", "details", "hash"],
)
def test_F62_a_line_that_was_changed_or_removed_is_named(
    place: Place, copied: Path, sql: str
) -> None:
    _tamper(copied, sql)

    done = _verify(place, copied)

    assert done.code == 1
    assert f"Line {LINE} of the journal" in done.out
    check(place)


def test_F62_an_end_that_was_cut_is_found_against_the_head_that_was_kept(
    place: Place, copied: Path
) -> None:
    kept = place.run("audit", "head").out.strip()
    last = int(kept.partition(":")[0])
    (copied / "journal.head").unlink(missing_ok=True)
    _tamper(copied, f"DELETE FROM journal WHERE number >= {last}")

    alone, with_head = _verify(place, copied), _verify(place, copied, "--head", kept)

    assert alone.code == 0
    assert with_head.code == 1
    assert "cut" in with_head.out
    check(place)


def test_F62_an_end_that_was_cut_lets_nothing_leave(place: Place, copied: Path) -> None:
    """The workspace keeps the head of its own journal, too."""
    _tamper(copied, f"DELETE FROM journal WHERE number > {LINE}")

    done = place.run("--workspace", str(copied), "outbox", "run", "--drain")

    assert done.code == 1
    assert "older" in done.err
    check(place)


def _verify(place: Place, copied: Path, *more: str) -> Done:
    return place.run("--workspace", str(copied), "audit", "verify", *more)


def _tamper(copied: Path, sql: str) -> None:
    """Change the journal, as somebody may who has the file."""
    connection = apsw.Connection(str(copied / DATABASE_NAME))
    for trigger in ("journal_never_changes", "journal_stays"):
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute(sql)
    connection.close()
