"""The same finding about many: a few are said, and how many more there are.

Pure.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, TypeVar

from tuimail.core.finding import Finding
from tuimail.core.values import replace

SAID: Final = 5
"""Findings of one kind about one field that are said one by one."""
NAMED: Final = 3

T = TypeVar("T")


def each(found: Iterable[T], say: Callable[[T], Finding]) -> Iterator[Finding]:
    """Yield what is to be said of the first few, then how many more there are.

    Nobody reads 20,000 findings, and they would hide the one that counts.
    """
    found = list(found)
    for one in found[:SAID]:
        yield say(one)
    rest = found[SAID:]
    if rest:
        like = say(rest[0])
        yield replace(
            like,
            message=f"The same is to be said of {len(rest)} more in {like.field}, "
            f"beginning with {like.place}.",
        )


def listed(names: Sequence[str]) -> str:
    """Return the first of ``names`` in a row, and how many more there are."""
    said = ", ".join(names[:NAMED])
    rest = len(names) - NAMED
    return f"{said} and {rest} more" if rest > 0 else said
