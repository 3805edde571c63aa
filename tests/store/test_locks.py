import errno
import fcntl
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from weakref import WeakSet

import pytest

from tuimail.errors import StoreError
from tuimail.store import locks
from tuimail.store.locks import SenderLock

_HOLDING = """
import sys, time
from pathlib import Path
from tuimail.store.locks import SenderLock

lock = SenderLock(Path(sys.argv[1]))
assert lock.acquire("serve")
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mail" / "sender.lock"


@pytest.fixture
def lock(path: Path) -> Iterator[SenderLock]:
    lock = SenderLock(path)
    yield lock
    lock.release()


@pytest.fixture
def elsewhere(path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Another process that has the lock."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDING, str(path)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_one_holds_it_and_says_who(lock: SenderLock, path: Path) -> None:
    assert lock.holder() is None

    assert lock.acquire("app")

    assert lock.holder() == SenderLock(path).holder() == f"app, pid {os.getpid()}"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_second_one_does_not_get_it(lock: SenderLock, path: Path) -> None:
    """Also in the same process: a lock belongs to whoever opened the file."""
    lock.acquire("app")

    assert not SenderLock(path).acquire("cli")

    assert lock.holder() == f"app, pid {os.getpid()}"


def test_taking_what_one_has_is_fine(lock: SenderLock) -> None:
    assert lock.acquire()
    assert lock.acquire()


def test_it_can_be_let_go_and_taken_again(lock: SenderLock, path: Path) -> None:
    lock.acquire("app with a long name")
    lock.release()
    lock.release()
    assert lock.holder() is None

    other = SenderLock(path)
    assert other.acquire("cli")

    assert lock.holder() == f"cli, pid {os.getpid()}"
    other.release()


def test_another_process_keeps_it_until_it_dies(
    lock: SenderLock, elsewhere: "subprocess.Popen[bytes]"
) -> None:
    """However it dies: the kernel lets the lock go."""
    assert not lock.acquire("app")
    assert lock.holder() == f"serve, pid {elsewhere.pid}"

    elsewhere.send_signal(signal.SIGKILL)
    elsewhere.wait()

    assert lock.holder() is None
    assert lock.acquire("app")


def test_a_process_that_sleeps_keeps_it(
    lock: SenderLock, elsewhere: "subprocess.Popen[bytes]"
) -> None:
    """A machine that was suspended must not find another sender at work."""
    elsewhere.send_signal(signal.SIGSTOP)

    assert not lock.acquire("app")
    assert lock.holder() == f"serve, pid {elsewhere.pid}"

    elsewhere.send_signal(signal.SIGCONT)


def test_asking_who_holds_it_never_takes_it_from_anybody(
    lock: SenderLock, path: Path
) -> None:
    """``holder`` locks for a moment itself, which ``acquire`` waits out."""
    done = threading.Event()
    watcher = SenderLock(path)

    def ask_and_ask() -> None:
        while not done.is_set():
            watcher.holder()

    lock.acquire()
    lock.release()
    asking = threading.Thread(target=ask_and_ask)
    asking.start()
    try:
        for _ in range(50):
            assert lock.acquire()
            lock.release()
    finally:
        done.set()
        asking.join()


def test_a_moments_probe_is_waited_out(
    lock: SenderLock, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock.acquire()
    lock.release()
    with path.open("rb") as probe:
        fcntl.flock(probe, fcntl.LOCK_SH)
        monkeypatch.setattr(time, "sleep", lambda _: fcntl.flock(probe, fcntl.LOCK_UN))

        assert lock.acquire()


def test_a_link_in_its_place_is_not_followed(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    (tmp_path / "theirs").write_text("theirs")
    path.symlink_to(tmp_path / "theirs")

    with pytest.raises(StoreError):
        SenderLock(path).acquire()

    assert (tmp_path / "theirs").read_text() == "theirs"


def test_a_disk_that_cannot_be_written_does_not_keep_the_lock(
    lock: SenderLock, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)

    with pytest.raises(StoreError, match="is full"):
        lock.acquire()

    monkeypatch.undo()
    assert SenderLock(path).holder() is None


# Did whoever had it before let it go? -------------------------------------------


def test_who_let_it_go_leaves_nothing_to_look_at(lock: SenderLock, path: Path) -> None:
    assert not lock.is_unchecked()
    for _ in range(2):
        lock.acquire("app")
        assert not lock.is_unchecked()
        lock.release()

    assert not SenderLock(path).is_unchecked()


def test_a_death_is_known_until_somebody_has_looked(
    lock: SenderLock, path: Path, elsewhere: "subprocess.Popen[bytes]"
) -> None:
    elsewhere.kill()
    elsewhere.wait()

    for _ in range(2):
        assert lock.acquire("app")
        assert lock.is_unchecked()
        lock.release()
    lock.acquire("app")
    lock.mark_checked()

    assert not lock.is_unchecked()
    assert lock.holder() == f"app, pid {os.getpid()}"
    lock.release()
    assert lock.acquire("cli")
    assert not lock.is_unchecked()


def test_a_machine_that_was_started_anew_is_known(
    lock: SenderLock, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut may have come while nobody sent."""
    monkeypatch.setattr(locks, "BOOT_ID", tmp_path / "boot")
    for boot, is_unchecked in (("one", False), ("one", False), ("two", True)):
        (tmp_path / "boot").write_text(f"{boot}\n", "ascii")
        lock.acquire("app")
        assert lock.is_unchecked() is is_unchecked
        lock.release()


