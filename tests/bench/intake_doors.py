"""Programs at the doors of a server: ``python -m tests.bench.intake_doors DOOR N``.

The server is ``tuimail serve`` in a process of its own. Over HTTP eight programs
keep a connection open each and hand in one mail after the other; over SMTP as many
connections as there are mails hand in one each, all at once. Prints JSON: seconds,
how long each mail waited for its answer, how many are in the store afterwards, and
what the server used of the processor.
"""

import asyncio
import json
import resource
import socket
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from tests.bench.places import body, opened, place, recipient

CLIENTS: Final = 8
PER_HOUR: Final = 1_000_000
HOST: Final = "127.0.0.1"
PATIENCE_SECONDS: Final = 20.0
Told = dict[str, object]
_CHECKOUT: Final = Path(__file__).parents[2]


def main(door: str, count: int) -> None:
    """Hand in so many mails, and say how long that took."""
    with place() as folder:
        with opened(folder) as workspace:
            _, token = workspace.clients.add("shop", per_hour=PER_HOUR)
        port = _free_port()
        with _served(folder, f"--{door}", f"{HOST}:{port}"):
            told = asyncio.run(_DOORS[door](port, token, count))
        with opened(folder) as workspace:
            stored = workspace.drafts.counts().review
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime
    sys.stdout.write(json.dumps({**told, "stored": stored, "cpu": cpu}))


@contextmanager
def _served(folder: Path, *words: str) -> Iterator[None]:
    """Have a server with one door, which is open when this is entered."""
    names = ("--workspace", str(folder / "workspace"))
    config = ("--config", str(folder / "config.toml"))
    others = () if "--http" in words else ("--no-http",)
    with subprocess.Popen(
        [sys.executable, "-m", "tuimail", *names, *config, "serve", *words, *others],
        cwd=_CHECKOUT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            yield
        finally:
            server.terminate()


async def _over_http(port: int, token: str, count: int) -> Told:
    numbers, waits = iter(range(count)), list[float]()
    clients = [await _HttpClient.connected(port, token) for _ in range(CLIENTS)]
    start = perf_counter()
    await asyncio.gather(*(one.hand_in_all(numbers, waits) for one in clients))
    return {"acknowledged": perf_counter() - start, "waits": waits}


async def _over_smtp(port: int, token: str, count: int) -> Told:
    (await _connected(port))[1].close()
    waits: list[float] = []
    start = perf_counter()
    sending = (_one_over_smtp(port, token, number, waits) for number in range(count))
    await asyncio.gather(*sending)
    return {"acknowledged": perf_counter() - start, "waits": waits}


_DOORS: Final[dict[str, Callable[[int, str, int], Coroutine[Any, Any, Told]]]] = {
    "http": _over_http,
    "smtp": _over_smtp,
}


class _HttpClient:
    """One connection, kept open."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: str
    ) -> None:
        self._reader, self._writer = reader, writer
        self._head = head

    @classmethod
    async def connected(cls, port: int, token: str) -> "_HttpClient":
        head = (
            f"POST /v1/drafts HTTP/1.1\r\nHost: {HOST}:{port}\r\n"
            f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        )
        return cls(*await _connected(port), head)

    async def hand_in_all(self, numbers: Iterator[int], waits: list[float]) -> None:
        for number in numbers:
            start = perf_counter()
            await self._hand_in(number)
            waits.append(perf_counter() - start)
        self._writer.close()

    async def _hand_in(self, number: int) -> None:
        content = json.dumps(
            {
                "to": [recipient(number)],
                "subject": f"Order {number}",
                "text": body(number),
            }
        ).encode()
        head = f"{self._head}Content-Length: {len(content)}\r\n\r\n"
        self._writer.write(head.encode() + content)
        found = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = int(found.partition(b"content-length:")[2].split(b"\r\n")[0])
        answer = await self._reader.readexactly(length)
        if not found.startswith(b"http/1.1 201 "):
            raise SystemExit(f"It was not taken: {answer.decode()[:500]}")


async def _one_over_smtp(
    port: int, token: str, number: int, waits: list[float]
) -> None:
    start = perf_counter()
    reader, writer = await _connected(port)
    login = b64encode(f"\0jwt\0{token}".encode()).decode()
    mail = (
        f"From: ada@shop.example\r\nTo: {recipient(number)}\r\n"
        f"Subject: Order {number}\r\n\r\n" + body(number).replace("\n", "\r\n")
    )
    await _reply(reader)
    for command in (
        "EHLO shop.example",
        f"AUTH PLAIN {login}",
        "MAIL FROM:<ada@shop.example>",
        f"RCPT TO:<{recipient(number)}>",
        "DATA",
        f"{mail}\r\n.",
    ):
        writer.write(f"{command}\r\n".encode())
        reply = await _reply(reader)
        if reply[:1] not in {"2", "3"}:
            raise SystemExit(f"{command[:20]} was answered with {reply}")
    writer.close()
    waits.append(perf_counter() - start)


async def _reply(reader: asyncio.StreamReader) -> str:
    """Return the last line of a reply (RFC 5321 §4.2)."""
    while True:
        line = (await reader.readline()).decode()
        if line[3:4] != "-":
            return line


async def _connected(
    port: int,
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to a server that may only be starting."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                return await asyncio.open_connection(HOST, port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.05)


def _free_port() -> int:
    with closing(socket.socket()) as free:
        free.bind((HOST, 0))
        port: int = free.getsockname()[1]
        return port


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
