"""Mail that is stored nowhere: one try, and what came of it for each recipient."""

import asyncio
import os
import re
import ssl
import time
import tracemalloc
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trustme

import tuimail
from tuimail.api import direct, loop
from tuimail.api.direct import Line
from tuimail.core.submission import Receipt, VerdictKind, Verdicts
from tuimail.providers.base import SendJob
from tuimail.providers.dummy import DummyProvider
from tuimail.providers.everybody import told_to_all
from tuimail.testing.acts import Close, Hang, Say
from tuimail.testing.provider import AfterThePoint, FakeProvider
from tuimail.testing.smtp_server import PIPELINED, ScriptedSmtpServer

MAIL = tuimail.Message(
    from_="Mara <mara@example.org>",
    to="Bea <bea@example.net>",
    subject="Hello",
    text="Hi",
)
EVERYBODY = ("a@example.net", "b@example.net", "c@example.net")


@pytest.fixture
async def server() -> AsyncIterator[ScriptedSmtpServer]:
    async with ScriptedSmtpServer(extensions=PIPELINED) as running:
        yield running


@pytest.fixture(autouse=True)
def no_mail_kept() -> None:
    DummyProvider.kept.clear()


def leading_to(server: ScriptedSmtpServer, **more: Any) -> tuimail.Account:
    return tuimail.Account(host=server.host, port=server.port, tls="none", **more)


MORE_THAN_BUFFERS = 8_000_000


async def sent(server: ScriptedSmtpServer, **fields: Any) -> tuimail.Result:
    return await tuimail.asend(
        MAIL, workspace=None, account=leading_to(server), **fields
    )


def made(**fields: Any) -> bytes:
    """Return what a mail is, as the dummy provider was given it."""
    account = tuimail.Account(provider="dummy")
    tuimail.send(MAIL, workspace=None, account=account, **fields)
    (kept,) = DummyProvider.kept
    return kept.content


async def test_a_mail_leaves_and_nothing_of_it_is_stored(
    server: ScriptedSmtpServer, home: Path
) -> None:
    result = await sent(server, bcc="eve@example.net")

    assert result.is_success
    assert (result.status, result.id, result.raw) == ("sent", "", {})
    assert result.successful == ("bea@example.net", "eve@example.net")
    assert result.provider_message_id == "4F2A77"
    (delivery,) = server.deliveries
    assert delivery.recipients == ("bea@example.net", "eve@example.net")
    assert b"eve@" not in delivery.content
    assert not any(files for _, _, files in os.walk(home))


async def test_a_blocking_call_does_the_same(server: ScriptedSmtpServer) -> None:
    result = await asyncio.to_thread(
        tuimail.send, MAIL, workspace=None, account=leading_to(server)
    )

    assert result.is_success
    assert server.verbs[-1] == "QUIT"


async def test_each_recipient_has_a_result_and_nobody_is_offered_it_again(
    server: ScriptedSmtpServer,
) -> None:
    server.script.update(
        {
            "rcpt:2": Say("550 5.1.1 no such mailbox"),
            "rcpt:3": Say("451 4.3.0 later"),
        }
    )

    result = await sent(server, to=EVERYBODY)

    assert [one.status for one in result.recipients.values()] == [
        "sent", "invalid", "failed",
    ]  # fmt: skip
    assert [one.code for one in result.recipients.values()] == [250, 550, 451]
    assert result.status == "partial"
    assert result.failed == EVERYBODY[1:]
    assert result.has_failures
    assert not result.is_waiting
    assert isinstance(result.error, tuimail.NotSentError)
    assert "later" in result.error.hint
    assert server.transactions == 1


@pytest.mark.parametrize("stage", ["mail", "rcpt:1", "data"])
@pytest.mark.parametrize("code", ["451", "550"])
async def test_a_refusal_at_any_stage_is_a_result_and_no_exception(
    server: ScriptedSmtpServer, stage: str, code: str
) -> None:
    server.script[stage] = Say(f"{code} {code[0]}.3.0 no")

    result = await sent(server)

    (one,) = result.recipients.values()
    assert result.status == "error"
    assert result.failed == ("bea@example.net",)
    assert (one.code, one.enhanced) == (int(code), f"{code[0]}.3.0")
    assert server.transactions == 1
    assert not any(one.is_accepted for one in server.deliveries)


