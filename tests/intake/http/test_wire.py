"""What only shows on a real connection: framing, patience, crowds, and endings."""

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Self

import pytest
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import Server

from tests.intake.http.conftest import MAIL, Served, Shop, serving, wait_until
from tuimail.intake.http import door, protocol
from tuimail.intake.http.door import HttpDoor
from tuimail.intake.http.protocol import connections
from tuimail.intake.http.sockets import Place
from tuimail.workspace.bridge import Bridge

SHORT_SECONDS = 0.05


@pytest.fixture
def served(shop: Shop, token: str) -> Iterator[Served]:
    with serving(shop, token) as made:
        yield made


@pytest.fixture
def impatient(
    shop: Shop, token: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Served]:
    """A door that soon gives up on who keeps it waiting, and has few places."""

    def few(*, checks_peers: bool) -> type[H11Protocol]:
        return connections(checks_peers=checks_peers, most=3, seconds=SHORT_SECONDS)

    monkeypatch.setattr(protocol, "connections", few)
    with serving(shop, token) as made:
        yield made


class Line:
    """One connection: what is written and read on it, byte by byte."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._reader = connection.makefile("rb")
        self.settimeout = connection.settimeout
        self.sendall = connection.sendall
        self.recv = connection.recv

    def answer(self) -> tuple[int, dict[str, str], Any]:
        """Return status, header and JSON of the next answer."""
        status = int(self._reader.readline().split()[1])
        headers = dict(http.client.parse_headers(self._reader).items())
        headers = {name.lower(): value for name, value in headers.items()}
        body = self._reader.read(int(headers["content-length"]))
        return status, headers, json.loads(body)

    def is_ended(self) -> bool:
        """Wait until the other end is gone; it says nothing more."""
        try:
            return self._reader.read(1) == b""
        except ConnectionResetError:
            return True

    def close(self) -> None:
        self._reader.close()
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def connected(served: Served) -> Line:
    return Line(socket.create_connection(("127.0.0.1", served.port), timeout=10))


def head(served: Served, *lines: str, method: str = "POST /v1/drafts") -> bytes:
    usual = (
        f"{method} HTTP/1.1",
        f"Host: 127.0.0.1:{served.port}",
        f"Authorization: Bearer {served.token}",
        "Content-Type: application/json",
    )
    return "\r\n".join((*usual, *lines, "", "")).encode()


# Framing -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"MAIL FROM:<x@evil.example>\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"x" * 40_000 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
    ],
)  # fmt: skip
def test_what_is_no_http_is_told_so_and_the_connection_ends(
    served: Served, request_bytes: bytes
) -> None:
    with connected(served) as client:
        client.sendall(request_bytes)

        status, headers, document = client.answer()
        assert (status, document["error"]["code"]) in {(400, "http"), (403, "host")}
        assert status == 403 or headers["connection"] == "close"


def test_a_body_in_chunks_is_taken(served: Served) -> None:
    with connected(served) as client:
        client.sendall(head(served, "Transfer-Encoding: chunked"))
        for piece in (b'{"to": ["bob@partner.example"],', b'"text":"t"}', b""):
            client.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))

        assert client.answer()[0] == 201


def test_chunks_that_are_none_end_the_request_and_leave_nothing(
    served: Served,
) -> None:
    with connected(served) as client:
        client.sendall(head(served, "Transfer-Encoding: chunked") + b"zz\r\n")

        assert client.answer()[0] == 400
    with served.shop.open() as workspace:
        assert workspace.drafts.rows() == ()


def test_a_length_beside_chunks_ends_the_connection(served: Served) -> None:
    """What follows could be a second request, or the rest of the first."""
    smuggled = head(served, "Content-Length: 5", "Transfer-Encoding: chunked")
    with connected(served) as client:
        client.sendall(smuggled + b"0\r\n\r\n" + head(served, method="GET /healthz"))

        status, _, document = client.answer()
        assert (status, document["error"]["code"]) == (400, "length")
        assert client.is_ended()


def test_many_mails_come_over_one_connection(served: Served) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    headers = {
        "Authorization": f"Bearer {served.token}", "Content-Type": "application/json",
    }  # fmt: skip

    for number in range(5):
        body = json.dumps({**MAIL, "text": str(number)})
        connection.request("POST", "/v1/drafts", body, headers)
        found = connection.getresponse()
        assert (found.status, bool(found.read())) == (201, True)
    connection.close()


def test_several_requests_at_once_are_answered_in_order(served: Served) -> None:
    one = head(served, method="GET /healthz")
    with connected(served) as client:
        client.sendall(one + head(served, method="GET /nothing") + one)

        assert [client.answer()[0] for _ in range(3)] == [200, 404, 200]


def test_a_body_that_was_refused_is_heard_to_its_end(served: Served) -> None:
    """Or a client that writes first and reads then would never see why."""
    body = b"x" * 3_000_000
    refused = head(served, f"Content-Length: {len(body)}", method="POST /v1/send")
    with connected(served) as client:
        client.sendall(refused)
        client.sendall(body)

        assert client.answer()[0] == 413
        client.sendall(head(served, method="GET /healthz"))
        assert client.answer()[0] == 200


def test_who_asks_first_whether_it_may_send_is_told_before(served: Served) -> None:
    lines = ("Content-Length: 3000000", "Expect: 100-continue")
    with connected(served) as client:
        client.sendall(head(served, *lines, method="POST /v1/send"))

        assert client.answer()[0] == 413


def test_a_websocket_is_not_opened(served: Served) -> None:
    lines = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: x")
    with connected(served) as client:
        client.sendall(head(served, *lines, method="GET /healthz"))

        assert client.answer()[0] == 200


# Patience and crowds -------------------------------------------------------------


@pytest.mark.parametrize(
    "beginning", [b"", b"POST /v1/dra", b"POST /v1/drafts HTTP/1.1\r\nHost: x\r\n"]
)
def test_a_header_that_does_not_come_is_not_waited_for(
    impatient: Served, beginning: bytes
) -> None:
    """Some slow connections would else keep all others out (slow loris)."""
    with connected(impatient) as client:
        client.sendall(beginning)

        assert client.is_ended()


def test_a_header_that_comes_letter_by_letter_is_not_waited_for(
    impatient: Served,
) -> None:
    """Each letter is no reason to wait longer."""
    with connected(impatient) as client:
        client.settimeout(SHORT_SECONDS / 10)
        for letter in b"POST /v1/drafts HTTP/1.1\r\n" + b"X" * 5000:
            try:
                client.sendall(bytes([letter]))
                if not client.recv(1):
                    return
            except TimeoutError:
                continue
            except OSError:
                return
    raise AssertionError("It was waited for.")


def test_the_second_request_is_not_waited_for_either(impatient: Served) -> None:
    with connected(impatient) as client:
        client.sendall(head(impatient, method="GET /healthz"))
        assert client.answer()[0] == 200
        client.sendall(b"GET /hea")

        assert client.is_ended()


def test_the_rest_of_a_refused_body_is_not_waited_for(impatient: Served) -> None:
    with connected(impatient) as client:
        client.sendall(
            head(impatient, "Content-Length: 3000000", method="POST /v1/send") + b"x"
        )
        assert client.answer()[0] == 413
        client.sendall(b"x")

        assert client.is_ended()


def test_a_crowd_at_work_turns_others_away_until_one_of_it_goes(
    impatient: Served,
) -> None:
    with ExitStack() as crowd:
        clients = [crowd.enter_context(connected(impatient)) for _ in range(3)]
        desk = impatient.door._desk
        assert desk is not None
        for client in clients:
            client.sendall(head(impatient, "Content-Length: 9") + b"{")
        wait_until(lambda: sum(desk.places._held.values()) == len(clients))

        with connected(impatient) as late:
            status, headers, document = late.answer()
            assert (status, document["error"]["code"]) == (503, "busy")
            assert headers["retry-after"] == "1"

    def is_let_in() -> bool:
        with connected(impatient) as client:
            client.sendall(head(impatient, method="GET /healthz"))
            return client.answer()[0] == 200

    wait_until(is_let_in)


def test_a_crowd_that_asks_nothing_keeps_nobody_out(
    shop: Shop, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody can be connected without a token: who is idle the longest goes."""

    def few(*, checks_peers: bool) -> type[H11Protocol]:
        return connections(checks_peers=checks_peers, most=2)

    monkeypatch.setattr(protocol, "connections", few)
    with serving(shop, token) as served, ExitStack() as crowd:
        clients = [crowd.enter_context(connected(served)) for _ in range(3)]

        for client in clients[1:]:
            client.sendall(head(served, method="GET /healthz"))
            assert client.answer()[0] == 200
        assert clients[0].is_ended()


