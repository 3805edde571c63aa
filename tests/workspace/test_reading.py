"""Mail that the policy has read to its end before anybody approves it."""

from dataclasses import replace

import pytest

from tests.core.drafts import a_draft, attachment
from tests.workspace.conftest import BILLING, Desk
from tests.workspace.policed import write_policy
from tests.workspace.reviewing import (  # noqa: F401 - fixtures among them
    ALICE,
    New,
    cheap_pins,
    name_reviewers,
)
from tuimail.core.draft import Body
from tuimail.errors import PolicyError
from tuimail.workspace import reading
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

MUST_READ = "[defaults]\nmust_read = true\n"
HTML = "<p>The total is 1.240,50 EUR.</p>"


@pytest.fixture(name="demanding")
def demanding_policy(desk: Desk) -> None:
    write_policy(desk.config, MUST_READ)


def unread(workspace: Workspace, row: Row) -> tuple[str, ...]:
    return workspace.drafts.page(row.id).standing.unread


def read(workspace: Workspace, row: Row, *tabs: str) -> None:
    for tab in tabs:
        workspace.looking.read(row.id, row.revision, tab)


def test_each_part_that_a_mail_has_is_read() -> None:
    plain = a_draft(body=Body(text="Hello."))

    assert reading.to_read(plain) == ("text",)
    assert reading.to_read(a_draft(body=Body(html=HTML))) == ("text", "html")
    assert reading.to_read(replace(plain, attachments=(attachment(),))) == (
        "text",
        "parts",
    )


@pytest.mark.usefixtures("demanding")
def test_what_was_not_read_to_its_end_is_approved_by_nobody(
    workspace: Workspace, hand_in: New
) -> None:
    row = hand_in(html=HTML)
    before = unread(workspace, row)
    read(workspace, row, "text")

    with pytest.raises(PolicyError, match="the HTML was not") as refused:
        workspace.reviews.approve(row.id, revision=1)

    assert before == ("the text", "the HTML")
    assert "in the app" in refused.value.hint
    read(workspace, row, "html")
    assert unread(workspace, row) == ()
    assert workspace.reviews.approve(row.id, revision=1).status == "approved"


@pytest.mark.usefixtures("demanding")
def test_a_pin_and_a_batch_do_not_stand_for_reading(
    workspace: Workspace, hand_in: New
) -> None:
    name_reviewers(workspace)
    row = hand_in()

    batch = workspace.reviews.batch([row.id])
    with pytest.raises(PolicyError, match="the text was not"):
        workspace.reviews.approve(row.id, revision=1, signature=ALICE)

    assert "the text" in batch.refused[row.id]


@pytest.mark.usefixtures("demanding")
def test_another_revision_is_read_anew_and_a_no_needs_no_reading(
    workspace: Workspace, hand_in: New
) -> None:
    row = hand_in()
    read(workspace, row, "text")
    draft = workspace.drafts.page(row.id).draft

    edited = workspace.drafts.edit(row.id, replace(draft, subject="So"), revision=1)

    assert unread(workspace, edited) == ("the text",)
    no = workspace.reviews.reject(row.id, revision=2, reason="No.")
    assert no.status == "rejected"


@pytest.mark.usefixtures("demanding")
def test_what_a_program_looks_at_counts_as_nothing(
    workspace: Workspace, hand_in: New
) -> None:
    row = hand_in()

    with workspace.acting_as(BILLING, door="http"):
        read(workspace, row, "text")

    assert workspace.looking.sight(row.id) is None
    assert unread(workspace, row) == ("the text",)


@pytest.mark.usefixtures("demanding")
def test_ones_own_mail_is_read_by_whoever_wrote_it(
    workspace: Workspace, hand_in: New
) -> None:
    with workspace.acting_as(BILLING, door="http"):
        draft = workspace.drafts.page(hand_in().id).draft
    own = workspace.drafts.new(draft)

    assert unread(workspace, own) == ()
    assert workspace.reviews.approve(own.id, revision=1).status == "approved"


def test_a_rule_demands_it_of_what_it_is_about(
    desk: Desk, workspace: Workspace, hand_in: New
) -> None:
    rule = '[[rule]]\nname = "{}"\nagent = "{}"\naction = "review"\nmust_read = true\n'
    write_policy(desk.config, rule.format("theirs", "nobody"))
    other = unread(workspace, hand_in())
    write_policy(desk.config, rule.format("these", "billing"))

    row = hand_in(subject="Another one")

    assert other == ()
    assert unread(workspace, row) == ("the text",)


def test_without_a_word_of_the_policy_nothing_has_to_be_read(
    workspace: Workspace, hand_in: New
) -> None:
    row = hand_in()

    assert unread(workspace, row) == ()
    assert workspace.reviews.approve(row.id, revision=1).status == "approved"
