import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import apsw
import pytest

from tests.store.bench import MARA, NOW, Bench
from tests.store.disks import failing_disk
from tests.umasks import umask
from tuimail.core.submission import AccountFault
from tuimail.errors import (
    InputError,
    StoreError,
    WorkspaceBusyError,
    WorkspaceRefusedError,
)
from tuimail.store.database import Database, _make_file
from tuimail.store.durable import close_to_others


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def hold(bench: Bench, name: str = "work") -> None:
    """Write something: a hold is the smallest change there is."""
    with bench.writing():
        bench.accounts.hold(name, "by hand", None, NOW)


@pytest.mark.parametrize("mask", [0, 0o077, 0o277])
def test_only_this_user_can_read_what_is_made(folder: Path, mask: int) -> None:
    with umask(mask):
        bench = Bench(folder / "deep")
        hold(bench)

        assert mode(folder) == 0o700
        assert mode(folder / "deep") == 0o700
        assert {mode(path) for path in (folder / "deep").iterdir()} == {0o600}
        assert len(list((folder / "deep").iterdir())) == 3
    bench.close()


def test_files_that_were_made_while_it_was_closed_can_be_written_again(
    folder: Path,
) -> None:
    """SQLite gives the files beside it the mode of the database of that day."""
    bench = Bench(folder)
    hold(bench)
    for one in folder.iterdir():
        one.chmod(0o400)
    (folder / "tuimail.db").chmod(0o600)

    again = Bench(folder)

    assert {mode(path) for path in folder.iterdir()} == {0o600}
    again.close()
    bench.close()


def test_a_folder_that_others_may_enter_is_closed(folder: Path) -> None:
    folder.mkdir()
    for left in (0o777, 0o750):
        folder.chmod(left)

        Bench(folder).close()

        assert mode(folder) == 0o700


def test_a_folder_of_somebody_else_is_left_as_it_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.mkdir()
    folder.chmod(0o755)
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)

    Bench(folder).close()

    assert mode(folder) == 0o755


def test_a_folder_that_holds_other_things_is_left_as_it_is(folder: Path) -> None:
    """Closing ``/`` or a project that others work in would do harm."""
    folder.mkdir()
    folder.chmod(0o755)
    (folder / "README").touch()

    for _ in range(2):
        Bench(folder).close()

    assert mode(folder) == 0o755


def test_a_folder_for_everybody_is_left_as_it_is(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o1777)

    Bench(folder).close()

    assert mode(folder) == 0o1777


def test_a_link_beside_it_is_left_alone(folder: Path, tmp_path: Path) -> None:
    folder.mkdir()
    (tmp_path / "other").touch()
    (tmp_path / "other").chmod(0o644)
    (folder / "tuimail.db-wal").symlink_to(tmp_path / "other")

    close_to_others(folder / "tuimail.db-wal", 0o600)

    assert mode(tmp_path / "other") == 0o644


def test_text_that_cannot_be_utf_8_is_refused(bench: Bench) -> None:
    """Bytes of a command line that are no text reach Python as half pairs."""
    with pytest.raises(InputError, match="cannot be written as UTF-8"):
        hold(bench, "\udcff")
    with pytest.raises(InputError, match="cannot be written as UTF-8"):
        bench.drafts.matching("\udcff")

    hold(bench)


def test_an_actor_that_cannot_be_utf_8_is_refused(folder: Path) -> None:
    bench = Bench(folder, actor=lambda: "person:\udcff")

    with pytest.raises(InputError, match="cannot be written as UTF-8"):
        hold(bench)

    bench.close()


def test_a_folder_whose_name_is_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceRefusedError, match="is not UTF-8 text"):
        Database.open(tmp_path / "\udcff" / "tuimail.db", actor=lambda: MARA)

    assert list(tmp_path.iterdir()) == []


def test_commits_survive_a_power_cut_and_keys_are_kept(bench: Bench) -> None:
    pragma = bench.database.connection.pragma

    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == 2
    assert pragma("fullfsync") == 1
    assert pragma("foreign_keys") == 1
    assert pragma("recursive_triggers") == 1
    assert pragma("trusted_schema") == 0
    assert pragma("mmap_size") == 0
    assert pragma("busy_timeout") == 10_000


def test_what_was_written_is_there_when_it_is_opened_again(
    bench: Bench, folder: Path
) -> None:
    hold(bench)
    bench.close()

    again = Bench(folder)

    assert set(again.accounts.held()) == {"work"}
    again.close()


