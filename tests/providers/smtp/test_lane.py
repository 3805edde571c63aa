"""Two messages in one breath: the second begins with the end of the first."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.providers.smtp.conftest import (
    ANA,
    BEN,
    DEFERRED,
    EVE,
    REFUSED,
    SENT,
    SHORT,
    TURNS,
    UNKNOWN,
    ProviderAt,
    Serve,
    only,
    raw_server,
    slowly_committed,
    watched,
)
from tuimail.core.submission import VerdictKind, Verdicts
from tuimail.errors import WithdrawnError
from tuimail.providers.base import ConnectionLimits, SendJob
from tuimail.providers.smtp.limits import HELD_BYTES, StageLimits
from tuimail.providers.smtp.provider import SmtpProvider
from tuimail.testing import (
    PIPELINED,
    Act,
    Close,
    Hang,
    RecordedJob,
    Say,
    Script,
    ScriptedSmtpServer,
)

ONE = ConnectionLimits(connections=1)
IMPATIENT = StageLimits(final=SHORT, chained=SHORT, farewell=SHORT)


def pipelining(
    script: Script | None = None, delay: timedelta = timedelta(0)
) -> ScriptedSmtpServer:
    return ScriptedSmtpServer(script, extensions=PIPELINED, delay=delay)


async def submitted(provider: SmtpProvider, *jobs: SendJob) -> list[Verdicts]:
    return await asyncio.gather(*map(provider.submit, jobs))


async def talk_in_one_breath(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Answer for the first message when the second has begun, and not before."""
    await reader.readuntil(b"DATA\r\n")
    writer.write(b"250 m\r\n250 r\r\n354 go\r\n")
    await reader.readuntil(b"\r\n.\r\n")
    await reader.readuntil(b"DATA\r\n")
    writer.write(b"250 taken\r\n250 m\r\n250 r\r\n354 go\r\n")
    await reader.readuntil(b"\r\n.\r\n")
    writer.write(b"250 taken too\r\n")
    await reader.readuntil(b"QUIT\r\n")


async def test_the_next_envelope_leaves_with_the_final_dot(
    provider_at: ProviderAt,
) -> None:
    async with raw_server(talk_in_one_breath) as server:
        provider = provider_at(server, keeps=ONE)
        first, second = await submitted(
            provider, RecordedJob(ANA).job, RecordedJob(BEN).job
        )
        await provider.close()

    assert only(first).receipt.text == "taken"
    assert only(second).receipt.text == "taken too"
    assert server.connections == 1


async def test_one_that_comes_while_an_answer_is_awaited_begins_at_once(
    provider_at: ProviderAt,
) -> None:
    first, is_written = watched(RecordedJob(ANA), "dot.written")
    async with raw_server(talk_in_one_breath) as server:
        provider = provider_at(server, keeps=ONE)
        sending = asyncio.create_task(provider.submit(first))
        await is_written.wait()
        second = await provider.submit(RecordedJob(BEN).job)

    assert only(await sending).kind is SENT
    assert only(second).kind is SENT


async def test_an_answer_is_handed_out_before_the_next_one_passes_its_point(
    provider_at: ProviderAt,
) -> None:
    """Killed in between, the sender leaves one message unknown, and not two."""
    events: list[str] = []

    async def sent(name: str) -> None:
        async def point(handle: str = "") -> None:
            events.append(f"{name} passes")

        job = replace(RecordedJob(ANA).job, point_of_no_return=point)
        await provider.submit(job)
        events.append(f"{name} is answered")

    async with raw_server(talk_in_one_breath) as server:
        provider = provider_at(server, keeps=ONE)
        await asyncio.gather(sent("first"), sent("second"))

    assert events == [
        "first passes",
        "first is answered",
        "second passes",
        "second is answered",
    ]


