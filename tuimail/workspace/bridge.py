"""One worker thread with a workspace of its own, awaited from a loop.

The workspace belongs to the thread that opened it; apps and servers run loops.
Between them stands this: short calls, done one after the other.

``together`` is for many small writes at once: what waits while the disk is busy
shares the next flush, and what is of one kind is done at once. Nobody waits for
a timer, but what other programs see of it: that is shown when there is time.

A disk may hang, and the thread with it: no end of a process waits for it, unless
somebody awaits ``close``.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final, NamedTuple, Self, TypeVar

from tuimail.errors import StoreError
from tuimail.providers.threads import OneByOne
from tuimail.workspace.workspace import Workspace

T = TypeVar("T")
Item = TypeVar("Item")
SHOWN_AT_ONCE: Final = 5
"""So many mails are shown to other programs while others may wait."""
REST: Final = timedelta(milliseconds=100)
"""Where nobody has asked for so long, there is time to show what was done."""
MOST_UNSHOWN: Final = 2_000
"""Where more wait to be shown, as many are shown in each round as were done."""
Act = Callable[[Workspace, Sequence[Item]], Sequence[T]]
"""Does the same about many items; known again by being the same function."""


class Bridge:
    """Lets a loop use a workspace without ever blocking on it."""

    def __init__(self, opener: Callable[[], Workspace]) -> None:
        self._opener = opener
        self._worker = OneByOne(name="workspace")
        self._workspace: Workspace | None = None
        self._waiting: deque[_Wish] = deque()
        self._is_coming = False
        self._resting: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        """Open the workspace in its thread; errors of opening are raised here."""
        loop = asyncio.get_running_loop()
        self._workspace = await loop.run_in_executor(self._worker, self._opener)

    async def call(self, function: Callable[[Workspace], T]) -> T:
        """Return what ``function`` returns when the worker thread calls it.

        Raises:
            RuntimeError: The bridge was not started, or is closed.
        """
        if self._workspace is None:
            raise RuntimeError("The bridge is not open.")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._worker, function, self._workspace)

    async def together(self, function: Callable[[Workspace], T]) -> T:
        """Return what ``function`` returns, once what it wrote is on disk.

        It shares one transaction on disk with whatever else waits for that, and
        fails alone, except where the disk fails.

        Raises:
            RuntimeError: The bridge was not started, or is closed.
            StoreError: The disk failed; nothing of it is certain.
        """
        return await self.alike(_alone(function), None)

    async def alike(self, act: "Act[Item, T]", item: Item) -> T:
        """As ``together``, with all that waits for the same ``act`` done by one call.

        Where that fails, each is done by a call of its own.

        Args:
            act: Does something about many items, and returns what came of each;
                takes its steps wholly or not at all.
            item: One of them.
        """
        if self._workspace is None:
            raise RuntimeError("The bridge is not open.")
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        self._waiting.append(_Wish(act, item, answer))
        if not self._is_coming:
            self._is_coming = True
            # Behind what is ready to run: it may have something to add.
            loop.call_soon(self._have_it_done, loop)
        return await answer

    def _have_it_done(self, loop: asyncio.AbstractEventLoop) -> None:
        self._stop_resting()
        self._worker.submit(self._grant, loop)

    def _grant(self, loop: asyncio.AbstractEventLoop) -> None:
        """Do everything that waits, in the worker thread.

        The flag goes down first, so that who comes too late for this round
        finds it down and asks for another.
        """
        self._is_coming = False
        wishes = list(_taken(self._waiting))
        if wishes and self._workspace is not None:
            answers = _answers(self._workspace, wishes)
            loop.call_soon_threadsafe(self._tell, answers)
            if self._workspace.unshown > MOST_UNSHOWN:
                self._workspace.show(len(wishes))

    def _tell(self, answers: "list[_Answer]") -> None:
        """Give everybody their answer, and rest until somebody asks for more."""
        _give(answers)
        self._stop_resting()
        self._resting = asyncio.get_running_loop().call_later(
            REST.total_seconds(), self._worker.submit, self._show
        )

    def _stop_resting(self) -> None:
        if self._resting is not None:
            self._resting.cancel()
            self._resting = None

    def _show(self) -> None:
        """Show other programs what was done, bit by bit, until somebody comes."""
        if self._workspace is None or self._is_coming:
            return
        if self._workspace.show(SHOWN_AT_ONCE):
            self._worker.submit(self._show)

    async def aside(self, function: Callable[[Workspace], T]) -> T:
        """Return what ``function`` returns, beside all other calls.

        For what takes as long as a network or a keyring does. It has a thread and
        a workspace of its own, and the process does not wait for it to end.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        arguments = (self._opener, _Wish(_alone(function), None, answer), loop)
        threading.Thread(target=_aside, args=arguments, daemon=True).start()
        return await answer

    async def reopen(self) -> None:
        """Close the workspace and open it anew, after its disk failed."""
        await self.call(Workspace.close)
        await self.start()

    async def close(self) -> None:
        """Close the workspace after the calls that were already made."""
        if self._workspace is not None:
            await self.call(Workspace.close)
        self._stop_resting()
        self._workspace = None
        self._worker.shutdown(wait=False)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.close()


