"""Where words stand in a text that is being written.

Pure.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple

MOST_HITS: Final = 10_000
"""So many are found; whoever looks for one letter goes to none of them by number."""


class Hit(NamedTuple):
    """A place on one line, in characters."""

    row: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for; never over more than one line."""

    words: str
    is_exact: bool = False
    """Whether capitals have to be capitals."""
    is_whole: bool = False
    """Whether nothing of a word may stand before or after."""

    @property
    def pattern(self) -> re.Pattern[str]:
        """The same, as a regular expression."""
        text = re.escape(self.words)
        if self.is_whole:
            text = rf"(?<!\w){text}(?!\w)"
        return re.compile(text, 0 if self.is_exact else re.IGNORECASE)


def find(lines: Sequence[str], search: Search) -> tuple[Hit, ...]:
    """Return where ``search`` is found, from the top; nowhere without words."""
    if not search.words:
        return ()
    return tuple(islice(_every(lines, search.pattern), MOST_HITS))


def after(hits: Sequence[Hit], row: int, column: int) -> int:
    """Return the number of the first hit that begins there or later, round and round.

    -1 where there is none at all.
    """
    place = bisect_left(hits, (row, column), key=lambda hit: (hit.row, hit.start))
    return place % len(hits) if hits else -1


def before(hits: Sequence[Hit], row: int, column: int) -> int:
    """Return the number of the last hit that ends there or earlier; as ``after``."""
    place = bisect_right(hits, (row, column), key=lambda hit: (hit.row, hit.end))
    return (place - 1) % len(hits) if hits else -1


def replaced(lines: Sequence[str], hits: Sequence[Hit], words: str) -> list[str]:
    """Return ``lines`` with ``words`` in the place of every hit, taken as they are."""
    changed = list(lines)
    for hit in reversed(hits):
        line = changed[hit.row]
        changed[hit.row] = line[: hit.start] + words + line[hit.end :]
    return changed


def _every(lines: Sequence[str], pattern: re.Pattern[str]) -> Iterator[Hit]:
    for row, line in enumerate(lines):
        for found in pattern.finditer(line):
            yield Hit(row, *found.span())
