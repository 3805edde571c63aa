"""The connections of a server for tests: none outlives it, whenever it came."""

import asyncio
import gc
import socket
import warnings
from collections.abc import Callable

import pytest

from tuimail.testing import ScriptedHttpServer, ScriptedSmtpServer
from tuimail.testing.sessions import Sessions

Server = ScriptedHttpServer | ScriptedSmtpServer


@pytest.mark.parametrize("turns", range(6))
@pytest.mark.parametrize("made", [ScriptedHttpServer, ScriptedSmtpServer])
def test_a_server_that_ends_leaves_no_connection_open(
    made: Callable[[], Server], turns: int
) -> None:
    """However many turns of the loop ago they came."""

    async def connected() -> list[socket.socket]:
        async with made() as server:
            ours = [
                socket.create_connection(("127.0.0.1", server.port)) for _ in range(5)
            ]
            for _ in range(turns):
                await asyncio.sleep(0)
            return ours

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ours = asyncio.run(connected())
        gc.collect()
    for one in ours:
        one.close()


async def test_a_server_that_breaks_says_so() -> None:
    heard: list[BaseException] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, told: heard.append(told["exception"]))
    sessions = Sessions()

    async def broken() -> None:
        raise KeyError("reply")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del reader
        sessions.begin(writer, broken())

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        try:
            await reader.read()
        except ConnectionResetError:
            """It was dropped."""
        writer.close()

    assert [str(error) for error in heard] == ["'reply'"]
