"""The list once more beside the database, for the day that is lost."""

import stat
from pathlib import Path

import pytest

from tests.store.bench import Bench, later
from tests.store.test_suppressions import ANA, ROW, put
from tuimail.errors import StoreError
from tuimail.store.kept_lists import KeptList
from tuimail.store.kept_suppressions import NAME, kept_suppressions, read_kept
from tuimail.store.suppressions import SuppressionRow, Suppressions

Kept = KeptList[tuple[SuppressionRow, ...]]


@pytest.fixture
def kept(bench: Bench, folder: Path) -> Kept:
    return kept_suppressions(folder, Suppressions(bench.database))


def test_what_is_written_down_can_be_read(
    bench: Bench, kept: Kept, folder: Path
) -> None:
    put(bench, ROW, ANA)

    kept.keep()

    assert read_kept(folder) == (ANA, ROW)
    assert stat.S_IMODE((folder / NAME).stat().st_mode) == 0o600


def test_who_was_removed_is_written_down_no_more(
    bench: Bench, kept: Kept, folder: Path
) -> None:
    put(bench, ROW)
    kept.keep()
    with bench.writing():
        Suppressions(bench.database).remove(ROW.key, later(5))

    kept.keep()

    assert read_kept(folder) == ()


def test_there_is_no_file_while_nobody_was_ever_listed(
    kept: Kept, folder: Path
) -> None:
    kept.keep()

    assert not (folder / NAME).exists()
    assert read_kept(folder) == ()


def test_what_another_process_adds_meanwhile_is_not_lost(
    bench: Bench, folder: Path
) -> None:
    """It was between our look at the list and our writing that it wrote its own."""

    class Interrupted(Suppressions):
        def rows(
            self, *, limit: int, before: SuppressionRow | None = None
        ) -> tuple[SuppressionRow, ...]:
            found = super().rows(limit=limit, before=before)
            if len(found) == 1:
                put(bench, ANA)
            return found

    put(bench, ROW)

    kept_suppressions(folder, Interrupted(bench.database)).keep()

    assert read_kept(folder) == (ANA, ROW)


def test_a_disk_that_does_not_take_it_stops_nobody(
    bench: Bench, kept: Kept, folder: Path
) -> None:
    put(bench, ROW)
    (folder / NAME).mkdir()

    kept.keep()

    assert Suppressions(bench.database).rows(limit=9) == (ROW,)


@pytest.mark.parametrize("content", [b"", b"{}", b'[{"key": 1}]', b"\xff"])
def test_what_cannot_be_understood_is_said(folder: Path, content: bytes) -> None:
    folder.mkdir()
    (folder / NAME).write_bytes(content)

    with pytest.raises(StoreError, match="cannot be understood") as refused:
        read_kept(folder)

    assert refused.value.hint
