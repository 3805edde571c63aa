import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.store.bench import NOW
from tests.umasks import umask
from tuimail.errors import AttachmentError, StoreError
from tuimail.store import durable
from tuimail.store.durable import (
    abandoned,
    label_of,
    make_folder,
    replacing,
    sweep,
    temporary,
    write_durably,
)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def flushed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was flushed and renamed, in order."""
    done: list[str] = []
    flush, replace = os.fsync, Path.replace

    def noted_flush(descriptor: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        done.append("flush folder" if is_folder else "flush file")
        flush(descriptor)

    def noted_replace(path: Path, target: Path) -> Path:
        done.append(f"rename to {target.name}")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", noted_flush)
    monkeypatch.setattr(Path, "replace", noted_replace)
    return done


def test_what_is_written_is_there(tmp_path: Path) -> None:
    write_durably(tmp_path / "a", [b"one ", b"", b"two"])

    assert (tmp_path / "a").read_bytes() == b"one two"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("mask", [0, 0o077, 0o777])
@pytest.mark.parametrize("asked", [0o600, 0o400])
def test_the_mode_is_what_was_asked_for(tmp_path: Path, mask: int, asked: int) -> None:
    with umask(mask):
        write_durably(tmp_path / "a", [b"x"], asked)
        make_folder(tmp_path / "b" / "c")

    assert mode(tmp_path / "a") == asked
    assert mode(tmp_path / "b") == mode(tmp_path / "b" / "c") == 0o700


def test_the_file_is_flushed_before_its_name_and_the_folder_after(
    tmp_path: Path, flushed: list[str]
) -> None:
    write_durably(tmp_path / "a", [b"x"])

    assert flushed == ["flush file", "rename to a", "flush folder"]


def test_a_new_folder_is_flushed_into_the_one_above(
    tmp_path: Path, flushed: list[str]
) -> None:
    make_folder(tmp_path / "b" / "c")
    make_folder(tmp_path / "b" / "c")

    assert flushed == ["flush folder", "flush folder"]


def test_a_new_file_replaces_the_old_one_even_where_it_may_not_be_written(
    tmp_path: Path,
) -> None:
    write_durably(tmp_path / "a", [b"old"], 0o400)

    write_durably(tmp_path / "a", [b"new"], 0o400)

    assert (tmp_path / "a").read_bytes() == b"new"


def test_a_link_in_its_place_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"theirs")
    (tmp_path / "a").symlink_to(tmp_path / "elsewhere")

    write_durably(tmp_path / "a", [b"ours"])

    assert (tmp_path / "elsewhere").read_bytes() == b"theirs"
    assert not (tmp_path / "a").is_symlink()


def test_content_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path,
) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise AttachmentError("Changed.")

    write_durably(tmp_path / "a", [b"old"])

    with pytest.raises(AttachmentError):
        write_durably(tmp_path / "a", pieces())

    assert (tmp_path / "a").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_flush_that_fails_is_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system may have forgotten the pages: only writing anew is safe."""
    tries = []

    def failing(descriptor: int) -> None:
        tries.append(descriptor)
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", failing)

    with pytest.raises(StoreError, match="The disk failed at"):
        write_durably(tmp_path / "a", [b"x"])

    assert len(tries) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_room_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int, __: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fchmod", full)

    with pytest.raises(StoreError, match="is full"):
        write_durably(tmp_path / "a", [b"x"])

    assert list(tmp_path.iterdir()) == []


def test_a_file_where_a_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "b").touch()

    with pytest.raises(StoreError, match="is not a folder"):
        make_folder(tmp_path / "b")
    with pytest.raises(StoreError, match="is not a folder"):
        make_folder(tmp_path / "b" / "c")


def test_two_may_make_the_same_folder_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = Path.mkdir

    def too_late(path: Path, mode: int) -> None:
        make(path, mode=0o700)
        raise FileExistsError(errno.EEXIST, "File exists")

    monkeypatch.setattr(Path, "mkdir", too_late)

    make_folder(tmp_path / "b")

    assert (tmp_path / "b").is_dir()


def test_a_folder_that_is_there_already_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir(mode=0o755)
    (tmp_path / "b").chmod(0o755)

    make_folder(tmp_path / "b")

    assert mode(tmp_path / "b") == 0o755


