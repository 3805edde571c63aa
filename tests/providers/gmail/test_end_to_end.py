"""From a desk to Gmail: what becomes of mail, and which bytes leave."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from tests.core.corpus import DATA
from tests.providers.gmail.fake_gmail import FakeGmail, failure, gmail_at
from tests.settings.conftest import FakeKeyring, desktop  # noqa: F401 - a fixture
from tests.workspace.conftest import (  # noqa: F401 - fixtures
    Desk,
    account,
    desk,
    provider,
)
from tuimail.providers.base import ProviderAccount
from tuimail.providers.gmail.provider import GmailProvider
from tuimail.settings.oauth import OAuth
from tuimail.testing import Close, Respond, ScriptedHttpServer
from tuimail.workspace.fields import Fields
from tuimail.workspace.sending import drain
from tuimail.workspace.views import Row

TOKEN = "the-token"
HIDDEN = "archive@example.org"
ROW = next(
    row
    for line in (DATA / "corpus_provider_response.jsonl").read_text().splitlines()
    for row in [json.loads(line)]
    if row["id"] == "prov-003"
)


@dataclass
class Post:
    """A desk whose one account leads to a fake Gmail, and one mail on it."""

    desk: Desk
    fake: FakeGmail
    server: ScriptedHttpServer
    mail: str = ""

    def write(self) -> None:
        fields = Fields(
            to=("Ana Novák <ana@example.net>",),
            cc=("bob@example.net",),
            bcc=(HIDDEN,),
            subject="Q3 report",
            text="Hi Ana\n",
        )
        with self.desk.open() as workspace:
            row = workspace.drafts.new(workspace.drafts.compose(fields))
            self.mail = workspace.outbox.send(row.id, revision=1).id

    async def send(self) -> Row:
        assert await asyncio.to_thread(drain, self.desk.open)
        return self.row()

    def row(self) -> Row:
        with self.desk.open() as workspace:
            return workspace.drafts.row(self.mail)

    @property
    def stored(self) -> bytes:
        return (self.desk.root / "outbound" / self.mail / "message.eml").read_bytes()


Opened = Callable[..., Any]


@pytest.fixture
def post(
    desk: Desk,  # noqa: F811 - the fixture
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Opened:
    secret = tmp_path / "token"
    secret.write_text(TOKEN)
    secret.chmod(0o600)

    class Gmail(GmailProvider):
        """One whose clock is the desk's."""

        def __init__(self, account: ProviderAccount) -> None:
            super().__init__(account, now=now)

    def now() -> datetime:
        return desk.clock.now()

    @asynccontextmanager
    async def opened(fake: FakeGmail, **changes: Any) -> AsyncIterator[Post]:
        monkeypatch.setattr(
            "tuimail.workspace.ways_out.provider_class", lambda _name: Gmail
        )
        async with gmail_at(fake) as server:
            given = {
                "provider": "gmail",
                "options": {"url": server.url},
                "secret": f"file:{secret}",
            }
            desk.save(account(**given | changes))
            made = Post(desk, fake, server)
            made.write()
            yield made

    return opened


async def test_what_leaves_is_what_is_stored_and_the_blind_recipients(
    post: Opened,
) -> None:
    async with post(FakeGmail()) as opened:
        row = await opened.send()

    [transmitted] = opened.fake.taken
    stored = opened.stored
    assert row.status == "sent"
    assert HIDDEN.encode() not in stored
    assert message_from_bytes(transmitted)["Bcc"] == HIDDEN
    assert transmitted.replace(f"Bcc: {HIDDEN}\r\n".encode(), b"", 1) == stored


ODD_ID = Respond(body='{"id": "\\ud800\\u001b[2J"}')


@pytest.mark.parametrize("answer", [ODD_ID, Close()], ids=["at once", "when asked"])
async def test_an_id_that_no_database_takes_stops_nobodys_mail(
    post: Opened, answer: Any
) -> None:
    fake = FakeGmail(after_taking=answer, at_question=ODD_ID)
    async with post(fake) as opened:
        await opened.send()
        first = await opened.send()
        fake.after_taking = None
        opened.desk.advance(600)
        opened.write()
        second = await opened.send()
        with opened.desk.open() as workspace:
            page = workspace.drafts.page(first.id)

    assert first.status == second.status == "sent"
    assert page.provider_message_id == r"\ud800\x1b[2J"
    assert len(fake.taken) == 2


async def test_ids_and_labels_are_on_the_record(post: Opened) -> None:
    async with post(FakeGmail()) as opened:
        await opened.send()
        with opened.desk.open() as workspace:
            page = workspace.drafts.page(opened.mail)

    [attempt] = page.attempts
    assert attempt.receipt.provider_message_id == "19a0"
    assert '"labelIds": ["SENT"]' in attempt.receipt.text


