"""Pages over HTTPS: from honest servers, broken ones, and those that set traps."""

import asyncio
import contextlib
import datetime as dt
import itertools
import socket
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
import trustme

from tests.settings.discovery.fake_internet import LONG, SHORT, FakeWeb
from tuimail.settings.discovery.fetching import (
    Page,
    Place,
    Web,
    is_public,
    places_of,
    system_trust,
)
from tuimail.testing import (
    Close,
    Drip,
    Hang,
    Respond,
    Say,
    ScriptedHttpServer,
    WebAct,
)

HOST = "autoconfig.example.org"
URL = f"https://{HOST}/mail/config-v1.1.xml"
OTHER = "other.example.net"
PRIVATE = "intranet.example.net"
UNREACHED = "it could not be reached"


@pytest.fixture
def internet(ca: trustme.CA) -> FakeWeb:
    return FakeWeb(ca=ca, hosts=(HOST, OTHER, PRIVATE), addresses={PRIVATE: "10.0.0.1"})


def moved(url: str, status: int = 302) -> Respond:
    return Respond(status=status, headers={"Location": url})


async def asked(internet: FakeWeb, **pages: Respond) -> Page:
    internet.pages = pages or internet.pages
    async with internet.server() as server:
        return await internet.web(server).page(URL)


async def answered(internet: FakeWeb, act: WebAct, stage: str = "answer") -> Page:
    limit = SHORT if isinstance(act, Hang | Drip) else LONG
    async with internet.server() as server:
        server.script[stage] = act
        return await internet.web(server, limit=limit).page(URL)


async def test_a_page_is_read(internet: FakeWeb) -> None:
    internet.pages = {URL: Respond(body=b"<clientConfig/>")}

    assert await asked(internet) == Page(url=URL, content=b"<clientConfig/>")


async def test_a_request_says_no_more_than_it_has_to(internet: FakeWeb) -> None:
    async with internet.server() as server:
        await internet.web(server).page(URL)

    (request,) = server.requests
    assert (request.method, request.target) == ("GET", "/mail/config-v1.1.xml")
    assert request.headers == {
        "host": HOST,
        "accept": "text/xml, application/xml",
        "accept-encoding": "identity",
        "user-agent": "tuimail",
    }


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (404, "nothing there"),
        (410, "nothing there"),
        (401, "it answers 401"),
        (403, "it answers 403"),
        (500, "it answers 500"),
        (204, "it answers 204"),
        (304, "it answers 304"),
    ],
)
async def test_an_answer_without_a_page_is_a_problem(
    internet: FakeWeb, status: int, problem: str
) -> None:
    found = await answered(internet, Respond(status=status))

    assert found == Page(url=URL, problem=problem)


async def test_a_page_that_is_too_long_is_left(internet: FakeWeb) -> None:
    found = await answered(internet, Respond(body=b"x" * (256 * 1024 + 1)))

    assert found.problem == "the page is too long"


async def test_a_page_that_never_ends_is_left(internet: FakeWeb) -> None:
    head = Say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    piece = Say(b"8000\r\n" + b"x" * 0x8000 + b"\r\n")
    async with internet.server() as server:
        server.script["answer"] = (head, *(piece for _ in range(20)))
        found = await internet.web(server).page(URL)

    assert found.problem == "the page is too long"


async def test_a_packed_page_is_not_unpacked(internet: FakeWeb) -> None:
    """A few bytes of it could become gigabytes."""
    packed = Respond(body=b"x", headers={"Content-Encoding": "gzip"})

    found = await answered(internet, packed)

    assert found.problem == "the page is packed, which nobody asked for"


@pytest.mark.parametrize("act", [Hang(), Drip(every=timedelta(milliseconds=20))])
@pytest.mark.parametrize("stage", ["connect", "head", "answer"])
async def test_a_server_that_takes_too_long_is_left(
    internet: FakeWeb, act: WebAct, stage: str
) -> None:
    found = await answered(internet, act, stage)

    assert found.problem == "no answer within 0.3 seconds"


