"""``POST /v1/send`` as the Atmos relay has it: the same fields, answers and codes.

Programs that were written for the relay only need another address. What they hand
in waits for a person all the same, and the answer says so beside the relay's own
fields. Unknown fields are ignored, as the relay does, and never obeyed.

Source: the relay's documentation, and clients of it, 2026.
"""

from collections.abc import Mapping
from hashlib import sha256
from http import HTTPStatus
from typing import Final

import msgspec

from tuimail.intake.gate import Handing
from tuimail.intake.http.desk import DOOR, Desk
from tuimail.intake.http.refusals import Refusal, RefusedError, refused
from tuimail.intake.http.replies import Reply
from tuimail.intake.http.routes import Asked
from tuimail.workspace.answering import Answer
from tuimail.workspace.fields import Fields

MOST_RECIPIENTS: Final = 50
_NUMBER_BYTES: Final = 6
"""Of a digest; every program's numbers can hold 48 bits exactly."""
_TRANSACTIONAL: Final = frozenset(
    {"transactional", "login-link", "password-reset", "mfa-otp", "verification"}
)
_BULK: Final = frozenset({"bulk", "broadcast"})
_WAITS: Final = "queued_for_review"


class AtmosMail(
    msgspec.Struct, kw_only=True, rename={"sender": "from", "reply_to": "replyTo"}
):
    """A mail as the Atmos relay takes it."""

    sender: str
    to: str | list[str]
    subject: str = ""
    text: str | None = None
    html: str | None = None
    reply_to: str | None = None
    headers: dict[str, str] | None = None
    category: str | None = None


class AtmosAccepted(msgspec.Struct, kw_only=True, rename={"message_id": "messageId"}):
    """One recipient whose copy waits."""

    recipient: str
    message_id: int


class AtmosRejected(msgspec.Struct, kw_only=True):
    """One recipient who gets none."""

    recipient: str
    reason: str


class AtmosSent(msgspec.Struct, kw_only=True):
    """What the relay answers, and how the mail stands here."""

    accepted: list[AtmosAccepted]
    rejected: list[AtmosRejected]
    status: str
    """``queued_for_review`` while a person is to decide, or the mail's status."""
    id: str
    """Under which ``GET /v1/drafts/{id}`` says what became of it."""


async def send(desk: Desk, asked: Asked) -> Reply:
    """Hand in a mail that was written for the relay."""
    mail = _read(asked.document)
    recipients = _recipients(mail)
    handing = Handing(door=DOOR, key=asked.key)
    fields = _fields(mail, recipients)
    answer = await desk.store(
        asked.token, lambda gate, client: gate.hand_in(client, fields, handing)
    )
    return Reply(content=_sent(answer, recipients))


def message_number(draft_id: str, recipient: str) -> int:
    """Return the number of one recipient's copy: the same whenever it is asked."""
    digest = sha256(f"{draft_id}\n{recipient}".encode()).digest()
    return int.from_bytes(digest[:_NUMBER_BYTES], "big")


def refusal(refused: Refusal) -> Reply:
    """Return a refusal in the relay's words."""
    text = f"{refused.message} {refused.hint}".strip()
    status, code = _code(refused)
    return Reply(
        status=status,
        content={"error": text, "code": code, "field": refused.field},
        headers=refused.headers,
    )


def _read(document: Mapping[str, object]) -> AtmosMail:
    try:
        mail = msgspec.convert(document, AtmosMail)
    except msgspec.ValidationError as error:
        hint = 'It takes "from", "to", "subject", and "text" or "html".'
        raise _wrong(f"The mail cannot be read: {error}.", hint=hint) from None
    if not (mail.text or mail.html):
        raise _wrong(
            "The mail has neither text nor html.",
            hint="Send one of them, or both.",
            field="text",
        )
    return mail


def _recipients(mail: AtmosMail) -> tuple[str, ...]:
    found = (mail.to,) if isinstance(mail.to, str) else tuple(dict.fromkeys(mail.to))
    if not found or len(found) > MOST_RECIPIENTS:
        raise _wrong(
            f"The mail is for {len(found)} recipients.",
            hint=f"There may be 1 to {MOST_RECIPIENTS}.",
            field="to",
        )
    return found


def _wrong(message: str, *, hint: str, field: str = "") -> RefusedError:
    return refused(HTTPStatus.BAD_REQUEST, "input", message, hint=hint, field=field)


def _fields(mail: AtmosMail, recipients: tuple[str, ...]) -> Fields:
    return Fields(
        sender=mail.sender,
        to=recipients,
        reply_to=mail.reply_to or (),
        subject=mail.subject,
        text=mail.text or "",
        html=mail.html or "",
        headers=tuple((mail.headers or {}).items()),
        category=_category(mail.category or ""),
    )


def _category(word: str) -> str:
    """Return which of our two it is; other words are taken and mean nothing."""
    if word in _TRANSACTIONAL:
        return "transactional"
    return "bulk" if word in _BULK else ""


def _sent(answer: Answer, recipients: tuple[str, ...]) -> AtmosSent:
    return AtmosSent(
        accepted=[
            AtmosAccepted(recipient=one, message_id=message_number(answer.id, one))
            for one in recipients
        ],
        rejected=[],
        status=_WAITS if answer.state == "review" else answer.state,
        id=answer.id,
    )


def _code(refused: Refusal) -> tuple[HTTPStatus, str]:
    """Return the relay's status and code for what is wrong."""
    if refused.field == "from" and refused.code in _OF_A_FIELD:
        return HTTPStatus.FORBIDDEN, "DOMAIN_MISMATCH"
    if refused.code in _CODES:
        return _CODES[refused.code]
    if refused.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _BROKEN.get(refused.status, _INTERNAL)
    is_about_mail = refused.status is HTTPStatus.UNPROCESSABLE_ENTITY
    status = HTTPStatus.BAD_REQUEST if is_about_mail else refused.status
    return status, "INVALID_REQUEST"


_OF_A_FIELD: Final = frozenset({"field", "address", "not-allowed", "configuration"})
_INTERNAL: Final = (HTTPStatus.INTERNAL_SERVER_ERROR, "INTERNAL_ERROR")
_BROKEN: Final = {
    HTTPStatus.SERVICE_UNAVAILABLE: (
        HTTPStatus.SERVICE_UNAVAILABLE,
        "TEMPORARILY_UNAVAILABLE",
    )
}
_CODES: Final[Mapping[str, tuple[HTTPStatus, str]]] = {
    "no-token": (HTTPStatus.BAD_REQUEST, "AUTH_REQUIRED"),
    "not-authenticated": (HTTPStatus.UNAUTHORIZED, "AUTH_FAILED"),
    "not-allowed": (HTTPStatus.FORBIDDEN, "MEMBER_SUSPENDED"),
    "too-many": (HTTPStatus.TOO_MANY_REQUESTS, "RATE_LIMITED"),
    "disk-full": (HTTPStatus.SERVICE_UNAVAILABLE, "QUEUE_FULL"),
    "busy": (HTTPStatus.SERVICE_UNAVAILABLE, "TEMPORARILY_UNAVAILABLE"),
}
"""``INVALID_DID`` is missing: the member's DID is taken and means nothing here."""
