"""A workspace in a temporary folder, with an account whose provider is scripted."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.settings.conftest import desktop  # noqa: F401 - a fixture for tests here
from tuimail.core.address import parse_address
from tuimail.core.draft import Draft
from tuimail.core.message import Envelope
from tuimail.errors import UnsupportedFeatureError
from tuimail.providers.base import ProviderAccount, SendJob
from tuimail.settings.account import AccountSettings
from tuimail.settings.config import save_accounts
from tuimail.testing import Answer, FakeClock, FakeProvider
from tuimail.workspace.fields import Fields
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

NOW = datetime(2026, 3, 2, 14, 2, tzinfo=UTC)
MARA = "person:mara"
BILLING = "agent:billing"


@dataclass
class Desk:
    """What a test needs at hand: the folder, the clock, and how to open it."""

    root: Path
    config: Path
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW))

    def open(self, *, door: str = "app", on_terminal: bool = True) -> Workspace:
        return Workspace.open(
            self.root,
            config_path=self.config,
            actor=MARA,
            door=door,
            on_terminal=on_terminal,
            clock=self.clock,
            environ={},
        )

    def advance(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    def save(self, *accounts: AccountSettings) -> None:
        save_accounts(
            self.config.with_name("accounts.toml"), accounts, accounts[0].name
        )


def account(name: str = "work", **changes: Any) -> AccountSettings:
    values: dict[str, Any] = {
        "name": name,
        "provider": "fake",
        "address": parse_address("Mara Lin <mara@example.org>", field="address"),
        "options": {"host": "smtp.example.org"},
    }
    return AccountSettings(**(values | changes))


@dataclass
class Script:
    """What the providers of one test answer, and what they were asked."""

    kind: type[FakeProvider] = FakeProvider
    """The class that the registry gives out."""
    script: deque[Answer] = field(default_factory=deque)
    jobs: list[SendJob] = field(default_factory=list)
    made: list[FakeProvider] = field(default_factory=list)
    refuses: UnsupportedFeatureError | None = None
    """What approving a draft ends in."""

    def answers(self, *answers: Answer) -> None:
        self.script.extend(answers)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Script:
    """A script, and the provider ``fake`` that follows it."""
    script = Script()

    class Scripted(FakeProvider):
        """Every instance of one test follows the one script."""

        def __init__(self, account: ProviderAccount) -> None:
            super().__init__(account)
            self.answers = script.script
            self.jobs = script.jobs
            script.made.append(self)

        def accept(self, draft: Draft, envelope: Envelope) -> None:
            if script.refuses is not None:
                raise script.refuses

    def find(name: str) -> type[FakeProvider]:
        assert name == "fake"
        return Scripted

    script.kind = Scripted
    monkeypatch.setattr("tuimail.workspace.ways_out.provider_class", find)
    return script


@pytest.fixture(autouse=True)
def _foreseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw the same samples in each run of the tests."""
    monkeypatch.setattr("tuimail.workspace.sampling._new_key", lambda _: "5a" * 32)


@pytest.fixture
def desk(tmp_path: Path, provider: Script) -> Desk:
    made = Desk(root=tmp_path / "mail", config=tmp_path / "config.toml")
    made.save(account())
    return made


@pytest.fixture
def workspace(desk: Desk) -> Iterator[Workspace]:
    with desk.open() as opened:
        yield opened


@pytest.fixture
def fields() -> Fields:
    return Fields(
        to=("Ana Novák <ana@example.net>",),
        cc=("bob@example.net",),
        bcc=("archive@example.org",),
        subject="Q3 report",
        text="Hi Ana,\n\nthe numbers are below.\n",
    )


@pytest.fixture
def write(workspace: Workspace, fields: Fields) -> Callable[..., Row]:
    """Store one's own draft and return its row."""

    def new(**changes: Any) -> Row:
        draft = workspace.drafts.compose(replace(fields, **changes))
        return workspace.drafts.new(draft)

    return new


@pytest.fixture
def hand_in(workspace: Workspace, fields: Fields) -> Callable[..., Row]:
    """Hand a draft in as an agent and return its row."""

    def new(**changes: Any) -> Row:
        with workspace.acting_as(BILLING, door="http"):
            draft = workspace.drafts.compose(replace(fields, **changes))
            row = workspace.drafts.new(draft, note="as you asked")
        return workspace.drafts.row(row.id)

    return new
