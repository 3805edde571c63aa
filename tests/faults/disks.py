"""Disks that are small, full, closed or dying, where the machine lets us have one."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

STRACE = shutil.which("strace")


@contextmanager
def small_disk(folder: Path, row: str, *, kilobytes: int) -> Iterator[Path]:
    """Yield a folder on a disk of that size, or skip and say why."""
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if mount is None or umount is None:
        pytest.skip(f"{row} needs mount, which is not installed.")
    folder.mkdir()
    size = f"size={kilobytes}k,mode=0700"
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", size, "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"{row} needs a disk of its own: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run([umount, "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Fill the disk of ``folder`` to the last byte; return what to remove."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65_536, 4096, 512, 1):
            _write_while_there_is_room(file.fileno(), bytes(size))
    return filler


def _write_while_there_is_room(descriptor: int, piece: bytes) -> None:
    while True:
        try:
            os.write(descriptor, piece)
        except OSError:
            return


def failing_calls(row: str, injection: str) -> list[str]:
    """Return the words before a command whose system calls are to fail, or skip."""
    if STRACE is None:
        pytest.skip(f"{row} needs strace, which is not installed.")
    call = injection.partition(":")[0]
    words = [STRACE, "-f", "-qq", "-o", os.devnull, "-e", f"trace={call}"]
    tried = subprocess.run(
        [*words, "true"], capture_output=True, text=True, check=False
    )
    if tried.returncode:
        pytest.skip(f"{row} needs to trace a process: {tried.stderr.strip()}")
    return [*words, "-e", f"inject={injection}"]
