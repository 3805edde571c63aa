import asyncio
import subprocess
import sys
import threading
from threading import Event

import pytest

from tuimail.providers.threads import LeftBehind, OneByOne, in_a_thread


async def test_what_a_call_returns_comes_back() -> None:
    def call() -> tuple[str, bool]:
        return threading.current_thread().name, threading.current_thread().daemon

    assert await in_a_thread(call, name="elsewhere") == ("elsewhere", True)


async def test_what_a_call_raises_comes_back() -> None:
    def call() -> None:
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        await in_a_thread(call, name="elsewhere")


async def test_the_loop_goes_on_meanwhile() -> None:
    goes_on, is_there = Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def call() -> bool:
        loop.call_soon_threadsafe(is_there.set)
        return goes_on.wait(10)

    waiting = asyncio.create_task(in_a_thread(call, name="elsewhere"))
    await is_there.wait()
    goes_on.set()

    assert await waiting


class Slow:
    """A call that takes until it is told to end."""

    def __init__(self) -> None:
        self.is_there = asyncio.Event()
        self.goes_on = Event()
        self.thread = threading.current_thread()
        self._loop = asyncio.get_running_loop()

    def __call__(self) -> None:
        self.thread = threading.current_thread()
        self._loop.call_soon_threadsafe(self.is_there.set)
        self.goes_on.wait(10)

    def end(self) -> None:
        self.goes_on.set()
        self.thread.join(10)


async def test_who_stops_waiting_is_told_nothing() -> None:
    call = Slow()
    waiting = asyncio.create_task(in_a_thread(call, name="elsewhere"))
    await call.is_there.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.to_thread(call.end)

    assert not call.thread.is_alive()


def test_a_loop_that_has_ended_is_told_nothing() -> None:
    async def begin() -> Slow:
        call = Slow()
        waiting = asyncio.create_task(in_a_thread(call, name="elsewhere"))
        await call.is_there.wait()
        waiting.cancel()
        return call

    call = asyncio.run(begin())
    call.end()

    assert not call.thread.is_alive()


def test_a_program_that_ends_does_not_wait_for_it() -> None:
    code = """
import asyncio, threading
from tuimail.providers.threads import in_a_thread
async def main():
    task = asyncio.create_task(in_a_thread(threading.Event().wait, name="hangs"))
    await asyncio.sleep(0)
    task.cancel()
asyncio.run(main())
print("ended")
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert done.stdout == "ended\n"


def fail() -> None:
    raise ValueError("no number")


async def test_what_a_loop_hands_on_is_answered_and_keeps_no_program_alive() -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(LeftBehind())

    is_left = await asyncio.to_thread(lambda: threading.current_thread().daemon)
    with pytest.raises(ValueError, match="no number"):
        await asyncio.to_thread(fail)

    assert is_left


def test_what_nobody_wants_any_more_is_not_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    late: list[threading.Thread] = []
    called: list[int] = []

    def begin(thread: threading.Thread) -> None:
        late.append(thread)

    monkeypatch.setattr(threading.Thread, "start", begin)

    answer = LeftBehind().submit(called.append, 1)
    answer.cancel()
    late[0].run()

    assert called == []


def test_one_by_one_calls_are_done_in_order_in_one_thread() -> None:
    worker, done = OneByOne(name="disk"), list[tuple[int, str, bool]]()

    def call(number: int) -> int:
        thread = threading.current_thread()
        done.append((number, thread.name, thread.daemon))
        return number

    first, second = worker.submit(call, 1), worker.submit(call, 2)
    worker.shutdown()

    assert done == [(1, "disk", True), (2, "disk", True)]
    assert (first.result(0), second.result(0)) == (1, 2)


def test_one_by_one_a_failure_reaches_who_asked_and_nobody_else() -> None:
    worker = OneByOne(name="disk")
    failed, fine = worker.submit(fail), worker.submit(threading.get_ident)
    worker.shutdown()

    with pytest.raises(ValueError, match="no number"):
        failed.result(0)
    assert fine.result(0) != threading.get_ident()


def test_one_by_one_nothing_is_taken_after_the_end() -> None:
    worker = OneByOne(name="disk")
    worker.shutdown(wait=False)

    with pytest.raises(RuntimeError):
        worker.submit(fail)
    with pytest.raises(ValueError, match="is done"):
        worker.shutdown(cancel_futures=True)


def test_a_program_that_ends_does_not_wait_for_one_by_one() -> None:
    code = """
import threading
from tuimail.providers.threads import OneByOne
begun = threading.Event()
worker = OneByOne(name="disk")
worker.submit(lambda: (begun.set(), threading.Event().wait()))
begun.wait()
worker.shutdown(wait=False)
print("ended")
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert done.stdout == "ended\n"
