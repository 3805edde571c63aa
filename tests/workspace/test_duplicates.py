"""Mail that says nearly the same as one that was decided about lately."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.workspace.conftest import BILLING, Desk
from tests.workspace.reviewing import New
from tuimail.core.draft import Body
from tuimail.core.finding import Finding, Severity
from tuimail.store.decisions import _DECIDED
from tuimail.store.drafts import Revision
from tuimail.workspace.duplicates import MOST, find
from tuimail.workspace.fields import Fields
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

TEXT = "Dear Ana, please find the figures of the third quarter below. Yours, Mara"


def noticed(workspace: Workspace, row: Row) -> list[Finding]:
    findings = workspace.drafts.page(row.id).findings
    return [one for one in findings if one.code == "review.likely-duplicate"]


@pytest.fixture
def rejected(workspace: Workspace, hand_in: New) -> Row:
    row = hand_in(text=TEXT)
    return workspace.reviews.reject(row.id, revision=1, reason="never")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"text": TEXT.replace("third", "fourth")},
        {"text": TEXT.upper().replace(" ", "\n")},
        {"to": ("bob@example.net",), "cc": ("ANA@example.net",)},
    ],
)
def test_the_same_again_after_a_no_is_noticed(
    workspace: Workspace, hand_in: New, rejected: Row, changes: dict[str, Any]
) -> None:
    row = hand_in(**{"text": TEXT, **changes})

    (finding,) = noticed(workspace, row)
    assert finding.severity is Severity.WARNING
    assert rejected.id in finding.message
    assert "rejected at 2026-03-02 14:02 UTC" in finding.message
    earlier = workspace.drafts.page(row.id).earlier_decision
    assert earlier is not None
    assert (earlier.draft_id, earlier.why) == (rejected.id, "duplicate")
    assert earlier.decision is not None
    assert earlier.decision.reason == "never"


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "The server is down again; somebody has to look at it tonight."},
        {"bcc": ()},
        {"to": ("carl@example.net",)},
    ],
)
def test_something_else_or_for_somebody_else_is_not(
    workspace: Workspace, hand_in: New, rejected: Row, changes: dict[str, Any]
) -> None:
    row = hand_in(**{"text": TEXT, **changes})

    assert rejected.status == "rejected"
    assert noticed(workspace, row) == []
    assert workspace.drafts.page(row.id).earlier_decision is None


def test_what_was_decided_long_ago_is_forgotten(
    desk: Desk, workspace: Workspace, hand_in: New, rejected: Row
) -> None:
    desk.clock.advance(timedelta(days=7, seconds=1))

    assert rejected.status == "rejected"
    assert noticed(workspace, hand_in(text=TEXT)) == []


def test_what_nobody_decided_about_is_no_duplicate(
    workspace: Workspace, hand_in: New
) -> None:
    hand_in(text=TEXT)

    assert noticed(workspace, hand_in(text=TEXT)) == []


def test_the_very_same_as_what_was_approved_is_a_warning(
    workspace: Workspace, hand_in: New
) -> None:
    """An agent that never read that its mail left writes it once more."""
    workspace.reviews.approve(hand_in(text=TEXT).id, revision=1)

    (finding,) = noticed(workspace, hand_in(text=TEXT))

    assert finding.severity is Severity.WARNING


def test_what_differs_by_a_number_from_what_was_approved_is_only_noted(
    workspace: Workspace, hand_in: New
) -> None:
    """A report that is sent each day is no mistake."""
    workspace.reviews.approve(hand_in(text=TEXT + " 17").id, revision=1)

    (finding,) = noticed(workspace, hand_in(text=TEXT + " 18"))

    assert finding.severity is Severity.INFO


def test_a_person_may_repeat_themselves(
    workspace: Workspace, write: New, rejected: Row
) -> None:
    assert rejected.status == "rejected"
    assert noticed(workspace, write(text=TEXT)) == []


def test_ones_own_mail_is_no_measure_for_programs(
    workspace: Workspace, write: New, hand_in: New
) -> None:
    workspace.reviews.approve(write(text=TEXT).id, revision=1)

    assert noticed(workspace, hand_in(text=TEXT)) == []


def test_what_says_that_it_takes_the_place_of_another_repeats_nothing(
    workspace: Workspace, fields: Fields, rejected: Row
) -> None:
    with workspace.acting_as(BILLING, door="http"):
        draft = workspace.drafts.compose(replace(fields, text=TEXT))
        row = workspace.drafts.submit(draft, revises=rejected.id)

    assert noticed(workspace, row) == []
    earlier = workspace.drafts.page(row.id).earlier_decision
    assert earlier is not None
    assert (earlier.draft_id, earlier.why) == (rejected.id, "revises")


def test_what_takes_the_place_of_nothing_that_there_is_shows_nothing(
    workspace: Workspace, fields: Fields
) -> None:
    with workspace.acting_as(BILLING, door="http"):
        draft = workspace.drafts.compose(fields)
        row = workspace.drafts.submit(draft, revises="06eaxprqr24cz6v6")

    assert workspace.drafts.page(row.id).earlier_decision is None


def test_a_further_revision_of_a_mail_repeats_not_itself(
    workspace: Workspace, hand_in: New, fields: Fields
) -> None:
    row = hand_in(text=TEXT)
    workspace.reviews.request_changes(row.id, revision=1, reason="shorter")
    with workspace.acting_as(BILLING, door="http"):
        draft = workspace.drafts.compose(replace(fields, text=TEXT + " Bye."))
        workspace.drafts.edit(row.id, draft, revision=1)

    assert noticed(workspace, workspace.drafts.row(row.id)) == []


def test_it_stays_noticed_when_a_person_changes_another_word(
    workspace: Workspace, hand_in: New, rejected: Row
) -> None:
    row = hand_in(text=TEXT)
    draft = workspace.drafts.page(row.id).draft
    workspace.drafts.edit(row.id, replace(draft, subject="Q3"), revision=1)

    assert rejected.status == "rejected"
    assert len(noticed(workspace, workspace.drafts.row(row.id))) == 1


def test_it_takes_one_look_at_a_few_decisions(
    workspace: Workspace, hand_in: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits who hands in mail for people who get much of it."""
    rows = [hand_in(text=f"{number} " * 30) for number in range(MOST + 3)]
    for row in rows:
        workspace.reviews.reject(row.id, revision=1, reason="no")
    row = rows[0]
    stores, looked_at = workspace._stores, []
    stored = stores.drafts.get(row.id)
    draft = stores.drafts.revision(row.id, 1).draft
    read = stores.drafts.revision

    def noted(id: str, number: int) -> Revision:
        looked_at.append(id)
        return read(id, number)

    monkeypatch.setattr(stores.drafts, "revision", noted)
    find(stores, replace(draft, subject="x", body=Body(text="y")), "", stored.origin)

    assert len(looked_at) == MOST