async def test_an_answer_that_never_came_stays_unknown(
    server: ScriptedSmtpServer,
) -> None:
    """RFC 1047: the server may have it, so that nobody sends it again unasked."""
    server.script["after-end-of-data"] = Close()

    result = await sent(server)

    assert (result.status, result.unknown) == ("unknown", ("bea@example.net",))
    assert result.is_unknown
    assert not result.is_success
    assert result.failed == ()
    assert sum(server.copies().values()) == 1
    assert result.error is not None
    assert "may have it" in result.error.hint


@pytest.mark.parametrize("stage", ["greeting", "mail", "mid-data"])
async def test_a_line_that_drops_before_the_end_of_the_content_is_no_riddle(
    server: ScriptedSmtpServer, stage: str
) -> None:
    """Where it drops in the middle, more is left than any buffer holds."""
    server.script[stage] = Close()
    size = MORE_THAN_BUFFERS if stage == "mid-data" else 1
    file = tuimail.Attachment(source=b"x" * size, name="file.bin")

    result = await sent(server, attachments=[file])

    assert (result.status, result.failed) == ("error", ("bea@example.net",))
    assert not any(one.is_accepted for one in server.deliveries)


async def test_a_goodbye_that_is_refused_changes_nothing(
    server: ScriptedSmtpServer,
) -> None:
    server.script["quit"] = Say("500 no goodbye")

    result = await sent(server)

    assert result.is_success


async def test_a_server_that_is_not_there_is_a_result(
    server: ScriptedSmtpServer,
) -> None:
    account = tuimail.Account(host="127.0.0.1", port=1, tls="none")

    result = await tuimail.asend(MAIL, workspace=None, account=account)

    assert (result.status, result.failed) == ("error", ("bea@example.net",))
    assert isinstance(result.error, tuimail.NotSentError)
    assert "could not be reached" in str(result.error)


async def test_a_wrong_password_is_offered_once_and_shown_nowhere(
    server: ScriptedSmtpServer,
) -> None:
    server.logins = {"mara": "right"}
    account = leading_to(
        server,
        username="mara",
        password="hunter2",
        options={"allow_clear_auth": True},
    )

    result = await tuimail.asend(MAIL, workspace=None, account=account)

    assert isinstance(result.error, tuimail.ConfigurationError)
    assert result.failed == ("bea@example.net",)
    assert server.verbs.count("AUTH") == 1
    assert "hunter2" not in f"{result!r} {result.recipients!r} {account!r}"


