"""Services that are told a message instead of given its bytes."""

import asyncio
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from tests.providers.http_api.test_definition import LEAST
from tests.workspace.conftest import Desk, account
from tuimail.core.draft import Draft
from tuimail.core.finding import Severity
from tuimail.core.message import Envelope
from tuimail.core.submission import Verdicts
from tuimail.errors import UnsupportedFeatureError
from tuimail.providers import registry
from tuimail.providers.base import Capabilities, SendJob
from tuimail.providers.http_api.provider import HttpApiProvider
from tuimail.testing import FakeProvider, Respond, ScriptedHttpServer
from tuimail.tui.looks import look
from tuimail.workspace import ways_out
from tuimail.workspace.fields import Fields
from tuimail.workspace.sending import drain
from tuimail.workspace.views import Row
from tuimail.workspace.ways_out import fingerprint
from tuimail.workspace.workspace import Workspace


class Retelling(FakeProvider):
    """Says how long the message is, and to whom it goes; nothing to two at once."""

    capabilities: ClassVar[Capabilities] = Capabilities(derivation="retelling 1")

    def accept(self, draft: Draft, envelope: Envelope) -> None:
        if len(envelope.recipients) > 1:
            raise UnsupportedFeatureError("One at a time.", field="to")

    def payload(self, content: bytes, envelope: Envelope) -> bytes:
        people = ",".join(one.wire_address for one in envelope.recipients)
        return f"{len(content)} bytes for {people}\x1b[2J".encode()


@pytest.fixture
def retold(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    def find(_name: str) -> type[Retelling]:
        return Retelling

    monkeypatch.setattr("tuimail.workspace.ways_out.provider_class", find)
    monkeypatch.setattr(registry, "provider_class", find)
    with desk.open() as opened:
        yield opened


def written(workspace: Workspace, *to: str) -> Row:
    fields = Fields(to=to or ("ana@example.net",), subject="One", text="Hello.\n")
    return workspace.drafts.new(workspace.drafts.compose(fields))


def test_what_is_handed_on_can_be_looked_at(retold: Workspace) -> None:
    row = written(retold)
    size = len(retold.drafts.message_bytes(row.id))

    found = retold.drafts.handed_on(row.id)

    assert found == f"{size} bytes for ana@example.net\x1b[2J".encode()


def test_where_the_bytes_are_handed_on_there_is_nothing_else(
    workspace: Workspace,
) -> None:
    assert workspace.drafts.handed_on(written(workspace).id) is None


def test_a_mail_whose_account_is_gone_shows_nothing_of_it(
    desk: Desk, retold: Workspace
) -> None:
    row = written(retold)
    desk.save(account("other"))

    assert retold.drafts.handed_on(row.id) is None


def test_it_is_a_tab_of_the_mail_and_cannot_act(retold: Workspace) -> None:
    row = written(retold)

    tab = look(row.id)(retold).tab("handed_on")

    assert tab.name == "handed_on"
    shown = "\n".join(one.text for one in tab.paragraphs)
    assert "bytes for ana@example.net" in shown
    assert "\x1b" not in shown


def test_what_cannot_be_said_is_found_before_anybody_approves(
    retold: Workspace,
) -> None:
    row = written(retold, "ana@example.net", "ben@example.net")

    [finding] = [
        one
        for one in retold.drafts.page(row.id).findings
        if one.code == "account.unsupported"
    ]

    assert finding.severity is Severity.BLOCK
    assert finding.field == "to"


def test_an_approval_holds_for_the_rules_it_was_given_under(
    retold: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another version of tuimail may make something else of the same bytes."""
    row = written(retold)
    retold.outbox.send(row.id, revision=1)
    newer = Capabilities(derivation="retelling 2")
    monkeypatch.setattr(Retelling, "capabilities", newer)

    assert retold.delivery.claim() == ()

    page = retold.drafts.page(row.id)
    assert page.row.status == "held"
    assert "not those that were approved" in page.row.reason


def test_the_rules_are_part_of_what_an_account_is(
    retold: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = account()
    before = fingerprint(settings)

    monkeypatch.setattr(Retelling, "capabilities", Capabilities(derivation="other 1"))

    assert fingerprint(settings) != before
    assert before != settings.fingerprint
    assert len(before) == len(hashlib.sha256().hexdigest())


def test_ours_that_take_bytes_have_no_rules() -> None:
    for name in registry.TAKE_BYTES:
        derivation = registry.provider_class(name).capabilities.derivation
        assert derivation == registry.derivation(name) == ""


def test_a_provider_that_is_gone_has_no_rules() -> None:
    assert registry.derivation("no-such") == ""


def test_a_claim_says_by_which_rules_it_was_approved(retold: Workspace) -> None:
    retold.outbox.send(written(retold).id, revision=1)

    [claim] = retold.delivery.claim()

    assert claim.rules == "retelling 1"


class Hurried(HttpApiProvider):
    """Whose file is written anew after the claim, right before the mail leaves."""

    async def submit(self, job: SendJob) -> Verdicts:
        change(Path(str(self._account.options["definition"])))
        return await HttpApiProvider(self._account).submit(job)


def change(path: Path) -> None:
    path.write_text(path.read_text().replace('path = "/send"', 'path = "/elsewhere"'))


async def sent_through(desk: Desk, path: Path) -> tuple[Row, ScriptedHttpServer]:
    """Return what became of a mail through the service that the file describes."""
    answer = Respond(body={"id": "1"})
    async with ScriptedHttpServer(answer=lambda _received: answer) as server:
        options = {"definition": str(path), "url": server.url}
        desk.save(account(provider="http_api", options=options, secret="env:KEY"))
        with desk.open() as opened:
            row = written(opened)
            opened.outbox.send(row.id, revision=1)
        await asyncio.to_thread(drain, desk.open)
    with desk.open() as opened:
        return opened.drafts.row(row.id), server


@pytest.mark.parametrize(
    ("kind", "status"), [(HttpApiProvider, "queued"), (Hurried, "held")]
)
async def test_a_file_that_changes_after_the_claim_sends_nothing(
    kind: type[HttpApiProvider],
    status: str,
    desk: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(LEAST)
    for module in (ways_out, registry):
        monkeypatch.setattr(module, "provider_class", lambda _name: kind)
    monkeypatch.setattr(ways_out, "read_secret", lambda *_, **__: "the-key")

    row, server = await sent_through(desk, path)

    assert row.status == status
    assert [one.target for one in server.requests] == ["/send"] * (status != "held")
    if status == "held":
        assert "changed after the approval" in row.reason
