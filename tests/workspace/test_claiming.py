"""What is claimed, how much at once, and what is settled on the way."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.workspace.conftest import NOW, Desk, Script, account
from tests.workspace.test_delivery import (
    LATER,
    NEVER,
    accepts,
    drain,
    everybody,
    released,
)
from tuimail.core.pacing import Limits
from tuimail.core.submission import VerdictKind, Verdicts
from tuimail.providers.base import Capabilities, SendJob
from tuimail.workspace.claiming import AHEAD, Load
from tuimail.workspace.fields import Fields
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]


def proven(**busy: int) -> Load:
    return Load(busy=busy, proven={"work"})


def claimed(workspace: Workspace, load: Load | None = None) -> list[str]:
    found = workspace.delivery.claim(load=load or Load())
    return [claim.submission.draft_id for claim in found]


def test_an_account_is_tried_with_one_mail_first(
    workspace: Workspace, write: New
) -> None:
    rows = [released(workspace, write) for _ in range(3)]

    assert claimed(workspace) == [rows[0].id]
    assert claimed(workspace, Load(busy={"work": 1})) == []


def test_an_account_that_works_gets_as_many_as_it_has_connections(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    desk.save(account(connections=2))
    rows = [released(workspace, write) for _ in range(4)]

    assert claimed(workspace, proven()) == [row.id for row in rows[:2]]
    assert claimed(workspace, proven(work=2)) == []
    assert claimed(workspace, proven(work=1)) == [rows[2].id]


def test_a_pipelined_provider_has_mail_waiting_for_each_connection(
    desk: Desk,
    workspace: Workspace,
    write: New,
    provider: Script,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And gets more in one go when half of it is done."""
    monkeypatch.setattr(provider.kind, "capabilities", Capabilities(is_pipelined=True))
    desk.save(account(connections=1))
    for _ in range(2 * AHEAD):
        released(workspace, write)

    assert len(claimed(workspace, proven())) == AHEAD
    assert claimed(workspace, proven(work=AHEAD - 1)) == []
    assert len(claimed(workspace, proven(work=AHEAD // 2))) == AHEAD - AHEAD // 2


def test_small_mail_is_read_at_once_and_big_mail_in_pieces(
    workspace: Workspace, write: New
) -> None:
    small = released(workspace, write)
    big = released(workspace, write, text="A line of the body.\n" * 10_000)

    claims = {
        one.submission.draft_id: one for one in workspace.delivery.claim(load=proven())
    }

    assert claims[small.id].content == workspace.drafts.message_bytes(small.id)
    assert claims[big.id].content is None
    assert b"".join(claims[big.id].read()) == workspace.drafts.message_bytes(big.id)


@pytest.mark.parametrize("size", ["small", "big"])
async def test_bytes_that_were_damaged_hold_the_mail(
    size: str, desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    text = "A line of the body.\n" * (10_000 if size == "big" else 1)
    rows = [released(workspace, write, text=text) for _ in range(3)]
    paths = [workspace.root / "outbound" / row.id / "message.eml" for row in rows]
    for path in paths:
        path.chmod(0o600)
    paths[0].write_bytes(paths[0].read_bytes().replace(b"Ana", b"Eve"))
    paths[1].unlink()
    paths[2].write_bytes(paths[2].read_bytes() + b"more\r\n")

    await drain(desk)

    assert {workspace.drafts.row(row.id).status for row in rows} == {"held"}
    assert all("digest" in workspace.drafts.row(row.id).reason for row in rows)
    assert provider.jobs
    assert sum(len(one.contents) for one in provider.made) == 0


async def test_a_limit_of_recipients_makes_several_attempts_of_one_mail(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    desk.save(account(recipients_per_message=2))
    row = released(workspace, write)
    provider.answers(accepts, accepts)

    await drain(desk)

    assert [len(job.envelope.recipients) for job in provider.jobs] == [2, 1]
    assert workspace.drafts.row(row.id).status == "sent"
    assert len({job.message_id for job in provider.jobs}) == 1


async def test_what_is_over_the_limit_waits_without_being_tried(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    desk.save(account(limits=Limits(per_hour=4)))
    rows = [released(workspace, write, cc=(), bcc=()) for _ in range(5)]

    await drain(desk)
    first = [workspace.drafts.row(row.id).status for row in rows]
    desk.advance(3700)
    await drain(desk)

    assert first == ["sent"] * 4 + ["ready"]
    assert workspace.drafts.row(rows[4].id).status == "sent"
    assert workspace.drafts.row(rows[4].id).attempts == 1


async def test_a_full_destination_keeps_nobody_else_waiting(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    desk.save(account(limits=Limits(destination_per_hour=1)))
    changes: dict[str, Any] = {"cc": (), "bcc": ()}
    there = [released(workspace, write, **changes) for _ in range(2)]
    elsewhere = released(workspace, write, to=("x@other.example",), **changes)

    await drain(desk)

    assert workspace.drafts.row(there[0].id).status == "sent"
    assert workspace.drafts.row(elsewhere.id).status == "sent"
    waiting = workspace.drafts.row(there[1].id)
    assert (waiting.status, waiting.attempts) == ("ready", 0)
    assert waiting.due_at is not None
    assert NOW < waiting.due_at <= NOW + timedelta(hours=1, minutes=1)


async def test_what_never_left_uses_up_no_limit(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    desk.save(account(limits=Limits(per_day=3)))
    row = released(workspace, write)
    provider.answers(VerdictKind.DEFERRED, accepts)

    await drain(desk)
    desk.advance(120)
    await drain(desk)

    assert workspace.drafts.row(row.id).status == "sent"


def test_mail_of_an_account_that_is_gone_is_held_and_no_other_is_kept_back(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    row = released(workspace, write)
    desk.save(account(name="other"))
    other = released(workspace, write)

    found = workspace.delivery.claim()

    assert [one.submission.draft_id for one in found] == [other.id]
    held = workspace.drafts.row(row.id)
    assert held.status == "held"
    assert "not configured" in held.reason


async def test_whoever_was_never_offered_goes_before_who_was_told_to_come_back(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    """Else one full mailbox would keep the others from ever being tried."""
    desk.save(account(recipients_per_message=1))
    row = released(workspace, write)

    async def first_is_full(job: SendJob) -> Verdicts:
        address = job.envelope.recipients[0].wire_address
        if address == "ana@example.net":
            return everybody(job, VerdictKind.DEFERRED, LATER)
        return await accepts(job)

    provider.answers(*[first_is_full] * 9)
    for _ in range(4):
        await drain(desk)
        desk.advance(3600)

    states = [one.state.value for one in workspace.drafts.page(row.id).recipients]
    assert states == ["deferred", "sent", "sent"]


async def test_a_first_share_that_is_refused_lets_the_next_go_at_once(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    desk.save(account(recipients_per_message=1))
    row = released(workspace, write)

    async def refuses(job: SendJob) -> Verdicts:
        return everybody(job, VerdictKind.REFUSED, NEVER)

    provider.answers(refuses, refuses, accepts)

    await drain(desk)

    assert workspace.drafts.row(row.id).status == "partial"
    assert len(provider.jobs) == 3


async def test_mail_that_was_never_tried_is_not_given_up(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    """As where the machine was off for a week."""
    row = released(workspace, write)
    desk.advance(6 * 86_400)

    await drain(desk)

    shown = workspace.drafts.row(row.id)
    assert shown.status == "held"
    assert "without being tried" in shown.reason
    assert provider.jobs == []


@pytest.mark.parametrize("why", ["held", "late"])
async def test_the_point_of_no_return_is_not_passed(
    why: str, desk: Desk, write: New, provider: Script
) -> None:
    """Where the account was held, or the time is over, since it was claimed."""
    with desk.open() as workspace:
        if why == "late":
            row = workspace.drafts.new(
                workspace.drafts.compose(Fields(to=("ana@example.net",), text="Hi"))
            )
            workspace.outbox.send(row.id, revision=1)
        else:
            row = released(workspace, write)

        async def is_stopped(job: SendJob) -> Verdicts:
            if why == "held":
                workspace.accounts.hold("work")
            else:
                desk.advance(6 * 86_400)
            return await accepts(job)

        provider.answers(is_stopped)
        await drain(desk)

        shown = workspace.drafts.row(row.id)
        attempts = workspace.drafts.page(row.id).attempts
    assert shown.status == ("held" if why == "held" else "error")
    assert [one.committed_at for one in attempts] == [None]


async def test_those_who_follow_wait_for_no_answer_of_the_server(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    desk.save(account(recipients_per_message=2, limits=Limits(per_hour=2)))
    row = released(workspace, write)
    provider.answers(accepts)

    await drain(desk)

    shown = workspace.drafts.row(row.id)
    assert shown.status == "deferred"
    assert "Accepted" not in shown.reason
