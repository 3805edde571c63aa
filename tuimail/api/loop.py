"""A thread with an event loop, for what is sent without a workspace.

Providers are async and keep their connections in one loop; programs call from any
thread, and from any loop of theirs. All of them share this one.
"""

import asyncio
import atexit
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, Final, TypeVar

from tuimail.api.ending import too_late

T = TypeVar("T")
LONGEST_END_SECONDS: Final = 2.0


class Loop:
    """Runs what it is given, beside the program; ends with it."""

    def __init__(self) -> None:
        """Begin to run.

        Raises:
            StoreError: The program is ending.
        """
        self.has_ended = False
        """Whether nothing runs in it any more, nor its connections do."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._run, name="tuimail-direct", daemon=True
        )
        try:
            self._thread.start()
        except RuntimeError as error:
            self._loop.close()
            raise too_late() from error

    def run(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Begin ``work``, and return what will come of it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def tell(self, callback: Callable[[], None]) -> None:
        """Have ``callback`` called within the loop."""
        self._loop.call_soon_threadsafe(callback)

    def end(self) -> None:
        """End the thread; what was begun is dropped."""
        if self.has_ended:
            return
        self.has_ended = True
        self.tell(self._loop.stop)
        self._thread.join(LONGEST_END_SECONDS)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._loop.close()


class _Shared:
    """The loop of this process, made when it is first asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: Loop | None = None
        self._of_parents: list[Loop] = []

    def get(self) -> Loop:
        with self._lock:
            if self._loop is None or self._loop.has_ended:
                self._loop = Loop()
                atexit.register(self._loop.end)
            return self._loop

    def known(self) -> Loop | None:
        """Return it, if there is one that runs; makes none."""
        return None if self._loop is None or self._loop.has_ended else self._loop

    def forget(self) -> None:
        """Leave alone what belongs to a thread that a forked process does not have."""
        self._lock = threading.Lock()
        if self._loop is not None:
            atexit.unregister(self._loop.end)
            self._of_parents.append(self._loop)
        self._loop = None


_SHARED: Final = _Shared()
os.register_at_fork(after_in_child=_SHARED.forget)


def the_loop() -> Loop:
    """Return the loop of this process."""
    return _SHARED.get()


def known_loop() -> Loop | None:
    """Return the loop of this process, if it has one that runs."""
    return _SHARED.known()
