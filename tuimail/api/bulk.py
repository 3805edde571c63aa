"""Many mails in one call: from messages, rows of data, or a file of them.

With a workspace each mail is in the outbox, under a key of its own, before it
leaves; so a job with a name that was killed is begun again as it was, and sends
only what is left of it.
"""

import asyncio
import math
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from inspect import isawaitable, iscoroutinefunction
from typing import TYPE_CHECKING, Final, Unpack

from tuimail.api.bulk_file import source_of
from tuimail.api.bulk_result import BulkResult, Item, RowResult, Tally
from tuimail.api.bulk_rows import Key, Mails, by_of
from tuimail.api.bulk_run import Pace, Progress, Run
from tuimail.api.bulk_ways import Home, StraightOut, ThroughWorkspace, Way
from tuimail.api.kinds import (
    require_callable,
    require_text,
    require_yes_or_no,
    seconds_of,
    wrong,
)
from tuimail.api.message import MessageFields
from tuimail.api.progress import bar_on_stderr
from tuimail.api.request import name_of, require_moment
from tuimail.api.workspace import DEFAULT, Default, Place, Workspace, workspace_at
from tuimail.errors import FieldError, TuimailError
from tuimail.workspace.bulk import NOW, Job, Leaving, job_prefix

if TYPE_CHECKING:
    from tuimail.api.account import Account

