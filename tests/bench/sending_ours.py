"""Sends mail out of a workspace: ``python -m tests.bench.sending_ours N PORT BYTES``.

Prints JSON: seconds to store all, a hundred at a time, to send until every answer is
on disk, and until other programs see it too; and what each took of the processor.
Both marks of each attempt are flushed to disk.
"""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import Final

from tests.bench.places import as_the_command, fields, opened, place
from tests.bench.rendering_memory import peak_bytes
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.sender import Sender
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

AT_A_TIME: Final = 100
Told = dict[str, float]


def main(count: int, port: int, size: int) -> None:
    """Store so many mails, send them, and say how long that took."""
    as_the_command()
    with place(port=port) as folder:
        told = asyncio.run(_run(folder, count, size))
    sys.stdout.write(json.dumps({**told, "peak": peak_bytes()}))


async def _run(folder: Path, count: int, size: int) -> Told:
    async with Bridge(lambda: opened(folder)) as bridge:
        return {**await store_all(bridge, count, size), **await _send(bridge, count)}


async def store_all(bridge: Bridge, count: int, size: int) -> Told:
    """Store and release so many mails, a hundred at a time; say what it took."""
    numbers, start, used = iter(range(count)), perf_counter(), process_time()

    async def client() -> None:
        for number in numbers:
            await bridge.together(_storing(number, size))

    await asyncio.gather(*(client() for _ in range(AT_A_TIME)))
    return {"stored": perf_counter() - start, "stored_cpu": process_time() - used}


def _storing(number: int, size: int) -> Callable[[Workspace], Row]:
    def store(workspace: Workspace) -> Row:
        draft = workspace.drafts.compose(fields(number, size))
        return workspace.outbox.send_new(draft)

    return store


async def _send(bridge: Bridge, count: int) -> Told:
    start, used = perf_counter(), process_time()
    watching = asyncio.create_task(_all_sent(bridge, count))
    await Sender(bridge).drain()
    shown, shown_cpu = perf_counter() - start, process_time() - used
    sent, sent_cpu = await watching
    return {
        "sent": sent - start,
        "sent_cpu": sent_cpu - used,
        "shown": shown,
        "shown_cpu": shown_cpu,
    }


async def _all_sent(bridge: Bridge, count: int) -> tuple[float, float]:
    """Return the moment at which the last answer was on disk."""
    while await bridge.call(lambda ws: ws.drafts.counts().sent) < count:  # noqa: ASYNC110 - only the rows say it
        await asyncio.sleep(0.01)
    return perf_counter(), process_time()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