class _Wish(NamedTuple):
    """Something to be done, and who waits for what comes of it."""

    act: "Act[Any, Any]"
    item: Any
    answer: asyncio.Future[Any]


class _Answer(NamedTuple):
    """What came of one wish."""

    wish: _Wish
    value: object = None
    error: Exception | None = None


def _alone(function: Callable[[Workspace], T]) -> "Act[None, T]":
    """Return what does one thing, which is like no other."""
    return lambda workspace, _: [function(workspace)]


def _aside(
    opener: Callable[[], Workspace], wish: _Wish, loop: asyncio.AbstractEventLoop
) -> None:
    try:
        with opener() as workspace:
            (value,) = wish.act(workspace, [wish.item])
            answer = _Answer(wish, value=value)
    except Exception as error:  # noqa: BLE001 - handed on to who asked
        answer = _Answer(wish, error=error)
    with suppress(RuntimeError):  # the loop ended before this did
        loop.call_soon_threadsafe(_give, [answer])


def _taken(waiting: deque[_Wish]) -> Iterator[_Wish]:
    """Take what waits, while others may add to it."""
    while waiting:
        yield waiting.popleft()


def _answers(workspace: Workspace, wishes: list[_Wish]) -> list[_Answer]:
    try:
        with workspace.sharing_a_flush():
            return [
                answer
                for alike in _by_kind(wishes)
                for answer in _answered(workspace, alike)
            ]
    except Exception as error:  # noqa: BLE001 - handed on to all who asked
        return [_Answer(wish, error=error) for wish in wishes]


def _by_kind(wishes: list[_Wish]) -> Iterable[list[_Wish]]:
    """Return what is to be done by one call each, in the order it was asked for."""
    kinds: dict[Act[Any, Any], list[_Wish]] = {}
    for wish in wishes:
        kinds.setdefault(wish.act, []).append(wish)
    return kinds.values()


def _answered(workspace: Workspace, alike: list[_Wish]) -> list[_Answer]:
    """Do what is alike; where the disk ended the transaction, all of it failed."""
    act = alike[0].act
    try:
        found = act(workspace, [wish.item for wish in alike])
    except Exception as error:
        if isinstance(error, StoreError) and not workspace.is_writing_together:
            raise
        if len(alike) == 1:
            return [_Answer(alike[0], error=error)]
        return [one for wish in alike for one in _answered(workspace, [wish])]
    return [
        _Answer(wish, value=value) for wish, value in zip(alike, found, strict=True)
    ]


def _give(answers: list[_Answer]) -> None:
    for answer in answers:
        future = answer.wish.answer
        if future.done():
            continue
        if answer.error is None:
            future.set_result(answer.value)
        else:
            future.set_exception(answer.error)