def test_a_transaction_happens_wholly_or_not_at_all(bench: Bench) -> None:
    def fail_half_way() -> None:
        with bench.writing():
            bench.accounts.hold("work", "", None, NOW)
            raise LookupError

    with pytest.raises(LookupError):
        fail_half_way()

    assert bench.accounts.held() == {}
    hold(bench, "home")
    assert set(bench.accounts.held()) == {"home"}


def test_transactions_do_not_nest(bench: Bench) -> None:
    with (
        bench.writing(),
        pytest.raises(RuntimeError, match="nest"),
        bench.database.transaction(),
    ):
        raise AssertionError

    hold(bench)


def test_nothing_is_written_outside_a_transaction(bench: Bench) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        bench.accounts.hold("work", "", None, NOW)
    with pytest.raises(RuntimeError, match="transaction"):
        bench.database.write_each("DELETE FROM account_states WHERE name = ?", [("x",)])
    with bench.database.reading(), pytest.raises(RuntimeError, match="transaction"):
        bench.accounts.hold("work", "", None, NOW)

    assert bench.accounts.held() == {}


def test_reading_shows_one_moment(bench: Bench, folder: Path) -> None:
    other = Bench(folder)

    with bench.database.reading():
        before = bench.accounts.held()
        hold(other)
        meanwhile = bench.accounts.held()

    other.close()
    assert before == meanwhile == {}
    assert set(bench.accounts.held()) == {"work"}


def _kept_after_reading(database: Database) -> int:
    """Return how many bytes of the database are in memory once all was read."""
    assert len(database.read_in_order(_ALL_HELD, (), str)) == 1_500
    return database.connection.status(apsw.SQLITE_DBSTATUS_CACHE_USED)[0]


def test_what_is_looked_through_does_not_stay_in_memory(bench: Bench) -> None:
    with bench.writing():
        for number in range(1_500):
            bench.accounts.hold(f"{number:0500}", "by hand", None, NOW)
    with bench.database.looking_through():
        looked_through = _kept_after_reading(bench.database)
    read = _kept_after_reading(bench.database)

    assert looked_through < 500_000 < read


def test_a_database_that_was_closed_while_it_was_looked_through_stays_closed(
    bench: Bench,
) -> None:
    with bench.database.looking_through():
        bench.database.close()

    with pytest.raises(StoreError, match="not open"):
        hold(bench)


_ALL_HELD = "SELECT reason || name FROM account_states ORDER BY changed_at, name"


def test_reading_in_a_transaction_sees_what_it_wrote(bench: Bench) -> None:
    with bench.writing():
        bench.accounts.hold("work", "", None, NOW)
        with bench.database.reading():
            seen = bench.accounts.held()
        bench.accounts.hold("home", "", None, NOW)

    assert set(seen) == {"work"}
    assert set(bench.accounts.held()) == {"home", "work"}


def test_the_version_changes_when_somebody_else_writes(
    bench: Bench, folder: Path
) -> None:
    other = Bench(folder)
    start = bench.database.data_version()

    hold(bench)
    own = bench.database.data_version()
    hold(other, "home")
    others = bench.database.data_version()

    other.close()
    assert own == start
    assert others != start


def test_a_closed_database_says_so(bench: Bench) -> None:
    bench.close()
    bench.close()

    with pytest.raises(StoreError, match="is not open: it was closed"):
        bench.accounts.held()
    with pytest.raises(StoreError, match="is not open"):
        hold(bench)


def test_waiting_for_another_program_ends_in_a_clear_error(
    bench: Bench, folder: Path
) -> None:
    other = Bench(folder)
    other.database.connection.set_busy_timeout(1)

    with (
        bench.writing(),
        pytest.raises(WorkspaceBusyError, match=r"tuimail\.db") as caught,
    ):
        hold(other)

    hold(other)
    other.close()
    assert caught.value.hint


@pytest.fixture
def unfinished(folder: Path) -> Iterator[apsw.Connection]:
    """Another program that is just making the workspace."""
    folder.mkdir()
    other = apsw.Connection(str(folder / "tuimail.db"))
    other.execute("BEGIN EXCLUSIVE")
    yield other
    other.close()


def test_a_workspace_that_another_program_is_making_is_waited_for(
    folder: Path, unfinished: apsw.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: unfinished.execute("COMMIT"))

    bench = Bench(folder)

    hold(bench)
    bench.close()


def test_a_workspace_that_is_never_made_is_told(
    folder: Path, unfinished: apsw.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)

    with pytest.raises(WorkspaceBusyError):
        Bench(folder)

    assert sum(waited) == pytest.approx(10)
    assert unfinished.in_transaction