@pytest.mark.parametrize("stage", ["connect", "head", "answer"])
@pytest.mark.parametrize("act", [Close(), Close(hard=True)])
async def test_a_server_that_ends_the_connection_is_a_problem(
    internet: FakeWeb, act: WebAct, stage: str
) -> None:
    found = await answered(internet, act, stage)

    assert found.content == b""
    assert found.problem in {UNREACHED, "it does not speak HTTP"}


async def test_half_a_page_is_none(internet: FakeWeb) -> None:
    head = Say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    async with internet.server() as server:
        server.script["answer"] = (head, Close())
        found = await internet.web(server).page(URL)

    assert found == Page(url=URL, problem="it does not speak HTTP")


async def test_what_is_not_http_is_a_problem(internet: FakeWeb) -> None:
    found = await answered(internet, Say("220 smtp.example.org ESMTP\r\n"))

    assert found.problem == "it does not speak HTTP"


async def test_a_server_without_tls_is_a_problem(internet: FakeWeb) -> None:
    async with ScriptedHttpServer({"connect": Say("220 in clear")}) as server:
        found = await internet.web(server).page(URL)

    assert found.problem == "it does not speak TLS"


async def test_a_server_of_an_unknown_authority_gets_no_request(
    internet: FakeWeb,
) -> None:
    stranger = replace(internet, ca=trustme.CA())
    async with stranger.server() as server:
        found = await internet.web(server).page(URL)

    assert found.problem.startswith("it did not prove who it is: ")
    assert server.requests == []


async def test_a_server_with_another_name_gets_no_request(internet: FakeWeb) -> None:
    impostor = replace(internet, hosts=(OTHER,))
    async with impostor.server() as server:
        found = await internet.web(server).page(URL)

    assert "it did not prove who it is" in found.problem
    assert HOST in found.problem
    assert server.requests == []


