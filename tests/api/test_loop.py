"""The loop beside the program: one for the process, and what it does at the end."""

import asyncio
import sys
from subprocess import run

import pytest

from tests.api.conftest import Place
from tuimail.api import loop
from tuimail.api.loop import Loop, known_loop, the_loop


def test_there_is_one_for_all_threads() -> None:
    assert the_loop() is the_loop()


def test_what_is_under_way_at_the_end_is_dropped() -> None:
    running = Loop()
    begun = running.run(asyncio.sleep(60))
    done = running.run(asyncio.sleep(0, "done"))

    assert done.result(10) == "done"
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


@pytest.mark.parametrize("home", ["", "workspace=None"])
def test_what_is_imported_late_is_imported_beside_the_loop(
    place: Place, home: str
) -> None:
    """It takes some tenths of a second, in which no loop may stand still."""
    program = f"""
import asyncio, sys, threading

class Finder:
    def find_spec(self, name, *_):
        if threading.current_thread() is threading.main_thread():
            found.append(name)

async def main():
    sys.meta_path.insert(0, Finder())
    await asend(to="bob@example.net", text="Hi", dry_run=True, {home})

found = []
from tuimail import asend
asyncio.run(main())
print([name for name in found if name.startswith("tuimail")])
"""

    done = run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )

    assert (done.stdout, done.stderr) == ("[]\n", "")
