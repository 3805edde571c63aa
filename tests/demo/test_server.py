import smtplib
from collections.abc import Iterator

import pytest

from tuimail.demo.server import HOST, Delivery, DemoServer, Manners

SENDER = "ada@example.org"
CONTENT = b"Subject: dots\r\n\r\n.one\r\n..two\r\n.\r\n last \r\n"


@pytest.fixture
def server() -> Iterator[DemoServer]:
    manners = Manners(
        refused=frozenset({"gone@example.net"}),
        greylisted=frozenset({"later@example.net"}),
        lost=frozenset({"silent@example.net"}),
    )
    with DemoServer(manners) as running:
        yield running


@pytest.fixture
def client(server: DemoServer) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP(HOST, server.port, local_hostname="client.example") as connected:
        yield connected


def test_exact_bytes_and_envelope_are_kept(
    server: DemoServer, client: smtplib.SMTP
) -> None:
    client.sendmail(SENDER, ["bob@example.net", "carol@example.net"], CONTENT)

    assert server.deliveries == (
        Delivery(
            return_path=SENDER,
            recipients=("bob@example.net", "carol@example.net"),
            content=CONTENT,
        ),
    )


def test_a_refused_recipient_is_told_so_and_left_out(
    server: DemoServer, client: smtplib.SMTP
) -> None:
    refused = client.sendmail(SENDER, ["bob@example.net", "gone@example.net"], CONTENT)

    assert refused["gone@example.net"][0] == 550
    assert server.deliveries[0].recipients == ("bob@example.net",)


def test_a_greylisted_recipient_is_taken_the_second_time(
    server: DemoServer, client: smtplib.SMTP
) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as first:
        client.sendmail(SENDER, ["later@example.net"], CONTENT)
    client.sendmail(SENDER, ["later@example.net"], CONTENT)

    assert first.value.recipients["later@example.net"][0] == 450
    assert len(server.deliveries) == 1


def test_a_lost_connection_gives_no_answer_and_keeps_nothing(
    server: DemoServer, client: smtplib.SMTP
) -> None:
    with pytest.raises(smtplib.SMTPServerDisconnected):
        client.sendmail(SENDER, ["silent@example.net"], CONTENT)

    assert server.deliveries == ()


def test_a_server_that_stopped_takes_no_connection() -> None:
    with DemoServer() as server:
        port = server.port

    with pytest.raises(OSError, match="refused"):
        smtplib.SMTP(HOST, port, timeout=5)


def test_stopping_ends_who_is_still_connected() -> None:
    server = DemoServer()
    server.start()
    client = smtplib.SMTP(HOST, server.port, local_hostname="client.example")

    server.stop()

    with pytest.raises(smtplib.SMTPServerDisconnected):
        client.ehlo()
    client.close()
