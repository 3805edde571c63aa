"""What is heard behind the answer to STARTTLS, however it arrives."""

import ssl

import aiosmtplib
import pytest
from aiosmtplib.protocol import SMTPProtocol

from tests.providers.conftest import Authority
from tests.providers.smtp.conftest import QUICK, ProviderAt, server_behind
from tuimail.providers.smtp.failures import InjectedError
from tuimail.providers.smtp.starttls import _Overheard, start_tls
from tuimail.testing import Close, Hang, RecordedJob, Say


@pytest.mark.parametrize(
    "pieces",
    [
        (b"220 go\r\n2",),
        (b"220 go\r\n", b"250 evil\r\n"),
        (b"22", b"0 g", b"o\r", b"\n\x16"),
        (b"220-go\r\n220", b" on\r\n\r\n"),
        (b"220\n\n",),
    ],
)
async def test_more_than_the_answer_is_noticed(pieces: tuple[bytes, ...]) -> None:
    overheard = _Overheard(SMTPProtocol())
    for piece in pieces:
        overheard.data_received(piece)

    with pytest.raises(InjectedError, match="in clear behind"):
        overheard.refuse_more()


@pytest.mark.parametrize(
    "pieces",
    [
        (),
        (b"220 go\r\n",),
        (b"220-go\r\n", b"220 on\r\n"),
        (b"220-go\r\n", b"220-on\r\n250"),
        (b"454 4.7.0 later\r\n421 bye\r\n",),
    ],
)
async def test_the_answer_alone_is_not(pieces: tuple[bytes, ...]) -> None:
    overheard = _Overheard(SMTPProtocol())
    for piece in pieces:
        overheard.data_received(piece)

    overheard.refuse_more()


async def test_a_connection_that_is_gone_is_not_asked() -> None:
    context = ssl.create_default_context()

    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await start_tls(aiosmtplib.SMTP(), context, host="a.example", seconds=1)


@pytest.mark.parametrize(
    ("act", "says"),
    [
        (Hang(), "in time"),
        ((Say("220 go"), Hang()), "in time"),
        (Close(), "connection failed"),
        ((Say("220 go"), Close()), "connection failed"),
        ((Say("220 go"), Close(hard=True)), "connection failed"),
    ],
)
async def test_a_server_that_is_lost_on_the_way_to_tls_means_later(
    provider_at: ProviderAt, authority: Authority, act: Hang | Close, says: str
) -> None:
    server = server_behind("starttls", authority.context(), {"starttls": act})
    async with server:
        provider = provider_at(server, tls="starttls", limits=QUICK)
        verdicts = [await provider.submit(RecordedJob().job) for _ in range(2)]

    assert [one.fault for one in verdicts] == [None, None]
    assert says in verdicts[1].by_recipient[0].receipt.text
