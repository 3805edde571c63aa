"""Connect, TLS and login, against servers that are not what they should be."""

import asyncio
import contextlib
import gc
import logging
import re
import socket
import ssl
import threading
import warnings
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.providers.conftest import Authority
from tests.providers.smtp.conftest import (
    LOGINS,
    PASSWORD,
    QUICK,
    SHORT,
    ProviderAt,
    is_deferred,
    is_sent,
    server_behind,
)
from tuimail.core.address import Address
from tuimail.core.draft import Draft
from tuimail.core.service import ServiceOptions
from tuimail.core.submission import AccountFault
from tuimail.errors import SecretError, UnsupportedFeatureError
from tuimail.providers.base import ProviderAccount
from tuimail.providers.smtp.limits import StageLimits
from tuimail.providers.smtp.provider import SmtpProvider
from tuimail.testing import (
    Act,
    Close,
    Drip,
    Hang,
    RecordedJob,
    Say,
    ScriptedSmtpServer,
)


@pytest.mark.parametrize("stage", ["connect", "greeting", "ehlo"])
@pytest.mark.parametrize("act", [Close(), Close(hard=True), Hang(), Drip()])
async def test_a_server_that_is_not_there_means_later(
    provider_at: ProviderAt, stage: str, act: Act
) -> None:
    async with ScriptedSmtpServer({stage: act}) as server:
        verdicts = await provider_at(server, limits=QUICK).submit(RecordedJob().job)

    assert is_deferred(verdicts)
    assert verdicts.by_recipient[0].receipt.stage in {"greeting", "ehlo"}
    assert verdicts.by_recipient[0].receipt.text.endswith(".")


@pytest.mark.parametrize(
    ("stage", "reply"),
    [
        ("greeting", "421 4.3.2 too busy"),
        ("greeting", "554 5.3.2 no service"),
        ("greeting", "HTTP/1.1 400 Bad Request"),
        ("greeting", "220 hello\r\n250 and more before it was asked"),
        ("ehlo", "421 4.3.2 going down"),
        ("ehlo", "451 4.3.0 later"),
        ("ehlo", "250-x\r\n250 SIZE 1000\r\n250 and more"),
        ("ehlo", "299 odd"),
    ],
)
async def test_a_refused_session_is_no_refused_message(
    provider_at: ProviderAt, stage: str, reply: str
) -> None:
    async with ScriptedSmtpServer({stage: Say(reply)}) as server:
        verdicts = await provider_at(server).submit(RecordedJob().job)

    assert is_deferred(verdicts)
    assert verdicts.by_recipient[0].receipt.stage == stage
    assert "MAIL" not in server.verbs


async def test_a_reply_without_end_is_given_up(provider_at: ProviderAt) -> None:
    async with ScriptedSmtpServer({"ehlo": Say(b"250-" + b"x" * 10_000_000)}) as server:
        verdicts = await provider_at(server).submit(RecordedJob().job)

    assert is_deferred(verdicts)


async def test_octets_that_are_no_text_can_be_stored(provider_at: ProviderAt) -> None:
    script = {"greeting": Say(b"421 4.3.2 \xfc\xf6\xe4 \x1b[2J\r\n")}
    async with ScriptedSmtpServer(script) as server:
        verdicts = await provider_at(server).submit(RecordedJob().job)

    receipt = verdicts.by_recipient[0].receipt
    assert receipt.text == "4.3.2 \\xfc\\xf6\\xe4 \x1b[2J"
    assert receipt.enhanced == "4.3.2"


async def test_a_server_that_only_knows_helo_will_do(provider_at: ProviderAt) -> None:
    async with ScriptedSmtpServer({"ehlo": Say("502 5.5.1 what?")}) as server:
        verdicts = await provider_at(server).submit(RecordedJob().job)

    assert is_sent(verdicts)
    assert server.verbs[:3] == ["EHLO", "HELO", "MAIL"]


async def test_a_server_that_knows_neither_means_later(provider_at: ProviderAt) -> None:
    script = {"ehlo": Say("502 no"), "helo": Say("502 no")}
    async with ScriptedSmtpServer(script) as server:
        verdicts = await provider_at(server).submit(RecordedJob().job)

    assert is_deferred(verdicts)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def account(host: str, port: int) -> ProviderAccount:
    return ProviderAccount(
        name="work", options={"host": host, "port": port}, secret=lambda: None
    )


