"""How many connections there are, for how long, and what becomes of them."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import pytest

from tests.providers.smtp.conftest import (
    ANA,
    BEN,
    DEFERRED,
    EVE,
    LOGINS,
    QUICK,
    SENT,
    SHORT,
    TURNS,
    ProviderAt,
    Serve,
    only,
    raw_server,
    watched,
)
from tuimail.core.submission import AccountFault, Verdicts
from tuimail.providers.base import ConnectionLimits
from tuimail.providers.smtp import pool
from tuimail.providers.smtp.connection import Connection
from tuimail.providers.smtp.errand import Errand
from tuimail.providers.smtp.limits import StageLimits
from tuimail.providers.smtp.pool import Pool
from tuimail.providers.smtp.provider import SmtpProvider
from tuimail.providers.smtp.suspension import slept
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

NEAR = timedelta(milliseconds=5)


def jobs(number: int) -> list[RecordedJob]:
    return [RecordedJob(f"r{one}@example.net") for one in range(number)]


async def submitted(provider: SmtpProvider, *recorded: RecordedJob) -> list[Verdicts]:
    return await asyncio.gather(*(provider.submit(one.job) for one in recorded))


@pytest.mark.parametrize("number", [1, 2, 4])
async def test_there_are_never_more_connections_than_the_account_may_have(
    serve: Serve, provider_at: ProviderAt, number: int
) -> None:
    async with serve(delay=NEAR) as server:
        provider = provider_at(server, keeps=ConnectionLimits(connections=number))
        verdicts = await submitted(provider, *jobs(20))
        await provider.close()

    assert {only(one).kind for one in verdicts} == {SENT}
    assert server.connections == number
    assert server.verbs.count("QUIT") == number


@pytest.mark.parametrize(
    ("script", "fault"),
    [
        ({"connect": Close()}, None),
        ({"greeting": Say("421 4.3.2 too busy")}, None),
        ({"greeting": Say("554 5.3.2 no")}, None),
        ({"ehlo": Close()}, None),
        ({"login": Say("454 4.7.0 later")}, None),
        ({"login": Say("535 5.7.8 wrong")}, AccountFault.LOGIN),
    ],
)
async def test_a_server_that_lets_nobody_in_is_asked_once_however_much_waits(
    serve: Serve, provider_at: ProviderAt, script: Script, fault: AccountFault | None
) -> None:
    async with serve(script, logins=LOGINS) as server:
        provider = provider_at(server, username="ada", allow_clear_auth=True)
        verdicts = await submitted(provider, *jobs(8))

    assert server.connections == 1
    assert {one.fault for one in verdicts} == {fault}
    assert {one.is_unreachable for one in verdicts} == {fault is None}
    assert {one.server for one in verdicts} == {f"127.0.0.1:{server.port}"}
    assert all(one.by_recipient for one in verdicts) is (fault is None)


async def test_a_login_that_is_too_much_for_now_lets_the_account_rest(
    provider_at: ProviderAt,
) -> None:
    script: Script = {"login": Say("454 4.7.0 too many attempts")}
    async with ScriptedSmtpServer(script, logins=LOGINS) as server:
        provider = provider_at(server, username="ada", allow_clear_auth=True)
        verdicts = await provider.submit(RecordedJob(ANA).job)

    assert verdicts.is_unreachable
    assert verdicts.wait == timedelta(minutes=15)


async def test_what_comes_later_asks_again(provider_at: ProviderAt) -> None:
    async with ScriptedSmtpServer({"connect:1": Close()}) as server:
        provider = provider_at(server)
        refused = await provider.submit(RecordedJob(ANA).job)
        sent = await provider.submit(RecordedJob(ANA).job)

    assert refused.is_unreachable
    assert only(sent).kind is SENT


async def test_a_connection_carries_so_many_messages_and_no_more(
    serve: Serve, provider_at: ProviderAt
) -> None:
    keeps = ConnectionLimits(connections=1, messages=3)
    async with serve() as server:
        provider = provider_at(server, keeps=keeps)
        verdicts = await submitted(provider, *jobs(8))
        await provider.close()

    assert {only(one).kind for one in verdicts} == {SENT}
    carried = [
        sum(line.startswith("MAIL") for line in lines) for lines in server.dialogues
    ]
    assert carried == [3, 3, 2]
    assert all(lines[-1] == "QUIT" for lines in server.dialogues)
    assert server.most_at_once <= 2


async def test_a_connection_without_work_ends_after_a_while(
    provider_at: ProviderAt,
) -> None:
    async with ScriptedSmtpServer() as server:
        provider = provider_at(server, keeps=ConnectionLimits(idle=SHORT))
        await provider.submit(RecordedJob(ANA).job)
        await asyncio.wait(list(server.sessions.under_way))
        assert server.verbs[-1] == "QUIT"
        sent = await provider.submit(RecordedJob(BEN).job)

    assert only(sent).kind is SENT
    assert server.connections == 2


async def turns() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)


@pytest.mark.parametrize("pause", [turns, lambda: asyncio.sleep(0)])
@pytest.mark.parametrize("end", [Close(), Close(hard=True), Say("421 4.4.2 bye")])
async def test_a_connection_that_ended_while_it_was_idle_harms_nobody(
    serve: Serve,
    provider_at: ProviderAt,
    end: Act,
    pause: Callable[[], Awaitable[None]],
) -> None:
    """Whether that is noticed before the next message or by it."""
    script = {"end-of-data:1": (Say("250 ok"), end)}
    async with serve(script) as server:
        provider = provider_at(server)
        first = await provider.submit(RecordedJob(ANA).job)
        await pause()
        second = await provider.submit(RecordedJob(BEN).job)

    assert [only(one).kind for one in (first, second)] == [SENT, SENT]
    assert sorted(address for _, address in server.copies()) == [ANA, BEN]
    assert server.connections == 2


ENDS: list[Act | Sequence[Act]] = [
    Say("421 4.7.0 too many messages in this session"),
    Close(),
    Say("530 5.7.0 your login has run out"),
]


@pytest.mark.parametrize("end", ENDS)
async def test_a_kept_connection_that_ends_under_a_message_is_replaced_once(
    serve: Serve, provider_at: ProviderAt, end: Act
) -> None:
    async with serve({"mail:2": end, "mail:4": end, "mail:5": end}) as server:
        provider = provider_at(server, limits=QUICK)
        verdicts = [await provider.submit(one.job) for one in jobs(3)]

    assert [only(one).kind for one in verdicts[:2]] == [SENT, SENT]
    assert verdicts[2].fault is not None or only(verdicts[2]).kind is DEFERRED
    assert server.connections == 3
    assert server.transactions == 5


@pytest.mark.parametrize("stage", ["mail", "rcpt:1", "data"])
async def test_a_kept_connection_that_falls_silent_is_a_try(
    serve: Serve, provider_at: ProviderAt, stage: str
) -> None:
    """Who waited for minutes in vain need not do so twice in a row."""
    async with serve() as server:
        provider = provider_at(server, limits=QUICK)
        await provider.submit(RecordedJob(ANA).job)
        server.script[stage] = Hang()
        verdicts = await provider.submit(RecordedJob(BEN).job)

    assert only(verdicts).kind is DEFERRED
    assert server.connections == 1


@pytest.mark.parametrize("end", [*ENDS, Hang()])
async def test_a_new_connection_that_ends_under_a_message_is_a_try(
    serve: Serve, provider_at: ProviderAt, end: Act
) -> None:
    async with serve({"mail:1": end}) as server:
        provider = provider_at(server, limits=QUICK)
        verdicts = await provider.submit(RecordedJob(ANA).job)

    assert verdicts.fault is not None or only(verdicts).kind is DEFERRED
    assert not verdicts.is_unreachable
    assert server.connections == 1


@pytest.mark.parametrize("stage", ["mid-data:2", "end-of-data:2"])
async def test_what_the_server_wanted_is_not_tried_again_by_itself(
    serve: Serve, provider_at: ProviderAt, stage: str
) -> None:
    content = b"A: b\r\n" * (2_000_000 if stage == "mid-data:2" else 1)
    async with serve({stage: Close()}) as server:
        provider = provider_at(server)
        await provider.submit(RecordedJob(ANA).job)
        recorded = RecordedJob(BEN, content=content, piece_bytes=65536)
        verdict = only(await provider.submit(recorded.job))

    assert verdict.kind is not SENT
    assert server.transactions == 2


async def test_after_the_machine_slept_nothing_is_written_into_old_connections(
    provider_at: ProviderAt,
) -> None:
    asleep = [0.0]
    async with ScriptedSmtpServer() as server:
        provider = provider_at(server, slept=lambda: asleep[0])
        await provider.submit(RecordedJob(ANA).job)
        asleep[0] = 8 * 3600.0
        sent = await provider.submit(RecordedJob(BEN).job)
        await provider.submit(RecordedJob(EVE).job)

    assert only(sent).kind is SENT
    assert [lines[-1] for lines in server.dialogues[:1]] == ["DATA"]
    assert server.connections == 2


def test_a_machine_that_is_awake_has_slept_as_long_as_before() -> None:
    assert slept() == pytest.approx(slept(), abs=1)


def test_sleep_is_what_the_monotonic_clock_does_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(time, "CLOCK_BOOTTIME", 7, raising=False)
    monkeypatch.setattr(time, "clock_gettime", {7: 900.0}.__getitem__)
    monkeypatch.setattr(time, "monotonic", lambda: 500.0)

    assert slept() == 400.0


def test_where_nothing_else_counts_sleep_the_wall_clock_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(time, "CLOCK_BOOTTIME", raising=False)
    monkeypatch.setattr(time, "time", lambda: 2000.0)
    monkeypatch.setattr(time, "monotonic", lambda: 500.0)

    assert slept() == 1500.0


async def test_a_server_that_takes_no_more_connections_gets_it_all_through_those(
    serve: Serve, provider_at: ProviderAt
) -> None:
    script = {f"greeting:{number}": Say("421 too many") for number in range(2, 30)}
    async with serve(script, delay=NEAR) as server:
        provider = provider_at(server)
        verdicts = await submitted(provider, *jobs(20))

    assert {only(one).kind for one in verdicts} == {SENT}
    assert server.connections <= 4
    assert server.most_at_once <= 4


async def test_further_connections_are_asked_for_again_after_a_while(
    provider_at: ProviderAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise all would wait behind the one that the server keeps waiting."""
    monkeypatch.setattr(pool, "OPEN_AGAIN", NEAR)
    script: Script = {"greeting:2": Say("421 too many"), "end-of-data:1": Hang()}
    first, is_written = watched(RecordedJob(ANA), "dot.written")
    async with ScriptedSmtpServer(script) as server:
        provider = provider_at(server)
        slow = asyncio.create_task(provider.submit(first))
        await is_written.wait()
        sent = await provider.submit(RecordedJob(BEN).job)
        slow.cancel()

    assert only(sent).kind is SENT
    assert server.connections == 3


