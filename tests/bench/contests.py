"""Two ways to do the same, measured in turn, and what came of it.

Other work on the machine slows down both, so a ratio within one round says more
than any figure. Nothing here is a test: no run fails because it was slow.
"""

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Final

ROUNDS: Final = 9
TURN_SECONDS: Final = 0.05
"""About how long one side is run for in one round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """Something to be done by us, and by somebody else."""

    name: str
    ours: Callable[[], object]
    theirs: Callable[[], object]
    goal: float | None = None
    """How many times as fast ours is to be; None where it is only good to know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One line of the table."""

    name: str
    unit: str
    ours: float
    theirs: float | None = None
    """None where nobody else does it."""
    ratio: float | None = None
    """How many times as much theirs takes: the median over the rounds."""
    spread: float = 0.0
    """From the lowest to the highest of the rounds, as a part of the median."""
    goal: str = ""
    is_met: bool | None = None
    """None where there is no goal."""


def hold(contests: Sequence[Contest]) -> list[Result]:
    """Return what came of ``contests``, all of them run once a round."""
    turns = [(_Turn(one.ours), _Turn(one.theirs)) for one in contests]
    for _ in range(ROUNDS):
        for ours, theirs in turns:
            ours.run()
            theirs.run()
    return [
        _result(contest, ours.micros, theirs.micros)
        for contest, (ours, theirs) in zip(contests, turns, strict=True)
    ]


class _Turn:
    """One side of a contest, and how long it took each time."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self.micros: list[float] = []
        self._times = 1
        self._times = max(1, round(TURN_SECONDS / min(self._time(), self._time())))

    def run(self) -> None:
        self.micros.append(self._time() * 1e6)

    def _time(self) -> float:
        """Return the seconds that one act takes, on average."""
        gc.collect()
        start = perf_counter()
        for _ in range(self._times):
            self._act()
        return (perf_counter() - start) / self._times


def _result(contest: Contest, ours: list[float], theirs: list[float]) -> Result:
    ratios = [two / one for one, two in zip(ours, theirs, strict=True)]
    ratio = median(ratios)
    return Result(
        name=contest.name,
        unit="µs",
        ours=median(ours),
        theirs=median(theirs),
        ratio=ratio,
        spread=(max(ratios) - min(ratios)) / ratio,
        goal="" if contest.goal is None else f"≥ {contest.goal:g}",
        is_met=None if contest.goal is None else ratio >= contest.goal,
    )
