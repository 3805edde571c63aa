"""Has Textual do once what it does again for each app, or each widget of it.

What the app becomes is the same; it starts and answers in a third less time. Nothing
here is for an app outside of tests.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from textual._queue import Queue
from textual.app import ScreenStackError
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.message import Message
from textual.message_pump import MessagePump
from textual.pilot import Pilot, WaitForScreenTimeout


@contextmanager
def quick() -> Iterator[None]:
    """Until the end of the block no stylesheet is parsed twice for a theme.

    Rules are looked up without a call of Python's, and a pilot waits only for those
    that have something to do.
    """
    with ExitStack() as stack:
        stack.enter_context(patch.object(Stylesheet, "_parse_rules", _remembering()))
        stack.enter_context(patch.object(RuleSet, "__hash__", object.__hash__))
        stack.enter_context(patch.object(Pilot, "_wait_for_screen", caught_up))
        yield


def _remembering() -> Callable[..., list[RuleSet]]:
    """Return how styles are parsed, each of them once for a theme."""
    known: dict[tuple[Any, ...], list[RuleSet]] = {}
    parse = Stylesheet._parse_rules
    last: Mapping[str, str] = {}
    said: frozenset[tuple[str, str]] = frozenset()

    def parsed(sheet: Stylesheet, *arguments: Any, **named: Any) -> list[RuleSet]:
        nonlocal last, said
        if sheet._variables is not last:
            last, said = sheet._variables, frozenset(sheet._variables.items())
        key = (said, arguments, tuple(sorted(named.items())))
        if key not in known:
            known[key] = parse(sheet, *arguments, **named)
        return known[key]

    return parsed


async def caught_up(pilot: Pilot[Any], timeout: float = 30.0) -> bool:  # noqa: ASYNC109
    """Wait until the app, and what is on its screen, did what it was told until now.

    Textual's own wait tells each of them something more, which most of a test was.

    Returns:
        Whether all of it is done: not where there is no screen, or a mistake came up.

    Raises:
        WaitForScreenTimeout: It took longer than ``timeout`` seconds.
    """
    app = pilot.app
    try:
        pumps = [app, *app.screen.walk_children(with_self=True)]
    except ScreenStackError:
        return False
    busy = [one for one in pumps if not is_idle(one)]
    events = [(one, asyncio.Event()) for one in busy]
    told = [event for one, event in events if one.call_later(event.set)]
    waits = [
        asyncio.create_task(_all_set(told)),
        asyncio.create_task(app._exception_event.wait()),
    ]
    done, left = await asyncio.wait(
        waits, timeout=timeout, return_when=asyncio.FIRST_COMPLETED
    )
    for one in left:
        one.cancel()
    if not done:
        raise WaitForScreenTimeout("what was told is not done")
    return all(one.is_set() for one in told)


def is_idle(pump: MessagePump) -> bool:
    """Return whether it has done all it was told, and waits for more."""
    queue: Queue[Message | None] = pump._message_queue
    is_waiting = bool(queue.ready_event._waiters)
    return is_waiting and queue.empty() and not pump._next_callbacks


async def _all_set(events: Iterable[asyncio.Event]) -> None:
    for one in events:
        await one.wait()
