"""The desk for reviews: who may decide, and what an approval covers."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.workspace.conftest import BILLING, Desk, Script
from tests.workspace.reviewing import (  # noqa: F401 - fixtures among them
    ALICE,
    BOB,
    cheap_pins,
    name_reviewers,
    say,
)
from tuimail.core.decision import Comment
from tuimail.errors import (
    ConfigurationError,
    FieldError,
    NotAllowedError,
    NotComposableError,
    StaleApprovalError,
    TransitionError,
    UnsupportedFeatureError,
)
from tuimail.workspace.fields import Fields
from tuimail.workspace.views import Row, Signature
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]
CAROL = Signature(name="carol", pin="615243")


def test_a_person_at_the_terminal_approves(workspace: Workspace, hand_in: New) -> None:
    row = workspace.reviews.approve(hand_in().id, revision=1)

    assert row.status == "approved"
    assert "release" in row.actions
    (decision,) = workspace.drafts.page(row.id).decisions
    assert decision.verdict == "approved"


def test_an_agent_never_approves(workspace: Workspace, hand_in: New) -> None:
    row = hand_in()

    with (
        workspace.acting_as(BILLING, door="http", on_terminal=True),
        pytest.raises(NotAllowedError),
    ):
        workspace.reviews.approve(row.id, revision=1)


def test_somebody_elses_draft_needs_a_real_terminal(desk: Desk, hand_in: New) -> None:
    row = hand_in()

    with (
        desk.open(door="cli", on_terminal=False) as script,
        pytest.raises(NotAllowedError),
    ):
        script.reviews.approve(row.id, revision=1)


def test_the_command_line_has_the_digest_typed(
    desk: Desk, workspace: Workspace, hand_in: New
) -> None:
    row = hand_in()
    digest = workspace.drafts.page(row.id).release_digest

    with desk.open(door="cli") as shell:
        for typed in ("", digest[:3], "000000"):
            with pytest.raises(NotAllowedError, match="digest"):
                shell.reviews.approve(row.id, revision=1, typed_digest=typed)
        approved = shell.reviews.approve(
            row.id, revision=1, typed_digest=digest[:6].upper()
        )

    assert approved.status == "approved"


def test_an_approval_is_for_the_revision_that_was_looked_at(
    workspace: Workspace, hand_in: New, fields: Fields
) -> None:
    row = hand_in()
    draft = workspace.drafts.compose(replace(fields, subject="changed"))
    workspace.drafts.edit(row.id, draft, revision=1)

    with pytest.raises(StaleApprovalError):
        workspace.reviews.approve(row.id, revision=1)


def test_an_edit_voids_the_approval(
    workspace: Workspace, hand_in: New, fields: Fields
) -> None:
    row = hand_in()
    workspace.reviews.approve(row.id, revision=1)
    draft = workspace.drafts.compose(replace(fields, subject="changed"))

    edited = workspace.drafts.edit(row.id, draft, revision=1)

    assert edited.status == "review"
    with pytest.raises(TransitionError):
        workspace.outbox.release(row.id)


def test_what_the_provider_cannot_say_is_refused_at_approval(
    workspace: Workspace, hand_in: New, provider: Script
) -> None:
    row = hand_in()
    provider.refuses = UnsupportedFeatureError("No Bcc here.", field="bcc")

    with pytest.raises(UnsupportedFeatureError):
        workspace.reviews.approve(row.id, revision=1)
    assert workspace.drafts.row(row.id).status == "review"


def test_mail_without_an_account_cannot_be_approved(
    desk: Desk, workspace: Workspace, hand_in: New
) -> None:
    row = hand_in()
    desk.config.with_name("accounts.toml").unlink()

    with pytest.raises(ConfigurationError):
        workspace.reviews.approve(row.id, revision=1)


def test_mail_for_nobody_cannot_be_approved(workspace: Workspace, write: New) -> None:
    row = write(to=(), cc=(), bcc=())

    with pytest.raises(NotComposableError):
        workspace.reviews.approve(row.id, revision=1)


def test_a_rejection_carries_its_reason(workspace: Workspace, hand_in: New) -> None:
    row = workspace.reviews.reject(hand_in().id, revision=1, reason=" wrong recipient ")

    assert row.status == "rejected"
    assert row.reason == "wrong recipient"


def test_a_rejection_can_be_taken_back(workspace: Workspace, hand_in: New) -> None:
    row = hand_in()
    workspace.reviews.reject(row.id, revision=1, reason="oops")

    assert workspace.reviews.undo_reject(row.id).status == "review"


def test_a_request_for_changes_gives_it_back_to_the_agent(
    workspace: Workspace, hand_in: New, fields: Fields
) -> None:
    row = hand_in()
    back = workspace.reviews.request_changes(row.id, revision=1, reason="too long")

    assert back.status == "draft"
    assert back.reason == "too long"
    with workspace.acting_as(BILLING, door="http"):
        draft = workspace.drafts.compose(replace(fields, text="short"))
        workspace.drafts.edit(row.id, draft, revision=1)
        assert workspace.drafts.request_review(row.id).status == "review"


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_reason_is_a_sentence(
    workspace: Workspace, hand_in: New, reason: str
) -> None:
    with pytest.raises(FieldError) as caught:
        workspace.reviews.reject(hand_in().id, revision=1, reason=reason)

    assert caught.value.field == "reason"


def test_what_was_sent_back_is_not_approved_behind_its_authors_back(
    workspace: Workspace, hand_in: New
) -> None:
    row = hand_in()
    back = workspace.reviews.request_changes(row.id, revision=1, reason="fix it")

    assert "approve" not in back.actions
    with pytest.raises(TransitionError, match="agent:billing has it"):
        workspace.reviews.approve(row.id, revision=1)


def test_a_removed_reviewers_yes_counts_no_more(
    workspace: Workspace, desk: Desk, hand_in: New
) -> None:
    say(desk, "[defaults]\nfour_eyes = true\n")
    name_reviewers(workspace, ALICE, BOB, CAROL)
    row = hand_in()
    workspace.reviews.approve(row.id, revision=1, signature=ALICE)
    workspace.reviewers.remove("alice")

    second = workspace.reviews.approve(row.id, revision=1, signature=BOB)
    third = workspace.reviews.approve(row.id, revision=1, signature=CAROL)

    assert (second.status, third.status) == ("review", "approved")


def test_where_there_are_reviewers_one_of_them_takes_a_rejection_back(
    workspace: Workspace, hand_in: New
) -> None:
    name_reviewers(workspace)
    row = workspace.reviews.reject(hand_in().id, revision=1, reason="no")

    with pytest.raises(NotAllowedError, match="for a reviewer"):
        workspace.reviews.undo_reject(row.id)
    again = workspace.reviews.undo_reject(row.id, signature=ALICE)

    assert again.status == "review"


@pytest.mark.parametrize(
    ("field", "line"), [("text", 99), ("", 99), ("nofield", 0), ("subject", 2)]
)
def test_a_comment_is_about_what_is_there(
    workspace: Workspace, hand_in: New, field: str, line: int
) -> None:
    row = hand_in(text="one\ntwo\n")
    comment = Comment(text="not so", field=field, line=line)

    with pytest.raises(FieldError, match=r"no line 99|no line 2|no field"):
        workspace.reviews.reject(row.id, revision=1, reason="no", comments=[comment])

    assert workspace.drafts.row(row.id).status == "review"
