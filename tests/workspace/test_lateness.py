"""Mail that could not leave at the time somebody chose: asked about, not fired."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.workspace.conftest import NOW, Desk, Script
from tests.workspace.test_delivery import drain
from tuimail.core.schedule import Late
from tuimail.core.submission import AccountFault, Receipt, VerdictKind, Verdicts
from tuimail.providers.base import SendJob
from tuimail.testing import verdicts_for
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]
Planned = Callable[[Late], Row]
IN_AN_HOUR = NOW + timedelta(hours=1)
HOUR, QUARTER, DAYS = 3600, 900, 3 * 86_400


@pytest.fixture
def planned(workspace: Workspace, write: New) -> Callable[[Late], Row]:
    """Send a mail that is to leave in an hour."""

    def send(late: Late = Late.ASK) -> Row:
        return workspace.outbox.send(write().id, revision=1, at=IN_AN_HOUR, late=late)

    return send


def events(workspace: Workspace, row: Row) -> list[str]:
    return [line.event for line in workspace.drafts.journal(row.id)]


@pytest.mark.parametrize("late", list(Late))
async def test_a_quarter_of_an_hour_late_it_leaves_all_the_same(
    desk: Desk, workspace: Workspace, planned: Planned, provider: Script, late: Late
) -> None:
    row = planned(late)

    desk.advance(HOUR + QUARTER)
    await drain(desk)

    assert workspace.drafts.row(row.id).status == "sent"
    assert len(provider.jobs) == 1


async def test_later_it_is_held_and_a_person_is_told(
    desk: Desk, workspace: Workspace, planned: Planned, provider: Script
) -> None:
    row = planned(Late.ASK)

    desk.advance(HOUR + DAYS)
    await drain(desk)

    shown = workspace.drafts.row(row.id)
    (notice,) = workspace.notices.untold()
    assert (shown.status, provider.jobs) == ("held", [])
    assert shown.reason == (
        "It was to leave at 2026-03-02 15:02 UTC and is 3 d late: "
        "say whether it still is to."
    )
    assert (notice.kind, notice.about) == ("late", "Q3 report")
    assert "tuimail resume" in notice.hint


async def test_a_person_lets_it_leave_late(
    desk: Desk, workspace: Workspace, planned: Planned
) -> None:
    row = planned(Late.ASK)
    desk.advance(HOUR + DAYS)
    await drain(desk)

    workspace.outbox.resume(row.id)
    told_before = workspace.notices.untold()
    await drain(desk)

    assert told_before == ()
    assert workspace.drafts.row(row.id).status == "sent"


async def test_who_chose_so_has_it_leave_however_late(
    desk: Desk, workspace: Workspace, planned: Planned
) -> None:
    row = planned(Late.SEND)

    desk.advance(HOUR + DAYS)
    await drain(desk)

    assert workspace.drafts.row(row.id).status == "sent"


async def test_who_chose_so_has_a_draft_again(
    desk: Desk, workspace: Workspace, planned: Planned, provider: Script
) -> None:
    row = planned(Late.DRAFT)

    desk.advance(HOUR + 2 * HOUR)
    await drain(desk)

    (notice,) = workspace.notices.untold()
    assert workspace.drafts.row(row.id).status == "draft"
    assert provider.jobs == []
    assert "is 2 h late, so it is a draft again." in notice.sentence
    assert "tuimail show" in notice.hint
    assert "approval_spent" in events(workspace, row)


async def test_what_an_agent_handed_in_is_in_review_again(
    desk: Desk, workspace: Workspace, hand_in: New
) -> None:
    row = hand_in()
    workspace.reviews.approve(row.id, revision=1)
    workspace.outbox.release(row.id, at=IN_AN_HOUR, late=Late.DRAFT)

    desk.advance(HOUR + QUARTER + 60)
    await drain(desk)

    assert workspace.drafts.row(row.id).status == "review"
    assert "is 16 min late" in workspace.notices.untold()[0].sentence


async def test_mail_that_goes_on_after_its_account_was_held_is_asked_about(
    desk: Desk, workspace: Workspace, planned: Planned, provider: Script
) -> None:
    """An account that comes back on Monday does not fire Friday's mail."""
    row = planned(Late.ASK)
    workspace.accounts.hold("work")
    desk.advance(HOUR + DAYS)

    workspace.accounts.resume("work")
    await drain(desk)

    assert workspace.drafts.row(row.id).status == "held"
    assert provider.jobs == []


async def test_what_somebody_has_already_is_held_and_is_no_draft(
    desk: Desk, workspace: Workspace, planned: Planned, provider: Script
) -> None:
    """A fault of the account that shows for one of three leaves two who have it."""

    async def two_of_three(job: SendJob) -> Verdicts:
        told = verdicts_for(job.envelope, VerdictKind.SENT)
        return Verdicts(
            by_recipient=told.by_recipient[:2],
            fault=AccountFault.LOGIN,
            fault_receipt=Receipt(stage="rcpt", code=530),
        )

    row = planned(Late.DRAFT)
    provider.answers(two_of_three)
    desk.advance(HOUR)
    await drain(desk)
    desk.advance(DAYS)

    workspace.accounts.resume("work")
    await drain(desk)

    assert workspace.drafts.row(row.id).status == "held"
    assert "say whether" in workspace.drafts.row(row.id).reason


async def test_trying_it_now_is_a_persons_word(
    desk: Desk, workspace: Workspace, planned: Planned
) -> None:
    row = planned(Late.ASK)
    desk.advance(HOUR + DAYS)

    workspace.outbox.retry(row.id)
    await drain(desk)

    assert workspace.drafts.row(row.id).status == "sent"


async def test_mail_without_a_time_of_its_own_is_never_late(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    row = workspace.outbox.send(write().id, revision=1)

    desk.advance(DAYS)
    await drain(desk)

    assert workspace.drafts.row(row.id).status == "sent"
