"""What is uvicorn's, with an end to patience, and for the same user only.

uvicorn waits for ever for a request's header, and tells a client that sends
garbage so in plain text. What it does with a whole request is all its own.
"""

import asyncio
import socket
from http import HTTPStatus
from typing import Any, Final

import h11
import msgspec
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.server import Server, ServerState

from tuimail.intake.http.refusals import BUSY_SECONDS
from tuimail.intake.http.sockets import is_own_peer

HEADER_BYTES: Final = 32 * 1024
"""All the header of a request; a token has a few hundred."""
HEADER_SECONDS: Final = 10.0
"""For a header to come, and for what is left of a body that was refused."""
MOST_CONNECTIONS: Final = 400
"""Below the number of open files that most systems let a process have."""

_ANSWERABLE: Final = frozenset({h11.IDLE, h11.SEND_RESPONSE})


class KnownServer(Server):
    """Says when it listens, which uvicorn keeps to itself."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self._is_up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        self._is_up.set()

    async def begin(self, sockets: list[socket.socket]) -> "asyncio.Task[None]":
        """Serve at ``sockets`` from now on; return what ends when that does."""
        serving = asyncio.create_task(self.serve(sockets))
        up = asyncio.create_task(self._is_up.wait())
        await asyncio.wait({serving, up}, return_when=asyncio.FIRST_COMPLETED)
        up.cancel()
        if serving.done():
            await serving
        return serving


def connections(
    *,
    checks_peers: bool,
    most: int = MOST_CONNECTIONS,
    seconds: float = HEADER_SECONDS,
) -> "type[H11Protocol]":
    """Return the class of connections, as uvicorn wants it.

    Args:
        checks_peers: Whether only the same user, and root, may come in.
        most: How many there may be at once.
        seconds: How long a client may keep it waiting.
    """

    class Connection(PatientProtocol):
        """One connection of this server."""

        MOST, SECONDS, CHECKS_PEERS = most, seconds, checks_peers

    return Connection


class InOneWrite(asyncio.Transport):
    """A connection to which header and body of an answer go by one call.

    uvicorn writes them one after the other, and each call to the system is a good
    part of what an answer costs.
    """

    def __init__(
        self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop
    ) -> None:
        super().__init__()
        self._transport, self._loop = transport, loop
        self._pieces: list[bytes | bytearray | memoryview] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Write ``data`` once nothing more comes in this round of the loop."""
        if not self._pieces:
            self._loop.call_soon(self._write)
        self._pieces.append(data)

    def close(self) -> None:
        """Write what is left, and close."""
        self._write()
        self._transport.close()

    def abort(self) -> None:
        """Close at once."""
        self._transport.abort()

    def is_closing(self) -> bool:
        """Return whether nothing more can be written."""
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: object = None) -> object:
        """Return what is known of the connection."""
        return self._transport.get_extra_info(name, default)

    def pause_reading(self) -> None:
        """Read nothing until ``resume_reading``."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read on."""
        self._transport.resume_reading()

    def _write(self) -> None:
        pieces, self._pieces = self._pieces, []
        if pieces and not self._transport.is_closing():
            self._transport.write(b"".join(pieces))


class PatientProtocol(H11Protocol):
    """One connection, given up where the client keeps it waiting."""

    MOST = MOST_CONNECTIONS
    SECONDS = HEADER_SECONDS
    CHECKS_PEERS = True

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._deadline: asyncio.TimerHandle | None = None
        self.idle_since = self.loop.time()
        """When what it was asked last was answered."""

    def connection_made(  # type: ignore[override]  # as uvicorn's own
        self, transport: asyncio.Transport
    ) -> None:
        """Take the connection, unless there are too many, or it is a stranger's."""
        super().connection_made(transport)
        self.transport = InOneWrite(transport, self.loop)
        if len(self.connections) > self.MOST and not self._make_room():
            self._turn_away()
        elif self.CHECKS_PEERS and not is_own_peer(transport.get_extra_info("socket")):
            self.transport.abort()
        else:
            self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what came, and wait for more where a request is not whole yet."""
        super().data_received(data)
        if self.is_kept_waiting():
            self._wait()
        else:
            self._wait_no_more()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._wait_no_more()
        super().connection_lost(exc)

    def timeout_keep_alive_handler(self) -> None:
        """End a connection on which nothing is asked any more.

        At once: who does not read what was answered would keep it for ever.
        """
        self.transport.abort()

    def on_response_complete(self) -> None:
        """Go on to what comes next on the connection."""
        self.idle_since = self.loop.time()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Say that this is no HTTP, where an answer can still be begun."""
        if self.conn.our_state in _ANSWERABLE and not self.transport.is_closing():
            self._say(HTTPStatus.BAD_REQUEST, "http", msg)
        self.transport.close()

    def is_kept_waiting(self) -> bool:
        """Whether only the client can go on: nothing whole is being answered."""
        if self.transport.is_closing():
            return False
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete

    def _make_room(self) -> bool:
        """End the connection that has been idle the longest; False where none is.

        To be connected takes no token, so that who is must keep nobody out.
        """
        idle = [
            one
            for one in self.connections
            if isinstance(one, PatientProtocol)
            and one is not self
            and one.is_kept_waiting()
        ]
        if not idle:
            return False
        min(idle, key=lambda one: one.idle_since).transport.abort()
        return True

    def _turn_away(self) -> None:
        message = "Too many programs are connected."
        self._say(HTTPStatus.SERVICE_UNAVAILABLE, "busy", message)
        self.transport.close()

    def _say(self, status: HTTPStatus, code: str, message: str) -> None:
        """Write an answer to nothing that was understood, and close."""
        error = {"code": code, "message": message, "hint": "", "field": ""}
        body = msgspec.json.encode({"error": error})
        lines = (
            f"HTTP/1.1 {status.value} {status.phrase}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            f"Retry-After: {BUSY_SECONDS}",
            "Connection: close",
        )
        head = "\r\n".join((*lines, "", "")).encode()
        self.transport.write(head + body)

    def _wait(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.SECONDS, self._give_up)

    def _wait_no_more(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        self.transport.abort()
