"""A mail server that misbehaves on demand, for tests that have no event loop."""

import asyncio
import threading
from collections import Counter
from collections.abc import MutableMapping, Sequence
from contextlib import AsyncExitStack
from typing import Any, Self

from tuimail.testing.acts import Act, Script
from tuimail.testing.smtp_dialogue import Delivery
from tuimail.testing.smtp_server import ScriptedSmtpServer


class SmtpServer:
    """A ``ScriptedSmtpServer`` on a thread of its own.

    Use it as ``with SmtpServer({"rcpt:2": Say("450 later")}) as server:``, then
    connect to ``server.host`` at ``server.port``.
    """

    def __init__(
        self,
        script: Script | None = None,
        **behaviour: Any,  # noqa: ANN401 - what a ScriptedSmtpServer takes
    ) -> None:
        """Say how it behaves; it does not run yet.

        Args:
            script: What happens at a stage instead of the usual: see
                ``tuimail.testing.smtp_script.STAGES``.
            behaviour: What a ``ScriptedSmtpServer`` takes beside: ``logins``,
                ``tls``, ``starttls``, ``extensions``, ``max_recipients``, ``delay``
                (a ``timedelta``, or seconds), ….
        """
        self._server = ScriptedSmtpServer(script, **behaviour)
        self._thread = threading.Thread(target=self._run, name="smtp-server")
        self._is_up = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ends: asyncio.Event | None = None
        self._failure: OSError | None = None

    @property
    def host(self) -> str:
        """The address that it listens at, of this machine."""
        return self._server.host

    @property
    def port(self) -> int:
        """Where it listens there."""
        return self._server.port

    @property
    def script(self) -> MutableMapping[str, Act | Sequence[Act]]:
        """What happens at a stage; may be changed while it runs."""
        return self._server.script

    @property
    def deliveries(self) -> list[Delivery]:
        """What got as far as the final dot, oldest first."""
        return list(self._server.deliveries)

    @property
    def accepted(self) -> list[Delivery]:
        """What it answers for, oldest first."""
        return [one for one in self.deliveries if one.is_accepted]

    @property
    def commands(self) -> list[str]:
        """Every command, in the order they came."""
        return list(self._server.commands)

    @property
    def connections(self) -> int:
        """How often somebody connected."""
        return self._server.connections

    def copies(self) -> Counter[tuple[bytes, str]]:
        """Count the accepted copies of each content for each recipient."""
        return self._server.copies()

    def __enter__(self) -> Self:
        self._thread.start()
        self._is_up.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure
        return self

    def __exit__(self, *_exc: object) -> None:
        if self._loop is not None and self._ends is not None:
            self._loop.call_soon_threadsafe(self._ends.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except OSError as error:
            self._failure = error
        finally:
            self._is_up.set()

    async def _serve(self) -> None:
        self._loop, self._ends = asyncio.get_running_loop(), asyncio.Event()
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._server)
            self._is_up.set()
            await self._ends.wait()
