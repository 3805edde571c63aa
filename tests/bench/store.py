"""Drafts that are stored, until each of them is acknowledged: it is on disk then.

In one process, against mailatlas's drafts, one by one and a hundred at a time. On a
disk slower than this one it is the flushes that count, so these are counted, too.
"""

import re
import shutil
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.bench.contests import (
    Asked,
    Cost,
    Result,
    a_second,
    absolute,
    as_it_is,
    at_least,
    at_most,
    compared,
    in_turns,
)
from tests.bench.peers import MAILATLAS, python_with
from tests.bench.processes import ours, theirs, told_by

ROUNDS: Final = 5
DRAFTS: Final = 1_000
AT_A_TIME: Final = 100
TRACED: Final = 501
"""Drafts whose flushes are counted."""
_FLUSH: Final = re.compile(r"\b(?:fsync|fdatasync|sync_file_range|syncfs)\(")
_CALLS: Final = "trace=fsync,fdatasync,sync_file_range,syncfs"
_WAYS: Final = (
    ("one by one", 1, at_least(3), at_most(3)),
    (f"{AT_A_TIME} at a time", AT_A_TIME, at_least(10), at_most(0.1)),
)
"""How drafts are handed in, by how many at once, and the goals of speed and flushes."""


def results(asked: Asked) -> list[Result]:
    """Return every line of the table."""
    return [*_stored(asked.rounds_or(ROUNDS)), *_flushes()]


def _stored(rounds: int) -> Iterator[Result]:
    sides = {name: partial(_cost, _ours(atonce, DRAFTS)) for name, atonce, *_ in _WAYS}
    told = in_turns({**sides, MAILATLAS: partial(_cost, _mailatlas(DRAFTS))}, rounds)
    for name, _, goal, _ in _WAYS:
        yield compared(
            f"stored {name}",
            told[name],
            told[MAILATLAS],
            unit=a_second("drafts"),
            peer="mailatlas draft",
            goal=goal,
        )


def _cost(words: Sequence[str]) -> Cost:
    told = told_by(words)
    return Cost(told["acknowledged"] / DRAFTS, told["cpu"] / DRAFTS)


def _flushes() -> Iterator[Result]:
    """Count what is flushed for each draft, where there is a tracer."""
    if shutil.which("strace") is None:
        return
    unit = as_it_is("flushes each")
    for name, at_once, _, goal in _WAYS:
        found = _flushed(_ours(at_once, TRACED), _ours(at_once, 1))
        yield absolute(f"stored {name}, flushes", [found], unit=unit, goal=goal)
    found = _flushed(_mailatlas(TRACED), _mailatlas(1))
    yield absolute("mailatlas draft, flushes", [found], unit=unit)


def _flushed(words: Sequence[str], without: Sequence[str]) -> float:
    """Return how many each draft takes but the first, with which all begins."""
    return (_flushes_of(words) - _flushes_of(without)) / (TRACED - 1)


def _flushes_of(words: Sequence[str]) -> int:
    with TemporaryDirectory() as folder:
        told = Path(folder) / "calls"
        told_by(["strace", "-f", "-e", _CALLS, "-o", str(told), *words])
        return len(_FLUSH.findall(told.read_text()))


def _ours(at_once: int, count: int) -> list[str]:
    return ours("store_ours", at_once, count)


def _mailatlas(count: int) -> list[str]:
    return theirs(python_with(MAILATLAS), "store_mailatlas", count)
