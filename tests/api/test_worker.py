"""The thread itself, with a workspace that does as it is told."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from tests.api.conftest import Place
from tuimail.api import worker as module
from tuimail.api.worker import Worker
from tuimail.api.workspace import Workspace
from tuimail.errors import ConfigurationError, StoreError

PATIENCE = 10


@dataclass
class Opened:
    """As much of a workspace as the thread itself uses."""

    version: int = 0
    holder: str | None = None
    is_closed: bool = False
    fails: bool = False

    def data_version(self) -> int:
        if self.fails:
            raise StoreError("The disk is gone.")
        return self.version

    def sender_holder(self) -> str | None:
        return self.holder

    def close(self) -> None:
        self.is_closed = True


@dataclass
class Senders:
    """Stands for every sender of a test."""

    begun: threading.Event = field(default_factory=threading.Event)
    stopped: threading.Event = field(default_factory=threading.Event)
    woken: int = 0

    def __call__(self, _opener: object) -> "Senders":
        return self

    def start(self) -> None:
        self.begun.set()

    def wake(self) -> None:
        self.woken += 1

    def stop(self, *, timeout: float | None = None) -> bool:
        self.stopped.set()
        return True


@pytest.fixture
def senders(monkeypatch: pytest.MonkeyPatch) -> Senders:
    made = Senders()
    monkeypatch.setattr("tuimail.workspace.sending.SenderThread", made)
    return made


@pytest.fixture
def opened() -> list[Opened]:
    return []


@pytest.fixture
def worker(opened: list[Opened], senders: Senders) -> Iterator[Worker]:
    def opener() -> Any:
        opened.append(Opened())
        return opened[-1]

    made = Worker(opener)
    made.start()
    yield made
    made.close()


def wait_for(
    worker: Worker, look: Any, *, seconds: float = PATIENCE, sends: bool = False
) -> "Future[Any]":
    answer: Future[Any] = Future()

    def act(_opened: object) -> None:
        worker.watch(look, answer, seconds=seconds, sends=sends)

    worker.do(act).result(PATIENCE)
    return answer


def never(_opened: object, *, is_over: bool) -> str | None:
    return "over" if is_over else None


def test_nothing_is_opened_before_something_is_asked(
    worker: Worker, opened: list[Opened]
) -> None:
    assert opened == []

    assert worker.do(lambda _: threading.current_thread().name).result() == "tuimail"

    assert len(opened) == 1


def test_what_goes_wrong_is_raised_by_whoever_asked(worker: Worker) -> None:
    def wrong(_opened: object) -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        worker.do(wrong).result(PATIENCE)

    assert worker.do(lambda _: 3).result(PATIENCE) == 3


def test_what_was_cancelled_before_its_turn_is_not_done(worker: Worker) -> None:
    go_on, done = threading.Event(), list[str]()
    worker.do(lambda _: go_on.wait(PATIENCE))
    cancelled = worker.do(lambda _: done.append("cancelled"))
    last = worker.do(lambda _: done.append("last"))

    assert cancelled.cancel()
    go_on.set()
    last.result(PATIENCE)

    assert done == ["last"]


def test_a_workspace_that_cannot_be_opened_is_tried_again() -> None:
    answers = [ConfigurationError("No."), Opened()]

    def opener() -> Any:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    worker = Worker(opener)
    worker.start()

    with pytest.raises(ConfigurationError):
        worker.do(lambda _: 3).result(PATIENCE)
    assert worker.do(lambda _: 3).result(PATIENCE) == 3
    worker.close()


def test_after_the_disk_failed_it_is_opened_anew(
    worker: Worker, opened: list[Opened]
) -> None:
    def fail(_opened: object) -> None:
        raise StoreError("The disk is gone.")

    with pytest.raises(StoreError):
        worker.do(fail).result(PATIENCE)
    worker.do(lambda _: None).result(PATIENCE)

    assert [one.is_closed for one in opened] == [True, False]


def test_what_others_wrote_is_news(worker: Worker, opened: list[Opened]) -> None:
    looks: list[int] = []

    def look(found: Opened, *, is_over: bool) -> str | None:
        looks.append(found.version)
        return "there" if found.version == 3 else None

    answer = wait_for(worker, look)
    opened[0].version = 3

    assert answer.result(PATIENCE) == "there"
    assert set(looks) == {0, 3}


def test_what_does_not_come_is_over_in_time(worker: Worker) -> None:
    assert wait_for(worker, never, seconds=0.05).result(PATIENCE) == "over"


def test_a_look_that_fails_ends_the_waiting(worker: Worker) -> None:
    def wrong(_opened: object, *, is_over: bool) -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        wait_for(worker, wrong).result(PATIENCE)


def test_nobody_is_left_waiting_where_the_disk_fails(
    worker: Worker, opened: list[Opened]
) -> None:
    answer = wait_for(worker, never)
    opened[0].fails = True

    with pytest.raises(StoreError):
        answer.result(PATIENCE)

    assert worker.do(lambda _: 3).result(PATIENCE) == 3


def test_others_go_on_waiting_where_a_job_finds_that_the_disk_failed(
    worker: Worker, opened: list[Opened]
) -> None:
    def fail(_opened: object) -> None:
        raise StoreError("The disk is gone.")

    answer = wait_for(worker, never, seconds=0.2)
    with pytest.raises(StoreError):
        worker.do(fail).result(PATIENCE)

    assert answer.result(PATIENCE) == "over"
    assert len(opened) == 2


def test_somebody_sends_while_somebody_waits_and_not_for_ever(
    worker: Worker, senders: Senders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LINGER", timedelta(0))

    wait_for(worker, never, seconds=0.1, sends=True).result(PATIENCE)

    assert senders.begun.wait(PATIENCE)
    assert senders.stopped.wait(PATIENCE)


def test_a_sender_is_woken_by_whatever_is_done(
    worker: Worker, senders: Senders
) -> None:
    worker.hold_sender(1).result(PATIENCE)
    assert senders.begun.wait(PATIENCE)

    worker.do(lambda _: None).result(PATIENCE)
    worker.do(lambda _: None).result(PATIENCE)

    assert senders.woken


def test_nobody_sends_beside_another_sender(
    worker: Worker, opened: list[Opened], senders: Senders
) -> None:
    worker.do(lambda _: None).result(PATIENCE)
    opened[0].holder = "app, pid 3"

    wait_for(worker, never, seconds=0.1, sends=True).result(PATIENCE)

    assert not senders.begun.is_set()


def test_what_is_waited_for_is_told_as_it_stands_at_the_end(
    worker: Worker, opened: list[Opened], senders: Senders
) -> None:
    answer = wait_for(worker, never, sends=True)
    assert senders.begun.wait(PATIENCE)

    worker.close()

    assert answer.result(0) == "over"
    assert opened[0].is_closed
    assert senders.stopped.is_set()


def test_one_that_is_closed_says_so(worker: Worker) -> None:
    worker.close()

    with pytest.raises(StoreError, match="closed") as refused:
        worker.do(lambda _: None)

    assert "tuimail.Workspace" in refused.value.hint


def test_everything_ends_before_the_program_does(
    worker: Worker, opened: list[Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_HAS_ENDED", threading.Event())
    worker.do(lambda _: None).result(PATIENCE)

    module._end_all()

    assert opened[0].is_closed


LATE = """
import threading, tuimail

mail = dict(to="bob@example.net", subject="Hi", text="Hi", dry_run=True)
tuimail.send(**mail)

def send():
    for _ in range(5):
        print(tuimail.send(**mail).status)
    threading.main_thread().join()
    print("over")

threading.Thread(target=send).start()
"""


@pytest.mark.slow
def test_a_thread_may_still_send_when_the_main_thread_has_ended(place: Place) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LATE],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert ran.stdout.split() == [*["dry_run"] * 5, "over"]


def test_the_end_waits_for_no_thread_of_a_pool() -> None:
    with ThreadPoolExecutor(1) as pool:
        thread = pool.submit(threading.current_thread).result()

        assert module._is_of_a_pool(thread)
        assert thread not in module._threads_of_the_program()


def test_who_sends_at_the_very_end_is_told_each_time(
    monkeypatch: pytest.MonkeyPatch, workspace: Workspace
) -> None:
    ended = threading.Event()
    ended.set()
    monkeypatch.setattr(module, "_HAS_ENDED", ended)

    for _ in range(2):
        with pytest.raises(StoreError, match="The program is ending"):
            workspace.get("06h0")
