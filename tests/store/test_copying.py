import errno
import os
from pathlib import Path

import apsw
import pytest

from tests.store.bench import Bench
from tuimail.errors import StoreError
from tuimail.store.copying import TreeCopy, copy_database


def test_a_database_is_copied_while_it_is_in_use(bench: Bench, tmp_path: Path) -> None:
    bench.drafted()
    with bench.database.reading():
        bench.drafts.get("d1")
    target = tmp_path / "copy.db"

    copy_database(bench.database, target)

    assert target.stat().st_mode & 0o777 == 0o600
    copy = apsw.Connection(str(target))
    assert copy.execute("SELECT id FROM drafts").fetchall() == [("d1",)]
    assert copy.pragma("integrity_check") == "ok"
    copy.close()
    bench.drafted("d2")


def test_a_copy_never_takes_the_place_of_a_file(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_bytes(b"theirs")

    with pytest.raises(StoreError):
        copy_database(bench.database, tmp_path / "copy.db")

    assert (tmp_path / "copy.db").read_bytes() == b"theirs"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "one").write_bytes(b"x" * 100_000)
    (folder / "a" / "one").chmod(0o444)
    (folder / "a" / "b" / "two").write_bytes(b"2")
    os.link(folder / "a" / "one", folder / "a" / "b" / "again")
    return folder


def test_folders_are_copied_with_their_links(tree: Path, tmp_path: Path) -> None:
    copy = TreeCopy()

    copy.copy(tree, tmp_path / "copy")

    there = tmp_path / "copy" / "a"
    assert (there / "one").read_bytes() == b"x" * 100_000
    assert (there / "one").samefile(there / "b" / "again")
    assert not (there / "one").samefile(tree / "a" / "one")
    assert (there / "one").stat().st_mode & 0o777 == 0o400
    assert (copy.files, copy.size_bytes) == (3, 100_001)


def test_what_is_no_content_is_left_out(tree: Path, tmp_path: Path) -> None:
    (tree / ".tmp-half").touch()
    (tree / ".tmp").mkdir()
    (tree / ".tmp" / "half").touch()
    (tree / "link").symlink_to(tree / "a" / "one")
    os.mkfifo(tree / "pipe")

    TreeCopy().copy(tree, tmp_path / "copy")

    assert [path.name for path in (tmp_path / "copy").iterdir()] == ["a"]


@pytest.mark.parametrize("call", ["lstat", "open"])
def test_what_goes_away_meanwhile_is_left_out(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """Another program may purge while a copy is made."""
    place = Path if call == "lstat" else os
    kept = getattr(place, call)

    def gone(path: object, *args: object, **how: object) -> object:
        if str(path).endswith("tree/a/b/two"):
            raise FileNotFoundError(errno.ENOENT, "No such file", str(path))
        return kept(path, *args, **how)

    monkeypatch.setattr(place, call, gone)

    TreeCopy().copy(tree, tmp_path / "copy")

    assert not (tmp_path / "copy" / "a" / "b" / "two").exists()
    assert (tmp_path / "copy" / "a" / "b" / "again").exists()


def test_without_links_every_name_has_its_own_copy(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(_: Path, __: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", none)
    copy = TreeCopy()

    copy.copy(tree, tmp_path / "copy")

    there = tmp_path / "copy" / "a"
    assert (there / "b" / "again").read_bytes() == (there / "one").read_bytes()
    assert copy.size_bytes == 200_001


def test_nothing_is_copied_from_where_nothing_is(tmp_path: Path) -> None:
    copy = TreeCopy()

    copy.copy(tmp_path / "none", tmp_path / "copy")

    assert copy.files == 0
    assert list((tmp_path / "copy").iterdir()) == []
