import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from tests.store.bench import Bench
from tests.store.disks import failing_disk
from tuimail.core.lifecycle import DRAFT_STEPS, SUBMISSION_STEPS, moves
from tuimail.errors import DamagedWorkspaceError, NewerWorkspaceError, StoreError
from tuimail.store import schema
from tuimail.store.list_names import NAMES
from tuimail.store.schema import Migration, migrate, newest, shipped

LAST = shipped()[-1].number
NEXT = Migration(
    number=LAST + 1,
    sql="CREATE TABLE notes (text TEXT) STRICT; INSERT INTO notes VALUES ('kept');",
)


@pytest.fixture
def old(folder: Path) -> Iterator[apsw.Connection]:
    """A workspace of today, with a mail in it, as a later tuimail finds it."""
    bench = Bench(folder)
    bench.drafted()
    yield bench.database.connection
    bench.close()


def version(connection: apsw.Connection) -> int:
    found = connection.pragma("user_version")
    assert isinstance(found, int)
    return found


def test_shipped_migrations_count_from_one_without_gaps() -> None:
    assert [step.number for step in shipped()] == list(range(1, LAST + 1))


def test_the_newest_is_known_by_its_name() -> None:
    assert newest() == LAST


def test_a_new_database_has_the_newest_schema_and_no_copy(folder: Path) -> None:
    Bench(folder).close()

    assert [path.name for path in folder.iterdir()] == ["tuimail.db"]
    connection = apsw.Connection(str(folder / "tuimail.db"))
    assert version(connection) == LAST
    connection.close()


def test_the_database_knows_exactly_the_moves_of_the_lifecycle(bench: Bench) -> None:
    connection = bench.database.connection

    drafts = connection.execute("SELECT state, target FROM draft_moves").fetchall()
    submissions = connection.execute(
        "SELECT state, target FROM submission_moves"
    ).fetchall()

    assert set(drafts) == moves(DRAFT_STEPS)
    assert set(submissions) == moves(SUBMISSION_STEPS)


def test_moves_that_an_older_tuimail_seeded_are_replaced(folder: Path) -> None:
    bench = Bench(folder)
    bench.write("DELETE FROM draft_moves WHERE state = 'draft'")
    bench.write("INSERT INTO submission_moves VALUES ('sent', 'ready')")
    bench.close()

    again = Bench(folder).database

    rows = again.connection.execute("SELECT * FROM draft_moves").fetchall()
    assert set(rows) == moves(DRAFT_STEPS)
    rows = again.connection.execute("SELECT * FROM submission_moves").fetchall()
    assert set(rows) == moves(SUBMISSION_STEPS)
    again.close()


def test_an_upgrade_keeps_a_copy_of_what_was_there(
    old: apsw.Connection, folder: Path
) -> None:
    path = folder / "tuimail.db"

    migrate(old, path, (*shipped(), NEXT))

    assert version(old) == NEXT.number
    assert old.execute("SELECT text FROM notes").fetchall() == [("kept",)]
    copy = folder / f"tuimail.db.{LAST}.copy"
    assert copy.stat().st_mode & 0o777 == 0o600
    kept = apsw.Connection(str(copy))
    assert version(kept) == LAST
    assert kept.execute("SELECT id FROM drafts").fetchall() == [("d1",)]
    assert kept.pragma("integrity_check") == "ok"
    kept.close()
    assert not list(folder.glob(".tmp-*"))


def test_two_steps_make_one_copy(old: apsw.Connection, folder: Path) -> None:
    after = Migration(number=LAST + 2, sql="ALTER TABLE notes ADD COLUMN more TEXT;")

    migrate(old, folder / "tuimail.db", (*shipped(), NEXT, after))

    assert version(old) == LAST + 2
    assert len(list(folder.glob("*.copy"))) == 1


def test_a_step_that_fails_leaves_the_old_schema(
    old: apsw.Connection, folder: Path
) -> None:
    broken = Migration(number=LAST + 1, sql=NEXT.sql + "INSERT INTO nowhere VALUES (1)")

    with pytest.raises(apsw.SQLError, match="nowhere"):
        migrate(old, folder / "tuimail.db", (*shipped(), broken))

    assert version(old) == LAST
    assert not old.in_transaction
    assert old.execute(
        "SELECT count(*) FROM sqlite_schema WHERE name = 'notes'"
    ).fetchall() == [(0,)]


def test_a_step_that_another_process_took_meanwhile_is_not_taken_twice(
    old: apsw.Connection, folder: Path
) -> None:
    """It is looked at again under the lock, which may have been waited for."""
    taken = Migration(number=LAST, sql="DROP TABLE drafts")

    schema._take(old, folder / "tuimail.db", taken, is_upgrade=False)

    assert old.execute("SELECT id FROM drafts").fetchall() == [("d1",)]
    assert not old.in_transaction


def test_a_newer_workspace_is_left_alone(folder: Path) -> None:
    bench = Bench(folder)
    bench.database.connection.pragma("user_version", LAST + 1)
    bench.close()

    with pytest.raises(NewerWorkspaceError, match=f"schema {LAST + 1}.*to {LAST}"):
        Bench(folder)


