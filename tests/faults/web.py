"""A web server that misbehaves on demand, beside whatever talks to it."""

import asyncio
import threading
from typing import Any, Final, Self

from tests.faults.waiting import DEADLINE_SECONDS
from tuimail.testing import ScriptedHttpServer


class WebServer:
    """A scripted web server in a thread and a loop of its own.

    Takes what ``ScriptedHttpServer`` takes.
    """

    def __init__(self, **options: Any) -> None:
        self.scripted: Final = ScriptedHttpServer(**options)
        self._is_up = threading.Event()
        self._stop = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve()), name="web server", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._is_up.wait(DEADLINE_SECONDS), "The web server did not start."
        return self

    def __exit__(self, *_exc: object) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(DEADLINE_SECONDS)

    async def _serve(self) -> None:
        async with self.scripted:
            self._loop = asyncio.get_running_loop()
            self._is_up.set()
            await self._stop.wait()

    @property
    def port(self) -> int:
        """Where it listens, on 127.0.0.1."""
        return self.scripted.port

    @property
    def url(self) -> str:
        """Where it is, without a slash at the end."""
        return self.scripted.url
