"""The rows about mail APIs of the adversarial corpus, each from desk to server.

A small API stands in for all of them where a row means any; the row that means one
is run with its provider.
"""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.core.corpus import DATA
from tests.providers.http.conftest import QUICK
from tests.providers.http.tiny_api import TinyApi, TinyProvider
from tests.settings.conftest import FakeKeyring
from tests.workspace.conftest import Desk, account
from tuimail.core.submission import RecipientState
from tuimail.providers.base import Capabilities, Provider, ProviderAccount
from tuimail.providers.cloudflare.provider import CloudflareProvider
from tuimail.settings.oauth import OAuth
from tuimail.testing import Close, Hang, Respond, ScriptedHttpServer, WebScript
from tuimail.workspace.fields import Fields
from tuimail.workspace.sending import drain
from tuimail.workspace.views import Row

ROWS = {
    row["id"]: row
    for line in (DATA / "corpus_provider_response.jsonl").read_text().splitlines()
    for row in [json.loads(line)]
}
KEY = "the-key"
NOTHING: Mapping[str, str] = {}
OUTCOMES = {
    "deferred": "smtp.defer",
    "error": "smtp.fail",
    "held": "smtp.hold-account",
    "partial": "smtp.fail-rcpt",
    "sent": "smtp.sent",
    "unknown": "smtp.unknown",
}
"""What the corpus calls the statuses of this project."""


class QuickProvider(TinyProvider):
    def __init__(self, account: ProviderAccount) -> None:
        super().__init__(account, limits=QUICK)


class KeyedProvider(TinyProvider):
    """One whose service recognises what it has taken, for a day."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        is_idempotent=True, key_life=timedelta(hours=24)
    )


@dataclass
class Post:
    """A desk whose one account leads to a small API."""

    desk: Desk
    server: ScriptedHttpServer
    mails: list[str] = field(default_factory=list)

    def write(self, *to: str) -> None:
        with self.desk.open() as workspace:
            draft = workspace.drafts.compose(Fields(to=to, subject="x", text="x\n"))
            row = workspace.drafts.new(draft)
            self.mails.append(workspace.outbox.send(row.id, revision=1).id)

    async def send(self) -> Row:
        """Send what is due; return what became of the first mail."""
        assert await asyncio.to_thread(drain, self.desk.open)
        return self.row()

    def row(self, number: int = 0) -> Row:
        with self.desk.open() as workspace:
            return workspace.drafts.row(self.mails[number])

    def recipients(self) -> dict[str, RecipientState]:
        with self.desk.open() as workspace:
            page = workspace.drafts.page(self.mails[0])
            return {one.address: one.state for one in page.recipients}


Opened = Callable[..., Any]


@pytest.fixture
def post(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Return what opens a post with a server that follows a script.

    With a ``port``, nobody is there until the server is entered.
    """
    secret = tmp_path / "key"
    secret.write_text(KEY)
    secret.chmod(0o600)

    @asynccontextmanager
    async def opened(
        script: WebScript | None = None,
        *,
        provider: type[Provider] = TinyProvider,
        to: tuple[str, ...] = ("ana@example.net",),
        port: int = 0,
        options: Mapping[str, str] = NOTHING,
        **changes: Any,
    ) -> AsyncIterator[Post]:
        monkeypatch.setattr(
            "tuimail.workspace.ways_out.provider_class", lambda _name: provider
        )
        server = ScriptedHttpServer(script, answer=TinyApi(KEY).answer, port=port)
        async with AsyncExitStack() as stack:
            if not port:
                await stack.enter_async_context(server)
            given: dict[str, Any] = {
                "options": {"url": server.url, **options},
                "secret": f"file:{secret}",
            }
            desk.save(account(**given | changes))
            made = Post(desk, server)
            made.write(*to)
            yield made

    return opened


def expected(id_: str) -> set[str]:
    row = ROWS[id_]
    found = {row["expect"], *row.get("also_ok", ())}
    return {one.removeprefix("accept-with-finding:") for one in found}


def answer(row: Mapping[str, Any]) -> Respond:
    given = row["input"]
    headers = given.get("headers", {})
    return Respond(
        status=given["status"], headers=headers, body=given.get("body", {"error": "x"})
    )


@pytest.mark.parametrize("id_", ["prov-001", "prov-002"])
async def test_who_asks_to_slow_down_is_not_asked_again_at_once(
    post: Opened, id_: str
) -> None:
    async with post({"answer": answer(ROWS[id_])}) as opened:
        row = await opened.send()

    least = timedelta(seconds=ROWS[id_]["must"]["min_wait_s"])
    assert OUTCOMES[row.status] in expected(id_)
    assert row.due_at - opened.desk.clock.now() >= least
    assert "The provider asks to slow down: 429" in row.reason