async def test_a_refused_connection_says_so() -> None:
    provider = SmtpProvider(account("127.0.0.1", closed_port()))
    verdicts = await provider.submit(RecordedJob().job)

    assert is_deferred(verdicts)
    assert verdicts.by_recipient[0].receipt.stage == "connect"
    assert "refused" in verdicts.by_recipient[0].receipt.text


async def test_a_name_without_an_address_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nothing(*args: object, **kwargs: object) -> list[object]:
        return []

    monkeypatch.setattr(socket, "getaddrinfo", nothing)
    verdicts = await SmtpProvider(account("a.example", 25)).submit(RecordedJob().job)

    assert is_deferred(verdicts)
    assert "no address" in verdicts.by_recipient[0].receipt.text


async def test_a_name_that_is_not_known_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unknown(*args: object, **kwargs: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    verdicts = await SmtpProvider(account("a.example", 25)).submit(RecordedJob().job)

    assert is_deferred(verdicts)
    assert "not known" in verdicts.by_recipient[0].receipt.text


async def test_the_next_address_is_tried_when_one_is_dead(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with ScriptedSmtpServer() as server:
        stream = (socket.AF_INET, socket.SOCK_STREAM, 6, "")

        def two(*args: object, **kwargs: object) -> list[object]:
            addresses = [("127.0.0.1", closed_port()), ("127.0.0.1", server.port)]
            return [(*stream, address) for address in addresses]

        monkeypatch.setattr(socket, "getaddrinfo", two)
        provider = SmtpProvider(
            ProviderAccount(
                name="work",
                options={"host": "two.example", "tls": "none"},
                secret=lambda: None,
            )
        )
        verdicts = await provider.submit(RecordedJob().job)

    assert is_sent(verdicts)


async def test_an_address_that_never_answers_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def silence(*args: object, **kwargs: object) -> None:
        await asyncio.Event().wait()

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(loop, "sock_connect", silence)
    provider = SmtpProvider(account("127.0.0.1", 25), limits=StageLimits(connect=SHORT))
    verdicts = await provider.submit(RecordedJob().job)

    assert is_deferred(verdicts)
    assert "in time" in verdicts.by_recipient[0].receipt.text


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
async def test_mail_goes_out_over_tls_with_a_login(
    provider_at: ProviderAt, authority: Authority, tls: str
) -> None:
    context = authority.context()
    recorded = RecordedJob(content=b"A: b\r\n\r\n" + b".x\r\n" * 100_000)
    recorded._piece_bytes = 65536
    async with server_behind(tls, context) as server:
        provider = provider_at(
            server, tls=tls, ca_file=str(authority.file), username="ada"
        )
        verdicts = await provider.submit(recorded.job)
        await provider.close()

    assert is_sent(verdicts)
    assert server.deliveries[0].content == recorded.content
    assert recorded.events[:4] == ["resolved", "connected", "tls", "auth"]
    assert server.verbs[-1] == "QUIT"


async def test_the_login_comes_after_tls_and_a_second_ehlo(
    provider_at: ProviderAt, authority: Authority
) -> None:
    async with ScriptedSmtpServer(
        {"after-end-of-data": Close()}, starttls=authority.context(), logins=LOGINS
    ) as server:
        provider = provider_at(
            server, tls="starttls", ca_file=str(authority.file), username="ada"
        )
        lost = await provider.submit(RecordedJob().job)

    assert server.verbs[:4] == ["EHLO", "STARTTLS", "EHLO", "AUTH"]
    told = lost.by_recipient[0].session
    assert re.fullmatch(r"TLS 1\.[23], logged in as ada", told)


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
@pytest.mark.parametrize(
    ("flaw", "says"),
    [
        ("unknown authority", "unable to get local issuer"),
        ("wrong name", "not valid for '127.0.0.1'"),
        ("expired", "expired"),
    ],
)
async def test_a_server_that_does_not_prove_itself_gets_no_password(
    provider_at: ProviderAt, authority: Authority, tls: str, flaw: str, says: str
) -> None:
    names = ("other.example",) if flaw == "wrong name" else ("127.0.0.1",)
    context = authority.context(names=names, is_expired=flaw == "expired")
    trust = {} if flaw == "unknown authority" else {"ca_file": str(authority.file)}
    async with server_behind(tls, context) as server:
        provider = provider_at(server, tls=tls, username="ada", **trust)
        verdicts = await provider.submit(RecordedJob().job)

    assert verdicts.fault is AccountFault.CERTIFICATE
    assert verdicts.by_recipient == ()
    assert says in verdicts.fault_receipt.text
    assert not {"AUTH", "MAIL"} & set(server.verbs)


def say_and_be_deaf(
    listener: socket.socket, context: ssl.SSLContext, lines: list[bytes]
) -> None:
    """Say one line for each that is heard, then hear nothing more."""
    taken, _ = listener.accept()
    with context.wrap_socket(taken, server_side=True) as talking:
        for line in lines:
            talking.sendall(line)
            if line is not lines[-1]:
                talking.recv(4096)
        listener.accept()[0].close()


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([b"554 5.3.2 no service\r\n"], id="greeting"),
        pytest.param(
            [b"220 hi\r\n", b"250-x\r\n250 AUTH PLAIN\r\n", b"535 5.7.8 wrong\r\n"],
            id="login",
        ),
    ],
)
def test_a_server_that_does_not_say_goodbye_leaves_no_socket_open(
    authority: Authority, lines: list[bytes]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        context, place = authority.context(), listener.getsockname()
        deaf = threading.Thread(target=say_and_be_deaf, args=(listener, context, lines))
        deaf.start()
        at = account(*place)
        options = {"tls": "implicit", "ca_file": str(authority.file), "username": "ada"}
        provider = SmtpProvider(
            replace(at, options={**at.options, **options}, secret=lambda: PASSWORD)
        )
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            check = asyncio.run(provider.check())
            gc.collect()
        with socket.create_connection(place):
            deaf.join()

    assert not check.ok
    assert lines[-1].decode().split(" ", 1)[1].strip() in check.error
    assert [str(one.message) for one in warned] == []


def serve_old_tls(listener: socket.socket, context: ssl.SSLContext) -> None:
    """Shake hands once, in a thread: asyncio's server ends without an alert."""
    connection, _ = listener.accept()
    with connection, contextlib.suppress(ssl.SSLError):
        context.wrap_socket(connection, server_side=True)


async def test_an_old_tls_is_refused(authority: Authority) -> None:
    context = authority.context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1
    with socket.create_server(("127.0.0.1", 0)) as listener:
        old = asyncio.create_task(asyncio.to_thread(serve_old_tls, listener, context))
        options = {
            "host": "127.0.0.1",
            "port": listener.getsockname()[1],
            "tls": "implicit",
            "ca_file": str(authority.file),
        }
        provider = SmtpProvider(
            ProviderAccount(name="work", options=options, secret=lambda: None)
        )
        verdicts = await provider.submit(RecordedJob().job)
        await old

    assert verdicts.fault is AccountFault.CERTIFICATE
    assert "protocol version" in verdicts.fault_receipt.text


async def test_starttls_that_is_not_offered_holds_the_account(
    provider_at: ProviderAt,
) -> None:
    async with ScriptedSmtpServer(logins=LOGINS) as server:
        provider = provider_at(server, tls="starttls", username="ada")
        verdicts = await provider.submit(RecordedJob().job)

    assert verdicts.fault is AccountFault.CERTIFICATE
    assert server.verbs == ["EHLO"]


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        ("454 4.7.0 TLS not available", None),
        ("501 5.5.4 no", AccountFault.CERTIFICATE),
        ("250 not what was asked", None),
    ],
)
async def test_starttls_that_is_refused_is_never_done_without(
    provider_at: ProviderAt,
    authority: Authority,
    reply: str,
    fault: AccountFault | None,
) -> None:
    async with ScriptedSmtpServer(
        {"starttls": Say(reply)}, starttls=authority.context(), logins=LOGINS
    ) as server:
        provider = provider_at(server, tls="starttls", username="ada")
        verdicts = await provider.submit(RecordedJob().job)

    assert verdicts.fault is fault
    assert is_deferred(verdicts) is (fault is None)
    assert server.verbs == ["EHLO", "STARTTLS"]


