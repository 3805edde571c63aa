"""F32, F45: a server that takes its time, or says more than anybody can hold."""

import socket
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import repeat
from pathlib import Path

import pytest

from tests.faults.network import (
    RawServer,
    big_file,
    held,
    number_of,
    one_by_one_and_pipelined,
    page,
    patience,
    place_at,
    table,
)
from tests.faults.server import MailServer
from tuimail.testing import Act, Drip, Hang

pytestmark = pytest.mark.slow

SLOW: dict[str, dict[str, Act]] = {
    "banner": {"greeting": Drip()},
    "no banner": {"greeting": Hang()},
    "reply to EHLO": {"ehlo": Drip()},
    "reply to MAIL": {"mail": Drip()},
    "no reply to MAIL": {"mail": Hang()},
    "reply to the last RCPT": {"rcpt:3": Drip()},
    "reply to DATA": {"data": Drip()},
    "no reply to DATA": {"data": Hang()},
}


@pytest.mark.parametrize("what", SLOW)
@one_by_one_and_pipelined
def test_F32_a_step_has_a_limit_and_other_accounts_go_on(
    tmp_path: Path, what: str, extensions: Sequence[str]
) -> None:
    slow, good = MailServer(SLOW[what], extensions=extensions), MailServer()
    with patience(), place_at(tmp_path, slow, good, login=False) as place:
        mail, elsewhere = place.waiting(), place.waiting(account="other")
        place.drain()

        assert place.status(mail) == "deferred"
        assert place.status(elsewhere) == "sent"
        assert number_of(place, elsewhere, "sent") < number_of(place, mail, "deferred")
        assert slow.accepted == ()


@one_by_one_and_pipelined
def test_F32_a_reply_to_the_content_that_drips_is_unknown(
    tmp_path: Path, extensions: Sequence[str]
) -> None:
    server = MailServer({"after-end-of-data": Drip()}, extensions=extensions)
    with patience(), place_at(tmp_path, server, login=False) as place:
        mail = place.waiting()
        place.drain()

        assert place.status(mail) == "unknown"


@one_by_one_and_pipelined
def test_F32_a_server_that_stops_reading_in_mid_body_is_left(
    tmp_path: Path, extensions: Sequence[str]
) -> None:
    slow, good = MailServer({"mid-data": Hang()}, extensions=extensions), MailServer()
    with patience(), place_at(tmp_path, slow, good, login=False) as place:
        mail = place.waiting(attachments=(big_file(tmp_path),))
        elsewhere = place.waiting(account="other")
        place.drain()

        assert place.status(mail) == "deferred"
        assert "took nothing" in page(place, mail).row.reason
        assert place.status(elsewhere) == "sent"


@one_by_one_and_pipelined
def test_F32_other_mail_of_the_account_goes_on(
    tmp_path: Path, extensions: Sequence[str]
) -> None:
    server = MailServer({"after-end-of-data:2": Hang()}, extensions=extensions)
    with patience(), place_at(tmp_path, server, login=False) as place:
        mails = [place.waiting() for _ in range(6)]
        place.drain()
        statuses = sorted(place.statuses().values())
        (late,) = [mail for mail in mails if place.status(mail) == "unknown"]

        assert statuses == [*["sent"] * 5, "unknown"]
        others = [number_of(place, one, "sent") for one in mails if one != late]
        assert max(others) < number_of(place, late, "unknown")


ENDLESS: dict[str, tuple[bytes, Iterable[bytes]]] = {
    "a line without an end": (b"250-", repeat(b"x" * 65536)),
    "lines without an end": (b"", repeat(b"250-X\r\n" * 8192)),
    "a million extensions": (
        b"250-scripted.example\r\n",
        (
            b"".join(b"250-X%d\r\n" % one for one in part)
            for part in [range(1000)] * 1000
        ),
    ),
    "nothing but noughts": (b"", repeat(bytes(65536))),
}
MOST_BYTES = 8_000_000
"""For the client as a whole; far less than what it is offered."""


def flooding(
    greeting: bytes, flood: Iterable[bytes]
) -> Callable[[socket.socket], None]:
    def talk(connected: socket.socket) -> None:
        connected.sendall(greeting)
        for chunk in flood:
            connected.sendall(chunk)

    return talk


@contextmanager
def memory() -> Iterator[list[int]]:
    """Yield a list that has the most bytes in use at the same time, at its end."""
    peak: list[int] = []
    tracemalloc.start()
    try:
        yield peak
        peak.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("what", ENDLESS)
@pytest.mark.parametrize("stage", ["banner", "EHLO"])
def test_F45_a_flood_is_left_after_a_bounded_part_of_it(
    tmp_path: Path, what: str, stage: str
) -> None:
    begin, flood = ENDLESS[what]
    greeting = begin if stage == "banner" else b"220 hi\r\n" + begin
    with (
        RawServer(flooding(greeting, flood)) as server,
        place_at(tmp_path, MailServer()) as place,
    ):
        place.configure(table("work", server.port, login=False))
        mail = place.waiting()
        with memory() as peak:
            place.drain()

        assert place.status(mail) == "deferred"
        assert held(place) == ""
        assert peak[0] < MOST_BYTES
