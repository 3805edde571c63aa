"""F19 to F22, F24: the disk of the database is full, closed, dying, or locked."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import apsw
import pytest

from tests.faults import disks
from tests.faults.invariants import check
from tests.faults.place import LONG_TEXT, Place, account_table, make_place
from tests.faults.server import MailServer
from tests.faults.waiting import DEADLINE_SECONDS, wait_until
from tests.store.disks import failing_disk
from tuimail.errors import WorkspaceBusyError
from tuimail.store.database import DATABASE_NAME
from tuimail.workspace.sending import SenderThread

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("in_a_hurry")]

FULL: Final = apsw.FullError("database or disk is full")
CLOSED: Final = apsw.ReadOnlyError("attempt to write a readonly database")
DYING: Final = apsw.IOError("disk I/O error")
PATIENCE_MS: Final = 200


@pytest.fixture
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once, in this process, what the disk did not take."""
    moment = timedelta(milliseconds=20)
    monkeypatch.setattr("tuimail.workspace.sender.RECORD_AGAIN", moment)
    monkeypatch.setattr("tuimail.workspace.sending.AGAIN", moment)


@contextmanager
def on_a_small_disk(folder: Path, server: MailServer, row: str) -> Iterator[Place]:
    """Yield a place on a disk of its own, or skip and say why."""
    with disks.small_disk(folder / "disk", row, kilobytes=4096) as disk:
        place = make_place(disk, server, scratch=folder)
        try:
            yield place
        finally:
            place.end_all()


@contextmanager
def sending(place: Place) -> Iterator[SenderThread]:
    """Have a sender that stays, in this process."""
    sender = SenderThread(place.open)
    sender.start()
    try:
        yield sender
    finally:
        assert sender.stop(timeout=30), "The sender does not end."


@pytest.mark.parametrize(
    ("failure", "says"), [(FULL, "is full"), (CLOSED, "may not be written")]
)
def test_F19_F21_a_disk_that_takes_no_claim_lets_sending_wait(
    place: Place, failure: apsw.Error, says: str
) -> None:
    draft_id = place.waiting()

    with failing_disk() as disk:
        disk.on_write = failure
        with sending(place) as sender:
            wait_until(lambda: says in sender.state, what=f"a sender that says {says}")
            connections = place.server.connections
            disk.on_write = None
            place.wait_for(draft_id, "sent")

    assert connections == 0
    assert len(place.server.accepted) == 1
    check(place)


def test_F19_a_sender_on_a_full_disk_says_so_and_goes_on_by_itself(
    tmp_path: Path, server: MailServer
) -> None:
    with on_a_small_disk(tmp_path, server, "F19") as place:
        sender = place.start_sender()
        sender.wait_for_word("here")
        sender.stop()
        ids = place.several(3)
        filler = disks.fill(place.folder)
        sender.go_on()
        sender.wait_for_word("full")
        connections = server.connections
        filler.unlink()
        for draft_id in ids:
            place.wait_for(draft_id, "sent")

        assert connections == 0
        assert len(server.accepted) == len(ids)
        check(place)


@pytest.mark.parametrize(
    ("call", "failure"),
    [
        ("on_write", FULL),
        ("on_write", CLOSED),
        ("on_write", DYING),
        ("on_flush", DYING),
    ],
)
def test_F20_F21_F22_an_answer_that_the_disk_does_not_take_is_kept_and_offered_again(
    place: Place, call: str, failure: apsw.Error
) -> None:
    """Nothing else leaves until the answer is recorded."""
    place.configure(account_table("work", place.server.port, more="connections = 1"))
    ids = place.several(3)
    with failing_disk() as disk:
        offers = iter([lambda: setattr(disk, call, failure)])
        begun: list[int] = []

        def offered() -> None:
            setattr(disk, call, None)
            begun.append(len(place.server.deliveries))
            next(offers, _go_on)()

        place.points["reply.read_before_commit"] = offered
        with sending(place):
            for draft_id in ids:
                place.wait_for(draft_id, "sent", "deferred")
        place.points.clear()
        _bring_forward(place)

    assert begun[0] == begun[1]
    assert set(place.statuses().values()) == {"sent"}
    assert len(place.server.accepted) == len(ids)
    check(place)