INJECTED: list[Act | tuple[Act, ...]] = [
    Say("220 go\r\n250-evil\r\n250 SIZE 1"),
    Say("220-go\r\n220 on\r\n250 evil"),
    Say(b"220 go\r\n250-e"),
    Say(b"220 go\r\n25-"),
    Say("220 go\r\nno reply at all"),
    (Say("220 go"), Say("250 evil")),
    Say("220 go\r\n" + "250 evil\r\n" * 200_000),
]


@pytest.mark.parametrize("act", INJECTED)
async def test_what_is_injected_behind_starttls_ends_the_session(
    provider_at: ProviderAt, authority: Authority, act: Act | tuple[Act, ...]
) -> None:
    """CVE-2021-38371 and its like: words in clear, taken for words within TLS."""
    server = server_behind("starttls", authority.context(), {"starttls": act})
    async with server:
        provider = provider_at(
            server,
            limits=StageLimits(command=timedelta(seconds=1)),
            tls="starttls",
            ca_file=str(authority.file),
            username="ada",
        )
        first = await provider.submit(RecordedJob().job)
        second = await provider.submit(RecordedJob().job)

    assert is_deferred(first)
    assert "behind the server's answer to STARTTLS" in (
        first.by_recipient[0].receipt.text
    )
    assert second.fault is AccountFault.CERTIFICATE
    assert "2 times" in second.fault_receipt.text
    assert set(server.verbs) == {"EHLO", "STARTTLS"}
    assert server.connections == 2


