"""The workspace as programs share it: from any thread, and from any loop.

A thread of its own owns what is behind it, so nothing here blocks a loop, and
threads need no lock. A process that was forked opens it anew.
"""

import asyncio
import os
import threading
from asyncio import wrap_future
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from enum import Enum
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final, Self, TypeVar, Unpack
from weakref import WeakSet, finalize

from tuimail.api.kinds import folder_of, seconds_of
from tuimail.api.message import Message, MessageFields
from tuimail.api.options import BulkOptions
from tuimail.api.record import cancelled, found, listed, looked_up, retried, statuses_of
from tuimail.api.request import (
    Look,
    Order,
    Plan,
    Sending,
    Silence,
    Submission,
    Waiting,
    message_of,
    name_of,
)
from tuimail.api.result import Result
from tuimail.api.template import filled
from tuimail.api.worker import Worker
from tuimail.errors import StoreError
from tuimail.settings.paths import config_path, find_workspace

if TYPE_CHECKING:
    from tuimail.api.account import Account
    from tuimail.api.bulk import Rows
    from tuimail.api.bulk_result import BulkResult
    from tuimail.api.checking import CheckResult
    from tuimail.workspace.fields import Fields
    from tuimail.workspace.workspace import Workspace as Opened

T = TypeVar("T")
READ_TOGETHER: Final = 50
"""So many mails are read together where somebody goes through all of them."""


class Default(Enum):
    """Which workspace is meant where none is named."""

    DEFAULT = "default"
    """``$TUIMAIL_WORKSPACE``, the nearest ``.tuimail/``, or the person's own."""


DEFAULT: Final = Default.DEFAULT
Place = str | os.PathLike[str]


