"""Says what is long in parts: a slow line carries one, and its reader asks for more."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import Final

from tuimail.cli.linear.session import Session

AT_ONCE: Final = 60
"""Lines."""


def say_in_parts(
    session: Session, lines: Iterable[str], *, at_end: Callable[[], None]
) -> None:
    """Say the first lines; ``more`` goes on.

    Args:
        session: Who listens.
        lines: Made when they are said.
        at_end: Called once the last of them was said.
    """
    _say(session, iter(lines), at_end)


def _say(session: Session, lines: Iterator[str], at_end: Callable[[], None]) -> None:
    session.voice.say(*islice(lines, AT_ONCE))
    following = list(islice(lines, 1))
    if following:
        left = _joined(following, lines)
        session.more = partial(_say, session, left, at_end)
        session.voice.say("There is more: type more.")
    else:
        at_end()


def _joined(first: Iterable[str], rest: Iterable[str]) -> Iterator[str]:
    yield from first
    yield from rest
