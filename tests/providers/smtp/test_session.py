"""One transaction against a server that does what a script says."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.providers.smtp.conftest import (
    ANA,
    BEN,
    BIG,
    DEFERRED,
    EVE,
    QUICK,
    REFUSED,
    SENT,
    SHORT,
    UNKNOWN,
    ProviderAt,
    Serve,
    kinds,
    only,
    slowly_committed,
)
from tuimail.core.submission import (
    AT_ONCE,
    AccountFault,
    VerdictKind,
)
from tuimail.providers.smtp.limits import StageLimits
from tuimail.testing import (
    Act,
    Close,
    Drip,
    Hang,
    RecordedJob,
    Say,
    Script,
    ScriptedSmtpServer,
)

PATIENT_UNTIL_THE_DOT = StageLimits(final=SHORT, farewell=SHORT)
PATIENT_UNTIL_QUIT = StageLimits(farewell=SHORT)


async def test_what_arrives_is_what_was_handed_out(
    serve: Serve, provider_at: ProviderAt
) -> None:
    recorded = RecordedJob(ANA, BEN)
    async with serve() as server:
        provider = provider_at(server)
        verdicts = await provider.submit(recorded.job)
        await provider.close()

    assert kinds(verdicts) == {ANA: SENT, BEN: SENT}
    assert server.copies() == {(recorded.content, ANA): 1, (recorded.content, BEN): 1}
    assert server.verbs == ["EHLO", "MAIL", "RCPT", "RCPT", "DATA", "QUIT"]


async def test_the_point_of_no_return_comes_after_the_bytes_and_before_the_dot(
    serve: Serve,
    provider_at: ProviderAt,
) -> None:
    recorded = RecordedJob(piece_bytes=1000)
    async with serve() as server:
        await provider_at(server).submit(recorded.job)

    assert recorded.events == [
        "resolved", "connected", "mail", "rcpt", "data354", "piece", "mid_body",
        "point", "dot.written", "reply.read",
    ]  # fmt: skip


async def test_the_receipt_has_the_reply_word_for_word(
    serve: Serve, provider_at: ProviderAt
) -> None:
    said = Say("250-2.0.0 Ok\r\n250 queued as 4F2A-77.x by späm")
    async with serve({"end-of-data": said}) as server:
        verdict = only(await provider_at(server).submit(RecordedJob().job))

    assert verdict.receipt.text == "2.0.0 Ok\nqueued as 4F2A-77.x by späm"
    assert verdict.receipt.code == 250
    assert verdict.receipt.enhanced == "2.0.0"
    assert verdict.receipt.provider_message_id == "4F2A-77.x"


@pytest.mark.parametrize(
    "said",
    [
        "250",
        "250 queued as secret@example.net",
        "250 queued as secret.name+tag@example.net",
        "250 queued as secretü@example.net",
        "250 id=secret%example.net@example.org",
        f"250 queued as {'s' * 120}@example.net",
    ],
)
async def test_a_reply_without_an_id_gives_none(
    serve: Serve, provider_at: ProviderAt, said: str
) -> None:
    """An address is no id; the id is shown where a blind copy must not be."""
    async with serve({"end-of-data": Say(said)}) as server:
        verdict = only(await provider_at(server).submit(RecordedJob().job))

    assert verdict.kind is SENT
    assert verdict.receipt.provider_message_id == ""


async def test_each_recipient_has_its_own_answer(
    serve: Serve, provider_at: ProviderAt
) -> None:
    script = {
        "rcpt:1": Say("550 5.1.1 no such user"),
        "rcpt:3": Say("450 4.2.0 greylisted"),
    }
    async with serve(script) as server:
        verdicts = await provider_at(server).submit(RecordedJob(ANA, BEN, EVE).job)

    assert kinds(verdicts) == {ANA: REFUSED, BEN: SENT, EVE: DEFERRED}
    assert verdicts.by_recipient[0].is_bad_address
    assert verdicts.by_recipient[2].wait is not None
    assert [recipient for _, recipient in server.copies()] == [BEN]


async def test_nobody_accepted_means_no_content(
    serve: Serve, provider_at: ProviderAt
) -> None:
    script = {"rcpt:1": Say("550 5.1.1 no"), "rcpt:2": Say("450 4.2.0 later")}
    recorded = RecordedJob(ANA, BEN)
    async with serve(script) as server:
        provider = provider_at(server)
        verdicts = await provider.submit(recorded.job)
        await provider.close()

    assert kinds(verdicts) == {ANA: REFUSED, BEN: DEFERRED}
    assert [verb for verb in server.verbs if verb != "DATA"] == [
        "EHLO", "MAIL", "RCPT", "RCPT", "RSET", "QUIT",
    ]  # fmt: skip
    assert server.deliveries == []
    assert "point" not in recorded.events


async def test_too_many_recipients_ends_the_offering(provider_at: ProviderAt) -> None:
    script = {"rcpt:2": Say("452 4.5.3 too many recipients")}
    async with ScriptedSmtpServer(script) as server:
        verdicts = await provider_at(server).submit(RecordedJob(ANA, BEN, EVE).job)

    assert kinds(verdicts) == {ANA: SENT, BEN: DEFERRED, EVE: DEFERRED}
    assert verdicts.by_recipient[2].receipt.text == "4.5.3 too many recipients"
    assert server.verbs.count("RCPT") == 2


@pytest.mark.parametrize(
    "reply",
    ["452 4.5.3 too many", "452 too many", "552 5.5.3 too many", "552 too many"],
)
async def test_whom_the_others_crowded_out_may_follow_at_once(
    serve: Serve, provider_at: ProviderAt, reply: str
) -> None:
    """RFC 5321 §4.5.3.1.10: the rest goes into a transaction right after this."""
    script = {"rcpt:2": Say(reply), "rcpt:3": Say(reply)}
    async with serve(script) as server:
        verdicts = await provider_at(server).submit(RecordedJob(ANA, BEN, EVE).job)

    assert [one.wait for one in verdicts.by_recipient] == [None, AT_ONCE, AT_ONCE]


@pytest.mark.parametrize(
    "said",
    [
        {1: "452 4.5.3 too many", 2: "452 4.5.3 too many", 3: "452 4.5.3 too many"},
        {1: "550 5.1.1 no", 2: "452 4.5.3 too many", 3: "452 4.5.3 too many"},
        {3: "452 4.5.3 too many", "data": "451 4.3.0 later"},
        {3: "452 4.5.3 too many", "end-of-data": "451 4.3.0 later"},
        {3: "452 4.5.3 too many", "after-end-of-data": ""},
    ],
)
async def test_nobody_follows_at_once_where_nobody_got_the_mail(
    serve: Serve, provider_at: ProviderAt, said: dict[int | str, str]
) -> None:
    """A server that takes nothing would be asked again without end."""
    script = {
        f"rcpt:{stage}" if isinstance(stage, int) else stage: Say(reply)
        if reply
        else Close()
        for stage, reply in said.items()
    }
    async with serve(script) as server:
        verdicts = await provider_at(server).submit(RecordedJob(ANA, BEN, EVE).job)

    assert SENT not in kinds(verdicts).values()
    assert {one.wait for one in verdicts.by_recipient} == {None}


async def test_421_at_a_recipient_keeps_earlier_refusals_only(
    provider_at: ProviderAt,
) -> None:
    script = {"rcpt:1": Say("550 5.1.1 no"), "rcpt:3": Say("421 4.4.2 closing")}
    async with ScriptedSmtpServer(script) as server:
        verdicts = await provider_at(server).submit(RecordedJob(ANA, BEN, EVE).job)

    assert kinds(verdicts) == {ANA: REFUSED, BEN: DEFERRED, EVE: DEFERRED}
    assert server.copies() == {}


@pytest.mark.parametrize("stage", ["mail", "data", "end-of-data"])
@pytest.mark.parametrize(
    ("reply", "kind"),
    [("451 4.3.0 later", DEFERRED), ("554 5.6.0 never", REFUSED)],
)
async def test_a_refusal_of_everything_is_everybodys_verdict(
    serve: Serve, provider_at: ProviderAt, stage: str, reply: str, kind: VerdictKind
) -> None:
    async with serve({stage: Say(reply)}) as server:
        verdicts = await provider_at(server).submit(RecordedJob(ANA, BEN).job)

    assert kinds(verdicts) == {ANA: kind, BEN: kind}
    assert verdicts.by_recipient[0].receipt.stage == stage.replace("-", "_")
    assert verdicts.by_recipient[0].receipt.text == reply[4:]


@pytest.mark.parametrize(
    ("reply", "kind"), [("451 4.3.0 later", DEFERRED), ("550 5.7.1 never", REFUSED)]
)
async def test_a_refused_sender_hands_nothing_over_whatever_comes_behind(
    serve: Serve, provider_at: ProviderAt, reply: str, kind: VerdictKind
) -> None:
    recorded = RecordedJob(ANA)
    script = {"mail": Say(reply), "rcpt:1": Say("250 ok"), "data": Say("354 go")}
    async with serve(script) as server:
        provider = provider_at(server)
        verdicts = await provider.submit(recorded.job)
        await provider.close()

    assert kinds(verdicts) == {ANA: kind}
    assert verdicts.by_recipient[0].receipt.stage == "mail"
    assert "point" not in recorded.events
    assert server.deliveries == []


@pytest.mark.parametrize("stage", ["mail", "rcpt:1", "data"])
async def test_a_login_that_is_wanted_holds_the_account(
    serve: Serve, provider_at: ProviderAt, stage: str
) -> None:
    said = Say("530 5.7.0 Authentication required")
    script = {stage: said, "rcpt:2": said} if stage == "rcpt:1" else {stage: said}
    async with serve(script) as server:
        verdicts = await provider_at(server).submit(RecordedJob(ANA, BEN).job)

    assert verdicts.by_recipient == ()
    assert verdicts.fault is AccountFault.LOGIN
    assert verdicts.fault_receipt.text == "5.7.0 Authentication required"


async def test_a_used_up_quota_at_the_dot_holds_the_account(
    serve: Serve,
    provider_at: ProviderAt,
) -> None:
    script = {"end-of-data": Say("550 5.4.5 Daily limit exceeded")}
    async with serve(script) as server:
        verdicts = await provider_at(server).submit(RecordedJob().job)

    assert verdicts.fault is AccountFault.QUOTA


@pytest.mark.parametrize(
    ("script", "known"),
    [
        (
            {
                "rcpt:1": Say("550 5.1.1 no"),
                "rcpt:2": Say("550 5.4.5 limit"),
                "rcpt:3": Say("550 5.4.5 limit"),
            },
            {ANA: REFUSED},
        ),
        (
            {
                "rcpt:1": Say("450 4.2.0 later"),
                "rcpt:2": Say("550 5.1.1 no"),
                "rcpt:3": Say("550 5.4.5 limit"),
            },
            {ANA: DEFERRED, BEN: REFUSED},
        ),
        (
            {"rcpt:3": Say("550 5.1.1 no"), "data": Say("530 5.7.0 log in")},
            {EVE: REFUSED},
        ),
        (
            {"rcpt:2": Say("550 5.1.1 no"), "end-of-data": Say("550 5.4.5 limit")},
            {BEN: REFUSED},
        ),
    ],
)
async def test_a_fault_of_the_account_keeps_what_others_were_told_before(
    serve: Serve, provider_at: ProviderAt, script: Script, known: dict[str, VerdictKind]
) -> None:
    """Who was refused for good must not be offered again with the others."""
    async with serve(script) as server:
        verdicts = await provider_at(server).submit(RecordedJob(ANA, BEN, EVE).job)

    assert verdicts.fault is not None
    assert kinds(verdicts) == known
    assert server.copies() == {}


async def test_a_quota_that_ends_between_recipients_takes_no_mail_from_others(
    serve: Serve,
    provider_at: ProviderAt,
) -> None:
    script = {"rcpt:2": Say("550 5.4.5 Daily limit exceeded")}
    async with serve(script) as server:
        verdicts = await provider_at(server).submit(RecordedJob(ANA, BEN).job)

    assert verdicts.fault is AccountFault.QUOTA
    assert verdicts.fault_receipt.enhanced == "5.4.5"
    assert kinds(verdicts) == {ANA: SENT, BEN: DEFERRED}


async def test_a_fault_is_not_reported_beside_mail_of_which_nobody_knows(
    serve: Serve, provider_at: ProviderAt
) -> None:
    """What is held with its account goes on with it; this waits for a person."""
    script = {"rcpt:2": Say("535 5.7.8 log in"), "after-end-of-data": Close()}
    async with serve(script) as server:
        verdicts = await provider_at(server).submit(RecordedJob(ANA, BEN).job)

    assert verdicts.fault is None
    assert kinds(verdicts) == {ANA: UNKNOWN, BEN: DEFERRED}


@pytest.mark.parametrize("stage", ["mail", "rcpt:1", "data", "mid-data"])
@pytest.mark.parametrize("act", [Close(), Close(hard=True), Hang(), Drip()])
async def test_until_the_dot_a_lost_server_means_later(
    serve: Serve, provider_at: ProviderAt, stage: str, act: Close | Hang | Drip
) -> None:
    async with serve({stage: act}) as server:
        provider = provider_at(server, limits=QUICK)
        recorded = RecordedJob(ANA, BEN, content=BIG, piece_bytes=65536)
        verdicts = await provider.submit(recorded.job)
        await provider.close()

    assert kinds(verdicts) == {ANA: DEFERRED, BEN: DEFERRED}
    assert verdicts.by_recipient[0].receipt.text
    assert "dot.written" not in recorded.events
    assert server.copies() == {}


@pytest.mark.parametrize("stage", ["end-of-data", "after-end-of-data"])
@pytest.mark.parametrize(
    "act",
    [
        Close(),
        Close(hard=True),
        Hang(),
        Drip(),
        (Say(b"250-half a rep"), Close()),
        (Say(b"250-half\r\n"), Close()),
        Say("<html>no reply</html>"),
        Say("354 once more"),
        Say("199 nothing"),
    ],
)
async def test_from_the_dot_on_silence_means_that_nobody_knows(
    serve: Serve, provider_at: ProviderAt, stage: str, act: Act | Sequence[Act]
) -> None:
    async with serve({stage: act}) as server:
        provider = provider_at(server, limits=PATIENT_UNTIL_THE_DOT)
        verdicts = await provider.submit(RecordedJob(ANA, BEN).job)
        await provider.close()

    assert kinds(verdicts) == {ANA: UNKNOWN, BEN: UNKNOWN}
    assert verdicts.by_recipient[0].receipt.stage == "end_of_data"
    assert len(server.deliveries) == 1


async def test_of_whom_nobody_knows_it_is_kept_what_was_said_before(
    serve: Serve, provider_at: ProviderAt
) -> None:
    script: Script = {"rcpt:2": Say("250 2.1.5 Ok"), "after-end-of-data": Close()}
    async with serve(script) as server:
        verdicts = await provider_at(server).submit(RecordedJob(ANA, BEN).job)

    told = verdicts.by_recipient[1]
    assert (told.session, told.taken) == ("no TLS, no login", "250 2.1.5 Ok")


async def test_who_was_refused_is_not_unknown_afterwards(
    serve: Serve,
    provider_at: ProviderAt,
) -> None:
    script: Script = {"rcpt:1": Say("550 5.1.1 no"), "after-end-of-data": Close()}
    async with serve(script) as server:
        verdicts = await provider_at(server).submit(RecordedJob(ANA, BEN).job)

    assert kinds(verdicts) == {ANA: REFUSED, BEN: UNKNOWN}


@pytest.mark.parametrize("end", [Close(), Hang(), Say("421 no"), Say("500 what?")])
async def test_a_bad_answer_to_quit_changes_nothing(
    serve: Serve, provider_at: ProviderAt, end: Close | Hang | Say
) -> None:
    async with serve({"quit": end}) as server:
        provider = provider_at(server, limits=PATIENT_UNTIL_QUIT)
        verdicts = await provider.submit(RecordedJob(ANA).job)
        await provider.close()

    assert kinds(verdicts) == {ANA: SENT}


async def test_the_verdict_does_not_wait_for_quit(
    serve: Serve, provider_at: ProviderAt
) -> None:
    """What is accepted has to be recorded before anything else can go wrong."""
    async with serve({"quit": Hang()}) as server:
        limits = StageLimits(farewell=timedelta(hours=1))
        provider = provider_at(server, limits=limits)
        async with asyncio.timeout(30):
            verdicts = await provider.submit(RecordedJob(ANA).job)

    assert kinds(verdicts) == {ANA: SENT}


@pytest.mark.parametrize(
    "script",
    [
        {"mail": Say("250 ok\r\n250 and more")},
        {"rcpt:1": Say("250 ok\r\n250 and more")},
        {"data": Say("354 go\r\n250 taken before it was sent")},
        {"data": Say("354 go\r\n25")},
        {"data": Say(b"354 go\r\n25")},
        {"data": Say("250 ok")},
        {"mid-data": Say("250 taken before it was sent")},
        {"mail": Say("354 go")},
        {"rcpt:1": Say("334 more")},
        {"rcpt:1": Say("\r\n".join(["250 ok"] * 100))},
    ],
)
async def test_an_early_yes_never_counts_as_sent(
    serve: Serve, provider_at: ProviderAt, script: dict[str, Say]
) -> None:
    recorded = RecordedJob(ANA)
    async with serve(script) as server:
        job = slowly_committed(recorded.job)
        verdicts = await provider_at(server, limits=QUICK).submit(job)

    assert kinds(verdicts) == {ANA: DEFERRED}
    assert "dot.written" not in recorded.events
    assert server.copies() == {}


@pytest.mark.parametrize(
    ("size", "is_sent"),
    [
        ("SIZE 40", False),
        ("SIZE 0", True),
        ("SIZE", True),
        ("SIZE 99999999999999999999999", True),
        ("SIZE 1e2", True),
        ("SIZE 57", True),
    ],
)
async def test_a_message_above_the_servers_size_is_refused_with_both_numbers(
    *, provider_at: ProviderAt, size: str, is_sent: bool
) -> None:
    async with ScriptedSmtpServer(extensions=(size,)) as server:
        provider = provider_at(server)
        verdict = only(await provider.submit(RecordedJob().job))
        await provider.close()

    assert verdict.kind is (SENT if is_sent else REFUSED)
    assert ("MAIL" in server.verbs) is is_sent
    if not is_sent:
        assert verdict.receipt.text == (
            "The message has 57 bytes; the server takes 40 at most."
        )


async def test_the_size_is_told_where_the_server_wants_it(
    provider_at: ProviderAt,
) -> None:
    async with ScriptedSmtpServer(extensions=("SIZE 1000",)) as server:
        await provider_at(server).submit(RecordedJob().job)

    assert server.deliveries[0].sender == "<ada@example.org> SIZE=57"


async def test_nothing_is_told_that_the_server_does_not_know(
    provider_at: ProviderAt,
) -> None:
    async with ScriptedSmtpServer(extensions=()) as server:
        await provider_at(server).submit(RecordedJob().job)

    assert server.deliveries[0].sender == "<ada@example.org>"


async def test_an_address_that_is_not_ascii_goes_out_as_it_is(
    provider_at: ProviderAt,
) -> None:
    recorded = RecordedJob("用户@example.com", needs_smtputf8=True)
    async with ScriptedSmtpServer(extensions=("SMTPUTF8", "8BITMIME")) as server:
        verdict = only(await provider_at(server).submit(recorded.job))

    assert verdict.kind is SENT
    assert server.deliveries[0].sender == "<ada@example.org> SMTPUTF8 BODY=8BITMIME"
    assert server.deliveries[0].recipients == ("用户@example.com",)


async def test_smtputf8_is_used_where_8bitmime_is_not_offered(
    provider_at: ProviderAt,
) -> None:
    recorded = RecordedJob("用户@example.com", needs_smtputf8=True)
    async with ScriptedSmtpServer(extensions=("SMTPUTF8",)) as server:
        await provider_at(server).submit(recorded.job)

    assert server.deliveries[0].sender == "<ada@example.org> SMTPUTF8"


async def test_an_address_that_the_server_cannot_take_is_not_mangled(
    provider_at: ProviderAt,
) -> None:
    recorded = RecordedJob("用户@example.com", ANA, needs_smtputf8=True)
    async with ScriptedSmtpServer(extensions=("8BITMIME",)) as server:
        provider = provider_at(server)
        verdicts = await provider.submit(recorded.job)
        await provider.close()

    assert set(kinds(verdicts).values()) == {REFUSED}
    assert "SMTPUTF8" in verdicts.by_recipient[0].receipt.text
    assert server.verbs == ["EHLO", "QUIT"]


async def test_an_error_at_the_point_of_no_return_passes_through(
    serve: Serve,
    provider_at: ProviderAt,
) -> None:
    """It may be an OSError of the disk, which is no error of the network."""
    recorded = RecordedJob(at_the_point=OSError("disk full"))
    async with serve() as server:
        with pytest.raises(OSError, match="disk full"):
            await provider_at(server).submit(recorded.job)

    assert server.deliveries == []


async def test_a_line_break_in_an_address_never_becomes_a_command(
    serve: Serve,
    provider_at: ProviderAt,
) -> None:
    recorded = RecordedJob("ana@example.net>\r\nRCPT TO:<eve@example.net")
    async with serve() as server:
        with pytest.raises(ValueError, match="control characters"):
            await provider_at(server).submit(recorded.job)

    assert "RCPT" not in server.verbs


async def test_cancelling_drops_the_connection(
    serve: Serve, provider_at: ProviderAt
) -> None:
    is_at_data = asyncio.Event()

    def heard(stage: str) -> None:
        if stage == "rcpt":
            is_at_data.set()

    job = replace(RecordedJob().job, progress=heard)
    async with serve({"data": Hang()}) as server:
        task = asyncio.create_task(provider_at(server).submit(job))
        await is_at_data.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert server.deliveries == []


async def test_a_provider_sends_one_message_after_the_other(
    serve: Serve,
    provider_at: ProviderAt,
) -> None:
    async with serve() as server:
        provider = provider_at(server)
        for address in (ANA, BEN):
            await provider.submit(RecordedJob(address).job)
        await provider.close()

    assert [recipient for _, recipient in server.copies()] == [ANA, BEN]
    assert server.verbs == ["EHLO", *2 * ["MAIL", "RCPT", "DATA"], "QUIT"]
