import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tuimail.errors import FullDiskError
from tuimail.store.room import has_room, require_room

Disk = Callable[[Path], os.statvfs_result]
GIGABYTE = 1_000_000_000


def disk(size: int, free: int, *, names: int = 10, counted: int = 100) -> Disk:
    """A disk with blocks of one byte."""
    found = os.statvfs_result((1, 1, size, free, free, counted, names, names, 0, 255))
    return lambda _path: found


def broken(_path: Path) -> os.statvfs_result:
    raise OSError(5, "Input/output error")


@pytest.mark.parametrize(
    ("free", "is_enough"), [(50_000_000, True), (49_999_999, False)]
)
def test_a_big_disk_keeps_fifty_megabytes(*, free: int, is_enough: bool) -> None:
    assert has_room(Path(), statvfs=disk(100 * GIGABYTE, free)) is is_enough


@pytest.mark.parametrize(("free", "is_enough"), [(50_000, True), (49_999, False)])
def test_a_small_disk_keeps_a_twentieth(*, free: int, is_enough: bool) -> None:
    assert has_room(Path(), statvfs=disk(1_000_000, free)) is is_enough


def test_a_disk_without_names_for_files_has_no_room() -> None:
    full = disk(GIGABYTE, GIGABYTE, names=0)

    with pytest.raises(FullDiskError, match="no room for another file"):
        require_room(Path(), statvfs=full)


def test_a_disk_that_does_not_count_its_files_has_room() -> None:
    assert has_room(Path(), statvfs=disk(GIGABYTE, GIGABYTE, names=0, counted=0))


def test_a_disk_that_does_not_answer_keeps_nobody_waiting() -> None:
    """Whatever is written next says what is wrong with it."""
    require_room(Path(), statvfs=broken)

    assert has_room(Path(), statvfs=broken)


def test_the_refusal_has_the_numbers_and_a_way_on(tmp_path: Path) -> None:
    with pytest.raises(FullDiskError) as refused:
        require_room(tmp_path, statvfs=disk(100 * GIGABYTE, 12_345_678))

    assert str(refused.value) == (
        f"The disk that holds {tmp_path} has 12.3 MB left, and 50.0 MB are kept "
        "for what becomes of mail on its way."
    )
    assert "tuimail purge --older-than 90" in refused.value.hint


def test_the_real_disk_is_measured(tmp_path: Path) -> None:
    free = os.statvfs(tmp_path)

    is_enough = free.f_bavail * free.f_frsize >= 50_000_000
    assert has_room(tmp_path) is is_enough
