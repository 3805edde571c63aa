"""What the client library sends through: nothing but what the loop lets out."""

import asyncio
import json
import logging
import ssl
import threading
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace

import pytest
import trustme

from tests.providers.gmail.fake_gmail import FakeGmail, failure, gmail_at, odd_at
from tests.providers.gmail.test_provider import (
    CONTENT,
    DEFERRED,
    SENT,
    a_job,
    kinds,
    provider_at,
    submitted,
)
from tuimail.core.submission import AccountFault
from tuimail.providers.gmail import client
from tuimail.providers.gmail.transport import Http, Mail
from tuimail.testing import RecordedJob, Respond, ScriptedHttpServer

MIB = 2**20


async def test_the_environment_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with ScriptedHttpServer() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        for name in ("GOOGLE_CLOUD_UNIVERSE_DOMAIN", "HTTPLIB2_CA_CERTS"):
            monkeypatch.setenv(name, "evil.example")
        monkeypatch.setenv("GOOGLE_API_USE_MTLS_ENDPOINT", "always")
        monkeypatch.setenv("GOOGLE_API_USE_CLIENT_CERTIFICATE", "true")
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere")
        verdicts = await submitted(FakeGmail())

    assert kinds(verdicts) == [SENT]
    assert proxy.connections == 0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("where", ["at_opening", "at_content"])
async def test_no_redirect_is_followed(where: str, status: int) -> None:
    async with ScriptedHttpServer() as other:
        there = Respond(status=status, headers={"Location": other.url})
        verdicts = await submitted(odd_at(where, there))

    assert SENT not in kinds(verdicts)
    assert other.connections == 0


@pytest.mark.parametrize("where", ["at_opening", "at_content"])
@pytest.mark.parametrize("status", [403, 500])
async def test_an_answer_is_not_asked_for_again(where: str, status: int) -> None:
    answer = failure(status, "userRateLimitExceeded")
    async with gmail_at(odd_at(where, answer)) as server:
        provider = provider_at(server.url)
        await provider.submit(a_job().job)
        await provider.close()

    assert len(server.requests) == 1 + (where == "at_content")


async def test_what_an_error_says_is_in_no_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Without a log, Python would write it over the app."""
    caplog.set_level(logging.DEBUG)
    await submitted(FakeGmail(at_opening=Respond(status=403, body="<h1>Blocked</h1>")))
    await submitted(FakeGmail(at_content=failure(403, "odd", "Blocked")))

    assert "Blocked" not in caplog.text
    assert [one for one in caplog.records if one.levelno >= logging.INFO] == []


async def test_the_library_runs_in_a_thread_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[str] = []
    send = client.send

    def watched(http: Http, url: str, mail: Mail, *, thread: str = "") -> None:
        seen.append(threading.current_thread().name)
        send(http, url, mail, thread=thread)

    monkeypatch.setattr(client, "send", watched)
    await submitted(FakeGmail())

    assert [name.partition("_")[0] for name in seen] == ["gmail"]


async def test_a_mistake_in_the_library_is_no_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The sender makes of it that nothing was sent."""

    def broken(_url: str) -> dict[str, object]:
        raise ValueError("a mistake")

    monkeypatch.setattr(client, "_description", broken)

    with pytest.raises(ValueError, match="a mistake"):
        await submitted(FakeGmail())


async def test_content_that_is_not_as_long_as_was_said_is_never_sent() -> None:
    """A mistake of ours, which passes through as what it is."""
    fake, recorded = FakeGmail(), a_job()
    recorded.job = replace(recorded.job, size_bytes=len(CONTENT) + 1)

    with pytest.raises(ValueError, match="bytes instead of"):
        await submitted(fake, recorded)

    assert fake.taken == []
    assert "point" not in recorded.events


# TLS.


def tls(ca: trustme.CA, host: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(host).configure_cert(context)
    return context


@pytest.mark.parametrize(
    ("host", "is_known", "kind"),
    [("127.0.0.1", True, SENT), ("127.0.0.1", False, None), ("other.x", True, None)],
)
async def test_a_token_goes_to_who_proves_to_be_the_host(
    host: str, *, is_known: bool, kind: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    ca, fake = trustme.CA(), FakeGmail(scheme="https")
    trusted = ssl.create_default_context()
    (ca if is_known else trustme.CA()).configure_trust(trusted)
    monkeypatch.setattr("tuimail.providers.tls.trusting", lambda _: trusted)
    async with gmail_at(fake, tls=tls(ca, host)) as server:
        provider = provider_at(server.url)
        verdicts = await provider.submit(a_job().job)
        await provider.close()

    assert kinds(verdicts) == ([kind] if kind else [])
    assert verdicts.fault is (None if kind else AccountFault.CERTIFICATE)
    assert bool(server.requests) is bool(kind)


async def test_a_server_of_nobodys_is_not_trusted() -> None:
    async with gmail_at(FakeGmail(), tls=tls(trustme.CA())) as server:
        provider = provider_at(server.url)
        check = await provider.check()
        await provider.close()

    assert check.fault is AccountFault.CERTIFICATE
    assert "did not prove who it is" in check.error
    assert server.requests == []


# Memory.


async def test_a_big_mail_is_never_in_memory_as_a_whole() -> None:
    size, header = 24 * MIB, CONTENT.partition(b"Hi")[0]
    recorded = RecordedJob("ana@example.net", "hidden@example.net")

    async def pieces() -> AsyncIterator[bytes]:
        yield header
        for _ in range(size // 65536):
            yield bytes(65536)

    job = replace(recorded.job, pieces=pieces, size_bytes=len(header) + size)
    server = await asyncio.start_server(swallow, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        provider = provider_at(f"http://127.0.0.1:{port}")
        await provider.check()
        tracemalloc.start()
        told = await provider.submit(job)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        await provider.close()

    assert kinds(told) == [SENT, SENT]
    assert peak < size / 4


async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Be a Gmail that keeps nothing."""
    with suppress(asyncio.IncompleteReadError):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:-2])
        left = int(fields["content-length"])
        while left:
            left -= len(await reader.read(min(left, 65536)))
        body = json.dumps({"id": "1"}).encode() if head.startswith("PUT") else b""
        writer.write(
            f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n"
            f"Location: http://{fields['host']}/1\r\n\r\n".encode()
        )
        writer.write(body)
        await writer.drain()
    writer.close()


async def test_a_job_whose_pieces_are_gone_is_closed() -> None:
    """What reads the mail's file lets go of it, also where nothing is sent."""
    closed = []

    async def pieces() -> AsyncIterator[bytes]:
        try:
            yield CONTENT
        finally:
            closed.append(1)

    job = replace(a_job().job, pieces=pieces)
    provider = provider_at("http://127.0.0.1:1")
    told = await provider.submit(job)
    await provider.close()

    assert kinds(told) == [DEFERRED]
    assert closed == [1]
