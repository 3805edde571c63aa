import fcntl
import os
import re
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tuimail.store.log import KEPT, LIMIT_BYTES, Log

NOW = datetime(2026, 3, 2, 14, 2, tzinfo=UTC)
STAMP = "2026-03-02T14:02:00.000000Z"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "tuimail.log"


def log(path: Path) -> Log:
    return Log(path, now=lambda: NOW)


def aside(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")


def fill(path: Path, text: str, size: int = LIMIT_BYTES) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text.ljust(size - 1) + "\n")


# A line -----------------------------------------------------------------------


def test_a_line_has_the_time_the_event_and_the_facts(path: Path) -> None:
    log(path).note("account_held", account="work", code=535)

    assert path.read_text() == f'{STAMP} account_held account="work" code=535\n'


def test_lines_follow_each_other(path: Path) -> None:
    log(path).note("sender_started")
    log(path).note("sender_stopped")

    assert path.read_text() == f"{STAMP} sender_started\n{STAMP} sender_stopped\n"


def test_a_line_without_a_clock_has_the_time_of_now(path: Path) -> None:
    Log(path).note("sender_started")

    written = datetime.fromisoformat(path.read_text().split()[0])
    assert abs((datetime.now(UTC) - written).total_seconds()) < 60


@pytest.mark.parametrize(
    "text",
    ["a\nb", 'a" b="c', "a\x1b[2Jb", "a\x7fb", "a\x9bb", "a\u202eb", "a\ud800b", "ä"],
)
def test_no_value_ends_its_line_or_acts_on_a_terminal(path: Path, text: str) -> None:
    log(path).note("verdict", server=text)

    written = path.read_bytes()
    assert written.isascii()
    assert re.fullmatch(rb'[ -~]* server="(?:[ !#-\[\]-~]|\\.)*"\n', written)


def test_a_long_value_is_cut(path: Path) -> None:
    log(path).note("verdict", server="x" * 5_000)

    assert path.stat().st_size < 300
    assert path.read_text().endswith('x\\u2026"\n')


def test_addresses_are_left_out(path: Path) -> None:
    """A server repeats whom it refuses, and that may be a blind copy."""
    log(path).note("verdict", server="550 <quiet@example.org>: no such user")

    assert "quiet" not in path.read_text()
    assert '550 <(address)>: no such user"' in path.read_text()


# Where it goes ----------------------------------------------------------------


def test_only_its_owner_may_read_it(path: Path) -> None:
    log(path).note("sender_started")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_without_a_path_nothing_is_written(tmp_path: Path) -> None:
    Log(None).note("sender_started")

    assert list(tmp_path.iterdir()) == []


def test_a_link_in_its_place_is_not_followed(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to(tmp_path / "elsewhere")

    log(path).note("sender_started")

    assert not (tmp_path / "elsewhere").exists()


def test_a_pipe_that_nobody_reads_keeps_nobody_waiting(path: Path) -> None:
    path.parent.mkdir()
    os.mkfifo(path)

    log(path).note("sender_started")

    assert stat.S_ISFIFO(path.stat().st_mode)


def test_a_folder_that_cannot_be_made_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    log(tmp_path / "file" / "tuimail.log").note("sender_started")

    assert (tmp_path / "file").read_text() == ""


def test_a_full_disk_stops_nobody(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int, _line: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)

    log(path).note("sender_started")

    assert path.read_bytes() == b""


# Putting aside ----------------------------------------------------------------


def test_a_full_file_is_put_aside(path: Path) -> None:
    fill(path, "old")

    log(path).note("sender_started")

    assert path.read_text() == f"{STAMP} sender_started\n"
    assert aside(path, 1).read_text().startswith("old")


def test_a_file_that_is_not_full_yet_goes_on(path: Path) -> None:
    line = f"{STAMP} sender_started\n"
    fill(path, "old", LIMIT_BYTES - len(line))

    log(path).note("sender_started")

    assert path.stat().st_size == LIMIT_BYTES
    assert not aside(path, 1).exists()


def test_five_files_are_kept(path: Path) -> None:
    for number in range(8):
        fill(path, f"file {number}")
        log(path).note("sender_started")

    kept = [aside(path, number).read_text()[:6] for number in range(1, KEPT + 1)]
    assert kept == ["file 7", "file 6", "file 5", "file 4", "file 3"]
    assert not aside(path, KEPT + 1).exists()


def test_while_another_process_puts_it_aside_the_file_goes_on(path: Path) -> None:
    """Nobody waits for a process that was stopped with the lock in its hands."""
    fill(path, "old")
    with path.with_name("tuimail.log.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        log(path).note("sender_started")

    assert path.read_text().endswith(f"{STAMP} sender_started\n")
    assert not aside(path, 1).exists()


def test_a_file_that_was_just_put_aside_is_not_put_aside_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes find it full; the second comes when the first is done."""
    fill(path, "old")
    flock = fcntl.flock

    def late(descriptor: int, kind: int) -> None:
        if not aside(path, 1).exists():
            path.replace(aside(path, 1))
            path.write_text("new\n")
        flock(descriptor, kind)

    monkeypatch.setattr(fcntl, "flock", late)

    log(path).note("sender_started")

    assert path.read_text() == f"new\n{STAMP} sender_started\n"
    assert aside(path, 1).read_text().startswith("old")


WRITER = """
import sys
from pathlib import Path
from tuimail.store import log
log.LIMIT_BYTES = 20_000
writer = log.Log(Path(sys.argv[1]))
for number in range(300):
    writer.note("line", by=sys.argv[2], number=number)
"""


@pytest.mark.slow
def test_several_processes_write_whole_lines(path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(number)])
        for number in range(3)
    ]
    codes = [writer.wait(60) for writer in writers]

    files = [one for one in path.parent.iterdir() if one.suffix != ".lock"]
    lines = [line for one in files for line in one.read_text().splitlines()]
    pattern = re.compile(r'[0-9TZ:.-]{27} line by="\d" number=\d+')
    assert codes == [0, 0, 0]
    assert all(pattern.fullmatch(line) for line in lines)
    assert len(set(lines)) == len(lines) == 900
