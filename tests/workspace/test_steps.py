"""Mail that was held for longer than it is tried for."""

from collections.abc import Callable
from datetime import timedelta

from tests.workspace.conftest import Desk
from tuimail.workspace.fields import Fields
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]
WEEK = 7 * 86_400


def test_mail_of_an_account_that_was_held_for_a_week_is_tried_all_the_same(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    workspace.accounts.hold("work")
    desk.advance(WEEK)

    workspace.accounts.resume("work")

    (claim,) = workspace.delivery.claim()
    assert claim.submission.draft_id == row.id
    assert claim.submission.give_up_at == desk.clock.now() + timedelta(days=5)


def test_mail_that_is_of_no_use_after_a_time_gets_no_more_of_it(
    desk: Desk, workspace: Workspace, fields: Fields
) -> None:
    draft = workspace.drafts.compose(fields)
    row = workspace.outbox.send_new(draft, lifetime=timedelta(days=6))
    workspace.outbox.hold(row.id)
    desk.advance(WEEK)

    workspace.outbox.resume(row.id)

    assert workspace.delivery.claim() == ()
    assert workspace.drafts.row(row.id).status == "error"


def test_nor_does_mail_that_was_released_for_a_time(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    row = workspace.drafts.request_review(write().id)
    workspace.reviews.approve(row.id, revision=1)
    workspace.outbox.release(row.id, lifetime=timedelta(hours=1))
    workspace.outbox.hold(row.id)
    desk.advance(WEEK)

    workspace.outbox.resume(row.id)

    assert workspace.delivery.claim() == ()
    assert workspace.drafts.row(row.id).status == "error"