async def test_a_password_that_changed_meanwhile_is_found_out_once(
    serve: Serve, provider_at: ProviderAt
) -> None:
    script: Script = {"login": Say("535 5.7.8 wrong"), "login:1": Say("235 welcome")}
    keeps = ConnectionLimits(connections=2)
    async with serve(script, logins=LOGINS, delay=NEAR) as server:
        provider = provider_at(
            server, username="ada", allow_clear_auth=True, keeps=keeps
        )
        verdicts = await submitted(provider, *jobs(8))

    faults = [one.fault for one in verdicts]
    assert AccountFault.LOGIN in faults
    assert verdicts[0].fault is None
    assert set(faults) == {None, AccountFault.LOGIN}
    assert server.verbs.count("AUTH") == 2


async def test_further_connections_log_in_one_after_the_other(
    serve: Serve, provider_at: ProviderAt
) -> None:
    """A password may have changed since the first of them was taken."""
    script: Script = {"login": Say("535 5.7.8 wrong"), "login:1": Say("235 welcome")}
    async with serve(script, logins=LOGINS, delay=NEAR) as server:
        provider = provider_at(
            server,
            username="ada",
            allow_clear_auth=True,
            keeps=ConnectionLimits(connections=8),
        )
        verdicts = await submitted(provider, *jobs(20))

    assert {one.fault for one in verdicts} == {None, AccountFault.LOGIN}
    assert server.verbs.count("AUTH") == 2


