"""One worker thread with a workspace of its own, awaited from a loop.

The workspace belongs to the thread that opened it; apps and servers run loops.
Between them stands this: short calls, done one after the other.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Self, TypeVar

from tuimail.workspace.workspace import Workspace

T = TypeVar("T")


class Bridge:
    """Lets a loop use a workspace without ever blocking on it."""

    def __init__(self, opener: Callable[[], Workspace]) -> None:
        self._opener = opener
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="workspace")
        self._workspace: Workspace | None = None

    async def start(self) -> None:
        """Open the workspace in its thread; errors of opening are raised here."""
        loop = asyncio.get_running_loop()
        self._workspace = await loop.run_in_executor(self._worker, self._opener)

    async def call(self, function: Callable[[Workspace], T]) -> T:
        """Return what ``function`` returns when the worker thread calls it.

        Raises:
            RuntimeError: The bridge was not started, or is closed.
        """
        if self._workspace is None:
            raise RuntimeError("The bridge is not open.")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._worker, function, self._workspace)

    async def reopen(self) -> None:
        """Close the workspace and open it anew, after its disk failed."""
        await self.call(Workspace.close)
        await self.start()

    async def close(self) -> None:
        """Close the workspace after the calls that were already made."""
        if self._workspace is not None:
            await self.call(Workspace.close)
        self._workspace = None
        self._worker.shutdown(wait=False)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.close()
