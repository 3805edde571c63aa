"""Services that are told a message instead of given its bytes."""

import hashlib
from collections.abc import Iterator
from typing import ClassVar

import pytest

from tests.workspace.conftest import Desk, account
from tuimail.core.draft import Draft
from tuimail.core.finding import Severity
from tuimail.core.message import Envelope
from tuimail.errors import UnsupportedFeatureError
from tuimail.providers import registry
from tuimail.providers.base import Capabilities
from tuimail.testing import FakeProvider
from tuimail.tui.looks import look
from tuimail.workspace.fields import Fields
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
