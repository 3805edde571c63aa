"""Calls of faces that may hang, in threads for which nobody has to wait.

A name may lead to a disk that does not answer, or to a program that never ends. The
threads of asyncio itself are waited for when the app ends, and there are only so many
of them; of these each call has its own, and it goes when the process does.
"""

from collections.abc import Callable
from typing import TypeVar

from tuimail.providers.threads import in_a_thread

T = TypeVar("T")


async def aside(call: Callable[[], T]) -> T:
    """Return what ``call`` returns, or raise what it raises."""
    return await in_a_thread(call, name="aside")