def test_macos_is_asked_for_the_flush_that_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(durable, "_FULL_FLUSH", 51)
    monkeypatch.setattr(fcntl, "fcntl", lambda _, call: asked.append(call))
    monkeypatch.delattr(os, "fsync")

    write_durably(tmp_path / "a", [b"x"])

    assert asked == [51, 51]


def test_what_a_crash_left_is_removed_once_it_is_old(tmp_path: Path) -> None:
    """What is young may be another process's, at work just now."""
    (tmp_path / "b").mkdir()
    for name, age in (("b/.tmp-old", 7200), (".tmp-young", 60), ("b/kept", 7200)):
        (tmp_path / name).touch()
        seconds = NOW.timestamp() - age
        os.utime(tmp_path / name, (seconds, seconds))

    removed = sweep(tmp_path, before=NOW - timedelta(hours=1))

    assert removed == 1
    assert not (tmp_path / "b" / ".tmp-old").exists()
    assert (tmp_path / ".tmp-young").exists()
    assert (tmp_path / "b" / "kept").exists()


def test_there_is_nothing_to_remove_where_there_is_nothing(tmp_path: Path) -> None:
    assert sweep(tmp_path / "none", before=NOW) == 0


# Left by whom? ------------------------------------------------------------------


def test_a_file_is_abandoned_once_nobody_writes_it(tmp_path: Path) -> None:
    with temporary(tmp_path, [b"x"], 0o600, label="d1") as path:
        assert list(abandoned(tmp_path)) == []
        assert label_of(path) == "d1"
        path.rename(tmp_path / ".tmp-d2.kept")

    [left] = abandoned(tmp_path)

    assert label_of(left) == "d2"


def test_two_who_sweep_do_not_meet(tmp_path: Path) -> None:
    (tmp_path / ".tmp-d1.x").touch()

    for _ in abandoned(tmp_path):
        assert list(abandoned(tmp_path)) == []

    assert len(list(abandoned(tmp_path))) == 1


def test_what_is_no_file_is_nobodys_to_sweep(tmp_path: Path) -> None:
    (tmp_path / ".tmp-link").symlink_to(tmp_path / "gone")

    assert list(abandoned(tmp_path)) == []
    assert list(abandoned(tmp_path / "none")) == []


def test_a_file_that_was_swept_before_it_was_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody may sweep between the making of a file and its lock."""
    lock, left = fcntl.flock, list(range(2))

    def swept(descriptor: int, how: int) -> None:
        if left:
            left.pop()
            [path] = tmp_path.glob(".tmp-*")
            path.unlink()
        lock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", swept)

    with temporary(tmp_path, [b"x"], 0o600) as path:
        assert path.read_bytes() == b"x"

    assert left == []


def test_what_is_written_elsewhere_first_leaves_nothing_there(tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    (tmp_path / "there").mkdir()

    write_durably(tmp_path / "there" / "a", [b"x"], by_way_of=tmp_path / "scratch")

    assert (tmp_path / "there" / "a").read_bytes() == b"x"
    assert list((tmp_path / "scratch").iterdir()) == []


def test_an_old_file_that_is_still_written_is_not_swept(tmp_path: Path) -> None:
    with temporary(tmp_path, [b"x"], 0o600) as path:
        os.utime(path, (0, 0))

        assert sweep(tmp_path, before=NOW) == 0
        assert path.exists()


def test_what_goes_away_while_one_sweeps_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "rglob", lambda *_: iter([tmp_path / ".tmp-gone"]))

    assert sweep(tmp_path, before=NOW) == 0


def test_a_copy_that_others_write_takes_its_place(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")

    with replacing(tmp_path / "a") as path:
        assert mode(path) == 0o600
        path.write_bytes(b"new")

    assert (tmp_path / "a").read_bytes() == b"new"
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


def test_what_others_may_look_into_is_found_and_loses_only_that(tmp_path: Path) -> None:
    folder = tmp_path / "ours"
    folder.mkdir(mode=0o700)
    file = folder / "message.eml"
    file.touch()
    file.chmod(0o444)
    (folder / "link").symlink_to(file)
    assert [*durable.open_to_others(folder)] == [file]
    assert [*durable.open_to_others(tmp_path / "gone")] == []

    durable.close_to_others(file)

    assert file.stat().st_mode & 0o777 == 0o400
    assert [*durable.open_to_others(folder)] == []