def test_who_breaks_off_in_the_middle_of_a_mail_leaves_nothing(
    served: Served,
) -> None:
    with connected(served) as client:
        client.sendall(head(served, "Content-Length: 1000") + b'{"to": [')
    with connected(served) as client:
        client.sendall(head(served, method="GET /healthz"))
        assert client.answer()[0] == 200

    with served.shop.open() as workspace:
        assert workspace.drafts.rows() == ()


def test_a_stranger_is_not_let_in_though_the_socket_is_open(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody may have changed the mode of its file."""
    monkeypatch.setattr(protocol, "is_own_peer", lambda _peer: False)

    stranger = socket.socket(socket.AF_UNIX)
    stranger.settimeout(10)
    stranger.connect(str(served.path))

    with Line(stranger) as client:
        assert client.is_ended()


def test_a_connection_on_which_nothing_is_asked_any_more_ends(
    shop: Shop, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "KEEP_ALIVE_SECONDS", SHORT_SECONDS)

    with serving(shop, token) as served, connected(served) as client:
        client.sendall(head(served, method="GET /healthz"))

        assert client.answer()[0] == 200
        assert client.is_ended()


def test_who_goes_while_waiting_for_a_decision_gives_the_place_back(
    served: Served,
) -> None:
    desk = served.door._desk
    assert desk is not None
    with connected(served) as client:
        body = json.dumps(MAIL).encode()
        client.sendall(head(served, f"Content-Length: {len(body)}") + body)
        draft_id = client.answer()[2]["id"]
        client.sendall(head(served, method=f"GET /v1/drafts/{draft_id}?wait=60"))
        wait_until(lambda: desk.waiting._held)

    wait_until(lambda: not desk.waiting._held)


# Endings -------------------------------------------------------------------------


def test_who_waits_for_a_decision_is_told_when_the_door_closes(
    shop: Shop, token: str
) -> None:
    with serving(shop, token) as served:
        client = connected(served)
        body = json.dumps(MAIL).encode()
        client.sendall(head(served, f"Content-Length: {len(body)}") + body)
        draft_id = client.answer()[2]["id"]
        client.sendall(head(served, method=f"GET /v1/drafts/{draft_id}?wait=60"))
        other = connected(served)
        other.sendall(head(served, method="GET /healthz"))
        assert other.answer()[0] == 200

    assert client.answer()[2]["state"] == "review"
    client.close()
    other.close()


def test_nothing_is_left_of_a_closed_door_and_it_can_be_opened_again(
    shop: Shop, token: str
) -> None:
    with serving(shop, token) as served:
        path = served.path
        assert path.is_socket()

    assert not path.exists()
    with serving(shop, token) as served:
        assert served.path == path


async def test_a_door_that_was_never_open_can_be_closed() -> None:
    await HttpDoor([]).close()


async def test_a_server_that_cannot_begin_says_so(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or everybody would think that it listens."""

    async def fail(_self: object, _sockets: object = None) -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(Server, "startup", fail)
    never = HttpDoor([Place(path=shop.folder / "http.sock")])

    async with Bridge(shop.served) as bridge:
        with pytest.raises(OSError, match="Too many open files"):
            await never.open(bridge)

    assert never.places == ()
    assert not (shop.folder / "http.sock").exists()
