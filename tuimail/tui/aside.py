"""Calls that may hang, in threads for which nobody has to wait.

A name may lead to a disk that does not answer, or to a program that never ends. The
threads of asyncio itself are waited for when the app ends, and there are only so many
of them; of these each call has its own, and it goes when the process does.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


async def aside(call: Callable[[], T]) -> T:
    """Return what ``call`` returns, or raise what it raises."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()
    threading.Thread(target=_answer, args=(call, answer, loop), daemon=True).start()
    return await answer


def _answer(
    call: Callable[[], T],
    answer: "asyncio.Future[T]",
    loop: asyncio.AbstractEventLoop,
) -> None:
    value: T | None = None
    error: Exception | None = None
    try:
        value = call()
    except Exception as raised:  # noqa: BLE001 - handed on to who asked
        error = raised
    with suppress(RuntimeError):  # the loop ended before this did
        loop.call_soon_threadsafe(_give, answer, value, error)


def _give(
    answer: "asyncio.Future[Any]", value: object, error: Exception | None
) -> None:
    if answer.done():
        return
    if error is None:
        answer.set_result(value)
    else:
        answer.set_exception(error)
