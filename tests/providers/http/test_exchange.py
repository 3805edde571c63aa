"""One request and its answer, against a server that misbehaves at every stage."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import trustme

from tests.providers.http.conftest import QUICK, SHORT, patience
from tuimail.core.http_reasons import HttpStage
from tuimail.core.submission import AccountFault
from tuimail.providers.http.exchange import exchange
from tuimail.providers.http.request import (
    TEXT_LIMIT,
    Exchanged,
    HttpLimits,
    HttpRequest,
)
from tuimail.testing import (
    Close,
    Drip,
    Hang,
    Respond,
    Say,
    ScriptedHttpServer,
    WebAct,
    WebScript,
)

KEY = "the key of the account"
PIECES = (b"x" * 200_000,) * 50
"""More than what is buffered between two programs, so that an end is noticed."""


class Asked:
    """A request, and what its sending touched."""

    def __init__(
        self, *pieces: bytes, at_the_point: BaseException | None = None
    ) -> None:
        self.pieces = pieces or (b"{", b"", b'"a": 1', b"}")
        self.at_the_point = at_the_point
        self.events: list[str] = []

    async def body(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            self.events.append("piece")
            yield piece

    async def point(self) -> None:
        self.events.append("point")
        if self.at_the_point is not None:
            raise self.at_the_point

    def request(self, url: str) -> HttpRequest:
        return HttpRequest(
            method="POST",
            url=f"{url}/send?to=all",
            headers={"Authorization": f"Bearer {KEY}"},
            pieces=self.body,
            size_bytes=sum(map(len, self.pieces)),
        )

    async def of(
        self, server: ScriptedHttpServer, *, trusting: ssl.SSLContext | None = None
    ) -> Exchanged:
        return await exchange(
            self.request(server.url),
            context=trusting,
            limits=patience(script=server.script),
            point_of_no_return=self.point,
            progress=self.events.append,
        )


async def asked(script: WebScript, *pieces: bytes) -> tuple[Exchanged, Asked]:
    sent = Asked(*pieces)
    async with ScriptedHttpServer(script) as server:
        return await sent.of(server), sent


async def test_an_answer_is_returned_whole() -> None:
    sent = Asked()
    async with ScriptedHttpServer() as server:
        found = await sent.of(server)

    assert found == Exchanged(
        stage=HttpStage.REPLY,
        server=f"127.0.0.1:{server.port}",
        status=200,
        headers={"content-length": "16", "content-type": "application/json"},
        body=b'{"id": "4F2A77"}',
        tls="no TLS",
    )
    assert found.json() == {"id": "4F2A77"}
    assert found.text == '{"id": "4F2A77"}'


async def test_what_is_asked_arrives_as_it_is_and_nothing_more() -> None:
    async with ScriptedHttpServer() as server:
        await Asked().of(server)

    received = server.requests[0]
    assert received.body == b'{"a": 1}'
    assert (received.method, received.target) == ("POST", "/send?to=all")
    assert received.headers == {
        "host": f"127.0.0.1:{server.port}",
        "accept-encoding": "identity",
        "user-agent": "tuimail",
        "content-length": "8",
        "authorization": f"Bearer {KEY}",
    }


async def test_the_last_piece_waits_for_the_point_of_no_return() -> None:
    """Without it, the server has no request that it could take."""
    sent = Asked(b"one", b"two", b"three", at_the_point=ValueError("withdrawn"))
    async with ScriptedHttpServer() as server:
        with pytest.raises(ValueError, match="withdrawn"):
            await sent.of(server)

    assert server.requests == []
    assert sent.events[0] == "connected"
    assert sent.events[-4:] == ["mid_body", "piece", "mid_body", "point"][-4:]


async def test_the_point_is_passed_once_whatever_the_body() -> None:
    for pieces in [(b"all at once",), (b"", b"x", b""), (b"",)]:
        _, sent = await asked({}, *pieces)

        assert sent.events.count("point") == 1
        assert sent.events[-2:] == ["dot.written", "reply.read"]


@pytest.mark.parametrize(
    "raised", [TimeoutError(), OSError(28, "full"), asyncio.CancelledError()]
)
async def test_what_our_own_side_raises_passes_through(raised: BaseException) -> None:
    """Even where the network raises the same: it says something else."""
    sent = Asked(at_the_point=raised)
    async with ScriptedHttpServer() as server:
        with pytest.raises(type(raised)) as caught:
            await sent.of(server)

    assert caught.value is raised or isinstance(raised, asyncio.CancelledError)
    assert server.requests == []


async def test_a_body_that_is_not_as_long_as_it_should_be_is_not_sent() -> None:
    sent = Asked()
    async with ScriptedHttpServer() as server:
        request = replace(sent.request(server.url), size_bytes=9)
        with pytest.raises(ValueError, match="8 bytes instead of 9"):
            await exchange(request, limits=HttpLimits(), point_of_no_return=sent.point)

    assert "point" not in sent.events
    assert server.requests == []


async def test_our_own_side_may_take_its_time() -> None:
    """The limits are for the server; a busy disk makes nothing unknown."""
    sent = Asked(b"one", b"two")
    slow = asyncio.Event()

    async def point() -> None:
        asyncio.get_running_loop().call_later(2 * SHORT.total_seconds(), slow.set)
        await slow.wait()

    async with ScriptedHttpServer() as server:
        found = await exchange(
            sent.request(server.url),
            limits=HttpLimits(block=SHORT),
            point_of_no_return=point,
        )

    assert found.status == 200


@pytest.mark.parametrize(
    "script",
    [
        {"connect": Close()},
        {"connect": Close(hard=True)},
        {"connect": Hang()},
        {"head": Close()},
        {"head": Hang()},
        {"mid-body": Close()},
        {"mid-body": Close(hard=True)},
        {"mid-body": Hang()},
    ],
    ids=str,
)
async def test_what_ends_before_the_last_piece_was_not_taken(script: WebScript) -> None:
    found, sent = await asked(script, *PIECES)

    assert (found.stage, found.status) == (HttpStage.REQUEST, 0)
    assert found.error.endswith(".")
    assert "point" not in sent.events


@pytest.mark.parametrize(
    "act",
    [
        Close(),
        Close(hard=True),
        Hang(),
        Drip(),
        Say(b"220 smtp.example ESMTP\r\n\r\n"),
        Say(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 500_000),
        Say(b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        Say(b"HTTP/1.1 abc\r\n\r\n"),
        Say(b"\0\r\n\r\n"),
    ],
    ids=lambda act: str(act)[:40],
)
async def test_what_has_no_answer_after_the_last_piece_has_no_status(
    act: WebAct,
) -> None:
    found, sent = await asked({"after-taking": act})

    assert (found.stage, found.status) == (HttpStage.REPLY, 0)
    assert not found.is_complete
    assert found.error.endswith(".")
    assert found.json() is None
    assert "point" in sent.events


HALF = Say(b'HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n{"id": 1}')
HALF_A_CHUNK = Say(
    b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{"id": 1}\r\n'
)


@pytest.mark.parametrize("last", [Close(), Close(hard=True), Hang()])
@pytest.mark.parametrize("half", [HALF, HALF_A_CHUNK])
async def test_half_an_answer_is_not_complete(half: Say, last: WebAct) -> None:
    found, _ = await asked({"after-taking": (half, last)})

    assert not found.is_complete
    assert found.json() is None
    assert found.error


async def test_an_answer_that_is_too_long_is_given_up() -> None:
    found, _ = await asked({"answer": Respond(body=b"x" * 1_500_000)})

    assert found.error == "The answer has more than 1000000 bytes."
    assert len(found.body) == 1_000_000
    assert len(found.text) == TEXT_LIMIT


async def test_an_answer_that_is_packed_is_not_unpacked() -> None:
    """A thousandth of what comes out would be enough to fill the memory."""
    packed = Respond(headers={"Content-Encoding": "gzip"})
    found, _ = await asked({"answer": packed})

    assert (found.status, found.is_complete) == (200, False)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_nobody_is_followed(status: int) -> None:
    async with ScriptedHttpServer() as other:
        away = Respond(status=status, headers={"Location": other.url})
        found, _ = await asked({"answer": away})

    assert found.status == status
    assert other.connections == 0


async def test_an_address_that_is_none_is_the_accounts_fault() -> None:
    """Whoever made it, nobody is asked, and no mail of the account gets through."""
    request = HttpRequest(method="GET", url="https://999.999.999.999/v1")
    found = await exchange(request, limits=HttpLimits())

    assert found.fault is AccountFault.SETTINGS
    assert found.stage is HttpStage.CONNECT
    assert not found.is_complete
    assert "no address" in found.text


async def test_an_error_is_an_answer_like_any_other() -> None:
    found, _ = await asked({"answer": Respond(status=503, body="<h1>no</h1>")})

    assert (found.status, found.text) == (503, "<h1>no</h1>")
    assert found.is_complete
    assert found.json() is None


async def test_the_environment_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with ScriptedHttpServer() as other:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, other.url)
        found, _ = await asked({})

    assert found.status == 200
    assert other.connections == 0


async def test_each_request_has_a_connection_of_its_own() -> None:
    async with ScriptedHttpServer() as server:
        await Asked().of(server)
        await Asked().of(server)

    assert server.connections == 2


async def test_a_question_without_a_body_passes_no_point() -> None:
    async with ScriptedHttpServer() as server:
        request = HttpRequest(method="GET", url=f"{server.url}/account")
        found = await exchange(request, limits=HttpLimits())

    assert found.json() == {"id": "4F2A77"}
    assert "content-length" not in server.requests[0].headers


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


async def test_a_server_that_is_not_there_is_not_asked() -> None:
    sent = Asked()
    found = await exchange(
        sent.request(f"http://127.0.0.1:{closed_port()}"),
        limits=HttpLimits(),
        point_of_no_return=sent.point,
    )

    assert (found.stage, found.fault) == (HttpStage.CONNECT, None)
    assert found.error == "The connection failed: Connection refused."
    assert sent.events == []


async def test_a_name_that_is_not_known_is_not_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def unknown(*args: object, **kwargs: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown)
    found = await exchange(Asked().request("http://api.example"), limits=HttpLimits())

    assert found.stage is HttpStage.CONNECT
    assert found.error == "The connection failed: Name or service not known."
    assert found.server == "api.example:80"


async def test_a_name_with_addresses_that_are_all_dead_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def two(*args: object, **kwargs: object) -> list[object]:
        stream = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*stream, (host, closed_port())) for host in ("127.0.0.1", "127.0.0.2")]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", two)
    found = await exchange(Asked().request("http://api.example"), limits=HttpLimits())

    assert found.error == "The connection failed: Connection refused."


@pytest.mark.parametrize("act", [Close(), Close(hard=True)])
async def test_a_handshake_that_breaks_off_is_no_fault_of_the_account(
    act: WebAct,
) -> None:
    async with ScriptedHttpServer({"connect": act}) as server:
        url = server.url.replace("http:", "https:")
        found = await exchange(Asked().request(url), limits=HttpLimits())

    assert (found.stage, found.fault) == (HttpStage.CONNECT, None)
    assert found.error.endswith(".")


async def test_a_header_that_cannot_be_written_is_not_repeated() -> None:
    """It may be the key."""
    async with ScriptedHttpServer() as server:
        request = HttpRequest(method="GET", url=server.url, headers={"Key": "a\nb"})
        found = await exchange(request, limits=HttpLimits())

    assert found.error == "The request could not be sent."
    assert server.requests == []


async def test_a_handshake_without_end_is_given_up() -> None:
    async with ScriptedHttpServer({"connect": Hang()}) as server:
        url = server.url.replace("http:", "https:")
        found = await exchange(Asked().request(url), limits=QUICK)

    assert found.stage is HttpStage.CONNECT
    assert found.error == "The server did not answer in time."
    assert found.fault is None


def authority(*names: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return a context for a server with these names, and one that trusts it."""
    ca = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(*names).configure_cert(server)
    client = ssl.create_default_context()
    ca.configure_trust(client)
    return server, client