async def test_a_login_that_all_connections_forgot_is_tried_again_once(
    provider_at: ProviderAt,
) -> None:
    """Who finds out later does not show the wrong password again."""
    both, later = asyncio.Barrier(2), asyncio.Event()
    logins: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        logins.append(await reader.readuntil(b"\r\n"))
        number = len(logins)
        writer.write(b"235 welcome\r\n" if number <= 2 else b"535 5.7.8 wrong\r\n")
        for reply in (b"250 m\r\n", b"250 r\r\n", b"354 go\r\n"):
            await reader.readuntil(b"\r\n")
            writer.write(reply)
        await reader.readuntil(b"\r\n.\r\n")
        await both.wait()
        writer.write(b"250 taken\r\n")
        await reader.readuntil(b"\r\n")
        if number == 2:
            await later.wait()
        writer.write(b"530 5.7.0 log in\r\n")
        await reader.read()

    async with raw_server(talk, offers=b"250-raw\r\n250 AUTH PLAIN\r\n") as server:
        provider = provider_at(server, username="ada", allow_clear_auth=True)
        sent = await submitted(provider, RecordedJob(ANA), RecordedJob(BEN))
        asking = [asyncio.create_task(provider.submit(one.job)) for one in jobs(2)]
        await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
        later.set()
        verdicts = await asyncio.gather(*asking)

    assert [only(one).kind for one in sent] == [SENT, SENT]
    assert [one.fault for one in verdicts] == [AccountFault.LOGIN] * 2
    assert len(logins) == 3


