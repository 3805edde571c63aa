"""What an agent may ask for, as a table: names, types, and what each does.

There is nothing here that sends, approves, releases, reads a file that is not
allowed, or shows another program's mail: what is not in the table cannot be asked.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from tuimail.core.draft import Draft
from tuimail.core.values import dataclass
from tuimail.intake.fields import (
    DraftDocument,
    document_fields,
    document_handing,
)
from tuimail.intake.gate import Gate, Handing
from tuimail.intake.mcp.desk import DOOR, Desk
from tuimail.intake.watching import LONGEST_SECONDS
from tuimail.workspace.answering import Answer
from tuimail.workspace.clients import Client
from tuimail.workspace.strict import read_struct

Json = dict[str, Any]
Id = Annotated[str, Meta(description="Id of a mail that you handed in.")]
MOST_AT_ONCE: Final = 200


class Revision(DraftDocument, kw_only=True, forbid_unknown_fields=True):
    """Another version of a mail: all of it, not what changed."""

    id: Id


class Asked(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One of your mails."""

    id: Id


class Waiting(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One of your mails, and how long to wait for a decision about it."""

    id: Id
    seconds: Annotated[
        float, Meta(ge=0, le=LONGEST_SECONDS, description="A minute at most.")
    ] = 30.0


class Listing(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which of your mails."""

    limit: Annotated[int, Meta(ge=1, le=MOST_AT_ONCE)] = 50
    before: Annotated[
        str, Meta(description="Id of the last mail of the page before this one.")
    ] = ""


class Nothing(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Nothing has to be said."""


class Sender(msgspec.Struct, kw_only=True):
    """An address that an account writes as."""

    name: str
    address: str


class AccountNames(msgspec.Struct, kw_only=True):
    """A way out, by name; how it is reached is nobody's business here."""

    name: str
    senders: tuple[Sender, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One thing that can be asked for."""

    name: str
    title: str
    description: str
    takes: type[msgspec.Struct]
    act: Callable[[Desk, Any], Awaitable[Json]]
    """Returns the answer as JSON values; raises TuimailError."""
    is_reading: bool
    """Whether it changes nothing."""

    @property
    def schema(self) -> Json:
        """What it takes (JSON Schema 2020-12), with everything in one place."""
        (found,), parts = msgspec.json.schema_components(
            [self.takes], ref_template="#/$defs/{name}"
        )
        top = parts.pop(found["$ref"].rpartition("/")[2])
        return {**top, "$defs": parts} if parts else dict(top)

    async def call(self, desk: Desk, arguments: Mapping[str, object]) -> Json:
        """Return the answer; every key and type is checked first.

        Raises:
            TuimailError: It is refused.
        """
        return await self.act(desk, read_struct(arguments, self.takes))


async def _create(desk: Desk, said: DraftDocument) -> Json:
    handing = document_handing(said, door=DOOR)
    return await _stored(desk, said, handing)


async def _revise(desk: Desk, said: Revision) -> Json:
    handing = document_handing(said, door=DOOR)
    return await _stored(desk, said, handing, draft_id=said.id)


async def _stored(
    desk: Desk, said: DraftDocument, handing: Handing, *, draft_id: str | None = None
) -> Json:
    """Store a mail, its files before anything is locked: that takes the longest."""

    def compose(gate: Gate, client: Client) -> Draft:
        fields = document_fields(said, roots=gate.roots)
        return gate.composed(client, fields, handing, draft_id=draft_id)

    draft = await desk.look(compose)
    return _answer(
        await desk.store(
            lambda gate, client: gate.store(client, draft, handing, draft_id=draft_id)
        )
    )


async def _status(desk: Desk, said: Asked) -> Json:
    return _answer(await desk.look(lambda gate, client: gate.answer(client, said.id)))


async def _wait(desk: Desk, said: Waiting) -> Json:
    answer = await desk.until(
        lambda gate, client: gate.answer(client, said.id),
        lambda answer: not answer.waits,
        seconds=said.seconds,
    )
    return _answer(answer)


async def _list(desk: Desk, said: Listing) -> Json:
    found = await desk.look(
        lambda gate, client: gate.list(client, limit=said.limit, before=said.before)
    )
    is_full = len(found) == said.limit
    return {"drafts": _all(found), "next": found[-1].id if is_full else ""}


async def _accounts(desk: Desk, _said: Nothing) -> Json:
    found = await desk.look(lambda gate, client: gate.accounts(client))
    names = [
        AccountNames(
            name=one.name,
            senders=tuple(
                Sender(name=own.address.name, address=own.address.text)
                for own in one.identities
            ),
        )
        for one in found
    ]
    return {"accounts": _all(names)}


def _answer(answer: Answer) -> Json:
    found: Json = msgspec.to_builtins(answer)
    return found


def _all(values: Sequence[object]) -> list[Json]:
    return [msgspec.to_builtins(one) for one in values]


TOOLS: Final[Mapping[str, Tool]] = {
    tool.name: tool
    for tool in (
        Tool(
            name="create_draft",
            title="Hand a mail in",
            description=(
                "Hands a mail in for review. Nothing is sent: a person reads it, may "
                "change it, and decides. Returns its id, its state, and findings that "
                "can be mended with revise_draft. With an idempotency_key, asking "
                "again for the same makes no second mail."
            ),
            takes=DraftDocument,
            act=_create,
            is_reading=False,
        ),
        Tool(
            name="revise_draft",
            title="Hand in another version",
            description=(
                "Replaces a mail of yours that waits, or for which changes were "
                "asked. Say all of it again, not only what changed."
            ),
            takes=Revision,
            act=_revise,
            is_reading=False,
        ),
        Tool(
            name="get_status",
            title="Look how a mail stands",
            description=(
                "Returns state, decision and findings of a mail of yours. "
                "resubmit says what to do: no (it is taken care of, maybe in other "
                "words), revise (changes were asked for), never (the answer is no)."
            ),
            takes=Asked,
            act=_status,
            is_reading=True,
        ),
        Tool(
            name="wait_for_decision",
            title="Wait until somebody decided",
            description=(
                "As get_status, once a person decided or the time is up. People may "
                "take hours: do something else meanwhile, and ask again."
            ),
            takes=Waiting,
            act=_wait,
            is_reading=True,
        ),
        Tool(
            name="list_my_drafts",
            title="List what you handed in",
            description="Returns mails that you handed in, the newest first.",
            takes=Listing,
            act=_list,
            is_reading=True,
        ),
        Tool(
            name="list_accounts",
            title="List who you can write as",
            description="Returns names of accounts, and the addresses they write as.",
            takes=Nothing,
            act=_accounts,
            is_reading=True,
        ),
    )
}
