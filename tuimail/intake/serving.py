"""The doors of a workspace, open while somebody serves: one thread, one loop.

A door that cannot be opened is tried again, because another process may have it
and may end. Where somebody asked for that door, and it can never be opened as
they asked, serving ends and says why.
"""

import asyncio
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from importlib import import_module
from typing import Final, Protocol

from tuimail.errors import ConfigurationError, TuimailError
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.sending import Opener

AGAIN: Final = timedelta(seconds=1)
"""How often a door that somebody else has is tried again."""
CLOSED: Final = "closed"


class Door(Protocol):
    """One way in for programs: listens, and hands in what it is given."""

    @property
    def name(self) -> str:
        """What people call it, e.g. ``HTTP``."""

    @property
    def is_asked_for(self) -> bool:
        """Whether somebody named it, so that doing without it would be wrong."""

    async def open(self, bridge: Bridge) -> str:
        """Begin to listen, and return where, in words for people.

        Args:
            bridge: What is handed in is stored through it; it outlives the door.

        Raises:
            ConfigurationError: It cannot be opened as it was asked for.
            WorkspaceBusyError: Another process has it.
        """

    async def close(self) -> None:
        """Listen no more; what was begun is finished and answered first."""


class Doors:
    """Keeps doors open in a thread of their own, between ``start`` and ``stop``."""

    def __init__(self, opener: Opener, doors: Sequence[Door]) -> None:
        self._opener = opener
        self._doors = tuple(doors)
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._main()), name="doors", daemon=True
        )
        self._states = dict.fromkeys((one.name for one in doors), "opening")
        self._asked_to_stop = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self.failure: TuimailError | None = None
        """Why a door that was asked for cannot be; all are closed then."""

    @property
    def states(self) -> tuple[str, ...]:
        """One line a door: where it listens, or why it does not yet."""
        return tuple(f"{name}: {state}" for name, state in self._states.items())

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self, *, timeout: float | None = None) -> None:
        """Close all doors, once what was begun is answered.

        Args:
            timeout: Seconds to wait for that; None waits as long as it takes.
        """
        self._asked_to_stop.set()
        if self._loop is not None:
            with suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(timeout)

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        # What goes wrong beside a request is nobody's; its text may hold secrets.
        self._loop.set_exception_handler(lambda _loop, _context: None)
        while not self._asked_to_stop.is_set():
            try:
                await self._serve()
            except TuimailError as error:
                self._say_of_all(str(error))
                await self._pause()
        self._say_of_all(CLOSED)

    async def _serve(self) -> None:
        async with Bridge(self._opener) as bridge:
            await asyncio.to_thread(_load_checks)
            await asyncio.gather(*(self._keep(one, bridge) for one in self._doors))

    async def _keep(self, door: Door, bridge: Bridge) -> None:
        """Have ``door`` open until somebody asks for an end."""
        while not self._asked_to_stop.is_set():
            state = await self._open_until_stopped(door, bridge)
            self._states[door.name] = state
            await self._pause()

    async def _open_until_stopped(self, door: Door, bridge: Bridge) -> str:
        """Return why it is not open, or not any more."""
        try:
            self._states[door.name] = await door.open(bridge)
            await self._stop.wait()
            await door.close()
        except TuimailError as error:
            if door.is_asked_for and isinstance(error, ConfigurationError):
                self._give_up(error)
            return str(error)
        except Exception as error:  # noqa: BLE001 - the edge of this thread
            return f"A mistake in tuimail closed it: {type(error).__name__}."
        return CLOSED

    def _give_up(self, error: TuimailError) -> None:
        self.failure = self.failure or error
        self._asked_to_stop.set()
        self._stop.set()

    def _say_of_all(self, state: str) -> None:
        self._states = dict.fromkeys(self._states, state)

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(AGAIN.total_seconds()):
                await self._stop.wait()


def _load_checks() -> None:
    """Load what the first mail needs, so that no program waits for that."""
    import_module("tuimail.core.checks.every")
