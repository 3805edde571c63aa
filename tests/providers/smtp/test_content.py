"""The content on its way out: dots, damage, and servers that interrupt."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

from tests.providers.conftest import Authority
from tests.providers.smtp.conftest import (
    ANA,
    BIG,
    DEFERRED,
    QUICK,
    REFUSED,
    SENT,
    ProviderAt,
    Serve,
    only,
    slowly_committed,
)
from tuimail.core.submission import (
    VerdictKind,
)
from tuimail.errors import DigestMismatchError
from tuimail.testing import (
    Close,
    Hang,
    RecordedJob,
    Say,
)


@pytest.mark.parametrize("piece_bytes", [1, 2, 3, 5, 1000])
async def test_dots_arrive_wherever_pieces_are_cut(
    serve: Serve, provider_at: ProviderAt, piece_bytes: int
) -> None:
    content = b"A: b\r\n\r\n.\r\n..\r\n.x\r\n\r\n.\r\nend\r\n"
    recorded = RecordedJob(content=content, piece_bytes=piece_bytes)
    async with serve() as server:
        await provider_at(server).submit(recorded.job)

    assert server.deliveries[0].content == content
    assert server.deliveries[0].wire.count(b"\r\n..") == 4


@pytest.mark.parametrize(
    ("early", "kind"),
    [
        ("552 5.3.4 too big", REFUSED),
        ("451 4.3.0 disk full", DEFERRED),
        ("421 4.3.2 going down", DEFERRED),
    ],
)
@pytest.mark.parametrize("then", [(), (Close(),), (Close(hard=True),), (Hang(),)])
async def test_an_early_refusal_is_heard_in_the_middle_of_the_content(
    serve: Serve,
    provider_at: ProviderAt,
    early: str,
    kind: VerdictKind,
    then: tuple[Close | Hang, ...],
) -> None:
    recorded = RecordedJob(ANA, content=BIG, piece_bytes=65536)
    async with serve({"mid-data": (Say(early), *then)}) as server:
        verdict = only(await provider_at(server).submit(recorded.job))

    assert verdict.kind is kind
    assert verdict.receipt.text == early[4:]
    assert "point" not in recorded.events


async def test_a_refusal_that_comes_during_the_last_check_is_heard(
    serve: Serve,
    provider_at: ProviderAt,
) -> None:
    recorded = RecordedJob(ANA, piece_bytes=1000)
    script = {"mid-data": (Say("554 5.7.1 no"), Hang())}
    async with serve(script) as server:
        job = slowly_committed(recorded.job)
        verdict = only(await provider_at(server).submit(job))

    assert verdict.kind is REFUSED
    assert "dot.written" not in recorded.events


@dataclass
class LaxServer:
    """Takes what comes after DATA as it comes, until the connection ends."""

    port: int = 0
    wire: bytes = b""
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        for reply in (b"220 hi", b"250 x", b"250 ok", b"250 ok", b"354 go"):
            writer.write(reply + b"\r\n")
            if reply != b"354 go":
                await reader.readuntil(b"\r\n")
        try:
            while octets := await reader.read(65536):
                self.wire += octets
        except ConnectionResetError:
            """Dropped, as it should be."""
        writer.transport.abort()
        self.ended.set()


@asynccontextmanager
async def lax_server() -> AsyncIterator[LaxServer]:
    lax = LaxServer()
    async with await asyncio.start_server(lax.serve, "127.0.0.1", 0) as server:
        lax.port = server.sockets[0].getsockname()[1]
        yield lax


@pytest.mark.parametrize("piece_bytes", [1, 2, 3, 7, 65536])
@pytest.mark.parametrize(
    "damage",
    [
        b"EVIL\n.\nMAIL FROM:<eve@example.net>\r\n",
        b"EVIL\r.\rMAIL FROM:<eve@example.net>\r\n",
        b"EVIL\n.\r\nMAIL FROM:<eve@example.net>\r\n",
        b"EVIL\r\n.\nMAIL FROM:<eve@example.net>\r\n",
        b"EVIL\r\r\n.\r\r\nMAIL FROM:<eve@example.net>\r\n",
    ],
)
async def test_a_line_end_that_is_none_never_leaves_this_machine(
    provider_at: ProviderAt, damage: bytes, piece_bytes: int
) -> None:
    """To a server that takes LF for a line end, LF.LF ends the message."""
    recorded = RecordedJob(content=b"A: b\r\n\r\n" + damage, piece_bytes=piece_bytes)
    async with lax_server() as server:
        with pytest.raises(DigestMismatchError, match="nothing was sent"):
            await provider_at(server, limits=QUICK).submit(recorded.job)
        await server.ended.wait()

    assert not re.search(rb"(?<!\r)\n|\r(?!\n|\Z)", server.wire)
    assert not re.search(rb"(?:\A|\r\n)\.\r\n", server.wire)
    assert b"MAIL" not in server.wire
    assert "point" not in recorded.events


async def test_nothing_of_a_damaged_piece_is_written(provider_at: ProviderAt) -> None:
    recorded = RecordedJob(content=b"A: b\r\n\r\nc\nd\r\n", piece_bytes=65536)
    async with lax_server() as server:
        with pytest.raises(DigestMismatchError):
            await provider_at(server, limits=QUICK).submit(recorded.job)
        await server.ended.wait()

    assert server.wire == b""


async def test_content_that_breaks_off_is_damaged(
    serve: Serve, provider_at: ProviderAt
) -> None:
    async with serve() as server:
        recorded = RecordedJob(content=b"no line end", piece_bytes=100)
        with pytest.raises(DigestMismatchError, match="after 11 bytes") as raised:
            await provider_at(server).submit(recorded.job)

    assert raised.value.hint
    assert server.deliveries == []
    assert "point" not in recorded.events


async def test_an_error_while_reading_the_bytes_passes_through(
    serve: Serve,
    provider_at: ProviderAt,
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"A: b\r\n"
        raise OSError("disk failed")

    job = replace(RecordedJob().job, pieces=pieces)
    async with serve() as server:
        with pytest.raises(OSError, match="disk failed"):
            await provider_at(server).submit(job)

    assert server.deliveries == []


async def test_an_empty_message_still_ends(
    serve: Serve, provider_at: ProviderAt
) -> None:
    async with serve() as server:
        verdict = only(await provider_at(server).submit(RecordedJob(content=b"").job))

    assert verdict.kind is SENT
    assert server.deliveries[0].wire == b""


async def test_pieces_are_closed_when_they_are_not_wanted_any_more(
    serve: Serve,
    provider_at: ProviderAt,
) -> None:
    closed = asyncio.Event()

    async def pieces() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"x\r\n" * 10_000
        finally:
            closed.set()

    job = replace(RecordedJob(ANA).job, pieces=pieces)
    async with serve({"mid-data": Say("552 5.3.4 enough")}) as server:
        await provider_at(server).submit(job)

    assert closed.is_set()


@pytest.mark.parametrize("tls", ["none", "implicit"])
async def test_a_message_bigger_than_all_buffers_arrives_whole(
    serve: Serve, provider_at: ProviderAt, authority: Authority, tls: str
) -> None:
    recorded = RecordedJob(ANA, content=BIG, piece_bytes=65536)
    context = None if tls == "none" else authority.context()
    async with serve(tls=context) as server:
        provider = provider_at(server, tls=tls, ca_file=str(authority.file))
        verdict = only(await provider.submit(recorded.job))

    assert verdict.kind is SENT
    assert server.deliveries[0].content == BIG


class Pieces:
    """An iterator that is no generator, and has nothing to close."""

    def __init__(self, *pieces: bytes) -> None:
        self._left = list(pieces)

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if not self._left:
            raise StopAsyncIteration
        return self._left.pop(0)


async def test_pieces_may_come_from_any_iterator(
    serve: Serve, provider_at: ProviderAt
) -> None:
    job = replace(RecordedJob(ANA).job, pieces=lambda: Pieces(b"A: b\r", b"\n\r\n"))
    async with serve() as server:
        verdict = only(await provider_at(server).submit(job))

    assert verdict.kind is SENT
    assert server.deliveries[0].content == b"A: b\r\n\r\n"