def test_a_system_that_does_not_count_its_starts_is_fine(
    lock: SenderLock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "BOOT_ID", tmp_path / "none")
    lock.acquire("app")
    lock.release()

    lock.acquire("app")

    assert not lock.is_unchecked()


def test_marking_what_nobody_ever_took_is_fine(lock: SenderLock, path: Path) -> None:
    lock.mark_checked()

    assert not path.exists()
    assert lock.unmended_since() == ""


def test_what_is_not_mended_is_known_until_somebody_did(lock: SenderLock) -> None:
    lock.acquire("app")
    lock.mark_checked(unmended="2026-03-04T05:06:07Z")
    lock.release()

    lock.acquire("app")
    assert lock.unmended_since() == "2026-03-04T05:06:07Z"
    lock.mark_checked()

    assert lock.unmended_since() == ""


def test_a_disk_that_fails_when_it_is_let_go_lets_it_go(
    lock: SenderLock, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock.acquire("app")

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, "ftruncate", fail)
        lock.release()

    other = SenderLock(path)
    assert other.acquire("cli")
    assert other.is_unchecked()
    other.release()


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_process_leaves_the_lock_to_its_parent(
    lock: SenderLock, path: Path
) -> None:
    """Or it would have it, and do nothing with it, once the parent is dead."""
    assert lock.acquire("api")
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.read(read, 1)
        os._exit(0)

    lock.leave_to_the_parent()

    assert SenderLock(path).acquire("app")
    os.write(write, b".")
    assert os.waitpid(child, 0)[1] == 0
    for end in (read, write):
        os.close(end)


def test_all_locks_of_a_process_are_left_when_it_is_forked(
    lock: SenderLock, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What runs in the child, run here: only this process is measured."""
    others = SenderLock(path.with_name("other.lock"))
    monkeypatch.setattr(locks, "_MADE", WeakSet([lock, others]))
    assert lock.acquire("api")
    assert others.acquire("api")

    locks._leave_to_the_parent()

    for left in (path, path.with_name("other.lock")):
        taker = SenderLock(left)
        assert taker.acquire("app")
        taker.release()


def test_without_the_lock_there_is_nothing_to_leave(lock: SenderLock) -> None:
    lock.leave_to_the_parent()

    assert lock.holder() is None
