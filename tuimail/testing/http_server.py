"""A web server on the loopback that misbehaves on demand."""

import asyncio
import json
import ssl
import struct
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from socket import SO_LINGER, SOL_SOCKET
from types import TracebackType
from typing import Any, Final, NoReturn, Self, cast

from tuimail.testing.acts import Close, Drip, Hang, Say
from tuimail.testing.sessions import EndedError, Sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class Respond:
    """A whole answer; its body is text, bytes, or what becomes JSON."""

    status: int = 200
    body: object = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """The body as it goes over the wire."""
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str):
            return self.body.encode()
        return json.dumps(self.body).encode()

    @property
    def octets(self) -> bytes:
        """What goes over the wire."""
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = "Odd"
        is_json = not isinstance(self.body, bytes | str)
        headers = {
            "Content-Length": str(len(self.content)),
            "Content-Type": "application/json" if is_json else "text/html",
            **self.headers,
        }
        lines = [f"HTTP/1.1 {self.status} {phrase}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + self.content


WebAct = Respond | Say | Close | Hang | Drip
WebScript = Mapping[str, WebAct | Sequence[WebAct]]
WEB_STAGES: Final = ("connect", "head", "mid-body", "answer", "after-taking")
"""Where a script may interfere.

``head`` comes when the headers were read, ``mid-body`` after the first octets of
the body. ``answer`` comes in place of the server's own answer; the server has
then taken the message only if the answer is a yes. ``after-taking`` comes when it
has taken the message, instead of saying so.
"""


@dataclass(slots=True, kw_only=True)
class Received:
    """One request that came in whole."""

    method: str
    target: str
    """Path and query."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    is_taken: bool = False
    """Whether the server answers for it, told so or not."""

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever was sent
        """The body, parsed."""
        return json.loads(self.body)


def _ok(_received: Received) -> Respond:
    return Respond(body={"id": "4F2A77"})


class ScriptedHttpServer:
    """Behaves, but for the stages of its script; for one event loop.

    Use it as ``async with ScriptedHttpServer({"mid-body": Close()}) as server``,
    then ask it at its ``url``.

    Args:
        script: What happens at a stage (see ``WEB_STAGES``) instead of the usual;
            may be changed while the server runs.
        answer: What a whole request is answered, unless something else is said;
            acts that are no answer are for services that misbehave at one request
            and not at another.
        answers: What the next requests are answered, one each, before that.
        tls: Context for TLS.
        port: Where it will be; any that is free if it is 0.
    """

    def __init__(
        self,
        script: WebScript | None = None,
        *,
        answer: Callable[[Received], WebAct | Sequence[WebAct]] = _ok,
        answers: Sequence[WebAct] = (),
        tls: ssl.SSLContext | None = None,
        port: int = 0,
    ) -> None:
        self.script: dict[str, WebAct | Sequence[WebAct]] = dict(script or {})
        self.answer = answer
        self.answers = deque(answers)
        self.tls = tls
        self.requests: list[Received] = []
        """Those that came in whole."""
        self.connections = 0
        self.port = port
        self._sessions = Sessions()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port, ssl=self.tls, limit=2**20
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
            await self._sessions.close(self._server)

    @property
    def url(self) -> str:
        """Where it is, without a slash at the end."""
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}"

    @property
    def copies(self) -> int:
        """How many requests it has taken."""
        return sum(received.is_taken for received in self.requests)

    def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        self._sessions.begin(writer, _WebSession(self, reader, writer).run())


class _WebSession:
    """One connection to the server."""

    def __init__(
        self,
        server: ScriptedHttpServer,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer

    async def run(self) -> None:
        """Serve until one side ends."""
        await self._scripted("connect")
        while True:
            received = await self._request()
            self._server.requests.append(received)
            await self._answer(received)

    async def _request(self) -> Received:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.rstrip("\r\n").split("\r\n")
        method, target, _version = first.split(" ")
        pairs = (line.partition(":")[::2] for line in lines)
        headers = {name.lower(): value.strip() for name, value in pairs}
        await self._scripted("head")
        return Received(
            method=method,
            target=target,
            headers=headers,
            body=await self._body(headers),
        )

    async def _body(self, headers: Mapping[str, str]) -> bytes:
        if headers.get("transfer-encoding") == "chunked":
            return await self._chunks()
        size = int(headers.get("content-length", "0"))
        first = await self._reader.readexactly(min(size, 1))
        if first:
            await self._scripted("mid-body")
        return first + await self._reader.readexactly(size - len(first))

    async def _chunks(self) -> bytes:
        chunks = [b""]
        while size := int(await self._reader.readuntil(b"\r\n"), 16):
            chunks.append((await self._reader.readexactly(size + 2))[:-2])
            await self._scripted("mid-body")
        await self._reader.readuntil(b"\r\n")
        return b"".join(chunks)

    async def _answer(self, received: Received) -> None:
        if "answer" in self._server.script:
            acts = _acts(self._server.script["answer"])
        elif self._server.answers:
            acts = (self._server.answers.popleft(),)
        else:
            acts = _acts(self._server.answer(received))
        first = acts[0]
        received.is_taken = isinstance(first, Respond) and first.status // 100 == _YES
        if received.is_taken:
            acts = _acts(self._server.script.get("after-taking", acts))
        for act in acts:
            await self._do(act)

    async def _scripted(self, stage: str) -> None:
        for act in _acts(self._server.script.get(stage, ())):
            await self._do(act)

    async def _do(self, act: WebAct) -> None:
        if isinstance(act, Respond | Say):
            self._writer.write(act.octets)
            await self._writer.drain()
        else:
            await self._misbehave(act)

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
            raw = self._writer.get_extra_info("socket")
            raw.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        raise EndedError


def _acts(acts: WebAct | Sequence[WebAct]) -> tuple[WebAct, ...]:
    return tuple(acts) if isinstance(acts, Sequence) else (acts,)


_YES: Final = 2
