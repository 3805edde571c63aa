"""The web server that other tests rely on."""

import asyncio

import pytest

from tuimail.testing import (
    Close,
    Received,
    Respond,
    ScriptedHttpServer,
    WebAct,
)

CHUNKED = (
    b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"4\r\nfour\r\n1\r\n!\r\n0\r\n\r\n"
)


async def said(server: ScriptedHttpServer, octets: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(octets)
    try:
        return await reader.readuntil(b"\r\n\r\n")
    finally:
        writer.close()


async def test_a_body_in_chunks_is_put_together() -> None:
    async with ScriptedHttpServer() as server:
        answer = await said(server, CHUNKED)

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert server.requests == [
        Received(
            method="POST",
            target="/a",
            headers={"host": "x", "transfer-encoding": "chunked"},
            body=b"four!",
            is_taken=True,
        )
    ]


async def test_a_status_that_nobody_knows_can_be_said() -> None:
    odd = Respond(status=799, body="")
    async with ScriptedHttpServer(answers=[odd]) as server:
        answer = await said(server, b"GET / HTTP/1.1\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 799 Odd\r\n")
    assert server.copies == 0


async def test_a_service_can_misbehave_at_one_request_and_not_at_another() -> None:
    def answer(received: Received) -> WebAct:
        return Respond() if received.method == "GET" else Close()

    async with ScriptedHttpServer(answer=answer) as server:
        good = await said(server, b"GET / HTTP/1.1\r\n\r\n")
        with pytest.raises(asyncio.IncompleteReadError):
            await said(server, b"PUT / HTTP/1.1\r\n\r\n")

    assert good.startswith(b"HTTP/1.1 200 OK\r\n")
    assert server.copies == 1
