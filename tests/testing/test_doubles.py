"""The doubles that other tests rely on."""

from datetime import UTC, datetime, timedelta

import pytest

from tuimail.core.address import Address
from tuimail.core.draft import Draft
from tuimail.core.submission import AccountFault, VerdictKind, Verdicts
from tuimail.providers.base import SendJob
from tuimail.testing import (
    AfterThePoint,
    FakeClock,
    FakeProvider,
    RecordedJob,
    envelope_to,
    verdicts_for,
)

ANA, BEN = "ana@example.net", "ben@example.net"


def test_a_fake_clock_moves_only_when_told() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    clock = FakeClock(start)
    before = clock.now()
    clock.advance(timedelta(hours=1))

    assert (before, clock.now()) == (start, start + timedelta(hours=1))


async def test_a_fake_provider_sends_unless_told_otherwise() -> None:
    recorded = RecordedJob(ANA)
    provider = FakeProvider()
    verdicts = await provider.submit(recorded.job)

    assert verdicts == verdicts_for(recorded.job.envelope, VerdictKind.SENT)
    assert provider.jobs == [recorded.job]
    assert provider.contents == [recorded.content]


@pytest.mark.parametrize("kind", [VerdictKind.DEFERRED, VerdictKind.REFUSED])
async def test_what_is_not_sent_never_passes_the_point(kind: VerdictKind) -> None:
    recorded = RecordedJob(ANA)
    verdicts = await FakeProvider(answers=[kind]).submit(recorded.job)

    assert verdicts == verdicts_for(recorded.job.envelope, kind)
    assert recorded.events == []


@pytest.mark.parametrize("kind", [VerdictKind.QUEUED, VerdictKind.UNKNOWN])
async def test_what_may_be_sent_passes_the_point(kind: VerdictKind) -> None:
    recorded = RecordedJob(ANA)
    verdicts = await FakeProvider(answers=[kind]).submit(recorded.job)

    assert verdicts.by_recipient[0].kind is kind
    assert recorded.events[-1] == "point"


async def test_answers_come_in_their_order() -> None:
    job = RecordedJob(ANA, BEN).job
    some = verdicts_for(
        job.envelope, VerdictKind.SENT, other={BEN: VerdictKind.DEFERRED}
    )
    provider = FakeProvider(answers=[some, AccountFault.LOGIN])

    assert await provider.submit(job) == some
    assert (await provider.submit(job)).fault is AccountFault.LOGIN


async def test_an_error_comes_before_the_point() -> None:
    recorded = RecordedJob(ANA)
    with pytest.raises(KeyError):
        await FakeProvider(answers=[KeyError("x")]).submit(recorded.job)

    assert recorded.events == []


async def test_an_error_may_come_after_the_point() -> None:
    recorded = RecordedJob(ANA)
    with pytest.raises(KeyError):
        await FakeProvider(answers=[AfterThePoint(KeyError("x"))]).submit(recorded.job)

    assert recorded.events[-1] == "point"


async def test_a_function_answers_by_itself() -> None:
    async def nothing(job: SendJob) -> Verdicts:
        return Verdicts(fault=AccountFault.QUOTA)

    verdicts = await FakeProvider(answers=[nothing]).submit(RecordedJob(ANA).job)

    assert verdicts.fault is AccountFault.QUOTA


async def test_a_fake_provider_is_content_with_everything() -> None:
    provider = FakeProvider()
    sender = Address(local="ada", domain="example.org")
    provider.accept(Draft(sender=sender), envelope_to(ANA))
    await provider.close()

    assert (await provider.check()).ok
    assert provider.is_closed
