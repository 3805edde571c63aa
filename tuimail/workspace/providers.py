"""The providers that the sender has open: one for each account, as it is set up.

An account that is set up anew gets a new one; the old one ends when the last
attempt through it has ended.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Final

from tuimail.core.values import dataclass
from tuimail.errors import TuimailError
from tuimail.providers.base import Provider
from tuimail.providers.blame import blamed
from tuimail.settings.account import AccountSettings
from tuimail.workspace.bridge import Bridge

CLOSE_LIMIT: Final = timedelta(seconds=10)


@dataclass(slots=True, eq=False)
class _Open:
    """A provider, the settings it was made for, and how many use it."""

    account: AccountSettings
    provider: Provider
    users: int = 0
    is_current: bool = True


class Providers:
    """Makes, keeps and closes providers; for one loop."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._open: dict[str, _Open] = {}
        self._making = asyncio.Lock()

    @asynccontextmanager
    async def of(self, account: AccountSettings) -> AsyncIterator[Provider]:
        """Give the account's provider, which stays open meanwhile.

        Raises:
            ConfigurationError: No such provider, or unusable settings.
        """
        found = self._open.get(account.name)
        if found is None or found.account != account:
            found = await self._made(account)
        found.users += 1
        try:
            yield found.provider
        finally:
            found.users -= 1
            if not found.users and not found.is_current:
                await close_provider(found.provider)

    async def close(self) -> None:
        """Close all of them; nobody uses one any more."""
        for found in self._open.values():
            await close_provider(found.provider)
        self._open.clear()

    async def _made(self, account: AccountSettings) -> _Open:
        async with self._making:
            known = self._open.get(account.name)
            if known is not None and known.account == account:
                return known
            made = await self._bridge.call(lambda ws: ws.delivery.provider(account))
            self._open[account.name] = _Open(account, made)
            if known is not None:
                known.is_current = False
                if not known.users:
                    await close_provider(known.provider)
            return self._open[account.name]


async def close_provider(provider: Provider) -> None:
    """Close what ``provider`` keeps open; what hangs is left behind."""
    with suppress(TuimailError), blamed("", "close"):
        async with asyncio.timeout(CLOSE_LIMIT.total_seconds()):
            await provider.close()
