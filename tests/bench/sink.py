"""A mail server that takes everything at once: ``python -m tests.bench.sink``.

Run in a process of its own; prints its port, and ends when its stdin does. With
``--delay SECONDS`` each answer leaves that long after the bytes that caused it, as
from a server far away; it reads on meanwhile.
"""

import argparse
import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tests.bench.processes import CHECKOUT, environ

_HELLO: Final = b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 100000000\r\n"
_TAKEN: Final = b"250 2.0.0 ok: queued as 4F2A77\r\n"
_ANSWERS: Final = {
    b"EHLO": _HELLO,
    b"DATA": b"354 go ahead\r\n",
    b"QUIT": b"221 2.0.0 goodbye\r\n",
}
_YES: Final = b"250 2.0.0 ok\r\n"
_END: Final = b"\r\n.\r\n"


@contextmanager
def listening(delay: float = 0.0) -> Iterator[int]:
    """Yield the port of a sink that answers after so many seconds."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.sink", "--delay", str(delay)],
        cwd=CHECKOUT,
        env=environ(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        yield int(process.stdout.readline())
        process.stdin.close()


class Sink(asyncio.Protocol):
    """One connection; knows where a message ends, and nothing else."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._rest = b""
        self._is_content = False
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        transport.write(b"220 sink ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer all that is complete, in one go."""
        self._rest += data
        answers = b"".join(iter(self._answer, b""))
        if answers and self._delay:
            asyncio.get_running_loop().call_later(self._delay, self._say, answers)
        elif answers:
            self._say(answers)

    def _say(self, answers: bytes) -> None:
        if self._transport is not None:
            self._transport.write(answers)

    def _answer(self) -> bytes:
        """Return the answer to what comes next; nothing while it is not complete."""
        end = _END if self._is_content else b"\r\n"
        found = self._rest.find(end)
        if found < 0:
            return b""
        line, self._rest = self._rest[:found], self._rest[found + len(end) :]
        if self._is_content:
            self._is_content = False
            return _TAKEN
        self._is_content = line[:4].upper() == b"DATA"
        return _ANSWERS.get(line[:4].upper(), _YES)


async def main(delay: float) -> None:
    """Serve until stdin ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Sink(delay), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--delay", type=float, default=0.0)
    asyncio.run(main(parser.parse_args().delay))
