"""Mail that programs hand in through the doors of a server in a process of its own.

Each is acknowledged once it is on disk.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from tests.bench.contests import (
    MILLIS,
    Asked,
    Result,
    a_second,
    absolute,
    as_it_is,
    at_least,
    at_most,
    in_turns,
)
from tests.bench.processes import ours, told_by

ROUNDS: Final = 3
DRAFTS: Final = 1_000
AT_ONCE: Final = 200
"""Over SMTP, each on a connection of its own."""
Rounds = Sequence[dict[str, Any]]


def results(asked: Asked) -> list[Result]:
    """Return every line of the table."""
    sides = {
        "http": lambda: told_by(ours("intake_doors", "http", DRAFTS)),
        "smtp": lambda: told_by(ours("intake_doors", "smtp", AT_ONCE)),
    }
    told = in_turns(sides, asked.rounds_or(ROUNDS))
    return [*_over_http(told["http"]), *_over_smtp(told["smtp"])]


def _over_http(rounds: Rounds) -> Iterator[Result]:
    name, rate = "HTTP, 8 clients", a_second("drafts")
    seconds = [one["acknowledged"] / DRAFTS for one in rounds]
    cpu = [one["cpu"] / DRAFTS for one in rounds]
    yield absolute(name, seconds, unit=rate, goal=at_least(500))
    yield absolute(f"{name}, processor of the server", cpu, unit=MILLIS)
    for part, goal in ((0.5, None), (0.99, at_most(100))):
        waits = [_percentile(one["waits"], part) for one in rounds]
        yield absolute(f"{name}, p{part * 100:.0f}", waits, unit=MILLIS, goal=goal)
    yield _lost(name, rounds, DRAFTS)


def _over_smtp(rounds: Rounds) -> Iterator[Result]:
    name = f"SMTP, {AT_ONCE} at once"
    seconds = [one["acknowledged"] / AT_ONCE for one in rounds]
    yield absolute(name, seconds, unit=a_second("drafts"))
    yield _lost(name, rounds, AT_ONCE)


def _lost(name: str, rounds: Rounds, count: int) -> Result:
    lost = [count - one["stored"] for one in rounds]
    unit = as_it_is(f"of {count:,}")
    return absolute(f"{name}, lost", lost, unit=unit, goal=at_most(0))


def _percentile(waits: Sequence[float], part: float) -> float:
    return sorted(waits)[min(len(waits) - 1, int(len(waits) * part))]
