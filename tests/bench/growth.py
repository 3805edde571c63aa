"""How time and memory grow: with records, recipients, files, bodies, and the queue.

The largest sizes are ten times what one person needs. Time is of the processor,
where other programs do not show; each size is a process of its own.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Final

from tests.bench.contests import (
    MILLIS,
    Asked,
    Cost,
    Result,
    as_it_is,
    in_turns,
)
from tests.bench.growing import FLAT, LINEAR, Growth, grown
from tests.bench.many import filled
from tests.bench.places import options
from tests.bench.processes import cost_of, ours, told_by

ROUNDS: Final = 3
RECORDS: Final = (1_000, 10_000, 100_000, 1_000_000)
SIZES: Final[Mapping[str, tuple[int, ...]]] = {
    "recipients": (10, 100, 1_000, 10_000),
    "attachment": (1_000_000, 5_000_000, 25_000_000),
    "body": (2_000, 20_000, 200_000, 2_000_000),
    "queue": (100, 1_000, 5_000),
}
_NAMES: Final = {
    "recipients": ("a mail to so many people", LINEAR),
    "attachment": ("a mail with a file of so many bytes", FLAT),
    "body": ("a mail with a text of so many characters", LINEAR),
    "queue": ("sending so many mails", FLAT),
}
"""What each act is called, and how its memory may grow; its time may linearly."""
_LEAST_MEMORY: Final = 1.0
"""Mebibytes below which a process grows by chance."""
_TUIMAIL: Final = str(Path(sys.executable).with_name("tuimail"))
Sides = Mapping[int, Sequence[Cost]]


def results(asked: Asked) -> list[Result]:
    """Return every line of the table."""
    rounds = asked.rounds_or(ROUNDS)
    found = list(_records(asked, rounds))
    for act, sizes in SIZES.items():
        sides = {size: partial(_done, act, size) for size in sizes}
        name, memory = _NAMES[act]
        found += _lines(name, in_turns(sides, rounds), LINEAR, memory)
    return found


def _records(asked: Asked, rounds: int) -> Iterator[Result]:
    """Yield what a whole command takes that lists or finds mail among so many."""
    sizes = [size for size in RECORDS if size <= asked.most]
    with ExitStack() as stack:
        folders = {
            size: stack.enter_context(
                filled(size, is_shown=False, is_settled=True, kept=asked.kept)
            )
            for size in sizes
        }
        for name, words in (
            ("tuimail list", ("list", "--limit", "50")),
            ("tuimail search", ("search", "warehouse", "--limit", "50")),
        ):
            sides = {
                size: partial(cost_of, [_TUIMAIL, *options(folder), *words])
                for size, folder in folders.items()
            }
            in_turns(sides, 1)
            yield from _lines(f"{name}, records", in_turns(sides, rounds), FLAT, FLAT)


def _lines(name: str, sides: Sides, time: Growth, memory: Growth) -> Iterator[Result]:
    """Yield how the time of the processor and the memory grow."""
    cpu = {size: [one.cpu for one in costs] for size, costs in sides.items()}
    peaks = {
        size: [max(one.peak, _LEAST_MEMORY) for one in costs]
        for size, costs in sides.items()
    }
    yield grown(f"{name}: time", cpu, unit=MILLIS, goal=time)
    yield grown(f"{name}: memory", peaks, unit=as_it_is("MB"), goal=memory)


def _done(act: str, size: int) -> Cost:
    told = told_by(ours("growth_ours", act, size))
    return Cost(told["wall"], told["cpu"], told["grown"])
