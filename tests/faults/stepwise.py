"""A command that is killed at the nth step it takes, whatever the step is.

A step is a statement that SQLite is given, or a file that gets its name or loses
it. The code that is tested has no part in it: apsw and Python tell of each.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import Final

from tests.faults.place import Place

_PROGRAM: Final = """
import atexit, os, re, runpy, signal, sys
from pathlib import Path
import apsw

fatal, counted, pattern = int(sys.argv[1]), Path(sys.argv[2]), re.compile(sys.argv[3])
taken = 0

def step(what):
    global taken
    if pattern.match(what):
        taken += 1
        if taken == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
    return True

def watch(connection):
    connection.exec_trace = lambda _cursor, sql, _values: step(sql)

def audited(event, values):
    if event in {"os.rename", "os.remove", "os.link"}:
        step(event)

apsw.connection_hooks.append(watch)
sys.addaudithook(audited)
atexit.register(lambda: counted.write_text(str(taken)))
sys.argv[:] = ["tuimail", *sys.argv[4:]]
runpy.run_module("tuimail", run_name="__main__")
"""
ANY_STEP: Final = "(?s)."
OF_TRANSACTIONS: Final = "BEGIN|COMMIT|PRAGMA user_version"
NEVER: Final = 0


def killed_at_step(
    place: Place, nth: int, *words: str, counting: str = ANY_STEP
) -> bool:
    """Run a command that dies at its nth step; return whether it got so far."""
    return _run(place, nth, words, counting) == -signal.SIGKILL


def steps_of(place: Place, *words: str, counting: str = ANY_STEP) -> int:
    """Run a command and return how many steps it took."""
    assert _run(place, NEVER, words, counting) >= 0
    return int((place.folder / "steps").read_text())


def _run(place: Place, nth: int, words: Sequence[str], counting: str) -> int:
    counted = str(place.folder / "steps")
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(nth), counted, counting, *words],
        cwd=place.folder,
        env={**os.environ, **place.tuimail.environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    place.said += [done.stdout, done.stderr]
    return done.returncode
