"""Stores mail as doors do: ``python -m tests.bench.store_ours CLIENTS COUNT``.

So many programs hand in at once, each as soon as its last mail is on disk. Prints
JSON: seconds until all is acknowledged, of the processor too, until other programs
see it, and how long each of them waited.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from time import perf_counter, process_time

from tests.bench.places import as_the_command, fields, opened, place
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace


def main(clients: int, count: int) -> None:
    """Hand in so many mails, and say how long that took."""
    as_the_command()
    with place() as folder:
        told = asyncio.run(
            _handed_in(
                lambda: opened(folder, actor="agent:billing", door="http"),
                clients,
                count,
            )
        )
    sys.stdout.write(json.dumps(told))


async def _handed_in(
    opener: Callable[[], Workspace], clients: int, count: int
) -> dict[str, object]:
    waits: list[float] = []
    async with Bridge(opener) as bridge:
        numbers = iter(range(count))
        start, used = perf_counter(), process_time()
        await asyncio.gather(*(_client(bridge, numbers, waits) for _ in range(clients)))
        acknowledged, cpu = perf_counter() - start, process_time() - used
    shown = perf_counter() - start
    return {"acknowledged": acknowledged, "cpu": cpu, "shown": shown, "waits": waits}


async def _client(bridge: Bridge, numbers: Iterator[int], waits: list[float]) -> None:
    for number in numbers:
        start = perf_counter()
        await bridge.together(_handing_in(number))
        waits.append(perf_counter() - start)


def _handing_in(number: int) -> Callable[[Workspace], Row]:
    def hand_in(workspace: Workspace) -> Row:
        return workspace.drafts.submit(workspace.drafts.compose(fields(number)))

    return hand_in


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
