"""From an address to the settings of its provider.

The order of sources is Thunderbird's. All are asked at the same time, and the
one that is believed most counts: as soon as it is known who that is, nobody else
is waited for. For a domain that stands in our own table nobody is asked at all.
Nothing is tried out here, and no password is known: what is found is offered to
a person.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import takewhile
from typing import Final

from tuimail.core.address import parse_address
from tuimail.core.values import dataclass, field
from tuimail.settings.discovery.fetching import Web
from tuimail.settings.discovery.found import Asked, Found, Said, Search, Source
from tuimail.settings.discovery.lookups import Names, NameServers
from tuimail.settings.discovery.presets import for_domain, suggested
from tuimail.settings.discovery.sources import Sources, Step

LIMIT: Final = timedelta(seconds=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How the world is asked; what stands in it is for tests to change."""

    web: Web = field(default_factory=Web)
    names: Names = field(default_factory=NameServers)
    offline: bool = False
    """Whether nobody is asked, so that only our own table counts."""
    limit: timedelta = LIMIT
    """How long it may take altogether."""


def _untold(_asked: Asked) -> None:
    """Tell nobody."""


async def find(
    address: str,
    *,
    ways: Ways | None = None,
    progress: Callable[[Asked], None] = _untold,
) -> Search:
    """Return what is found out about ``address``, within 15 seconds.

    Args:
        address: Whose settings are looked for.
        ways: How the world is asked.
        progress: Told of each source as soon as it is done.

    Raises:
        AddressError: It is not an address.
    """
    ways = ways or Ways()
    search = _Searching(ways, progress)
    sources = Sources(
        address=parse_address(address, field="address"),
        web=ways.web,
        names=ways.names,
        tell=search.tell,
    )
    return await search.outcome(sources)


class _Searching:
    """One search: who was asked, who has answered, whose word counts."""

    def __init__(self, ways: Ways, progress: Callable[[Asked], None]) -> None:
        self._ways = ways
        self._progress = progress
        self._said: dict[Step, Said] = {}
        self._asked: list[Asked] = []

    async def outcome(self, sources: Sources) -> Search:
        """Look into our own table, then ask the others."""
        known = _known(sources)
        self.tell(known.asked(Source.PRESET, sources.domain))
        if known.found:
            return self._search(known.found)
        steps = sources.steps()
        await self._ask(steps)
        return self._search(_best(self._said[step].found for step in steps))

    def tell(self, asked: Asked) -> None:
        """Note what was asked, and say so to whoever watches."""
        self._asked.append(asked)
        self._progress(asked)

    async def _ask(self, steps: tuple[Step, ...]) -> None:
        if self._ways.offline:
            self._leave(steps, "not asked: offline")
            return
        tasks = {asyncio.create_task(self._answer(step)) for step in steps}
        try:
            async with asyncio.timeout(self._ways.limit.total_seconds()):
                await self._settled(tasks, steps)
            self._leave(steps, "not waited for")
        except TimeoutError:
            seconds = self._ways.limit.total_seconds()
            self._leave(steps, f"no answer within {seconds:g} seconds")
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(self, step: Step) -> None:
        said = await step.ask()
        self._said[step] = said
        self.tell(said.asked(step.source, step.what))

    async def _settled(
        self, tasks: "set[asyncio.Task[None]]", steps: tuple[Step, ...]
    ) -> None:
        """Wait until it is known whose word counts."""
        while tasks and not self._is_settled(steps):
            done, tasks = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()

    def _is_settled(self, steps: tuple[Step, ...]) -> bool:
        """Return whether everybody answered who is believed more than who found."""
        believed_more = takewhile(lambda step: not self._has_found(step), steps)
        return all(step in self._said for step in believed_more)

    def _has_found(self, step: Step) -> bool:
        return step in self._said and bool(self._said[step].found)

    def _leave(self, steps: tuple[Step, ...], why: str) -> None:
        """Say of those who have not answered why they were left."""
        for step in steps:
            if step not in self._said:
                self._said[step] = Said(outcome=why)
                self.tell(self._said[step].asked(step.source, step.what))

    def _search(self, found: tuple[Found, ...]) -> Search:
        order = tuple(Source)
        asked = sorted(self._asked, key=lambda one: order.index(one.source))
        return Search(found=found, asked=tuple(asked))


def _known(sources: Sources) -> Said:
    preset = for_domain(sources.domain)
    if preset is None:
        return Said(outcome="not in our own table")
    return Said(found=suggested(preset, sources.address.text))


def _best(found: Iterable[tuple[Found, ...]]) -> tuple[Found, ...]:
    """Return what was found, none twice; a guess only where nobody knows."""
    first: dict[object, Found] = {}
    for one in [one for several in found for one in several]:
        key = (one.provider, one.options.get("host"), one.options.get("port"))
        first.setdefault(key, one)
    known = [one for one in first.values() if one.source is not Source.GUESS]
    return tuple(known or first.values())
