"""What the sender does when something of ours, or of a provider's, goes wrong."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.workspace.conftest import MARA, Desk, Script, account
from tests.workspace.test_delivery import (
    OK,
    accepts,
    drain,
    everybody,
    hand_over,
    released,
)
from tuimail.core.submission import (
    AccountFault,
    Receipt,
    Verdict,
    VerdictKind,
    Verdicts,
)
from tuimail.errors import StoreError
from tuimail.providers.base import SendJob
from tuimail.store.batches import Batches
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.recovery import MISTAKES
from tuimail.workspace.sender import Sender
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]


async def test_mail_that_a_mistake_of_ours_ends_three_times_is_left_out(
    desk: Desk,
    workspace: Workspace,
    write: New,
    provider: Script,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One poisonous mail must not keep all the others from leaving."""
    poison, other = released(workspace, write), released(workspace, write)
    submit = Sender._submit

    async def stumbles(self: Sender, claim, handover):  # type: ignore[no-untyped-def]
        if claim.submission.draft_id == poison.id:
            raise ZeroDivisionError("secret text")
        return await submit(self, claim, handover)

    monkeypatch.setattr(Sender, "_submit", stumbles)
    for _ in range(MISTAKES):
        with pytest.raises(ZeroDivisionError):
            await drain(desk)
    await drain(desk)

    shown = workspace.drafts.row(poison.id)
    assert shown.status == "held"
    assert f"{MISTAKES} times in a row" in shown.reason
    assert workspace.drafts.row(other.id).status == "sent"
    texts = [one.receipt.text for one in workspace.drafts.page(poison.id).attempts]
    assert all("ZeroDivisionError" in text and "secret" not in text for text in texts)


