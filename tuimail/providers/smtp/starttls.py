"""STARTTLS, and nothing in clear behind the answer to it (RFC 3207 §4.2).

Whoever sits between us and the server can add words to that answer, in clear,
which a careless client takes for words of the server said within TLS
(CVE-2021-38371 and its like). aiosmtplib throws them away, and what comes a
little later too, so that nobody learns of it; here they end the session.
"""

import asyncio
import ssl
from typing import Final, cast

import aiosmtplib
from aiosmtplib.protocol import SMTPProtocol

from tuimail.core.status import Stage
from tuimail.core.submission import Receipt
from tuimail.providers.smtp.conversation import TURNS_OF_THE_LOOP
from tuimail.providers.smtp.failures import InjectedError


async def start_tls(
    client: aiosmtplib.SMTP, context: ssl.SSLContext, *, host: str, seconds: float
) -> None:
    """Have ``client`` go on behind TLS, knowing nothing of what was said before.

    Args:
        client: Connected in clear, with nothing under way.
        context: Whom to trust.
        host: Who the server has to prove to be.
        seconds: How long its answer may take, and then the handshake.

    Raises:
        InjectedError: Something stood behind the answer.
        aiosmtplib.SMTPException: The server refused, or the connection is gone.
        OSError: The handshake failed.
    """
    protocol, transport = client.protocol, client.transport
    if protocol is None or transport is None:
        raise aiosmtplib.SMTPServerDisconnected(_LOST)
    await _ask(client, protocol, transport, seconds=seconds)
    try:
        secured = await asyncio.get_running_loop().start_tls(
            cast("asyncio.Transport", transport),
            protocol,
            context,
            server_hostname=host,
            ssl_handshake_timeout=seconds,
        )
    except ConnectionAbortedError as error:  # asyncio's word for too late
        raise TimeoutError from error
    client.transport = protocol.transport = secured
    client._reset_server_state()  # noqa: SLF001 - no other way


async def _ask(
    client: aiosmtplib.SMTP,
    protocol: SMTPProtocol,
    transport: asyncio.BaseTransport,
    *,
    seconds: float,
) -> None:
    """Say STARTTLS, and return if the server went ahead and said no more."""
    overheard = _Overheard(protocol)
    transport.set_protocol(overheard)
    try:
        response = await client.execute_command(b"STARTTLS", timeout=seconds)
        for _ in range(TURNS_OF_THE_LOOP):
            await asyncio.sleep(0)
    except aiosmtplib.SMTPException:
        overheard.refuse_more()
        raise
    overheard.refuse_more()
    if response.code != _READY:
        raise aiosmtplib.SMTPResponseException(response.code, response.message)
    if transport.is_closing():
        raise aiosmtplib.SMTPServerDisconnected(_LOST)


class _Overheard(asyncio.Protocol):
    """Passes on what arrives, and remembers it: aiosmtplib forgets some of it."""

    def __init__(self, protocol: SMTPProtocol) -> None:
        self._protocol = protocol
        self._octets = b""

    def data_received(self, data: bytes) -> None:
        if not self._behind_ready():
            self._octets += data
        self._protocol.data_received(data)

    def eof_received(self) -> bool:
        return self._protocol.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self._protocol.connection_lost(exc)

    def refuse_more(self) -> None:
        """Raise InjectedError if something stands behind a 220."""
        if self._behind_ready():
            raise InjectedError(Receipt(stage=Stage.STARTTLS, text=_INJECTED))

    def _behind_ready(self) -> bytes:
        rest = self._octets
        while rest.startswith(b"%d" % _READY):
            line, _, rest = rest.partition(b"\n")
            if line[3:4] != b"-":
                return rest
        return b""


_READY: Final = 220
_LOST: Final = "Connection lost"
_INJECTED: Final = (
    "Something stood in clear behind the server's answer to STARTTLS; "
    "somebody between may have put it there."
)