def _bring_forward(place: Place) -> None:
    """Try at once what could not be marked while the disk failed."""
    deferred = [one for one, word in place.statuses().items() if word == "deferred"]
    with place.open() as workspace:
        for draft_id in deferred:
            workspace.outbox.retry(draft_id)
    place.send_here()


def _go_on() -> None:
    """The disk takes it."""


def test_F20_a_kill_before_the_full_disk_took_the_answer_makes_it_unknown(
    tmp_path: Path, server: MailServer
) -> None:
    """Killed when it is offered for the second time: the first time it was full."""
    with on_a_small_disk(tmp_path, server, "F20") as place:
        draft_id = place.waiting()
        point = "reply.read_before_commit"
        sender = place.start_sender(fault=f"{point}:stop,{point}:kill:2")
        sender.wait_for_stop()
        filler = disks.fill(place.folder)
        sender.go_on()
        sender.wait_for_kill()
        filler.unlink()
        place.send_here()
        place.send_here()

        assert place.status(draft_id) == "unknown"
        assert len(server.accepted) == 1
        check(place)


def test_F20_a_disk_that_is_full_for_a_while_makes_nothing_unknown(
    tmp_path: Path, server: MailServer
) -> None:
    with on_a_small_disk(tmp_path, server, "F20") as place:
        draft_id = place.waiting()
        point = "reply.read_before_commit"
        sender = place.start_sender(fault=f"{point}:stop,{point}:stop:2")
        sender.wait_for_stop()
        filler = disks.fill(place.folder)
        sender.go_on()
        sender.wait_for_stop()
        filler.unlink()
        sender.go_on()
        place.wait_for(draft_id, "sent")

        assert len(server.accepted) == 1
        check(place)


def test_F21_a_sender_on_a_closed_disk_says_so_and_goes_on_by_itself(
    tmp_path: Path, server: MailServer
) -> None:
    with on_a_small_disk(tmp_path, server, "F21") as place:
        draft_id = place.waiting()
        _remount(place.folder, "ro")
        sender = place.start_sender()
        sender.wait_for_word("may not be written")
        connections = server.connections
        _remount(place.folder, "rw")
        place.wait_for(draft_id, "sent")

        assert connections == 0
        check(place)


def test_F21_on_a_closed_disk_the_app_shows_what_is_there(
    tmp_path: Path, server: MailServer
) -> None:
    with on_a_small_disk(tmp_path, server, "F21") as place:
        place.write(subject="Still to be read")
        _remount(place.folder, "ro")
        try:
            with place.tuimail.terminal() as app:
                app.press_until("f3", "Still to be read")
                app.press("ctrl+q")
                app.wait_for_end()
        finally:
            _remount(place.folder, "rw")

        check(place)


def test_F22_a_claim_that_cannot_be_flushed_lets_nothing_leave(place: Place) -> None:
    draft_id = place.waiting()

    with failing_disk() as disk:
        disk.on_flush = DYING
        with sending(place) as sender:
            wait_until(lambda: "disk failed" in sender.state, what="a failing disk")
            connections = place.server.connections
            disk.on_flush = None
            place.wait_for(draft_id, "sent")

    assert connections == 0
    assert len(place.server.accepted) == 1
    check(place)


def test_F22_a_mark_that_cannot_be_flushed_keeps_the_dot_back(place: Place) -> None:
    """The mark may be on the disk all the same, so it is looked at anew."""
    draft_id = place.waiting(text=LONG_TEXT)
    with failing_disk() as disk:
        place.points["mid_body"] = lambda: setattr(disk, "on_flush", DYING)
        place.points["reply.read_before_commit"] = lambda: setattr(
            disk, "on_flush", None
        )
        with sending(place):
            place.wait_for(draft_id, "deferred", "unknown")
        offered = len(place.server.deliveries)
        place.points.clear()
        with place.open() as workspace:
            workspace.outbox.retry(draft_id)
        place.drain()

    assert offered == 0
    assert place.status(draft_id) == "sent"
    assert len(place.server.accepted) == 1
    check(place)


