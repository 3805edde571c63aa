"""The relay's API on a page: it takes mail, and remembers it."""

from typing import Any, Final

from tuimail.testing import Received, Respond

DID: Final = "did:plc:abcdefghijklmnopqrstuvwx"
STANDING: Final = {
    "did": DID,
    "status": "active",
    "sent_14d": 12,
    "bounced_14d": 0,
    "complaints_14d": 0,
    "bounce_rate": 0.0,
    "daily_sends": [3, 4, 5],
    "hourly_limit": 10,
    "daily_limit": 50,
    "labels": [],
}


class FakeAtmos:
    """Answers as the relay does."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.rejected: dict[str, str] = {}
        """Why somebody gets nothing."""
        self.standing: dict[str, Any] = dict(STANDING)
        self.taken: list[Any] = []

    def answer(self, received: Received) -> Respond:
        if received.headers.get("x-atmos-did") != DID:
            return no(400, "AUTH_REQUIRED")
        if received.headers.get("authorization") != f"Bearer {self.key}":
            return no(401, "AUTH_FAILED")
        path, _, query = received.target.partition("?")
        if path == "/member/deliverability" and query == f"did={quoted(DID)}":
            return Respond(body=self.standing)
        if path != "/v1/send":
            return Respond(status=404, body="404 page not found")
        return self._sent(received.json)

    def _sent(self, body: Any) -> Respond:
        self.taken.append(body)
        accepted = [one for one in body["to"] if one not in self.rejected]
        return Respond(
            body={
                "accepted": [
                    {"recipient": one, "messageId": 448 + number}
                    for number, one in enumerate(accepted)
                ],
                "rejected": [
                    {"recipient": one, "reason": reason}
                    for one, reason in self.rejected.items()
                    if one in body["to"]
                ]
                or None,
            }
        )


def quoted(did: str) -> str:
    return did.replace(":", "%3A")


def no(status: int, code: str) -> Respond:
    return Respond(status=status, body={"error": f"It is {code}.", "code": code})
