"""A provider that does what it is told."""

from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar, Final

from tuimail.core.draft import Draft
from tuimail.core.message import Envelope
from tuimail.core.submission import AccountFault, Receipt, VerdictKind, Verdicts
from tuimail.providers.base import (
    AccountCheck,
    Capabilities,
    ProviderAccount,
    SendJob,
)
from tuimail.testing.jobs import verdicts_for


@dataclass(frozen=True, slots=True)
class AfterThePoint:
    """Makes a FakeProvider fail when there is no way back."""

    error: Exception


Answer = (
    Verdicts
    | VerdictKind
    | AccountFault
    | Exception
    | AfterThePoint
    | Callable[[SendJob], Awaitable[Verdicts]]
)
"""What a FakeProvider may be told to do with one job.

Verdicts, and the kinds sent, queued and unknown, come after the point of no
return; the kinds deferred and refused, faults and exceptions before it. A
function does everything by itself.
"""


class FakeProvider:
    """Does with each job what it was told, and remembers it."""

    capabilities: ClassVar[Capabilities] = Capabilities()

    def __init__(
        self, account: ProviderAccount | None = None, *, answers: Iterable[Answer] = ()
    ) -> None:
        self.account = account
        self.answers: deque[Answer] = deque(answers)
        """What comes next; when it is empty, everybody is sent to."""
        self.jobs: list[SendJob] = []
        self.contents: list[bytes] = []
        """What was handed out up to the point of no return."""
        self.is_closed = False

    def accept(self, draft: Draft, envelope: Envelope) -> None:
        """Take anything."""

    async def submit(self, job: SendJob) -> Verdicts:
        """Give the next answer."""
        self.jobs.append(job)
        answer = self.answers.popleft() if self.answers else VerdictKind.SENT
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, AccountFault):
            return Verdicts(fault=answer, fault_receipt=Receipt(stage="auth"))
        if isinstance(answer, VerdictKind) and answer in _BEFORE_THE_POINT:
            return verdicts_for(job.envelope, answer)
        if callable(answer):
            return await answer(job)
        return await self._go_through(job, answer)

    async def check(self) -> AccountCheck:
        """Say that all is well."""
        return AccountCheck(ok=True, endpoint="nowhere")

    async def close(self) -> None:
        """Remember that it was closed."""
        self.is_closed = True

    async def _go_through(
        self, job: SendJob, answer: Verdicts | VerdictKind | AfterThePoint
    ) -> Verdicts:
        self.contents.append(b"".join([piece async for piece in job.pieces()]))
        await job.point_of_no_return()
        if isinstance(answer, AfterThePoint):
            raise answer.error
        if isinstance(answer, VerdictKind):
            return verdicts_for(job.envelope, answer)
        return answer


_BEFORE_THE_POINT: Final = frozenset({VerdictKind.DEFERRED, VerdictKind.REFUSED})
