"""A way out that leads nowhere: messages are kept in memory, for tests."""

from typing import ClassVar, Final

from tuimail.core.draft import Draft
from tuimail.core.message import Envelope
from tuimail.core.status import OUR_MACHINE
from tuimail.core.submission import Receipt, VerdictKind, Verdicts
from tuimail.core.values import dataclass
from tuimail.providers.base import (
    AccountCheck,
    Capabilities,
    ProviderAccount,
    SendJob,
)
from tuimail.providers.everybody import told_to_all
from tuimail.providers.options import refuse_unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One message that would have been sent."""

    account: str
    envelope: Envelope
    content: bytes


class DummyProvider:
    """Accepts everything, for everybody, and keeps it."""

    capabilities: ClassVar[Capabilities] = Capabilities()
    kept: ClassVar[list[Kept]] = []
    """What was accepted in this process; tests empty it."""

    def __init__(self, account: ProviderAccount) -> None:
        refuse_unknown(account, ())
        self._account = account

    def accept(self, draft: Draft, envelope: Envelope) -> None:
        """Take anything."""

    async def submit(self, job: SendJob) -> Verdicts:
        """Keep the message; say sent."""
        content = b"".join([piece async for piece in job.pieces()])
        await job.point_of_no_return()
        self.kept.append(
            Kept(account=self._account.name, envelope=job.envelope, content=content)
        )
        return told_to_all(
            job.envelope,
            VerdictKind.SENT,
            receipt=Receipt(stage=OUR_MACHINE, text="Kept in memory."),
            server=_MEMORY,
        )

    async def check(self) -> AccountCheck:
        """Say that there is nothing that could fail."""
        return AccountCheck(ok=True, endpoint=_MEMORY)

    async def close(self) -> None:
        """Nothing is open."""


_MEMORY: Final = "memory"
