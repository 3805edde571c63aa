"""What tests about decisions share: reviewers with PINs, and a policy."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw
import pytest

from tests.core.corpus import DATA
from tests.workspace.conftest import BILLING, Desk, account
from tuimail.core.address import parse_address
from tuimail.demo.server import HOST, DemoServer
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
    for statement in (*statements, *(sql for _, sql in guards)):
        connection.execute(statement)
    connection.close()
