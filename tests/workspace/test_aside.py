"""Calls in threads for which nobody waits."""

import asyncio
import threading
import time

import pytest

from tuimail.workspace.aside import aside


def test_what_a_call_returns_or_raises_comes_back() -> None:
    assert asyncio.run(aside(lambda: 3)) == 3
    with pytest.raises(OSError, match="no disk"):
        asyncio.run(aside(_without_disk))


def test_nobody_waits_for_a_call_that_hangs() -> None:
    lets_go = threading.Event()
    begun = time.monotonic()

    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(aside(lambda: lets_go.wait(20)), 0.01))

    assert time.monotonic() - begun < 10
    lets_go.set()


def test_an_answer_after_the_end_is_nobodys() -> None:
    lets_go, is_over = threading.Event(), threading.Event()

    def call() -> None:
        lets_go.wait(20)
        is_over.set()

    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(aside(call), 0.01))
    lets_go.set()

    assert is_over.wait(20)


def _without_disk() -> None:
    raise OSError("no disk")
