"""The same bytes from whatever Python renders them.

An approval names a digest, and a workspace outlives the Python it began with.
"""

import json
import os
import pwd
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import idna
import pytest

from tests.core import varied

ROOT = Path(__file__).parents[2]
VERSION = "import sys; print(*sys.version_info[:2])"
OLDEST = (3, 11)


def places() -> Iterator[Path]:
    """Yield folders that people and systems have Pythons in."""
    home = Path(pwd.getpwuid(os.getuid()).pw_dir)
    yield from map(Path, os.get_exec_path())
    yield from sorted(home.glob(".pyenv/versions/*/bin"))
    yield from sorted(home.glob(".local/share/uv/python/*/bin"))
    yield from sorted(Path("/opt").glob("*/bin"))
    yield from sorted(Path("/opt").glob("*/*/bin"))


def other_pythons() -> dict[tuple[int, int], Path]:
    """Return one interpreter of each other version that tuimail runs on."""
    found: dict[tuple[int, int], Path] = {}
    for place in places():
        for path in sorted(place.glob("python3.*")):
            named = re.fullmatch(r"python3\.(\d+)", path.name)
            version = (3, int(named[1])) if named else (0, 0)
            is_wanted = version >= OLDEST and version != sys.version_info[:2]
            if is_wanted and version not in found and answers(path, version):
                found[version] = path
    return found


def answers(path: Path, version: tuple[int, int]) -> bool:
    """Return whether there is a Python behind the name, and not a shim."""
    try:
        done = run(path, "-c", VERSION)
    except (OSError, subprocess.SubprocessError):
        return False
    return done.split() == [*map(str, version)]


def run(python: Path, *words: str, path: str = "") -> str:
    done = subprocess.run(
        [python, "-S", "-B", *words],
        cwd=ROOT,
        env={"PYTHONPATH": path, "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


@pytest.mark.slow
def test_every_other_python_here_makes_the_same_bytes(tmp_path: Path) -> None:
    """Nothing but ``idna`` is there for it: rendering needs nothing compiled."""
    pythons = other_pythons()
    if not pythons:
        pytest.skip("No other Python from 3.11 on is installed here.")
    (tmp_path / "idna").symlink_to(Path(idna.__file__).parent)

    found = {
        version: json.loads(
            run(python, "-m", "tests.core.varied", path=f"{ROOT}{os.pathsep}{tmp_path}")
        )
        for version, python in pythons.items()
    }

    assert found == dict.fromkeys(pythons, varied.digests())


def test_the_drafts_that_are_compared_all_differ() -> None:
    digests = varied.digests()

    assert len(digests) >= 20
    assert len(set(digests)) == len(digests)
