"""A dry run through a service that is told the message instead of given it."""

from typing import ClassVar

import pytest

from tests.cli.conftest import Shell
from tuimail.core.message import Envelope
from tuimail.providers import registry
from tuimail.providers.base import Capabilities
from tuimail.testing import FakeProvider

ACCOUNT = ("accounts", "add", "w", "--provider", "dummy", "--address", "a@example.org")
SEND = ("send", "--to", "b@example.net", "--text", "x", "--dry-run")
LONG = 5_000


class Retelling(FakeProvider):
    """Says to whom a message goes, with a sequence that clears a screen."""

    capabilities: ClassVar[Capabilities] = Capabilities(derivation="retelling 1")
    more: ClassVar[str] = ""

    def payload(self, _content: bytes, envelope: Envelope) -> bytes:
        return f"for {envelope.recipients[0].wire_address}\x1b[2J{self.more}".encode()


@pytest.fixture
def retold(tuimail: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tuimail(*ACCOUNT).code == 0
    monkeypatch.setattr(registry, "TAKE_BYTES", frozenset())
    for module in ("tuimail.providers.registry", "tuimail.workspace.ways_out"):
        monkeypatch.setattr(f"{module}.provider_class", lambda _name: Retelling)


@pytest.mark.usefixtures("retold")
def test_programs_are_told_all_of_it(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Retelling, "more", "x" * LONG)

    found = tuimail(*SEND, "--json").json["handed_on"]

    assert found == "for b@example.net\x1b[2J" + "x" * LONG


@pytest.mark.usefixtures("retold")
def test_people_are_shown_what_cannot_act_and_is_not_endless(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Retelling, "more", "x" * LONG)

    shown = tuimail(*SEND, shown=True).text

    assert "What the provider gets, made from that:" in shown
    assert "for b@example.net" in shown
    assert "\x1b" not in shown
    assert "more characters" in shown


def test_where_the_bytes_leave_there_is_nothing_of_it(tuimail: Shell) -> None:
    assert tuimail(*ACCOUNT).code == 0

    assert tuimail(*SEND, "--json").json["handed_on"] is None
    assert "What the provider gets" not in tuimail(*SEND).text