def test_that_look_is_by_an_index_and_sorts_nothing(workspace: Workspace) -> None:
    plan = workspace._stores.database.connection.execute(
        f"EXPLAIN QUERY PLAN {_DECIDED}", ("x", 0, "y", 5)
    ).fetchall()

    assert "decisions_by_recipients" in str(plan)
    assert "TEMP B-TREE" not in str(plan)


def test_later_decisions_about_other_mail_hide_no_rejection(
    desk: Desk, workspace: Workspace, hand_in: New, rejected: Row
) -> None:
    for number in range(8):
        desk.clock.advance(timedelta(minutes=1))
        other = hand_in(subject=f"Zebra {number}", text=f"quite another {number}\n" * 9)
        workspace.reviews.approve(other.id, revision=1)

    (finding,) = noticed(workspace, hand_in(text=TEXT))

    assert rejected.id in finding.message


def test_words_that_nobody_decided_about_are_no_duplicate(
    workspace: Workspace, hand_in: New
) -> None:
    row = hand_in(text=TEXT)
    workspace.reviews.request_changes(row.id, revision=1, reason="not so")
    words = "Wholly other words about the zebra that nobody has read so far.\n"
    with workspace.acting_as(BILLING, door="http"):
        draft = workspace.drafts.page(row.id).draft
        body = replace(draft.body, text=words)
        workspace.drafts.edit(
            row.id, replace(draft, subject="Zebra", body=body), revision=1
        )
        workspace.drafts.request_review(row.id)

    again = hand_in(text=TEXT)
    undecided = hand_in(subject="Zebra", text=words)

    assert [row.id in one.message for one in noticed(workspace, again)] == [True]
    assert noticed(workspace, undecided) == []


def test_what_a_person_sent_to_somebody_else_is_noticed_when_it_comes_again(
    workspace: Workspace, hand_in: New
) -> None:
    row = hand_in(text=TEXT)
    workspace.drafts.change(row.id, Fields(to=("eve@example.net",)), revision=1)
    workspace.reviews.approve(row.id, revision=2)

    (finding,) = noticed(workspace, hand_in(text=TEXT))

    assert row.id in finding.message
