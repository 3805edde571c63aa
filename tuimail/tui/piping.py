"""A message handed to a command of the person's, and what the command says.

The command has no terminal: it can neither read keys nor draw, and what it prints
is untrusted text like any other.
"""

import asyncio
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

MOST_BYTES: Final = 1024 * 1024
"""Of what it prints; more is read and dropped, so that it can end."""
LONGEST_SECONDS: Final = 60.0
_ENDING_SECONDS: Final = 0.5
"""What left the command's process group may hold its output open for ever."""
_PIECE_BYTES: Final = 64 * 1024
_HERE: Final = "/bin/sh"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piped:
    """What came of it."""

    status: int | None
    """As the shell has it; below 0 the signal that ended it; None where its time
    was over, and it was ended."""
    printed: bytes
    """What it wrote, errors among it; at most ``MOST_BYTES``."""
    is_cut: bool = False


async def piped(
    command: str, content: bytes, *, seconds: float = LONGEST_SECONDS
) -> Piped:
    """Run ``command`` in a shell with ``content`` as its standard input.

    Where its time is over, or nobody waits for it any more, it is ended with all that
    it started; what it leaves behind when it ends by itself is its own affair.

    Raises:
        OSError: There is no shell to run it.
    """
    process = await _started(command)
    printed = bytearray()
    try:
        async with asyncio.timeout(seconds):
            _, is_cut = await asyncio.gather(
                _write(process, content), _read(process, printed)
            )
            status = await process.wait()
    except (TimeoutError, asyncio.CancelledError) as over:
        await _end(process)
        if isinstance(over, asyncio.CancelledError):
            raise
        return Piped(status=None, printed=bytes(printed))
    return Piped(status=status, printed=bytes(printed), is_cut=is_cut)


async def _started(command: str) -> asyncio.subprocess.Process:
    """Start the shell; where nobody waits any more, it is ended once it is there.

    asyncio itself would end the shell alone, and wait for what it had started.
    """
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            _HERE, "-c", command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
    )  # fmt: skip
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        await asyncio.wait([starting])
        if starting.exception() is None:
            await _end(starting.result())
        raise


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), _ENDING_SECONDS)


async def _write(process: asyncio.subprocess.Process, content: bytes) -> None:
    """Hand the message over; a command may end before it has read it all."""
    if process.stdin is None:
        return
    with suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(content)
        await process.stdin.drain()
    process.stdin.close()


async def _read(process: asyncio.subprocess.Process, printed: bytearray) -> bool:
    """Read until it is closed; return whether some of it was dropped."""
    is_cut = False
    while process.stdout and (piece := await process.stdout.read(_PIECE_BYTES)):
        room = MOST_BYTES - len(printed)
        printed += piece[:room]
        is_cut = is_cut or len(piece) > room
    return is_cut
