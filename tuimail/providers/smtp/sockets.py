"""A connected socket, out of a name that may have several addresses.

They race (RFC 8305): each address gets a head start on the next one, and the
first that answers is taken. A dead one costs a quarter of a second, and not the
whole of its time, which it has all the same, for it may be the one that works.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import timedelta
from functools import partial
from itertools import chain, zip_longest
from typing import Final

from tuimail.core.values import dataclass
from tuimail.providers.threads import in_a_thread

HEAD_START: Final = timedelta(milliseconds=250)
"""RFC 8305 §8: so long an address may take before the next one is tried too."""
_LONGEST: Final = 63
"""Octets of a label of a name (RFC 1035 §2.3.4)."""


@dataclass(frozen=True, slots=True)
class Place:
    """One address of a name, as ``getaddrinfo`` gives it."""

    family: int
    protocol: int
    address: tuple[str | int | bytes, ...]


async def _looked_up(host: str, port: int) -> Iterable[Place]:
    found = await in_a_thread(
        partial(socket.getaddrinfo, _asked_for(host), port, type=socket.SOCK_STREAM),
        name="names",
    )
    return [
        Place(family, protocol, address) for family, _, protocol, _, address in found
    ]


def _asked_for(host: str) -> str | bytes:
    """Return an ordinary name as it is: only others need the codec, which is loaded."""
    labels = host.split(".")
    is_ordinary = host.isascii() and all(0 < len(one) <= _LONGEST for one in labels)
    return host.encode() if is_ordinary else host


async def _connected(place: Place) -> socket.socket:
    connecting = socket.socket(place.family, socket.SOCK_STREAM, place.protocol)
    try:
        connecting.setblocking(False)  # noqa: FBT003 - the library's own signature
        await asyncio.get_running_loop().sock_connect(connecting, place.address)
        # A final dot is a small write behind others: nobody should wait to
        # see whether more follows.
        connecting.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        connecting.close()
        raise
    return connecting


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """What names are asked of, and what sockets come from."""

    look_up: Callable[[str, int], Awaitable[Iterable[Place]]] = _looked_up
    """Returns the addresses of a name, best first; raises OSError."""
    connect: Callable[[Place], Awaitable[socket.socket]] = _connected
    """Returns a socket connected to an address; raises OSError."""


SYSTEM: Final = Network()


async def connected_socket(
    host: str,
    port: int,
    *,
    limit: timedelta,
    network: Network = SYSTEM,
    resolved: Callable[[], None] = lambda: None,
) -> socket.socket:
    """Return a socket connected to ``host``, by the first address that answers.

    Each address gets ``limit`` of its own, and so does asking for the name:
    none is given up sooner, unless another one answers. ``resolved`` is called
    once the name has an address.

    Raises:
        OSError: The name has no address, or none of them answers; the error of
            the last one that failed.
        TimeoutError: The same, where the last one did not answer at all.
    """
    places = await _places(host, port, limit=limit, network=network)
    resolved()
    return await _Race(_interleaved(places), limit=limit, network=network).winner()


async def _places(
    host: str, port: int, *, limit: timedelta, network: Network
) -> tuple[Place, ...]:
    try:
        async with asyncio.timeout(limit.total_seconds()):
            found = tuple(dict.fromkeys(await network.look_up(host, port)))
    except TimeoutError:
        waited = f"{limit.total_seconds():g} seconds"
        raise _nowhere(f"the name was not resolved within {waited}") from None
    except UnicodeError:
        raise _nowhere("the name is not one that a host can have") from None
    if not found:
        raise _nowhere("the name has no address")
    return found


def _nowhere(why: str) -> socket.gaierror:
    return socket.gaierror(socket.EAI_NONAME, why)


def _interleaved(places: Iterable[Place]) -> Iterator[Place]:
    """Yield them by turns of their families, the best one's first (§4).

    A network on which one of the families is dead costs one head start then,
    and not one for each address.
    """
    families: dict[int, list[Place]] = {}
    for place in places:
        families.setdefault(place.family, []).append(place)
    turns = chain.from_iterable(zip_longest(*families.values()))
    return (place for place in turns if place is not None)


class _Race:
    """The addresses under way to a connection."""

    def __init__(
        self, places: Iterable[Place], *, limit: timedelta, network: Network
    ) -> None:
        self._places = places
        self._limit = limit
        self._network = network
        self._under_way: set[asyncio.Task[socket.socket]] = set()
        self._error: OSError = _nowhere("the name has no address")

    async def winner(self) -> socket.socket:
        """Return the first that is connected; close all others."""
        try:
            for place in self._places:
                self._under_way.add(asyncio.create_task(self._try(place)))
                if won := await self._first(HEAD_START.total_seconds()):
                    return won
            while self._under_way:
                if won := await self._first(None):
                    return won
        finally:
            await self._close_the_others()
        raise self._error

    async def _try(self, place: Place) -> socket.socket:
        async with asyncio.timeout(self._limit.total_seconds()):
            return await self._network.connect(place)

    async def _first(self, seconds: float | None) -> socket.socket | None:
        """Return who is connected; None once one failed or the time is over."""
        ended, _ = await asyncio.wait(
            self._under_way, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
        )
        for task in ended:
            self._under_way.discard(task)
            error = task.exception()
            if not isinstance(error, OSError):
                return task.result()
            self._error = error
        return None

    async def _close_the_others(self) -> None:
        """Give up who is under way; some may be connected by now."""
        for task in self._under_way:
            task.cancel()
        ends = await asyncio.gather(*self._under_way, return_exceptions=True)
        for late in ends:
            if isinstance(late, socket.socket):
                late.close()
