"""The sender: takes what is due to its provider, a task for each account.

It never decides what an answer means; providers judge, ``delivery`` records.
It owns the order of the steps: claim, hand out the bytes while hashing them,
mark the point of no return, record the answer.
"""

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from tuimail.core.submission import (
    AccountFault,
    Receipt,
    Verdict,
    VerdictKind,
    Verdicts,
)
from tuimail.errors import (
    ConfigurationError,
    DigestMismatchError,
    StoreError,
    WithdrawnError,
)
from tuimail.providers.base import Provider, SendJob
from tuimail.settings.config import AccountSettings
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.delivery import Claim
from tuimail.workspace.workspace import Workspace

POLL: Final = timedelta(seconds=0.5)
"""How often other processes' releases are looked for."""
RECORD_AGAIN: Final = timedelta(seconds=1)
RECORD_TRIES: Final = 600
"""An answer that the disk does not take is offered to it for ten minutes."""
CLOSE_LIMIT: Final = timedelta(seconds=10)
_LOOK_AGAIN: Final = "Withdraw it, look at it, and approve it again."


@dataclass(slots=True)
class _Handover:
    """One attempt's bytes: hashed as they are handed out."""

    bridge: Bridge
    claim: Claim
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    is_committed: bool = False

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the message file's bytes, hashing each piece."""
        for piece in await self.bridge.call(self._open):
            self.digest.update(piece)
            yield piece

    def _open(self, workspace: Workspace) -> Iterator[bytes]:
        """Look at the whole file before anything of it leaves this machine."""
        found = workspace.delivery.digest_on_disk(self.claim)
        self._must_be_approved(found)
        return workspace.delivery.pieces(self.claim)

    def _must_be_approved(self, found: str) -> None:
        approved = self.claim.submission.message.digest
        if found != approved:
            raise DigestMismatchError(
                f"The stored bytes have digest {found[:12] or 'none'}, "
                f"the approved ones {approved[:12]}; nothing was sent.",
                hint=_LOOK_AGAIN,
            )

    async def point_of_no_return(self) -> None:
        """Check the very bytes handed out, and mark the attempt committed."""
        self._must_be_approved(self.digest.hexdigest())
        if not await self.bridge.call(lambda ws: ws.delivery.commit(self.claim)):
            raise WithdrawnError("The mail was withdrawn meanwhile.")
        self.is_committed = True


