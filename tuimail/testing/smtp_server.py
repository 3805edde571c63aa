"""A mail server on the loopback that misbehaves on demand."""

import asyncio
import contextlib
import ssl
import struct
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from socket import SO_LINGER, SOL_SOCKET
from types import TracebackType
from typing import Final, NoReturn, Self, cast

from tuimail.testing.sasl import Login


@dataclass(frozen=True, slots=True)
class Say:
    """The server says this; text gets its CRLF, bytes are sent as they are."""

    reply: str | bytes

    @property
    def octets(self) -> bytes:
        """What goes over the wire."""
        if isinstance(self.reply, bytes):
            return self.reply
        return self.reply.encode() + b"\r\n"

    @property
    def code(self) -> int:
        """The reply's code; 0 where it begins with none."""
        digits = self.octets[:3]
        return int(digits) if digits.isdigit() else 0


@dataclass(frozen=True, slots=True)
class Close:
    """The server closes the connection."""

    hard: bool = False
    """With a reset, so that what was not read is lost."""


@dataclass(frozen=True, slots=True)
class Hang:
    """The server does nothing any more, and reads nothing."""


@dataclass(frozen=True, slots=True)
class Drip:
    """The server says one octet at a time, for ever."""

    every: timedelta = timedelta(milliseconds=5)


Act = Say | Close | Hang | Drip
Script = Mapping[str, Act | Sequence[Act]]
STAGES: Final = (
    "connect", "greeting", "ehlo", "helo", "starttls", "auth", "mail", "rcpt:N",
    "data", "mid-data", "end-of-data", "after-end-of-data", "rset", "quit",
)  # fmt: skip
"""Where a script may interfere; N counts recipients from 1.

``end-of-data`` comes in place of the server's own answer; the server has then
taken the message only if the answer is 2yz. ``after-end-of-data`` comes when
it has taken the message, instead of saying so.
"""


@dataclass(slots=True, kw_only=True)
class Delivery:
    """One transaction that got as far as the final dot."""

    sender: str
    """What stood behind ``MAIL FROM:``, parameters and all."""
    recipients: tuple[str, ...]
    """Those that were accepted."""
    wire: bytes
    """The content as it came, dots doubled, without the final dot."""
    is_accepted: bool = False
    """Whether the server answers for it, told so or not."""

    @property
    def content(self) -> bytes:
        """The message: dot-stuffing undone."""
        return (b"\r\n" + self.wire).replace(b"\r\n..", b"\r\n.")[2:]


class ScriptedSmtpServer:
    """Behaves, but for the stages of its script; for one event loop.

    Use it as ``async with ScriptedSmtpServer({"rcpt:2": Say("450 later")})``,
    then connect to ``127.0.0.1`` at its ``port``.

    Args:
        script: What happens at a stage (see ``STAGES``) instead of the usual;
            may be changed while the server runs.
        tls: Context for TLS from the first byte.
        starttls: Context for STARTTLS, which is offered where this is given.
        logins: Users and passwords; AUTH is offered where there are any.
        methods: Login methods offered.
        extensions: Further lines of the reply to EHLO.
    """

    def __init__(
        self,
        script: Script | None = None,
        *,
        tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
        logins: Mapping[str, str] | None = None,
        methods: str = "PLAIN LOGIN CRAM-MD5",
        extensions: Sequence[str] = ("8BITMIME", "SMTPUTF8", "SIZE 100000000"),
    ) -> None:
        self.script: dict[str, Act | Sequence[Act]] = dict(script or {})
        self.logins = dict(logins or {})
        self.methods = methods
        self.extensions = tuple(extensions)
        self.tls = tls
        self.starttls = starttls
        self.commands: list[str] = []
        """Every command line of every connection, logins included."""
        self.deliveries: list[Delivery] = []
        self.connections = 0
        self.port = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", 0, ssl=self.tls, limit=2**20
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def verbs(self) -> list[str]:
        """The first word of every command, in the order they came."""
        return [line.partition(" ")[0].upper() for line in self.commands]

    def copies(self) -> Counter[tuple[bytes, str]]:
        """Count the accepted copies of each content for each recipient."""
        return Counter(
            (delivery.content, recipient)
            for delivery in self.deliveries
            if delivery.is_accepted
            for recipient in delivery.recipients
        )

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        session = _Session(self, reader, writer)
        task = asyncio.create_task(session.run())
        self._tasks.add(task)
        with contextlib.suppress(
            _EndedError, OSError, asyncio.IncompleteReadError, asyncio.CancelledError
        ):
            await task
        self._tasks.discard(task)
        writer.transport.abort()


class _EndedError(Exception):
    """This connection is over."""


