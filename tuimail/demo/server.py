"""A mail server on this machine's loopback that keeps what it is given.

It exists to try things with: it delivers nothing anywhere, keeps the exact
bytes and envelope of every message, and answers some recipients as servers on
a bad day do.
"""

import asyncio
import socket
import threading
from dataclasses import dataclass
from typing import Final, Self, cast

from aiosmtpd.smtp import SMTP, Envelope, Session

HOST: Final = "127.0.0.1"
NAME: Final = "mail.example.org"
LIMIT_BYTES: Final = 50 * 1024 * 1024
_ACCEPTED: Final = "250 2.1.5 OK"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message as the server was given it."""

    return_path: str
    recipients: tuple[str, ...]
    """As told in RCPT; those it refused are not among them."""
    content: bytes
    """The bytes after dot-unstuffing, without the final dot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How the server answers certain recipients."""

    refused: frozenset[str] = frozenset()
    """No such mailbox, ever."""
    greylisted: frozenset[str] = frozenset()
    """Told to come back the first time, taken the second time."""
    lost: frozenset[str] = frozenset()
    """The content is read, and the line goes dead before an answer."""


class DemoServer:
    """Runs in a thread of its own between ``start`` and ``stop``."""

    def __init__(self, manners: Manners | None = None) -> None:
        self._inbox = _Inbox(manners or Manners())
        self._socket = socket.create_server((HOST, 0))
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="demo-server")
        self.port: int = self._socket.getsockname()[1]
        """Chosen by the system; who connects before ``start`` waits for it."""

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """Everything it was given so far, oldest first."""
        return tuple(self._inbox.deliveries)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, drop who is connected, and end the thread."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        server = await self._loop.create_server(self._session, sock=self._socket)
        await self._stop.wait()
        server.close()

    def _session(self) -> SMTP:
        return SMTP(
            self._inbox,
            loop=self._loop,
            hostname=NAME,
            ident="tuimail demo",
            data_size_limit=LIMIT_BYTES,
            enable_SMTPUTF8=True,
        )


class _Inbox:
    """Answers each stage of a conversation; the names are aiosmtpd's."""

    def __init__(self, manners: Manners) -> None:
        self.deliveries: list[Delivery] = []
        self._manners = manners
        self._seen: set[str] = set()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd looks for this name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        answer = self._answer(address)
        if answer == _ACCEPTED:
            envelope.rcpt_tos.append(address)
        return answer

    def _answer(self, address: str) -> str:
        if address in self._manners.refused:
            return f"550 5.1.1 <{address}>: no such mailbox here"
        if address in self._manners.greylisted and address not in self._seen:
            self._seen.add(address)
            return "450 4.2.0 Greylisted, come back in five minutes"
        return _ACCEPTED

    async def handle_DATA(  # noqa: N802 - aiosmtpd looks for this name
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self._manners.lost.intersection(envelope.rcpt_tos):
            await _drop(server)
        self.deliveries.append(
            Delivery(
                return_path=envelope.mail_from or "",
                recipients=tuple(envelope.rcpt_tos),
                content=envelope.original_content or b"",
            )
        )
        return f"250 2.0.0 Kept as number {len(self.deliveries)}"


async def _drop(server: SMTP) -> None:
    """End the connection without an answer; the session is cancelled by it."""
    transport = cast("asyncio.Transport", server.transport)
    transport.abort()
    await asyncio.Event().wait()