async def test_without_pipelining_the_next_one_waits_for_the_answer(
    provider_at: ProviderAt,
) -> None:
    beyond: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            for reply in (b"250 m\r\n", b"250 r\r\n", b"354 go\r\n"):
                await reader.readuntil(b"\r\n")
                writer.write(reply)
            await reader.readuntil(b"\r\n.\r\n")
            for _ in range(TURNS):
                await asyncio.sleep(0)
            reader.feed_data(b"#")
            beyond.append(await reader.readuntil(b"#"))
            writer.write(b"250 ok\r\n")

    async with raw_server(talk, offers=b"250 plain\r\n") as server:
        verdicts = await submitted(
            provider_at(server, keeps=ONE), RecordedJob(ANA).job, RecordedJob(BEN).job
        )

    assert [only(one).kind for one in verdicts] == [SENT, SENT]
    assert beyond == [b"#", b"#"]


FIRST: list[tuple[Act | Sequence[Act], VerdictKind, int]] = [
    (Say("250 2.0.0 ok"), SENT, 1),
    (Say("451 4.3.0 later"), DEFERRED, 1),
    (Say("554 5.7.1 never"), REFUSED, 1),
    ((Say("421 4.3.2 closing"), Close()), DEFERRED, 2),
    (Say("421 4.3.2 closing"), DEFERRED, 2),
    (Close(), UNKNOWN, 2),
    (Close(hard=True), UNKNOWN, 2),
    (Hang(), UNKNOWN, 2),
    (Say("rubbish"), UNKNOWN, 2),
    (Say("354 go on"), UNKNOWN, 2),
    ((Say("250 2.0.0 ok"), Close()), SENT, 2),
    (Say("250 2.0.0 ok\r\n250 and more"), SENT, 2),
    (Say("554 5.7.1 never\r\n250 and more"), REFUSED, 2),
]


@pytest.mark.parametrize(("act", "kind", "connections"), FIRST)
async def test_whatever_becomes_of_the_first_the_second_is_sent_once(
    provider_at: ProviderAt,
    act: Act | Sequence[Act],
    kind: VerdictKind,
    connections: int,
) -> None:
    """Nothing of it was offered, so that it may go through another connection."""
    second = RecordedJob(BEN, content=b"A: second\r\n")
    async with pipelining({"end-of-data:1": act}) as server:
        provider = provider_at(server, keeps=ONE, limits=IMPATIENT)
        verdicts = await submitted(provider, RecordedJob(ANA).job, second.job)
        await provider.close()

    assert [only(one).kind for one in verdicts] == [kind, SENT]
    assert server.copies()[second.content, BEN] == 1
    assert second.events.count("point") == 1
    assert server.connections == connections


SECOND: list[tuple[Script, VerdictKind, int]] = [
    ({"mail:2": Say("550 5.7.1 no")}, REFUSED, 1),
    ({"mail:2": Say("451 4.3.0 later")}, DEFERRED, 1),
    ({"mail:2": (Say("421 4.3.2 closing"), Close())}, SENT, 2),
    ({"mail:2": Close()}, SENT, 2),
    ({"mail:2": Say("250 ok\r\n250 and more")}, SENT, 2),
    ({"mail:2": Say("rubbish")}, SENT, 2),
    ({"mail:2": Close(), "mail:3": Close()}, DEFERRED, 2),
    ({"mail:2": Close(), "mail:3": Say("550 5.7.1 no")}, REFUSED, 2),
    ({"mail:2": Close(), "connect:2": Close()}, DEFERRED, 2),
    ({"data:2": Close()}, SENT, 2),
    ({"data:2": Say("554 5.6.0 no")}, REFUSED, 1),
    ({"mail:2": Say("530 5.7.0 log in")}, SENT, 2),
    ({"end-of-data:2": Say("554 5.6.0 no")}, REFUSED, 1),
    ({"end-of-data:2": Close()}, UNKNOWN, 1),
    ({"after-end-of-data:2": Close()}, UNKNOWN, 1),
]


