"""What came of a run, as columns for people. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from tests.bench.contests import Result

Found = Mapping[str, Sequence[Result]]
"""The results of each area."""
HEAD: Final = (
    "", "ours", "theirs", "", "against", "ratio", "of processor", "spread",
    "growth", "goal", "met",
)  # fmt: skip
_MET: Final = {True: "yes", False: "NO", None: ""}
_WORDS: Final = {0, 4}
"""Columns that are read from their left."""


def tables(found: Found) -> Iterator[str]:
    """Yield the lines of a table for each area."""
    for area, results in found.items():
        yield area
        rows = [HEAD, *map(cells, results)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            yield "  ".join(_aligned(row, widths)).rstrip()


def _aligned(row: Sequence[str], widths: Iterable[int]) -> Iterator[str]:
    for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
        yield cell.ljust(width) if place in _WORDS else cell.rjust(width)


def cells(result: Result) -> tuple[str, ...]:
    """Return the row of one result."""
    return (
        result.name,
        _figure(result.ours),
        _figure(result.theirs),
        result.unit,
        result.peer,
        _figure(result.ratio),
        _figure(result.cpu),
        f"±{result.spread / 2:.0%}" if result.spread else "",
        result.growth,
        result.goal,
        _MET[result.is_met],
    )


def _figure(figure: float | None) -> str:
    """Write a figure, to a tenth, or to a hundredth where it is a small one."""
    if figure is None:
        return ""
    return f"{figure:,.2f}" if abs(figure) < 10 else f"{figure:,.1f}"