@pytest.mark.parametrize("number", [0, 1, LAST, LAST + 1])
def test_the_database_of_another_program_is_left_alone(
    folder: Path, number: int
) -> None:
    folder.mkdir()
    stranger = apsw.Connection(str(folder / "tuimail.db"))
    stranger.execute("CREATE TABLE theirs (text TEXT)").fetchall()
    stranger.pragma("user_version", number)
    stranger.close()

    with pytest.raises(StoreError, match="of another program"):
        Bench(folder)


def test_a_copy_that_cannot_be_kept_stops_the_upgrade(folder: Path) -> None:
    with failing_disk() as disk:
        bench = Bench(folder)
        bench.drafted()
        connection = bench.database.connection
        disk.on_write = apsw.FullError("no room")

        with pytest.raises(StoreError, match="is full"):
            migrate(connection, bench.path, (*shipped(), NEXT))

        disk.on_write = None
        assert version(connection) == LAST
        bench.close()
    assert not list(folder.glob("*.copy"))
    assert not list(folder.glob(".tmp-*"))


_KILLED = """
import os, signal, sys
from pathlib import Path
from tuimail.store.database import Database
from tuimail.store.schema import Migration, migrate, shipped

path = Path(sys.argv[1])
connection = Database.open(path, actor=lambda: "person:mara").connection
connection.create_scalar_function(
    "die", lambda: os.kill(os.getpid(), signal.SIGKILL), 0
)
last = shipped()[-1].number
sql = "CREATE TABLE notes (text TEXT) STRICT; SELECT die(); DROP TABLE drafts;"
migrate(connection, path, (*shipped(), Migration(number=last + 1, sql=sql)))
"""


def test_a_kill_in_mid_migration_leaves_the_old_schema_whole(folder: Path) -> None:
    bench = Bench(folder)
    bench.drafted()
    bench.close()

    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, str(folder / "tuimail.db")], check=False
    )

    assert killed.returncode == -signal.SIGKILL
    again = Bench(folder)
    assert version(again.database.connection) == LAST
    assert again.drafts.get("d1").revision == 1
    assert again.journal.verify().ok
    again.drafted("d2")
    again.close()


_KILLED_AT = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
import apsw
from tuimail.store.database import _prepare
from tuimail.store.schema import migrate, shipped

path, number, begun = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
connection = apsw.Connection(str(path))
connection.create_scalar_function(
    "die", lambda: os.kill(os.getpid(), signal.SIGKILL), 0
)
_prepare(connection, lambda: "person:mara", path.parent)
connection.pragma("journal_mode", "wal")
steps = [
    replace(step, sql=step.sql + "SELECT die();") if step.number == number else step
    for step in shipped()
]
for last in filter(None, (begun, len(steps))):
    migrate(connection, path, steps[:last])
"""


def left_by_a_kill(folder: Path, *, at: int, begun: int) -> int:
    """Return the schema that a kill at a step leaves, after a start that goes on.

    Args:
        folder: Where the workspace is.
        at: The step that ends in the kill.
        begun: The schema that there was before; 0 for a new workspace.
    """
    folder.mkdir()
    path = folder / "tuimail.db"
    words = [sys.executable, "-c", _KILLED_AT, str(path), str(at), str(begun)]
    killed = subprocess.run(words, check=False)
    assert killed.returncode == -signal.SIGKILL
    left = apsw.Connection(str(path))
    found = version(left)
    assert left.pragma("integrity_check") == "ok"
    left.close()
    again = Bench(folder)
    assert version(again.database.connection) == LAST
    again.drafted()
    again.close()
    return found


@pytest.mark.parametrize("number", range(2, LAST + 1))
def test_a_kill_at_any_step_leaves_the_schema_before_it(
    folder: Path, number: int
) -> None:
    """F11: never between two, and the copy of what was there exists."""
    left = left_by_a_kill(folder, at=number, begun=1)

    assert left == number - 1
    copies = {one.name for one in folder.glob("*.copy")}
    assert copies == {"tuimail.db.1.copy", f"tuimail.db.{number - 1}.copy"}


@pytest.mark.parametrize("number", [1, LAST])
def test_a_kill_while_a_workspace_is_made_leaves_a_file_that_is_made_anew(
    folder: Path, number: int
) -> None:
    left = left_by_a_kill(folder, at=number, begun=0)

    assert left == 0
    assert not list(folder.glob("*.copy"))


def test_a_database_that_another_process_made_meanwhile_is_not_made_again(
    old: apsw.Connection, folder: Path
) -> None:
    schema._make(old, folder / "tuimail.db", (NEXT,))

    assert version(old) == LAST
    assert old.execute("SELECT id FROM drafts").fetchall() == [("d1",)]


def test_an_empty_database_beside_mail_is_not_begun_anew(folder: Path) -> None:
    (folder / "outbound" / "d1").mkdir(parents=True)

    for _ in range(2):
        with pytest.raises(DamagedWorkspaceError, match="mail beside it") as caught:
            Bench(folder)
        assert "doctor --repair" in caught.value.hint


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_database_beside_a_list_is_not_begun_anew(
    folder: Path, name: str
) -> None:
    """Who must not be written to, or may not approve, would be forgotten."""
    folder.mkdir()
    (folder / name).touch()

    with pytest.raises(DamagedWorkspaceError, match=f"{name} beside it"):
        Bench(folder)


def test_an_empty_folder_for_mail_is_none(folder: Path) -> None:
    (folder / "outbound" / ".tmp").mkdir(parents=True)

    Bench(folder).close()
