"""Warnings that a reviewer lets stand, with the reason."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.workspace.conftest import BILLING, Desk
from tests.workspace.reviewing import (  # noqa: F401 - fixtures among them
    ALICE,
    New,
    cheap_pins,
    name_reviewers,
)
from tuimail.errors import (
    AuthenticationError,
    FieldError,
    NotAllowedError,
    StaleApprovalError,
    TransitionError,
)
from tuimail.workspace.views import Row, Signature
from tuimail.workspace.workspace import Workspace

CODE = "att.forgotten"
REASON = "They have the file already."


@pytest.fixture(name="odd")
def odd_mail(hand_in: New) -> Row:
    """Hand in a mail that names a file and has none."""
    return hand_in(text="See the attached file.\n")


def accept(workspace: Workspace, row: Row, *codes: str, reason: str = REASON) -> None:
    workspace.reviews.accept(row.id, revision=1, codes=codes, reason=reason)


def test_a_warning_is_let_stand_by_somebody_for_a_reason(
    workspace: Workspace, odd: Row
) -> None:
    accept(workspace, odd, CODE)

    (one,) = workspace.drafts.page(odd.id).accepted
    assert (one.code, one.reason, one.actor) == (CODE, REASON, "person:mara")
    events = [line.event for line in workspace.drafts.journal(odd.id)]
    assert events[-1] == "warning_accepted"
    assert workspace.drafts.row(odd.id).status == "review"


def test_what_is_let_stand_keeps_its_reason_and_can_be_taken_up_again(
    workspace: Workspace, odd: Row
) -> None:
    accept(workspace, odd, CODE)
    accept(workspace, odd, CODE, reason="")
    (kept,) = workspace.drafts.page(odd.id).accepted

    accept(workspace, odd, reason="")

    assert kept.reason == REASON
    assert workspace.drafts.page(odd.id).accepted == ()


@pytest.mark.parametrize(
    ("code", "reason", "what"),
    [
        (CODE, "  ", "is missing"),
        (CODE, "x" * 501, "501 characters"),
        ("rcpt.bcc-external", REASON, "no warning about this revision"),
        ("nothing", REASON, "no warning about this revision"),
    ],
)
def test_no_warning_stands_without_a_reason_and_nothing_else_does(
    workspace: Workspace, odd: Row, code: str, reason: str, what: str
) -> None:
    with pytest.raises(FieldError, match=what):
        accept(workspace, odd, code, reason=reason)

    assert workspace.drafts.page(odd.id).accepted == ()


def test_another_revision_is_looked_at_anew(workspace: Workspace, odd: Row) -> None:
    accept(workspace, odd, CODE)
    draft = workspace.drafts.page(odd.id).draft

    workspace.drafts.edit(odd.id, replace(draft, subject="Other"), revision=1)

    assert workspace.drafts.page(odd.id).accepted == ()
    with pytest.raises(StaleApprovalError):
        accept(workspace, odd, CODE)


def test_of_what_was_decided_about_nothing_is_let_stand(
    workspace: Workspace, odd: Row
) -> None:
    workspace.reviews.reject(odd.id, revision=1, reason="No.")

    with pytest.raises(TransitionError, match="nobody decides about it now"):
        accept(workspace, odd, CODE)


def test_a_program_lets_nothing_stand(workspace: Workspace, odd: Row) -> None:
    with (
        workspace.acting_as(BILLING, door="http"),
        pytest.raises(NotAllowedError),
    ):
        accept(workspace, odd, CODE)


def test_a_reviewer_signs_for_it(workspace: Workspace, odd: Row) -> None:
    name_reviewers(workspace)
    with pytest.raises(AuthenticationError):
        workspace.reviews.accept(
            odd.id,
            revision=1,
            codes=(CODE,),
            reason=REASON,
            signature=Signature(name="alice", pin="000000"),
        )

    (one,) = workspace.reviews.accept(
        odd.id, revision=1, codes=(CODE,), reason=REASON, signature=ALICE
    )

    assert one.actor == "person:alice"


def test_it_goes_with_the_mail_when_that_is_purged(
    desk: Desk, workspace: Workspace, odd: Row
) -> None:
    accept(workspace, odd, CODE)
    workspace.reviews.reject(odd.id, revision=1, reason="No.")
    desk.clock.advance(timedelta(days=3))

    workspace.purging.purge(desk.clock.now() - timedelta(days=2))

    assert workspace._stores.acceptances.of(odd.id, 1) == ()
