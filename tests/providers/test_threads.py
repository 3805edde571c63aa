import asyncio
import subprocess
import sys
import threading
from threading import Event

import pytest

from tuimail.providers.threads import LeftBehind, in_a_thread


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
