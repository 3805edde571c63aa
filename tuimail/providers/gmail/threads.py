"""Worker threads for a library that blocks, and ends in them.

The threads are a provider's own: what runs in the loop's, reading of a keyring or
of a file, is what an upload waits for, and must not wait for uploads.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from tuimail.providers.gmail.transport import Answer, Http, StoppedError


class Threads:
    """Run errands, each with the ``Http`` that makes its requests."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._pool: ThreadPoolExecutor | None = None
        self._running: dict[Http, Future[None]] = {}
        self._is_closed = False

    async def run(self, http: Http, errand: Callable[[], None]) -> Answer:
        """Return what came of ``errand``, whose requests ``http`` makes.

        The thread has ended when this has, whether it was cancelled or not.

        Raises:
            StoppedError: This was closed, before it began or meanwhile.
            BaseException: What else kept the request from being made.
        """
        if self._is_closed:
            raise StoppedError
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._count, thread_name_prefix="gmail")
        running = self._running[http] = self._pool.submit(errand)
        try:
            await asyncio.shield(asyncio.wrap_future(running))
        except asyncio.CancelledError:
            http.drop()
            running.cancel()
            await _ended(running)
            raise
        finally:
            del self._running[http]
        return http.outcome()

    async def close(self) -> None:
        """Let no mail leave any more, and wait for the answers about what has."""
        self._is_closed = True
        for http in self._running:
            http.stop()
        for running in tuple(self._running.values()):
            await _ended(running)
        if self._pool is not None:
            self._pool.shutdown(wait=False)
            self._pool = None


async def _ended(running: Future[None]) -> None:
    """Wait until a thread has ended, however it did."""
    await asyncio.gather(asyncio.wrap_future(running), return_exceptions=True)
