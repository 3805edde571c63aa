"""A mail server that is moody by dice: it refuses, dawdles, hangs up, and dies.

The dice repeat with their seed; when a connection throws them is for the
machine to say.
"""

import asyncio
import random
import socket
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from types import TracebackType
from typing import Any, ClassVar, Final, Self

from tests.faults.server import MailServer
from tests.faults.waiting import DEADLINE_SECONDS, wait_until
from tuimail.testing import Delivery, ScriptedSmtpServer
from tuimail.testing.sessions import EndedError
from tuimail.testing.smtp_dialogue import Dialogue

USUAL: Final = ("8BITMIME", "SMTPUTF8", "SIZE 100000000")
_ACCEPTED: Final = "250 2.0.0 ok: queued as 4F2A77"
_CLOSING: Final = 421
_SLOW_SECONDS: Final = (0.005, 0.2)
_STALL_SECONDS: Final = 2.0
_DRIP_SECONDS: Final = 0.002


@dataclass(frozen=True, slots=True)
class Mishap:
    """What goes wrong at a stage; ``Mishap()`` is nothing."""

    kind: str = ""
    """``slow``, ``drip``, ``half``, ``stall``, ``drop``, ``reset`` or a reply."""

    @property
    def is_refusal(self) -> bool:
        """Whether it is a reply, instead of the usual one."""
        return self.kind[:1].isdigit()

    @property
    def word(self) -> str:
        """What it is called in a list."""
        return f"{self.kind[0]}yz" if self.is_refusal else self.kind


CHANCES: Final[Mapping[str, Mapping[str, float]]] = {
    "connect": {"drop": 0.03, "reset": 0.02, "slow": 0.05},
    "greeting": {
        "421 4.3.2 not now": 0.02, "554 5.3.2 not you": 0.01,
        "drop": 0.02, "half": 0.01, "drip": 0.03,
    },
    "ehlo": {"drop": 0.015, "reset": 0.01, "slow": 0.03, "drip": 0.01},
    "login": {
        "454 4.3.0 later": 0.015, "535 5.7.8 wrong": 0.004,
        "drop": 0.01, "slow": 0.03,
    },
    "mail": {
        "451 4.3.0 later": 0.01, "421 4.3.2 bye": 0.004,
        "drop": 0.006, "reset": 0.006, "slow": 0.02,
    },
    "rcpt": {
        "450 4.2.1 busy": 0.02, "451 4.3.0 later": 0.01, "452 4.5.3 too many": 0.01,
        "550 5.1.1 unknown": 0.015, "552 5.2.2 full": 0.01, "421 4.3.2 bye": 0.004,
        "drop": 0.006, "reset": 0.006, "half": 0.003, "slow": 0.015,
    },
    "data": {
        "451 4.3.0 later": 0.01, "554 5.7.1 no": 0.01, "421 4.3.2 bye": 0.004,
        "drop": 0.006, "reset": 0.006, "slow": 0.02, "drip": 0.01,
    },
    "body": {"552 5.3.4 too big": 0.006, "drop": 0.006, "reset": 0.006, "slow": 0.02},
    "dot": {
        "451 4.3.0 later": 0.015, "554 5.7.1 no": 0.015, "421 4.3.2 bye": 0.005,
        "drop": 0.01, "reset": 0.01, "half": 0.006, "stall": 0.004,
        "slow": 0.08, "drip": 0.02,
    },
    "rset": {"drop": 0.03, "slow": 0.03},
    "quit": {"421 4.3.2 bye": 0.1, "drop": 0.1, "slow": 0.1},
}  # fmt: skip
"""How likely what is at each stage; the stages are those of a server, but that
``body`` is in the middle of the content and ``dot`` in place of its answer."""


