"""One act at one size: ``python -m tests.bench.growth_ours ACT SIZE``.

In a process of its own, since memory that was once taken does not show when it is
taken again. Prints JSON: seconds, of the processor too, and by how many mebibytes
the process grew.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time
from typing import Final

from tests.bench.places import fields, opened, place, recipient
from tests.bench.rendering_memory import MEBIBYTE, peak_bytes, write_file
from tests.bench.sending_ours import store_all
from tests.bench.sink import listening
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.sender import Sender

Act = Callable[[], object]


@contextmanager
def recipients(size: int) -> Iterator[Act]:
    """Yield what stores a mail to so many people, and releases it."""
    with place() as folder, opened(folder) as workspace:
        workspace.outbox.send_new(workspace.drafts.compose(fields(0)))
        mail = replace(fields(1), to=tuple(map(recipient, range(size))))
        yield lambda: workspace.outbox.send_new(workspace.drafts.compose(mail))


@contextmanager
def attachment(size: int) -> Iterator[Act]:
    """Yield what stores a mail with a file of so many bytes, and releases it."""
    with place() as folder, opened(folder) as workspace:
        workspace.outbox.send_new(workspace.drafts.compose(fields(0)))
        file = folder / "report.bin"
        write_file(file, size)
        mail = replace(fields(1), attachments=(file,))
        yield lambda: workspace.outbox.send_new(workspace.drafts.compose(mail))


@contextmanager
def body(size: int) -> Iterator[Act]:
    """Yield what stores a mail with a text of so many characters, and releases it."""
    with place() as folder, opened(folder) as workspace:
        workspace.outbox.send_new(workspace.drafts.compose(fields(0)))
        mail = fields(1, size)
        yield lambda: workspace.outbox.send_new(workspace.drafts.compose(mail))


@contextmanager
def queue(size: int) -> Iterator[Act]:
    """Yield what sends so many mails out of the outbox, until all is recorded."""
    with listening() as port, place(port=port) as folder:
        asyncio.run(_with_bridge(folder, lambda bridge: store_all(bridge, size, 2_000)))
        yield lambda: asyncio.run(
            _with_bridge(folder, lambda bridge: Sender(bridge).drain())
        )


async def _with_bridge(
    folder: Path, run: Callable[[Bridge], Coroutine[object, object, object]]
) -> None:
    async with Bridge(lambda: opened(folder)) as bridge:
        await run(bridge)


ACTS: Final = {
    "recipients": recipients,
    "attachment": attachment,
    "body": body,
    "queue": queue,
}


def main(act: str, size: int) -> None:
    """Do one act, and say what it took."""
    with ACTS[act](size) as run:
        before, start, used = peak_bytes(), perf_counter(), process_time()
        run()
        told = {
            "wall": perf_counter() - start,
            "cpu": process_time() - used,
            "grown": (peak_bytes() - before) / MEBIBYTE,
        }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
