"""F51 to F53: a machine that slept, another network, a name that leads nowhere."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.faults.network import (
    SHORT,
    RawServer,
    closed_port,
    held,
    one_by_one_and_pipelined,
    page,
    patience,
    place_at,
    provider,
    retried,
    table,
    verbs,
)
from tests.faults.place import Place
from tests.faults.server import MailServer
from tests.faults.waiting import wait_until
from tuimail.providers.base import ProviderAccount
from tuimail.providers.smtp.limits import StageLimits
from tuimail.providers.smtp.provider import SmtpProvider
from tuimail.testing import Close, Say
from tuimail.workspace.sending import SenderThread

EIGHT_HOURS = 8 * 3600.0


class Sleep:
    """How long the machine has slept, as the product is told."""

    def __init__(self) -> None:
        self.seconds = 0.0


@contextmanager
def sleeping(sleep: Sleep) -> Iterator[None]:
    class Sleeper(SmtpProvider):
        def __init__(self, account: ProviderAccount) -> None:
            super().__init__(account, slept=lambda: sleep.seconds)

    with provider("smtp", Sleeper):
        yield


@contextmanager
def sending(place: Place) -> Iterator[SenderThread]:
    """Run a sender that stays, in this process."""
    thread = SenderThread(place.open)
    thread.start()
    try:
        yield thread
    finally:
        assert thread.stop(timeout=30)


def leaves(place: Place, sender: SenderThread, **changes: Any) -> str:
    """Release one mail and wait until it was sent."""
    mail = place.waiting(**changes)
    sender.wake()
    place.wait_for(mail, "sent")
    return mail


def test_F51_a_connection_does_not_outlive_a_sleep(tmp_path: Path) -> None:
    sleep, server = Sleep(), MailServer()
    with (
        sleeping(sleep),
        place_at(tmp_path, server, login=False) as place,
        sending(place) as sender,
    ):
        leaves(place, sender)
        before = tuple(server.scripted.dialogues[0])
        sleep.seconds += EIGHT_HOURS
        place.advance(hours=8)
        leaves(place, sender)

        assert server.connections == 2
        assert tuple(server.scripted.dialogues[0]) == before


def test_F51_without_a_sleep_the_connection_is_used_again(tmp_path: Path) -> None:
    """Else the row above would say nothing."""
    sleep, server = Sleep(), MailServer()
    with (
        sleeping(sleep),
        place_at(tmp_path, server, login=False) as place,
        sending(place) as sender,
    ):
        leaves(place, sender)
        leaves(place, sender)

        assert server.connections == 1


def test_F51_a_machine_that_wakes_up_keeps_to_its_limits(tmp_path: Path) -> None:
    """What could not leave for eight hours does not leave all at once."""
    sleep, server = Sleep(), MailServer()
    with (
        sleeping(sleep),
        place_at(tmp_path, server, login=False, more="per_minute = 6\n") as place,
        sending(place) as sender,
    ):
        leaves(place, sender, cc=(), bcc=())
        sleep.seconds += EIGHT_HOURS
        place.advance(hours=8)
        mails = [place.waiting(cc=(), bcc=()) for _ in range(20)]
        sender.wake()
        server.wait_for_deliveries(7)

        assert not sender_goes_on(place, mails, more_than=6)
        place.advance(minutes=1, seconds=10)
        sender.wake()
        server.wait_for_deliveries(13)
        assert not sender_goes_on(place, mails, more_than=12)


def sender_goes_on(place: Place, mails: list[str], *, more_than: int) -> bool:
    """Return whether more mail left than may; looks when nothing is under way."""

    def statuses() -> list[str]:
        return [place.status(mail) for mail in mails]

    wait_until(lambda: "sending" not in statuses(), what="rest")
    return statuses().count("sent") > more_than


HTML = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
    b"<html><h1>250 OK</h1></html>\r\n"
)
WELCOME = b"HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n250 Welcome!\r\n"


def at_once(answer: bytes) -> Callable[[socket.socket], None]:
    return lambda connected: connected.sendall(answer)


def asked_first(answer: bytes) -> Callable[[socket.socket], None]:
    """Return what waits for a request, as a web server does."""

    def talk(connected: socket.socket) -> None:
        connected.recv(1000)
        connected.sendall(answer)

    return talk


def after(greeting: bytes, answer: bytes) -> Callable[[socket.socket], None]:
    def talk(connected: socket.socket) -> None:
        connected.sendall(greeting)
        connected.recv(1000)
        connected.sendall(answer)

    return talk


PORTALS: dict[str, Callable[[socket.socket], None]] = {
    "400 at once": at_once(HTML),
    "200 at once": at_once(WELCOME),
    "waits for a request": asked_first(WELCOME),
    "HTML behind a greeting": after(b"220 hi\r\n", HTML),
    "200 behind a greeting": after(b"220 hi\r\n", WELCOME),
    "nothing": lambda connected: None,
}


@pytest.mark.parametrize("name", PORTALS)
def test_F52_a_portal_in_place_of_the_server_takes_no_mail(
    tmp_path: Path, name: str
) -> None:
    server = MailServer()
    limits = StageLimits(greeting=SHORT, command=SHORT)
    with (
        patience(limits),
        RawServer(PORTALS[name]) as portal,
        place_at(tmp_path, server, login=False) as place,
    ):
        place.configure(table("work", portal.port, login=False))
        mail = place.waiting()
        place.drain()
        row = page(place, mail).row

        assert row.status == "deferred"
        assert held(place) == ""
        assert portal.connections == 1


@one_by_one_and_pipelined
def test_F52_another_network_in_mid_conversation_is_tried_again(
    tmp_path: Path, extensions: tuple[str, ...]
) -> None:
    """The server's answers turn into somebody else's page."""
    server = MailServer({"rcpt:2": (Say(HTML), Close())}, extensions=extensions)
    with place_at(tmp_path, server, login=False) as place:
        mail = place.waiting()
        place.drain()
        first = page(place, mail).row
        retried(place)

        assert first.status == "deferred"
        assert place.status(mail) == "sent"


@contextmanager
def resolving(answer: Callable[[], list[tuple[str, int]]]) -> Iterator[None]:
    """Have every name be asked of ``answer``, and of no network."""

    def getaddrinfo(*_args: Any, **_more: Any) -> list[Any]:
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", place) for place in answer()
        ]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        yield


def unknown() -> list[tuple[str, int]]:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def not_now() -> list[tuple[str, int]]:
    raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


FAILURES: dict[str, tuple[Callable[[], list[tuple[str, int]]], str]] = {
    "NXDOMAIN": (unknown, "Name or service not known"),
    "SERVFAIL": (not_now, "Temporary failure in name resolution"),
    "no address": (list, "the name has no address"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_F53_a_name_that_leads_nowhere_is_asked_for_again_later(
    tmp_path: Path, name: str
) -> None:
    answer, why = FAILURES[name]
    server = MailServer()
    with place_at(tmp_path, server, login=False, host="smtp.example.org") as place:
        mail = place.waiting()
        with resolving(answer):
            place.drain()
        row = page(place, mail).row
        with resolving(lambda: [("127.0.0.1", server.port)]):
            retried(place)

        assert row.status == "deferred"
        assert why in row.reason
        assert place.status(mail) == "sent"


def test_F53_a_resolver_that_hangs_is_not_waited_for(tmp_path: Path) -> None:
    answers = threading.Event()
    server = MailServer()

    def hangs() -> list[tuple[str, int]]:
        answers.wait()
        return [("127.0.0.1", server.port)]

    limits = StageLimits(connect=SHORT)
    with (
        patience(limits),
        place_at(tmp_path, server, login=False, host="smtp.example.org") as place,
    ):
        mail = place.waiting()
        timer = threading.Timer(3 * SHORT.total_seconds(), answers.set)
        timer.start()
        with resolving(hangs):
            place.drain()
        timer.join()

        assert place.status(mail) == "deferred"
        assert "not resolved within 0.3 seconds" in page(place, mail).row.reason


@contextmanager
def silent_addresses(count: int) -> Iterator[list[tuple[str, int]]]:
    """Yield addresses of this machine that answer nobody: their queues are full."""
    listening, waiting = [], []
    try:
        for _ in range(count):
            full = socket.socket()
            listening.append(full)
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            for _ in range(2):
                one = socket.socket()
                waiting.append(one)
                one.settimeout(0)
                one.connect_ex(full.getsockname())
        yield [one.getsockname() for one in listening]
    finally:
        for one in (*waiting, *listening):
            one.close()


@pytest.mark.slow
def test_F53_of_ten_addresses_nine_are_dead_and_the_mail_leaves(tmp_path: Path) -> None:
    server = MailServer()
    with (
        silent_addresses(3) as silent,
        place_at(tmp_path, server, login=False, host="smtp.example.org") as place,
    ):
        refusing = [("127.0.0.1", closed_port()) for _ in range(6)]
        addresses = [*silent, *refusing, ("127.0.0.1", server.port)]
        mail = place.waiting()
        with resolving(lambda: addresses):
            place.drain()

        assert place.status(mail) == "sent"
        assert verbs(server).count("MAIL") == 1


def test_F53_where_all_addresses_are_dead_the_mail_waits(tmp_path: Path) -> None:
    server = MailServer()
    with (
        silent_addresses(1) as silent,
        patience(StageLimits(connect=SHORT)),
        place_at(tmp_path, server, login=False, host="smtp.example.org") as place,
    ):
        addresses = [*silent, ("127.0.0.1", closed_port())]
        mail = place.waiting()
        with resolving(lambda: addresses):
            place.drain()

        assert place.status(mail) == "deferred"
        assert "did not answer in time" in page(place, mail).row.reason
