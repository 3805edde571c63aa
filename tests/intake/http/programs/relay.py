"""A program as people write them for the Atmos relay: a code to log in with."""

import os
import sys

import requests

BASE = os.environ["MAIL_API"]


def send_code(address: str, code: str) -> int:
    """Send a login code; return the number that the relay gave the mail."""
    answer = requests.post(
        f"{BASE}/v1/send",
        headers={
            "X-Atmos-DID": "did:plc:ewvi7nxzyoun6zhxrhs64oiz",
            "Authorization": f"Bearer {os.environ['MAIL_KEY']}",
        },
        json={
            "from": os.environ["MAIL_FROM"],
            "to": address,
            "subject": "Your code",
            "text": f"Your code is {code}.",
            "html": f"<p>Your code is <b>{code}</b>.</p>",
            "category": "login-link",
        },
        timeout=10,
    )
    told = answer.json()
    if answer.status_code != requests.codes.ok:
        sys.exit(f"{told['code']}: {told['error']}")
    if not told["accepted"]:
        sys.exit("Nobody was accepted.")
    number = told["accepted"][0]["messageId"]
    assert isinstance(number, int)
    return number


if __name__ == "__main__":
    sys.stdout.write(f"sent {send_code(sys.argv[1], '314159')}\n")
