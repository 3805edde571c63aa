"""Two ways to do the same, measured in turn, and what came of it.

Other work on the machine slows down both, so a ratio within one round says more
than any figure. Nothing here is a test: no run fails because it was slow.
"""

import gc
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Final, NamedTuple, TypeVar

TURN_SECONDS: Final = 0.05
"""About how long one side is run for in one round."""
MOST: Final = 1_000_000
"""Records in the largest workspace that is measured."""
Name = TypeVar("Name", bound=Hashable)
Told = TypeVar("Told")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How thoroughly is measured."""

    rounds: int | None = None
    """None for as many as an area usually takes."""
    most: int = MOST
    """Records in the largest workspace."""
    kept: Path | None = None
    """Where workspaces that were filled are kept for the next run; None for nowhere."""

    def rounds_or(self, usual: int) -> int:
        """Return how many rounds are run, where ``usual`` is what an area takes."""
        return self.rounds or usual


class Cost(NamedTuple):
    """What something took once."""

    wall: float
    """In seconds; what other programs do meanwhile is in it."""
    cpu: float = 0.0
    """In seconds of the processor; 0 where it was not measured."""
    peak: float = 0.0
    """Mebibytes of memory at most; 0 where it was not measured."""


class Unit(NamedTuple):
    """How a figure is shown."""

    name: str
    shown: Callable[[float], float]

    def of(self, figures: Sequence[float]) -> float:
        """Return the figure in the middle, as it is shown."""
        return self.shown(median(figures))


MICROS: Final = Unit("µs", lambda seconds: seconds * 1e6)
MILLIS: Final = Unit("ms", lambda seconds: seconds * 1e3)


def as_it_is(name: str) -> Unit:
    """Return a unit of figures that are shown as they were measured."""
    return Unit(name, lambda figure: figure)


def a_second(what: str) -> Unit:
    """Return a rate, of figures that are the seconds that one takes."""
    return Unit(f"{what}/s", lambda seconds: 1 / seconds)


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure or a ratio has to reach."""

    limit: float
    is_least: bool

    def __str__(self) -> str:
        return f"{'≥' if self.is_least else '≤'} {self.limit:g}"

    def is_met(self, figure: float) -> bool:
        """Whether ``figure`` is as good as it has to be."""
        return figure >= self.limit if self.is_least else figure <= self.limit


def at_least(limit: float) -> Goal:
    """Return the goal to be so many times as fast."""
    return Goal(limit, is_least=True)


def at_most(limit: float) -> Goal:
    """Return the goal to take no more than that."""
    return Goal(limit, is_least=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One line of the table."""

    name: str
    unit: str
    ours: float
    theirs: float | None = None
    """None where nobody else does it."""
    peer: str = ""
    """Who the other side is."""
    ratio: float | None = None
    """The median over the rounds: how many times as fast ours is, or, where the goal
    is an upper limit, how many times as long it takes."""
    cpu: float | None = None
    """The same, or ours where there is no ratio, in time of the processor; None where
    that was not measured."""
    growth: str = ""
    """How it grows with the size: flat, linear or steeper, and the exponent."""
    spread: float = 0.0
    """From the lowest to the highest of the rounds, as a part of the median."""
    goal: str = ""
    is_met: bool | None = None
    """None where there is no goal."""


def in_turns(
    sides: Mapping[Name, Callable[[], Told]], rounds: int
) -> dict[Name, list[Told]]:
    """Return what each of ``sides`` told, all of them asked once a round."""
    told: dict[Name, list[Told]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, act in sides.items():
            told[name].append(act())
    return told


def fastest(*sides: Sequence[Cost]) -> list[Cost]:
    """Return what the fastest of ``sides`` took in each round."""
    return [min(one) for one in zip(*sides, strict=True)]


def compared(
    name: str,
    ours: Sequence[Cost],
    theirs: Sequence[Cost],
    *,
    unit: Unit = MICROS,
    peer: str = "",
    goal: Goal | None = None,
) -> Result:
    """Return what came of measuring two sides in the same rounds."""
    is_least = goal is None or goal.is_least
    ratios = _ratios(ours, theirs, "wall", is_least=is_least)
    has_cpu = all(one.cpu for one in (*ours, *theirs))
    return Result(
        name=name,
        unit=unit.name,
        ours=unit.of([one.wall for one in ours]),
        theirs=unit.of([one.wall for one in theirs]),
        peer=peer,
        ratio=median(ratios),
        cpu=median(_ratios(ours, theirs, "cpu", is_least=is_least))
        if has_cpu
        else None,
        spread=spread(ratios),
        goal=f"{goal} x" if goal else "",
        is_met=goal.is_met(median(ratios)) if goal else None,
    )


def absolute(
    name: str,
    figures: Sequence[float],
    *,
    unit: Unit,
    cpu: Sequence[float] = (),
    goal: Goal | None = None,
) -> Result:
    """Return what came of measuring what nobody else does."""
    found = unit.of(figures)
    return Result(
        name=name,
        unit=unit.name,
        ours=found,
        cpu=unit.of(cpu) if cpu else None,
        spread=spread(figures),
        goal=str(goal or ""),
        is_met=goal.is_met(found) if goal else None,
    )


def spread(figures: Sequence[float]) -> float:
    """Return how far figures are apart, as a part of the one in the middle."""
    middle = median(figures)
    return (max(figures) - min(figures)) / middle if middle else 0.0


class Turn:
    """Something that is done so often that its time can be told."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self._times = 1
        shortest = min(self().wall, self().wall)
        self._times = max(1, round(TURN_SECONDS / shortest))

    def __call__(self) -> Cost:
        """Return what one act takes, on average."""
        gc.collect()
        start, used = perf_counter(), process_time()
        for _ in range(self._times):
            self._act()
        wall, cpu = perf_counter() - start, process_time() - used
        return Cost(wall / self._times, cpu / self._times)


def _ratios(
    ours: Sequence[Cost], theirs: Sequence[Cost], what: str, *, is_least: bool
) -> list[float]:
    pairs = (
        (float(getattr(one, what)), float(getattr(two, what)))
        for one, two in zip(ours, theirs, strict=True)
    )
    return [two / one if is_least else one / two for one, two in pairs]
