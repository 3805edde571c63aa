"""Sends mail with fluxmail's BulkSender, in a virtual environment that has it.

``PYTHON sending_fluxmail.py N PORT``; prints JSON with the seconds it took. It keeps
one connection open, and stores nothing.
"""

import json
import sys
from time import perf_counter

from fluxmail import BulkSender, FluxMail

BODY = ("Thank you for your order of 14 March. The goods are about to leave.\n" * 40)[
    :2_000
]


def main(count: int, port: int) -> None:
    """Send so many mails and say how long that took."""
    mails = [
        {
            "sender": "ada@shop.example",
            "recipients": [f"reader{number}@example.net"],
            "subject": f"Order {number}",
            "body": BODY,
        }
        for number in range(count)
    ]
    sender = BulkSender(FluxMail("smtp", "127.0.0.1", port=port))
    start = perf_counter()
    result = sender.send_batch(mails, progress=False)
    seconds = perf_counter() - start
    if result["sent"] != count:
        sys.exit(f"Only {result['sent']} of {count} were sent.")
    sys.stdout.write(json.dumps({"sent": seconds}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
