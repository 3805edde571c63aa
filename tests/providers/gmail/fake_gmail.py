"""Gmail's upload protocol, as its documents and its client library have it.

``POST /upload/…?uploadType=resumable`` opens a session, whose address comes back in
``Location``; ``PUT`` puts the mail in, or asks with ``Content-Range: bytes */N``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any

from tuimail.testing import Received, Respond, ScriptedHttpServer, WebAct

SEND = "/upload/gmail/v1/users/me/messages/send"
RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+)")


Acts = WebAct | Sequence[WebAct]


def failure(
    code: int, reason: str = "", message: str = "No.", *, status: str = ""
) -> Respond:
    """Return an error in the form that Google's are in."""
    errors = [{"domain": "global", "reason": reason, "message": message}]
    said = {"code": code, "message": message, "errors": errors, "status": status}
    return Respond(status=code, body={"error": said})


@dataclass
class Session:
    """One upload."""

    size: int
    metadata: Any
    content: bytes = b""
    message: Any = None
    """What was answered when it was complete; None until then."""


@dataclass
class FakeGmail:
    """Takes mail in sessions; ``opening`` and ``content`` misbehave instead."""

    token: str = "the-token"
    at_opening: Acts | None = None
    """In the place of a session."""
    at_content: Acts | None = None
    """In the place of taking the mail."""
    after_taking: Acts | None = None
    """In the place of saying that it was taken."""
    at_question: Acts | None = None
    scheme: str = "http"
    location: str = ""
    """In the place of a session's own address."""
    takes: int | None = None
    """So many bytes of a mail, and no more; None for all."""
    sessions: list[Session] = field(default_factory=list)

    @property
    def taken(self) -> list[bytes]:
        """Every mail that was sent, as it was transmitted."""
        return [one.content for one in self.sessions if one.message]

    def answer(self, received: Received) -> Acts:
        if received.headers.get("authorization") != f"Bearer {self.token}":
            return failure(401, "authError", "Invalid Credentials")
        target, _, query = received.target.partition("?")
        if not target.endswith(SEND) or "uploadType=resumable" not in query:
            return Respond(status=404, body="<h1>Not Found</h1>")
        if received.method == "POST":
            return self.at_opening or self._opened(received)
        number = query.rpartition("upload_id=")[2]
        if not number.isdigit() or int(number) >= len(self.sessions):
            return failure(404, "notFound")
        return self._put(received, self.sessions[int(number)])

    def _opened(self, received: Received) -> Acts:
        if received.headers["x-upload-content-type"] != "message/rfc822":
            return failure(400, "badContent")
        size = int(received.headers["x-upload-content-length"])
        metadata = received.json if received.body else None
        self.sessions.append(Session(size, metadata))
        own = f"{self.scheme}://{received.headers['host']}{received.target}"
        own += f"&upload_id={len(self.sessions) - 1}"
        return Respond(headers={"Location": self.location or own}, body="")

    def _put(self, received: Received, session: Session) -> Acts:
        found = RANGE.fullmatch(received.headers["content-range"])
        assert found is not None
        assert int(found[3]) == session.size
        if found[1] is None:
            return self.at_question or self._state(session)
        assert int(found[1]) == len(session.content)
        assert int(found[2]) - int(found[1]) + 1 == len(received.body)
        if self.at_content is not None:
            return self.at_content
        session.content += received.body[: self.takes]
        answer = self._state(session)
        return (self.after_taking or answer) if session.message else answer

    def _state(self, session: Session) -> Respond:
        size = len(session.content)
        if size < session.size:
            there = {"Range": f"bytes=0-{size - 1}"} if size else {}
            return Respond(status=308, body="", headers=there)
        message_from_bytes(session.content)
        session.message = session.message or {
            "id": f"19a{len(self.taken):x}",
            "threadId": (session.metadata or {}).get("threadId", "19a0"),
            "labelIds": ["SENT"],
        }
        return Respond(body=session.message)


def odd_at(where: str, acts: Acts) -> FakeGmail:
    """Return one that misbehaves ``at_opening``, ``at_content`` or elsewhere."""
    fake = FakeGmail()
    setattr(fake, where, acts)
    return fake


def gmail_at(fake: FakeGmail, **options: Any) -> ScriptedHttpServer:
    """Return a server that is ``fake``."""
    return ScriptedHttpServer(
        options.pop("script", None), answer=fake.answer, **options
    )
