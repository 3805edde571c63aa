"""A mail server that misbehaves on demand, beside the processes that use it."""

import asyncio
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Any, ClassVar, Final, Self

from tests.faults.waiting import DEADLINE_SECONDS, wait_until
from tuimail.testing import Delivery, Script, ScriptedSmtpServer


class MailServer:
    """A scripted server in a thread and a loop of its own.

    Its script may be changed, and what it was told be read, while processes
    talk to it. Takes what ``ScriptedSmtpServer`` takes.
    """

    scripts: ClassVar[type[ScriptedSmtpServer]] = ScriptedSmtpServer
    """What kind of server it is."""

    def __init__(self, script: Script | None = None, **options: Any) -> None:
        self.scripted = self.scripts(script, **options)
        self.script: Final = self.scripted.script
        """What happens at a stage; change it in place."""
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve()), name="mail server", daemon=True
        )
        self._is_up = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._is_up.wait(DEADLINE_SECONDS), "The mail server did not start."
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(DEADLINE_SECONDS)

    async def _serve(self) -> None:
        async with self.scripted:
            self._loop = asyncio.get_running_loop()
            self._is_up.set()
            await self._stop.wait()

    def break_off(self) -> None:
        """Drop every connection there is, in the middle of whatever is said."""
        assert self._loop is not None
        for task in tuple(self.scripted.sessions.under_way):
            self._loop.call_soon_threadsafe(task.cancel)

    @property
    def port(self) -> int:
        """Where it listens, on 127.0.0.1."""
        return self.scripted.port

    @property
    def connections(self) -> int:
        """How many it was offered."""
        return self.scripted.connections

    @property
    def commands(self) -> Sequence[str]:
        """Every command line so far, of every connection."""
        return tuple(self.scripted.commands)

    @property
    def deliveries(self) -> Sequence[Delivery]:
        """Every transaction so far that got to the final dot."""
        return tuple(self.scripted.deliveries)

    @property
    def accepted(self) -> Sequence[Delivery]:
        """Those that it answers for, whether it said so or not."""
        return tuple(one for one in self.deliveries if one.is_accepted)

    def wait_for_deliveries(self, number: int) -> None:
        """Wait until so many transactions got to the final dot."""
        wait_until(
            lambda: len(self.scripted.deliveries) >= number,
            what=f"{number} deliveries",
        )

    def wait_for_command(self, verb: str, number: int = 1) -> None:
        """Wait until ``verb`` was said so many times."""
        wait_until(
            lambda: self.scripted.verbs.count(verb) >= number,
            what=f"{verb}, {number} times",
        )