def test_after_a_failed_flush_nothing_more_is_written(folder: Path) -> None:
    """A COMMIT that failed may have happened: the row can be there afterwards."""
    with failing_disk() as disk:
        bench = Bench(folder)
        hold(bench)
        disk.on_flush = apsw.IOError("the disk is dying")

        with pytest.raises(StoreError, match="The disk failed at"):
            hold(bench, "home")

        disk.on_flush = None
        with pytest.raises(StoreError, match="the disk failed while it was in use"):
            hold(bench, "third")
        with pytest.raises(StoreError, match="is not open"):
            bench.accounts.held()
    again = Bench(folder)
    found = set(again.accounts.held())
    again.close()
    assert found - {"home"} == {"work"}


def test_a_full_disk_refuses_and_lets_go_on_when_there_is_room(folder: Path) -> None:
    with failing_disk() as disk:
        bench = Bench(folder)
        disk.on_write = apsw.FullError("no room")

        with pytest.raises(StoreError, match="is full") as caught:
            hold(bench)

        disk.on_write = None
        assert bench.accounts.held() == {}
        hold(bench, "home")
        assert set(bench.accounts.held()) == {"home"}
        bench.close()
    assert "nothing was changed" in caught.value.hint


def test_a_broken_promise_at_commit_takes_everything_back(bench: Bench) -> None:
    """A draft without a revision is noticed only when it is committed."""
    with pytest.raises(StoreError, match="refused a step"), bench.writing():
        bench.database.write(
            "INSERT INTO drafts (id, state, status, revision, actor, door, note, "
            "account, created_at, changed_at) VALUES ('d1', 'draft', 'draft', 1, "
            "'person:mara', 'app', '', '', '2026-03-02T14:02:00.000000Z', "
            "'2026-03-02T14:02:00.000000Z')",
            (),
        )

    assert bench.drafts.matching("d1") == ()
    hold(bench)


def test_text_that_is_no_database_is_not_opened(folder: Path) -> None:
    folder.mkdir()
    (folder / "tuimail.db").write_bytes(b"From: somebody\n" * 100)

    with pytest.raises(StoreError, match="is not a database of tuimail"):
        Database.open(folder / "tuimail.db", actor=lambda: MARA)

    assert (folder / "tuimail.db").read_bytes() == b"From: somebody\n" * 100


def test_a_damaged_page_is_one_clear_error(bench: Bench, folder: Path) -> None:
    bench.drafted()
    bench.close()
    path = folder / "tuimail.db"
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)

    with pytest.raises(StoreError, match="is damaged") as caught:
        Bench(folder).drafts.get("d1")

    assert "copy" in caught.value.hint


def test_a_link_or_a_folder_in_its_place_is_not_followed(folder: Path) -> None:
    folder.mkdir()
    (folder / "elsewhere").touch()
    (folder / "tuimail.db").symlink_to(folder / "elsewhere")

    with pytest.raises(StoreError, match="is not a regular file"):
        Database.open(folder / "tuimail.db", actor=lambda: MARA)

    assert (folder / "elsewhere").stat().st_size == 0


_TRY_LOCK = """
import fcntl, sys
shared_first, shared_size = 0x40000002, 510
with open(sys.argv[1], "r+b") as file:
    fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, shared_size, shared_first)
"""


def test_opening_it_twice_in_a_process_keeps_its_locks(
    bench: Bench, folder: Path
) -> None:
    """Closing a file drops all locks of the process on it, whoever took them."""
    bench.drafted()
    _make_file(folder / "tuimail.db")

    asked = subprocess.run(
        [sys.executable, "-c", _TRY_LOCK, str(folder / "tuimail.db")],
        check=False,
        capture_output=True,
    )

    assert b"BlockingIOError" in asked.stderr


def test_threads_that_open_a_new_workspace_at_once_make_one(folder: Path) -> None:
    def write(name: str) -> None:
        bench = Bench(folder)
        bench.drafted(name)
        bench.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, ("d1", "d2", "d3", "d4")))

    bench = Bench(folder)
    assert bench.rows.counts() == {"draft": 4}
    assert bench.journal.verify().ok
    bench.close()


def test_the_journal_names_who_acts_at_that_moment(folder: Path) -> None:
    acting = ["person:mara"]
    bench = Bench(folder, actor=lambda: acting[0])
    hold(bench)
    acting[0] = "tuimail"
    with bench.writing():
        bench.accounts.hold("home", "535", AccountFault.LOGIN, NOW)

    actors = [line.actor for line in bench.journal.all()]

    bench.close()
    assert actors == ["person:mara", "tuimail"]


