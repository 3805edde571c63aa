"""The SMTP door: listens on this machine's loopback, for programs of this machine.

Open where nobody else can come in by it: no other host, and nobody without the
token of a client. One client may have several connections; all share the flush of
what they hand in.
"""

import asyncio
import errno
from ipaddress import ip_address
from typing import Final

from tuimail.errors import ConfigurationError, WorkspaceBusyError
from tuimail.intake.smtp import replies
from tuimail.intake.smtp.connection import Surroundings
from tuimail.intake.smtp.conversation import Conversation
from tuimail.intake.smtp.desk import GateDesk
from tuimail.intake.smtp.limits import USUAL, Limits
from tuimail.intake.storing import Storing
from tuimail.workspace.bridge import Bridge

LOOPBACK: Final = "127.0.0.1"
USUAL_PORT: Final = 2525
"""A common port for mail handed in, above those that only root may have."""
_BACKLOG: Final = 1_024


class SmtpDoor:
    """Listens between ``open`` and ``close``."""

    name: Final = "SMTP"

    def __init__(
        self,
        *,
        host: str = LOOPBACK,
        port: int = USUAL_PORT,
        is_asked_for: bool = True,
        limits: Limits = USUAL,
    ) -> None:
        self.is_asked_for = is_asked_for
        self.host = host
        self.port = port
        """Where it listens; 0 has the system choose, until it is open."""
        self._limits = limits
        self._server: asyncio.Server | None = None
        self._around: Surroundings | None = None

    async def open(self, bridge: Bridge) -> str:
        """Begin to listen, and return where.

        Args:
            bridge: What is handed in is stored through it; it outlives the door.

        Raises:
            ConfigurationError: The host is not this machine's loopback, or the
                port may not be had.
            WorkspaceBusyError: Another process has the port.
        """
        host = _loopback(self.host)
        around = Surroundings(GateDesk(Storing(bridge)), self._limits)
        try:
            self._server = await asyncio.get_running_loop().create_server(
                lambda: answering(around), host, self.port, backlog=_BACKLOG
            )
        except OSError as error:
            raise _not_had(host, self.port, error) from error
        self._around = around
        self.port = self._server.sockets[0].getsockname()[1]
        return f"smtp://{f'[{host}]' if ':' in host else host}:{self.port}"

    async def close(self) -> None:
        """Listen no more; what was begun is finished and answered first."""
        if self._server is None or self._around is None:
            return
        self._server.close()
        await self._around.end()
        self._server = self._around = None


def answering(around: Surroundings) -> asyncio.BaseProtocol:
    """Return who answers the client that has come."""
    around.make_room()
    return _Turned() if around.is_full else Conversation(around)


class _Turned(asyncio.Protocol):
    """Turns away a client that there is no room for."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.WriteTransport):
            transport.write(f"{replies.CROWDED}\r\n".encode())
            transport.close()


def _loopback(host: str) -> str:
    """Return the address of this machine's loopback that ``host`` names.

    Raises:
        ConfigurationError: It names another.
    """
    host = LOOPBACK if host == "localhost" else host.strip("[]")
    try:
        is_loopback = ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise ConfigurationError(
            f"SMTP is for programs of this machine, and {host!r} is not its loopback.",
            hint=f"Write {LOOPBACK} or ::1.",
            field="smtp",
        )
    return host


def _not_had(
    host: str, port: int, error: OSError
) -> ConfigurationError | WorkspaceBusyError:
    if error.errno == errno.EADDRINUSE:
        return WorkspaceBusyError(
            f"The port {port} of {host} is taken by another program.",
            hint="It is tried again; or name another: tuimail serve --smtp PORT",
            field="smtp",
        )
    return ConfigurationError(
        f"SMTP cannot listen at port {port} of {host}: {error.strerror}.",
        hint="Name a port above 1023: tuimail serve --smtp PORT",
        field="smtp",
    )
