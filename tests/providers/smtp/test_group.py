"""An envelope that leaves as one group, and answers that may not fit it."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from tests.providers.smtp.conftest import (
    ANA,
    BEN,
    DEFERRED,
    EVE,
    QUICK,
    REFUSED,
    SENT,
    SHORT,
    TURNS,
    ProviderAt,
    kinds,
    only,
    raw_server,
)
from tuimail.core.status import SLOW_DOWN_WAIT
from tuimail.core.submission import AT_ONCE, AccountFault, VerdictKind
from tuimail.providers.smtp.group import WINDOW
from tuimail.providers.smtp.limits import StageLimits
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


def pipelining(
    script: Script | None = None, *, max_recipients: int | None = None
) -> ScriptedSmtpServer:
    return ScriptedSmtpServer(
        script, extensions=PIPELINED, max_recipients=max_recipients
    )


def addresses(number: int) -> list[str]:
    return [f"r{one}@example.net" for one in range(number)]


async def test_the_whole_envelope_leaves_before_anything_is_answered(
    provider_at: ProviderAt,
) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        envelope = await reader.readuntil(b"DATA\r\n")
        assert envelope.count(b"\r\n") == 4
        writer.write(b"250 m\r\n250 r\r\n250 r\r\n354 go\r\n")
        await reader.readuntil(b"\r\n.\r\n")
        writer.write(b"250 ok\r\n")
        await reader.readuntil(b"QUIT\r\n")

    async with raw_server(talk) as server:
        verdicts = await provider_at(server).submit(RecordedJob(ANA, BEN).job)

    assert kinds(verdicts) == {ANA: SENT, BEN: SENT}


async def test_where_it_is_not_offered_each_command_waits_for_its_answer(
    provider_at: ProviderAt,
) -> None:
    together: list[int] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for reply in (b"250 m", b"250 r", b"250 r", b"354 go"):
            octets = await reader.read(1000)
            together.append(octets.count(b"\r\n"))
            for _ in range(TURNS):
                await asyncio.sleep(0)
            writer.write(reply + b"\r\n")
        await reader.readuntil(b"\r\n.\r\n")
        writer.write(b"250 ok\r\n")

    async with raw_server(talk, offers=b"250 plain\r\n") as server:
        verdicts = await provider_at(server).submit(RecordedJob(ANA, BEN).job)

    assert kinds(verdicts) == {ANA: SENT, BEN: SENT}
    assert together == [1, 1, 1, 1]


async def test_a_thousand_recipients_get_one_copy_each(provider_at: ProviderAt) -> None:
    everybody = addresses(1000)
    recorded = RecordedJob(*everybody)
    async with pipelining() as server:
        verdicts = await provider_at(server).submit(recorded.job)

    assert kinds(verdicts) == dict.fromkeys(everybody, SENT)
    assert server.copies() == {(recorded.content, one): 1 for one in everybody}


async def test_only_so_many_commands_wait_for_their_answers(
    provider_at: ProviderAt,
) -> None:
    waiting: list[int] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer only when nothing more comes, like a server far away."""
        unanswered = b""
        while not unanswered.endswith(b"DATA\r\n"):
            unanswered = await reader.read(1000)
            for _ in range(TURNS):
                await asyncio.sleep(0)
            unanswered += await reader.read(100_000)
            waiting.append(unanswered.count(b"\r\n"))
            is_last = unanswered.endswith(b"DATA\r\n")
            positive = waiting[-1] - is_last
            writer.write(b"250 ok\r\n" * positive + b"354 go\r\n" * is_last)
        await reader.readuntil(b"\r\n.\r\n")
        writer.write(b"250 ok\r\n")

    async with raw_server(talk) as server:
        verdicts = await provider_at(server).submit(RecordedJob(*addresses(450)).job)

    assert set(kinds(verdicts).values()) == {SENT}
    assert sum(waiting) == 452
    assert max(waiting) <= WINDOW


