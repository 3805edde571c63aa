"""A program changes or takes back its own mail, as long as a person lets it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.workspace.conftest import NOW, Desk, account
from tuimail.core.address import parse_address
from tuimail.errors import (
    FieldError,
    KeyConflictError,
    NotAllowedError,
    NotComposableError,
)
from tuimail.intake.gate import Gate, Handing
from tuimail.workspace.answering import Answer, Resubmit
from tuimail.workspace.clients import Client
from tuimail.workspace.fields import Fields
from tuimail.workspace.workspace import Workspace

FIELDS = Fields(to=("bob@partner.example",), subject="Invoice", text="Please pay.\n")
OTHER = replace(FIELDS, text="Please pay by Friday.\n")
HTTP = Handing(door="http")
Revise = Callable[..., Answer]


@pytest.fixture
def gate(workspace: Workspace) -> Gate:
    return Gate(workspace)


@pytest.fixture
def client(workspace: Workspace) -> Client:
    return workspace.clients.add("billing")[0]


@pytest.fixture
def draft_id(gate: Gate, client: Client) -> str:
    return gate.hand_in(client, FIELDS, HTTP).id


@pytest.fixture
def revise(gate: Gate, client: Client, draft_id: str) -> Revise:
    def revised(fields: Fields = OTHER, **said: Any) -> Answer:
        return gate.revise(client, draft_id, fields, replace(HTTP, **said))

    return revised


def edit(workspace: Workspace, draft_id: str, **changes: Any) -> None:
    page = workspace.drafts.page(draft_id)
    changed = replace(page.draft, **changes)
    workspace.drafts.edit(draft_id, changed, revision=page.row.revision)


def test_what_waits_for_a_decision_can_be_said_otherwise(
    workspace: Workspace, revise: Revise, draft_id: str
) -> None:
    answer = revise()

    assert (answer.id, answer.revision, answer.state) == (draft_id, 2, "review")
    assert not answer.edited
    page = workspace.drafts.page(draft_id)
    assert page.draft.body.text == "Please pay by Friday.\n"
    assert page.row.origin.actor == "agent:billing"


def test_what_was_sent_back_waits_for_a_decision_again(
    workspace: Workspace, revise: Revise, draft_id: str
) -> None:
    workspace.reviews.request_changes(draft_id, revision=1, reason="By when?")

    answer = revise()

    assert (answer.revision, answer.state) == (2, "review")
    assert answer.decision is None
    assert answer.resubmit is Resubmit.NO


def test_the_same_words_again_are_no_new_revision(
    workspace: Workspace, revise: Revise, draft_id: str
) -> None:
    workspace.reviews.request_changes(draft_id, revision=1, reason="By when?")

    answer = revise(FIELDS)

    assert (answer.revision, answer.state) == (1, "review")


def test_the_same_words_with_a_reason_are_one_that_the_reviewer_reads(
    workspace: Workspace, revise: Revise, draft_id: str
) -> None:
    workspace.reviews.request_changes(draft_id, revision=1, reason="Sure?")

    answer = revise(FIELDS, note="It is due.", run_url="https://ci.example/8")

    assert (answer.revision, answer.state) == (2, "review")
    page = workspace.drafts.page(draft_id)
    assert page.note == "It is due.\nhttps://ci.example/8"
    assert page.row.origin.note == ""


def test_a_revision_says_when_it_is_to_leave_and_of_use(
    workspace: Workspace, revise: Revise, draft_id: str
) -> None:
    answer = revise(at=NOW + timedelta(days=1), lifetime=timedelta(days=2))

    assert "time.asked-for" in {one.code for one in answer.findings}
    row = workspace.drafts.row(draft_id)
    assert row.expires_at == NOW + timedelta(days=2)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"note": "\0"}, "note"),
        ({"run_url": "ftp://ci.example/8"}, "run-url"),
        ({"revises": "0123456789abcdef"}, "revises"),
    ],
)
def test_what_cannot_be_said_of_a_revision_is_refused(
    workspace: Workspace,
    revise: Revise,
    draft_id: str,
    said: dict[str, str],
    field: str,
) -> None:
    with pytest.raises(FieldError) as refused:
        revise(**said)

    assert refused.value.field == field
    assert workspace.drafts.row(draft_id).revision == 1
    assert revise(revises=draft_id).revision == 2


def test_the_same_under_the_same_key_is_one_revision(
    workspace: Workspace, gate: Gate, client: Client, revise: Revise, draft_id: str
) -> None:
    first = revise(key="k2")

    again = revise(key="k2")
    within = revise(replace(OTHER, idempotency_key="k2"))
    with pytest.raises(KeyConflictError):
        revise(FIELDS, key="k2")
    other = gate.hand_in(client, replace(FIELDS, text="x"), HTTP).id
    with pytest.raises(KeyConflictError):
        gate.revise(client, other, OTHER, replace(HTTP, key="k2"))

    assert first == again == within
    assert workspace.drafts.row(draft_id).revision == 2
    assert workspace.drafts.row(other).revision == 1


def test_a_person_who_changed_it_is_not_overwritten(
    workspace: Workspace, revise: Revise, draft_id: str
) -> None:
    edit(workspace, draft_id, subject="Invoice 17")

    with pytest.raises(NotAllowedError, match="A person changed"):
        revise()

    assert workspace.drafts.page(draft_id).draft.subject == "Invoice 17"


def test_who_is_asked_for_other_words_may_write_over_a_persons(
    workspace: Workspace, revise: Revise, draft_id: str
) -> None:
    edit(workspace, draft_id, subject="Invoice 17")
    workspace.reviews.request_changes(draft_id, revision=2, reason="And the sum?")

    answer = revise()

    assert (answer.revision, answer.state, answer.edited) == (3, "review", False)


@pytest.mark.parametrize("verdict", ["approve", "reject", "discard"])
def test_what_was_decided_stays_as_it_is(
    workspace: Workspace, revise: Revise, draft_id: str, verdict: str
) -> None:
    decide: dict[str, Callable[[], object]] = {
        "approve": lambda: workspace.reviews.approve(draft_id, revision=1),
        "reject": lambda: workspace.reviews.reject(draft_id, revision=1, reason="No."),
        "discard": lambda: workspace.drafts.discard(draft_id),
    }
    decide[verdict]()
    before = workspace.drafts.row(draft_id)

    with pytest.raises(NotAllowedError, match="only a person"):
        revise()

    assert workspace.drafts.row(draft_id) == before


def test_a_revision_that_cannot_become_a_message_changes_nothing(
    workspace: Workspace, revise: Revise, draft_id: str
) -> None:
    for state in ("review", "draft"):
        assert workspace.drafts.row(draft_id).status == state
        with pytest.raises(NotComposableError):
            revise(replace(OTHER, to=()))
        assert workspace.drafts.row(draft_id).revision == 1
        if state == "review":
            workspace.reviews.request_changes(draft_id, revision=1, reason="Hm.")

    assert workspace.drafts.page(draft_id).draft.body.text == "Please pay.\n"


def test_it_stays_with_its_account_unless_it_says_otherwise(
    desk: Desk, workspace: Workspace, gate: Gate, client: Client
) -> None:
    other = parse_address("mara@home.example", field="address")
    desk.save(account(), account("home", address=other))
    first = gate.hand_in(client, replace(FIELDS, account="home"), HTTP).id

    gate.revise(client, first, OTHER, HTTP)
    stayed = workspace.drafts.row(first)
    gate.revise(client, first, replace(OTHER, sender="mara@example.org"), HTTP)
    moved = workspace.drafts.row(first)

    assert (stayed.account, stayed.sender) == ("home", "mara@home.example")
    assert (moved.account, moved.sender) == ("work", "mara@example.org")


def test_ones_own_mail_can_be_taken_back_and_again(
    workspace: Workspace, gate: Gate, client: Client, draft_id: str
) -> None:
    answer = gate.cancel(client, draft_id)

    assert answer.state == "discarded"
    assert answer.decision is None
    assert gate.cancel(client, draft_id) == answer
    assert workspace.drafts.journal(draft_id)[-1].actor == "agent:billing"


@pytest.mark.parametrize("verdict", ["approve", "reject"])
def test_what_was_decided_cannot_be_taken_back(
    workspace: Workspace, gate: Gate, client: Client, draft_id: str, *, verdict: str
) -> None:
    if verdict == "approve":
        workspace.reviews.approve(draft_id, revision=1)
    else:
        workspace.reviews.reject(draft_id, revision=1, reason="No.")
    before = workspace.drafts.row(draft_id)

    with pytest.raises(NotAllowedError):
        gate.cancel(client, draft_id)

    assert workspace.drafts.row(draft_id) == before
