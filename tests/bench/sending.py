"""Sending to a server on this machine, and to one that is 50 ms away.

Ours takes mail out of the outbox: every attempt is on disk before the network is
touched, again before the point of no return, and with its answer afterwards.
fluxmail's BulkSender, the fastest of its kind, stores nothing.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from tests.bench.contests import Asked, Result
from tests.bench.peers import python_with

ROUNDS: Final = 3
FAR_SECONDS: Final = 0.05
_CHECKOUT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Distance:
    """How far the server is, and how much is sent to it in one turn."""

    name: str
    delay: float
    ours: int
    theirs: int
    goal: float


NEAR: Final = Distance("2 KB, loopback", 0.0, 2_000, 2_000, 2)
FAR: Final = Distance("2 KB, 50 ms away", FAR_SECONDS, 2_000, 100, 10)


def results(asked: Asked) -> list[Result]:
    """Return every line of the table."""
    python = python_with("fluxmail==0.3.3")
    rounds = asked.rounds_or(ROUNDS)
    return [line for one in (NEAR, FAR) for line in _measured(one, python, rounds)]


def _measured(distance: Distance, python: str, rounds: int) -> Iterator[Result]:
    """Yield until all is recorded, until all is shown, and the storing too."""
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(_ours(distance))
        theirs.append(_theirs(distance, python)["sent"] / distance.theirs)
    for what, goal in (("sent", distance.goal), ("shown", None), ("stored", None)):
        each = [one[what] / distance.ours for one in ours]
        yield _result(f"{distance.name}, {_WHAT[what]}", each, theirs, goal)


_WHAT: Final = {
    "sent": "sent, answers on disk",
    "shown": "the same, and the maildir in step",
    "stored": "composed, checked, approved and stored",
}


def _result(
    name: str, ours: list[float], theirs: list[float], goal: float | None
) -> Result:
    ratios = [their / our for our, their in zip(ours, theirs, strict=True)]
    ratio = median(ratios)
    return Result(
        name=name,
        unit="msg/s",
        ours=1 / median(ours),
        theirs=1 / median(theirs),
        ratio=ratio,
        spread=(max(ratios) - min(ratios)) / ratio,
        goal="" if goal is None else f"≥ {goal:g}",
        is_met=None if goal is None else ratio >= goal,
    )


def _ours(distance: Distance) -> dict[str, Any]:
    words = (sys.executable, "-m", "tests.bench.sending_ours")
    return _timed(distance, words, distance.ours)


def _theirs(distance: Distance, python: str) -> dict[str, Any]:
    script = str(Path(__file__).with_name("sending_fluxmail.py"))
    return _timed(distance, (python, script), distance.theirs)


def _timed(distance: Distance, words: tuple[str, ...], count: int) -> dict[str, Any]:
    with _sink(distance.delay) as port:
        done = subprocess.run(
            [*words, str(count), str(port)],
            cwd=_CHECKOUT,
            stdout=subprocess.PIPE,
            check=True,
        )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@contextmanager
def _sink(delay: float) -> Iterator[int]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.sink", "--delay", str(delay)],
        cwd=_CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        yield int(process.stdout.readline())
        process.stdin.close()