async def test_the_hundred_and_first_recipient_follows_in_another_transaction(
    provider_at: ProviderAt,
) -> None:
    everybody = addresses(1000)
    async with pipelining(max_recipients=100) as server:
        verdicts = await provider_at(server).submit(RecordedJob(*everybody).job)

    assert [one.kind for one in verdicts.by_recipient] == [SENT] * 100 + [
        DEFERRED
    ] * 900
    assert {one.wait for one in verdicts.by_recipient[100:]} == {AT_ONCE}
    assert server.verbs.count("RCPT") < 300


async def test_whoever_is_taken_after_a_crowded_one_gets_the_mail(
    provider_at: ProviderAt,
) -> None:
    async with pipelining({"rcpt:2": Say("452 4.5.3 too many")}) as server:
        verdicts = await provider_at(server).submit(RecordedJob(ANA, BEN, EVE).job)

    assert kinds(verdicts) == {ANA: SENT, BEN: DEFERRED, EVE: SENT}
    assert verdicts.by_recipient[1].wait == AT_ONCE


OK, NO = "250 ok", "550 5.1.1 no such user"


@pytest.mark.parametrize(
    "script",
    [
        {"mail": f"{OK}\r\n{OK}"},
        {"mail": f"{OK}\r\n{OK}", "rcpt:1": NO},
        {"mail": f"{OK}\r\n{OK}", "rcpt:2": NO},
        {"mail": f"{OK}\r\n{OK}", "rcpt:1": NO, "rcpt:2": NO},
        {"mail": f"{OK}\r\n{NO}"},
        {"mail": f"{OK}\r\n{NO}", "rcpt:1": NO, "rcpt:2": NO},
        {"mail": f"{OK}\r\n530 5.7.0 log in", "rcpt:1": NO, "rcpt:2": NO},
        {"mail": f"{NO}\r\n{NO}"},
        {"mail": f"{NO}\r\n{OK}"},
        {"mail": f"{OK}\r\n{OK}\r\n{OK}", "rcpt:2": NO},
        {"mail": "354 go on"},
        {"rcpt:1": f"{NO}\r\n{NO}", "rcpt:2": NO},
        {"rcpt:1": f"{NO}\r\n{OK}"},
        {"rcpt:1": "354 go on"},
        {"rcpt:2": f"{NO}\r\n{NO}"},
        {"rcpt:2": f"{OK}\r\n421 4.4.2 closing"},
        {"rcpt:2": f"{OK}\r\n354 go"},
        {"data": OK},
        {"data": f"354 go\r\n{NO}"},
        {"data": "554 5.5.1 no\r\n554 5.5.1 no"},
        {"rcpt:1": NO, "rcpt:2": NO, "rset": Say("500 what?")},
        {"rcpt:1": NO, "rcpt:2": NO, "rset": Close()},
        {"rcpt:1": NO, "rcpt:2": NO, "rset": Hang()},
        {"mail": NO, "rset": Close()},
        {"rcpt:1": NO, "data": Close()},
    ],
)
async def test_answers_that_do_not_fit_refuse_nobody(
    provider_at: ProviderAt, script: dict[str, str | Act]
) -> None:
    """One reply too many makes each answer that of the command before."""
    acts: dict[str, Act | Sequence[Act]] = {
        stage: Say(act) if isinstance(act, str) else act
        for stage, act in script.items()
    }
    recorded = RecordedJob(ANA, BEN)
    async with pipelining(acts) as server:
        verdicts = await provider_at(server, limits=QUICK).submit(recorded.job)

    assert verdicts.fault is None
    assert kinds(verdicts) == {ANA: DEFERRED, BEN: DEFERRED}
    assert server.copies() == {}
    assert "dot.written" not in recorded.events
    assert "QUIT" not in server.verbs


@pytest.mark.parametrize("code", ["550 5.7.1 not from you", "451 4.3.0 later"])
async def test_a_refused_sender_is_made_sure_of(
    provider_at: ProviderAt, code: str
) -> None:
    async with pipelining({"mail": Say(code)}) as server:
        verdicts = await provider_at(server).submit(RecordedJob(ANA, BEN).job)

    kind = REFUSED if code.startswith("5") else DEFERRED
    assert kinds(verdicts) == {ANA: kind, BEN: kind}
    assert verdicts.by_recipient[0].receipt.stage == "mail"
    assert server.verbs == ["EHLO", "MAIL", "RCPT", "RCPT", "DATA", "RSET"]


