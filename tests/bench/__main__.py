"""Measures the project: ``python -m tests.bench [AREA] [--json]``.

Says whether each goal is met, and ends with 0 all the same: a figure that was
taken on a busy machine is worth a look and no more.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Final

from tests.bench import recorded
from tests.bench.contests import MOST, Asked, Result
from tests.bench.printing import tables

AREAS: Final = (
    "start", "rendering", "store", "intake", "sending", "scale", "app", "growth",
)  # fmt: skip
Results = Callable[[Asked], list[Result]]


def main() -> None:
    """Measure one area or all, and print what came of it."""
    asked = _parser().parse_args()
    how = Asked(rounds=asked.rounds, most=asked.most, kept=asked.keep)
    areas = [asked.area] if asked.area else AREAS
    found: Mapping[str, list[Result]] = {area: _area(area)(how) for area in areas}
    lines = [json.dumps(recorded.plain(found), ensure_ascii=False, indent=2)]
    for line in lines if asked.json else tables(found):
        sys.stdout.write(f"{line}\n")
    if asked.record:
        recorded.record(found, how)


def _area(name: str) -> Results:
    measure: Results = import_module(f"tests.bench.{name}").results
    return measure


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("area", nargs="?", choices=AREAS, help="all, if left out")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--rounds", type=int, metavar="N", help="how often; each area has its own usual"
    )
    parser.add_argument(
        "--most",
        type=int,
        metavar="N",
        default=MOST,
        help="records in the largest workspace (default %(default)s)",
    )
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="DIR",
        help="keep filled workspaces there, and use those that are there",
    )
    parser.add_argument(
        "--record", action="store_true", help="write the results into the docs"
    )
    return parser


if __name__ == "__main__":
    main()
