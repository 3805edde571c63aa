from pathlib import Path

import apsw
import pytest

from tests.store.bench import NOW, Bench
from tuimail.errors import DamagedWorkspaceError
from tuimail.store.integrity import (
    HEAD_NAME,
    KeptHead,
    dangling_rows,
    faults,
    quick_faults,
    read_head,
    require_whole,
)
from tuimail.store.journal import Head


@pytest.fixture
def kept(bench: Bench, folder: Path) -> KeptHead:
    return KeptHead(folder, bench.database)


def damage(path: Path) -> None:
    """Overwrite an index behind SQLite's back, while nobody has it open."""
    other = apsw.Connection(str(path))
    [(root,)] = other.execute(
        "SELECT rootpage FROM sqlite_schema WHERE name = 'drafts_by_change'"
    ).fetchall()
    size = other.pragma("page_size")
    assert isinstance(size, int)
    other.close()
    with path.open("r+b") as file:
        file.seek((int(root) - 1) * size)
        file.write(b"\x0a" + b"\0" * 7)


def test_a_database_as_it_was_written_is_whole(bench: Bench) -> None:
    bench.released()

    assert quick_faults(bench.database) == faults(bench.database) == ()
    assert dangling_rows(bench.database) == 0
    require_whole(bench.database, bench.path)


def test_a_page_that_was_overwritten_is_found(bench: Bench, folder: Path) -> None:
    bench.drafted()
    bench.close()
    damage(bench.path)

    again = Bench(folder)

    assert faults(again.database)
    with pytest.raises(DamagedWorkspaceError, match="is damaged") as caught:
        require_whole(again.database, again.path)
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


def test_the_head_of_the_journal_is_kept_beside_it(
    bench: Bench, kept: KeptHead, folder: Path
) -> None:
    bench.drafted()

    kept.keep()

    assert read_head(folder / HEAD_NAME) == bench.journal.head()
    assert (folder / HEAD_NAME).stat().st_mode & 0o777 == 0o600
    kept.require()


def test_nothing_is_kept_of_what_is_not_certain(
    bench: Bench, kept: KeptHead, folder: Path
) -> None:
    with bench.writing():
        bench.accounts.hold("work", "", None, NOW)
        kept.keep()

    assert not (folder / HEAD_NAME).exists()


def test_an_empty_journal_has_no_head(kept: KeptHead, folder: Path) -> None:
    kept.keep()

    assert not (folder / HEAD_NAME).exists()


def test_a_database_that_lost_its_newest_steps_is_known(
    bench: Bench, kept: KeptHead
) -> None:
    bench.drafted()
    kept.write(Head(99, "f" * 64))

    with pytest.raises(DamagedWorkspaceError, match="older than the mail") as caught:
        kept.require()

    assert "doctor --repair" in caught.value.hint


def test_a_step_that_is_missed_is_not_forgotten_for_a_newer_one(
    bench: Bench, kept: KeptHead, folder: Path
) -> None:
    """Else the next change would hide that mail could leave again."""
    missed = Head(1, "f" * 64)
    kept.write(missed)
    bench.drafted()

    kept.keep()

    assert read_head(folder / HEAD_NAME) == missed


@pytest.mark.parametrize(
    "content", ["", "7", "x " + "f" * 64, "7 short", "7 a b", "é", "\0" * 70]
)
def test_what_a_power_cut_left_of_it_is_no_head(
    kept: KeptHead, folder: Path, content: str
) -> None:
    (folder / HEAD_NAME).write_text(content, "utf-8")

    assert read_head(folder / HEAD_NAME) is None
    kept.require()