async def test_content_that_nobody_gets_is_a_lone_dot(provider_at: ProviderAt) -> None:
    """RFC 2920 §3.1: a server may want the content though it took nobody."""
    script = {"rcpt:1": Say(NO), "data:1": Say("354 go")}
    recorded = RecordedJob(ANA)
    async with pipelining(script) as server:
        provider = provider_at(server)
        first = await provider.submit(recorded.job)
        server.script.clear()
        second = await provider.submit(RecordedJob(BEN).job)
        await provider.close()

    assert only(first).kind is REFUSED
    assert only(first).is_bad_address
    assert "point" not in recorded.events
    assert server.deliveries[0].wire == b""
    assert server.deliveries[0].recipients == ()
    assert only(second).kind is SENT


TAKEN = {"rcpt:1": Say("250 taken"), "rcpt:2": Say("250 taken"), "data": Say("354 go")}
"""What a server says that forgets at once that it refused MAIL."""


@pytest.mark.parametrize(
    ("reply", "kind"), [("550 5.7.1 not from you", REFUSED), ("451 later", DEFERRED)]
)
@pytest.mark.parametrize(
    "others", [{}, {"rcpt:1": Say(NO)}, {"rcpt:2": Say("452 4.5.3 too many")}]
)
async def test_whoever_is_taken_behind_a_refused_sender_gets_nothing(
    provider_at: ProviderAt, reply: str, kind: VerdictKind, others: dict[str, Say]
) -> None:
    """A lone dot would be an empty message to those whom the server took."""
    recorded = RecordedJob(ANA, BEN)
    async with pipelining(TAKEN | {"mail": Say(reply)} | others) as server:
        provider = provider_at(server)
        verdicts = await provider.submit(recorded.job)
        server.script.clear()
        after = await provider.submit(RecordedJob(EVE).job)
        await provider.close()

    assert kinds(verdicts) == {ANA: kind, BEN: kind}
    assert {one.receipt.stage for one in verdicts.by_recipient} == {"mail"}
    assert "point" not in recorded.events
    assert only(after).kind is SENT
    assert [one.recipients for one in server.deliveries] == [(EVE,)]
    assert server.connections == 2


async def test_a_refused_sender_is_not_believed_with_one_reply_too_many(
    provider_at: ProviderAt,
) -> None:
    script = TAKEN | {"mail": Say(NO), "data": Say("354 go\r\n250 ok")}
    async with pipelining(script) as server:
        verdicts = await provider_at(server).submit(RecordedJob(ANA, BEN).job)

    assert kinds(verdicts) == {ANA: DEFERRED, BEN: DEFERRED}
    assert server.deliveries == []


async def test_a_login_wanted_for_a_sender_holds_the_account_whoever_is_taken(
    provider_at: ProviderAt,
) -> None:
    async with pipelining(TAKEN | {"mail": Say("530 5.7.0 log in")}) as server:
        verdicts = await provider_at(server).submit(RecordedJob(ANA, BEN).job)

    assert verdicts.fault is AccountFault.LOGIN
    assert verdicts.by_recipient == ()
    assert server.deliveries == []


@pytest.mark.parametrize("reply", ["550 5.7.1 not from you", "451 later"])
async def test_behind_a_refused_sender_with_nobody_taken_comes_a_lone_dot(
    provider_at: ProviderAt, reply: str
) -> None:
    script = {"mail": Say(reply), "data": Say("354 go")}
    async with pipelining(script) as server:
        provider = provider_at(server)
        verdict = only(await provider.submit(RecordedJob(ANA).job))
        await provider.close()

    assert verdict.receipt.stage == "mail"
    assert [(one.recipients, one.wire) for one in server.deliveries] == [((), b"")]
    assert server.verbs[-1] == "QUIT"


