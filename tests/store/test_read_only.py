"""A disk that may not be written: what is there can be looked at, and no more."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest

from tests.store.bench import MARA, NOW, Bench
from tuimail.errors import (
    NewerWorkspaceError,
    ReadOnlyWorkspaceError,
    StoreError,
)
from tuimail.store import read_only, schema
from tuimail.store.database import Database
from tuimail.store.read_only import is_read_only

Lock = Callable[[], None]


@pytest.fixture
def written(bench: Bench, folder: Path) -> Bench:
    """A workspace with a mail in it, closed as it should be."""
    bench.drafted()
    bench.close()
    return bench


@pytest.fixture
def turned(monkeypatch: pytest.MonkeyPatch) -> Lock:
    """Have the disk say that nothing may be written, whoever asks."""

    def turn() -> None:
        monkeypatch.setattr(os, "access", lambda _path, mode: not mode & os.W_OK)
        monkeypatch.setattr(read_only, "_is_disk_read_only", lambda _: True)

    return turn


def test_what_can_be_written_is_not_read_only(written: Bench, folder: Path) -> None:
    assert not is_read_only(written.path)
    assert not is_read_only(folder / "none")
    again = Bench(folder)
    assert not again.database.is_read_only
    again.close()


def test_it_can_be_looked_at_and_leaves_nothing(
    written: Bench, folder: Path, turned: Lock
) -> None:
    turned()
    before = sorted(folder.iterdir())

    again = Bench(folder)

    assert again.database.is_read_only
    assert again.drafts.get("d1").revision == 1
    assert again.journal.verify().ok
    again.close()
    assert sorted(folder.iterdir()) == before


def test_writing_ends_in_one_clear_error(
    written: Bench, folder: Path, turned: Lock
) -> None:
    turned()
    again = Bench(folder)

    with pytest.raises(ReadOnlyWorkspaceError, match="may not be written") as caught:
        again.drafted("d2")

    assert caught.value.hint
    assert set(again.drafts.among(["d1", "d2"])) == {"d1"}
    again.close()


def test_what_was_written_last_is_read_with_the_files_beside_it(
    bench: Bench, folder: Path, turned: Lock
) -> None:
    """The disk turned while somebody was at it: the log is not in the database."""
    bench.drafted()
    turned()

    again = Bench(folder)

    assert set(again.drafts.among(["d1"])) == {"d1"}
    again.close()


def test_what_would_have_to_be_upgraded_first_is_refused(
    written: Bench, folder: Path, turned: Lock
) -> None:
    connection = apsw.Connection(str(written.path))
    connection.pragma("user_version", 1)
    connection.close()
    turned()

    with pytest.raises(ReadOnlyWorkspaceError, match="older tuimail"):
        Bench(folder)


def test_what_is_newer_is_refused_all_the_same(
    written: Bench, folder: Path, turned: Lock
) -> None:
    connection = apsw.Connection(str(written.path))
    connection.pragma("user_version", schema.shipped()[-1].number + 1)
    connection.close()
    turned()

    with pytest.raises(NewerWorkspaceError):
        Bench(folder)


def test_a_folder_in_its_place_is_told(
    folder: Path, turned: Lock, tmp_path: Path
) -> None:
    (folder / "tuimail.db").mkdir(parents=True)
    turned()

    with pytest.raises(StoreError, match="is not a regular file"):
        Database.open(folder / "tuimail.db", actor=lambda: MARA)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, if this machine lets us have one."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip(f"no disk can be mounted here: {made.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def remounted(place: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)


_DIE = """
import os, signal, sys
from pathlib import Path
from tests.store.bench import Bench

Bench(Path(sys.argv[1])).drafted("d2")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not shutil.which("mount"), reason="there is no mount here")
@pytest.mark.parametrize(
    ("is_crashed", "there"), [(False, {"d1"}), (True, {"d1", "d2"})]
)
def test_a_disk_that_really_turned_can_be_looked_at(
    disk: Path, *, is_crashed: bool, there: set[str]
) -> None:
    """After a crash what was written last is only in the log beside it."""
    bench = Bench(disk / "mail")
    bench.drafted()
    bench.close()
    if is_crashed:
        words = [sys.executable, "-c", _DIE, str(disk / "mail")]
        subprocess.run(words, check=False)
    remounted(disk)

    again = Bench(disk / "mail")

    assert set(again.drafts.among(["d1", "d2"])) == there
    with pytest.raises(ReadOnlyWorkspaceError), again.writing():
        again.accounts.hold("work", "", None, NOW)
    again.close()


def test_who_is_about_to_write_files_is_refused_before(
    written: Bench, folder: Path, turned: Lock
) -> None:
    """A transaction begins all the same: only its first row is refused."""
    open_to_write = Bench(folder)
    open_to_write.database.require_writable()
    open_to_write.close()
    turned()
    again = Bench(folder)

    with again.database.transaction(), pytest.raises(ReadOnlyWorkspaceError):
        again.database.require_writable()

    again.close()