async def test_a_bug_of_ours_reaches_whoever_waits(provider_at: ProviderAt) -> None:
    def broken() -> str:
        raise ZeroDivisionError

    async with ScriptedSmtpServer(logins=LOGINS) as server:
        provider = provider_at(
            server, username="ada", allow_clear_auth=True, secret=broken
        )
        ends = await asyncio.gather(
            *(provider.submit(one.job) for one in jobs(3)), return_exceptions=True
        )

    assert [type(one) for one in ends] == [ZeroDivisionError] * 3


async def test_one_that_is_given_up_while_it_waits_is_never_sent(
    provider_at: ProviderAt,
) -> None:
    first, is_written = watched(RecordedJob(ANA), "mail")
    keeps = ConnectionLimits(connections=1)
    async with ScriptedSmtpServer() as server:
        provider = provider_at(server, keeps=keeps)
        sending = asyncio.create_task(provider.submit(first))
        given_up = asyncio.create_task(provider.submit(RecordedJob(BEN).job))
        await is_written.wait()
        given_up.cancel()
        assert only(await sending).kind is SENT
        await provider.close()

    assert [address for _, address in server.copies()] == [ANA]
    assert server.transactions == 1


async def test_a_connection_that_nobody_waits_for_any_more_serves_the_next(
    provider_at: ProviderAt,
) -> None:
    first, is_connected = watched(RecordedJob(ANA), "connected")
    async with ScriptedSmtpServer(delay=NEAR) as server:
        provider = provider_at(server)
        given_up = asyncio.create_task(provider.submit(first))
        await is_connected.wait()
        given_up.cancel()
        sent = await provider.submit(RecordedJob(BEN).job)

    assert only(sent).kind is SENT
    assert server.connections == 1


