"""Callbacks and the bar of a job: whatever they do, they end no run."""

import asyncio
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any

import pytest

from tests.api.conftest import Place
from tests.api.test_bulk import PEOPLE, TEXTS, Bulk, numbers
from tuimail.api.bulk import abulk
from tuimail.api.bulk_result import RowResult
from tuimail.api.workspace import Workspace
from tuimail.errors import FieldError


def test_a_coroutine_function_is_refused_by_what_cannot_await_it(
    sent: Bulk, place: Place
) -> None:
    async def hear(_one: RowResult) -> None:
        """Would never be called."""

    for name in ("on_success", "on_error"):
        with pytest.raises(FieldError, match="coroutine function") as caught:
            sent(PEOPLE, **{name: hear}, **TEXTS)
        assert caught.value.field == name.replace("_", "-")

    assert not place.delivered


def test_a_callback_whose_own_work_was_cancelled_ends_nothing(sent: Bulk) -> None:
    def hear(_one: RowResult) -> None:
        raise asyncio.CancelledError

    result = sent(PEOPLE, on_success=hear, **TEXTS)

    assert numbers(result) == (2, 2, 0, 0, 0)
    assert [type(one) for one in result.callback_errors] == [asyncio.CancelledError] * 2


class GoneTerminal(io.StringIO):
    """A terminal that was there when the job began."""

    def isatty(self) -> bool:
        return True

    def write(self, _text: str) -> int:
        raise OSError(5, "Input/output error")


def test_a_terminal_that_has_gone_ends_no_job(
    sent: Bulk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr", GoneTerminal())
    gone = sent(PEOPLE, progress=None, **TEXTS)
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr("sys.stderr", closed)
    never = sent(PEOPLE, progress=None, **TEXTS)

    assert (gone.sent, never.sent) == (2, 2)


async def test_cancelled_it_does_not_wait_for_a_callback_that_hangs(
    place: Place, workspace: Workspace
) -> None:
    called, calls = asyncio.Event(), 0

    async def hang(_one: RowResult) -> None:
        nonlocal calls
        calls += 1
        called.set()
        await asyncio.Event().wait()

    running = asyncio.create_task(
        abulk(PEOPLE, workspace=workspace, on_success=hang, progress=False, **TEXTS)
    )
    await called.wait()
    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    assert calls == 1


async def test_cancelled_while_it_calls_it_does_not_wait_either(
    place: Place, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    called, was_cancelled = asyncio.Event(), threading.Event()
    call = asyncio.run_coroutine_threadsafe

    def slow_to_return(*arguments: Any) -> Any:
        under_way = call(*arguments)
        was_cancelled.wait()
        return under_way

    async def hang(_one: RowResult) -> None:
        called.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio, "run_coroutine_threadsafe", slow_to_return)
    running = asyncio.create_task(
        abulk(PEOPLE, workspace=workspace, on_success=hang, progress=False, **TEXTS)
    )
    await called.wait()
    running.cancel()
    await asyncio.sleep(0)
    was_cancelled.set()

    with pytest.raises(asyncio.CancelledError):
        await running


async def test_cancelled_before_it_began_it_hands_nothing_over(
    place: Place, workspace: Workspace
) -> None:
    may_go_on = threading.Event()

    class Rows(list[dict[str, str]]):
        """Are looked at for the first time once the job was cancelled."""

        def __len__(self) -> int:
            may_go_on.wait()
            return super().__len__()

    running = asyncio.create_task(
        abulk(Rows(PEOPLE), workspace=workspace, progress=False, **TEXTS)
    )
    await asyncio.sleep(0)
    running.cancel()
    await asyncio.sleep(0)
    may_go_on.set()

    with pytest.raises(asyncio.CancelledError):
        await running
    assert not place.delivered


async def test_more_jobs_than_the_loop_has_threads_leave_it_some(
    place: Place, workspace: Workspace
) -> None:
    """A callback that needs one would wait for a job that waits for it."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))

    async def hear(_one: RowResult) -> None:
        await asyncio.to_thread(lambda: None)

    results = await asyncio.gather(
        *(
            abulk([one], workspace=workspace, on_success=hear, progress=False, **TEXTS)
            for one in PEOPLE
        )
    )

    assert [one.sent for one in results] == [1, 1]


WHO: ContextVar[str] = ContextVar("WHO", default="nobody")


async def test_what_the_caller_set_for_its_context_holds_for_its_rows(
    place: Place, workspace: Workspace
) -> None:
    WHO.set("caller")
    rows = ({**one, "name": WHO.get()} for one in PEOPLE[:1])

    await abulk(rows, workspace=workspace, progress=False, **TEXTS)

    assert b"Subject: Hi caller" in place.delivered[0].content