class Workspace:
    """The folder with mail, drafts and outbox, for every thread of a program.

    Opened when it is first used. ``with Workspace(path) as workspace:`` closes it
    at the end; else that happens when the program ends, after what is being sent
    is out.

    Mail is sent by whoever sends for this workspace, such as the app or
    ``tuimail serve``; by this process while it waits for a mail, if nobody does.
    """

    def __init__(
        self, path: Place | None = None, *, config: Place | None = None
    ) -> None:
        """Name the workspace; nothing is opened yet.

        Args:
            path: The folder, made where there is none; None for the one that the
                command line would use here.
            config: The ``config.toml``; None for the person's own.
        """
        self._path = folder_of(path) if path is not None else None
        self._config = folder_of(config, field="config") if config is not None else None
        self._beginning = threading.Lock()
        self._worker: Worker | None = None
        self._is_closed = False
        _MADE.add(self)

    def send(
        self,
        message: Message | None = None,
        /,
        *,
        account: "str | Account | None" = None,
        idempotency_key: str = "",
        at: datetime | None = None,
        dry_run: bool = False,
        wait: float = 60.0,
        fail_silently: bool = False,
        **fields: Unpack[MessageFields],
    ) -> Result:
        """Send a mail through this workspace; see ``tuimail.send``."""
        with Silence(message, fields, is_silent=fail_silently) as silence:
            plan = Sending(
                key=idempotency_key, at=at, is_dry_run=dry_run, wait=seconds_of(wait)
            )
            return self._asked(message_of(message, fields), account, plan).result()
        return silence.result

    async def asend(
        self,
        message: Message | None = None,
        /,
        *,
        account: "str | Account | None" = None,
        idempotency_key: str = "",
        at: datetime | None = None,
        dry_run: bool = False,
        wait: float = 60.0,
        fail_silently: bool = False,
        **fields: Unpack[MessageFields],
    ) -> Result:
        """Do what ``send`` does, without blocking the loop."""
        with Silence(message, fields, is_silent=fail_silently) as silence:
            plan = Sending(
                key=idempotency_key, at=at, is_dry_run=dry_run, wait=seconds_of(wait)
            )
            return await self._awaited(message_of(message, fields), account, plan)
        return silence.result

    def submit(
        self,
        message: Message | None = None,
        /,
        *,
        account: "str | Account | None" = None,
        idempotency_key: str = "",
        note: str = "",
        revises: str = "",
        actor: str = "",
        wait: float = 0.0,
        fail_silently: bool = False,
        **fields: Unpack[MessageFields],
    ) -> Result:
        """Hand a mail in, for a person to decide about; see ``tuimail.submit``."""
        with Silence(message, fields, is_silent=fail_silently) as silence:
            plan = Submission(
                key=idempotency_key,
                note=note,
                revises=revises,
                actor=actor,
                wait=seconds_of(wait),
            )
            return self._asked(message_of(message, fields), account, plan).result()
        return silence.result

    async def asubmit(
        self,
        message: Message | None = None,
        /,
        *,
        account: "str | Account | None" = None,
        idempotency_key: str = "",
        note: str = "",
        revises: str = "",
        actor: str = "",
        wait: float = 0.0,
        fail_silently: bool = False,
        **fields: Unpack[MessageFields],
    ) -> Result:
        """Do what ``submit`` does, without blocking the loop."""
        with Silence(message, fields, is_silent=fail_silently) as silence:
            plan = Submission(
                key=idempotency_key,
                note=note,
                revises=revises,
                actor=actor,
                wait=seconds_of(wait),
            )
            return await self._awaited(message_of(message, fields), account, plan)
        return silence.result

    def bulk(self, messages: "Rows", **options: Unpack[BulkOptions]) -> "BulkResult":
        """Send many mails through this workspace; see ``tuimail.bulk``."""
        from tuimail.api.bulk import bulk  # noqa: PLC0415 - is about workspaces

        return bulk(messages, workspace=self, **options)

    async def abulk(
        self, messages: "Rows", **options: Unpack[BulkOptions]
    ) -> "BulkResult":
        """Do what ``bulk`` does, without blocking the loop."""
        from tuimail.api.bulk import abulk  # noqa: PLC0415 - as above

        return await abulk(messages, workspace=self, **options)

    def check(self, account: "str | Account | None" = None) -> "CheckResult":
        """Log in to an account, and say what it can do; see ``tuimail.check``."""
        from tuimail.api.checking import check  # noqa: PLC0415 - as above

        return check(account, workspace=self)

    async def acheck(self, account: "str | Account | None" = None) -> "CheckResult":
        """Do what ``check`` does, without blocking the loop."""
        from tuimail.api.checking import acheck  # noqa: PLC0415 - as above

        return await acheck(account, workspace=self)

    def get(self, id: str, *, with_bcc: bool = False) -> Result:
        """Return how a mail stands.

        Args:
            id: Its id; a few characters of its end will do, if no other has them.
            with_bcc: Whether blind copies are among the recipients.

        Raises:
            NotFoundError: There is no such mail.
        """
        return self.do(partial(looked_up, id, with_bcc=with_bcc)).result()

    async def aget(self, id: str, *, with_bcc: bool = False) -> Result:
        """Do what ``get`` does, without blocking the loop."""
        return await wrap_future(self.do(partial(looked_up, id, with_bcc=with_bcc)))

    def list(
        self, *statuses: str, limit: int | None = None, after: str = ""
    ) -> Iterator[Result]:
        """Yield the mails of these statuses, newest change first; all without any.

        They are read as they are asked for, a page at a time. Blind copies are
        left out.

        Args:
            statuses: Words of the docs: ``review``, ``sent``, …
            limit: At most so many; None for all.
            after: Id of the last one that was seen; it goes on after that.

        Raises:
            NotFoundError: ``after`` is the id of none.
            FieldError: There is no such status.
        """
        wanted = statuses_of(statuses)
        while limit is None or limit > 0:
            most = READ_TOGETHER if limit is None else min(READ_TOGETHER, limit)
            page = self.do(partial(listed, wanted, most, after)).result()
            yield from page
            if len(page) < most:
                return
            after = page[-1].id
            limit = limit and limit - len(page)

    def wait(self, id: str, seconds: float = 60.0) -> Result:
        """Return how a mail stands once nothing more comes of waiting.

        That is a verdict, or a decision where it is in review; or ``seconds``
        are over. Nothing is sent meanwhile that would not be sent anyway.

        Raises:
            NotFoundError: There is no such mail.
        """
        return self._begun(
            partial(found, id), Waiting(wait=seconds_of(seconds))
        ).result()

    async def await_(self, id: str, seconds: float = 60.0) -> Result:
        """Do what ``wait`` does, without blocking the loop."""
        plan = Waiting(wait=seconds_of(seconds))
        return await wrap_future(self._begun(partial(found, id), plan))

    def retry(self, id: str, *, wait: float = 60.0) -> Result:
        """Try a mail again that waits, failed, or is unknown, for who is left.

        Where its fate is not known, that may send it twice.

        Raises:
            NotFoundError: There is no such mail.
            TransitionError: It is held, under way, or nobody is left.
            NotAllowedError: Its account is held.
        """
        plan = Waiting(wait=seconds_of(wait), sends=True)
        return self._begun(partial(retried, id), plan).result()

    async def aretry(self, id: str, *, wait: float = 60.0) -> Result:
        """Do what ``retry`` does, without blocking the loop."""
        plan = Waiting(wait=seconds_of(wait), sends=True)
        return await wrap_future(self._begun(partial(retried, id), plan))

    def cancel(self, id: str) -> Result:
        """Withdraw a mail that did not leave yet; who already has it, keeps it.

        Raises:
            NotFoundError: There is no such mail.
            TransitionError: It is being handed over, or is settled.
        """
        return self.do(partial(cancelled, id)).result()

    async def acancel(self, id: str) -> Result:
        """Do what ``cancel`` does, without blocking the loop."""
        return await wrap_future(self.do(partial(cancelled, id)))

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Keep a sender in this process for the block, if nobody else sends."""
        worker = self._working()
        worker.hold_sender(1).result()
        try:
            yield
        finally:
            with suppress(StoreError):
                worker.hold_sender(-1).result()

    def do(self, act: "Callable[[Opened], T]") -> Future[T]:
        """Have something done by the thread that owns what is behind this.

        For the parts of tuimail; ``act`` must be short.
        """
        return self._working().do(act)

    def close(self) -> None:
        """Close it, after what this process is sending is out; it stays closed."""
        with self._beginning:
            self._is_closed, worker = True, self._worker
        if worker is not None:
            worker.close()

    @property
    def config(self) -> Path | None:
        """The ``config.toml`` it was given; None for the person's own."""
        return self._config

    @property
    def is_closed(self) -> bool:
        """Whether it was closed."""
        return self._is_closed

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await asyncio.to_thread(self.close)

    def _asked(
        self, message: Message, account: "str | Account | None", plan: Plan
    ) -> Future[Result]:
        return self._ordered(filled(message), account, plan)

    async def _awaited(
        self, message: Message, account: "str | Account | None", plan: Plan
    ) -> Result:
        """Read the message beside the loop; many recipients and templates take long."""
        fields = await asyncio.to_thread(filled, message)
        return await wrap_future(self._ordered(fields, account, plan))

    def _ordered(
        self, fields: "Fields", account: "str | Account | None", plan: Plan
    ) -> Future[Result]:
        asked = replace(fields, account=name_of(account), idempotency_key=plan.key)
        return self._begun(lambda opened: plan.begin(opened, asked).id, plan)

    def _begun(self, begin: "Callable[[Opened], str]", plan: Look) -> Future[Result]:
        """Return what comes of the mail that ``begin`` is about, and names."""
        worker, answer = self._working(), Future[Result]()

        def act(opened: "Opened") -> None:
            if answer.set_running_or_notify_cancel():
                order = Order(plan, begin(opened), monotonic() + plan.wait)
                if (result := order(opened, is_over=plan.wait == 0)) is not None:
                    answer.set_result(result)
                else:
                    worker.watch(order, answer, seconds=plan.wait, sends=plan.sends)

        worker.do(act).add_done_callback(partial(_hand_on, answer))
        return answer

    def _working(self) -> Worker:
        with self._beginning:
            if self._worker is None:
                worker = Worker(partial(_opened, self._path, self._config))
                worker.start()
                self._worker = worker
                finalize(self, worker.end).atexit = False
            return self._worker

    def _after_fork(self) -> None:
        """Forget what belongs to threads that this process does not have."""
        _OF_THE_PARENT.append(self._worker)
        self._worker, self._beginning = None, threading.Lock()


