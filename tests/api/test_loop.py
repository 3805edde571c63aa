"""The loop beside the program: one for the process, and what it does at the end."""

import asyncio

import pytest

from tuimail.api import loop
from tuimail.api.loop import Loop, known_loop, the_loop


def test_there_is_one_for_all_threads() -> None:
    assert the_loop() is the_loop()


def test_what_is_under_way_at_the_end_is_dropped() -> None:
    running = Loop()
    begun = running.run(asyncio.sleep(60))
    done = running.run(asyncio.sleep(0, "done"))

    assert done.result(1) == "done"
    running.end()

    running.end()

    assert begun.cancelled()
    assert not running._thread.is_alive()


def test_what_comes_after_the_end_has_another_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loop, "_SHARED", loop._Shared())
    first = the_loop()

    first.end()
    none = known_loop()
    second = the_loop()

    assert none is None
    assert known_loop() is second
    assert second is not first
    second.end()


def test_a_process_without_one_has_nothing_to_forget(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loop, "_SHARED", loop._Shared())

    loop._SHARED.forget()
    made = the_loop()
    loop._SHARED.forget()

    assert made in loop._SHARED._of_parents
    made.end()