class Sender:
    """Runs attempts for as long as it holds the workspace's sender lock.

    Whoever makes one has taken the lock and called ``Workspace.recover``.
    """

    def __init__(
        self,
        bridge: Bridge,
        *,
        jitter: Callable[[], float] = lambda: random.uniform(0.8, 1.2),  # noqa: S311 - spreads load, hides nothing
    ) -> None:
        self._bridge = bridge
        self._jitter = jitter
        self._providers: dict[str, tuple[AccountSettings, Provider]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()

    @property
    def is_stopping(self) -> bool:
        """Whether nothing more is begun."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """Begin nothing more; what was begun is finished."""
        self._stopping.set()

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
            await self._start_all_due(only)
            while self._tasks:
                await self._one_ends()
                await self._start_all_due(only)
        finally:
            await self._finish()

    async def run(self, stop: asyncio.Event) -> None:
        """Send what becomes due until ``stop`` is set; finish what was begun."""
        try:
            while not stop.is_set() and not self.is_stopping:
                await self._start_all_due(None)
                await self._rest(stop)
        finally:
            await self._finish()

    def wake(self) -> None:
        """Look at once whether something is due; from the sender's own loop."""
        self._wake.set()

    async def _start_all_due(self, only: str | None) -> None:
        while not self.is_stopping and (claim := await self._claim(only)):
            task = asyncio.create_task(self._attempt(claim))
            self._tasks[claim.account.name] = task

    async def _claim(self, only: str | None) -> Claim | None:
        busy = frozenset(self._tasks)
        return await self._bridge.call(
            lambda ws: ws.delivery.claim(only=only, busy=busy)
        )

    async def _one_ends(self) -> None:
        await asyncio.wait(self._tasks.values(), return_when=asyncio.FIRST_COMPLETED)
        self._collect()

    async def _rest(self, stop: asyncio.Event) -> None:
        """Wait for whatever comes first: news, the end of a task, the poll."""
        self._wake.clear()
        waiting = [asyncio.create_task(one.wait()) for one in (stop, self._wake)]
        await asyncio.wait(
            [*waiting, *self._tasks.values()],
            timeout=POLL.total_seconds(),
            return_when=asyncio.FIRST_COMPLETED,
        )
        for task in waiting:
            task.cancel()
        self._collect()

    def _collect(self) -> None:
        for name, task in list(self._tasks.items()):
            if task.done():
                del self._tasks[name]
                task.result()

    async def _attempt(self, claim: Claim) -> None:
        handover = _Handover(self._bridge, claim)
        try:
            verdicts = await self._submit(claim, handover)
        except DigestMismatchError as error:
            reason = str(error)
            await self._bridge.call(lambda ws: ws.delivery.hold(claim, reason))
        except WithdrawnError:
            """Cancelling closed the attempt and settled the submission."""
        else:
            await self._record(claim, verdicts)

    async def _record(self, claim: Claim, verdicts: Verdicts) -> None:
        """Record the answer, again and again while the disk refuses it.

        Until then it exists here only; what is lost makes the mail unknown.
        """
        jitter = self._jitter()
        for _ in range(RECORD_TRIES):
            try:
                return await self._bridge.call(
                    lambda ws: ws.delivery.settle(claim, verdicts, jitter=jitter)
                )
            except StoreError:
                self.stop()
                await asyncio.sleep(RECORD_AGAIN.total_seconds())
                with suppress(StoreError):
                    await self._bridge.reopen()
        return await self._bridge.call(
            lambda ws: ws.delivery.settle(claim, verdicts, jitter=jitter)
        )

    async def _submit(self, claim: Claim, handover: _Handover) -> Verdicts:
        """Return the provider's verdicts; what it raises becomes one."""
        try:
            provider = await self._provider(claim)
            return await provider.submit(await self._job(claim, handover))
        except (DigestMismatchError, WithdrawnError):
            raise
        except ConfigurationError as error:
            return Verdicts(
                fault=AccountFault.SETTINGS, fault_receipt=Receipt(text=str(error))
            )
        except Exception as error:  # noqa: BLE001 - a provider's bug is a verdict
            return _surprise(claim, error, is_committed=handover.is_committed)

    async def _job(self, claim: Claim, handover: _Handover) -> SendJob:
        fault = await self._bridge.call(lambda ws: ws.fault)
        return SendJob(
            submission_id=claim.submission.id,
            message_id=claim.submission.message.message_id,
            envelope=claim.envelope,
            size_bytes=claim.submission.message.size_bytes,
            idempotency_key=claim.submission.id,
            pieces=handover.pieces,
            point_of_no_return=handover.point_of_no_return,
            progress=fault,
        )

    async def _provider(self, claim: Claim) -> Provider:
        """Return the account's provider; a new one where its settings changed."""
        name = claim.account.name
        known = self._providers.get(name)
        if known is not None and known[0] == claim.account:
            return known[1]
        if known is not None:
            await _close(known[1])
        made = await self._bridge.call(lambda ws: ws.delivery.provider(claim.account))
        self._providers[name] = (claim.account, made)
        return made

    async def _finish(self) -> None:
        """Let attempts that were begun end, then close every connection."""
        if self._tasks:
            await asyncio.wait(self._tasks.values())
        self._collect()
        for _, provider in self._providers.values():
            await _close(provider)
        self._providers.clear()


async def _close(provider: Provider) -> None:
    """Close what the provider keeps open; what hangs is left behind."""
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(CLOSE_LIMIT.total_seconds()):
            await provider.close()


def _surprise(claim: Claim, error: Exception, *, is_committed: bool) -> Verdicts:
    """Return the verdict for a provider that raised: later, or not known."""
    kind = VerdictKind.UNKNOWN if is_committed else VerdictKind.DEFERRED
    receipt = Receipt(stage="provider", text=f"{type(error).__name__}: {error}")
    return Verdicts(
        by_recipient=tuple(
            Verdict(wire_address=one.wire_address, kind=kind, receipt=receipt)
            for one in claim.envelope.recipients
        )
    )
