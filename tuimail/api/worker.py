"""A thread that owns a workspace, for a program whose threads share it.

It does one thing after the other, and no lock is held while it does. Between
them it looks after mail that somebody waits for, and has it sent by a sender of
this process where nobody else is one.
"""

import atexit
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar
from weakref import WeakSet

from tuimail.api.ending import too_late
from tuimail.errors import StoreError

if TYPE_CHECKING:
    from tuimail.workspace.sending import SenderThread
    from tuimail.workspace.workspace import Workspace

T = TypeVar("T")
Found_co = TypeVar("Found_co", covariant=True)
Opener = Callable[[], "Workspace"]
WATCH: Final = timedelta(seconds=0.02)
"""How often mail is looked after that somebody waits for."""
AGAIN: Final = timedelta(seconds=1)
"""How often one sees whether somebody else still sends."""
SHARE: Final = 4
"""Looking after mail that many wait for takes a fifth of the time, at most."""
QUIET: Final = timedelta(seconds=1)
"""A thread that asked for nothing for so long keeps no program from ending."""
LINGER: Final = timedelta(seconds=2)
"""So long the sender stays when nobody waits for a mail any more."""


class Look(Protocol[Found_co]):
    """Looks whether what somebody waits for has come."""

    def __call__(self, workspace: "Workspace", *, is_over: bool) -> Found_co | None:
        """Return it, or None to be asked again; never None once it is over."""


@dataclass(slots=True)
class _Job:
    """Something to do, and who waits for what comes of it."""

    act: "Callable[[Workspace], Any]"
    answer: Future[Any] = field(default_factory=Future)

    def run(self, workspace: "Workspace") -> None:
        try:
            value = self.act(workspace)
        except BaseException as error:  # noqa: BLE001 - handed on to who asked
            self.answer.set_exception(error)
        else:
            self.answer.set_result(value)


@dataclass(slots=True, eq=False)
class _Wait:
    """A mail that somebody waits for."""

    look: Look[Any]
    until: float
    answer: Future[Any]
    is_for_sender: bool


class Worker:
    """Does things with a workspace, in a thread of its own."""

    def __init__(self, opener: Opener) -> None:
        self._opener = opener
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="tuimail", daemon=True)
        self._workspace: Workspace | None = None
        self._waits: dict[_Wait, None] = {}
        self._version = -1
        self._is_news = False
        self._holds = 0
        self._sender: SenderThread | None = None
        self._asked_at = self._needed_at = self._look_at = float("-inf")
        self._is_closed = False
        self._used_at = float("-inf")
        self._door = threading.RLock()
        """So that nothing is asked for after the end; one may be collected within."""

    @property
    def busy_at(self) -> float:
        """When it was last asked for something, or somebody waited for a verdict."""
        is_busy = any(one.is_for_sender for one in tuple(self._waits))
        return time.monotonic() if is_busy else self._used_at

    def start(self) -> None:
        """Begin; the workspace is opened for the first thing that is asked.

        Raises:
            StoreError: The program is ending.
        """
        if _HAS_ENDED.is_set():
            raise too_late()
        try:
            self._thread.start()
        except RuntimeError as error:
            raise too_late() from error
        _RUNNING.add(self)

    def do(self, act: "Callable[[Workspace], T]") -> "Future[T]":
        """Have something done; what it raises is raised from what is returned.

        Raises:
            StoreError: This was closed.
        """
        job = _Job(act)
        with self._door:
            if self._is_closed and _HAS_ENDED.is_set():
                raise too_late()
            if self._is_closed:
                raise StoreError(
                    "This workspace is closed.",
                    hint="Open it again: tuimail.Workspace(…)",
                )
            self._used_at = time.monotonic()
            self._jobs.put(job)
        return job.answer

    def watch(
        self, look: Look[T], answer: "Future[T]", *, seconds: float, sends: bool
    ) -> None:
        """Resolve ``answer`` once ``look`` finds something, or the time is over.

        Called by what ``do`` does, so in the thread.

        Args:
            look: Is asked after every change.
            answer: Is told what was found.
            seconds: How long to wait.
            sends: Whether this process is to send meanwhile, if nobody does.
        """
        self._waits[_Wait(look, time.monotonic() + seconds, answer, sends)] = None
        self._is_news = True

    def hold_sender(self, number: int) -> "Future[None]":
        """Keep a sender for ``number`` of blocks more; less, where it is negative."""

        def hold(_workspace: "Workspace") -> None:
            self._holds += number

        return self.do(hold)

    def end(self) -> None:
        """Have it end after what was asked for; returns at once."""
        with self._door:
            if not self._is_closed:
                self._is_closed = True
                self._jobs.put(None)

    def close(self) -> None:
        """End it after what was asked for; waits until what is being sent is out."""
        self.end()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        while (job := self._next()) is not _END:
            if isinstance(job, _Job):
                self._do(job)
            if self._workspace is not None:
                self._look_safely(self._workspace)
        self._finish()

    def _next(self) -> "_Job | object | None":
        """Return the next job, ``_END``, or None when it is time to look."""
        is_idle = not self._waits and self._sender is None
        try:
            job = self._jobs.get(
                timeout=None if is_idle and not self._holds else WATCH.total_seconds()
            )
        except Empty:
            return None
        return _END if job is None else job

    def _do(self, job: _Job) -> None:
        if not job.answer.set_running_or_notify_cancel():
            return
        try:
            workspace = self._workspace or self._opener()
        except Exception as error:  # noqa: BLE001 - handed on to who asked
            job.answer.set_exception(error)
            return
        self._workspace, self._is_news = workspace, True
        job.run(workspace)
        if isinstance(job.answer.exception(), StoreError):
            self._forget(workspace)
        if self._sender is not None:
            self._sender.wake()

    def _forget(self, workspace: "Workspace") -> None:
        """Open it anew for the next job: the disk may have failed."""
        with suppress(StoreError):
            workspace.close()
        self._workspace, self._version = None, -1
        if self._waits:
            with suppress(Exception):
                self._workspace = self._opener()

    def _look_safely(self, workspace: "Workspace") -> None:
        """Look after mail; where the disk fails, nobody is left waiting."""
        try:
            self._look_after(workspace)
        except Exception as error:  # noqa: BLE001 - handed on to all who wait
            waits, self._waits = self._waits, {}
            self._forget(workspace)
            for one in waits:
                one.answer.set_exception(error)

    def _look_after(self, workspace: "Workspace") -> None:
        self._keep_sender(workspace)
        now = time.monotonic()
        if not self._waits or now < self._look_at:
            return
        is_news = self._has_news(workspace)
        for one in tuple(self._waits):
            if is_news or now >= one.until:
                self._look(workspace, one, is_over=now >= one.until)
        ended = time.monotonic()
        self._look_at = ended + max(WATCH.total_seconds(), SHARE * (ended - now))

    def _has_news(self, workspace: "Workspace") -> bool:
        version = workspace.data_version()
        is_news = self._is_news or version != self._version
        self._version, self._is_news = version, False
        return is_news

    def _look(self, workspace: "Workspace", one: _Wait, *, is_over: bool) -> None:
        try:
            found = one.look(workspace, is_over=is_over)
        except Exception as error:  # noqa: BLE001 - handed on to who waits
            del self._waits[one]
            one.answer.set_exception(error)
            return
        if found is not None:
            del self._waits[one]
            one.answer.set_result(found)

    def _keep_sender(self, workspace: "Workspace") -> None:
        """Send while somebody waits for it, and nobody else sends."""
        now = time.monotonic()
        if self._holds or any(one.is_for_sender for one in self._waits):
            self._needed_at = now
            if self._sender is None and now - self._asked_at >= AGAIN.total_seconds():
                self._asked_at = now
                self._begin_to_send(workspace)
        elif self._sender and now - self._needed_at >= LINGER.total_seconds():
            self._sender.stop(timeout=0)
            self._sender, self._asked_at = None, float("-inf")

    def _begin_to_send(self, workspace: "Workspace") -> None:
        from tuimail.workspace.sending import (  # noqa: PLC0415 - brings asyncio
            SenderThread,
        )

        if workspace.sender_holder() is None:
            self._sender = SenderThread(self._opener)
            self._sender.start()

    def _finish(self) -> None:
        if self._sender is not None:
            self._sender.stop()
        workspace = self._workspace
        if workspace is None:
            return
        for one in tuple(self._waits):
            self._look(workspace, one, is_over=True)
        with suppress(StoreError):
            workspace.close()