SILENCES = [
    Close(),
    failure(503, "backendError"),
    Respond(status=308, body="", headers={"Range": "bytes=0-353"}),
    Respond(status=308, headers={"Location": "https://portal.example/"}),
    Respond(status=404, body="<h1>Not Found</h1>"),
    Respond(status=403, body="<h1>Blocked by your company</h1>"),
    failure(410, "gone"),
]


@pytest.mark.parametrize("silence", SILENCES, ids=str)
async def test_silence_settles_itself_and_nobody_gets_it_twice(
    post: Opened, silence: Any
) -> None:
    """Nobody knew, until the session was asked."""
    async with post(FakeGmail(after_taking=silence)) as opened:
        row = await opened.send()
        await opened.send()
        with opened.desk.open() as workspace:
            page = workspace.drafts.page(opened.mail)

    assert [one.outcome for one in page.attempts] == ["lose"]
    assert row.status == "sent"
    assert len(opened.fake.taken) == 1
    asked = [one.headers.get("content-range") for one in opened.server.requests]
    size = len(opened.fake.taken[0])
    assert asked == [None, f"bytes 0-{size - 1}/{size}", f"bytes */{size}"]


async def test_what_gmail_does_not_have_goes_out_again_by_itself(post: Opened) -> None:
    async with post(FakeGmail(at_content=Close())) as opened:
        lost = await opened.send()
        opened.fake.at_content = None
        too_early = await opened.send()
        opened.desk.advance(300)
        found_missing = await opened.send()
        opened.desk.advance(300)
        sent = await opened.send()

    assert lost.status == too_early.status == "unknown"
    assert found_missing.status in {"deferred", "sent"}
    assert sent.status == "sent"
    assert len(opened.fake.taken) == 1


async def test_a_session_that_gmail_forgot_is_left_to_a_person(post: Opened) -> None:
    fake = FakeGmail(after_taking=Close(), at_question=failure(404, "notFound"))
    async with post(fake) as opened:
        await opened.send()
        opened.desk.advance(7 * 24 * 3600)
        row = await opened.send()

    assert row.status == "unknown"
    assert len(opened.fake.sessions) == 1


async def test_a_copy_that_the_header_makes_too_big_is_refused(post: Opened) -> None:
    """Whoever is in the header would get it with every part."""
    async with post(FakeGmail(), recipients_per_message=1) as opened:
        row = await opened.send()

    assert row.status == "error"
    assert "recipients_per_message" in row.reason
    assert opened.fake.sessions == []


async def test_a_consent_that_ended_holds_account_and_mail(
    post: Opened,
    desktop: FakeKeyring,  # noqa: F811 - the fixture
) -> None:
    desktop.kept["tuimail", "work"] = "a refresh token"
    given = ROW["input"]["token_endpoint"]
    refusal = Respond(status=given["status"], body=given["body"])
    async with ScriptedHttpServer({"answer": refusal}) as tokens:
        oauth = OAuth(token_url=f"{tokens.url}/token", client_id="tuimail")
        async with post(FakeGmail(), secret="oauth:", oauth=oauth) as opened:
            row = await opened.send()
            with opened.desk.open() as workspace:
                shown = workspace.accounts.view("work")

    assert ROW["input"]["provider"] == "gmail"
    assert row.status == ROW["must"]["message_state"]
    assert shown.held_reason
    assert "invalid_grant" in row.reason
    assert opened.server.requests == []


async def test_a_token_that_ran_out_is_renewed_and_the_mail_goes(
    post: Opened,
    desktop: FakeKeyring,  # noqa: F811 - the fixture
) -> None:
    desktop.kept["tuimail", "work"] = "a refresh token"
    fresh = iter(["an-old-one", TOKEN])

    def answer(_received: object) -> Respond:
        said = {"access_token": next(fresh), "token_type": "Bearer"}
        return Respond(body=said | {"expires_in": 3599})

    async with ScriptedHttpServer(answer=answer) as tokens:
        oauth = OAuth(token_url=f"{tokens.url}/token", client_id="tuimail")
        fake = FakeGmail(token="an-old-one")
        async with post(fake, secret="oauth:", oauth=oauth) as opened:
            await opened.send()
            fake.token = TOKEN
            opened.desk.advance(600)
            opened.write()
            row = await opened.send()

    assert row.status == "sent"
    assert len(fake.taken) == 2


async def test_the_token_is_in_no_file(post: Opened, tmp_path: Path) -> None:
    """Neither after success nor after failure."""
    async with post(FakeGmail(after_taking=Close())) as opened:
        await opened.send()
        opened.fake.token = "another"
        await opened.send()

    assert files_with(TOKEN, tmp_path) == [tmp_path / "token"]


def files_with(text: str, folder: Path) -> list[Path]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path for path in files if text.encode() in path.read_bytes()]
