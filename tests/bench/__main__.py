"""Measures the project: ``python -m tests.bench [AREA] [--json]``.

Says whether each goal is met, and ends with 0 all the same: a figure that was
taken on a busy machine is worth a look and no more.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Final

from tests.bench import app, intake, rendering, sending
from tests.bench.contests import Result

AREAS: Final[Mapping[str, Callable[[], list[Result]]]] = {
    "app": app.results,
    "intake": intake.results,
    "rendering": rendering.results,
    "sending": sending.results,
}
_HEAD: Final = ("", "ours", "theirs", "", "ratio", "spread", "goal", "met")
_MET: Final = {True: "yes", False: "NO", None: ""}


def main() -> None:
    """Measure one area or all, and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("area", nargs="?", choices=AREAS)
    parser.add_argument("--json", action="store_true", help="print JSON")
    asked = parser.parse_args()
    found = {area: AREAS[area]() for area in ([asked.area] if asked.area else AREAS)}
    for line in _json(found) if asked.json else _tables(found):
        sys.stdout.write(f"{line}\n")


def _json(found: Mapping[str, list[Result]]) -> Iterable[str]:
    lines = {area: [asdict(one) for one in results] for area, results in found.items()}
    return [json.dumps(lines, ensure_ascii=False, indent=2)]


def _tables(found: Mapping[str, list[Result]]) -> Iterable[str]:
    for area, results in found.items():
        yield area
        rows = [_HEAD, *map(_cells, results)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for first, *others in rows:
            cells = zip(others, widths[1:], strict=True)
            numbers = (cell.rjust(width) for cell, width in cells)
            yield "  ".join((first.ljust(widths[0]), *numbers)).rstrip()


def _cells(result: Result) -> tuple[str, ...]:
    return (
        result.name,
        _figure(result.ours),
        _figure(result.theirs),
        result.unit,
        _figure(result.ratio),
        f"±{result.spread / 2:.0%}",
        result.goal,
        _MET[result.is_met],
    )


def _figure(figure: float | None) -> str:
    """Write a figure, to a tenth, or to a hundredth where it is a small one."""
    if figure is None:
        return ""
    return f"{figure:,.2f}" if abs(figure) < 1 else f"{figure:,.1f}"


if __name__ == "__main__":
    main()