async def test_a_password_from_the_environment_logs_in(
    server: ScriptedSmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.logins = {"mara": "right"}
    monkeypatch.setenv("MY_PASSWORD", "right")
    account = leading_to(
        server,
        username="mara",
        password="env:MY_PASSWORD",
        options={"allow_clear_auth": True},
    )

    result = await tuimail.asend(MAIL, workspace=None, account=account)

    assert result.is_success


@pytest.mark.parametrize("reference", ["keyring:", "env:NOT_SET", "prompt:"])
async def test_a_password_that_cannot_be_read_is_a_result(
    server: ScriptedSmtpServer, reference: str
) -> None:
    server.logins = {"mara": "right"}
    account = leading_to(
        server,
        username="mara",
        password=reference,
        options={"allow_clear_auth": True},
    )

    result = await tuimail.asend(MAIL, workspace=None, account=account)

    assert isinstance(result.error, tuimail.ConfigurationError)
    assert result.failed == ("bea@example.net",)
    assert "AUTH" not in server.verbs


async def test_a_certificate_of_nobody_is_refused() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    async with ScriptedSmtpServer(tls=context) as server:
        account = tuimail.Account(host=server.host, port=server.port, tls="implicit")

        result = await tuimail.asend(MAIL, workspace=None, account=account)

    assert isinstance(result.error, tuimail.ConfigurationError)
    assert (result.status, server.commands) == ("error", [])


def test_a_password_in_clear_to_another_machine_is_refused() -> None:
    account = tuimail.Account(
        host="smtp.example.net", tls="none", username="mara", password="x"
    )

    with pytest.raises(tuimail.ConfigurationError, match="clear"):
        tuimail.send(MAIL, workspace=None, account=account)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"subject": "a\0b"}, "subject"),
        ({"subject": "a\rb"}, "subject"),
        ({"to": "no address"}, "to"),
        ({"headers": {"Bcc": "eve@example.net"}}, "header"),
        ({"headers": {"X-A": "a\r\nBcc: eve@example.net"}}, "header"),
        ({"headers": {"X A": "a"}}, "header"),
        ({"attachments": ["/dev"]}, "attach"),
        ({"attachments": [tuimail.Attachment(source=b"a")]}, "attach"),
        ({"to": ()}, "to"),
        ({"from_": ""}, "from"),
        ({"expires_at": datetime(2020, 1, 1, tzinfo=UTC)}, "expires"),
    ],
)
def test_what_cannot_be_mail_is_refused_with_the_field(
    fields: dict[str, Any], named: str
) -> None:
    account = tuimail.Account(provider="dummy")

    with pytest.raises(tuimail.InputError) as caught:
        tuimail.send(MAIL, workspace=None, account=account, **fields)

    assert caught.value.field == named
    assert caught.value.hint
    assert DummyProvider.kept == []


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(tuimail.AttachmentError):
        made(attachments=[tmp_path / "pipe"])


def test_what_would_be_raised_is_a_result_where_that_is_asked_for() -> None:
    result = tuimail.send(
        to="a@example.net, B <b@example.net>",
        subject="a\0b",
        workspace=None,
        account=tuimail.Account(provider="dummy"),
        fail_silently=True,
    )

    assert isinstance(result.error, tuimail.FieldError)
    assert result.failed == ("a@example.net", "b@example.net")


async def test_names_and_case_stay_and_nobody_is_told_twice(
    server: ScriptedSmtpServer,
) -> None:
    result = await sent(
        server,
        to="Zoë <CaseSensitive@x.example>, b@example.net",
        cc="B again <b@example.net>",
    )

    (delivery,) = server.deliveries
    assert delivery.recipients == ("CaseSensitive@x.example", "b@example.net")
    assert list(result.recipients) == ["CaseSensitive@x.example", "b@example.net"]
    assert b"=?utf-8?" in delivery.content


async def test_a_domain_that_is_not_ascii_goes_as_an_a_label(
    server: ScriptedSmtpServer,
) -> None:
    await sent(server, to="bea@münchen.example")

    (delivery,) = server.deliveries
    assert delivery.recipients == ("bea@xn--mnchen-3ya.example",)
    assert "SMTPUTF8" not in delivery.sender


def test_what_the_way_out_cannot_say_is_refused_in_a_dry_run_already() -> None:
    account = tuimail.Account(host="smtp.example.net", options={"smtputf8": False})

    with pytest.raises(tuimail.UnsupportedFeatureError) as caught:
        tuimail.send(
            MAIL, to="zoë@example.net", workspace=None, account=account, dry_run=True
        )

    assert caught.value.field == "to"


async def test_date_and_message_id_are_the_same_on_the_wire(
    server: ScriptedSmtpServer,
) -> None:
    results = [await sent(server) for _ in range(2)]

    on_the_wire = [
        re.findall(rb"^Message-ID: (\S+)\r$", one.content, re.MULTILINE)
        for one in server.deliveries
    ]
    assert on_the_wire == [[one.message_id.encode()] for one in results]
    assert len({one.message_id for one in results}) == len(results)
    assert all(one.message_id.endswith("@example.org>") for one in results)
    assert all(b"\r\nDate: " in b"\r\n" + one.content for one in server.deliveries)


