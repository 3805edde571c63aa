"""What tests about decisions share: reviewers with PINs, and a policy."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import apsw
import pytest

from tests.core.corpus import DATA
from tests.workspace.conftest import BILLING, Desk, account
from tuimail.core.address import parse_address
from tuimail.demo.server import HOST, DemoServer
from tuimail.errors import TuimailError
from tuimail.providers.registry import provider_class
from tuimail.store.database import DATABASE_NAME
from tuimail.workspace.fields import Fields
from tuimail.workspace.sending import drain
from tuimail.workspace.views import Row, Signature
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]
ALICE = Signature(name="alice", pin="483920")
BOB = Signature(name="bob", pin="771204")
SECRET = (
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----\n"
)
"""Text about which a check says *block*."""


def say(desk: Desk, text: str) -> None:
    """Write the policy, as its owner would."""
    path = desk.config.with_name("policy.toml")
    path.write_text(f"version = 1\n{text}")
    path.chmod(0o600)


def name_reviewers(workspace: Workspace, *signatures: Signature) -> None:
    """Name people who decide."""
    for one in signatures or (ALICE, BOB):
        workspace.reviewers.add(one.name, one.pin)


def blocked(workspace: Workspace, fields: Fields) -> Row:
    """Hand in a mail about which something of level block was noticed."""
    with workspace.acting_as(BILLING, door="http"):
        row = workspace.drafts.new(workspace.drafts.compose(fields))
    assert row.worst_finding == "block"
    return workspace.drafts.row(row.id)


def corpus() -> list[dict[str, Any]]:
    """Return the rows of the corpus about reviews."""
    lines = (DATA / "corpus_review.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


@dataclass
class Post:
    """A desk whose account leads to a real server, which keeps what it gets."""

    desk: Desk
    server: DemoServer

    def send(self) -> int:
        """Send what is due; return how many copies the server has by now."""
        assert drain(self.desk.open)
        return len(self.server.deliveries)


@contextmanager
def post(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """Open a desk from which real mail leaves."""
    monkeypatch.setattr("tuimail.workspace.ways_out.provider_class", provider_class)
    with DemoServer() as server:
        options = {"host": HOST, "port": server.port, "tls": "none"}
        sender = parse_address("agent@corp.example", field="address")
        desk.save(
            account(provider="smtp", options=options, address=sender),
            account("other", provider="smtp", options=options, address=sender),
        )
        yield Post(desk, server)


def tamper(root: Path, *statements: str) -> None:
    """Write into the database past the program, and past every guard in it."""
    connection = apsw.Connection(str(root / DATABASE_NAME))
    guards = connection.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
    ).fetchall()
    for name, _ in guards:
        connection.execute(f"DROP TRIGGER {name}")
    for statement in (*statements, *(str(sql) for _, sql in guards)):
        connection.execute(statement)
    connection.close()


FIELDS = Fields(
    sender="agent@corp.example",
    to=("bob@partner.example",),
    subject="As it was read",
    text="Please pay.\n",
)
LATER = timedelta(minutes=10)
NOT_SENT = frozenset({"review", "held", "rejected"})


@pytest.fixture(autouse=True)
def cheap_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash PINs quickly, where it is not the hash that is looked at."""
    monkeypatch.setattr("tuimail.workspace.reviewers._COST", 4)


@pytest.fixture(name="opened")
def opened_post(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    with post(desk, monkeypatch) as made:
        yield made


@dataclass
class Case:
    """A mail that an agent handed in, and everything around it."""

    post: Post
    workspace: Workspace
    mail: str = ""

    @property
    def desk(self) -> Desk:
        return self.post.desk

    @property
    def status(self) -> str:
        return self.workspace.drafts.row(self.mail).status

    def hand_in(self) -> str:
        with self.workspace.acting_as(BILLING, door="http"):
            draft = self.workspace.drafts.compose(FIELDS)
            self.mail = self.workspace.drafts.submit(draft).id
        return self.mail

    def approve(self) -> None:
        self.workspace.reviews.approve(self.mail, revision=1)

    def release(self, *, later: bool = False) -> None:
        at = self.desk.clock.now() + LATER if later else None
        self.workspace.outbox.release(self.mail, at=at)

    def try_to_release(self) -> None:
        """As somebody does who noticed nothing."""
        with suppress(TuimailError):
            self.release()

    def nothing_left(self) -> bool:
        """Send what is due, now and later; return whether the server has nothing."""
        copies = self.post.send()
        self.desk.clock.advance(2 * LATER)
        return copies == self.post.send() == 0 and self.status in NOT_SENT


@pytest.fixture(name="case")
def handed_in(opened: Post) -> Iterator[Case]:
    with opened.desk.open() as workspace:
        made = Case(opened, workspace)
        made.hand_in()
        yield made