async def test_one_session_with_something_injected_does_not_stop_the_next(
    provider_at: ProviderAt, authority: Authority
) -> None:
    script = {"starttls": Say("220 go\r\n250 evil")}
    server = server_behind("starttls", authority.context(), script)
    async with server:
        provider = provider_at(
            server, tls="starttls", ca_file=str(authority.file), username="ada"
        )
        first = await provider.submit(RecordedJob().job)
        server.script.clear()
        second = await provider.submit(RecordedJob().job)

    assert is_deferred(first)
    assert is_sent(second)


@pytest.mark.parametrize("stage", ["connect", "starttls"])
async def test_a_handshake_that_breaks_off_means_later(
    provider_at: ProviderAt, authority: Authority, stage: str
) -> None:
    script = {stage: (Say(b"220 go\r\n"), Close())}
    tls = "implicit" if stage == "connect" else "starttls"
    context = authority.context() if stage == "starttls" else None
    async with ScriptedSmtpServer(script, starttls=context) as server:
        provider = provider_at(server, tls=tls, limits=QUICK)
        verdicts = await provider.submit(RecordedJob().job)

    assert is_deferred(verdicts)


@pytest.mark.parametrize("method", ["PLAIN", "LOGIN", "CRAM-MD5"])
async def test_each_way_to_log_in_works(provider_at: ProviderAt, method: str) -> None:
    async with ScriptedSmtpServer(logins=LOGINS, methods=method) as server:
        provider = provider_at(server, username="ada", allow_clear_auth=True)
        verdicts = await provider.submit(RecordedJob().job)

    assert is_sent(verdicts)


@pytest.mark.parametrize("method", ["PLAIN", "LOGIN", "CRAM-MD5", "PLAIN LOGIN"])
async def test_a_wrong_password_holds_the_account_after_one_try(
    provider_at: ProviderAt, method: str
) -> None:
    """Servers lock accounts where somebody keeps trying."""
    async with ScriptedSmtpServer(logins=LOGINS, methods=method) as server:
        provider = provider_at(
            server,
            username="ada",
            allow_clear_auth=True,
            secret=lambda: "not the password",
        )
        verdicts = await provider.submit(RecordedJob().job)

    assert verdicts.fault is AccountFault.LOGIN
    assert verdicts.fault_receipt.code == 535
    assert server.verbs.count("AUTH") == 1


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        ("454 4.7.0 Temporary authentication failure", None),
        ("421 4.7.0 slow down", None),
        ("535 5.7.8 wrong", AccountFault.LOGIN),
        ("250 ok", AccountFault.LOGIN),
        ("334 and again", AccountFault.LOGIN),
        ("334 " + "x" * 1_000_000, AccountFault.LOGIN),
    ],
)
async def test_the_answer_to_a_login_is_judged_by_its_code(
    provider_at: ProviderAt, reply: str, fault: AccountFault | None
) -> None:
    async with ScriptedSmtpServer({"auth": Say(reply)}, logins=LOGINS) as server:
        provider = provider_at(server, username="ada", allow_clear_auth=True)
        verdicts = await provider.submit(RecordedJob().job)

    assert verdicts.fault is fault
    assert "MAIL" not in server.verbs
    if fault is None:
        assert verdicts.by_recipient[0].wait is not None