async def test_closing_ends_connections_that_are_being_opened(
    provider_at: ProviderAt,
) -> None:
    first, is_connected = watched(RecordedJob(ANA), "connected")
    async with ScriptedSmtpServer({"ehlo": Hang()}) as server:
        provider = provider_at(server)
        given_up = asyncio.create_task(provider.submit(first))
        await is_connected.wait()
        given_up.cancel()
        await asyncio.wait([given_up])
        async with asyncio.timeout(30):
            await provider.close()

    assert given_up.cancelled()


async def test_closing_lets_what_is_under_way_end_and_then_says_goodbye(
    provider_at: ProviderAt,
) -> None:
    first, is_written = watched(RecordedJob(ANA), "dot.written")
    async with ScriptedSmtpServer(delay=NEAR) as server:
        provider = provider_at(server)
        sending = asyncio.create_task(provider.submit(first))
        await is_written.wait()
        await provider.close()
        verdict = only(await sending)
        await asyncio.wait(list(server.sessions.under_way))

    assert verdict.kind is SENT
    assert server.verbs[-1] == "QUIT"


async def test_after_closing_it_can_be_used_again_but_keeps_nothing(
    provider_at: ProviderAt,
) -> None:
    async with ScriptedSmtpServer() as server:
        provider = provider_at(server)
        await provider.close()
        sent = await provider.submit(RecordedJob(ANA).job)
        await provider.close()

    assert only(sent).kind is SENT
    assert server.verbs[-1] == "QUIT"


async def test_a_check_takes_no_connection_from_the_mail(
    provider_at: ProviderAt,
) -> None:
    """It asks whether the password is right now, and not whether it was."""
    keeps = ConnectionLimits(connections=1)
    async with ScriptedSmtpServer(extensions=PIPELINED) as server:
        provider = provider_at(server, keeps=keeps)
        await provider.submit(RecordedJob(ANA).job)
        check = await provider.check()
        await provider.close()

    assert check.ok
    assert server.connections == 2


async def test_a_server_that_is_slow_at_the_end_does_not_hold_up_close(
    provider_at: ProviderAt,
) -> None:
    limits = StageLimits(farewell=SHORT)
    async with ScriptedSmtpServer({"quit": Hang()}) as server:
        provider = provider_at(server, limits=limits)
        await provider.submit(RecordedJob(ANA).job)
        async with asyncio.timeout(30):
            await provider.close()

    assert server.verbs[-1] == "QUIT"


async def test_one_whose_connection_ended_is_not_hooked_on_to_another() -> None:
    """Its second try is its last, and shall not depend on somebody else's mail."""

    async def never(_progress: Callable[[str], None]) -> Connection:
        await asyncio.Event().wait()
        raise AssertionError

    waiting = Pool(
        never,
        limits=ConnectionLimits(),
        stages=StageLimits(),
        server="",
        slept=lambda: 0.0,
    )
    first, second = (Errand(one.job) for one in jobs(2))
    waiting._errands.append(second)
    waiting.take_back(first)
    waiting._opening = None

    assert waiting.next_chained() is None
    assert waiting.next_errand() is first
    assert waiting.next_chained() is second
    assert waiting.next_chained() is None


async def test_nobody_is_answered_twice() -> None:
    errand = Errand(RecordedJob(ANA).job)
    errand.settle(Verdicts(server="first"))
    errand.settle(Verdicts(server="second"))
    errand.fail(ValueError())
    errand.cancel()

    assert (await errand.answer).server == "first"