def test_another_programs_sqlite_cannot_write(bench: Bench, folder: Path) -> None:
    """It does not have our functions, so that no step escapes the journal."""
    stranger = apsw.Connection(str(folder / "tuimail.db"))

    with pytest.raises(apsw.SQLError, match="no such function: actor"):
        stranger.execute(
            "INSERT INTO account_states (name, is_held, reason, fault, changed_at) "
            "VALUES ('work', 1, '', '', '2026-03-02T14:02:00.000000Z')"
        )

    stranger.close()
    assert bench.accounts.held() == {}


def test_transactions_together_are_one_and_each_fails_alone(bench: Bench) -> None:
    with bench.database.together():
        for number, is_good in ((1, True), (2, False), (3, True)):
            with suppress(ZeroDivisionError), bench.database.transaction():
                bench.facts.set(f"fact {number}", "known")
                if not is_good:
                    raise ZeroDivisionError

    known = [bench.facts.get(f"fact {number}") for number in (1, 2, 3)]
    assert known == ["known", None, "known"]


@pytest.mark.parametrize(
    "ask",
    [
        lambda database: database.read(_ALL_HELD, (), dict),
        lambda database: database.read_in_order(_ALL_HELD, (), str),
        lambda database: database.write("DELETE FROM facts WHERE name = ?", ("x",)),
        lambda database: database.write_each("DELETE FROM facts WHERE name = ?", ["x"]),
        lambda database: database.split("words", "no such tokenizer", ()),
        lambda database: database.data_version(),
    ],
    ids=["read", "in order", "write", "write each", "split", "version"],
)
def test_whichever_way_sqlite_is_asked_what_it_refuses_is_told(
    bench: Bench, ask: Callable[[Database], object]
) -> None:
    """What is broken off while it writes takes its transaction with it."""
    with (
        suppress(StoreError),
        bench.writing(),
        refused(bench.database),
        pytest.raises(StoreError),
    ):
        ask(bench.database)


@contextmanager
def refused(database: Database) -> Iterator[None]:
    """Have SQLite break off whatever it begins."""
    database.connection.set_progress_handler(lambda: True, 1)
    try:
        yield
    finally:
        database.connection.set_progress_handler(None)


def test_a_moment_lasts_until_something_is_written(bench: Bench) -> None:
    database = bench.database
    moments: list[tuple[int, int] | None] = []

    for _ in range(2):
        assert database.moment is None
        with database.together():
            moments += [database.moment, database.moment]
    with database.together(), suppress(ZeroDivisionError), database.transaction():
        moments.append(database.moment)
        bench.facts.set("fact", "known")
        moments.append(database.moment)
        raise ZeroDivisionError

    assert moments[0] == moments[1]
    assert moments[2] == moments[3]
    assert len(set(moments)) == 4


def test_nothing_of_what_is_done_together_stays_when_that_fails(bench: Bench) -> None:
    with suppress(ZeroDivisionError), bench.database.together():
        with bench.database.transaction():
            bench.facts.set("fact", "known")
        raise ZeroDivisionError

    assert bench.facts.get("fact") is None
    with bench.database.transaction():
        bench.facts.set("fact", "known again")
    assert bench.facts.get("fact") == "known again"


def test_who_fails_where_sqlite_ended_it_for_all_is_told_why(bench: Bench) -> None:
    """A full disk ends a whole transaction, so that there is no step to undo."""
    with (
        suppress(ZeroDivisionError),
        bench.database.together(),
        bench.database.transaction(),
    ):
        bench.facts.set("fact", "known")
        bench.database.connection.execute("ROLLBACK")
        raise ZeroDivisionError

    assert bench.facts.get("fact") is None
    hold(bench)


def test_transactions_do_not_nest_within_what_is_done_together(bench: Bench) -> None:
    with (
        pytest.raises(RuntimeError, match="do not nest"),
        bench.database.together(),
        bench.database.transaction(),
        bench.database.transaction(),
    ):
        pass


def test_a_statement_that_found_nothing_finds_its_columns_later(bench: Bench) -> None:
    assert bench.facts.get("fact") is None
    with bench.writing():
        bench.facts.set("fact", "known")

    assert bench.facts.get("fact") == "known"


def test_a_statement_keeps_its_plan_whatever_values_it_is_given(bench: Bench) -> None:
    """Planning a join anew takes ten times as long as running it."""
    kept = bench.database.connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, -1)

    assert kept
