"""The connections of a server for tests, none of which outlives it."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final


class EndedError(Exception):
    """This connection is over."""


_USUAL: Final = (EndedError, OSError, asyncio.IncompleteReadError)
"""How a conversation ends, whoever ended it."""
_TAKING: Final = 4
"""Turns of the loop from a connection that is taken to what serves it, one to spare."""
_DROPPING: Final = 2
"""Turns from one that is dropped to one that is closed, one to spare."""


class Sessions:
    """One conversation for each connection, for one event loop."""

    def __init__(self) -> None:
        self.under_way: set[asyncio.Task[None]] = set()
        """The conversations that have not ended."""
        self.most_at_once = 0
        self._writers: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    def begin(
        self, writer: asyncio.StreamWriter, conversation: Coroutine[Any, Any, None]
    ) -> None:
        """Have ``conversation`` go on over a connection, which ends with it."""
        task = asyncio.get_running_loop().create_task(conversation)
        self.under_way.add(task)
        self._writers[task] = writer
        self.most_at_once = max(self.most_at_once, len(self.under_way))
        task.add_done_callback(self._ended)

    async def close(self, server: asyncio.Server) -> None:
        """End ``server`` and drop every connection, also one that comes in just now.

        Python 3.11 leaves a connection open that was taken in the turn of the loop
        in which its server is closed, so nothing is taken for some turns before.
        """
        loop = asyncio.get_running_loop()
        for listening in server.sockets:
            loop.remove_reader(listening)
        await _turns(_TAKING)
        server.close()
        tasks = [*self.under_way]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await _turns(_DROPPING)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.under_way.discard(task)
        self._writers.pop(task).transport.abort()
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, _USUAL):
            task.get_loop().call_exception_handler(
                {"message": "A server for tests broke.", "exception": error}
            )


async def _turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)
