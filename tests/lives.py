"""A process that a test did not start itself: whether it has begun, and has ended."""

import asyncio
import os
import select
from pathlib import Path
from typing import Final

LONG: Final = 60_000
"""Milliseconds: what takes as long as this does not come any more."""


class Life:
    """A named pipe that the process holds open as long as it lives.

    A process that was killed is there until the system comes to end it, which a look
    at its number cannot tell from one that was spared.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "life"
        os.mkfifo(self.path)
        self._reader = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)

    def held(self, script: str) -> str:
        """Return a script for the shell that holds the pipe, with all it starts."""
        return f"(echo begun; {script}) > '{self.path}'"

    async def begun(self) -> bytes:
        """Wait until the process is there; return the first that it wrote."""
        return os.read(self._reader, 100) if await self._told(select.POLLIN) else b""

    async def ended(self) -> bool:
        """Wait until it, and all that it started, is there no more.

        A process that never began has not ended.
        """
        return await self._told(select.POLLHUP)

    def close(self) -> None:
        os.close(self._reader)

    async def _told(self, what: int) -> bool:
        poll = select.poll()
        poll.register(self._reader, what)
        found = await asyncio.to_thread(poll.poll, LONG)
        return any(flags & what for _, flags in found)
