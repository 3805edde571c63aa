"""A deployment of Cloudflare temp email on a page: it sends, and keeps a record."""

import json
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from tuimail.testing import Received, Respond

MADE_AT: Final = "2026-11-21 12:00:00"


class FakeTempEmail:
    """Answers as the deployed service does: in plain text where it says no."""

    def __init__(self, key: str, *, site_password: str = "") -> None:
        self.key = key
        self.site_password = site_password
        self.balance = 7
        self.record: list[dict[str, Any]] = []
        """What was sent, oldest first."""
        self.says: Respond | None = None
        """What is answered to a message in place of a yes."""
        self.taken: list[Any] = []

    def answer(self, received: Received) -> Respond:
        if received.headers.get("x-custom-auth", "") != self.site_password:
            return Respond(status=401, body="Custom auth password is wrong")
        path = urlsplit(received.target).path
        if not self._is_known(path, received):
            return Respond(status=401, body="Invalid address credential")
        if received.method == "GET":
            return self._shown(received.target)
        return self.says or self._sent(path, received.json)

    def sent(self, mark: str, *, at: str = MADE_AT) -> None:
        """Put a mail into the record."""
        raw = json.dumps({"version": "v2", "client_ref": mark, "subject": "x"})
        entry = {"id": len(self.record), "address": "a@x", "raw": raw, "created_at": at}
        self.record.append(entry)

    def _is_known(self, path: str, received: Received) -> bool:
        if path.startswith("/admin/"):
            return received.headers.get("x-admin-auth") == self.key
        if path.startswith("/external/"):
            return bool(received.json.get("token") == self.key)
        return received.headers.get("authorization") == f"Bearer {self.key}"

    def _sent(self, path: str, body: Any) -> Respond:
        self.taken.append((path, body))
        if "client_ref" in body:
            self.sent(body["client_ref"])
        return Respond(body={"status": "ok"})

    def _shown(self, target: str) -> Respond:
        parts = urlsplit(target)
        if parts.path == "/api/settings":
            return Respond(
                body={"address": "ada@mail.example", "send_balance": self.balance}
            )
        query = {name: int(value[0]) for name, value in parse_qs(parts.query).items()}
        newest = self.record[::-1]
        page = newest[query["offset"] : query["offset"] + query["limit"]]
        first = {"count": len(newest)} if query["offset"] == 0 else {}
        return Respond(body={"results": page, **first})
