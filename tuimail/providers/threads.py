"""A blocking call of somebody else's library, in a thread that nobody waits for.

``asyncio.to_thread`` is for what ends soon: a program that ends waits for all of its
threads, and so would for ten minutes of a server's silence. This one is left behind;
what became of its mail is not known then, as after any other end.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")


async def in_a_thread(call: Callable[[], Result], *, name: str) -> Result:
    """Return what ``call`` does, or raise what it raises.

    Args:
        call: Runs in a thread of its own, whose result nobody gets where the
            awaiting ends sooner.
        name: Of the thread, for people who debug.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Result] = loop.create_future()

    def tell(give: Callable[[], None]) -> None:
        if not answer.done():
            give()

    def run() -> None:
        try:
            give = partial(answer.set_result, call())
        except BaseException as error:  # noqa: BLE001 - handed on to who asked
            give = partial(answer.set_exception, error)
        with suppress(RuntimeError):  # the loop has ended, and whoever asked too
            loop.call_soon_threadsafe(tell, give)

    Thread(target=run, name=name, daemon=True).start()
    return await answer


class LeftBehind(ThreadPoolExecutor):
    """Runs each call in a thread of its own, that no end of a program waits for.

    A loop hands its blocking calls to one, and libraries theirs through the loop:
    the name of a host may be looked up for as long as a network is silent.
    """

    def submit(
        self,
        fn: Callable[Given, Result],
        /,
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> "Future[Result]":
        """Begin to call ``fn``."""
        answer: Future[Result] = Future()
        call = partial(fn, *args, **kwargs)
        Thread(target=_answered, args=(answer, call), daemon=True).start()
        return answer


class OneByOne(Executor):
    """Runs calls one after the other, in one thread that no end of a program waits for.

    What was not done by then is not done; whoever needs it awaits it.
    """

    def __init__(self, *, name: str) -> None:
        self._name = name
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._is_over = False

    def submit(
        self,
        fn: Callable[Given, Result],
        /,
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> "Future[Result]":
        """Have ``fn`` called after what was submitted before.

        Raises:
            RuntimeError: It was shut down.
        """
        if self._is_over:
            raise RuntimeError("Nothing is taken any more.")
        answer: Future[Result] = Future()
        self._calls.put(partial(_answered, answer, partial(fn, *args, **kwargs)))
        if self._thread is None:
            self._thread = Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        return answer

    def shutdown(
        self,
        wait: bool = True,  # noqa: FBT001, FBT002 - as every executor's
        *,
        cancel_futures: bool = False,
    ) -> None:
        """Take no more calls, and end the thread after those there are."""
        if cancel_futures:
            raise ValueError("What was submitted is done.")
        self._is_over = True
        self._calls.put(None)
        if wait and self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while (call := self._calls.get()) is not None:
            call()


def _answered(answer: "Future[Result]", call: Callable[[], Result]) -> None:
    if not answer.set_running_or_notify_cancel():
        return
    try:
        answer.set_result(call())
    except BaseException as error:  # noqa: BLE001 - handed on to who asked
        answer.set_exception(error)