async def test_a_lone_dot_that_ends_nothing_ends_the_connection(
    provider_at: ProviderAt,
) -> None:
    script = {
        "mail:1": Say(NO), "data:1": Say("354 go"), "end-of-data:1": Say("354 go on"),
    }  # fmt: skip
    async with pipelining(script) as server:
        provider = provider_at(server)
        refused = await provider.submit(RecordedJob(ANA).job)
        sent = await provider.submit(RecordedJob(BEN).job)
        await provider.close()

    assert only(refused).kind is REFUSED
    assert only(sent).kind is SENT
    assert server.connections == 2


@pytest.mark.parametrize(
    "act", [Close(), Hang(), Say("554 5.5.1 nobody"), Say("421 closing")]
)
async def test_what_is_said_to_a_lone_dot_changes_nothing(
    provider_at: ProviderAt, act: Act
) -> None:
    script: dict[str, Act | Sequence[Act]] = {
        "rcpt:1": Say(NO), "data": Say("354 go"), "end-of-data": act,
    }  # fmt: skip
    async with pipelining(script) as server:
        provider = provider_at(server, limits=StageLimits(farewell=SHORT))
        verdict = only(await provider.submit(RecordedJob(ANA).job))
        await provider.close()

    assert verdict.kind is REFUSED
    assert server.copies() == {}


@pytest.mark.parametrize("stage", ["mail", "rcpt:1", "rcpt:2", "data"])
async def test_421_defers_everybody_in_its_own_words(
    provider_at: ProviderAt, stage: str
) -> None:
    script = {"rcpt:1": Say(NO), stage: Say("421 4.4.2 closing")}
    async with pipelining(script) as server:
        verdicts = await provider_at(server).submit(RecordedJob(ANA, BEN).job)

    assert kinds(verdicts) == {ANA: DEFERRED, BEN: DEFERRED}
    assert verdicts.by_recipient[1].receipt.text == "4.4.2 closing"
    assert verdicts.by_recipient[1].receipt.stage == stage.partition(":")[0]
    assert server.copies() == {}


@pytest.mark.parametrize("stage", ["mail", "rcpt:1", "data", "end-of-data"])
async def test_a_rate_limit_lets_the_account_rest(
    provider_at: ProviderAt, stage: str
) -> None:
    async with pipelining({stage: Say("421 4.7.0 too fast")}) as server:
        verdicts = await provider_at(server).submit(RecordedJob(ANA).job)

    assert kinds(verdicts) == {ANA: DEFERRED}
    assert verdicts.wait == SLOW_DOWN_WAIT
    assert not verdicts.is_unreachable


async def test_refused_content_is_everybodys_verdict(provider_at: ProviderAt) -> None:
    async with pipelining({"data": Say("554 5.6.0 no"), "rcpt:1": Say(NO)}) as server:
        verdicts = await provider_at(server).submit(RecordedJob(ANA, BEN).job)

    assert kinds(verdicts) == {ANA: REFUSED, BEN: REFUSED}
    assert [one.is_bad_address for one in verdicts.by_recipient] == [True, False]


async def test_a_used_up_share_ends_by_itself(provider_at: ProviderAt) -> None:
    limit = Say("550 5.4.5 Daily limit exceeded")
    script = {"rcpt:1": limit, "rcpt:2": Say(NO), "rcpt:3": limit}
    async with pipelining(script) as server:
        verdicts = await provider_at(server).submit(RecordedJob(ANA, BEN, EVE).job)

    assert verdicts.fault is AccountFault.QUOTA
    assert verdicts.wait == timedelta(hours=24)
    assert kinds(verdicts) == {BEN: REFUSED}


async def test_a_share_that_ends_between_recipients_holds_the_account(
    provider_at: ProviderAt,
) -> None:
    async with pipelining({"rcpt:1": Say("550 5.4.5 Daily limit")}) as server:
        verdicts = await provider_at(server).submit(RecordedJob(ANA, BEN).job)

    assert verdicts.fault is AccountFault.QUOTA
    assert verdicts.wait == timedelta(hours=24)
    assert kinds(verdicts) == {ANA: DEFERRED, BEN: SENT}


async def test_the_server_is_named(provider_at: ProviderAt) -> None:
    async with pipelining() as server:
        verdicts = await provider_at(server).submit(RecordedJob(ANA).job)

    assert verdicts.server == f"127.0.0.1:{server.port}"