@pytest.mark.parametrize(("script", "kind", "connections"), SECOND)
async def test_whatever_becomes_of_the_second_the_first_is_sent(
    provider_at: ProviderAt, script: Script, kind: VerdictKind, connections: int
) -> None:
    second = RecordedJob(BEN, content=b"A: second\r\n")
    async with pipelining(script) as server:
        provider = provider_at(server, keeps=ONE)
        verdicts = await submitted(provider, RecordedJob(ANA).job, second.job)
        await provider.close()

    assert [only(one).kind for one in verdicts] == [SENT, kind]
    assert server.copies()[second.content, BEN] <= 1
    assert (server.copies()[second.content, BEN] == 1) >= (kind is SENT)
    assert server.connections == connections


@pytest.mark.parametrize(
    ("reply", "kind"), [("550 5.7.1 no", REFUSED), ("451 4.3.0 later", DEFERRED)]
)
async def test_a_second_one_whose_sender_is_refused_is_not_handed_over(
    provider_at: ProviderAt, reply: str, kind: VerdictKind
) -> None:
    second = RecordedJob(BEN)
    script: Script = {
        "mail:2": Say(reply), "rcpt:1": Say("250 taken"), "data:2": Say("354 go"),
    }  # fmt: skip
    async with pipelining(script) as server:
        provider = provider_at(server, keeps=ONE)
        jobs = RecordedJob(ANA).job, second.job, RecordedJob(EVE).job
        verdicts = await submitted(provider, *jobs)
        await provider.close()

    assert [only(one).kind for one in verdicts] == [SENT, kind, SENT]
    assert [one.recipients for one in server.deliveries] == [(ANA,), (EVE,)]
    assert "point" not in second.events


async def test_a_second_one_is_sent_once_behind_a_first_whose_sender_is_refused(
    provider_at: ProviderAt,
) -> None:
    second = RecordedJob(BEN)
    script: Script = {
        "mail:1": Say("451 later"), "rcpt:1": Say("250 taken"), "data:1": Say("354 go"),
    }  # fmt: skip
    async with pipelining(script) as server:
        provider = provider_at(server, keeps=ONE)
        verdicts = await submitted(provider, RecordedJob(ANA).job, second.job)
        await provider.close()

    assert [only(one).kind for one in verdicts] == [DEFERRED, SENT]
    assert [one.recipients for one in server.deliveries] == [(BEN,)]
    assert second.events.count("point") == 1


async def test_a_second_one_that_is_withdrawn_ends_the_connection_and_no_more(
    provider_at: ProviderAt,
) -> None:
    second = RecordedJob(BEN, at_the_point=WithdrawnError("withdrawn"))
    async with pipelining() as server:
        provider = provider_at(server, keeps=ONE)
        sending = [
            asyncio.create_task(provider.submit(job))
            for job in (RecordedJob(ANA).job, second.job, RecordedJob(EVE).job)
        ]
        with pytest.raises(WithdrawnError):
            await sending[1]

        assert only(await sending[0]).kind is SENT
        assert only(await sending[2]).kind is SENT
        assert sorted(address for _, address in server.copies()) == [ANA, EVE]
        assert server.connections == 2


async def test_a_second_one_that_is_given_up_takes_nothing_from_the_first(
    provider_at: ProviderAt,
) -> None:
    """Its DATA may have left already, so that the connection is of no more use."""
    first, is_written = watched(RecordedJob(ANA), "dot.written")
    second = RecordedJob(BEN)
    async with pipelining(delay=timedelta(milliseconds=20)) as server:
        provider = provider_at(server, keeps=ONE)
        sending = asyncio.create_task(provider.submit(first))
        given_up = asyncio.create_task(provider.submit(second.job))
        await is_written.wait()
        given_up.cancel()
        verdict = only(await sending)
        third = only(await provider.submit(RecordedJob(EVE).job))
        await provider.close()

    assert given_up.cancelled()
    assert verdict.kind is SENT
    assert third.kind is SENT
    assert "point" not in second.events
    assert sorted(address for _, address in server.copies()) == [ANA, EVE]
    assert server.connections == 2