_END: Final = object()
_RUNNING: Final[WeakSet[Worker]] = WeakSet()
"""Those that have to end before the program does."""


_HAS_ENDED: Final = threading.Event()
"""Set once the program ends; nothing can be sent after that."""


def _end_all() -> None:
    """Close all of them, once the threads of the program ended, or send no more.

    The program waits for its threads a moment later, but the pools that the sender
    needs are gone by then. A thread may itself wait until the main one has ended.
    """
    begin = time.monotonic()
    while threads := _threads_of_the_program():
        quiet_since = max([begin, *(one.busy_at for one in _RUNNING)])
        if time.monotonic() - quiet_since > QUIET.total_seconds():
            break
        threads[0].join(WATCH.total_seconds())
    _HAS_ENDED.set()
    for worker in tuple(_RUNNING):
        worker.close()


def _threads_of_the_program() -> list[threading.Thread]:
    """Return those that the program waits for.

    Those of pools are left out: they end only after this, when they are told to.
    """
    left_out = {threading.current_thread(), threading.main_thread()}
    return [
        one
        for one in threading.enumerate()
        if not (one.daemon or one in left_out or _is_of_a_pool(one))
    ]


def _is_of_a_pool(thread: threading.Thread) -> bool:
    pools = (
        ("concurrent.futures.thread", "_threads_queues"),
        ("concurrent.futures.process", "_threads_wakeups"),
    )
    return any(
        thread in getattr(sys.modules.get(module), name, ()) for module, name in pools
    )


def _listen_for_the_end() -> None:
    """Have all of them closed when the program ends, before pools of threads end.

    The sender uses such a pool, and what is called at exit comes too late for it:
    an answer that comes then could not be recorded.
    """
    try:
        import concurrent.futures.thread  # noqa: F401, PLC0415 - so that it ends after
    except RuntimeError as error:
        raise too_late() from error

    register = getattr(threading, "_register_atexit", atexit.register)
    register(_end_all)
    os.register_at_fork(after_in_child=_RUNNING.clear)


_listen_for_the_end()
