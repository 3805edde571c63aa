"""Makes a run of the suite short: its files are in memory, long ones come first.

A third of what a short test does is to wait for a disk that has its files flushed:
where there is room, and the user is root as in CI, temporary folders are in memory.
A file of tests that takes long would be alone at the end if it came last. What twenty
thousand tests consist of lives as long as the process, and is not looked through for
what is to be freed.
"""

import gc
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import pytest

from tests.coverage_gate import is_whole_suite

ROOM_BYTES: Final = 6 << 30
NEW_OBJECTS: Final = 50_000
"""So many more than before are worth a look for what nobody has any more."""
_PREFIX: Final = "tuimail-tests-"
_made: list[Path] = []


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Have pytest make its folders in memory; its workers follow."""
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])
    if hasattr(config, "workerinput") or config.option.basetemp:
        return
    if is_whole_suite(config) and (folder := _in_memory()) is not None:
        config.option.basetemp = str(folder / "pytest")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Give the memory back."""
    del config
    while _made:
        folder = _made.pop()
        subprocess.run(["umount", "--lazy", folder], check=False)
        folder.rmdir()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that have a slow test before all others."""
    slow = {one.path for one in items if one.get_closest_marker("slow")}
    items.sort(key=lambda one: one.path not in slow)


def pytest_collection_finish() -> None:
    """Count what was collected as here to stay."""
    gc.collect()
    gc.freeze()


def _in_memory() -> Path | None:
    """Return a new folder in memory, where this user may make one and it has room."""
    if os.geteuid() or _free_bytes() < 2 * ROOM_BYTES:
        return None
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    options = f"size={ROOM_BYTES},mode=755"
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        folder.rmdir()
        return None
    _made.append(folder)
    return folder


def _free_bytes() -> int:
    """Return how much memory is free; 0 where nobody says."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    found = (line.split() for line in lines)
    return next((int(one[1]) << 10 for one in found if one[0] == "MemAvailable:"), 0)
