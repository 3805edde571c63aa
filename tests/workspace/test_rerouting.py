"""Mail that leaves by another account: for who is left, and approved anew."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.workspace.conftest import Desk, account
from tuimail.core.address import parse_address
from tuimail.core.draft import Draft
from tuimail.core.submission import (
    HAVE_IT,
    RecipientState,
    Verdict,
    VerdictKind,
    Verdicts,
)
from tuimail.errors import (
    ConfigurationError,
    NotAllowedError,
    StaleApprovalError,
    StoreError,
    TransitionError,
)
from tuimail.testing import verdicts_for
from tuimail.workspace.claiming import Claim
from tuimail.workspace.fields import Fields
from tuimail.workspace.views import Page, Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]
ANA, BOB, ARCHIVE = "ana@example.net", "bob@example.net", "archive@example.org"
OTHER = parse_address("Mara <mara@other.example>", field="address")


@pytest.fixture(autouse=True)
def accounts(desk: Desk) -> None:
    """Two ways out: ``home`` sends as mara@example.org too, ``other`` does not."""
    desk.save(account(), account("home"), account("other", address=OTHER))


@pytest.fixture
def sent(workspace: Workspace, fields: Fields) -> New:
    def new(**changes: Any) -> Row:
        draft = workspace.drafts.compose(replace(fields, **changes))
        return workspace.outbox.send_new(draft)

    return new


def claimed(workspace: Workspace) -> Claim:
    (claim,) = workspace.delivery.claim()
    return claim


def settle(workspace: Workspace, **kinds: VerdictKind) -> None:
    """Answer by the first word of each address; whoever is not named is refused."""
    claim = claimed(workspace)
    verdicts = tuple(
        Verdict(
            wire_address=one.wire_address,
            kind=kinds.get(one.wire_address.partition("@")[0], VerdictKind.REFUSED),
        )
        for one in claim.envelope.recipients
    )
    workspace.delivery.commit(claim)
    workspace.delivery.settle(claim, Verdicts(by_recipient=verdicts), jitter=1.0)


def codes(page: Page) -> list[str]:
    return [one.code for one in page.findings if one.code.split(".")[0] != "size"]


def texts(page: Page) -> list[str]:
    return [one.text for one in page.draft.recipients]


def test_mail_that_waits_is_open_again_for_the_other_account(
    workspace: Workspace, sent: New
) -> None:
    row = sent()

    rerouted = workspace.outbox.reroute(row.id, "home")

    page = workspace.drafts.page(row.id)
    assert (rerouted.status, rerouted.revision) == ("draft", 2)
    assert (page.row.account, page.draft.account) == ("home", "home")
    assert texts(page) == [ANA, BOB, ARCHIVE]
    assert workspace.delivery.claim() == ()


def test_it_leaves_by_that_account_after_a_new_approval(
    workspace: Workspace, sent: New
) -> None:
    row = sent()
    workspace.outbox.reroute(row.id, "home")
    with pytest.raises(TransitionError):
        workspace.outbox.release(row.id)

    workspace.reviews.approve(row.id, revision=2)
    workspace.outbox.release(row.id)

    claim = claimed(workspace)
    assert claim.account.name == "home"
    assert claim.submission.draft_id == row.id


def test_only_who_is_left_gets_it(workspace: Workspace, sent: New) -> None:
    row = sent(merge_for={ANA: {"name": "Ana"}, BOB: {"name": "Bob"}})
    settle(workspace, ana=VerdictKind.SENT, archive=VerdictKind.SENT)
    assert workspace.drafts.row(row.id).status == "partial"

    workspace.outbox.reroute(row.id, "home")

    page = workspace.drafts.page(row.id)
    assert texts(page) == [BOB]
    assert [address for address, _ in page.draft.service.merge_for] == [BOB]
    about = [one for one in page.findings if one.code == "rcpt.has-it"]
    assert [(one.field, ANA in one.message) for one in about] == [
        ("to", True),
        ("bcc", False),
    ]
    assert ARCHIVE in about[1].message


def test_who_is_left_of_mail_that_waits_is_not_tried_here_any_more(
    workspace: Workspace, sent: New
) -> None:
    row = sent()
    settle(workspace, ana=VerdictKind.SENT, bob=VerdictKind.DEFERRED)
    assert workspace.drafts.row(row.id).status == "deferred"

    workspace.outbox.reroute(row.id, "home")

    page = workspace.drafts.page(row.id)
    assert texts(page) == [BOB, ARCHIVE]
    assert [one.number for one in page.earlier_attempts] == [1]
    moves = [
        (line.details["from"], line.details["to"])
        for line in workspace.drafts.journal(row.id)
        if line.event == "submission_moved"
    ]
    assert moves[-1] == ("deferred", "partial")


@pytest.mark.parametrize("state", ["held", "error"])
def test_what_is_held_or_failed_can_take_another_way(
    workspace: Workspace, sent: New, state: str
) -> None:
    row = sent()
    if state == "held":
        workspace.outbox.hold(row.id)
    else:
        settle(workspace)
    assert workspace.drafts.row(row.id).status == state

    assert workspace.outbox.reroute(row.id, "home").status == "draft"


def test_mail_that_is_sent_again_to_the_rest_can_take_another_way(
    workspace: Workspace, sent: New
) -> None:
    row = sent()
    settle(workspace, ana=VerdictKind.SENT)
    workspace.outbox.retry(row.id)

    workspace.outbox.reroute(row.id, "home")

    assert texts(workspace.drafts.page(row.id)) == [BOB, ARCHIVE]


def test_what_an_agent_handed_in_goes_back_to_review(
    workspace: Workspace, hand_in: New
) -> None:
    row = hand_in()
    workspace.reviews.approve(row.id, revision=1)
    workspace.outbox.release(row.id)

    rerouted = workspace.outbox.reroute(row.id, "home")

    assert (rerouted.status, rerouted.revision) == ("review", 2)
    assert "approve" in rerouted.actions


def test_it_is_from_an_address_that_the_account_may_send_as(
    workspace: Workspace, sent: New
) -> None:
    row = sent()

    workspace.outbox.reroute(row.id, "other")

    page = workspace.drafts.page(row.id)
    assert page.draft.sender == OTHER
    assert "account.other-sender" in codes(page)


def test_an_address_that_both_accounts_have_stays(
    workspace: Workspace, sent: New
) -> None:
    row = sent(sender_name="The desk")

    workspace.outbox.reroute(row.id, "home")

    page = workspace.drafts.page(row.id)
    assert page.draft.sender.name == "The desk"
    assert "account.other-sender" not in codes(page)


@pytest.mark.parametrize(
    ("kind", "hint"),
    [
        (VerdictKind.UNKNOWN, "tuimail resolve"),
        (VerdictKind.SENT, "tuimail show"),
        (None, "tuimail cancel"),
    ],
)
def test_what_may_have_left_is_not_rerouted(
    workspace: Workspace, sent: New, kind: VerdictKind | None, hint: str
) -> None:
    row = sent()
    claim = claimed(workspace)
    if kind is not None:
        workspace.delivery.commit(claim)
        verdicts = verdicts_for(claim.envelope, kind)
        workspace.delivery.settle(claim, verdicts, jitter=1.0)

    with pytest.raises(TransitionError) as caught:
        workspace.outbox.reroute(row.id, "home")

    assert caught.value.hint.endswith(f"{hint} {row.id}")
    assert workspace.drafts.row(row.id).revision == 1


def test_a_draft_is_not_rerouted(workspace: Workspace, write: New) -> None:
    with pytest.raises(TransitionError, match="not in the outbox"):
        workspace.outbox.reroute(write().id, "home")


def test_there_has_to_be_such_an_account(workspace: Workspace, sent: New) -> None:
    row = sent()

    with pytest.raises(ConfigurationError):
        workspace.outbox.reroute(row.id, "nowhere")

    assert workspace.drafts.row(row.id).status == "ready"


def test_a_program_does_not_choose_the_way(workspace: Workspace, sent: New) -> None:
    row = sent()

    with (
        workspace.acting_as("agent:a", door="http"),
        pytest.raises(NotAllowedError),
    ):
        workspace.outbox.reroute(row.id, "home")


def test_the_action_is_offered_where_it_is_possible(
    workspace: Workspace, sent: New
) -> None:
    waiting = sent()
    assert "reroute" in waiting.actions

    settle(workspace, ana=VerdictKind.UNKNOWN)

    assert "reroute" not in workspace.drafts.row(waiting.id).actions


def in_between(workspace: Workspace, act: Callable[[], object]) -> None:
    """Have ``act`` happen after the new bytes were rendered, once."""
    reaches = workspace._stores.fault

    def first(point: str) -> None:
        if point == "draft.after_render_before_row":
            workspace._stores.fault = reaches
            act()

    workspace._stores.fault = first


def test_somebody_who_gets_it_meanwhile_stops_it(
    workspace: Workspace, sent: New
) -> None:
    row = sent()

    def one_gets_it() -> None:
        settle(workspace, ana=VerdictKind.SENT)

    in_between(workspace, one_gets_it)

    with pytest.raises(TransitionError, match="meanwhile"):
        workspace.outbox.reroute(row.id, "home")

    page = workspace.drafts.page(row.id)
    assert (page.row.status, page.row.revision) == ("partial", 1)
    states = [one.state in HAVE_IT for one in page.recipients]
    assert states == [True, False, False]


def test_a_revision_that_came_meanwhile_stops_it(
    workspace: Workspace, sent: New
) -> None:
    row = sent()

    def another() -> None:
        workspace.outbox.reroute(row.id, "other")

    in_between(workspace, another)

    with pytest.raises(StaleApprovalError):
        workspace.outbox.reroute(row.id, "home")

    assert workspace.drafts.row(row.id).account == "other"


def test_a_disk_that_fails_leaves_it_as_it_was(
    workspace: Workspace, sent: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = sent()

    def fails(*_: object, **__: object) -> None:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(workspace._stores.drafts, "add_revision", fails)
    with pytest.raises(StoreError):
        workspace.outbox.reroute(row.id, "home")

    page = workspace.drafts.page(row.id)
    assert (page.row.status, page.row.account) == ("ready", "work")
    assert {one.state for one in page.recipients} == {RecipientState.PENDING}
    claim = claimed(workspace)
    assert b"".join(workspace._stores.outbound.read_message(row.id))
    assert workspace.drafts.message_bytes(row.id) == b"".join(
        workspace._stores.outbound.read_message(claim.submission.draft_id)
    )


def test_what_the_author_said_is_kept(workspace: Workspace, sent: New) -> None:
    row = sent()
    before: Draft = workspace.drafts.page(row.id).draft

    workspace.outbox.reroute(row.id, "home")

    after = workspace.drafts.page(row.id).draft
    assert replace(after, account="work", noticed=before.noticed) == before
