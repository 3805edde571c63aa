"""A program as people write them for a temp email service: asks first, then sends."""

import os
import sys

import requests

BASE = os.environ["MAIL_API"]
LOGIN = {"Authorization": f"Bearer {os.environ['MAIL_KEY']}", "x-lang": "en"}


def main(address: str) -> str:
    """Send one mail; return what the service's record says of it."""
    with requests.Session() as session:
        session.headers.update(LOGIN)
        settings = session.get(f"{BASE}/api/settings", timeout=10).json()
        assert settings["send_balance"] > 0, "No balance"
        mail: dict[str, str | bool] = {
            "from_name": "Nightly build",
            "to_name": "Bob",
            "to_mail": address,
            "subject": "Build 17",
            "is_html": True,
            "content": "<p>It is green.</p>",
        }
        answer = session.post(f"{BASE}/api/send_mail", json=mail, timeout=10)
        if not answer.ok:
            sys.exit(answer.text)
        assert answer.json()["status"] == "ok"
        page = {"limit": "20", "offset": "0"}
        found = session.get(f"{BASE}/api/sendbox", params=page, timeout=10).json()
    return f"{settings['address']} {found['count']}"


if __name__ == "__main__":
    sys.stdout.write(f"sent {main(sys.argv[1])}\n")