class _Session:
    """One connection to the server."""

    def __init__(
        self,
        server: ScriptedSmtpServer,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._is_tls = server.tls is not None
        self._sender = ""
        self._offered = 0
        self._recipients: list[str] = []
        self._commands: Mapping[str, Callable[[str], Awaitable[None]]] = {
            "EHLO": self._ehlo,
            "HELO": self._helo,
            "STARTTLS": self._starttls,
            "AUTH": self._auth,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "RSET": self._rset,
            "QUIT": self._quit,
        }

    async def run(self) -> None:
        """Serve until one side ends."""
        await self._act("connect")
        await self._act("greeting", "220 scripted.example ESMTP")
        while True:
            line = await self._line()
            self._server.commands.append(line)
            verb, _, rest = line.partition(" ")
            await self._commands.get(verb.upper(), self._unknown)(rest)

    async def _line(self) -> str:
        return (await self._reader.readuntil(b"\n")).rstrip(b"\r\n").decode()

    async def _act(self, stage: str, usual: str = "") -> int:
        """Do what the script says, or say the usual; return the last code."""
        acts = self._server.script.get(stage, Say(usual) if usual else ())
        code = 0
        for act in acts if isinstance(acts, Sequence) else (acts,):
            if isinstance(act, Say):
                code = act.code
                self._writer.write(act.octets)
                await self._writer.drain()
            else:
                await self._misbehave(act)
        return code

    async def _misbehave(self, act: Close | Hang | Drip) -> None:
        if isinstance(act, Close):
            self._close(hard=act.hard)
        while isinstance(act, Drip):
            self._writer.write(b"2")
            await asyncio.sleep(act.every.total_seconds())
        cast("asyncio.Transport", self._writer.transport).pause_reading()
        await asyncio.Event().wait()

    def _close(self, *, hard: bool) -> NoReturn:
        if hard:
            linger = struct.pack("ii", 1, 0)
            raw = self._writer.get_extra_info("socket")
            raw.setsockopt(SOL_SOCKET, SO_LINGER, linger)
        raise _EndedError

    async def _unknown(self, _rest: str) -> None:
        await self._act("unknown", "500 5.5.2 what?")

    async def _ehlo(self, _rest: str) -> None:
        lines = ["scripted.example", *self._server.extensions]
        if self._server.logins:
            lines.append(f"AUTH {self._server.methods}")
        if self._server.starttls is not None and not self._is_tls:
            lines.append("STARTTLS")
        text = "\r\n".join(f"250-{line}" for line in lines[:-1])
        await self._act("ehlo", f"{text}\r\n250 {lines[-1]}".lstrip())

    async def _helo(self, _rest: str) -> None:
        await self._act("helo", "250 scripted.example")

    async def _starttls(self, _rest: str) -> None:
        code = await self._act("starttls", "220 2.0.0 go ahead")
        if code == _READY and self._server.starttls is not None:
            await self._writer.start_tls(self._server.starttls)
            self._is_tls = True

    async def _auth(self, rest: str) -> None:
        if "auth" in self._server.script:
            await self._act("auth")
            return
        login = Login(self._server.logins)
        challenge = login.begin(rest)
        while challenge is not None:
            await self._act("challenge", f"334 {challenge}")
            line = await self._line()
            self._server.commands.append(line)
            challenge = login.go_on(line)
        verdict = "235 2.7.0 welcome" if login.is_right else "535 5.7.8 wrong"
        await self._act("login", verdict)

    async def _mail(self, rest: str) -> None:
        code = await self._act("mail", "250 2.1.0 sender ok")
        if code // 100 == _YES:
            self._sender = rest.partition(":")[2]
            self._offered, self._recipients = 0, []

    async def _rcpt(self, rest: str) -> None:
        self._offered += 1
        code = await self._act(f"rcpt:{self._offered}", "250 2.1.5 recipient ok")
        if code // 100 == _YES:
            self._recipients.append(rest.partition("<")[2].partition(">")[0])
        elif code == _CLOSING:
            raise _EndedError

    async def _data(self, _rest: str) -> None:
        code = await self._act("data", "354 go ahead")
        if code // 100 == _GO_ON:
            delivery = Delivery(
                sender=self._sender,
                recipients=tuple(self._recipients),
                wire=await self._content(),
            )
            self._server.deliveries.append(delivery)
            await self._answer(delivery)

    async def _answer(self, delivery: Delivery) -> None:
        if "end-of-data" in self._server.script:
            acts = self._server.script["end-of-data"]
            first = acts[0] if isinstance(acts, Sequence) else acts
            delivery.is_accepted = isinstance(first, Say) and first.code // 100 == _YES
            await self._act("end-of-data")
            return
        delivery.is_accepted = True
        await self._act("after-end-of-data", "250 2.0.0 ok: queued as 4F2A77")

    async def _content(self) -> bytes:
        lines: list[bytes] = []
        while (line := await self._reader.readuntil(b"\r\n")) != b".\r\n":
            lines.append(line)
            if len(lines) == 1:
                await self._act("mid-data")
        return b"".join(lines)

    async def _rset(self, _rest: str) -> None:
        await self._act("rset", "250 2.0.0 reset")

    async def _quit(self, _rest: str) -> None:
        await self._act("quit", "221 2.0.0 goodbye")
        raise _EndedError


_YES: Final = 2
_GO_ON: Final = 3
_READY: Final = 220
_CLOSING: Final = 421
