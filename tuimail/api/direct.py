"""Mail that is stored nowhere: one try through a provider, and what came of it.

A program that ends in the middle of it never learns whether the mail left, and
nothing is tried again. With a workspace, both are looked after.
"""

import asyncio
import os
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final
from weakref import WeakSet

from tuimail.api.account import OWN_NAME, Account
from tuimail.api.kinds import require_text, require_yes_or_no, seconds_of, wrong
from tuimail.api.loop import Loop, known_loop, the_loop
from tuimail.api.message import Message
from tuimail.api.result import RecipientResult, Result
from tuimail.api.template import filled
from tuimail.core.submission import AccountFault, RecipientState
from tuimail.errors import (
    ConfigurationError,
    FieldError,
    NotSentError,
    StoreError,
    TuimailError,
)
from tuimail.settings.account import AccountSettings
from tuimail.settings.config import Config
from tuimail.settings.paths import config_path
from tuimail.workspace.direct import Direct, Ready
from tuimail.workspace.direct_checking import Checked
from tuimail.workspace.direct_sending import Fate, Outcome, Patience, Way
from tuimail.workspace.stores import Settings

WAIT: Final = 60.0
"""Seconds within which a mail has to be on its way."""
_MENDED: Final = "Look what is wrong with it: tuimail.check(account)"
_LATER: Final = "Send it again later to those who failed; a workspace does so itself."
_NEVER: Final = "Look at result.recipients for what the server said of each."
_UNKNOWN: Final = "Ask those it is for before it is sent again: they may have it."


def send(
    message: Message,
    *,
    account: str | Account | None = None,
    dry_run: bool = False,
    wait: float = WAIT,
) -> Result:
    """Send a mail that is stored nowhere, over a connection of its own.

    Args:
        message: What it says.
        account: The way out; that of ``from_``, or the default, if left out.
        dry_run: Whether to render and check it only.
        wait: Seconds after which it is given up, unless it may be out; then it is
            waited for, however long that takes.

    Raises:
        TuimailError: It cannot be a mail, has no account to go through, or may not
            be sent.
    """
    line = Line(account)
    result = line.send(message, dry_run=dry_run, wait=wait, is_last=True)
    line.close()
    return result


async def asend(
    message: Message,
    *,
    account: str | Account | None = None,
    dry_run: bool = False,
    wait: float = WAIT,
) -> Result:
    """Do what ``send`` does, without blocking the loop.

    Cancelled, it is given up, unless it may be out by then.
    """
    line = Line(account)
    result = await line.asend(message, dry_run=dry_run, wait=wait, is_last=True)
    await line.aclose()
    return result


def require_nothing_kept(key: str, at: datetime | None) -> None:
    """Refuse what has to be remembered, where nothing is.

    Raises:
        FieldError: There is a key, or a time.
    """
    require_text("idempotency_key", key)
    field = "idempotency-key" if key else "at"
    if key or at is not None:
        raise FieldError(
            f"The field {field} needs a workspace, which remembers it.",
            hint="Leave out workspace=None.",
            field=field,
        )