async def test_other_mail_of_the_account_waits_too(post: Opened) -> None:
    async with post({"answer": answer(ROWS["prov-001"])}) as opened:
        await opened.send()
        opened.write("ben@example.net")
        await opened.send()
        waiting = len(opened.server.requests)
        opened.server.script.clear()
        opened.desk.advance(200)
        await opened.send()

    assert waiting == 1
    assert (opened.row(0).status, opened.row(1).status) == ("sent", "sent")


async def test_a_consent_that_ended_holds_the_account(
    post: Opened, desktop: FakeKeyring
) -> None:
    desktop.kept["tuimail", "work"] = "a refresh token"
    given = ROWS["prov-003"]["input"]["token_endpoint"]
    refusal = Respond(status=given["status"], body=given["body"])
    async with ScriptedHttpServer({"answer": refusal}) as tokens:
        oauth = OAuth(token_url=f"{tokens.url}/token", client_id="tuimail")
        async with post(secret="oauth:", oauth=oauth) as opened:
            row = await opened.send()

    assert OUTCOMES[row.status] in expected("prov-003")
    assert row.status == ROWS["prov-003"]["must"]["message_state"]
    assert "invalid_grant" in row.reason
    assert opened.server.requests == []


async def test_a_token_service_that_is_down_is_waited_for(
    post: Opened, desktop: FakeKeyring
) -> None:
    desktop.kept["tuimail", "work"] = "a refresh token"
    async with ScriptedHttpServer({"answer": Respond(status=500)}) as tokens:
        oauth = OAuth(token_url=f"{tokens.url}/token", client_id="tuimail")
        async with post(secret="oauth:", oauth=oauth) as opened:
            before = await opened.send()
            tokens.script["answer"] = Respond(body={"access_token": KEY})
            opened.desk.advance(120)
            after = await opened.send()

    assert (before.status, after.status) == ("deferred", "sent")
    assert desktop.kept["tuimail", "work"] == "a refresh token"


async def test_a_service_that_is_not_there_gets_it_later(post: Opened) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    async with post(port=port) as opened:
        row = await opened.send()
        opened.desk.advance(120)
        async with opened.server:
            later = await opened.send()

    assert OUTCOMES[row.status] in expected("prov-004")
    assert later.status == "sent"


async def test_silence_after_the_body_is_left_to_a_person(post: Opened) -> None:
    async with post({"after-taking": Hang()}, provider=QuickProvider) as opened:
        row = await opened.send()
        opened.server.script.clear()
        opened.desk.advance(7 * 24 * 3600)
        later = await opened.send()

    assert OUTCOMES[row.status] in expected("prov-005")
    assert later.status == "unknown"
    assert opened.server.copies == 1


async def test_a_service_that_knows_keys_is_asked_again_under_the_same(
    post: Opened,
) -> None:
    script = {"after-taking": Close()}
    async with post(script, provider=KeyedProvider) as opened:
        row = await opened.send()
        opened.server.script.clear()
        opened.desk.advance(120)
        later = await opened.send()

    keys = [one.headers["idempotency-key"] for one in opened.server.requests]
    assert OUTCOMES[row.status] in expected("prov-006")
    assert later.status == "sent"
    assert len(keys) == 2
    assert len(set(keys)) == 1


async def test_a_key_that_ran_out_makes_no_second_try_safe(post: Opened) -> None:
    hours = ROWS["prov-007"]["input"]["elapsed_before_retry_h"]
    async with post({"after-taking": Close()}, provider=KeyedProvider) as opened:
        await opened.send()
        opened.server.script.clear()
        opened.desk.advance(hours * 3600)
        row = await opened.send()

    assert OUTCOMES[row.status] in expected("prov-007")
    assert len(opened.server.requests) == 1


async def test_three_recipients_have_three_outcomes(post: Opened) -> None:
    must = ROWS["prov-008"]["must"]
    to = tuple(one for name in must for one in must[name])
    script = {"answer": answer(ROWS["prov-008"])}
    options = {"account_id": "abc123"}
    async with post(
        script, provider=CloudflareProvider, options=options, to=to
    ) as opened:
        row = await opened.send()
        opened.desk.advance(24 * 3600)
        await opened.send()

    states = opened.recipients()
    assert OUTCOMES[row.status] in expected("prov-008")
    assert [states[one] for one in must["sent_recipients"]] == [RecipientState.SENT]
    assert [states[one] for one in must["queued_recipients"]] == [RecipientState.QUEUED]
    assert [states[one] for one in must["failed_recipients"]] == [
        RecipientState.REJECTED
    ]
    assert [one.json["recipients"] for one in opened.server.requests] == [list(to)]


async def test_a_request_that_is_wrong_is_refused_for_good(post: Opened) -> None:
    async with post({"answer": answer(ROWS["prov-009"])}) as opened:
        row = await opened.send()

    assert OUTCOMES[row.status] in expected("prov-009")
    assert "invalid recipient" in row.reason


def test_every_row_is_run() -> None:
    source = Path(__file__).read_text()

    assert [id_ for id_ in ROWS if id_ not in source] == []
