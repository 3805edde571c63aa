"""A provider with mistakes in it, which quote what they stumbled over."""

from typing import ClassVar

from tuimail.core.draft import Draft
from tuimail.core.message import Envelope
from tuimail.core.submission import Verdicts
from tuimail.providers.base import AccountCheck, Capabilities, ProviderAccount, SendJob


class Crashing:
    """Knows its key, and no way to use it."""

    capabilities: ClassVar[Capabilities] = Capabilities()

    def __init__(self, account: ProviderAccount) -> None:
        self._account = account

    def accept(self, draft: Draft, envelope: Envelope) -> None:
        """Take everything."""

    async def submit(self, job: SendJob) -> Verdicts:
        raise RuntimeError(f"{job.envelope} {self._account.secret()}")

    async def check(self) -> AccountCheck:
        raise RuntimeError(f"No login with {self._account.secret()}")

    async def close(self) -> None:
        raise RuntimeError(f"Still open: {self._account.secret()}")
