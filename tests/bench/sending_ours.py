"""Sends mail out of a workspace: ``python -m tests.bench.sending_ours N PORT``.

Prints JSON: seconds to store, to send until every answer is on disk, and until
other programs see it too. Both marks of each attempt are flushed to disk.
"""

import asyncio
import json
import sys
from pathlib import Path
from time import perf_counter

from tests.bench.places import fields, opened, place
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.sender import Sender


def main(count: int, port: int) -> None:
    """Store so many mails, send them, and say how long that took."""
    with place(port=port) as folder:
        stored = _store(folder, count)
        sent, shown = asyncio.run(_send(folder, count))
    sys.stdout.write(json.dumps({"stored": stored, "sent": sent, "shown": shown}))


def _store(folder: Path, count: int) -> float:
    start = perf_counter()
    with opened(folder) as workspace:
        for number in range(count):
            draft = workspace.drafts.compose(fields(number))
            workspace.outbox.send_new(draft)
    return perf_counter() - start


async def _send(folder: Path, count: int) -> tuple[float, float]:
    async with Bridge(lambda: opened(folder)) as bridge:
        start = perf_counter()
        watching = asyncio.create_task(_all_sent(bridge, count))
        await Sender(bridge).drain()
        shown = perf_counter()
        return await watching - start, shown - start


async def _all_sent(bridge: Bridge, count: int) -> float:
    """Return the moment at which the last answer was on disk."""
    while await bridge.call(lambda ws: ws.drafts.counts().sent) < count:  # noqa: ASYNC110 - only the rows say it
        await asyncio.sleep(0.01)
    return perf_counter()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