async def test_a_server_that_proves_itself_is_asked() -> None:
    own, trusting = authority("127.0.0.1")
    sent = Asked()
    async with ScriptedHttpServer(tls=own) as server:
        found = await sent.of(server, trusting=trusting)

    assert found.status == 200
    assert found.tls in {"TLS 1.2", "TLS 1.3"}
    assert sent.events[:2] == ["connected", "tls"]


async def test_a_line_that_is_not_secured_is_called_so() -> None:
    found, sent = await asked({})

    assert found.tls == "no TLS"
    assert "tls" not in sent.events


@pytest.mark.parametrize("is_known", [False, True])
async def test_a_server_that_does_not_prove_itself_gets_no_key(
    *, is_known: bool
) -> None:
    own, trusting = authority("other.example")
    async with ScriptedHttpServer(tls=own) as server:
        found = await Asked().of(server, trusting=trusting if is_known else None)

    assert (found.stage, found.fault) == (HttpStage.CONNECT, AccountFault.CERTIFICATE)
    assert found.error.startswith("The server did not prove who it is")
    assert server.requests == []


async def test_a_server_without_tls_gets_no_key() -> None:
    async with ScriptedHttpServer({"connect": Say("hello")}) as server:
        url = server.url.replace("http:", "https:")
        found = await exchange(Asked().request(url), limits=HttpLimits())

    assert found.stage is HttpStage.CONNECT
    assert found.error.startswith("TLS with the server failed")


async def test_a_port_is_said_with_every_server() -> None:
    for url, server in [
        (f"http://[::1]:{closed_port()}", "[::1]:"),
        ("https://127.0.0.2", "127.0.0.2:443"),
    ]:
        found = await exchange(Asked().request(url), limits=HttpLimits())

        assert found.server.startswith(server)


async def test_a_key_is_in_no_repr() -> None:
    request = Asked().request("http://127.0.0.1")

    assert KEY not in repr(request)


@pytest.mark.parametrize("body", [b"", b"{", b"<html>", b"[" * 100_000, b"\xff\xfe{"])
async def test_what_is_no_json_is_nothing(body: bytes) -> None:
    found, _ = await asked({"answer": Respond(body=body)})

    assert found.is_complete
    assert found.json() is None
