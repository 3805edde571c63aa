"""Waiting for a person's decision, without asking all the time.

One look a moment at whether anything was written serves everybody who waits;
only then does each read again what it waits for.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final, TypeVar

from tuimail.errors import StoreError
from tuimail.intake.storing import Storing
from tuimail.workspace.workspace import Workspace

T = TypeVar("T")
EVERY: Final = timedelta(seconds=0.25)
LONGEST_SECONDS: Final = 60.0
"""Proxies and programs give a connection up not long after that."""


class Watch:
    """Lets any number of requests wait for what other processes write."""

    def __init__(self, storing: Storing, *, every: timedelta = EVERY) -> None:
        self._storing, self._every = storing, every
        self._looked = asyncio.Event()
        self._version = (0, 0)
        self._waiting = 0
        self._looking: asyncio.Task[None] | None = None
        self._is_closed = False

    async def until(
        self,
        read: Callable[[Workspace], T],
        is_enough: Callable[[T], bool],
        *,
        seconds: float,
    ) -> T:
        """Return what ``read`` returns once that is enough, or time is up.

        Args:
            read: Looks; called again after something was written.
            is_enough: Whether one need not wait any longer.
            seconds: How long at most; never over a minute.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + min(seconds, LONGEST_SECONDS)
        seen, value = await self._read(read)
        while not is_enough(value) and not self._is_closed and loop.time() < end:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(end):
                    await self._changed_since(seen)
            seen, value = await self._read(read)
        return value

    def close(self) -> None:
        """Let nobody wait any longer."""
        self._is_closed = True
        self._tell()

    async def _read(self, read: Callable[[Workspace], T]) -> tuple[tuple[int, int], T]:
        """Read, and say as of when: what is written after that is news."""
        return await self._storing.call(
            lambda workspace: (self._version_of(workspace), read(workspace))
        )

    def _version_of(self, workspace: Workspace) -> tuple[int, int]:
        """Return a value that differs after anybody wrote, ourselves included."""
        return workspace.data_version(), self._storing.writes

    async def _changed_since(self, seen: tuple[int, int]) -> None:
        self._waiting += 1
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        try:
            while not self._is_closed:
                await self._looked.wait()
                if self._version != seen:
                    return
        finally:
            self._waiting -= 1

    async def _look(self) -> None:
        """Look again and again, for as long as somebody waits."""
        try:
            while self._waiting and not self._is_closed:
                await asyncio.sleep(self._every.total_seconds())
                with suppress(StoreError):
                    self._version = await self._storing.call(self._version_of)
                    self._tell()
        finally:
            self._looking = None

    def _tell(self) -> None:
        """Wake all who wait; who waits from now on waits for the next look."""
        self._looked.set()
        self._looked = asyncio.Event()