@pytest.mark.parametrize("act", [Close(), Hang()])
async def test_a_server_that_is_lost_at_the_login_means_later(
    provider_at: ProviderAt, act: Act
) -> None:
    async with ScriptedSmtpServer({"auth": act}, logins=LOGINS) as server:
        provider = provider_at(
            server, username="ada", allow_clear_auth=True, limits=QUICK
        )
        verdicts = await provider.submit(RecordedJob().job)

    assert is_deferred(verdicts)
    assert verdicts.by_recipient[0].receipt.stage == "auth"


@pytest.mark.parametrize(
    ("server", "says"),
    [
        (ScriptedSmtpServer(logins=LOGINS, methods="NTLM XOAUTH2"), "NTLM, XOAUTH2"),
        (ScriptedSmtpServer(), "no login"),
    ],
)
async def test_a_login_that_cannot_be_done_holds_the_account(
    provider_at: ProviderAt, server: ScriptedSmtpServer, says: str
) -> None:
    async with server:
        provider = provider_at(server, username="ada", allow_clear_auth=True)
        verdicts = await provider.submit(RecordedJob().job)

    assert verdicts.fault is AccountFault.LOGIN
    assert says in verdicts.fault_receipt.text
    assert "AUTH" not in server.verbs


async def test_a_server_that_closes_right_after_the_login_means_later(
    provider_at: ProviderAt,
) -> None:
    script = {"auth": (Say("235 welcome"), Close())}
    async with ScriptedSmtpServer(script, logins=LOGINS) as server:
        provider = provider_at(server, username="ada", allow_clear_auth=True)
        verdicts = await provider.submit(RecordedJob().job)

    assert is_deferred(verdicts)


async def test_more_than_one_answer_to_the_login_means_later(
    provider_at: ProviderAt,
) -> None:
    script = {"auth": Say("235 welcome\r\n250 and your mail is sent")}
    async with ScriptedSmtpServer(script, logins=LOGINS) as server:
        provider = provider_at(server, username="ada", allow_clear_auth=True)
        verdicts = await provider.submit(RecordedJob().job)

    assert is_deferred(verdicts)
    assert "MAIL" not in server.verbs


async def test_a_password_that_cannot_be_read_holds_the_account(
    provider_at: ProviderAt,
) -> None:
    def locked() -> str:
        raise SecretError("The keyring is locked.", hint="Unlock it.")

    async with ScriptedSmtpServer(logins=LOGINS) as server:
        provider = provider_at(
            server, username="ada", allow_clear_auth=True, secret=locked
        )
        verdicts = await provider.submit(RecordedJob().job)

    assert verdicts.fault is AccountFault.SECRET
    assert verdicts.fault_receipt.text == "The keyring is locked. Unlock it."
    assert server.connections == 0


@pytest.mark.parametrize("nothing", [None, ""])
async def test_a_user_without_a_password_holds_the_account(
    provider_at: ProviderAt, nothing: str | None
) -> None:
    async with ScriptedSmtpServer(logins=LOGINS) as server:
        provider = provider_at(
            server, username="ada", allow_clear_auth=True, secret=lambda: nothing
        )
        verdicts = await provider.submit(RecordedJob().job)

    assert verdicts.fault is AccountFault.SECRET
    assert server.connections == 0


async def test_a_password_is_not_asked_for_where_nobody_logs_in(
    provider_at: ProviderAt,
) -> None:
    def never() -> str:
        raise AssertionError

    async with ScriptedSmtpServer() as server:
        verdicts = await provider_at(server, secret=never).submit(RecordedJob().job)

    assert is_sent(verdicts)


