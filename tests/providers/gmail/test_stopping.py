"""Whoever is cancelled or closed sends nothing later."""

import asyncio
import gc
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest

from tests.providers.gmail.fake_gmail import FakeGmail, gmail_at
from tests.providers.gmail.test_provider import (
    ANA,
    CONTENT,
    DEFERRED,
    SENT,
    a_job,
    kinds,
    provider_at,
)
from tuimail.core.submission import Verdicts
from tuimail.providers.base import ConnectionLimits, ProviderAccount, SendJob
from tuimail.providers.gmail import client
from tuimail.providers.gmail.provider import GmailProvider
from tuimail.providers.gmail.transport import Http, Mail
from tuimail.testing import (
    Hang,
    Received,
    ScriptedHttpServer,
    Standstill,
    WebAct,
    standing_still_at_the_point,
)

TURNS = 50


@dataclass
class Scene:
    """A submission that stands still, and everything around it."""

    fake: FakeGmail
    server: ScriptedHttpServer
    provider: GmailProvider
    submitting: asyncio.Task[Verdicts]
    stop: Standstill

    @property
    def arrived(self) -> list[str]:
        return [one.method for one in self.server.requests]


def in_mid_body(job: SendJob) -> tuple[SendJob, Standstill]:
    """Return ``job``, which stands still before its last piece."""
    stop = Standstill()

    async def pieces() -> AsyncIterator[bytes]:
        yield CONTENT[:-4]
        await stop.wait()
        yield CONTENT[-4:]

    return replace(job, pieces=pieces), stop


STANDING = pytest.mark.parametrize(
    "standing", [in_mid_body, standing_still_at_the_point]
)


@asynccontextmanager
async def standing_still(job: SendJob, stop: Standstill) -> AsyncIterator[Scene]:
    fake = FakeGmail()
    async with gmail_at(fake) as server, asyncio.timeout(10):
        provider = provider_at(server.url)
        submitting = asyncio.create_task(provider.submit(job))
        await stop.is_reached.wait()
        yield Scene(fake, server, provider, submitting, stop)
        await provider.close()
        await turns()
        assert await asyncio.to_thread(ended_threads)


def ended_threads() -> bool:
    """Return whether all threads of providers end, as those do that are closed."""
    found = [one for one in threading.enumerate() if one.name.startswith("gmail")]
    for thread in found:
        thread.join(5)
    return not any(thread.is_alive() for thread in found)


async def turns() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)


@STANDING
async def test_who_is_cancelled_sends_nothing_later(standing: object) -> None:
    job, stop = standing(a_job().job)  # type: ignore[operator]  # a function
    async with standing_still(job, stop) as scene:
        scene.submitting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await scene.submitting
        stop.goes_on.set()
        await turns()

    assert scene.arrived == ["POST"]
    assert scene.fake.taken == []


async def test_nothing_is_said_about_the_error_that_ends_a_cancelled_mail() -> None:
    """Python complains about errors that nobody asks for, when they are forgotten."""
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _loop, context: complaints.append(context)
    )
    job, stop = in_mid_body(a_job().job)
    async with standing_still(job, stop) as scene:
        scene.submitting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await scene.submitting
    gc.collect()
    await turns()

    assert complaints == []


@STANDING
async def test_who_is_closed_sends_nothing_and_says_so(standing: object) -> None:
    job, stop = standing(a_job().job)  # type: ignore[operator]  # a function
    async with standing_still(job, stop) as scene:
        closing = asyncio.create_task(scene.provider.close())
        await turns()
        stop.goes_on.set()
        told, _ = await asyncio.gather(scene.submitting, closing)

    assert kinds(told) == [DEFERRED]
    assert "stopped" in told.by_recipient[0].receipt.text
    assert scene.arrived == ["POST"]
    assert scene.fake.taken == []


async def test_what_is_out_gets_its_answer_though_it_is_closed() -> None:
    stop = Standstill()

    def progress(stage: str) -> None:
        if stage == "dot.written":
            stop.is_reached.set()

    job = replace(a_job().job, progress=progress)
    async with standing_still(job, stop) as scene:
        closing = asyncio.create_task(scene.provider.close())
        told, _ = await asyncio.gather(scene.submitting, closing)

    assert kinds(told) == [SENT]
    assert len(scene.fake.taken) == 1


async def test_what_is_closed_begins_nothing() -> None:
    fake = FakeGmail()
    async with gmail_at(fake) as server:
        provider = provider_at(server.url)
        await provider.close()
        told = await provider.submit(a_job().job)

    assert kinds(told) == [DEFERRED]
    assert server.connections == 0


async def test_a_mail_that_waits_for_a_thread_can_be_cancelled() -> None:
    """There is one for each connection, and one more."""
    arrived: list[Received] = []
    both = asyncio.Event()

    def answer(received: Received) -> WebAct:
        arrived.append(received)
        if len(arrived) == 2:
            both.set()
        return Hang()

    async with ScriptedHttpServer(answer=answer) as server, asyncio.timeout(10):
        account = ProviderAccount(
            name="work",
            options={"url": server.url},
            secret=lambda: "the-token",
            limits=ConnectionLimits(connections=1),
        )
        provider = GmailProvider(account)
        tasks = [asyncio.create_task(provider.submit(a_job().job)) for _ in range(3)]
        await both.wait()
        tasks[-1].cancel()
        with pytest.raises(asyncio.CancelledError):
            await tasks[-1]
        await provider.close()
        told = await asyncio.gather(*tasks[:-1])

    assert [kinds(one) for one in told] == [[DEFERRED], [DEFERRED]]
    assert len(arrived) == 2


async def test_a_thread_that_begins_too_late_sends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It may have been at its imports when it was let go of."""
    is_there, goes_on = threading.Event(), threading.Event()
    send = client.send

    def late(http: Http, url: str, mail: Mail, *, thread: str = "") -> None:
        is_there.set()
        goes_on.wait(5)
        send(http, url, mail, thread=thread)

    monkeypatch.setattr(client, "send", late)
    async with gmail_at(FakeGmail()) as server, asyncio.timeout(10):
        provider = provider_at(server.url)
        submitting = asyncio.create_task(provider.submit(a_job(ANA).job))
        assert await asyncio.to_thread(is_there.wait, 5)
        submitting.cancel()
        await turns()
        goes_on.set()
        with pytest.raises(asyncio.CancelledError):
            await submitting
        await provider.close()

    assert server.connections == 0