def test_files_come_from_paths_and_memory_with_their_names(tmp_path: Path) -> None:
    path = tmp_path / 'Rechnung "März"; 1.txt'
    path.write_bytes(b"")
    with path.open("rb") as stream:
        content = made(
            attachments=[
                path,
                tuimail.Attachment(source=b"\0\1", name="a.bin"),
                tuimail.Attachment(source=stream, name="b.txt"),
            ]
        )

    assert content.count(b"Content-Disposition: attachment") == 3
    assert b"filename*=utf-8''Rechnung%20%22M%C3%A4rz%22%3B%201.txt" in content
    assert b"AAE=" in content


def test_text_html_pictures_and_files_nest_as_programs_expect() -> None:
    picture = tuimail.Attachment(source=b"GIF89a", name="a.gif", content_id="a")

    content = made(
        html='<p>Hi <img src="cid:a"></p>',
        attachments=[picture, tuimail.Attachment(source=b"x", name="x.txt")],
        priority="high",
    )

    kinds = re.findall(rb"Content-Type: ([a-z]+/[a-z]+)", content)
    assert kinds == [
        b"multipart/mixed", b"multipart/related", b"multipart/alternative",
        b"text/plain", b"text/html", b"image/gif", b"text/plain",
    ]  # fmt: skip
    assert b"X-Priority: 1\r\n" in content


def test_blanks_are_filled_in_and_one_without_a_value_is_an_error() -> None:
    content = made(text="Dear {{ name }}", data={"name": "Bea"})

    assert b"Dear Bea" in content
    with pytest.raises(tuimail.TemplateError, match="name"):
        made(text="Dear {{ name }}", data={"other": "Bea"})


async def test_a_dry_run_contacts_nobody(server: ScriptedSmtpServer) -> None:
    result = await sent(server, dry_run=True)
    blocking = await asyncio.to_thread(
        tuimail.send, MAIL, workspace=None, account=leading_to(server), dry_run=True
    )

    assert (result.status, blocking.status) == ("dry_run", "dry_run")
    assert result.is_success
    assert result.recipients["bea@example.net"].status == "pending"
    assert server.connections == 0


async def test_those_who_are_too_many_at_once_follow_at_once(
    server: ScriptedSmtpServer,
) -> None:
    server.max_recipients = 2
    people = [f"n{number}@example.net" for number in range(5)]

    result = await sent(server, to=people)

    assert result.successful == tuple(people)
    assert [len(one.recipients) for one in server.deliveries] == [2, 2, 1]


async def test_an_account_says_for_how_many_one_try_is(
    server: ScriptedSmtpServer,
) -> None:
    account = leading_to(server, options={"recipients_per_message": 2})

    result = await tuimail.asend(MAIL, to=EVERYBODY, workspace=None, account=account)

    assert result.is_success
    assert [one.recipients for one in server.deliveries] == [
        EVERYBODY[:2],
        EVERYBODY[2:],
    ]


async def test_after_a_line_that_broke_the_others_are_not_offered_it(
    server: ScriptedSmtpServer,
) -> None:
    server.script["after-end-of-data"] = Close()
    account = leading_to(server, options={"recipients_per_message": 2})

    result = await tuimail.asend(MAIL, to=EVERYBODY, workspace=None, account=account)

    assert result.unknown == EVERYBODY[:2]
    assert result.failed == EVERYBODY[2:]
    assert "not offered" in result.recipients[EVERYBODY[2]].error


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"idempotency_key": "a"}, "idempotency-key"),
        ({"at": datetime.now(UTC) + timedelta(hours=1)}, "at"),
        ({"wait": 0.0}, "wait"),
    ],
)
def test_what_has_to_be_remembered_needs_a_workspace(
    given: dict[str, Any], field: str
) -> None:
    account = tuimail.Account(provider="dummy")

    with pytest.raises(tuimail.FieldError) as caught:
        tuimail.send(MAIL, workspace=None, account=account, **given)

    assert caught.value.field == field


