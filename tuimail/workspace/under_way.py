"""What is under way when the sender is told to stop, and may be let go of.

A server that takes a connection and says nothing is waited for as long as the
standards want, up to ten minutes; a person who presses Ctrl-C is not to wait as
well, unless a mail is out and its answer is not there yet.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

from tuimail.core.status import STOPPED
from tuimail.core.submission import AT_ONCE, Receipt, VerdictKind, Verdicts
from tuimail.core.values import replace
from tuimail.errors import WithdrawnError
from tuimail.providers.base import Provider, SendJob
from tuimail.providers.everybody import told_to_all

T = TypeVar("T")
_UNSENT: Final = Receipt(stage=STOPPED)


class UnderWay:
    """One attempt, which can be ended until it passes its point of no return."""

    def __init__(self, job: SendJob) -> None:
        self._job = job
        self._submitting: asyncio.Task[Any] | None = None
        """Whose code the provider runs in, while it does."""
        self._is_cancelled = False
        """Whether that task was cancelled here, and by whom else it was is to count."""
        self._is_passing = False
        self._is_let_go = False

    async def verdicts(self, provider: Provider) -> Verdicts:
        """Return what the provider answers; later for everybody, if it is let go of."""
        if self._is_let_go:
            return self._unsent()
        job = replace(self._job, point_of_no_return=self._pass)
        self._submitting = asyncio.current_task()
        try:
            return await _submitted(provider, job)
        except (asyncio.CancelledError, WithdrawnError):
            if not self._is_let_go or self._is_cancelled_by_others():
                raise
            return self._unsent()
        finally:
            self._forget()

    def let_go(self) -> None:
        """End it, unless its mail may be out."""
        if self._is_passing:
            return
        self._is_let_go = True
        if self._submitting is not None and not self._is_cancelled:
            self._is_cancelled = self._submitting.cancel()

    def _is_cancelled_by_others(self) -> bool:
        """Whether whoever waits is to end, and not only what it waits for."""
        task = self._submitting
        return task is not None and task.cancelling() > self._is_cancelled

    def _forget(self) -> None:
        """Take back what was asked of the task, which goes on to other things."""
        if self._is_cancelled and self._submitting is not None:
            self._submitting.uncancel()
        self._submitting = None

    async def _pass(self, handle: str = "") -> None:
        if self._is_let_go:
            raise WithdrawnError("The sender was stopped.")
        self._is_passing = True
        await self._job.point_of_no_return(handle)

    def _unsent(self) -> Verdicts:
        return told_to_all(
            self._job.envelope,
            VerdictKind.DEFERRED,
            receipt=_UNSENT,
            server="",
            wait=AT_ONCE,
        )


async def _submitted(provider: Provider, job: SendJob) -> Verdicts:
    """Return what the provider answers; its code does not get to end the program."""
    try:
        return await provider.submit(job)
    except SystemExit as error:
        raise RuntimeError("The provider wanted to end the program.") from error


async def unless(stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """Return what ``work`` returns; None where ``stop`` is set before it ends."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        stopping.cancel()
        await _dropped(working)


async def _dropped(task: asyncio.Task[Any]) -> None:
    """End ``task`` if it still runs, however it takes that."""
    task.cancel()
    await asyncio.wait((task,))
    if not task.cancelled():
        task.exception()
