"""What tests about decisions share: reviewers with PINs, and a policy."""

import json
from collections.abc import Callable
from typing import Any

from tests.core.corpus import DATA
from tests.workspace.conftest import BILLING, Desk
from tuimail.workspace.fields import Fields
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
