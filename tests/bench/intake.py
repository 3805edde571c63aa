"""Drafts that programs hand in, until each of them is acknowledged: it is on disk then.

Stored in one process against mailatlas's drafts, one by one and a hundred at a
time; and through the doors of a server in a process of its own. On a disk slower
than this one it is the flushes that count, so these are counted, too.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.bench.contests import Result
from tests.bench.peers import python_with

ROUNDS: Final = 3
DRAFTS: Final = 1_000
AT_A_TIME: Final = 100
TRACED: Final = 501
"""Drafts whose flushes are counted."""
AT_ONCE: Final = 200
"""Over SMTP, each on a connection of its own."""
_CHECKOUT: Final = Path(__file__).parents[2]
_FLUSH: Final = re.compile(r"\b(?:fsync|fdatasync|sync_file_range|syncfs)\(")


def results() -> list[Result]:
    """Return every line of the table."""
    python = python_with("mailatlas==0.3.0")
    return [*_stored(python), *_flushes(python), *_over_http(), *_over_smtp()]


def _stored(python: str) -> Iterator[Result]:
    alone, groups, theirs = [], [], []
    for _ in range(ROUNDS):
        alone.append(_rate(_run(_ours(1, DRAFTS)), DRAFTS))
        groups.append(_rate(_run(_ours(AT_A_TIME, DRAFTS)), DRAFTS))
        theirs.append(_rate(_run(_mailatlas(python, DRAFTS)), DRAFTS))
    yield _contest("stored one by one", alone, theirs, goal=3)
    yield _contest(f"stored, {AT_A_TIME} at a time", groups, theirs, goal=10)


def _contest(
    name: str, ours: Sequence[float], theirs: Sequence[float], *, goal: float
) -> Result:
    ratios = [one / two for one, two in zip(ours, theirs, strict=True)]
    return Result(
        name=name,
        unit="drafts/s",
        ours=median(ours),
        theirs=median(theirs),
        ratio=median(ratios),
        spread=_spread(ratios),
        goal=f"≥ {goal:g} x",
        is_met=median(ratios) >= goal,
    )


def _flushes(python: str) -> Iterator[Result]:
    """Count what is flushed for each draft, where there is a tracer."""
    if shutil.which("strace") is None:
        return
    theirs = _flushed(_mailatlas(python, TRACED), _mailatlas(python, 1))
    for name, clients, goal in (
        ("flushes, stored one by one", 1, 3),
        (f"flushes, {AT_A_TIME} at a time", AT_A_TIME, 0.1),
    ):
        ours = _flushed(_ours(clients, TRACED), _ours(clients, 1))
        yield Result(
            name=name,
            unit="each",
            ours=ours,
            theirs=theirs,
            goal=f"≤ {goal:g}",
            is_met=ours <= goal,
        )


def _flushed(words: Sequence[str], without: Sequence[str]) -> float:
    """Return how many each draft takes but the first, with which all begins."""
    return (_flushes_of(words) - _flushes_of(without)) / (TRACED - 1)


def _flushes_of(words: Sequence[str]) -> int:
    with TemporaryDirectory() as folder:
        told = Path(folder) / "calls"
        _run(["strace", "-f", "-e", "trace=fsync,fdatasync", "-o", str(told), *words])
        return len(_FLUSH.findall(told.read_text()))


def _over_http() -> Iterator[Result]:
    rounds = [_run(_door("http", DRAFTS)) for _ in range(ROUNDS)]
    name = "HTTP, 8 clients"
    rates = [_rate(one, DRAFTS) for one in rounds]
    yield _absolute(name, "drafts/s", rates, least=500)
    for part, most in ((0.5, None), (0.99, 100)):
        waits = [_percentile(one["waits"], part) * 1000 for one in rounds]
        yield _absolute(f"{name}, p{part * 100:.0f}", "ms", waits, most=most)
    cpu = [one["cpu"] / DRAFTS * 1000 for one in rounds]
    yield _absolute(f"{name}, processor of the server", "ms each", cpu)
    lost = [DRAFTS - one["stored"] for one in rounds]
    yield _absolute(f"{name}, lost", "of 1,000", lost, most=0)


def _over_smtp() -> Iterator[Result]:
    rounds = [_run(_door("smtp", AT_ONCE)) for _ in range(ROUNDS)]
    name = f"SMTP, {AT_ONCE} at once"
    yield _absolute(name, "drafts/s", [_rate(one, AT_ONCE) for one in rounds])
    lost = [AT_ONCE - one["stored"] for one in rounds]
    yield _absolute(f"{name}, lost", f"of {AT_ONCE}", lost, most=0)


def _absolute(
    name: str,
    unit: str,
    figures: Sequence[float],
    *,
    least: float | None = None,
    most: float | None = None,
) -> Result:
    found = median(figures)
    goal = f"≥ {least:g}" if least is not None else ""
    goal = f"≤ {most:g}" if most is not None else goal
    is_met = (least is None or found >= least) and (most is None or found <= most)
    return Result(
        name=name,
        unit=unit,
        ours=found,
        spread=_spread(figures),
        goal=goal,
        is_met=is_met if goal else None,
    )


def _spread(figures: Sequence[float]) -> float:
    middle = median(figures)
    return (max(figures) - min(figures)) / middle if middle else 0.0


def _percentile(waits: Sequence[float], part: float) -> float:
    return sorted(waits)[min(len(waits) - 1, int(len(waits) * part))]


def _rate(told: dict[str, Any], count: int) -> float:
    return float(count / told["acknowledged"])


def _ours(clients: int, count: int) -> list[str]:
    words = [sys.executable, "-m", "tests.bench.intake_ours"]
    return [*words, str(clients), str(count)]


def _mailatlas(python: str, count: int) -> list[str]:
    script = Path(__file__).with_name("intake_mailatlas.py")
    return [python, str(script), str(count)]


def _door(door: str, count: int) -> list[str]:
    return [sys.executable, "-m", "tests.bench.intake_doors", door, str(count)]


def _run(words: Sequence[str]) -> dict[str, Any]:
    done = subprocess.run(words, cwd=_CHECKOUT, stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