@pytest.mark.parametrize("number", [2, 3, 4])
def test_F22_whichever_flush_fails_it_is_sent_once_or_unknown(
    place: Place, number: int
) -> None:
    """In a process of its own, by the system call; every commit is one flush."""
    tracer = disks.failing_calls("F22", f"fdatasync:error=EIO:when={number}")
    draft_id = place.waiting()

    place.start("outbox", "run", "--drain", before=tracer).wait()
    place.send_here()
    if place.status(draft_id) == "deferred":
        with place.open() as workspace:
            workspace.outbox.retry(draft_id)
    place.send_here()

    assert place.status(draft_id) in {"sent", "unknown"}
    assert len(place.server.accepted) <= 1
    check(place)


def test_F24_a_write_to_a_locked_database_waits_and_then_says_so(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    _be_impatient(monkeypatch)
    with locked(place), pytest.raises(WorkspaceBusyError, match="locked for too long"):
        place.write()

    place.write()

    assert len(place.statuses()) == 1
    check(place)


def test_F24_a_sender_waits_for_a_locked_database_and_goes_on(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    _be_impatient(monkeypatch)
    draft_id = place.waiting()

    with locked(place), sending(place) as sender:
        wait_until(lambda: "locked" in sender.state, what="a sender that says why")
    with sending(place):
        place.wait_for(draft_id, "sent")

    assert len(place.server.accepted) == 1
    check(place)


def test_F24_an_answer_waits_until_the_database_is_not_locked_any_more(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    _be_impatient(monkeypatch)
    refused = _refusals(monkeypatch)
    draft_id = place.waiting()
    other = apsw.Connection(str(place.root / DATABASE_NAME))

    def lock() -> None:
        other.execute("BEGIN IMMEDIATE")

    place.points["dot.written"] = lock
    with sending(place):
        assert refused.wait(DEADLINE_SECONDS)
        other.execute("ROLLBACK")
        place.wait_for(draft_id, "sent")
    other.close()

    assert len(place.server.accepted) == 1
    check(place)


def _refusals(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Return what is set when somebody was told that the database is locked."""
    told = threading.Event()

    class ToldError(WorkspaceBusyError):
        def __init__(self, *args: str, **named: str) -> None:
            super().__init__(*args, **named)
            told.set()

    monkeypatch.setattr("tuimail.store.failures.WorkspaceBusyError", ToldError)
    return told


def test_F24_the_app_answers_while_it_waits_for_a_locked_database(
    place: Place,
) -> None:
    """Storing waits for up to ten seconds, and who types does not."""
    with place.tuimail.terminal("compose") as app:
        app.wait_for("sender: here")
        app.type("bob@example.net")
        app.wait_for("bob@example.net")
        with locked(place):
            app.press("ctrl+s")
            app.type(", carol@example.net")
            app.wait_for("carol@example.net")
            has_asked = "y release" in app.text
        app.wait_for("you typed on meanwhile")
        app.press_until("ctrl+s", "y release")
        app.press("escape", "ctrl+q")
        app.wait_for_end()

    assert not has_asked
    assert list(place.statuses().values()) == ["draft"]
    check(place)


def _be_impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for others as briefly as a test can afford."""
    monkeypatch.setattr("tuimail.store.database.BUSY_TIMEOUT_MS", PATIENCE_MS)


@contextmanager
def locked(place: Place) -> Iterator[None]:
    """Have another program keep the database to itself."""
    other = apsw.Connection(str(place.root / DATABASE_NAME))
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def _remount(folder: Path, mode: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{mode}", str(folder)], check=True)