async def test_a_first_one_that_is_given_up_takes_nothing_from_the_second(
    provider_at: ProviderAt,
) -> None:
    first, is_written = watched(RecordedJob(ANA), "dot.written")
    async with pipelining({"end-of-data:1": Hang()}) as server:
        provider = provider_at(server, keeps=ONE)
        given_up = asyncio.create_task(provider.submit(first))
        sending = asyncio.create_task(provider.submit(RecordedJob(BEN).job))
        await is_written.wait()
        given_up.cancel()
        verdict = only(await sending)

    assert given_up.cancelled()
    assert verdict.kind is SENT
    assert [address for _, address in server.copies()] == [BEN]


async def test_nobody_waits_for_ever_behind_a_slow_answer(
    provider_at: ProviderAt,
) -> None:
    limits = StageLimits(chained=SHORT, farewell=SHORT)
    first, is_written = watched(RecordedJob(ANA), "dot.written")
    second, third = RecordedJob(BEN), RecordedJob(EVE)
    script: Script = {"end-of-data:1": Hang()}
    async with pipelining(script) as server:
        provider = provider_at(
            server, keeps=ConnectionLimits(connections=2), limits=limits
        )
        slow = asyncio.create_task(provider.submit(first))
        await is_written.wait()
        verdicts = await submitted(provider, second.job, third.job)
        slow.cancel()

    assert [only(one).kind for one in verdicts] == [SENT, SENT]


async def test_one_that_waited_long_enough_goes_elsewhere_when_it_can(
    provider_at: ProviderAt,
) -> None:
    """The first is answered for late, and the second is not sent behind it."""
    late = StageLimits(chained=SHORT, farewell=SHORT)
    second = RecordedJob(BEN)
    answer = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"DATA\r\n")
        writer.write(b"250 m\r\n250 r\r\n354 go\r\n")
        await reader.readuntil(b"\r\n.\r\n")
        if server.connections == 1:
            await reader.readuntil(b"DATA\r\n")
            await answer.wait()
            writer.write(b"250 m\r\n250 m\r\n250 r\r\n354 go\r\n")
            await reader.read()
        writer.write(b"250 taken\r\n")
        await reader.readuntil(b"QUIT\r\n")

    async with raw_server(talk) as server:
        provider = provider_at(server, keeps=ONE, limits=late)
        sending = asyncio.create_task(provider.submit(RecordedJob(ANA).job))
        other = asyncio.create_task(provider.submit(second.job))
        await asyncio.wait([sending, other], timeout=3 * SHORT.total_seconds())
        answer.set()
        verdicts = await asyncio.gather(sending, other)
        await provider.close()

    assert [only(one).kind for one in verdicts] == [SENT, SENT]
    assert server.connections == 2


async def test_a_server_that_loses_what_follows_a_dot_is_not_asked_to_for_ever(
    provider_at: ProviderAt,
) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await reader.readuntil(b"DATA\r\n")
            writer.write(b"250 m\r\n250 r\r\n354 go\r\n")
            await reader.readuntil(b"\r\n.\r\n")
            for _ in range(TURNS):
                await asyncio.sleep(0)
            reader.feed_data(b"#")
            await reader.readuntil(b"#")
            writer.write(b"250 taken\r\n")

    async with raw_server(talk) as server:
        provider = provider_at(server, keeps=ONE, limits=IMPATIENT)
        jobs = [RecordedJob(f"r{number}@example.net").job for number in range(12)]
        verdicts = await submitted(provider, *jobs)

    assert {only(one).kind for one in verdicts} == {SENT}
    assert server.connections == 4


async def test_a_short_second_one_leaves_in_one_write(provider_at: ProviderAt) -> None:
    writes: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"DATA\r\n")
        writer.write(b"250 m\r\n250 r\r\n354 go\r\n")
        await reader.readuntil(b"\r\n.\r\n")
        await reader.readuntil(b"DATA\r\n")
        writer.write(b"250 taken\r\n250 m\r\n250 r\r\n354 go\r\n")
        writes.append(await reader.read(100_000))
        writer.write(b"250 taken too\r\n")

    second = RecordedJob(BEN, content=b"A: b\r\n")
    async with raw_server(talk) as server:
        provider = provider_at(server, keeps=ONE)
        jobs = RecordedJob(ANA).job, slowly_committed(second.job)
        verdicts = await submitted(provider, *jobs)

    assert only(verdicts[1]).kind is SENT
    assert writes == [b"A: b\r\n.\r\n"]
    assert second.events.index("mid_body") < second.events.index("point")


