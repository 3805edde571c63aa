"""Killed at any moment, or written by two: what was acknowledged is there, whole."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.store.bench import Bench
from tuimail.store.durable import write_durably

_WRITE = """
import os, signal, sys
from pathlib import Path
from tests.store.bench import Bench, NOW

bench = Bench(Path(sys.argv[1]))
with bench.writing():
    bench.accounts.hold("work", "", None, NOW)
    if sys.argv[2] == "inside":
        os.kill(os.getpid(), signal.SIGKILL)
print("acknowledged", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""

_MANY = """
import sys
from pathlib import Path
from tests.store.bench import Bench

bench = Bench(Path(sys.argv[1]))
for number in range(12):
    bench.sending(f"{sys.argv[2]}{number}")
bench.close()
"""

_HALF_A_FILE = """
import os, signal, sys
from pathlib import Path
from tuimail.store.durable import write_durably

def pieces():
    yield b"new" * 30_000
    os.kill(os.getpid(), signal.SIGKILL)

write_durably(Path(sys.argv[1]), pieces())
"""


def run(script: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("where", "said", "kept"),
    [("inside", "", set()), ("after", "acknowledged\n", {"work"})],
)
def test_a_kill_keeps_exactly_what_was_acknowledged(
    folder: Path, where: str, said: str, kept: set[str]
) -> None:
    killed = run(_WRITE, str(folder), where)

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert killed.stdout == said
    bench = Bench(folder)
    assert set(bench.accounts.held()) == kept
    assert len(bench.journal.all()) == len(kept)
    assert bench.journal.verify().ok
    bench.drafted()
    bench.close()


def test_a_kill_in_mid_file_leaves_the_old_file(tmp_path: Path) -> None:
    write_durably(tmp_path / "message.eml", [b"old"])

    killed = run(_HALF_A_FILE, str(tmp_path / "message.eml"))

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert (tmp_path / "message.eml").read_bytes() == b"old"
    (left,) = tmp_path.glob(".tmp-*")
    assert left.stat().st_mode & 0o777 == 0o600


@pytest.mark.slow
def test_two_processes_write_at_once_and_nothing_is_lost(bench: Bench) -> None:
    folder = str(bench.path.parent)
    with (
        subprocess.Popen([sys.executable, "-c", _MANY, folder, "a"]) as one,
        subprocess.Popen([sys.executable, "-c", _MANY, folder, "b"]) as other,
    ):
        codes = one.wait(), other.wait()

    assert codes == (0, 0)
    assert bench.rows.counts() == {"sending": 24}
    assert len(bench.rows.rows(limit=100)) == 24
    checked = bench.journal.verify()
    assert checked.ok
    assert checked.checked == 24 * 9


@pytest.mark.slow
def test_processes_that_open_a_new_workspace_at_once_make_one(folder: Path) -> None:
    script = "import sys; from pathlib import Path; from tests.store.bench import Bench"
    script += "; Bench(Path(sys.argv[1])).drafted(sys.argv[2])"
    started = [
        subprocess.Popen([sys.executable, "-c", script, str(folder), f"d{number}"])
        for number in range(4)
    ]

    codes = [process.wait() for process in started]

    bench = Bench(folder)
    assert codes == [0] * 4
    assert bench.rows.counts() == {"draft": 4}
    assert bench.journal.verify() == (True, None, 8)
    bench.close()
