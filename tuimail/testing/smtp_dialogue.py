"""One connection to the scripted mail server."""

import asyncio
import ssl
import struct
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from socket import SO_LINGER, SOL_SOCKET
from typing import Final, NoReturn, cast

from tuimail.testing.acts import Act, Close, Drip, Hang, Say, Script
from tuimail.testing.sasl import Login
from tuimail.testing.sessions import EndedError, Sessions
from tuimail.testing.smtp_script import SmtpScript


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


class Behaviour:
    """What a server does, and what it was told; see ``ScriptedSmtpServer``."""

    def __init__(
        self,
        script: Script | None = None,
        *,
        tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
        logins: Mapping[str, str] | None = None,
        methods: str = "PLAIN LOGIN CRAM-MD5",
        extensions: Sequence[str] = ("8BITMIME", "SMTPUTF8", "SIZE 100000000"),
        max_recipients: int | None = None,
        delay: timedelta | float = timedelta(0),
        host: str = "127.0.0.1",
    ) -> None:
        self.host = host
        self.script: MutableMapping[str, Act | Sequence[Act]] = SmtpScript(script or {})
        self.logins = dict(logins or {})
        self.methods = methods
        self.extensions = tuple(extensions)
        self.tls = tls
        self.starttls = starttls
        self.max_recipients = max_recipients
        self.delay = _duration(delay)
        self.commands: list[str] = []
        """Every command line of every connection, logins included."""
        self.dialogues: list[list[str]] = []
        """The command lines of each connection, in the order they came."""
        self.deliveries: list[Delivery] = []
        self.connections = 0
        self.transactions = 0
        """How often MAIL was said."""
        self.port = 0
        self.sessions = Sessions()
        """What goes on over its connections."""


def _duration(delay: timedelta | float) -> timedelta:
    found = delay if isinstance(delay, timedelta) else timedelta(seconds=delay)
    if found < timedelta(0):
        raise ValueError(f"A reply cannot leave {-found} before what caused it.")
    return found


class Voice:
    """Says what the server says, at once or as late as far away."""

    def __init__(self, writer: asyncio.StreamWriter, *, delay: timedelta) -> None:
        self._writer = writer
        self._delay = delay.total_seconds()
        self._loop = asyncio.get_running_loop()
        self._late: deque[bytes] = deque()
        self._is_silent = asyncio.Event()
        self._is_silent.set()

    async def say(self, octets: bytes) -> None:
        """Have ``octets`` leave as long after what caused them as it takes."""
        if not self._delay:
            self._writer.write(octets)
            await self._writer.drain()
            return
        self._late.append(octets)
        self._is_silent.clear()
        self._loop.call_later(self._delay, self._say_next)

    async def has_said_all(self) -> None:
        """Wait until nothing is on its way any more."""
        await self._is_silent.wait()

    def _say_next(self) -> None:
        self._writer.write(self._late.popleft())
        if not self._late:
            self._is_silent.set()


class Dialogue:
    """One connection to the server."""

    def __init__(
        self,
        server: Behaviour,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._voice = Voice(writer, delay=server.delay)
        self._is_tls = server.tls is not None
        self._number = server.connections
        self._transaction = 0
        self._lines: list[str] = []
        server.dialogues.append(self._lines)
        self._sender: str | None = None
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
            line = await self._command()
            verb, _, rest = line.partition(" ")
            await self._commands.get(verb.upper(), self._unknown)(rest)

    async def _command(self) -> str:
        octets = await self._reader.readuntil(b"\n")
        line = octets.rstrip(b"\r\n").decode()
        self._server.commands.append(line)
        self._lines.append(line)
        return line

    def _scripted(self, stage: str) -> Sequence[Act] | None:
        """Return what the script says about a stage; what is meant once first."""
        is_within = stage in _OF_A_TRANSACTION
        number = self._transaction if is_within else self._number
        for name in (f"{stage}:{number}", stage):
            acts = self._server.script.get(name)
            if acts is not None:
                return acts if isinstance(acts, Sequence) else (acts,)
        return None

    async def _act(self, stage: str, usual: str = "") -> int:
        """Do what the script says, or say the usual; return the last code."""
        acts = self._scripted(stage)
        if acts is None:
            acts = (Say(usual),) if usual else ()
        code = 0
        for act in acts:
            if isinstance(act, Say):
                code = act.code
                await self._voice.say(act.octets)
            else:
                await self._misbehave(act)
        return code

    async def _misbehave(self, act: Close | Hang | Drip) -> None:
        if isinstance(act, Close):
            await self._voice.has_said_all()
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
        raise EndedError

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
            await self._voice.has_said_all()
            await self._writer.start_tls(self._server.starttls)
            self._is_tls = True

    async def _auth(self, rest: str) -> None:
        if self._scripted("auth") is not None:
            await self._act("auth")
            return
        login = Login(self._server.logins)
        challenge = login.begin(rest)
        while challenge is not None:
            await self._act("challenge", f"334 {challenge}")
            line = await self._command()
            challenge = login.go_on(line)
        verdict = "235 2.7.0 welcome" if login.is_right else "535 5.7.8 wrong"
        await self._act("login", verdict)

    async def _mail(self, rest: str) -> None:
        self._server.transactions += 1
        self._transaction = self._server.transactions
        self._sender, self._offered, self._recipients = None, 0, []
        code = await self._act("mail", "250 2.1.0 sender ok")
        if code // 100 == _YES:
            self._sender = rest.partition(":")[2]

    async def _rcpt(self, rest: str) -> None:
        self._offered += 1
        code = await self._act(f"rcpt:{self._offered}", self._usual_for_a_recipient())
        if code // 100 == _YES:
            self._recipients.append(rest.partition("<")[2].partition(">")[0])
        elif code == _CLOSING:
            await self._voice.has_said_all()
            raise EndedError

    def _usual_for_a_recipient(self) -> str:
        if self._sender is None:
            return "503 5.5.1 MAIL first"
        if len(self._recipients) == self._server.max_recipients:
            return "452 4.5.3 too many recipients"
        return "250 2.1.5 recipient ok"

    async def _data(self, _rest: str) -> None:
        usual = "354 go ahead" if self._recipients else "554 5.5.1 no valid recipients"
        code = await self._act("data", usual)
        if code // 100 == _GO_ON:
            delivery = Delivery(
                sender=self._sender or "",
                recipients=tuple(self._recipients),
                wire=await self._content(),
            )
            self._server.deliveries.append(delivery)
            await self._answer(delivery)

    async def _answer(self, delivery: Delivery) -> None:
        self._sender, self._recipients = None, []
        acts = self._scripted("end-of-data")
        if acts is not None:
            first = acts[0]
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
        self._sender, self._recipients = None, []
        await self._act("rset", "250 2.0.0 reset")

    async def _quit(self, _rest: str) -> None:
        await self._act("quit", "221 2.0.0 goodbye")
        await self._voice.has_said_all()
        raise EndedError


_YES: Final = 2
_GO_ON: Final = 3
_READY: Final = 220
_CLOSING: Final = 421
_OF_A_TRANSACTION: Final = frozenset({
    "mail", "data", "mid-data", "end-of-data", "after-end-of-data", "rset",
})  # fmt: skip