async def test_a_server_whose_time_is_over_gets_no_request(
    internet: FakeWeb, ca: trustme.CA
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    past = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    ca.issue_cert(HOST, not_before=past, not_after=past).configure_cert(context)
    async with ScriptedHttpServer(tls=context) as server:
        found = await internet.web(server).page(URL)

    assert "it did not prove who it is" in found.problem
    assert server.requests == []


async def test_a_name_that_is_not_there_is_a_problem(ca: trustme.CA) -> None:
    nowhere = FakeWeb(ca=ca, hosts=(OTHER,))

    assert (await asked(nowhere)).problem == "no such host"


async def test_a_name_that_nobody_can_look_up_is_a_problem(internet: FakeWeb) -> None:
    async def unknown(_host: str, _port: int) -> Sequence[Place]:
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    found = await Web(places=unknown).page(URL)

    assert found.problem == "its name could not be looked up"


@contextlib.contextmanager
def closed_port() -> Iterator[int]:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


async def test_a_server_that_refuses_is_a_problem(internet: FakeWeb) -> None:
    with closed_port() as port:

        async def places(_host: str, _port: int) -> Sequence[Place]:
            return [Place("127.0.0.1", port), Place("::1", port)]

        found = await Web(places=places).page(URL)

    assert found.problem == UNREACHED


async def test_the_next_address_is_tried_where_one_does_not_answer(
    internet: FakeWeb,
) -> None:
    internet.pages = {URL: Respond(body=b"page")}
    async with internet.server() as server:
        web = internet.web(server)
        with closed_port() as port:

            async def places(_host: str, _port: int) -> Sequence[Place]:
                return [Place("127.0.0.1", port), Place("127.0.0.1", server.port)]

            found = await replace(web, places=places).page(URL)

    assert found.content == b"page"


async def test_a_host_that_is_nowhere_cannot_be_reached() -> None:
    async def places(_host: str, _port: int) -> Sequence[Place]:
        return []

    assert (await Web(places=places).page(URL)).problem == UNREACHED


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_page_that_moved_is_found(internet: FakeWeb, status: int) -> None:
    there = f"https://{OTHER}/config.xml"
    internet.pages = {URL: moved(there, status), there: Respond(body=b"page")}

    assert await asked(internet) == Page(url=there, content=b"page")


async def test_a_page_that_moved_on_the_same_host_is_found(internet: FakeWeb) -> None:
    there = f"https://{HOST}/other.xml?a=b"
    internet.pages = {URL: moved("/other.xml?a=b#c"), there: Respond(body=b"page")}

    assert (await asked(internet)).content == b"page"


async def test_a_page_may_move_twice_and_no_more(internet: FakeWeb) -> None:
    urls = [URL, *(f"https://{OTHER}/{number}" for number in range(3))]
    internet.pages = {url: moved(after) for url, after in itertools.pairwise(urls)}
    internet.pages = {**internet.pages, urls[-1]: Respond(body=b"page")}

    async with internet.server() as server:
        found = await internet.web(server).page(URL)
        nearer = await internet.web(server).page(urls[1])

    assert found.problem == "it points elsewhere again and again"
    assert nearer.content == b"page"


async def test_a_page_that_moved_to_itself_is_left(internet: FakeWeb) -> None:
    internet.pages = {URL: moved("")}

    assert (await asked(internet)).problem == "it points elsewhere again and again"


@pytest.mark.parametrize(
    "target",
    [
        f"http://{OTHER}/",
        f"https://{OTHER}:8443/",
        f"https://user:secret@{OTHER}/",
        f"https://{OTHER}:99999999/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "//[::1",
        f"https://{OTHER}/a b",
        f"https://{OTHER}/" + "x" * 500,
        "https://under_score.example/",
    ],
)
async def test_a_page_leads_nowhere_that_is_not_plain_https(
    internet: FakeWeb, target: str
) -> None:
    internet.pages = {URL: moved(target)}

    found = await asked(internet)

    assert found.problem == "it points to where nobody should follow"
    assert internet.looked_up == [HOST]


async def test_a_page_cannot_lead_into_a_private_network(internet: FakeWeb) -> None:
    internet.pages = {URL: moved(f"https://{PRIVATE}/admin")}

    async with internet.server() as server:
        found = await internet.web(server).page(URL)

    assert found.problem == "it points into a private network"
    assert len(server.requests) == 1


async def test_one_private_address_among_others_is_enough(internet: FakeWeb) -> None:
    internet.pages = {URL: moved(f"https://{OTHER}/")}
    async with internet.server() as server:
        web = internet.web(server)

        async def places(host: str, _port: int) -> Sequence[Place]:
            here = Place("127.0.0.1", server.port)
            return (here, Place("10.0.0.1", 443)) if host == OTHER else (here,)

        found = await replace(web, places=places).page(URL)

    assert found.problem == "it points into a private network"


async def test_a_server_in_ones_own_network_may_be_asked_directly(
    internet: FakeWeb,
) -> None:
    """A company's own domain may well be answered from inside."""
    internet.pages = {URL: Respond(body=b"page")}
    async with internet.server() as server:
        nobody = replace(internet.web(server), may_lead_to=lambda _ip: False)
        found = await nobody.page(URL)

    assert found.content == b"page"


@pytest.mark.parametrize(
    "ip", ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]
)
def test_an_address_of_the_internet_is_public(ip: str) -> None:
    assert is_public(ip)


@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
    ],
)
def test_an_address_of_a_network_of_ones_own_is_not_public(ip: str) -> None:
    assert not is_public(ip)


async def test_this_machine_finds_itself() -> None:
    found = await places_of("localhost", 443)

    assert {place.port for place in found} == {443}
    assert {place.ip for place in found} <= {"127.0.0.1", "::1"}


async def test_a_name_that_cannot_be_one_is_not_found() -> None:
    """The system's own codec for names refuses it, before anybody is asked."""
    with pytest.raises(socket.gaierror):
        await places_of("a" * 64 + ".invalid", 443)


async def test_a_name_that_is_not_there_is_not_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unknown(*_asked: object, **_more: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    with pytest.raises(socket.gaierror, match="unknown"):
        await places_of("nothing.invalid", 443)


async def test_a_look_up_that_nobody_waits_for_harms_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers, done = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(*_asked: object, **_more: object) -> list[object]:
        asyncio.run_coroutine_threadsafe(answers.wait(), loop).result()
        loop.call_soon_threadsafe(loop.call_soon, done.set)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await places_of("slow.example", 443)

    answers.set()
    await asyncio.wait_for(done.wait(), 5)


def test_the_system_is_trusted_with_names_checked() -> None:
    context = system_trust()

    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert system_trust() is context
