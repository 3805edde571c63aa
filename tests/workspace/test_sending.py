"""Who sends: the lock decides, and whoever waits is told."""

import asyncio
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.workspace.conftest import NOW, Desk, Script
from tests.workspace.test_delivery import accepts, everybody, hand_over
from tuimail.core.submission import VerdictKind, Verdicts
from tuimail.errors import StoreError
from tuimail.providers.base import SendJob
from tuimail.testing import FakeClock
from tuimail.workspace import sending
from tuimail.workspace.fields import Fields
from tuimail.workspace.sending import SenderThread, drain, send_now
from tuimail.workspace.stores import LOCK_NAME
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]
PATIENCE_SECONDS = 30.0
"""What does not come within this time never does, however slow the machine is."""


def eventually(claim: Callable[[], bool], *, seconds: float = PATIENCE_SECONDS) -> bool:
    """Return whether ``claim`` comes true before the deadline."""
    waiting = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if claim():
            return True
        waiting.wait(0.02)
    return False


def test_one_mail_is_sent_here_when_nobody_else_sends(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    other = workspace.outbox.send(write().id, revision=1)
    provider.answers(accepts)

    assert send_now(desk.open, row.id, wait=PATIENCE_SECONDS).status == "sent"
    assert workspace.drafts.row(other.id).status == "ready"
    assert workspace.sender_holder() is None


def test_without_waiting_it_stays_in_the_outbox(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    row = workspace.outbox.send(write().id, revision=1)

    assert send_now(desk.open, row.id, wait=0).status == "ready"


def test_nobody_waits_for_scheduled_mail(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    later = NOW + timedelta(hours=1)
    row = workspace.outbox.send(write().id, revision=1, at=later)

    assert send_now(desk.open, row.id, wait=PATIENCE_SECONDS).status == "ready"


def test_another_sender_is_waited_for(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    lock = workspace.sender_lock()
    assert lock.acquire("app")

    assert send_now(desk.open, row.id, wait=0.1).status == "ready"
    assert "app" in (workspace.sender_holder() or "")
    lock.release()


def test_draining_sends_all_that_is_due(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    rows = [workspace.outbox.send(write().id, revision=1) for _ in range(2)]
    provider.answers(accepts, accepts)

    assert drain(desk.open) is True
    assert {workspace.drafts.row(row.id).status for row in rows} == {"sent"}


def test_draining_is_refused_while_another_sends(
    desk: Desk, workspace: Workspace
) -> None:
    lock = workspace.sender_lock()
    assert lock.acquire("serve")

    assert drain(desk.open) is False
    lock.release()


def test_the_thread_sends_what_is_released_meanwhile(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    provider.answers(accepts, accepts)
    thread = SenderThread(desk.open)
    thread.start()
    first = workspace.outbox.send(write().id, revision=1)

    assert eventually(lambda: workspace.drafts.row(first.id).status == "sent")
    assert thread.state == "here"
    second = workspace.outbox.send(write().id, revision=1)
    thread.wake()
    assert eventually(lambda: workspace.drafts.row(second.id).status == "sent")
    assert thread.stop(timeout=PATIENCE_SECONDS)
    assert thread.state == "stopped"


def test_the_thread_finishes_what_it_began(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    begun, go_on = threading.Event(), threading.Event()

    async def slow(job: SendJob) -> Verdicts:
        begun.set()
        await asyncio.to_thread(go_on.wait)
        await hand_over(job)
        return everybody(job, VerdictKind.SENT)

    provider.answers(slow)
    thread = SenderThread(desk.open)
    thread.start()
    assert begun.wait(PATIENCE_SECONDS)
    assert thread.stop(timeout=0.05) is False

    go_on.set()

    assert thread.stop(timeout=PATIENCE_SECONDS)
    assert workspace.drafts.row(row.id).status == "sent"


def test_the_thread_ends_while_it_looks_after_a_crash(
    desk: Desk, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person who leaves waits for nothing that was not begun."""
    looking = threading.Event()

    def endless(*_: object, is_over: Callable[[], bool]) -> None:
        looking.set()
        while not is_over():
            pass
        raise StoreError("It was broken off.")

    monkeypatch.setattr("tuimail.store.integrity.require_whole", endless)
    (workspace.root / LOCK_NAME).write_text("app, pid 1\n")
    thread = SenderThread(desk.open)
    thread.start()
    assert looking.wait(PATIENCE_SECONDS)

    assert thread.stop(timeout=PATIENCE_SECONDS)
    assert workspace.sender_lock().is_unchecked()


def test_the_thread_waits_for_the_lock(desk: Desk, workspace: Workspace) -> None:
    lock = workspace.sender_lock()
    assert lock.acquire("serve")
    thread = SenderThread(desk.open)
    thread.start()

    assert eventually(lambda: thread.state.startswith("held by serve"))
    assert thread.stop(timeout=PATIENCE_SECONDS)
    lock.release()


def test_the_thread_says_why_it_cannot_send(desk: Desk) -> None:
    def broken() -> Workspace:
        raise StoreError("The disk is full.")

    thread = SenderThread(broken)
    thread.start()

    assert eventually(lambda: thread.state == "The disk is full.")
    assert thread.stop(timeout=PATIENCE_SECONDS)


def test_a_thread_that_was_not_started_has_ended(desk: Desk) -> None:
    """Whoever leaves before there is anything on the screen had no sender."""
    assert SenderThread(desk.open).stop()


def test_a_thread_that_was_stopped_can_be_stopped_again(desk: Desk) -> None:
    thread = SenderThread(desk.open)
    thread.start()
    assert thread.stop(timeout=PATIENCE_SECONDS)

    thread.wake()

    assert thread.stop(timeout=PATIENCE_SECONDS)


def test_a_crashed_senders_orphans_are_judged_first(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    workspace.delivery.claim()
    provider.answers(accepts)

    assert drain(desk.open)
    assert workspace.drafts.row(row.id).status == "sent"


def test_a_thread_that_fell_tries_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that was full for a moment must not end all sending."""
    monkeypatch.setattr("tuimail.workspace.sending.AGAIN", timedelta(milliseconds=20))
    tries: list[int] = []

    def opener() -> Workspace:
        tries.append(1)
        if len(tries) == 1:
            raise StoreError("The disk is full.")
        return desk.open()

    thread = SenderThread(opener)
    thread.start()

    assert eventually(lambda: thread.state == "here")
    assert thread.stop(timeout=PATIENCE_SECONDS)


def test_mail_that_was_brought_forward_is_sent_while_one_waits(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    provider.answers(VerdictKind.DEFERRED, accepts)
    drain(desk.open)
    workspace.outbox.retry(row.id)

    assert send_now(desk.open, row.id, wait=PATIENCE_SECONDS).status == "sent"


def test_nobody_waits_for_what_is_tried_again_later(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    provider.answers(VerdictKind.DEFERRED)

    assert send_now(desk.open, row.id, wait=60).status == "deferred"


class Ticking(FakeClock):
    """A clock that moves on by a second whenever it is looked at."""

    def now(self) -> datetime:
        self.advance(timedelta(seconds=1))
        return super().now()


def test_draining_waits_for_the_windows_it_gave(
    desk: Desk, fields: Fields, provider: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else mail that was released with an undo window would never leave."""
    monkeypatch.setattr("tuimail.workspace.sending.AGAIN", timedelta(0))
    desk.clock = Ticking(NOW)
    provider.answers(accepts)
    with desk.open() as workspace:
        draft = workspace.drafts.compose(fields)
        row = workspace.drafts.new(draft)
        workspace.outbox.send(row.id, revision=1, undo=timedelta(minutes=1))

        assert drain(desk.open)

        assert workspace.drafts.row(row.id).status == "sent"


@pytest.mark.slow
def test_a_process_that_is_told_to_end_finishes_what_it_began(tmp_path: Path) -> None:
    """Between the point of no return and the answer, leaving makes mail unknown."""
    begun = tmp_path / "begun"
    child = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path), str(begun)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert eventually(begun.exists)

    child.send_signal(signal.SIGTERM)

    said, _ = child.communicate(timeout=20)
    assert (child.returncode, said.strip()) == (0, "sent ready")


def test_under_nohup_the_end_of_the_terminal_is_not_listened_to() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert sending._endings() == (signal.SIGTERM,)
    finally:
        signal.signal(signal.SIGHUP, before)


PROGRAM = textwrap.dedent("""
    import asyncio, sys
    from pathlib import Path
    from tests.workspace.conftest import Desk, account
    from tests.workspace.test_delivery import everybody, hand_over
    from tuimail.core.submission import VerdictKind
    from tuimail.testing import FakeProvider
    from tuimail.workspace import recovery, ways_out
    from tuimail.workspace.fields import Fields
    from tuimail.workspace.sending import drain

    class Slow(FakeProvider):
        async def submit(self, job):
            await hand_over(job)
            Path(sys.argv[2]).touch()
            await asyncio.sleep(0.3)
            return everybody(job, VerdictKind.SENT)

    ways_out.provider_class = recovery.provider_class = lambda name: Slow
    desk = Desk(root=Path(sys.argv[1]) / "mail", config=Path(sys.argv[1]) / "c.toml")
    desk.save(account())
    with desk.open() as workspace:
        draft = workspace.drafts.compose(Fields(to=("a@example.net",), text="x"))
        rows = [workspace.drafts.new(draft) for _ in range(2)]
        for row in rows:
            workspace.outbox.send(row.id, revision=1)
        drain(desk.open)
        print(*[workspace.drafts.row(row.id).status for row in rows])
""")


def test_a_mistake_in_the_thread_does_not_end_it_silently(desk: Desk) -> None:
    def broken() -> Workspace:
        raise ZeroDivisionError

    thread = SenderThread(broken)
    thread.start()

    assert eventually(lambda: "ZeroDivisionError" in thread.state)
    assert thread.stop(timeout=PATIENCE_SECONDS)


class Listener:
    """Keeps what whoever waits is told, and lets providers wait for it."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.news = asyncio.Event()

    def say(self, sentence: str) -> None:
        self.said.append(sentence)
        self.news.set()

    async def hears(self, start: str) -> None:
        async with asyncio.timeout(30):
            while not self.said or not self.said[-1].startswith(start):
                await self.news.wait()
                self.news.clear()


@pytest.fixture
def no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no wait be over before the mail was tried, however slow the machine is."""
    stopped = SimpleNamespace(monotonic=lambda: 0.0, sleep=time.sleep)
    monkeypatch.setattr(sending, "time", stopped)


@pytest.mark.usefixtures("no_time")
def test_a_silent_server_is_waited_for_and_whoever_waits_is_told(
    desk: Desk,
    workspace: Workspace,
    write: New,
    provider: Script,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tuimail.workspace.sending.AGAIN", timedelta(milliseconds=20))
    row = workspace.outbox.send(write().id, revision=1)
    listener = Listener()

    async def silent(job: SendJob) -> Verdicts:
        await hand_over(job)
        await listener.hears("The whole message went out")
        return everybody(job, VerdictKind.SENT)

    provider.answers(silent)
    sent = send_now(desk.open, row.id, wait=0.01, say=listener.say)

    assert sent.status == "sent"
    assert "up to ten minutes" in listener.said[-1]
    assert "Ctrl-C twice leaves" in listener.said[-1]


@pytest.mark.usefixtures("no_time")
def test_an_attempt_that_hangs_before_that_is_told_apart(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    listener = Listener()

    async def hanging(job: SendJob) -> Verdicts:
        await listener.hears("It is still being tried")
        return await accepts(job)

    provider.answers(hanging)
    send_now(desk.open, row.id, wait=0.01, say=listener.say)

    assert listener.said[0].startswith("It is still being tried")


def test_the_first_ctrl_c_says_what_a_second_one_costs(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    listener = Listener()
    before = signal.getsignal(signal.SIGINT)

    async def interrupted(job: SendJob) -> Verdicts:
        await hand_over(job)
        signal.raise_signal(signal.SIGINT)
        await listener.hears("Waiting for what was begun")
        return everybody(job, VerdictKind.SENT)

    provider.answers(interrupted)
    with pytest.raises(KeyboardInterrupt):
        send_now(desk.open, row.id, wait=60, say=listener.say)

    assert "Ctrl-C again leaves at once" in listener.said[0]
    assert "becomes unknown" in listener.said[0]
    assert workspace.drafts.row(row.id).status == "sent"
    assert signal.getsignal(signal.SIGINT) is before


def test_the_second_ctrl_c_leaves_at_once(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    before = signal.getsignal(signal.SIGINT)

    async def interrupted_twice(job: SendJob) -> Verdicts:
        await hand_over(job)
        signal.raise_signal(signal.SIGINT)
        asyncio.get_running_loop().call_soon(signal.raise_signal, signal.SIGINT)
        await asyncio.Event().wait()
        return everybody(job, VerdictKind.SENT)

    provider.answers(interrupted_twice)
    with pytest.raises(KeyboardInterrupt):
        send_now(desk.open, row.id, wait=60)

    assert sending.is_handed_over(workspace.drafts.page(row.id))
    assert signal.getsignal(signal.SIGINT) is before
