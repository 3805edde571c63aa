"""Connections that stay open between mails, for programs that send several.

With a workspace each mail is durable as always, and this process is the sender for
as long as the block takes, if nobody else is. With ``workspace=None`` mail goes out
directly, over the connections of one account.
"""

from asyncio import to_thread
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Unpack

from tuimail.api.direct import WAIT, Line, over, require_nothing_kept
from tuimail.api.message import Message, MessageFields
from tuimail.api.request import Silence, message_of
from tuimail.api.result import Result
from tuimail.api.workspace import DEFAULT, Default, Place, Workspace, workspace_at

if TYPE_CHECKING:
    from tuimail.api.account import Account


class _Opened:
    """What sync and async connections have in common."""

    def __init__(
        self, account: "str | Account | None", workspace: Workspace | None
    ) -> None:
        self._account = account
        self._workspace = workspace
        self._line = Line(account)
        """Where mail goes that is stored nowhere; of no use with a workspace."""
        self._is_over = False

    def _end(self) -> None:
        self._is_over = True

    def _home(self) -> Workspace | None:
        """Return where mail is stored.

        Raises:
            StoreError: The block has ended.
        """
        if self._is_over:
            raise over()
        return self._workspace


class Connection(_Opened):
    """Sends mail while it is open; may be shared by threads."""

    def send(
        self,
        message: Message | None = None,
        /,
        *,
        idempotency_key: str = "",
        at: datetime | None = None,
        dry_run: bool = False,
        wait: float = WAIT,
        fail_silently: bool = False,
        **fields: Unpack[MessageFields],
    ) -> Result:
        """Send a mail; see ``tuimail.send``.

        A connection that the server dropped meanwhile is replaced; what may have
        left over it is ``unknown``, and not sent again.
        """
        with Silence(message, fields, is_silent=fail_silently) as silence:
            if (home := self._home()) is None:
                require_nothing_kept(idempotency_key, at)
                said = message_of(message, fields)
                return self._line.send(said, dry_run=dry_run, wait=wait)
            return home.send(
                message,
                account=self._account,
                idempotency_key=idempotency_key,
                at=at,
                dry_run=dry_run,
                wait=wait,
                **fields,
            )
        return silence.result


class AsyncConnection(_Opened):
    """Sends mail while it is open, and never blocks a loop."""

    async def send(
        self,
        message: Message | None = None,
        /,
        *,
        idempotency_key: str = "",
        at: datetime | None = None,
        dry_run: bool = False,
        wait: float = WAIT,
        fail_silently: bool = False,
        **fields: Unpack[MessageFields],
    ) -> Result:
        """Do what ``Connection.send`` does, without blocking the loop."""
        with Silence(message, fields, is_silent=fail_silently) as silence:
            if (home := self._home()) is None:
                require_nothing_kept(idempotency_key, at)
                said = message_of(message, fields)
                return await self._line.asend(said, dry_run=dry_run, wait=wait)
            return await home.asend(
                message,
                account=self._account,
                idempotency_key=idempotency_key,
                at=at,
                dry_run=dry_run,
                wait=wait,
                **fields,
            )
        return silence.result


@contextmanager
def connection(
    account: "str | Account | None" = None,
    *,
    workspace: Workspace | Place | Default | None = DEFAULT,
) -> Iterator[Connection]:
    """Keep the connections of an account open for a block.

    ``with tuimail.connection("work") as connection: connection.send(to=…)``

    Args:
        account: Name of the way out; with ``workspace=None`` also one of the
            program's own. Left out, each mail goes by its own.
        workspace: Where each mail is stored; the one that the command line would
            use here, if left out. None stores nothing.

    Raises:
        TuimailError: The workspace cannot be opened.
    """
    if workspace is None:
        opened = Connection(account, None)
        try:
            yield opened
        finally:
            opened._line.close()  # noqa: SLF001 - of this module
        return
    home = workspace_at(workspace)
    opened = Connection(account, home)
    with home.sending():
        try:
            yield opened
        finally:
            opened._end()  # noqa: SLF001 - of this module


@asynccontextmanager
async def aconnection(
    account: "str | Account | None" = None,
    *,
    workspace: Workspace | Place | Default | None = DEFAULT,
) -> AsyncIterator[AsyncConnection]:
    """Do what ``connection`` does, without blocking the loop."""
    if workspace is None:
        opened = AsyncConnection(account, None)
        try:
            yield opened
        finally:
            await opened._line.aclose()  # noqa: SLF001 - of this module
        return
    home = await to_thread(workspace_at, workspace)
    sending = home.sending()
    await to_thread(sending.__enter__)
    opened = AsyncConnection(account, home)
    try:
        yield opened
    finally:
        opened._end()  # noqa: SLF001 - of this module
        await to_thread(sending.__exit__, None, None, None)
