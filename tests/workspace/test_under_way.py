"""Who stops the sender waits for answers, and not for servers that say nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from tests.workspace.conftest import Desk, Script
from tests.workspace.test_delivery import (
    accepts,
    drain,
    everybody,
    hand_over,
    released,
)
from tuimail.core.submission import VerdictKind, Verdicts
from tuimail.errors import WithdrawnError
from tuimail.providers.base import Capabilities, LookUp, SendJob
from tuimail.testing import FakeProvider, RecordedJob
from tuimail.workspace import sender as sending
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.sender import Sender
from tuimail.workspace.under_way import UnderWay, unless
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]
NO_TIME = timedelta(0)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "PATIENCE", NO_TIME)


@asynccontextmanager
async def a_sender(desk: Desk) -> AsyncIterator[Sender]:
    async with asyncio.timeout(20), Bridge(desk.open) as bridge:
        yield Sender(bridge, jitter=lambda: 1.0)


@pytest.mark.parametrize("way", ["run", "drain"])
async def test_mail_of_which_nothing_is_out_is_let_go_of_and_due_at_once(
    way: str, desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = released(workspace, write)
    async with a_sender(desk) as sender:

        async def hangs(_job: SendJob) -> Verdicts:
            sender.stop()
            await asyncio.Event().wait()
            raise AssertionError

        provider.answers(hangs)
        stop = asyncio.Event()
        await (sender.run(stop) if way == "run" else sender.drain())
    page = workspace.drafts.page(row.id)

    assert page.row.status == "deferred"
    assert page.row.due_at is not None
    assert page.row.due_at <= desk.clock.now()
    assert "The sender was stopped" in page.row.reason
    assert [one.outcome for one in page.attempts] == ["defer"]
    assert workspace.accounts.view("work").rests_until is None

    provider.answers(accepts)
    await drain(desk)

    assert workspace.drafts.row(row.id).status == "sent"


async def test_mail_that_may_be_out_gets_its_answer(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = released(workspace, write)
    async with a_sender(desk) as sender:

        async def is_slow(job: SendJob) -> Verdicts:
            await hand_over(job)
            sender.stop()
            for _ in range(50):
                await asyncio.sleep(0)
            return everybody(job, VerdictKind.SENT)

        provider.answers(is_slow)
        await sender.drain()

    assert workspace.drafts.row(row.id).status == "sent"


async def test_mail_that_is_just_about_to_leave_is_let_go_of_as_well(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    """A provider may be slow to notice that it was cancelled."""
    row = released(workspace, write)
    refused: list[type[Exception]] = []
    async with a_sender(desk) as sender:

        async def notices_late(job: SendJob) -> Verdicts:
            sender.stop()
            with pytest.raises(asyncio.CancelledError):
                await asyncio.Event().wait()
            try:
                await hand_over(job)
            except WithdrawnError:
                refused.append(WithdrawnError)
                raise
            return everybody(job, VerdictKind.SENT)

        provider.answers(notices_late)
        await sender.drain()

    assert refused == [WithdrawnError]
    assert workspace.drafts.row(row.id).status == "deferred"


async def test_who_is_to_end_waits_for_no_record_of_a_provider(
    desk: Desk, write: New, provider: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[LookUp] = []
    senders: list[Sender] = []

    class Hangs(provider.kind):  # type: ignore[name-defined, misc]  # the fixture's
        capabilities = Capabilities(can_look_up=True)

        async def look_up(self, question: LookUp) -> None:
            asked.append(question)
            senders[-1].stop()
            await asyncio.Event().wait()

    async def loses(job: SendJob) -> Verdicts:
        await hand_over(job)
        return everybody(job, VerdictKind.UNKNOWN)

    provider.answers(loses)
    monkeypatch.setattr("tuimail.workspace.ways_out.provider_class", lambda _: Hangs)
    with desk.open() as workspace:
        row = released(workspace, write)
        await drain(desk)
        async with a_sender(desk) as sender:
            senders.append(sender)
            await sender.run(asyncio.Event())

        assert workspace.drafts.row(row.id).status == "unknown"
    assert len(asked) == 1


class Nobody(FakeProvider):
    """One that must not be asked."""

    async def submit(self, job: SendJob) -> Verdicts:
        raise AssertionError


async def test_what_is_let_go_of_before_it_begins_is_not_begun() -> None:
    recorded = RecordedJob("ana@example.net", "ben@example.net")
    under_way = UnderWay(recorded.job)
    under_way.let_go()
    told = await under_way.verdicts(Nobody.__new__(Nobody))

    assert [one.kind for one in told.by_recipient] == [VerdictKind.DEFERRED] * 2
    assert recorded.events == []


class Hangs(Nobody):
    """Never answers."""

    async def submit(self, job: SendJob) -> Verdicts:
        await asyncio.Event().wait()
        raise AssertionError


async def test_who_waited_for_what_was_let_go_of_goes_on() -> None:
    under_way = UnderWay(RecordedJob("ana@example.net").job)
    gone_on = asyncio.Event()

    async def wait() -> int:
        await under_way.verdicts(Hangs.__new__(Hangs))
        under_way.let_go()
        gone_on.set()
        await asyncio.sleep(0)
        task = asyncio.current_task()
        return -1 if task is None else task.cancelling()

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0)
    under_way.let_go()
    under_way.let_go()

    assert await waiting == 0
    assert gone_on.is_set()


async def test_whoever_is_cancelled_as_well_ends() -> None:
    under_way = UnderWay(RecordedJob("ana@example.net").job)
    waiting = asyncio.create_task(under_way.verdicts(Hangs.__new__(Hangs)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    under_way.let_go()
    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_work_that_ends_first_says_what_came_of_it() -> None:
    async def seven() -> int:
        return 7

    assert await unless(asyncio.Event(), seven()) == 7


async def test_work_is_dropped_once_there_is_an_end() -> None:
    """What it raises on the way out interests nobody."""
    stop, dropped = asyncio.Event(), []

    async def work() -> bool:
        stop.set()
        try:
            return await asyncio.Event().wait()
        except asyncio.CancelledError:
            dropped.append("work")
            raise ValueError from None

    assert await unless(stop, work()) is None
    assert dropped == ["work"]


async def test_a_provider_does_not_get_to_end_the_program(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = released(workspace, write)

    async def leaves(_job: SendJob) -> Verdicts:
        raise SystemExit(3)

    provider.answers(leaves)
    await drain(desk)

    assert workspace.drafts.row(row.id).status == "deferred"