class Moods:
    """Throws the dice, and counts what came of it."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(f"server {seed}")
        self.is_calm = False
        self.tally: Counter[tuple[str, str]] = Counter()
        """By stage and what happened there."""
        self.unanswered = 0
        """How often it hung up without an answer to a content.

        It need not have read all of that: the sender may have written its end."""

    def at(self, stage: str) -> Mishap:
        """Return what goes wrong now."""
        chances = CHANCES.get(stage, {})
        thrown = self._dice.random()
        for kind, chance in chances.items():
            thrown -= chance
            if thrown < 0 and not self.is_calm:
                mishap = Mishap(kind)
                self.tally[stage, mishap.word] += 1
                return mishap
        return Mishap()

    def is_for(self) -> bool:
        """Return yes or no."""
        return self._dice.random() < 0.5

    def extensions(self) -> Sequence[str]:
        """Return what is offered now: PIPELINING or not."""
        return (*USUAL, "PIPELINING") if self.is_for() else USUAL

    def slow_seconds(self) -> float:
        """Return how long an answer takes."""
        return self._dice.uniform(*_SLOW_SECONDS)


class MoodyDialogue(Dialogue):
    """One connection to a moody server."""

    _server: "MoodyServer"

    async def _act(self, stage: str, usual: str = "") -> int:
        kind = _STAGES.get(stage, stage.partition(":")[0])
        code = await self._suffer(self._server.moods.at(kind), usual)
        if code == _CLOSING or (kind == "body" and code):
            raise EndedError
        return code

    async def _content(self) -> bytes:
        try:
            return await super()._content()
        except (EndedError, asyncio.CancelledError):
            self._server.moods.unanswered += 1
            raise

    async def _answer(self, delivery: Delivery) -> None:
        self._sender, self._recipients = None, []
        moods = self._server.moods
        mishap = moods.at("dot")
        is_silent = mishap.kind in _SILENT
        delivery.is_accepted = moods.is_for() if is_silent else not mishap.is_refusal
        try:
            code = await self._suffer(mishap, _ACCEPTED)
        except (EndedError, asyncio.CancelledError):
            moods.unanswered += 1
            raise
        if code == _CLOSING:
            raise EndedError

    async def _suffer(self, mishap: Mishap, usual: str) -> int:
        """Say the usual, later or in drops, or something else, or nothing."""
        reply = mishap.kind if mishap.is_refusal else usual
        if mishap.kind in _SILENT:
            await self._hang_up(mishap, usual)
        if mishap.kind == "slow":
            await asyncio.sleep(self._server.moods.slow_seconds())
        if mishap.kind == "drip":
            await self._drip(reply)
        elif reply:
            await self._voice.say(f"{reply}\r\n".encode())
        return int(reply[:3]) if reply else 0

    async def _hang_up(self, mishap: Mishap, usual: str) -> None:
        if mishap.kind == "half":
            await self._voice.say(usual[: len(usual) // 2].encode())
        if mishap.kind == "stall":
            await asyncio.sleep(_STALL_SECONDS)
        self._close(hard=mishap.kind == "reset")

    async def _drip(self, reply: str) -> None:
        for octet in f"{reply}\r\n".encode():
            await self._voice.say(bytes([octet]))
            await asyncio.sleep(_DRIP_SECONDS)


class MoodyServer(ScriptedSmtpServer):
    """Has moods, and may die and come back on the same port."""

    dialogue: ClassVar[type[Dialogue]] = MoodyDialogue

    def __init__(self, script: None = None, *, moods: Moods, **options: Any) -> None:
        super().__init__(script, **options)
        self.moods: Final = moods
        self._place = socket.socket()

    async def __aenter__(self) -> Self:
        """Keep the port for as long as it lives, so that nobody else gets it."""
        if not self.port:
            self._place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._place.bind(("127.0.0.1", 0))
            self.port = self._place.getsockname()[1]
        return await super().__aenter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await super().__aexit__(kind, error, traceback)
        self._place.close()

    def die(self) -> None:
        """Listen no longer, and end every connection."""
        self.moods.tally["server", "died"] += 1
        assert self._server is not None
        self._server.close()
        for task in self.sessions.under_way:
            task.cancel()

    def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.extensions = tuple(self.moods.extensions())
        super()._serve(reader, writer)


class MoodyMailServer(MailServer):
    """A moody server in a thread of its own, for one seed."""

    scripts: ClassVar[type[ScriptedSmtpServer]] = MoodyServer
    scripted: MoodyServer

    def __init__(self, *, seed: int, **options: Any) -> None:
        self.moods: Final = Moods(seed)
        super().__init__(moods=self.moods, **options)

    def die(self) -> None:
        """Stop listening and end every connection, as if it fell over."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self.scripted.die)

    def rise(self) -> None:
        """Listen again."""
        assert self._loop is not None
        risen: Future[MoodyServer] = asyncio.run_coroutine_threadsafe(
            self.scripted.__aenter__(), self._loop
        )
        risen.result(DEADLINE_SECONDS)

    def wait_for_silence(self) -> None:
        """Wait until every connection has ended, so that all is counted."""
        wait_until(
            lambda: not self.scripted.sessions.under_way, what="the end of connections"
        )


_STAGES: Final = {"mid-data": "body"}
_SILENT: Final = frozenset({"drop", "reset", "half", "stall"})
