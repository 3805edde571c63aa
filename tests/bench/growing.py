"""How what something takes grows with how much there is of it. Pure."""

from collections.abc import Mapping, Sequence
from math import log
from statistics import fmean, median
from typing import Final, NamedTuple

from tests.bench.contests import Result, Unit


class Growth(NamedTuple):
    """What growth may look like, as an exponent of the size."""

    name: str
    most: float


FLAT: Final = Growth("flat", 0.15)
"""Ten times as many cost at most 1.4 times as much."""
LINEAR: Final = Growth("linear", 1.15)
"""Ten times as many cost at most 14 times as much."""


def exponent(figures: Mapping[int, float]) -> float:
    """Return the exponent of the power that comes nearest to ``figures``.

    The slope of the line through the logarithms: 0 is flat, 1 linear, 2 square.

    Args:
        figures: What each size took, the smallest first; two sizes at least, and
            nothing below zero.
    """
    sizes = [log(size) for size in figures]
    costs = [log(max(cost, 1e-9)) for cost in figures.values()]
    size, cost = fmean(sizes), fmean(costs)
    both = zip(sizes, costs, strict=True)
    rise = sum((one - size) * (two - cost) for one, two in both)
    return rise / sum((one - size) ** 2 for one in sizes)


def shape(power: float) -> str:
    """Return what growth by this exponent is called."""
    for one in (FLAT, LINEAR):
        if power <= one.most:
            return one.name
    return "steeper"


def grown(
    name: str, figures: Mapping[int, Sequence[float]], *, unit: Unit, goal: Growth
) -> Result:
    """Return how a figure grew from the smallest size to the largest.

    What has a fixed cost looks flat at first, so the last step alone counts as well:
    the steeper one is told.

    Args:
        name: What is done.
        figures: What each size took in each round, the smallest size first.
        unit: How a figure is shown.
        goal: What growth is allowed.
    """
    middles = {size: median(each) for size, each in figures.items()}
    smallest, largest = min(figures), max(figures)
    power = max(exponent(middles), exponent(dict(list(middles.items())[-2:])))
    return Result(
        name=f"{name}, {smallest:,} to {largest:,}",
        unit=unit.name,
        ours=unit.shown(middles[largest]),
        theirs=unit.shown(middles[smallest]),
        peer=f"itself at {smallest:,}",
        ratio=middles[largest] / middles[smallest],
        growth=f"{shape(power)}, n^{max(power, 0):.2f}",
        goal=goal.name,
        is_met=power <= goal.most,
    )
