"""Our own requests: mail handed in with all it may have, and what became of it."""

from http import HTTPStatus
from typing import Final

import msgspec

from tuimail.core.draft import Draft
from tuimail.intake.fields import (
    DraftDocument,
    document_fields,
    document_handing,
    read_document,
)
from tuimail.intake.gate import Gate, Handing
from tuimail.intake.http.desk import DOOR, Desk
from tuimail.intake.http.leaving import while_there
from tuimail.intake.http.numbers import number_of
from tuimail.intake.http.replies import Reply
from tuimail.intake.http.routes import Asked
from tuimail.intake.watching import LONGEST_SECONDS
from tuimail.workspace.answering import Answer
from tuimail.workspace.clients import Client

USUAL_PAGE: Final = 50
LONGEST_PAGE: Final = 200


class Listed(msgspec.Struct, kw_only=True):
    """A page of one's own mail, newest first."""

    drafts: tuple[Answer, ...]
    next: str
    """What to send as ``before`` for the page after this; empty at the end."""


async def create(desk: Desk, asked: Asked) -> Reply:
    """Hand a mail in."""
    said = read_document(asked.document)
    handing = document_handing(said, door=DOOR, key=asked.key)

    answer = await _stored(desk, asked.token, said, handing)
    return Reply(
        status=HTTPStatus.CREATED,
        content=answer,
        headers={"Location": f"/v1/drafts/{answer.id}"},
    )


async def revise(desk: Desk, asked: Asked) -> Reply:
    """Hand another revision of one's own mail in."""
    said, draft_id = read_document(asked.document), asked.path["id"]
    handing = document_handing(said, door=DOOR, key=asked.key)
    answer = await _stored(desk, asked.token, said, handing, draft_id=draft_id)
    return Reply(content=answer)


async def status(desk: Desk, asked: Asked) -> Reply:
    """Say how one's own mail stands; on wish only once somebody decided."""
    draft_id, seconds = asked.path["id"], _wait(asked)
    answering = desk.watch.until(
        desk.asked_by(asked.token, lambda gate, client: gate.answer(client, draft_id)),
        lambda answer: not answer.waits,
        seconds=seconds,
    )
    answer = await (while_there(answering, asked.gone) if seconds else answering)
    return Reply(content=answer)


async def listed(desk: Desk, asked: Asked) -> Reply:
    """Say how one's own mails stand."""
    limit = number_of(asked.query, "limit", least=1, most=LONGEST_PAGE) or USUAL_PAGE
    before = asked.query.get("before", "")
    found = await desk.look(
        asked.token, lambda gate, client: gate.list(client, limit=limit, before=before)
    )
    is_full = len(found) == limit
    return Reply(content=Listed(drafts=found, next=found[-1].id if is_full else ""))


async def cancel(desk: Desk, asked: Asked) -> Reply:
    """Throw one's own mail away, while nobody decided for it."""
    draft_id = asked.path["id"]
    answer = await desk.store(
        asked.token, lambda gate, client: gate.cancel(client, draft_id)
    )
    return Reply(content=answer)


async def _stored(
    desk: Desk,
    token: str,
    said: DraftDocument,
    handing: Handing,
    *,
    draft_id: str | None = None,
) -> Answer:
    """Store a mail; one with files is composed beside all else, as that takes long."""

    def compose(gate: Gate, client: Client) -> Draft:
        fields = document_fields(said, roots=gate.roots)
        return gate.composed(client, fields, handing, draft_id=draft_id)

    def store(gate: Gate, client: Client, draft: Draft) -> Answer:
        return gate.store(client, draft, handing, draft_id=draft_id)

    def hand_in(gate: Gate, client: Client) -> Answer:
        fields = document_fields(said)
        if draft_id is None:
            return gate.hand_in(client, fields, handing)
        return gate.revise(client, draft_id, fields, handing)

    if said.attachments:
        return await desk.store_composed(token, compose, store)
    return await desk.store(token, hand_in)


def _wait(asked: Asked) -> float:
    return float(
        number_of(asked.query, "wait", least=0, most=int(LONGEST_SECONDS)) or 0
    )