AT_ONCE: Final = 400
"""Mails that are in the outbox at once, and wait for their verdict."""
SLOWEST_SECONDS: Final = 0.5
"""Where a limit is set, no more are in the outbox than leave in this time."""
Rows = Iterable[Item] | str | os.PathLike[str]
Callback = Callable[[RowResult], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a job is to go, whatever it sends."""

    job: str = ""
    key: Key = ""
    leaving: Leaving = NOW
    max_per_second: float | None = None
    wait: float = 60.0
    on_success: Callback | None = None
    on_error: Callback | None = None
    show: Callable[[Progress], None] = lambda _progress: None
    stop: threading.Event = field(default_factory=threading.Event)
    """Set, nothing more is handed over."""

    def check(self) -> None:
        """Refuse what no job can be.

        Raises:
            FieldError: It cannot be so fast, wait so long, be called so, or tell its
                rows apart so.
        """
        Pace(self.max_per_second)
        seconds_of(self.wait)
        _require_plain("on_success", self.on_success)
        _require_plain("on_error", self.on_error)
        require_text("job", self.job)
        require_moment(self.leaving.at)
        if not (isinstance(self.key, str) or callable(self.key)):
            raise wrong("key", self.key, "the name of a column, or a function")
        if self.job:
            job_prefix(self.job)

    def begun(self, way: Way) -> Run:
        """Return the job, of which nothing is sent yet."""
        return Run(
            way,
            Tally(on_success=self.on_success, on_error=self.on_error),
            pace=Pace(self.max_per_second),
            wait=self.wait,
            show=self.show,
            stop=self.stop,
        )

    def through(self, home: Home, *, names_bcc: bool = True) -> ThroughWorkspace:
        """Return the way through a workspace."""
        per_second = self.max_per_second or AT_ONCE / SLOWEST_SECONDS
        return ThroughWorkspace(
            home,
            job=self.as_handed_over(),
            most=min(AT_ONCE, max(math.ceil(per_second * SLOWEST_SECONDS), 2)),
            reads_sent=self.on_success is not None,
            keeps_items=bool(self.on_success or self.on_error),
            names_bcc=names_bcc,
        )

    def as_handed_over(self) -> Job:
        """Return the job as the workspace knows it."""
        prefix = job_prefix(self.job, by_of(self.key)) if self.job else ""
        return Job(prefix=prefix, leaving=self.leaving)


def bulk(
    messages: Rows,
    *,
    job: str = "",
    key: Key = "",
    workspace: Workspace | Place | Default | None = DEFAULT,
    account: "str | Account | None" = None,
    at: datetime | None = None,
    max_per_second: float | None = None,
    wait: float = 60.0,
    on_success: Callback | None = None,
    on_error: Callback | None = None,
    progress: bool | None = None,
    fail_silently: bool = False,
    **fields: Unpack[MessageFields],
) -> BulkResult:
    """Send many mails, each to its own recipients, and return what came of them.

    A row that cannot be sent stops no other: it is in ``errors``. What was handed
    over is in the outbox, whatever becomes of this process; begun again under the
    same ``job``, each row is sent once, or listed as unknown.

    Args:
        messages: Messages; mappings; or the path of a CSV or JSON Lines file. Where
            the mails are given once for all, by ``template`` or a text among
            ``fields``, mappings are data for their blanks, beside ``data``, and go
            to whom the column ``to`` or ``email`` names unless something else does.
            Where they are not, mappings have the fields of ``Message``. They are
            read as they are sent; a file is read once before, to find wrong rows.
        job: What this job is called. Under the same name a row is never sent
            again, unless it failed; one that says something else by now is an
            error of the code ``key-conflict``, unless nobody got what it said
            before. Empty: everything is sent anew.
        key: What tells rows of a job apart: the name of a column, or what returns
            that of a row; the same for as long as the job has its name. Left out,
            whom a row is for, counted where that is not the first.
        workspace: As ``send`` has it. None stores nothing, and cannot have a job.
        account: As ``send`` has it.
        at: When the mails may leave, aware; those are ``waiting``.
        max_per_second: So many are begun in a second, at most.
        wait: Seconds without any verdict after which nobody waits any more: what
            is left is handed over all the same, and is ``waiting``.
        on_success: Is called with each row that was sent, in the thread that calls
            this; also with those that were sent before. What it raises is in
            ``callback_errors`` and changes nothing.
        on_error: The same for rows that failed or are unknown.
        progress: Whether to draw a bar on stderr; None draws one on a terminal.
        fail_silently: Whether what would be raised is the ``error`` of the result.
        fields: What all mails share, as ``send`` has them; they may have blanks,
            where mappings are data.

    Raises:
        TuimailError: Nothing can be sent: no account to go through, a template or
            a file that is wrong, or a disk that failed.
    """
    plan = Plan(
        job=job,
        key=key,
        leaving=Leaving(at=at),
        max_per_second=max_per_second,
        wait=wait,
        on_success=on_success,
        on_error=on_error,
    )
    asked = _Asked(workspace=workspace, account=account, progress=progress)
    return _run(messages, fields, asked, plan, fail_silently=fail_silently)


async def abulk(
    messages: Rows,
    *,
    job: str = "",
    key: Key = "",
    workspace: Workspace | Place | Default | None = DEFAULT,
    account: "str | Account | None" = None,
    at: datetime | None = None,
    max_per_second: float | None = None,
    wait: float = 60.0,
    on_success: Callback | None = None,
    on_error: Callback | None = None,
    progress: bool | None = None,
    fail_silently: bool = False,
    **fields: Unpack[MessageFields],
) -> BulkResult:
    """Do what ``bulk`` does, without blocking the loop.

    ``messages`` are gone through in a thread; callbacks are called in the loop, and
    awaited where they are coroutines. Cancelled, it hands nothing more over, calls
    nobody any more, and ends; what was handed over stays in the outbox.
    """
    calls = _Calls(asyncio.get_running_loop())
    plan = Plan(
        job=job,
        key=key,
        leaving=Leaving(at=at),
        max_per_second=max_per_second,
        wait=wait,
        on_success=calls.of("on_success", on_success),
        on_error=calls.of("on_error", on_error),
    )
    asked = _Asked(workspace=workspace, account=account, progress=progress)
    run = partial(_run, messages, fields, asked, plan, fail_silently=fail_silently)
    # A thread of its own: those of the loop are few, and callbacks may need them.
    thread = ThreadPoolExecutor(1, thread_name_prefix="bulk")
    running = asyncio.wrap_future(thread.submit(copy_context().run, run))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        plan.stop.set()
        calls.end()
        await asyncio.wait([running])
        raise
    finally:
        thread.shutdown(wait=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """Through what it is sent, and who looks on."""

    workspace: Workspace | Place | Default | None
    account: "str | Account | None"
    progress: bool | None


def _run(
    rows: Rows, fields: MessageFields, asked: _Asked, plan: Plan, *, fail_silently: bool
) -> BulkResult:
    require_yes_or_no("fail_silently", fail_silently)
    try:
        plan.check()
        with _shown(plan, asked.progress) as shown, source_of(rows) as source:
            mails = Mails(
                source.items,
                fields=fields,
                key=plan.key,
                account=name_of(asked.account) if asked.workspace is not None else "",
            )
            run = shown.begun(_way(asked, shown))
            return replace(run.all(mails.groups(), source.total), job=plan.job)
    except TuimailError as error:
        if not fail_silently:
            raise
        return BulkResult(job=plan.job, error=error)


def _way(asked: _Asked, plan: Plan) -> Way:
    if asked.workspace is not None:
        return plan.through(workspace_at(asked.workspace))
    field_name = "job" if plan.job else "at"
    if plan.job or plan.leaving.at is not None:
        raise FieldError(
            f"The field {field_name} needs a workspace, which remembers it.",
            hint="Leave out workspace=None.",
            field=field_name,
        )
    return StraightOut(asked.account)


@contextmanager
def _shown(plan: Plan, progress: bool | None) -> Iterator[Plan]:  # noqa: FBT001 - as the field
    drawn = bar_on_stderr(is_wanted=progress)
    if drawn is None:
        yield plan
        return
    try:
        yield replace(plan, show=drawn)
    finally:
        drawn.end()


def _require_plain(name: str, callback: Callback | None) -> None:
    """Refuse a callback that nobody would await.

    Raises:
        FieldError: It is a coroutine function, or cannot be called.
    """
    require_callable(name, callback)
    if iscoroutinefunction(callback):
        raise FieldError(
            f"The field {name} is a coroutine function, which bulk cannot await.",
            hint="Call await tuimail.abulk(…), or give a plain function.",
            field=name.replace("_", "-"),
        )


class _Calls:
    """Calls back in the loop, from the thread of the job, until nobody listens."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._under_way: Future[None] | None = None
        self._has_ended = False

    def of(self, name: str, callback: Callback | None) -> Callback | None:
        """Return what has ``callback`` called in the loop.

        Raises:
            FieldError: It cannot be called.
        """
        require_callable(name, callback)
        return partial(self._call, callback) if callback else None

    def end(self) -> None:
        """Call nobody any more, nor wait for who was called; from the loop."""
        self._has_ended = True
        if self._under_way is not None:
            self._under_way.cancel()

    def _call(self, callback: Callback, one: RowResult) -> None:
        if self._has_ended:
            return
        called = asyncio.run_coroutine_threadsafe(
            self._called(callback, one), self._loop
        )
        self._under_way = called
        if self._has_ended:  # by then, and whoever ended it found nothing under way
            called.cancel()
        called.result()

    async def _called(self, callback: Callback, one: RowResult) -> None:
        if self._has_ended:
            return
        answer = callback(one)
        if isawaitable(answer):
            await answer
