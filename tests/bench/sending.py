"""Sending to a server on this machine, and to one that is 50 ms away.

Ours takes mail out of the outbox: every attempt is on disk before the network is
touched, again before the point of no return, and with its answer afterwards. Of the
others mailatlas alone stores anything.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from tests.bench.contests import (
    Asked,
    Cost,
    Goal,
    Result,
    a_second,
    absolute,
    as_it_is,
    at_least,
    compared,
    in_turns,
)
from tests.bench.peers import AIOSMTPLIB, DJANGO, FLUXMAIL, MAILATLAS, python_with
from tests.bench.places import CONNECTIONS
from tests.bench.processes import ours, theirs, told_by
from tests.bench.sink import listening

ROUNDS: Final = 3
RATE: Final = a_second("msg")
_MEBIBYTE: Final = 1 << 20
_OURS: Final = "ours"
_REQUIREMENTS: Final = {
    "fluxmail": FLUXMAIL,
    "mailatlas": MAILATLAS,
    "Django": DJANGO,
    "aiosmtplib": AIOSMTPLIB,
}
"""What has to be installed for a peer; smtplib is there."""
Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is sent, and how far; those who are slow send less of it."""

    name: str
    size: int
    delay: float = 0.0
    counts: Mapping[str, int]
    goals: Mapping[str, Goal]


LOADS: Final = (
    Load(
        name="2 KB, loopback",
        size=2_000,
        counts={_OURS: 2_000, "mailatlas": 60, "": 1_000},
        goals={"fluxmail": at_least(4), "mailatlas": at_least(50)},
    ),
    Load(
        name="2 KB, 50 ms away",
        size=2_000,
        delay=0.05,
        counts={_OURS: 800, "mailatlas": 8, "aiosmtplib": 120, "": 40},
        goals={"smtplib": at_least(3)},
    ),
    Load(
        name="100 KB, loopback",
        size=100_000,
        counts={_OURS: 400, "mailatlas": 40, "": 200},
        goals={},
    ),
    Load(
        name="100 KB, 50 ms away",
        size=100_000,
        delay=0.05,
        counts={_OURS: 200, "mailatlas": 5, "aiosmtplib": 80, "": 20},
        goals={},
    ),
)


def results(asked: Asked) -> list[Result]:
    """Return every line of the table."""
    rounds = asked.rounds_or(ROUNDS)
    return [line for load in LOADS for line in _measured(load, rounds)]


def _measured(load: Load, rounds: int) -> Iterator[Result]:
    """Yield what each part of it takes, and what that is beside each peer."""
    told = in_turns(_sides(load), rounds)
    mine = told.pop(_OURS)
    count = load.counts[_OURS]
    sent = _costs(mine, count, "sent")
    whole = [
        _both(*each) for each in zip(_costs(mine, count, "stored"), sent, strict=True)
    ]
    for peer, rounds_of in told.items():
        other = _costs(rounds_of, _count(load, peer), "sent")
        yield _beside(f"{load.name}, out of the outbox", sent, peer, other, load)
        if not load.delay:
            yield _beside(f"{load.name}, stored and sent", whole, peer, other, load)
    for what in ("stored", "shown"):
        costs = _costs(mine, count, what)
        yield absolute(
            f"{load.name}, {_WHAT[what]}",
            [one.wall for one in costs],
            cpu=[one.cpu for one in costs],
            unit=RATE,
        )
    peaks = [one["peak"] / _MEBIBYTE for one in mine]
    yield absolute(f"{load.name}, memory", peaks, unit=as_it_is("MB"))


_WHAT: Final = {
    "stored": "composed, checked, approved and stored",
    "shown": "sent, and the maildir in step",
}


def _beside(
    name: str, mine: Sequence[Cost], peer: str, other: Sequence[Cost], load: Load
) -> Result:
    """Compare with a peer; far away smtplib has as many connections as ours has."""
    if load.delay and peer == "smtplib":
        other = [one._replace(wall=one.wall / CONNECTIONS) for one in other]
        name = f"{name}, each connection"
    goal = load.goals.get(peer)
    return compared(name, mine, other, unit=RATE, peer=peer, goal=goal)


def _costs(told: Sequence[Told], count: int, what: str) -> list[Cost]:
    """Return what each mail took in each round."""
    return [
        Cost(one[what] / count, (one.get(f"{what}_cpu") or one["cpu"]) / count)
        for one in told
    ]


def _both(stored: Cost, sent: Cost) -> Cost:
    return Cost(stored.wall + sent.wall, stored.cpu + sent.cpu)


def _count(load: Load, peer: str) -> int:
    return load.counts.get(peer, load.counts[""])


def _sides(load: Load) -> dict[str, Callable[[], Told]]:
    own = load.counts[_OURS]
    sides: dict[str, Callable[[], Told]] = {
        _OURS: partial(_sent, load, lambda port: _our_words(load, own, port))
    }
    for peer in (*_REQUIREMENTS, "smtplib"):
        sides[peer] = partial(_sent, load, partial(_peers_words, load, peer))
    return sides


def _our_words(load: Load, count: int, port: int) -> list[str]:
    return ours("sending_ours", count, port, load.size)


def _peers_words(load: Load, peer: str, port: int) -> list[str]:
    requirement = _REQUIREMENTS.get(peer)
    python = python_with(requirement) if requirement else sys.executable
    return theirs(python, "sending_peers", peer, _count(load, peer), port, load.size)


def _sent(load: Load, words: Callable[[int], list[str]]) -> Told:
    with listening(load.delay) as port:
        return told_by(words(port))