@pytest.mark.parametrize("content", [None, "no certificate"])
async def test_a_ca_file_that_is_none_holds_the_account(
    provider_at: ProviderAt, tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    async with ScriptedSmtpServer() as server:
        provider = provider_at(server, tls="implicit", ca_file=str(file))
        verdicts = await provider.submit(RecordedJob().job)

    assert verdicts.fault is AccountFault.SETTINGS
    assert "ca.pem" in verdicts.fault_receipt.text


async def test_the_password_is_in_no_log_and_no_repr(
    provider_at: ProviderAt, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with ScriptedSmtpServer({"login": Say("535 no")}, logins=LOGINS) as server:
        provider = provider_at(server, username="ada", allow_clear_auth=True)
        verdicts = await provider.submit(RecordedJob().job)

    seen = f"{caplog.text} {verdicts!r} {provider!r} {vars(provider)!r}"
    assert PASSWORD not in seen


async def test_a_check_says_what_the_server_offers(provider_at: ProviderAt) -> None:
    async with ScriptedSmtpServer(logins=LOGINS) as server:
        provider = provider_at(server, username="ada", allow_clear_auth=True)
        check = await provider.check()
        await provider.close()

    assert check.ok
    assert check.endpoint == f"127.0.0.1:{server.port}"
    assert check.limits == {"size_bytes": 100_000_000}
    assert "AUTH PLAIN LOGIN CRAM-MD5" in check.capabilities
    assert server.verbs == ["EHLO", "AUTH", "QUIT"]


async def test_a_check_without_a_stated_size_states_no_limit(
    provider_at: ProviderAt,
) -> None:
    async with ScriptedSmtpServer(extensions=()) as server:
        check = await provider_at(server).check()

    assert check.limits == {}
    assert check.capabilities == ()


async def test_a_check_says_what_is_wrong(provider_at: ProviderAt) -> None:
    async with ScriptedSmtpServer({"login": Say("535 5.7.8 wrong")}, logins=LOGINS) as (
        server
    ):
        provider = provider_at(server, username="ada", allow_clear_auth=True)
        check = await provider.check()

    assert not check.ok
    assert check.fault is AccountFault.LOGIN
    assert check.error == "535 5.7.8 wrong"
    assert "app password" in check.hint


async def test_a_check_tells_each_step_when_it_is_done() -> None:
    told = list[str]()
    async with ScriptedSmtpServer() as server:
        there = replace(account("127.0.0.1", server.port), progress=told.append)
        provider = SmtpProvider(there)
        await provider.check()
        await provider.close()

    assert told == ["resolved", "connected"]


async def test_a_check_of_a_server_that_is_not_there_says_so() -> None:
    check = await SmtpProvider(account("127.0.0.1", closed_port())).check()

    assert not check.ok
    assert check.fault is None
    assert "host, port" in check.hint


async def test_smtp_takes_any_message_and_nothing_beside_it(
    provider_at: ProviderAt,
) -> None:
    sender = Address(local="ada", domain="example.org")
    envelope = RecordedJob().job.envelope
    async with ScriptedSmtpServer() as server:
        provider = provider_at(server)

    provider.accept(Draft(sender=sender), envelope)
    with pytest.raises(UnsupportedFeatureError, match="SMTP cannot"):
        provider.accept(
            Draft(sender=sender),
            replace(envelope, service=ServiceOptions(track_opens=True)),
        )


@pytest.mark.parametrize("field", ["sender", "to", "cc", "bcc", "reply_to"])
def test_an_address_that_the_server_cannot_take_is_refused_early(field: str) -> None:
    ada = Address(local="ada", domain="example.org")
    zoe = Address(local="zoë", domain="example.org")
    given: dict[str, Any] = {field: zoe if field == "sender" else (zoe,)}
    draft = Draft(**{"sender": ada, **given})
    envelope = replace(RecordedJob().job.envelope, needs_smtputf8=True)
    old = SmtpProvider(
        ProviderAccount(
            name="old",
            options={"host": "mx.example.org", "smtputf8": False},
            secret=lambda: None,
        )
    )

    with pytest.raises(UnsupportedFeatureError, match="SMTPUTF8") as caught:
        old.accept(draft, envelope)

    assert caught.value.field == {"sender": "from"}.get(field, field.replace("_", "-"))
