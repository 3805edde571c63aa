"""A clock that is set lets nothing leave early and strands nothing."""

from collections.abc import Callable
from datetime import timedelta

from tests.workspace.conftest import NOW, Desk, Script
from tests.workspace.test_delivery import drain, released
from tuimail.core.schedule import Late
from tuimail.core.submission import AccountFault, Receipt, VerdictKind, Verdicts
from tuimail.providers.base import SendJob
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]
TEN_YEARS = 10 * 365 * 86_400


async def test_a_clock_ten_years_ahead_sends_nothing_and_gives_nothing_up(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    provider.answers(VerdictKind.DEFERRED)
    deferred = released(workspace, write)
    await drain(desk)
    planned = workspace.outbox.send(write().id, revision=1, at=NOW + timedelta(days=30))

    desk.advance(TEN_YEARS)
    await drain(desk)

    rows = [workspace.drafts.row(one.id) for one in (deferred, planned)]
    assert {row.status for row in rows} == {"held"}
    assert all("The clock says 2036" in row.reason for row in rows)
    assert len(provider.jobs) == 1


async def test_it_goes_on_by_that_clock_once_a_person_says_so(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    await drain(desk)
    desk.advance(3600)
    await drain(desk)
    row = released(workspace, write)
    desk.advance(TEN_YEARS)
    await drain(desk)
    held = workspace.drafts.row(row.id).status

    workspace.outbox.resume(row.id)
    later = released(workspace, write)
    await drain(desk)

    assert held == "held"
    assert workspace.drafts.row(later.id).status == "sent"
    assert len(provider.jobs) >= 1


async def test_a_clock_that_ran_ahead_strands_nothing_when_it_is_right_again(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    desk.advance(TEN_YEARS)
    provider.answers(VerdictKind.DEFERRED)
    deferred = released(workspace, write)
    await drain(desk)
    ready = released(workspace, write)

    desk.advance(-TEN_YEARS)
    await drain(desk)
    desk.advance(25 * 3600)
    await drain(desk)

    assert workspace.drafts.row(ready.id).status == "sent"
    assert workspace.drafts.row(deferred.id).status == "sent"


async def test_mail_planned_by_a_clock_that_ran_ahead_is_shown_to_a_person(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    desk.advance(TEN_YEARS)
    await drain(desk)
    planned = workspace.outbox.send(
        write().id, revision=1, at=desk.clock.now() + timedelta(days=1)
    )

    desk.advance(-TEN_YEARS)
    await drain(desk)

    shown = workspace.drafts.row(planned.id)
    assert shown.status == "held"
    assert "over a year away" in shown.reason
    assert provider.jobs == []


async def test_hours_of_sleep_and_daylight_saving_are_no_jump(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    await drain(desk)
    planned = workspace.outbox.send(
        write().id, revision=1, at=NOW + timedelta(hours=8), late=Late.SEND
    )

    desk.advance(-3600)
    await drain(desk)
    before = workspace.drafts.row(planned.id)
    desk.advance(11 * 3600)
    await drain(desk)

    assert (before.status, before.due_at) == ("ready", NOW + timedelta(hours=8))
    assert workspace.drafts.row(planned.id).status == "sent"
    assert len(provider.jobs) == 1


async def test_a_hold_that_ends_by_itself_does_not_end_by_a_jump(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    async def share_is_used_up(_job: SendJob) -> Verdicts:
        return Verdicts(
            fault=AccountFault.QUOTA,
            fault_receipt=Receipt(code=550, enhanced="5.4.5", text="Daily limit"),
            wait=timedelta(hours=24),
        )

    provider.answers(share_is_used_up)
    row = released(workspace, write)
    await drain(desk)

    desk.advance(TEN_YEARS)
    await drain(desk)

    assert workspace.drafts.row(row.id).status == "held"
    assert len(provider.jobs) == 1


async def test_mail_released_by_a_clock_that_ran_ahead_is_due_when_it_is_right(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    """Also where no sender ran while the clock was wrong."""
    desk.advance(TEN_YEARS)
    row = released(workspace, write)
    planned = workspace.outbox.send(
        write().id, revision=1, at=desk.clock.now() + timedelta(days=1)
    )

    desk.advance(-TEN_YEARS)
    await drain(desk)

    assert workspace.drafts.row(row.id).status == "sent"
    assert workspace.drafts.row(planned.id).status == "held"
