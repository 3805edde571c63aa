from pathlib import Path

import pytest

from tests.store.bench import NOW, Bench, later
from tuimail.errors import DamagedWorkspaceError
from tuimail.store import kept as module
from tuimail.store.kept import (
    HEAD_NAME,
    Head,
    KeptHead,
    kept_files,
    read_head,
    read_intents,
)


@pytest.fixture
def kept(bench: Bench, folder: Path) -> KeptHead:
    return KeptHead(folder, bench.database)


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


def test_what_was_read_before_the_commit_is_kept_after_it(
    bench: Bench, kept: KeptHead, folder: Path
) -> None:
    with bench.writing():
        bench.accounts.hold("work", "", None, NOW)
        newest = kept.newest()
        assert not (folder / HEAD_NAME).exists()

    kept.put(newest)

    assert read_head(folder / HEAD_NAME) == bench.journal.head()
    assert kept.newest() is None


def test_where_there_was_no_step_nothing_is_written_down(
    kept: KeptHead, folder: Path
) -> None:
    kept.put(kept.newest())

    assert not (folder / HEAD_NAME).exists()


def test_what_another_process_wrote_meanwhile_is_not_taken_back(
    bench: Bench, kept: KeptHead, folder: Path
) -> None:
    with bench.writing():
        bench.accounts.hold("work", "", None, NOW)
        newest = kept.newest()
    other = Bench(folder)
    other.drafted()
    KeptHead(folder, other.database).keep()

    kept.put(newest)

    assert read_head(folder / HEAD_NAME) == other.journal.head()


def test_what_another_process_misses_is_not_forgotten_by_the_next_flush(
    bench: Bench, kept: KeptHead, folder: Path
) -> None:
    """What was written from here is read no more, but by who writes there again."""
    bench.drafted("d1")
    kept.keep()
    missed = Head(99, "f" * 64)
    KeptHead(folder, bench.database).write(missed)
    bench.drafted("d2")

    kept.put(kept.newest())

    assert read_head(folder / HEAD_NAME) == missed


def test_a_head_that_was_removed_is_kept_again(
    bench: Bench, kept: KeptHead, folder: Path
) -> None:
    one = committed(bench, "d1")
    kept.keep()
    for path in kept_files(folder)[:2]:
        path.unlink()
    bench.drafted("d2")

    kept.put(kept.newest())

    assert read_head(folder / HEAD_NAME) == bench.journal.head()
    assert read_intents(folder) == {one: 1}


# Which mails may have left ------------------------------------------------------


def committed(bench: Bench, draft_id: str) -> str:
    submission_id = bench.sending(draft_id)
    with bench.writing():
        bench.commit(submission_id, 1, later(12))
    return submission_id


def test_what_may_have_left_is_kept_before_it_leaves(
    bench: Bench, kept: KeptHead, folder: Path
) -> None:
    bench.sending("d1")
    kept.keep()
    assert read_intents(folder) == {}

    one = committed(bench, "d2")
    kept.keep()

    assert read_intents(folder) == {one: 1}


def test_steps_of_another_process_are_kept_as_well(
    bench: Bench, kept: KeptHead, folder: Path
) -> None:
    """Whoever moves the head on answers for all that lies between."""
    kept.keep()
    one = committed(bench, "d1")

    other = Bench(folder)
    other.drafted("d2")
    KeptHead(folder, other.database).keep()
    other.close()

    assert read_intents(folder) == {one: 1}
    kept.keep()
    assert read_intents(folder) == {one: 1}


def test_old_ones_are_put_aside_and_at_last_forgotten(
    bench: Bench, kept: KeptHead, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "INTENTS_BYTES", 1)
    names = []
    for number in range(3):
        names.append(committed(bench, f"d{number}"))
        kept.keep()

    assert set((folder / "journal.intents.1").read_text("ascii").split()) == {
        names[2], "1",
    }  # fmt: skip
    assert {path.name for path in kept_files(folder) if path.exists()} == {
        HEAD_NAME,
        "journal.intents.1",
    }


@pytest.mark.parametrize("content", [b"", b"s-d1", b"s-d1 x\n", b"\xff\xfe\n"])
def test_what_a_power_cut_left_of_them_says_nothing(
    folder: Path, content: bytes
) -> None:
    folder.mkdir()
    (folder / "journal.intents").write_bytes(content)

    assert read_intents(folder) == {}


def test_the_last_attempt_counts(folder: Path) -> None:
    folder.mkdir()
    (folder / "journal.intents").write_text("s1 3\ns1 12\ns1 4\n", "ascii")
    (folder / "journal.intents.1").write_text("s1 2\ns2 1\n", "ascii")

    assert read_intents(folder) == {"s1": 12, "s2": 1}


def test_a_folder_in_the_place_of_a_file_says_nothing(folder: Path) -> None:
    for name in (HEAD_NAME, "journal.intents"):
        (folder / name).mkdir(parents=True)

    assert read_head(folder / HEAD_NAME) is None
    assert read_intents(folder) == {}
