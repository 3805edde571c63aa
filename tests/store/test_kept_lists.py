"""Lists beside the database: written whole, compared, and read again."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tuimail.errors import StoreError
from tuimail.store import durable
from tuimail.store.kept_lists import KeptList, ListFile

FILE: ListFile[tuple[str, ...]] = ListFile(
    name="names.json",
    decoder=msgspec.json.Decoder(tuple[str, ...]),
    nothing=(),
    without="Without it, nobody has a name.",
)


class Names:
    """What a database says, and what others put into it while it is looked at."""

    def __init__(self, folder: Path) -> None:
        self.now: tuple[str, ...] = ()
        self.meanwhile: list[str] = []
        self.kept = KeptList(FILE, folder, self._look)

    def _look(self) -> tuple[str, ...]:
        found = self.now
        if self.meanwhile:
            self.now = (*self.now, self.meanwhile.pop())
        return found


@pytest.fixture
def names(tmp_path: Path) -> Names:
    return Names(tmp_path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / FILE.name


@pytest.fixture
def flushed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every flush of the disk that there was."""
    found: list[int] = []
    monkeypatch.setattr(durable, "flush", found.append)
    return found


def test_what_is_kept_is_read_again_and_closed_to_others(
    names: Names, path: Path
) -> None:
    names.now = ("ana", "bo")

    names.kept.keep()

    assert FILE.read(path.parent) == ("ana", "bo")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_kept_is_on_the_disk(names: Names, flushed: list[int]) -> None:
    names.now = ("ana",)

    names.kept.keep()

    assert len(flushed) == 2


def test_nothing_is_kept_of_nothing(names: Names, path: Path) -> None:
    names.kept.keep()

    assert not path.exists()


def test_what_became_nothing_is_kept_as_such(names: Names, path: Path) -> None:
    names.now = ("ana",)
    names.kept.keep()
    names.now = ()

    names.kept.keep()

    assert FILE.read(path.parent) == ()


def test_a_list_is_begun_without_a_flush_while_it_says_nothing(
    names: Names, path: Path, flushed: list[int]
) -> None:
    names.kept.begin()

    assert names.kept.is_there
    assert FILE.read(path.parent) == ()
    assert flushed == []


def test_a_list_that_says_something_is_begun_on_the_disk(
    names: Names, path: Path, flushed: list[int]
) -> None:
    names.now = ("ana",)

    names.kept.begin()

    assert FILE.read(path.parent) == ("ana",)
    assert len(flushed) == 2


def test_a_list_that_is_there_is_not_begun_again(names: Names, path: Path) -> None:
    path.write_bytes(b"what somebody has to look at")

    names.kept.begin()

    assert path.read_bytes() == b"what somebody has to look at"


@pytest.mark.parametrize("act", [KeptList.keep, KeptList.begin])
def test_what_another_process_adds_meanwhile_is_not_lost(
    names: Names, path: Path, act: Callable[[KeptList[tuple[str, ...]]], None]
) -> None:
    names.now, names.meanwhile = ("ana",), ["bo", "cy"]

    act(names.kept)

    assert FILE.read(path.parent) == ("ana", "cy", "bo")


@pytest.mark.parametrize("act", [KeptList.keep, KeptList.begin])
def test_a_disk_that_does_not_take_it_stops_nobody(
    tmp_path: Path, act: Callable[[KeptList[tuple[str, ...]]], None]
) -> None:
    names = Names(tmp_path / "gone")
    names.now = ("ana",)

    act(names.kept)

    assert names.kept.is_behind()
    assert not names.kept.mend()


def broken(content: bytes) -> bytes:
    return content[:-3]


def changed(content: bytes) -> bytes:
    return content.replace(b"ana", b"eve")


def newer(content: bytes) -> bytes:
    return content.replace(b'"version":1', b'"version":2')


def other(_content: bytes) -> bytes:
    return json.dumps({"version": 1, "digest": "", "list": [1]}).encode()


def emptied(_content: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("spoil", [broken, changed, newer, other, emptied])
def test_what_is_not_what_was_written_is_told_and_mended(
    names: Names, path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    names.now = ("ana",)
    names.kept.keep()
    path.write_bytes(spoil(path.read_bytes()))

    with pytest.raises(StoreError, match=r"names\.json cannot be understood") as told:
        FILE.read(path.parent)

    assert told.value.hint.endswith(FILE.without)
    assert names.kept.is_behind()
    assert names.kept.mend()
    assert FILE.read(path.parent) == ("ana",)
    assert not names.kept.mend()


def test_a_list_that_is_not_there_is_behind_once_there_is_something(
    names: Names, path: Path
) -> None:
    with pytest.raises(FileNotFoundError):
        FILE.read(path.parent)
    assert not names.kept.is_behind()

    names.now = ("ana",)

    assert names.kept.is_behind()


def test_a_pipe_in_its_place_holds_nobody_up(names: Names, path: Path) -> None:
    os.mkfifo(path)

    with pytest.raises(StoreError, match="not a regular file"):
        FILE.read(path.parent)

    assert names.kept.is_behind()
