"""What was asked about is what is decided about, whatever others did meanwhile."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.tui.conftest import UNDO, Desk
from tuimail.core.submission import VerdictKind
from tuimail.errors import FieldError, StaleApprovalError, TransitionError
from tuimail.tui.screens import deciding
from tuimail.tui.screens.deciding import Consent
from tuimail.workspace.sending import drain


def test_a_draft_that_was_changed_since_the_question_is_not_thrown_away(
    desk: Desk,
) -> None:
    row = desk.write()
    draft = desk.page(row.id).draft
    desk.do(lambda ws: ws.drafts.edit(row.id, replace(draft, subject="B"), revision=1))

    with pytest.raises(StaleApprovalError, match="revision 1 is what was looked at"):
        desk.do(deciding.take(deciding.STEPS["discard"], row))

    assert desk.row(row.id).status == "draft"


def test_nothing_leaves_that_others_changed_and_approved_since_the_question(
    desk: Desk,
) -> None:
    first = desk.hand_in()
    asked = desk.do(lambda ws: ws.reviews.approve(first.id, revision=1))
    draft = desk.page(first.id).draft
    with desk.open() as workspace:
        workspace.drafts.edit(first.id, replace(draft, subject="B"), revision=1)
        workspace.reviews.approve(first.id, revision=2)

    with pytest.raises(StaleApprovalError):
        desk.do(deciding.release(asked, UNDO, Consent()))

    assert desk.row(first.id).status == "approved"


def test_a_time_at_which_it_cannot_leave_is_refused_before_it_is_approved(
    desk: Desk,
) -> None:
    row = desk.hand_in(expires_at=desk.clock.now() + timedelta(hours=2))
    page = desk.page(row.id)
    late = Consent(
        at=desk.clock.now() + timedelta(hours=3), release_digest=page.release_digest
    )

    with pytest.raises(FieldError, match="of no use after"):
        desk.do(deciding.approve_and_release(row, UNDO, late))

    assert desk.row(row.id).status == "review"


async def test_an_answer_about_one_lost_try_is_none_about_the_next(desk: Desk) -> None:
    asked = await desk.sent(VerdictKind.UNKNOWN)
    desk.answers.append(VerdictKind.UNKNOWN)
    desk.advance(1)
    desk.do(lambda ws: ws.outbox.retry(asked.id))
    await asyncio.to_thread(drain, desk.open)

    with pytest.raises(TransitionError, match="More happened"):
        desk.do(deciding.take(deciding.STEPS["give_up"], asked))

    assert desk.row(asked.id).status == "unknown"
