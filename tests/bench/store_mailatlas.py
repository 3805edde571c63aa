"""Stores drafts with mailatlas, in a virtual environment that has it.

``PYTHON store_mailatlas.py N``; prints JSON with the seconds it took, of the
processor too.
"""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from mailatlas import MailAtlas, OutboundMessage

BODY = ("Thank you for your order of 14 March. The goods are about to leave.\n" * 40)[
    :2_000
]


def main(count: int) -> None:
    """Store so many drafts and say how long that took."""
    with TemporaryDirectory() as folder:
        atlas = MailAtlas(
            db_path=Path(folder) / "store.db", workspace_path=Path(folder) / "work"
        )
        start, used = perf_counter(), process_time()
        for number in range(count):
            atlas.draft_email(_message(number))
        seconds, cpu = perf_counter() - start, process_time() - used
    sys.stdout.write(json.dumps({"acknowledged": seconds, "cpu": cpu}))


def _message(number: int) -> OutboundMessage:
    return OutboundMessage(
        from_email="ada@shop.example",
        to=(f"reader{number}@example.net",),
        subject=f"Order {number}",
        text=BODY,
        idempotency_key=f"order-{number}",
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
