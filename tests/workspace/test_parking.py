"""Mail in review that one reviewer is asked about, or that is kept for later."""

from collections.abc import Callable

import pytest

from tests.workspace.conftest import BILLING, Desk
from tests.workspace.reviewing import (  # noqa: F401 - fixtures among them
    ALICE,
    New,
    cheap_pins,
    name_reviewers,
)
from tuimail.errors import (
    FieldError,
    NotAllowedError,
    NotFoundError,
    TransitionError,
)
from tuimail.workspace.reviews import ReviewDesk
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace


def steps(workspace: Workspace, draft_id: str, event: str) -> list[dict[str, str]]:
    lines = workspace.drafts.journal(draft_id)
    return [dict(line.details) for line in lines if line.event == event]


def test_one_reviewer_is_asked_and_then_anybody(
    workspace: Workspace, hand_in: New
) -> None:
    name_reviewers(workspace)
    row = hand_in()

    asked = workspace.reviews.assign(row.id, "alice")
    again = workspace.reviews.assign(row.id, "alice")
    anybody = workspace.reviews.assign(row.id, "")

    assert (asked.assigned, again.assigned, anybody.assigned) == ("alice", "alice", "")
    assert "assign" in asked.actions
    assert steps(workspace, row.id, "draft_assigned") == [
        {"from": "", "to": "alice"},
        {"from": "alice", "to": ""},
    ]
    assert workspace.audit.verify().is_whole


def test_who_is_asked_is_on_the_page(workspace: Workspace, hand_in: New) -> None:
    name_reviewers(workspace)
    row = workspace.reviews.assign(hand_in().id, "bob")

    standing = workspace.drafts.page(row.id).standing

    assert (standing.assigned, standing.reviewers) == ("bob", ("alice", "bob"))


def test_somebody_who_is_no_reviewer_is_not_asked(
    workspace: Workspace, hand_in: New
) -> None:
    row = hand_in()
    with pytest.raises(NotFoundError, match="no reviewer 'eve'") as refused:
        workspace.reviews.assign(row.id, "eve")
    name_reviewers(workspace, ALICE)

    with pytest.raises(NotFoundError) as known:
        workspace.reviews.assign(row.id, "eve")

    assert "There are none yet." in refused.value.hint
    assert "There are: alice." in known.value.hint


def test_nobody_is_asked_about_what_is_not_in_review(
    workspace: Workspace, write: New
) -> None:
    with pytest.raises(TransitionError, match="is draft; nobody is asked"):
        workspace.reviews.assign(write().id, "")


def test_what_is_held_is_not_approved_until_it_is_resumed(
    workspace: Workspace, hand_in: New
) -> None:
    row = hand_in()

    held = workspace.reviews.hold(row.id, reason="wait for the contract")
    with pytest.raises(TransitionError, match="held: wait for the contract") as refused:
        workspace.reviews.approve(row.id, revision=1)
    resumed = workspace.reviews.resume(row.id)
    approved = workspace.reviews.approve(row.id, revision=1)

    assert (held.status, held.reason) == ("review", "Held: wait for the contract")
    assert "approve" not in held.actions
    assert "resume" in held.actions
    assert f"tuimail resume {row.id}" in refused.value.hint
    assert (resumed.reason, approved.status) == ("", "approved")
    assert {"hold", "approve"} <= resumed.actions
    assert len(steps(workspace, row.id, "draft_held")) == 1
    assert len(steps(workspace, row.id, "draft_resumed")) == 1


def test_the_verbs_of_the_outbox_hold_it_as_well(
    workspace: Workspace, hand_in: New
) -> None:
    row = hand_in()

    held = workspace.outbox.hold(row.id)
    resumed = workspace.outbox.resume(row.id)

    assert (held.reason, resumed.reason) == ("Held: Held by hand.", "")


def test_what_is_held_may_still_be_rejected_which_ends_the_hold(
    workspace: Workspace, hand_in: New
) -> None:
    row = hand_in()
    workspace.reviews.hold(row.id)

    rejected = workspace.reviews.reject(row.id, revision=1, reason="no")
    back = workspace.reviews.undo_reject(row.id)

    assert (rejected.reason, back.reason) == ("no", "")
    assert workspace.reviews.approve(row.id, revision=1).status == "approved"


def test_what_is_not_held_cannot_be_resumed(workspace: Workspace, hand_in: New) -> None:
    with pytest.raises(TransitionError, match="is not held"):
        workspace.reviews.resume(hand_in().id)


def test_a_reason_that_nobody_reads_to_its_end_is_refused(
    workspace: Workspace, hand_in: New
) -> None:
    with pytest.raises(FieldError, match="reason has 501"):
        workspace.reviews.hold(hand_in().id, reason="x" * 501)


@pytest.mark.parametrize(
    "take",
    [
        lambda reviews, mail: reviews.hold(mail),
        lambda reviews, mail: reviews.resume(mail),
        lambda reviews, mail: reviews.assign(mail, ""),
    ],
    ids=["hold", "resume", "assign"],
)
def test_a_program_does_none_of_it(
    workspace: Workspace, hand_in: New, take: Callable[[ReviewDesk, str], Row]
) -> None:
    row = hand_in()

    with (
        workspace.acting_as(BILLING, door="api", on_terminal=True),
        pytest.raises(NotAllowedError),
    ):
        take(workspace.reviews, row.id)


def test_the_database_itself_approves_nothing_that_is_held(
    desk: Desk, workspace: Workspace, hand_in: New
) -> None:
    """Two windows: held in one while the other is about to approve."""
    row = hand_in()
    workspace.reviews.hold(row.id)

    with (
        desk.open() as other,
        pytest.raises(TransitionError, match="is held"),
    ):
        other.reviews.approve(row.id, revision=1)


def test_a_hold_for_another_reason_is_in_the_journal(
    workspace: Workspace, hand_in: New
) -> None:
    row = hand_in()
    workspace.reviews.hold(row.id, reason="first")

    workspace.reviews.hold(row.id, reason="second, quite another")

    first, second = steps(workspace, row.id, "draft_held")
    assert first["reason_digest"] != second["reason_digest"]


def test_who_is_no_reviewer_any_more_is_not_asked(
    workspace: Workspace, hand_in: New
) -> None:
    name_reviewers(workspace)
    row = workspace.reviews.assign(hand_in().id, "alice")

    workspace.reviewers.remove("alice")

    assert workspace.drafts.page(row.id).standing.assigned == ""
