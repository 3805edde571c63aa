"""The sender keeps to limits, leaves a server alone, and goes on by itself."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.workspace.conftest import NOW, Desk, Script, account
from tests.workspace.test_delivery import accepts, drain
from tuimail.core.pacing import Limits
from tuimail.core.submission import (
    AccountFault,
    Receipt,
    Verdict,
    VerdictKind,
    Verdicts,
)
from tuimail.providers.base import SendJob
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]
FULL = Receipt(stage="rcpt", code=550, enhanced="5.4.5", text="550 5.4.5 Daily limit")


@pytest.fixture
def five(workspace: Workspace, write: New) -> list[str]:
    """Five mails to three people each, released in this order."""
    return [workspace.outbox.send(write().id, revision=1).id for _ in range(5)]


def statuses(workspace: Workspace, ids: list[str]) -> list[str]:
    return [workspace.drafts.row(one).status for one in ids]


def attempts(workspace: Workspace, ids: list[str]) -> list[int]:
    return [len(workspace.drafts.page(one).attempts) for one in ids]


async def unreachable(job: SendJob) -> Verdicts:
    return Verdicts(
        by_recipient=tuple(
            Verdict(
                wire_address=one.wire_address,
                kind=VerdictKind.DEFERRED,
                receipt=Receipt(stage="connect", text="Connection refused"),
            )
            for one in job.envelope.recipients
        ),
        is_unreachable=True,
    )


async def full(_job: SendJob) -> Verdicts:
    return Verdicts(
        fault=AccountFault.QUOTA, fault_receipt=FULL, wait=timedelta(hours=1)
    )


async def test_no_more_leaves_than_a_limit_allows(
    desk: Desk, workspace: Workspace, five: list[str], provider: Script
) -> None:
    desk.save(account(limits=Limits(per_minute=6)))
    provider.answers(*[accepts] * 5)
    sent = []
    for _ in range(3):
        await drain(desk)
        sent.append(statuses(workspace, five).count("sent"))
        desk.advance(61)

    assert sent == [2, 4, 5]
    assert attempts(workspace, five) == [1] * 5


async def test_what_was_not_reached_counts_against_no_limit(
    desk: Desk, workspace: Workspace, five: list[str], provider: Script
) -> None:
    desk.save(account(limits=Limits(per_day=15)))
    provider.answers(unreachable, *[accepts] * 5)
    await drain(desk)
    desk.advance(120)
    await drain(desk)

    assert statuses(workspace, five) == ["sent"] * 5


async def test_one_mail_finds_out_that_a_server_is_gone_and_the_others_wait(
    desk: Desk, workspace: Workspace, five: list[str], provider: Script
) -> None:
    provider.answers(unreachable)

    await drain(desk)

    assert sorted(attempts(workspace, five)) == [0, 0, 0, 0, 1]
    waiting = [workspace.drafts.row(one) for one in five]
    waiting = [one for one in waiting if one.status == "ready"]
    assert {one.due_at for one in waiting} == {NOW + timedelta(seconds=10)}
    assert {one.attempts for one in waiting} == {0}
    assert all("work" in one.reason for one in waiting)


async def test_one_mail_finds_out_that_it_is_back_and_the_others_follow(
    desk: Desk, workspace: Workspace, five: list[str], provider: Script
) -> None:
    provider.answers(unreachable, unreachable, *[accepts] * 5)
    await drain(desk)
    desk.advance(10)
    await drain(desk)
    tried = sum(attempts(workspace, five))
    desk.advance(300)
    await drain(desk)

    assert tried == 2
    assert statuses(workspace, five) == ["sent"] * 5
    assert workspace.accounts.view("work").rest_reason == ""


async def test_mail_goes_on_by_itself_when_a_share_returns(
    desk: Desk, workspace: Workspace, five: list[str], provider: Script
) -> None:
    provider.answers(full, *[accepts] * 5)
    await drain(desk)
    held = workspace.accounts.view("work")
    before = statuses(workspace, five)
    desk.advance(3599)
    await drain(desk)
    early = statuses(workspace, five)
    desk.advance(1)
    await drain(desk)

    assert held.held_until == NOW + timedelta(hours=1)
    assert before == early == ["held"] * 5
    assert statuses(workspace, five) == ["sent"] * 5
    assert {workspace.drafts.row(one).attempts for one in five} == {1}
