"""Work for somebody who may go: it ends with them, and gives its place back."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from tuimail.intake.http.bodies import ClientGoneError

T = TypeVar("T")


async def while_there(
    work: Coroutine[Any, Any, T], gone: Callable[[], Awaitable[None]]
) -> T:
    """Return what ``work`` returns.

    Args:
        work: Only looks, so that it may end at any point.
        gone: Returns once nobody waits for it any more.

    Raises:
        ClientGoneError: That came first.
    """
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(gone())
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientGoneError
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()