def over() -> StoreError:
    """Return that nothing more can be sent over a connection."""
    return StoreError(
        "This connection is closed.",
        hint="Open another one: with tuimail.connection(…) as connection:",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """A way out that is open, in which loop, and for which settings."""

    loop: Loop
    account: AccountSettings
    way: Way

    @property
    def is_ours(self) -> bool:
        """Whether it is of this process, and not of one that forked it."""
        return self.loop is known_loop()


class Line:
    """One account's connections, kept open between mails; for any thread.

    Without an account, each mail goes out by its own. A process that was forked
    opens them anew.
    """

    def __init__(
        self, account: str | Account | None = None, *, config: Path | None = None
    ) -> None:
        """Name the account; nothing is opened yet.

        Args:
            account: Name of one that is set up, or one of the program's own.
            config: The ``config.toml``; None for the person's own.
        """
        if not isinstance(account, str | Account | None):
            raise wrong("account", account, "a name, an Account or None")
        self._account = account
        self._config_path = config_path(os.environ, config)
        self._settings_read: Settings | None = None
        self._direct = Direct(
            config=self._config,
            config_path=self._config_path,
            environ=os.environ,
            passwords=_passwords(account),
        )
        self._opening = threading.Lock()
        self._open: dict[str, _Open] = {}
        self._is_closed = False
        _MADE.add(self)

    def send(
        self,
        message: Message,
        *,
        dry_run: bool = False,
        wait: float = WAIT,
        is_last: bool = False,
    ) -> Result:
        """Send one mail, and return what came of it; see ``send``.

        Args:
            message: What it says.
            dry_run: Whether to render and check it only.
            wait: Seconds after which it is given up, unless it may be out.
            is_last: Whether to close everything behind it, also where nobody waits
                for it any more.
        """
        require_yes_or_no("dry_run", dry_run)
        ready = self._made(message, wait)
        if dry_run:
            return _only_made(ready)
        loop, sending, patience = self._begun(ready, wait)
        try:
            return _result(ready, sending.result())
        finally:
            self._stop_waiting(loop, sending, patience, is_last=is_last)

    async def asend(
        self,
        message: Message,
        *,
        dry_run: bool = False,
        wait: float = WAIT,
        is_last: bool = False,
    ) -> Result:
        """Do what ``send`` does, without blocking the loop."""
        require_yes_or_no("dry_run", dry_run)
        ready = await asyncio.to_thread(self._made, message, wait)
        if dry_run:
            return _only_made(ready)
        loop, sending, patience = await asyncio.to_thread(self._begun, ready, wait)
        try:
            waiting = asyncio.shield(asyncio.wrap_future(sending))
            return _result(ready, await waiting)
        finally:
            self._stop_waiting(loop, sending, patience, is_last=is_last)

    def _stop_waiting(
        self,
        loop: Loop,
        sending: "Future[Outcome]",
        patience: Patience,
        *,
        is_last: bool,
    ) -> None:
        """End what nobody waits for any more, unless the mail may be out."""
        if not sending.done():
            loop.tell(patience.let_go)
            if is_last:
                self._closing()

    def check(self, account: AccountSettings) -> "Future[Checked]":
        """Begin to log in, by a connection of its own; sends nothing.

        Args:
            account: What ``settings`` returned.

        Raises:
            ConfigurationError: It cannot be used.
        """
        way = Way(account, self._direct.provider(account))
        return the_loop().run(way.check())

    def settings(self) -> AccountSettings:
        """Return what the account says, whoever mail is from.

        Raises:
            ConfigurationError: There is none.
        """
        if isinstance(self._account, Account):
            return self._account.settings_of_anybody()
        return self._config("").account(self._account or "")

    def close(self) -> None:
        """Close all connections, and send nothing more."""
        for closing in self._closing():
            closing.result()

    async def aclose(self) -> None:
        """Do what ``close`` does, without blocking the loop."""
        for closing in self._closing():
            await asyncio.wrap_future(closing)

    def _closing(self) -> list["Future[None]"]:
        with self._opening:
            self._is_closed = True
            found = [*self._open.values()]
            self._open.clear()
        return [one.loop.run(one.way.close()) for one in found if one.is_ours]

    def _made(self, message: Message, wait: float) -> Ready:
        """Render and check a mail; takes a while, and contacts nobody."""
        if seconds_of(wait) == 0:
            raise FieldError(
                f"Without a workspace nobody sends it later, so wait is not {wait}.",
                hint="Give some seconds, or leave out workspace=None.",
                field="wait",
            )
        name = self._account if isinstance(self._account, str) else ""
        return self._direct.made(replace(filled(message), account=name))

    def _begun(
        self, ready: Ready, wait: float
    ) -> tuple[Loop, "Future[Outcome]", Patience]:
        self._direct.require_allowed(ready)
        opened, patience = self._opened(ready.account), Patience()
        sending = opened.loop.run(_sent(opened.way, ready, patience, wait))
        return opened.loop, sending, patience

    def _opened(self, account: AccountSettings) -> _Open:
        with self._opening:
            if self._is_closed:
                raise over()
            known, loop = self._open.get(account.name), the_loop()
            if known and known.loop is loop and _is_same(known.account, account):
                return known
            way = Way(account, self._direct.provider(account))
            found = _Open(loop=loop, account=account, way=way)
            self._open[account.name] = found
        if known is not None and known.loop is loop:
            loop.run(known.way.close())
        return found

    def _config(self, sender: str) -> Config:
        """Return the settings; of a program's own account, as far as it says them."""
        if not isinstance(self._account, Account):
            return self._kept_settings().current()
        settings = self._account.settings(sender)
        return Config(accounts=(settings,), default_account=settings.name)

    def _kept_settings(self) -> Settings:
        """Return what is read again only where a file changed."""
        if self._settings_read is None:
            self._settings_read = Settings(self._config_path, os.environ)
        return self._settings_read

    def after_fork(self) -> None:
        """Let go of a lock that a thread of the parent may have."""
        self._opening = threading.Lock()


_MADE: Final[WeakSet[Line]] = WeakSet()


def _after_fork() -> None:
    for one in tuple(_MADE):
        one.after_fork()


os.register_at_fork(after_in_child=_after_fork)


async def _sent(way: Way, ready: Ready, patience: Patience, wait: float) -> Outcome:
    ending = asyncio.get_running_loop().call_later(wait, patience.let_go)
    try:
        return await way.send(ready, patience)
    finally:
        ending.cancel()


def _passwords(account: str | Account | None) -> Mapping[str, str]:
    """Return the password that a program gave itself, by the account's name."""
    if not isinstance(account, Account) or account.plain_password is None:
        return {}
    return {account.name or OWN_NAME: account.plain_password}


def _is_same(one: AccountSettings, other: AccountSettings) -> bool:
    """Whether two accounts differ in whom mail is from, at most."""
    return replace(one, address=other.address) == other


def _only_made(ready: Ready) -> Result:
    return _resulting(
        ready,
        "dry_run",
        {
            one.address: RecipientResult(
                address=one.address, status=RecipientState.PENDING.value
            )
            for one in ready.envelope.recipients
        },
    )


def _result(ready: Ready, outcome: Outcome) -> Result:
    recipients = {one.recipient.address: _recipient(one) for one in outcome.fates}
    return replace(
        _resulting(ready, outcome.status, recipients),
        provider_message_id=outcome.provider_message_id,
        error=_error(outcome),
    )


def _resulting(
    ready: Ready, status: str, recipients: Mapping[str, RecipientResult]
) -> Result:
    return Result(
        status=status,
        account=ready.account.name,
        provider=ready.account.provider,
        message_id=ready.message.message_id,
        recipients=recipients,
        findings=ready.findings,
    )


def _recipient(fate: Fate) -> RecipientResult:
    return RecipientResult(
        address=fate.recipient.address,
        status=fate.state.value,
        provider_message_id=fate.receipt.provider_message_id,
        error=fate.reason,
        code=fate.receipt.code,
        enhanced=fate.receipt.enhanced,
    )


def _error(outcome: Outcome) -> TuimailError | None:
    if outcome.status in {"sent", "queued"}:
        return None
    if outcome.fault is not None and outcome.fault is not AccountFault.QUOTA:
        return ConfigurationError(outcome.reason, hint=_MENDED, field="account")
    hint = _LATER if outcome.is_temporary else _NEVER
    if outcome.status == "unknown":
        hint = _UNKNOWN
    return NotSentError(outcome.reason, hint=hint, field="to")
