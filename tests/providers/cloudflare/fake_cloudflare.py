"""Cloudflare Email Service on a page: it takes mail, and remembers it."""

from typing import Any, Final

from tuimail.testing import Received, Respond

PATH: Final = "/accounts/abc123/email/sending"
LISTS: Final = ("delivered", "queued", "permanent_bounces", "suppressed_recipients")


class FakeCloudflare:
    """Answers as the documents of the REST API say."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.lists: dict[str, str] = {}
        """In which list somebody ends who is not delivered to."""
        self.poisoned: set[str] = set()
        """Because of whom a whole request is refused."""
        self.reads_raw = True
        self.taken: list[Any] = []
        """What was taken: path and body of each request."""

    def answer(self, received: Received) -> Respond:
        if received.headers.get("authorization") != f"Bearer {self.key}":
            return failure(401, 10101, "email.sending.error.token_invalid")
        path = received.target.removeprefix(PATH)
        if path == received.target:
            return failure(404, 10000, "email.sending.error.not_found")
        if path == "/suppressions" and received.method == "GET":
            return Respond(body=envelope([]))
        return self._sent(path, received.json)

    def _sent(self, path: str, body: Any) -> Respond:
        if path == "/send_raw" and not self.reads_raw:
            return failure(400, 10202, "email.sending.error.email.invalid")
        everybody = recipients(path, body)
        if self.poisoned & set(everybody):
            return failure(400, 10099, "email.sending.error.recipient.suppressed")
        self.taken.append((path, body))
        found: dict[str, list[str]] = {name: [] for name in LISTS}
        for address in everybody:
            found[self.lists.get(address, "delivered")].append(address)
        return Respond(body=envelope({"message_id": "<4F2A@example.org>", **found}))


def recipients(path: str, body: Any) -> list[str]:
    if path == "/send_raw":
        return list(body["recipients"])
    everybody = [one for name in ("to", "cc", "bcc") for one in body.get(name, ())]
    return [one if isinstance(one, str) else one["address"] for one in everybody]


def envelope(result: object) -> dict[str, object]:
    return {"success": True, "errors": [], "messages": [], "result": result}


def failure(status: int, code: int, message: str = "email.sending.error") -> Respond:
    errors = [{"code": code, "message": message}]
    body = {"success": False, "errors": errors, "messages": [], "result": None}
    return Respond(status=status, body=body)
