"""The connections of one account, and the jobs that wait for one.

The one rule kept here: one connection is tried at a time, and while nothing
shows that the account works, what becomes of it is everybody's verdict. A wrong
password is offered once, also where it was right a moment ago, and a dead
server is asked once, however much waits.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Final

from tuimail.core.submission import Verdicts
from tuimail.core.values import dataclass
from tuimail.providers.base import ConnectionLimits, SendJob
from tuimail.providers.failures import NotConnectedError
from tuimail.providers.smtp.connection import Connection
from tuimail.providers.smtp.conversation import Conversation
from tuimail.providers.smtp.errand import Errand
from tuimail.providers.smtp.lane import Lane
from tuimail.providers.smtp.limits import StageLimits

Connected = Callable[[Callable[[str], None]], Awaitable[Connection]]
"""Opens a connection, and tells each stage as it is reached."""

OPEN_AGAIN: Final = timedelta(minutes=1)
"""After a server took no further connection beside those it has."""
MOST_SLEEP_SECONDS: Final = 1.0
"""A machine that slept for longer meets connections that may be dead."""
UNANSWERED_CHAINS: Final = 3
"""After so many in a row, a server seems to lose what follows a final dot."""


class Pool:
    """Spreads jobs over connections, and keeps those that have no work.

    Args:
        connected: Opens a connection that is ready for mail.
        limits: How many connections, and for how much.
        stages: How long each step may take.
        server: Who answers, for people.
        slept: Seconds that the machine has been suspended since some moment.
    """

    def __init__(
        self,
        connected: Connected,
        *,
        limits: ConnectionLimits,
        stages: StageLimits,
        server: str,
        slept: Callable[[], float],
    ) -> None:
        self._connected = connected
        self._limits = limits
        self._stages = stages
        self._server = server
        self._slept = slept
        self._errands: deque[Errand] = deque()
        self._opening: asyncio.Task[None] | None = None
        self._running: dict[Lane, asyncio.Task[None]] = {}
        self._idle: list[_Idle] = []
        self._farewells: set[asyncio.Task[None]] = set()
        self._is_full = False
        """Whether the server took no further connection, not long ago."""
        self._unanswered_chains = 0
        self._is_closed = False

    async def submit(self, job: SendJob) -> Verdicts:
        """Return what came of ``job``, or raise what it raises."""
        errand = Errand(job)
        self._errands.append(errand)
        self._dispatch()
        try:
            return await errand.answer
        except asyncio.CancelledError:
            self._give_up(errand)
            raise

    async def close(self) -> None:
        """Say goodbye where nothing is under way, and wait for that.

        What is under way ends as it would have, and its connection with it.
        """
        self._is_closed = True
        while self._idle:
            self.part(self._idle.pop().woken().conversation)
        useless = [] if self._errands or not self._opening else [self._opening]
        for opening in useless:
            opening.cancel()
        ending = [task for lane, task in self._running.items() if lane.is_done]
        await asyncio.gather(*useless, *ending, return_exceptions=True)
        await asyncio.gather(*self._farewells)

    def part(self, conversation: Conversation) -> None:
        """Say goodbye in a task of its own, so that nobody waits for it."""
        farewell = asyncio.create_task(
            conversation.farewell(limit=self._stages.farewell)
        )
        self._farewells.add(farewell)
        farewell.add_done_callback(self._farewells.discard)

    def next_errand(self) -> Errand | None:
        """Return who is next."""
        return self._errands.popleft() if self._errands else None

    def next_chained(self) -> Errand | None:
        """Return who is next, where it may follow in the same breath.

        One whose connection ended under it is not hooked on to another, nor is
        the one for whom a connection is being opened.
        """
        if not self._has_more() or self._errands[0].is_again:
            return None
        if self._unanswered_chains >= UNANSWERED_CHAINS:
            return None
        return self._errands.popleft()

    def take_back(self, errand: Errand) -> None:
        """Let it be the next, through another connection."""
        if errand.refusal is not None:
            self._refuse(errand, errand.refusal)
        elif not errand.is_given_up:
            errand.is_again = True
            self._errands.appendleft(errand)
            self._dispatch()

    def rest(self, lane: Lane) -> None:
        """Take back a lane that found nothing more to carry."""
        del self._running[lane]
        if not lane.conversation.is_over:
            self._keep(lane)
        self._dispatch()

    def note_chain(self, *, is_answered: bool) -> None:
        """Learn whether the server answers what left with a final dot."""
        self._unanswered_chains = 0 if is_answered else self._unanswered_chains + 1

    def _dispatch(self) -> None:
        """Give errands to idle connections, then open one more if it is of use."""
        while self._errands and (lane := self._woken()) is not None:
            self._start(lane, self._errands.popleft())
        if self._errands and self._opening is None and self._has_room():
            self._open(self._errands[0].job)
        lanes = iter(self._running)
        while self._has_more() and (lane := next(lanes, None)):
            lane.hook_on()

    def _has_more(self) -> bool:
        """Whether somebody waits beside whom a connection is being opened for."""
        return len(self._errands) > (self._opening is not None)

    def _has_room(self) -> bool:
        """Whether a further connection may be tried."""
        if not self._is_proven():
            return True
        used = len(self._running) + len(self._idle)
        return not self._is_full and used < self._limits.connections

    def _is_proven(self) -> bool:
        """Whether some connection works just now."""
        lanes = (*self._running, *(one.lane for one in self._idle))
        return any(not lane.conversation.is_over for lane in lanes)

    def _open(self, job: SendJob) -> None:
        self._opening = asyncio.create_task(self._opened(job.progress))
        self._opening.add_done_callback(self._opening_ended)

    async def _opened(self, progress: Callable[[str], None]) -> None:
        try:
            connection = await self._connected(progress)
        except NotConnectedError as error:
            self._could_not_open(error)
        else:
            lane = Lane(
                connection,
                self,
                limits=self._stages,
                most=self._limits.messages,
                server=self._server,
            )
            if self._errands:
                self._start(lane, self._errands.popleft())
            else:
                self._keep(lane)

    def _opening_ended(self, opening: asyncio.Task[None]) -> None:
        self._opening = None
        if not opening.cancelled() and (error := opening.exception()) is not None:
            while self._errands:
                self._errands.popleft().fail(error)
        self._dispatch()

    def _could_not_open(self, error: NotConnectedError) -> None:
        """Have everybody share the verdict, unless other connections go on."""
        if error.fault is None and self._is_proven():
            self._is_full = True
            asyncio.get_running_loop().call_later(
                OPEN_AGAIN.total_seconds(), self._open_again
            )
            return
        if error.fault is not None:
            for errand in (one for lane in self._running for one in lane.errands):
                errand.refusal = error
        while self._errands:
            self._refuse(self._errands.popleft(), error)

    def _refuse(self, errand: Errand, error: NotConnectedError) -> None:
        verdicts = error.verdicts(errand.job.envelope, server=self._server)
        errand.settle(verdicts)

    def _open_again(self) -> None:
        self._is_full = False
        self._dispatch()

    def _start(self, lane: Lane, errand: Errand) -> None:
        task = lane.start(errand)
        self._running[lane] = task
        task.add_done_callback(partial(self._lane_ended, lane))

    def _lane_ended(self, lane: Lane, task: asyncio.Task[None]) -> None:
        """Answer for the errand under which a lane broke; else it came to rest."""
        error = None if task.cancelled() else task.exception()
        if task.cancelled() or error is not None:
            self._running.pop(lane, None)
            lane.end_with(error)
            self._dispatch()

    def _keep(self, lane: Lane) -> None:
        """Keep a connection for what may come, if there is any use for it."""
        if lane.is_worn_out or (self._is_closed and not self._errands):
            self.part(lane.conversation)
            return
        ends = asyncio.get_running_loop().call_later(
            self._limits.idle.total_seconds(), self._end_idle, lane
        )
        self._idle.append(_Idle(lane, ends, self._slept()))

    def _end_idle(self, lane: Lane) -> None:
        self._idle = [one for one in self._idle if one.lane is not lane]
        self.part(lane.conversation)

    def _woken(self) -> Lane | None:
        """Return an idle connection that still seems to work; drop the others."""
        while self._idle:
            idle = self._idle.pop()
            lane = idle.woken()
            if lane.conversation.is_at_rest and self._is_awake_since(idle.slept):
                return lane
            lane.conversation.drop()
        return None

    def _is_awake_since(self, slept: float) -> bool:
        return abs(self._slept() - slept) <= MOST_SLEEP_SECONDS

    def _give_up(self, errand: Errand) -> None:
        if errand in self._errands:
            self._errands.remove(errand)
        for lane in self._running:
            lane.give_up(errand)


@dataclass(frozen=True, slots=True)
class _Idle:
    """A connection without work."""

    lane: Lane
    ends: asyncio.TimerHandle
    slept: float
    """How long the machine had slept when it was put aside."""

    def woken(self) -> Lane:
        """Return the connection, which does not end by itself any more."""
        self.ends.cancel()
        return self.lane
