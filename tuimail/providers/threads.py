"""A blocking call of somebody else's library, in a thread that nobody waits for.

``asyncio.to_thread`` is for what ends soon: a program that ends waits for all of its
threads, and so would for ten minutes of a server's silence. This one is left behind;
what became of its mail is not known then, as after any other end.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
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


def _answered(answer: "Future[Result]", call: Callable[[], Result]) -> None:
    if not answer.set_running_or_notify_cancel():
        return
    try:
        answer.set_result(call())
    except BaseException as error:  # noqa: BLE001 - handed on to who asked
        answer.set_exception(error)
