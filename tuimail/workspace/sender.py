"""The sender: takes what is due to its provider, as many as the account allows.

It never decides what an answer means; providers judge, ``delivery`` records.
It owns the order of the steps: claim, hand out the bytes while hashing them,
mark the point of no return, record the answer.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Final

from tuimail.core.submission import AccountFault, Receipt, Verdicts
from tuimail.errors import (
    ConfigurationError,
    DigestMismatchError,
    StoreError,
    TuimailError,
    WithdrawnError,
)
from tuimail.providers.base import LooksUp, Provider, SendJob
from tuimail.settings.account import AccountSettings
from tuimail.workspace.answers import broke_off
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.claiming import Claim, Load
from tuimail.workspace.handover import Handover, record
from tuimail.workspace.progress import Watch
from tuimail.workspace.providers import Providers
from tuimail.workspace.refusals import Refusals
from tuimail.workspace.settling import Answer
from tuimail.workspace.under_way import UnderWay, unless
from tuimail.workspace.unknowns import Question

POLL: Final = timedelta(seconds=0.5)
"""How often other processes' releases are looked for."""
RECORD_AGAIN: Final = timedelta(seconds=1)
RECORD_TRIES: Final = 600
"""An answer that the disk does not take is offered to it for ten minutes."""
REFLECTED_AT_ONCE: Final = 20
"""So many mails are shown to other programs between two looks at the outbox."""
_LISTENING: Final = "mail"
"""What a provider says once the login is done and a message was begun."""
PATIENCE: Final = timedelta(seconds=3)
"""So long a stopped sender leaves attempts alone of which nothing may be out."""
_NEVER_ASKED: Final = float("-inf")
_NO_ANSWER: Final = "The provider could not be asked this time."
_NOTHING_KNOWN: Final = "The provider was asked: its record does not tell."
ASK_AGAIN: Final = timedelta(minutes=5)
"""How often a provider's own record is asked about unknown mail."""


