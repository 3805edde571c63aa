"""A provider with short time limits."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import pytest

from tuimail.core.submission import Verdict, VerdictKind, Verdicts
from tuimail.providers.base import ConnectionLimits, ProviderAccount, SendJob
from tuimail.providers.smtp.limits import StageLimits
from tuimail.providers.smtp.provider import SmtpProvider
from tuimail.testing import PIPELINED, RecordedJob, Script, ScriptedSmtpServer

PASSWORD = "correct horse battery"
LOGINS = {"ada": PASSWORD}
SHORT = timedelta(milliseconds=150)
QUICK = StageLimits(
    connect=SHORT,
    greeting=SHORT,
    command=SHORT,
    data=SHORT,
    block=SHORT,
    final=SHORT,
    farewell=SHORT,
)

ANA, BEN, EVE = "ana@example.net", "ben@example.net", "eve@example.net"
SENT, DEFERRED = VerdictKind.SENT, VerdictKind.DEFERRED
REFUSED, UNKNOWN = VerdictKind.REFUSED, VerdictKind.UNKNOWN
BIG = b"Subject: big\r\n\r\n" + (b"x" * 76 + b"\r\n") * 120_000
"""More than what the system buffers between two programs."""
TURNS = 20
"""So many turns of the loop are enough for a server in it to read and answer."""

USUAL = tuple(one for one in PIPELINED if one != "PIPELINING")

ProviderAt = Callable[..., SmtpProvider]
Serve = Callable[..., ScriptedSmtpServer]


@pytest.fixture
async def provider_at() -> AsyncIterator[ProviderAt]:
    """Make a provider for a server, with whatever options are given."""
    made: list[SmtpProvider] = []

    def make(
        server: ScriptedSmtpServer | RawServer,
        *,
        limits: StageLimits = StageLimits(),  # noqa: B008 - frozen
        slept: Callable[[], float] = lambda: 0.0,
        keeps: ConnectionLimits = ConnectionLimits(),  # noqa: B008 - frozen
        secret: Callable[[], str | None] = lambda: PASSWORD,
        **options: str | int | bool,
    ) -> SmtpProvider:
        place: dict[str, str | int | bool] = {"host": "127.0.0.1", "port": server.port}
        account = ProviderAccount(
            name="work", options=place | options, secret=secret, limits=keeps
        )
        made.append(SmtpProvider(account, limits=limits, slept=slept))
        return made[-1]

    yield make
    for provider in made:
        await provider.close()


@dataclass
class RawServer:
    """A server that a test writes itself, from the greeting on."""

    port: int = 0
    connections: int = 0


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def raw_server(
    talk: Talk, *, offers: bytes = b"250-raw\r\n250 PIPELINING\r\n"
) -> AsyncIterator[RawServer]:
    """Run ``talk`` for each connection, after EHLO; it ends when ``talk`` does."""
    server = RawServer()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        with suppress(asyncio.IncompleteReadError, OSError):
            writer.write(b"220 raw\r\n")
            await reader.readuntil(b"\r\n")
            writer.write(offers)
            await talk(reader, writer)
        writer.transport.abort()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as running:
        server.port = running.sockets[0].getsockname()[1]
        yield server


def kinds(verdicts: Verdicts) -> dict[str, VerdictKind]:
    return {verdict.wire_address: verdict.kind for verdict in verdicts.by_recipient}


def is_deferred(verdicts: Verdicts) -> bool:
    return verdicts.fault is None and _kinds(verdicts) == {VerdictKind.DEFERRED}


def is_sent(verdicts: Verdicts) -> bool:
    return _kinds(verdicts) == {VerdictKind.SENT}


def _kinds(verdicts: Verdicts) -> set[VerdictKind]:
    return set(kinds(verdicts).values())


def only(verdicts: Verdicts) -> Verdict:
    (verdict,) = verdicts.by_recipient
    return verdict


def watched(recorded: RecordedJob, stage: str) -> tuple[SendJob, asyncio.Event]:
    """Return its job, and what is set when that reaches ``stage``."""
    reached = asyncio.Event()

    def progress(now: str) -> None:
        recorded.events.append(now)
        if now == stage:
            reached.set()

    return replace(recorded.job, progress=progress), reached


def slowly_committed(job: SendJob) -> SendJob:
    """Return ``job`` with a disk so slow that the server can answer meanwhile."""

    async def commit(handle: str = "") -> None:
        for _ in range(TURNS):
            await asyncio.sleep(0)
        await job.point_of_no_return(handle)

    return replace(job, point_of_no_return=commit)


@pytest.fixture(params=[USUAL, PIPELINED], ids=["one-by-one", "pipelined"])
def serve(request: pytest.FixtureRequest) -> Serve:
    """Make servers that take commands one by one, or in groups."""
    return partial(ScriptedSmtpServer, extensions=request.param)


def server_behind(
    tls: str, context: ssl.SSLContext, script: Script | None = None
) -> ScriptedSmtpServer:
    """Return a server that wants a login, behind TLS of the one or other kind."""
    if tls == "implicit":
        return ScriptedSmtpServer(script, tls=context, logins=LOGINS)
    return ScriptedSmtpServer(script, starttls=context, logins=LOGINS)
