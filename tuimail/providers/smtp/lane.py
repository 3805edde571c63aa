"""One connection and the errands that it carries, one after the other.

Where commands may be pipelined, the next message's envelope leaves with the
final dot of the one before (RFC 2920 §3.1 lets message text open a group), so
that a message costs one round trip. The one rule kept here: whatever becomes
of the message before, the next one was not offered yet, and goes elsewhere.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Protocol

from tuimail.core.submission import AccountFault, Verdicts
from tuimail.providers.smtp.commands import unsayable
from tuimail.providers.smtp.connection import Connection
from tuimail.providers.smtp.conversation import Conversation, ConversationError
from tuimail.providers.smtp.errand import Errand
from tuimail.providers.smtp.limits import StageLimits
from tuimail.providers.smtp.session import Transaction


class Waiting(Protocol):
    """Where errands wait for a lane."""

    def next_errand(self) -> Errand | None:
        """Return who is next."""
        ...

    def next_chained(self) -> Errand | None:
        """Return who is next, where it may follow in the same breath."""
        ...

    def take_back(self, errand: Errand) -> None:
        """Let it be the next, through another connection."""
        ...

    def rest(self, lane: "Lane") -> None:
        """Take the lane, which found nothing more to carry."""
        ...

    def note_chain(self, *, is_answered: bool) -> None:
        """Learn whether the server answers what left with a final dot."""
        ...


class Lane:
    """Carries errands for as long as its connection lasts and some are waiting.

    Args:
        connection: Ready for mail.
        waiting: Where further errands come from.
        limits: How long each step may take.
        most: How many messages the connection may carry.
        server: Who answers, for people.
    """

    def __init__(
        self,
        connection: Connection,
        waiting: Waiting,
        *,
        limits: StageLimits,
        most: int,
        server: str,
    ) -> None:
        self._connection = connection
        self._waiting = waiting
        self._limits = limits
        self._left = most
        """How many messages it may still carry."""
        self._server = server
        self._is_fresh = True
        """Whether it has carried nothing yet."""
        self._is_spent = False
        """Whether something was said in it that must not be answered."""
        self._is_listening = False
        """Whether something is waiting for its answer, and may be followed."""
        self._current: _Carried | None = None
        self._following: _Carried | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def conversation(self) -> Conversation:
        """What it speaks through."""
        return self._connection.conversation

    @property
    def errands(self) -> tuple[Errand, ...]:
        """What it carries, and what has begun behind that."""
        carried = (self._current, self._following)
        return tuple(one[0] for one in carried if one is not None)

    @property
    def is_worn_out(self) -> bool:
        """Whether it has carried all that it may."""
        return not self._left

    @property
    def is_done(self) -> bool:
        """Whether nobody waits for what it is about."""
        return self._current is None or self._current[0].is_given_up

    def start(self, errand: Errand) -> "asyncio.Task[None]":
        """Carry ``errand`` and those that wait, in a task of its own."""
        self._task = asyncio.create_task(self._run(errand))
        return self._task

    def give_up(self, errand: Errand) -> None:
        """Carry it no further, for nobody waits for it any more.

        One that has not begun is left where it is: what was said for it must
        not be taken back before the message in front of it is answered for.
        """
        if self._current is not None and self._current[0] is errand:
            assert self._task is not None  # noqa: S101 - somebody carries it
            self._task.cancel()

    def hook_on(self) -> None:
        """Begin the next one now, if the one before is waiting for its answer."""
        if self._is_listening and self._following is None:
            self._following = self._chained()
            if self._following is not None:
                with contextlib.suppress(ConversationError):  # found by who listens
                    self._following[1].hook_on()

    def end_with(self, error: BaseException | None) -> None:
        """Answer for the errand under which its task ended, if there is one.

        ``None`` stands for a task that was cancelled.
        """
        if self._current is None:
            return
        errand = self._current[0]
        self._current = None
        if error is None:
            errand.cancel()
        else:
            errand.fail(error)

    async def _run(self, errand: Errand) -> None:
        try:
            self._current = self._transaction(errand) or self._next()
            while self._current is not None:
                await self._carry(*self._current)
            self._waiting.rest(self)
        finally:
            if self._current is not None:
                self._end_badly()

    async def _carry(self, errand: Errand, transaction: Transaction) -> None:
        """Carry one errand to its verdicts; what followed it is the next.

        Whoever waits has the verdicts, and had a turn to record them, before
        the next one passes its point of no return: a sender that is killed
        leaves one message of each connection unknown, and not two.
        """
        try:
            if await transaction.offer() and await transaction.hand_over():
                self._following = self._chained()
                transaction.finish(self._following and self._following[1])
                await self._hear(transaction)
        except ConversationError as error:
            self._is_listening = False
            transaction.lose(error)
        self._conclude(errand, transaction)
        if self._following is not None:
            await asyncio.sleep(0)
        await transaction.tidy()
        self._current = self._successor()

    async def _hear(self, transaction: Transaction) -> None:
        """Hear the last reply; what follows does not wait for it for ever."""
        self._is_listening = True
        is_heard = await self.conversation.heard(
            limit=min(self._limits.chained, self._limits.final)
        )
        self._is_listening = False
        if not is_heard and self._following is not None:
            self._waiting.take_back(self._following[0])
            self._following = None
            self._is_spent = True
        await transaction.hear()

    def _conclude(self, errand: Errand, transaction: Transaction) -> None:
        if transaction.is_chained:
            self._waiting.note_chain(is_answered=transaction.is_answered)
        verdicts = transaction.verdicts()
        if self._is_stale(errand, transaction, verdicts):
            self.conversation.drop()
            self._waiting.take_back(errand)
        else:
            errand.settle(verdicts)
        self._is_fresh = False

    def _is_stale(
        self, errand: Errand, transaction: Transaction, verdicts: Verdicts
    ) -> bool:
        """Whether it was only the connection that had outlived its use.

        The server ended it while it was idle, counts messages, or forgot the
        login; nothing of the message was offered. One that waited in vain for
        minutes waits for its next turn as others do.
        """
        is_at_its_end = (
            self.conversation.is_over or verdicts.fault is AccountFault.LOGIN
        )
        may_go_elsewhere = not (
            self._is_fresh
            or errand.is_again
            or transaction.is_offered
            or transaction.is_overdue
        )
        return is_at_its_end and may_go_elsewhere

    def _successor(self) -> "_Carried | None":
        following, self._following = self._following, None
        if self._is_spent or (following is not None and following[0].is_given_up):
            self.conversation.drop()
        if not self.conversation.is_over:
            return following or self._next()
        if following is not None:
            self._waiting.take_back(following[0])
        return None

    def _next(self) -> "_Carried | None":
        return self._first_sayable(self._waiting.next_errand)

    def _chained(self) -> "_Carried | None":
        if not self._connection.is_pipelined:
            return None
        return self._first_sayable(self._waiting.next_chained)

    def _first_sayable(self, take: Callable[[], Errand | None]) -> "_Carried | None":
        while self._left and (errand := take()) is not None:
            carried = self._transaction(errand)
            if carried is not None:
                return carried
        return None

    def _transaction(self, errand: Errand) -> "_Carried | None":
        """Return what carries ``errand``; None where it needs no conversation."""
        try:
            transaction = Transaction(
                self._connection, errand.job, limits=self._limits, server=self._server
            )
        except ValueError as error:
            errand.fail(error)
            return None
        why = unsayable(errand.job, self._connection.offered)
        if why:
            transaction.refuse(why)
            errand.settle(transaction.verdicts())
            return None
        self._left -= 1
        return errand, transaction

    def _end_badly(self) -> None:
        self.conversation.drop()
        following, self._following = self._following, None
        if following is not None:
            self._waiting.take_back(following[0])


_Carried = tuple[Errand, Transaction]
