"""Worker threads for a library that blocks, and ends in them.

The threads are a provider's own: what runs in the loop's, reading of a keyring or
of a file, is what an upload waits for, and must not wait for uploads.
"""

import asyncio
from collections.abc import Callable

from tuimail.providers.gmail.transport import Answer, Http, StoppedError
from tuimail.providers.threads import in_a_thread


class Threads:
    """Run errands, each with the ``Http`` that makes its requests.

    Args:
        count: So many run at the same time; the others wait their turn.
    """

    def __init__(self, count: int) -> None:
        self._room = asyncio.Semaphore(count)
        self._running: dict[Http, asyncio.Task[None]] = {}
        self._is_closed = False

    async def run(self, http: Http, errand: Callable[[], None]) -> Answer:
        """Return what came of ``errand``, whose requests ``http`` makes.

        The thread has ended when this has, whether it was cancelled or not; only a
        loop that ends leaves it behind, and ``http`` has let go of everything then.

        Raises:
            StoppedError: This was closed, before it began or meanwhile.
            BaseException: What else kept the request from being made.
        """
        async with self._room:
            if self._is_closed:
                raise StoppedError
            running = self._running[http] = _begun(errand)
            try:
                await asyncio.wait((running,))
            except asyncio.CancelledError:
                http.drop()
                await asyncio.wait((running,))
                raise
            finally:
                del self._running[http]
        running.result()
        return http.outcome()

    async def close(self) -> None:
        """Let no mail leave any more, and wait for the answers about what has."""
        self._is_closed = True
        for http in self._running:
            http.stop()
        if self._running:
            await asyncio.wait(tuple(self._running.values()))


def _begun(errand: Callable[[], None]) -> asyncio.Task[None]:
    """Begin ``errand``, about whose end nobody need ask."""
    running = asyncio.create_task(in_a_thread(errand, name="gmail"))
    running.add_done_callback(lambda done: done.cancelled() or done.exception())
    return running
