"""Sends mail out of a workspace: ``python -m tests.bench.sending_ours N PORT``.

Prints JSON: seconds to store, to send until every answer is on disk, and until
other programs see it too. Both marks of each attempt are flushed to disk.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from tests.bench.mails import ENGLISH
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.fields import Fields
from tuimail.workspace.sender import Sender
from tuimail.workspace.workspace import Workspace

ACCOUNTS: Final = """
default_account = "work"

[accounts.work]
provider = "smtp"
address = "ada@shop.example"
host = "127.0.0.1"
port = {port}
tls = "none"
connections = {connections}
"""
CONNECTIONS: Final = 4
BODY: Final = (ENGLISH * 8)[:2_000]


def main(count: int, port: int) -> None:
    """Store so many mails, send them, and say how long that took."""
    os.environ["TUIMAIL_LOG"] = "off"
    with TemporaryDirectory() as folder:
        place = Path(folder)
        accounts = ACCOUNTS.format(port=port, connections=CONNECTIONS)
        (place / "accounts.toml").write_text(accounts)
        (place / "accounts.toml").chmod(0o600)
        stored = _store(place, count)
        sent, shown = asyncio.run(_send(place, count))
    sys.stdout.write(json.dumps({"stored": stored, "sent": sent, "shown": shown}))


def _open(place: Path) -> Workspace:
    return Workspace.open(
        place / "workspace",
        config_path=place / "config.toml",
        actor="person:ada",
        door="cli",
    )


def _store(place: Path, count: int) -> float:
    start = perf_counter()
    with _open(place) as workspace:
        for number in range(count):
            fields = Fields(
                to=(f"reader{number}@example.net",),
                subject=f"Order {number}",
                text=BODY,
            )
            workspace.outbox.send_new(workspace.drafts.compose(fields))
    return perf_counter() - start


async def _send(place: Path, count: int) -> tuple[float, float]:
    async with Bridge(lambda: _open(place)) as bridge:
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
