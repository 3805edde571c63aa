"""The workspace as doors use it: by a bridge, opened anew after its disk failed.

What only its owner can mend is told without where it is (``telling``).
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from tuimail.errors import (
    FullDiskError,
    ReadOnlyWorkspaceError,
    StoreError,
    TuimailError,
    WorkspaceBusyError,
)
from tuimail.intake.telling import for_programs
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.workspace import Workspace

T = TypeVar("T")
Made = TypeVar("Made")
PREPARED_AT_ONCE: Final = 2
"""Each has a thread, and flushes many files."""
_Way = Callable[[Callable[[Workspace], T]], Awaitable[T]]
_PASSING: Final = (WorkspaceBusyError, FullDiskError, ReadOnlyWorkspaceError)
"""What a fresh connection would not change."""


class Storing:
    """Hands work to the workspace's thread; all doors share one."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._mending = asyncio.Lock()
        self._preparing = asyncio.Semaphore(PREPARED_AT_ONCE)
        self._is_broken = False
        self.writes = 0
        """How often something was written through here; it is seen by no
        ``data_version`` of the same connection."""

    async def call(self, function: Callable[[Workspace], T]) -> T:
        """Return what ``function`` returns; for what only looks.

        Raises:
            StoreError: The disk failed; the next call opens it anew.
        """
        return await self._guarded(self._bridge.call, function)

    async def together(self, function: Callable[[Workspace], T]) -> T:
        """Return what ``function`` returns, once what it wrote is on disk.

        Raises:
            StoreError: The disk failed; nothing of it is certain.
        """
        try:
            return await self._guarded(self._bridge.together, function)
        finally:
            self.writes += 1

    async def in_two(
        self,
        prepare: Callable[[Workspace], Made],
        store: Callable[[Workspace, Made], T],
    ) -> T:
        """Return what ``store`` makes of what ``prepare`` made, once it is on disk.

        What is prepared keeps nobody waiting: it has a workspace of its own, and no
        lock. So a mail with many files holds up no other.

        Raises:
            StoreError: The disk failed; nothing of it is certain.
        """
        async with self._preparing:
            made = await self._guarded(self._bridge.aside, prepare)
        return await self.together(lambda workspace: store(workspace, made))

    async def _guarded(self, way: _Way[T], function: Callable[[Workspace], T]) -> T:
        try:
            await self._mend()
            return await way(function)
        except TuimailError as error:
            if isinstance(error, StoreError) and not isinstance(error, _PASSING):
                self._is_broken = True
            told = for_programs(error)
            if told is error:
                raise
            raise told from error

    async def _mend(self) -> None:
        """Open the workspace anew, once for all that found it broken."""
        async with self._mending:
            if self._is_broken:
                await self._bridge.reopen()
                self._is_broken = False
