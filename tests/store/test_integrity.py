from pathlib import Path

import apsw
import pytest

from tests.store.bench import Bench
from tuimail.errors import DamagedWorkspaceError, StoreError
from tuimail.store import database
from tuimail.store.integrity import (
    dangling_rows,
    faults,
    quick_faults,
    require_whole,
)


def damage(path: Path) -> None:
    """Overwrite an index behind SQLite's back, while nobody has it open."""
    other = apsw.Connection(str(path))
    [(root,)] = other.execute(
        "SELECT rootpage FROM sqlite_schema WHERE name = 'drafts_by_change'"
    ).fetchall()
    size = other.pragma("page_size")
    assert isinstance(size, int)
    assert isinstance(root, int)
    other.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\x0a" + b"\0" * 7)


def test_a_database_as_it_was_written_is_whole(bench: Bench) -> None:
    bench.released()

    assert quick_faults(bench.database) == faults(bench.database) == ()
    assert dangling_rows(bench.database) == 0
    require_whole(bench.database, bench.path, is_over=lambda: False)


def test_a_page_that_was_overwritten_is_found(bench: Bench, folder: Path) -> None:
    bench.drafted()
    bench.close()
    damage(bench.path)

    again = Bench(folder)

    assert faults(again.database)
    with pytest.raises(DamagedWorkspaceError, match="is damaged") as caught:
        require_whole(again.database, again.path, is_over=lambda: False)
    assert "tuimail doctor --repair" in caught.value.hint
    again.close()


def test_a_row_that_names_another_which_is_gone_is_found(bench: Bench) -> None:
    bench.released()
    connection = bench.database.connection
    connection.pragma("foreign_keys", 0)
    connection.execute("DROP TRIGGER attempts_are_born_open")
    connection.execute("DROP TRIGGER attempts_begin_open")
    connection.execute(
        "INSERT INTO open_attempts (submission_id) VALUES ('nobody')"
    ).fetchall()

    assert dangling_rows(bench.database) == 1


def test_a_look_that_nobody_waits_for_is_broken_off(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_STEPS_BETWEEN_QUESTIONS", 1)

    with pytest.raises(StoreError, match="was broken off") as caught:
        require_whole(bench.database, bench.path, is_over=lambda: True)

    assert "nothing is sent before" in caught.value.hint
    assert quick_faults(bench.database) == ()


def test_a_look_is_ended_by_an_error_of_who_is_asked(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C comes as one, when Python is asked and not only when SQLite is done."""
    monkeypatch.setattr(database, "_STEPS_BETWEEN_QUESTIONS", 1)

    def interrupted() -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        require_whole(bench.database, bench.path, is_over=interrupted)
    assert quick_faults(bench.database) == ()


def test_a_disk_that_fails_during_a_look_is_what_is_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such an error closes the database, and what is closed is asked no more."""
    monkeypatch.setattr(database, "_STEPS_BETWEEN_QUESTIONS", 1)

    def dying() -> bool:
        raise apsw.IOError("the disk is dying")

    with pytest.raises(StoreError, match="The disk failed at"):
        require_whole(bench.database, bench.path, is_over=dying)
