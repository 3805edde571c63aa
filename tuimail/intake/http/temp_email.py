"""The requests of a Cloudflare temp email service: same fields, same plain errors.

One recipient, one body, and the sender is whose token it is. What is handed in
waits for a person all the same.

Source: the service's own code, 2026-08.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec

from tuimail.core.address import format_address, parse_address, with_name
from tuimail.errors import AddressError
from tuimail.intake.gate import Handing
from tuimail.intake.http.atmos import message_number
from tuimail.intake.http.desk import DOOR, Desk
from tuimail.intake.http.numbers import number_of
from tuimail.intake.http.refusals import Refusal, RefusedError, refused
from tuimail.intake.http.replies import Reply
from tuimail.intake.http.routes import Asked
from tuimail.workspace.answering import Answer
from tuimail.workspace.clients import Client
from tuimail.workspace.fields import Fields
from tuimail.workspace.workspace import Workspace

FAILED: Final = "Failed to send mail "
"""What every error of sending begins with."""
MOST_LISTED: Final = 100
_COUNTED: Final = 200
"""How far the record of what was handed in goes back."""


class TempMail(msgspec.Struct, kw_only=True):
    """A mail as the service takes it."""

    to_mail: str = ""
    subject: str = ""
    content: str = ""
    from_name: str | None = None
    to_name: str | None = None
    is_html: Any = False
    """Anything that is not empty, zero or null means yes."""


class TempSettings(msgspec.Struct, kw_only=True):
    """Whose token it is, and how much it may send."""

    address: str
    send_balance: int


class TempRecord(msgspec.Struct, kw_only=True):
    """One mail that was handed in."""

    id: int
    address: str
    raw: str
    """JSON, as a text."""
    created_at: str


class TempSendbox(msgspec.Struct, kw_only=True):
    """What was handed in, newest first."""

    results: list[TempRecord]
    count: int
    """Of all; 0 behind the first page, where nobody is to ask for it."""


class TempStatus(msgspec.Struct, kw_only=True):
    """A yes."""

    status: str = "ok"
    id: str = ""
    """Under which ``GET /v1/drafts/{id}`` says what became of it."""


async def send_mail(desk: Desk, asked: Asked) -> Reply:
    """Hand in a mail that was written for the service."""
    fields = _fields(_read(asked.document))
    handing = Handing(door=DOOR, key=asked.key)
    answer = await desk.store(
        asked.token, lambda gate, client: gate.hand_in(client, fields, handing)
    )
    return Reply(content=TempStatus(id=answer.id))


async def settings(desk: Desk, asked: Asked) -> Reply:
    """Say whose token it is."""

    def read(workspace: Workspace) -> TempSettings:
        client = desk.gate(workspace).client(asked.token)
        address = _address(workspace, client)
        return TempSettings(address=address, send_balance=client.per_hour)

    return Reply(content=await desk.storing.call(read))


async def sendbox(desk: Desk, asked: Asked) -> Reply:
    """List what was handed in."""
    limit = number_of(asked.query, "limit", least=1, most=MOST_LISTED)
    offset = number_of(asked.query, "offset", least=0, most=_COUNTED)
    if limit is None or offset is None:
        raise refused(HTTPStatus.BAD_REQUEST, "parameter", "Invalid limit or offset")

    def read(workspace: Workspace) -> TempSendbox:
        gate = desk.gate(workspace)
        client = gate.client(asked.token)
        found = gate.list(client, limit=_COUNTED)
        page = found[offset : offset + limit]
        address = _address(workspace, client)
        with workspace.acting_as(client.actor, door=DOOR):
            results = [_record(workspace, address, one) for one in page]
        return TempSendbox(results=results, count=0 if offset else len(found))

    return Reply(content=await desk.storing.call(read))


async def request_access(_desk: Desk, _asked: Asked) -> Reply:
    """Say yes: who has a token may hand in."""
    return Reply(content={"status": "ok"})


def refusal(refused: Refusal) -> Reply:
    """Return a refusal as the service says it: one line of plain text."""
    status, words = _words(refused)
    return Reply(status=status, content=words, headers=refused.headers)


def refusal_outside(refused: Refusal) -> Reply:
    """Return a refusal where the token is in the body, and looked at with it."""
    if refused.code in _WRONG_TOKEN:
        return Reply(status=HTTPStatus.BAD_REQUEST, content=FAILED + _NO_TOKEN)
    return refusal(refused)


def _read(document: Mapping[str, object]) -> TempMail:
    try:
        mail = msgspec.convert(document, TempMail)
    except msgspec.ValidationError as error:
        raise _wrong(f"The mail cannot be read: {error}.") from None
    for text, words in (
        (mail.to_mail, "Invalid recipient address"),
        (mail.subject, "Subject is empty"),
        (mail.content, "Content is empty"),
    ):
        if not text:
            raise _wrong(words)
    return mail


def _fields(mail: TempMail) -> Fields:
    try:
        to = parse_address(mail.to_mail, field="to_mail")
    except AddressError:
        raise _wrong("Invalid recipient address") from None
    if mail.to_name:
        to = with_name(to, mail.to_name, field="to_name")
    return Fields(
        sender_name=mail.from_name or "",
        to=format_address(to),
        subject=mail.subject,
        text="" if mail.is_html else mail.content,
        html=mail.content if mail.is_html else "",
    )


def _wrong(words: str) -> RefusedError:
    return refused(HTTPStatus.BAD_REQUEST, "input", words)


def _address(workspace: Workspace, client: Client) -> str:
    """Return what the client writes from where it does not say."""
    if client.sender:
        return client.sender
    return workspace.config.account(client.account).identities[0].address.text


def _record(workspace: Workspace, address: str, answer: Answer) -> TempRecord:
    """Return one mail as its program wrote it, whatever a person made of it."""
    draft = workspace.handing_in.own_words(answer.id)
    created_at = workspace.handing_in.own(answer.id).created_at
    to = draft.to[0] if draft.to else None
    raw = {
        "version": "v2",
        "from_name": draft.sender.name,
        "to_name": to.name if to else "",
        "to_mail": to.text if to else "",
        "subject": draft.subject,
        "is_html": bool(draft.body.html),
        "content": draft.body.html or draft.body.text,
    }
    return TempRecord(
        id=message_number(answer.id, ""),
        address=address,
        raw=msgspec.json.encode(raw).decode(),
        created_at=created_at.strftime("%Y-%m-%d %H:%M:%S"),
    )


def _words(refused: Refusal) -> tuple[HTTPStatus, str]:
    """Return the service's status and words for what is wrong."""
    if refused.code in _WRONG_TOKEN:
        return HTTPStatus.UNAUTHORIZED, _NO_TOKEN
    if refused.status is HTTPStatus.TOO_MANY_REQUESTS:
        return refused.status, f"Rate limit exceeded for this token. {refused.hint}"
    if refused.status is HTTPStatus.FORBIDDEN:
        return refused.status, f"Access denied: {refused.message}"
    is_about_mail = refused.status is HTTPStatus.UNPROCESSABLE_ENTITY
    status = HTTPStatus.BAD_REQUEST if is_about_mail else refused.status
    return status, f"{FAILED}{refused.message} {refused.hint}".strip()


_WRONG_TOKEN: Final = frozenset({"no-token", "not-authenticated"})
_NO_TOKEN: Final = "Invalid address credential"  # noqa: S105 - what is said
