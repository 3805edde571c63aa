"""The HTTP door: uvicorn, told to log nothing, trust nobody, and wait for nobody."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from tuimail.intake.http.hosts import public_host
from tuimail.intake.http.sockets import Listener, Place

if TYPE_CHECKING:
    from uvicorn import Config

    from tuimail.intake.http.desk import Desk
    from tuimail.intake.http.protocol import KnownServer
    from tuimail.workspace.bridge import Bridge

NAME: Final = "HTTP"
KEEP_ALIVE_SECONDS: Final = 60
"""How long a connection may be idle: programs keep theirs for the next mail."""
ENDING_SECONDS: Final = 10
"""For what was begun to be answered, when the door is closed."""


class HttpDoor:
    """Listens between ``open`` and ``close``."""

    name: Final = NAME

    def __init__(
        self,
        places: Sequence[Place],
        *,
        is_asked_for: bool = True,
    ) -> None:
        """Make one that is closed.

        Args:
            places: Where to listen.
            is_asked_for: Whether somebody named the places.
        """
        self.is_asked_for = is_asked_for
        self._places = tuple(places)
        self._listeners: list[Listener] = []
        self._server: KnownServer | None = None
        self._serving: asyncio.Task[None] | None = None
        self._desk: Desk | None = None

    @property
    def places(self) -> tuple[Place, ...]:
        """Where it listens now, with ports that the system chose."""
        return tuple(one.place for one in self._listeners)

    async def open(self, bridge: "Bridge") -> str:
        """Begin to listen, and return where.

        Args:
            bridge: What is handed in is stored through it; it outlives the door.

        Raises:
            ConfigurationError: Nobody can listen at one of the places.
            WorkspaceBusyError: Another process does.
        """
        from tuimail.intake.http.protocol import (  # noqa: PLC0415 - loads a server
            KnownServer,
        )

        public = await bridge.call(lambda workspace: workspace.config.public_url)
        with ExitStack() as undoing:
            for place in self._places:
                listener = Listener.at(place)
                undoing.callback(listener.close)
                self._listeners.append(listener)
                undoing.callback(self._listeners.remove, listener)
            self._desk = _desk(bridge)
            self._server = KnownServer(self._config(self._desk, public_host(public)))
            sockets = [one.socket for one in self._listeners]
            self._serving = await self._server.begin(sockets)
            undoing.pop_all()
        return ", ".join(map(str, self.places))

    async def close(self) -> None:
        """Listen no more; what was begun is answered first, for a while."""
        if self._server is None or self._serving is None or self._desk is None:
            return
        self._desk.watch.close()
        self._server.should_exit = True
        await self._serving
        while self._listeners:
            self._listeners.pop().close()
        self._server = self._serving = self._desk = None

    def _config(self, desk: "Desk", public: str) -> "Config":
        from uvicorn import Config  # noqa: PLC0415 - loads a server

        from tuimail.intake.http import protocol  # noqa: PLC0415 - loads a server
        from tuimail.intake.http.app import app  # noqa: PLC0415 - loads a server

        for name in ("uvicorn.error", "uvicorn.access"):
            logging.getLogger(name).disabled = True
        is_shared = any(one.group for one in self._places)
        return Config(
            app(desk, public_host=public),
            http=protocol.connections(checks_peers=not is_shared),
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=ENDING_SECONDS,
            h11_max_incomplete_event_size=protocol.HEADER_BYTES,
        )


def _desk(bridge: "Bridge") -> "Desk":
    from tuimail.intake.http.desk import Desk  # noqa: PLC0415 - loads a server
    from tuimail.intake.storing import Storing  # noqa: PLC0415 - loads asyncio
    from tuimail.intake.watching import Watch  # noqa: PLC0415 - loads asyncio

    storing = Storing(bridge)
    return Desk(storing=storing, watch=Watch(storing))