def _opened(path: Path | None, config: Path | None) -> "Opened":
    from tuimail.workspace.opening import open_workspace  # noqa: PLC0415 - heavy

    return open_workspace(
        environ=os.environ,
        cwd=Path.cwd(),
        workspace=path,
        config=config,
        door="api",
        on_terminal=False,
    )


def workspace_at(place: "Workspace | Place | Default") -> Workspace:
    """Return the workspace there, shared by all who ask for it in this process.

    Raises:
        WorkspaceRefusedError: A folder was found that may not be opened.
    """
    if isinstance(place, Workspace):
        return place
    named = None if isinstance(place, Default) else folder_of(place)
    config = config_path(os.environ, None)
    root = find_workspace(os.environ, Path.cwd(), named, config=config)
    with _SHARING:
        shared = _SHARED.get((root, config))
        if shared is None or shared.is_closed:
            shared = _SHARED[root, config] = Workspace(root, config=config)
        return shared


def _hand_on(answer: Future[Result], job: Future[None]) -> None:
    """Tell who waits that it went wrong, before it was waited for."""
    error = None if job.cancelled() else job.exception()
    if error is not None and not answer.done():
        answer.set_exception(error)


_MADE: Final[WeakSet[Workspace]] = WeakSet()
_SHARED: Final[dict[tuple[Path, Path], Workspace]] = {}
_SHARING = threading.Lock()
_OF_THE_PARENT: Final[list[Worker | None]] = []
"""Never closed here: their files and locks are the parent's."""


def _after_fork() -> None:
    global _SHARING  # noqa: PLW0603 - a lock that a thread of the parent may have
    _SHARING = threading.Lock()
    for one in tuple(_MADE):
        one._after_fork()  # noqa: SLF001 - of this module


os.register_at_fork(after_in_child=_after_fork)