class Sender:
    """Runs attempts for as long as it holds the workspace's sender lock.

    Whoever makes one has taken the lock and called ``Workspace.recover``.
    """

    def __init__(
        self,
        bridge: Bridge,
        *,
        jitter: Callable[[], float] = lambda: random.uniform(0.8, 1.2),  # noqa: S311 - spreads load, hides nothing
        watch: Watch | None = None,
    ) -> None:
        self._bridge = bridge
        self._watch = watch or Watch()
        self._jitter = jitter
        self._providers = Providers(bridge)
        self._tasks: dict[asyncio.Task[None], Claim] = {}
        self._under_way: set[UnderWay] = set()
        self._is_out_of_patience = False
        self._busy: Counter[str] = Counter()
        self._proven: dict[str, AccountSettings] = {}
        self._refusals = Refusals()
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._mending = asyncio.Lock()
        self._progress: Callable[[str], None] = _nothing
        self._asked_at = _NEVER_ASKED
        self._full: Counter[str] = Counter()
        """How many attempts of each account ran after the last look."""
        self._is_news = True
        """Whether there may be something to claim."""

    @property
    def is_stopping(self) -> bool:
        """Whether nothing more is begun."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """Begin nothing more; what was begun is finished."""
        self._stopping.set()
        self._wake.set()

    async def pause(self, limit: timedelta) -> None:
        """Do nothing for ``limit``, or until it is told to stop."""
        with suppress(TimeoutError):
            async with asyncio.timeout(limit.total_seconds()):
                await self._stopping.wait()

    async def drain(self, *, only: str | None = None) -> None:
        """Send everything that is due, and return when nothing is due any more.

        Args:
            only: A draft id; nothing else is sent.
        """
        try:
            await self._begin()
            self._is_news = True
            await self._start_all_due(only)
            while self._tasks and not self.is_stopping:
                await self._wake.wait()
                await self._start_all_due(only)
        finally:
            await self._finish()

    async def run(self, stop: asyncio.Event) -> None:
        """Send what becomes due until ``stop`` is set; finish what was begun."""
        watching = asyncio.create_task(self._stop_with(stop))
        try:
            await self._begin()
            while not self.is_stopping:
                await self._start_all_due(None)
                await self._rest()
        finally:
            watching.cancel()
            await self._finish()

    def wake(self) -> None:
        """Look at once whether something is due; from the sender's own loop."""
        self._is_news = True
        self._wake.set()

    def inquire(self) -> None:
        """Ask the providers' records again, as soon as nothing else is to be done."""
        self._asked_at = _NEVER_ASKED
        self._wake.set()

    async def _begin(self) -> None:
        self._progress = await self._bridge.call(lambda ws: ws.fault)
        await self._bridge.call(lambda ws: ws.delivery.note("sender_started"))
        await self._ask_providers()

    async def _stop_with(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.stop()

    async def _start_all_due(self, only: str | None) -> None:
        """Start what is due, unless most of what was started last still runs."""
        self._wake.clear()
        await self._collect()
        if self.is_stopping or not self._is_news:
            return
        self._is_news = False
        self._refusals.before_claiming()
        load = Load(busy=dict(self._busy), proven=frozenset(self._proven))
        for claim in await self._bridge.together(
            lambda ws: ws.delivery.claim(only=only, load=load)
        ):
            self._start(claim)
        self._full = +self._busy

    def _start(self, claim: Claim) -> None:
        self._busy[claim.account.name] += 1
        refused = self._refusals.of(claim.account)
        task = asyncio.create_task(self._attempt(claim, refused))
        self._tasks[task] = claim
        task.add_done_callback(lambda _: self._ended(claim))

    def _ended(self, claim: Claim) -> None:
        """Look for more once half of what an account was at is done."""
        name = claim.account.name
        self._busy[name] -= 1
        self._is_news |= self._busy[name] <= self._full[name] // 2
        self._wake.set()

    async def _collect(self) -> None:
        """Forget what has ended; a mistake of ours in it ends the sender."""
        for task in [one for one in self._tasks if one.done()]:
            claim, error = self._tasks.pop(task), task.exception()
            if error is not None:
                await self._tell_mistake(claim, error)
                raise error

    async def _tell_mistake(self, claim: Claim, error: BaseException) -> None:
        """Close the attempt that ended in a mistake of ours, unless the disk did."""
        if not isinstance(error, TuimailError):
            name = type(error).__name__
            await self._bridge.together(lambda ws: ws.delivery.stumbled(claim, name))

    async def _rest(self) -> None:
        """Wait for whatever comes first: news, the end of a task, the poll."""
        if not self._tasks:
            await self._use_spare_time()
        try:
            async with asyncio.timeout(POLL.total_seconds()):
                await self._wake.wait()
        except TimeoutError:
            self.wake()

    async def _use_spare_time(self) -> None:
        await self._bridge.call(lambda ws: ws.delivery.reflect(REFLECTED_AT_ONCE))
        if asyncio.get_running_loop().time() - self._asked_at >= (
            ASK_AGAIN.total_seconds()
        ):
            await self._ask_providers()

    async def _attempt(self, claim: Claim, refused: Verdicts | None) -> None:
        mail = claim.submission.draft_id
        self._watch.begin(mail, claim.submission.message.size_bytes)
        try:
            await self._attempt_watched(claim, refused)
        finally:
            self._watch.end(mail)

    async def _attempt_watched(self, claim: Claim, refused: Verdicts | None) -> None:
        mail = claim.submission.draft_id
        handed = partial(self._watch.hand, mail)
        handover = Handover(self._bridge, claim, handed)
        try:
            verdicts = refused or await self._submit(claim, handover)
        except DigestMismatchError as error:
            reason = str(error)
            await self._bridge.together(lambda ws: ws.delivery.hold(claim, reason))
        except WithdrawnError:
            """Whoever stopped it closed the attempt and settled the submission."""
        else:
            self._learn(claim, verdicts)
            await self._record(claim, verdicts)
            self._refusals.stored(claim.account)

    def _learn(self, claim: Claim, verdicts: Verdicts) -> None:
        """Remember whether the account, as it is set up now, can be used."""
        self._refusals.note(claim.account, verdicts)
        is_to_rest = broke_off(verdicts) or verdicts.wait is not None
        if verdicts.fault is None and not is_to_rest:
            self._proven[claim.account.name] = claim.account
        elif self._proven.get(claim.account.name) == claim.account:
            del self._proven[claim.account.name]

    async def _record(self, claim: Claim, verdicts: Verdicts) -> None:
        """Record the answer, again and again while the disk refuses it.

        Until then it exists here only; what is lost makes the mail unknown.
        """
        answer = Answer(claim, verdicts, self._jitter())
        for tries_left in reversed(range(RECORD_TRIES)):
            try:
                await self._bridge.alike(record, answer)
            except StoreError:
                if not tries_left:
                    raise
                self.stop()
                await self._mend()
            else:
                return

    async def _mend(self) -> None:
        """Open the workspace anew, once for all that found it broken."""
        async with self._mending:
            await asyncio.sleep(RECORD_AGAIN.total_seconds())
            with suppress(StoreError):
                await self._bridge.reopen()

    async def _submit(self, claim: Claim, handover: Handover) -> Verdicts:
        """Return the provider's verdicts; what it raises becomes one."""
        try:
            async with self._providers.of(claim.account) as provider:
                if refused := self._refusals.of(claim.account):
                    return refused
                told = await self._answer(provider, self._job(claim, handover))
                return handover.completed(told)
        except (DigestMismatchError, WithdrawnError):
            raise
        except ConfigurationError as error:
            return Verdicts(
                fault=AccountFault.SETTINGS, fault_receipt=Receipt(text=str(error))
            )
        except Exception as error:  # noqa: BLE001 - a provider's bug is a verdict
            return handover.surprise(error)

    async def _answer(self, provider: Provider, job: SendJob) -> Verdicts:
        under_way = UnderWay(job)
        self._under_way.add(under_way)
        try:
            if self._is_out_of_patience:
                under_way.let_go()
            return await under_way.verdicts(provider)
        finally:
            self._under_way.remove(under_way)

    def _job(self, claim: Claim, handover: Handover) -> SendJob:
        return SendJob(
            submission_id=claim.submission.id,
            message_id=claim.submission.message.message_id,
            envelope=claim.envelope,
            size_bytes=claim.submission.message.size_bytes,
            idempotency_key=claim.submission.id,
            pieces=handover.pieces,
            point_of_no_return=handover.point_of_no_return,
            progress=lambda stage: self._reached(claim, stage),
            rules=claim.rules,
        )

    def _reached(self, claim: Claim, stage: str) -> None:
        """Let more of the account's mail go once its server listens to some.

        The answer to the first may take ten minutes.
        """
        self._progress(stage)
        self._watch.reach(claim.submission.draft_id, stage)
        if stage == _LISTENING and claim.account.name not in self._proven:
            self._proven[claim.account.name] = claim.account
            self.wake()

    async def _ask_providers(self) -> None:
        """Let the providers' own records settle what nobody knows."""
        self._asked_at = asyncio.get_running_loop().time()
        for question in await self._bridge.call(lambda ws: ws.delivery.questions()):
            verdicts = await unless(self._stopping, self._asked(question))
            self._watch.say(question.draft_id, _told(verdicts))
            if verdicts is not None:
                await self._note_answer(question, verdicts)

    async def _asked(self, question: Question) -> Verdicts | None:
        """Return what the provider's record says; a failure to ask proves nothing."""
        asked = await self._bridge.call(lambda ws: ws.delivery.look_up(question))
        try:
            async with self._providers.of(question.account) as provider:
                if isinstance(provider, LooksUp):
                    return await provider.look_up(asked)
        except Exception:  # noqa: BLE001 - a provider's bug is no answer
            return None
        return None

    async def _note_answer(self, question: Question, verdicts: Verdicts) -> None:
        jitter = self._jitter()
        await self._bridge.together(
            lambda ws: ws.delivery.answered(question, verdicts, jitter=jitter)
        )

    async def _finish(self) -> None:
        """Let attempts that were begun end, then close every connection."""
        try:
            await self._end_attempts()
            await self._collect()
            while await self._bridge.call(
                lambda ws: ws.delivery.reflect(REFLECTED_AT_ONCE)
            ):
                """What other programs see is brought in step before the end."""
        finally:
            await self._providers.close()
        await self._bridge.call(lambda ws: ws.delivery.note("sender_stopped"))

    async def _end_attempts(self) -> None:
        """Let attempts end; those of which nothing may be out have to do so soon."""
        if not self._tasks:
            return
        _, left = await asyncio.wait(self._tasks, timeout=PATIENCE.total_seconds())
        self._is_out_of_patience = True
        for one in tuple(self._under_way):
            one.let_go()
        if left:
            await asyncio.wait(left)


def _told(verdicts: Verdicts | None) -> str:
    """Return what came of asking; what it proves shows at the mail itself."""
    return _NO_ANSWER if verdicts is None else _NOTHING_KNOWN


def _nothing(_point: str) -> None:
    """Say nothing to anybody."""
