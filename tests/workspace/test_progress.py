"""How far attempts are: told to whoever watches, and forgotten afterwards."""

import asyncio
from collections.abc import Callable

from tests.workspace.conftest import Desk, Script
from tuimail.core.submission import VerdictKind, Verdicts
from tuimail.providers.base import Capabilities, LookUp, SendJob
from tuimail.testing import verdicts_for
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.progress import BEGUN, Progress, Watch
from tuimail.workspace.sender import Sender
from tuimail.workspace.sending import SenderThread
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]


class Ticks:
    def __init__(self) -> None:
        self.seconds = 50.0

    def __call__(self) -> float:
        return self.seconds


def test_stages_bytes_and_seconds_are_told() -> None:
    ticks = Ticks()
    watch = Watch(ticks)

    watch.begin("d1", 40_000_000)
    begun = watch.under_way["d1"]
    for seconds, stage in ((1, "connected"), (2, "rcpt"), (1, "data354")):
        ticks.seconds += seconds
        watch.reach("d1", stage)
    watch.hand("d1", 6_000_000)
    ticks.seconds += 3
    watch.reach("d1", "mid_body")
    watch.hand("d1", 6_000_000)
    ticks.seconds += 3
    watch.reach("d1", "mid_body")
    now = watch.under_way["d1"]

    assert begun == Progress(stage=BEGUN, size_bytes=40_000_000)
    assert begun.bytes_per_second == 0
    assert (now.stage, now.handed_bytes) == ("mid_body", 12_000_000)
    assert (now.stage_seconds, now.content_seconds) == (3, 6)
    assert now.bytes_per_second == 2_000_000


def test_what_is_over_or_was_never_begun_is_not_told() -> None:
    watch = Watch()

    watch.reach("d1", "mail")
    watch.hand("d1", 5)
    watch.begin("d2", 5)
    watch.end("d2")
    watch.end("d2")

    assert watch.under_way == {}


def test_what_providers_said_is_kept_until_they_are_asked_again() -> None:
    watch = Watch()

    watch.say("d1", "It does not tell.")
    said = watch.said
    watch.forget("d1")
    watch.forget("d1")

    assert said == {"d1": "It does not tell."}
    assert watch.said == {}


async def test_a_sender_tells_how_far_its_attempts_are(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    watch, seen = Watch(), []

    async def looks(job: SendJob) -> Verdicts:
        job.progress("mail")
        async for _ in job.pieces():
            """All of it is taken."""
        seen.append(dict(watch.under_way))
        await job.point_of_no_return()
        return verdicts_for(job.envelope, VerdictKind.SENT)

    provider.answers(looks)
    row = workspace.outbox.send(write().id, revision=1)
    async with Bridge(desk.open) as bridge:
        await Sender(bridge, watch=watch).drain()

    ((told),) = seen
    assert told[row.id].stage == "mail"
    assert told[row.id].handed_bytes == told[row.id].size_bytes > 0
    assert watch.under_way == {}


async def test_a_provider_is_asked_again_when_a_person_wants_it(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    """Its own record may tell what became of mail, and mostly tells nothing."""
    asked: list[LookUp] = []

    async def look_up(_self: object, question: LookUp) -> Verdicts:
        asked.append(question)
        if len(asked) > 1:
            raise ConnectionError
        return Verdicts()

    provider.kind.look_up = look_up  # type: ignore[attr-defined]
    provider.kind.capabilities = Capabilities(can_look_up=True)
    provider.answers(VerdictKind.UNKNOWN)
    row = workspace.outbox.send(write().id, revision=1)
    watch, stop = Watch(), asyncio.Event()

    async with Bridge(desk.open) as bridge:
        sender = Sender(bridge, watch=watch)
        await sender.drain()
        running = asyncio.create_task(Sender(bridge, watch=watch).run(stop))
        await _until(lambda: len(asked) == 1)
        stop.set()
        await running
        first = watch.said.get(row.id)
        again, stop = Sender(bridge, watch=watch), asyncio.Event()
        running = asyncio.create_task(again.run(stop))
        await _until(lambda: len(asked) == 2)
        again.inquire()
        await _until(lambda: len(asked) == 3)
        stop.set()
        await running

    assert "inquire" in workspace.drafts.row(row.id).actions
    assert first == "The provider was asked: its record does not tell."
    assert watch.said[row.id] == "The provider could not be asked this time."


def test_a_thread_that_does_not_send_asks_nobody(desk: Desk) -> None:
    assert not SenderThread(desk.open).inquire("d1")


async def test_the_thread_that_sends_asks_at_once(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    thread = SenderThread(desk.open)
    thread.watch.say("d1", "It does not tell.")

    thread.start()
    await _until(lambda: thread.state == "here" and thread.inquire("d1"))
    said = thread.watch.said
    thread.stop()

    assert said == {}


async def _until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - in another thread
            await asyncio.sleep(0.005)