async def test_a_mistake_after_the_point_of_no_return_makes_it_unknown(
    desk: Desk,
    workspace: Workspace,
    write: New,
    provider: Script,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = released(workspace, write)
    provider.answers(accepts)

    async def stumbles(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Sender, "_record", stumbles)
    with pytest.raises(ZeroDivisionError):
        await drain(desk)

    assert workspace.drafts.row(row.id).status == "unknown"


@pytest.mark.parametrize("status", ["deferred", "unknown"])
async def test_a_recipient_whom_the_provider_leaves_out_is_not_lost(
    status: str, desk: Desk, write: New, provider: Script
) -> None:
    async def says_little(job: SendJob) -> Verdicts:
        if status == "unknown":
            await hand_over(job)
        first = job.envelope.recipients[0].wire_address
        told = Verdict(wire_address=first, kind=VerdictKind.REFUSED, receipt=OK)
        return Verdicts(by_recipient=(told,))

    provider.answers(says_little)
    with desk.open() as workspace:
        row = released(workspace, write)

        await drain(desk)

        page = workspace.drafts.page(row.id)
    assert page.row.status == status
    states = [one.state.value for one in page.recipients]
    assert states == ["rejected", status, status]


async def test_attempts_of_one_account_run_side_by_side(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    """Once it is known to work: the second waits for the third, and so on."""
    desk.save(account(connections=3))
    for _ in range(4):
        released(workspace, write)
    together, meeting = [0], asyncio.Barrier(3)

    async def meets(job: SendJob) -> Verdicts:
        await hand_over(job)
        await meeting.wait()
        together[0] += 1
        return everybody(job, VerdictKind.SENT)

    provider.answers(accepts, meets, meets, meets)

    await asyncio.wait_for(drain(desk), timeout=20)

    assert together == [3]
    assert workspace.drafts.counts().sent == 4


async def test_an_account_set_up_anew_lets_what_was_begun_end(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    """The old connection is closed when the last attempt through it has ended."""
    desk.save(account(connections=2))
    for _ in range(4):
        released(workspace, write)
    another = asyncio.Event()
    closed_in_between: list[bool] = []

    async def is_overtaken(job: SendJob) -> Verdicts:
        desk.save(account(connections=2, secret="env:NEW_PASSWORD"))
        await another.wait()
        closed_in_between.append(any(one.is_closed for one in provider.made))
        return await accepts(job)

    async def overtakes(job: SendJob) -> Verdicts:
        another.set()
        return await accepts(job)

    provider.answers(accepts, is_overtaken, accepts, overtakes)

    await asyncio.wait_for(drain(desk), timeout=20)

    assert workspace.drafts.counts().sent == 4
    assert closed_in_between == [False]
    assert len([one for one in provider.made if one.is_closed]) == 2


async def test_what_is_being_sent_when_it_is_told_to_stop_ends_first(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row, later = released(workspace, write), released(workspace, write)
    async with Bridge(desk.open) as bridge:
        sender = Sender(bridge, jitter=lambda: 1.0)

        async def is_told(job: SendJob) -> Verdicts:
            sender.stop()
            await hand_over(job)
            return everybody(job, VerdictKind.SENT)

        provider.answers(is_told)
        await sender.run(asyncio.Event())

    assert sender.is_stopping
    assert workspace.drafts.row(row.id).status == "sent"
    assert workspace.drafts.row(later.id).status == "ready"


async def test_the_log_says_what_the_sender_does_and_names_nobody(
    desk: Desk, write: New, provider: Script, tmp_path: Path
) -> None:
    log = tmp_path / "tuimail.log"

    def opener() -> Workspace:
        return Workspace.open(
            desk.root,
            config_path=desk.config,
            actor=MARA,
            door="app",
            clock=desk.clock,
            environ={"TUIMAIL_LOG": str(log)},
        )

    with opener() as workspace:
        released(workspace, write)
    provider.answers(VerdictKind.DEFERRED)

    async with Bridge(opener) as bridge:
        await Sender(bridge).drain()

    events = [line.split()[1] for line in log.read_text().splitlines()]
    assert events == ["sender_started", "attempt_ended", "sender_stopped"]
    assert "@" not in log.read_text()


async def test_a_server_that_listens_gets_more_before_it_answers(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    """The answer to the content may take ten minutes."""
    for _ in range(2):
        released(workspace, write)
    second = asyncio.Event()

    async def takes_its_time(job: SendJob) -> Verdicts:
        job.progress("mail")
        await second.wait()
        return await accepts(job)

    async def is_second(job: SendJob) -> Verdicts:
        second.set()
        return await accepts(job)

    provider.answers(takes_its_time, is_second)

    await asyncio.wait_for(drain(desk), timeout=20)

    assert workspace.drafts.counts().sent == 2


async def test_a_server_that_asks_for_a_rest_is_met_by_one_after_it(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    for _ in range(4):
        released(workspace, write)
    at_once: list[int] = []

    async def asks_for_a_rest(job: SendJob) -> Verdicts:
        return replace(everybody(job, VerdictKind.DEFERRED), wait=timedelta(minutes=5))

    async def counts(job: SendJob) -> Verdicts:
        at_once.append(len(provider.jobs))
        await asyncio.sleep(0)
        at_once.append(len(provider.jobs))
        return everybody(job, VerdictKind.DEFERRED)

    provider.answers(accepts, asks_for_a_rest, asks_for_a_rest, asks_for_a_rest)
    await drain(desk)
    met = len(provider.jobs)
    provider.answers(counts)
    desk.advance(24 * 3600)
    await drain(desk)

    assert met <= 4
    assert at_once == [met + 1, met + 1]


async def test_what_was_claimed_before_a_login_was_refused_offers_no_password(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    rows = [released(workspace, write) for _ in range(2)]
    async with Bridge(desk.open) as bridge:
        sender = Sender(bridge)
        sender._refusals.note(account("work"), Verdicts(fault=AccountFault.LOGIN))

        await sender.drain()

    assert provider.jobs == []
    assert {workspace.drafts.page(one.id).row.status for one in rows} == {"held"}


async def test_a_server_that_goes_away_after_each_mail_is_left_alone(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    """A long queue would else become unknown as a whole."""
    desk.save(account(connections=2))
    for _ in range(12):
        released(workspace, write)

    async def goes_away(job: SendJob) -> Verdicts:
        await hand_over(job)
        return everybody(job, VerdictKind.UNKNOWN, Receipt(stage="end_of_data"))

    provider.answers(*[goes_away] * 12)

    await drain(desk)

    assert len(provider.jobs) == 1
    statuses = [row.status for row in workspace.drafts.rows()]
    assert sorted(statuses) == ["ready"] * 11 + ["unknown"]


async def test_an_account_that_hangs_keeps_no_other_waiting(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    desk.save(account(), account(name="other", connections=1))
    released(workspace, write, to=("x@slow.example",))
    others = [released(workspace, write, account="other") for _ in range(5)]
    over, done = asyncio.Event(), [0]

    async def acts(job: SendJob) -> Verdicts:
        if job.envelope.recipients[0].address == "x@slow.example":
            await over.wait()
            return await accepts(job)
        told = await accepts(job)
        done[0] += 1
        if done[0] == len(others):
            over.set()
        return told

    provider.answers(*[acts] * 6)

    await asyncio.wait_for(drain(desk), timeout=20)

    assert {workspace.drafts.row(row.id).status for row in others} == {"sent"}
    assert workspace.drafts.counts().sent == 6


async def test_a_disk_that_fails_before_the_point_is_no_try_and_is_named(
    desk: Desk,
    workspace: Workspace,
    write: New,
    provider: Script,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = released(workspace, write)
    provider.answers(accepts)

    def fails(*_: object, **__: object) -> frozenset[str]:
        raise StoreError("The disk failed.")

    monkeypatch.setattr(Batches, "commit", fails)
    await drain(desk)

    shown = workspace.drafts.row(row.id)
    assert (shown.status, shown.attempts) == ("deferred", 0)
    assert "This machine's disk failed" in shown.reason