@pytest.mark.parametrize("extra", [-2000, 2000, 200_000])
async def test_the_content_of_a_second_one_arrives_whole(
    provider_at: ProviderAt, extra: int
) -> None:
    """What is short leaves in one write with what comes next, the rest before."""
    content = b"A: b\r\n\r\n" + b".\r\n" * ((HELD_BYTES + extra) // 3)
    recorded = [
        RecordedJob(one, content=content, piece_bytes=5000) for one in (ANA, BEN, EVE)
    ]
    async with pipelining() as server:
        provider = provider_at(server, keeps=ONE)
        verdicts = await submitted(provider, *(one.job for one in recorded))
        await provider.close()

    assert [only(one).kind for one in verdicts] == [SENT, SENT, SENT]
    assert server.copies() == {(content, one): 1 for one in (ANA, BEN, EVE)}


async def test_a_refusal_in_the_middle_of_the_second_is_heard(
    provider_at: ProviderAt,
) -> None:
    content = b"A: b\r\n\r\n" + b"x\r\n" * 3_000_000
    second = RecordedJob(BEN, content=content, piece_bytes=65536)
    script: Script = {"mid-data:2": (Say("552 5.3.4 too big"), Close())}
    async with pipelining(script) as server:
        provider = provider_at(server, keeps=ONE)
        verdicts = await submitted(provider, RecordedJob(ANA).job, second.job)

    assert [only(one).kind for one in verdicts] == [SENT, REFUSED]
    assert only(verdicts[1]).receipt.text == "5.3.4 too big"


async def test_what_cannot_be_said_does_not_hold_up_the_others(
    provider_at: ProviderAt,
) -> None:
    unsayable = RecordedJob("ana\r\n@example.net").job
    too_big = replace(RecordedJob(BEN).job, size_bytes=10**9)
    jobs = [RecordedJob(ANA).job, unsayable, too_big, RecordedJob(EVE).job]
    async with pipelining() as server:
        provider = provider_at(server, keeps=ONE)
        ends = await asyncio.gather(*map(provider.submit, jobs), return_exceptions=True)
        await provider.close()

    assert isinstance(ends[1], ValueError)
    kinds = [only(one).kind for one in ends if isinstance(one, Verdicts)]
    assert kinds == [SENT, REFUSED, SENT]
    assert len(server.dialogues) == 1


@pytest.mark.parametrize("stage", ["mail", "rcpt:1", "data", "end-of-data"])
async def test_a_refusal_leaves_the_connection_to_the_next(
    serve: Serve, provider_at: ProviderAt, stage: str
) -> None:
    async with serve({stage: Say("554 5.7.1 no")}) as server:
        provider = provider_at(server, keeps=ONE)
        refused = await provider.submit(RecordedJob(ANA).job)
        server.script.clear()
        sent = await provider.submit(RecordedJob(BEN).job)
        await provider.close()

    assert only(refused).kind is REFUSED
    assert only(sent).kind is SENT
    assert server.connections == 1


async def test_a_reset_that_is_not_answered_ends_the_connection(
    provider_at: ProviderAt,
) -> None:
    script: Script = {"mail:1": Say("550 5.7.1 no"), "rset": Say("500 what?")}
    async with ScriptedSmtpServer(script) as server:
        provider = provider_at(server, keeps=ONE)
        refused = await provider.submit(RecordedJob(ANA).job)
        sent = await provider.submit(RecordedJob(BEN).job)

    assert only(refused).kind is REFUSED
    assert only(sent).kind is SENT
    assert server.connections == 2