async def test_a_server_that_says_nothing_is_given_up_when_the_time_is_over(
    server: ScriptedSmtpServer,
) -> None:
    """The loop goes on meanwhile: it is the loop that the server runs in."""
    server.script["greeting"] = Hang()

    result = await sent(server, wait=0.05)

    assert (result.status, result.failed) == ("error", ("bea@example.net",))
    assert "stopped before" in str(result.error)


async def test_a_call_that_is_cancelled_sends_nothing_later(
    server: ScriptedSmtpServer,
) -> None:
    server.script["mail"] = Hang()
    line = Line(leading_to(server))
    sending = asyncio.create_task(line.asend(MAIL))
    while "MAIL" not in server.verbs:  # noqa: ASYNC110 - the server tells nobody
        await asyncio.sleep(0)

    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    await line.aclose()

    assert server.deliveries == []


async def test_a_call_that_is_cancelled_too_late_ends_in_silence(
    server: ScriptedSmtpServer,
) -> None:
    server.script["after-end-of-data"] = Hang()
    sending = asyncio.create_task(sent(server))
    while not server.deliveries:  # noqa: ASYNC110 - as above
        await asyncio.sleep(0)

    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending

    assert sum(server.copies().values()) == 1


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (RuntimeError("hunter2"), "error"),
        (AfterThePoint(RuntimeError("hunter2")), "unknown"),
        (tuimail.ConfigurationError("It is not set up."), "error"),
        (VerdictKind.QUEUED, "queued"),
    ],
)
def test_a_provider_that_fails_is_a_result_too(
    answer: Any, status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = FakeProvider(answers=[answer])
    monkeypatch.setattr(
        "tuimail.workspace.ways_out.provider_class", lambda _: lambda _: provider
    )

    result = tuimail.send(MAIL, workspace=None, account=tuimail.Account())

    assert result.status == status
    assert "hunter2" not in f"{result!r} {result.recipients!r}"
    assert provider.is_closed


async def _read(job: SendJob) -> Verdicts:
    """Read everything, and keep nothing of it."""
    async for _ in job.pieces():
        pass
    await job.point_of_no_return()
    return told_to_all(job.envelope, VerdictKind.SENT, receipt=Receipt(), server="")


def test_many_recipients_take_as_long_as_there_are_many() -> None:
    """Ten times as many would take a hundred times as long if each met each."""
    few, many = _seconds_to_compose(2_000), _seconds_to_compose(20_000)

    assert many < 40 * few


def _seconds_to_compose(count: int) -> float:
    started = time.process_time()
    result = tuimail.send(
        MAIL,
        to=[f"n{number}@example.net" for number in range(count)],
        workspace=None,
        account=tuimail.Account(provider="dummy"),
        dry_run=True,
    )
    taken = time.process_time() - started
    assert len(result.recipients) == count
    return taken


@pytest.mark.slow
def test_thirty_megabytes_take_little_more_than_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "big.bin"
    path.write_bytes(bytes(30_000_000))
    monkeypatch.setattr(
        "tuimail.workspace.ways_out.provider_class",
        lambda _: partial(FakeProvider, answers=[_read]),
    )
    tracemalloc.start()

    result = tuimail.send(
        MAIL, attachments=[path], workspace=None, account=tuimail.Account()
    )
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert result.is_success
    assert most < 60_000_000


async def test_a_forked_process_has_a_loop_and_connections_of_its_own(
    server: ScriptedSmtpServer,
) -> None:
    line = Line(leading_to(server))
    await line.asend(MAIL)
    before = loop.the_loop()
    of_the_parent = line._open["program"].way

    loop._SHARED.forget()
    direct._after_fork()
    result = await line.asend(MAIL)

    assert result.is_success
    assert loop.the_loop() is not before
    assert server.connections == 2
    await line.aclose()
    await asyncio.wrap_future(before.run(of_the_parent.close()))
    before.end()
