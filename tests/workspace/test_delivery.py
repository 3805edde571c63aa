"""The sender against scripted providers: one attempt at a time, no network."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.workspace.conftest import NOW, Desk, Script, account
from tuimail.core.submission import (
    AT_ONCE,
    AccountFault,
    Receipt,
    Verdict,
    VerdictKind,
    Verdicts,
)
from tuimail.errors import ConfigurationError, StoreError
from tuimail.providers.base import SendJob
from tuimail.store.batches import Batches
from tuimail.testing import Answer
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.fields import Fields
from tuimail.workspace.sender import Sender
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]
OK = Receipt(stage="end_of_data", code=250, text="250 2.0.0 queued as 4F2A")
LATER = Receipt(stage="rcpt", code=450, enhanced="4.2.0", text="450 4.2.0 Greylisted")
NEVER = Receipt(stage="rcpt", code=550, enhanced="5.1.1", text="550 5.1.1 No such user")


def everybody(job: SendJob, kind: VerdictKind, receipt: Receipt = OK) -> Verdicts:
    return Verdicts(
        by_recipient=tuple(
            Verdict(wire_address=one.wire_address, kind=kind, receipt=receipt)
            for one in job.envelope.recipients
        )
    )


async def hand_over(job: SendJob) -> bytes:
    """Do what every provider does: take the bytes, pass the point."""
    raw = b"".join([piece async for piece in job.pieces()])
    await job.point_of_no_return()
    return raw


async def accepts(job: SendJob) -> Verdicts:
    await hand_over(job)
    return everybody(job, VerdictKind.SENT)


def one_each(*answers: tuple[VerdictKind, Receipt]) -> Answer:
    async def submit(job: SendJob) -> Verdicts:
        await hand_over(job)
        return Verdicts(
            by_recipient=tuple(
                Verdict(
                    wire_address=one.wire_address,
                    kind=kind,
                    receipt=receipt,
                    wait=timedelta(minutes=5) if receipt is LATER else None,
                )
                for one, (kind, receipt) in zip(
                    job.envelope.recipients, answers, strict=True
                )
            )
        )

    return submit


async def drain(desk: Desk) -> None:
    async with Bridge(desk.open) as bridge:
        await Sender(bridge, jitter=lambda: 1.0).drain()


def released(workspace: Workspace, write: New, **changes: Any) -> Row:
    return workspace.outbox.send(write(**changes).id, revision=1)


async def test_what_leaves_is_what_was_approved(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    seen: list[bytes] = []

    async def keeps(job: SendJob) -> Verdicts:
        seen.append(await hand_over(job))
        return everybody(job, VerdictKind.SENT)

    row = released(workspace, write)
    provider.answers(keeps)

    await drain(desk)

    assert seen == [workspace.drafts.message_bytes(row.id)]
    page = workspace.drafts.page(row.id)
    assert page.row.status == "sent"
    assert page.row.reason == ""
    assert page.row.sent_at == NOW
    assert [one.state.value for one in page.recipients] == ["sent"] * 3
    assert [attempt.outcome for attempt in page.attempts] == ["accept"]


async def test_everybody_is_in_the_envelope_bcc_too(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    released(workspace, write)
    provider.answers(accepts)

    await drain(desk)

    (job,) = provider.jobs
    assert [one.wire_address for one in job.envelope.recipients] == [
        "ana@example.net",
        "bob@example.net",
        "archive@example.org",
    ]
    assert job.envelope.return_path == "mara@example.org"


async def test_only_those_who_are_left_are_tried_again(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = released(workspace, write)
    provider.answers(
        one_each(
            (VerdictKind.SENT, OK),
            (VerdictKind.REFUSED, NEVER),
            (VerdictKind.DEFERRED, LATER),
        ),
        accepts,
    )

    await drain(desk)
    deferred = workspace.drafts.row(row.id)
    desk.advance(24 * 3600)
    await drain(desk)

    assert deferred.status == "deferred"
    assert "450 4.2.0 Greylisted" in deferred.reason
    assert deferred.due_at is not None
    assert deferred.due_at >= NOW + timedelta(minutes=5)
    assert [one.wire_address for one in provider.jobs[1].envelope.recipients] == [
        "archive@example.org"
    ]
    assert workspace.drafts.row(row.id).status == "partial"


async def test_mail_refused_by_everybody_is_an_error_that_says_why(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = released(workspace, write)

    async def refuses(job: SendJob) -> Verdicts:
        return everybody(job, VerdictKind.REFUSED, NEVER)

    provider.answers(refuses)

    await drain(desk)

    shown = workspace.drafts.row(row.id)
    assert shown.status == "error"
    assert "550 5.1.1 No such user" in shown.reason
    assert "retry" in shown.actions


async def test_mail_whose_answer_never_came_is_unknown_and_waits_for_a_person(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = released(workspace, write)

    async def goes_silent(job: SendJob) -> Verdicts:
        await hand_over(job)
        return everybody(job, VerdictKind.UNKNOWN, Receipt(stage="end_of_data"))

    provider.answers(goes_silent)
    await drain(desk)
    desk.advance(3600)
    await drain(desk)

    shown = workspace.drafts.row(row.id)
    assert shown.status == "unknown"
    assert {"confirm", "retry", "give_up"} <= shown.actions
    assert len(provider.jobs) == 1


async def test_a_person_settles_the_unknown(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    rows = [released(workspace, write) for _ in range(3)]

    async def goes_silent(job: SendJob) -> Verdicts:
        await hand_over(job)
        return everybody(job, VerdictKind.UNKNOWN)

    provider.answers(goes_silent, goes_silent, goes_silent, accepts)
    await drain(desk)

    arrived, lost, again = rows
    assert workspace.outbox.confirm(arrived.id).status == "sent"
    assert workspace.outbox.give_up(lost.id).status == "error"
    assert workspace.outbox.retry(again.id).status == "ready"
    await drain(desk)
    assert workspace.drafts.row(again.id).status == "sent"
    first, last = provider.jobs[2], provider.jobs[3]
    assert {first.message_id, last.message_id} == {last.message_id}


async def test_confirming_says_nothing_about_who_was_refused(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = released(workspace, write)
    provider.answers(
        one_each(
            (VerdictKind.UNKNOWN, Receipt()),
            (VerdictKind.REFUSED, NEVER),
            (VerdictKind.DEFERRED, LATER),
        ),
    )
    await drain(desk)

    assert workspace.outbox.confirm(row.id).status == "deferred"
    told = [one.reason for one in workspace.drafts.page(row.id).recipients]
    assert told.count("A person says that it arrived.") == 1
    assert workspace.outbox.cancel(row.id).status == "partial"


async def test_a_login_that_fails_holds_the_account_and_counts_nothing(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    rows = [released(workspace, write) for _ in range(2)]

    async def refuses_login(_job: SendJob) -> Verdicts:
        text = "535 5.7.8 Authentication credentials invalid"
        return Verdicts(
            fault=AccountFault.LOGIN, fault_receipt=Receipt(code=535, text=text)
        )

    provider.answers(refuses_login)

    await drain(desk)

    shown = [workspace.drafts.row(row.id) for row in rows]
    assert {(row.status, row.attempts) for row in shown} == {("held", 0)}
    assert all("535 5.7.8" in row.reason for row in shown)
    (view,) = workspace.accounts.views()
    assert "535 5.7.8" in view.held_reason
    assert len(provider.jobs) == 1


async def breaks_early(_job: SendJob) -> Verdicts:
    raise ZeroDivisionError("oh")


async def breaks_late(job: SendJob) -> Verdicts:
    await hand_over(job)
    raise ZeroDivisionError("oh")


@pytest.mark.parametrize(
    ("submit", "status"), [(breaks_early, "deferred"), (breaks_late, "unknown")]
)
async def test_a_providers_bug_is_judged_by_how_far_it_got(
    desk: Desk,
    write: New,
    provider: Script,
    submit: Answer,
    status: str,
) -> None:
    provider.answers(submit)

    with desk.open() as workspace:
        row = released(workspace, write)
        await drain(desk)
        shown = workspace.drafts.row(row.id)

    assert shown.status == status
    assert "ZeroDivisionError" in shown.reason


@pytest.mark.parametrize("damage", ["changed", "gone"])
async def test_damaged_bytes_never_leave(
    desk: Desk,
    workspace: Workspace,
    write: New,
    provider: Script,
    damage: str,
) -> None:
    row = released(workspace, write)
    file = workspace.root / "outbound" / row.id / "message.eml"
    raw = file.read_bytes()
    file.unlink()
    if damage == "changed":
        file.write_bytes(raw.replace(b"numbers", b"letters"))
    provider.answers(accepts)

    await drain(desk)

    shown = workspace.drafts.row(row.id)
    assert shown.status == "held"
    assert "approved" in shown.reason
    assert shown.attempts == 0


async def test_mail_withdrawn_in_mid_attempt_does_not_leave(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = released(workspace, write)

    async def is_slow(job: SendJob) -> Verdicts:
        workspace.outbox.cancel(row.id)
        await hand_over(job)
        raise AssertionError("the point of no return must not be passed")

    provider.answers(is_slow)

    await drain(desk)

    assert workspace.drafts.row(row.id).status == "cancelled"


async def test_an_answer_for_withdrawn_mail_changes_nothing(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = released(workspace, write)

    async def refuses_late(job: SendJob) -> Verdicts:
        workspace.outbox.cancel(row.id)
        return everybody(job, VerdictKind.REFUSED, NEVER)

    provider.answers(refuses_late)

    await drain(desk)

    assert workspace.drafts.row(row.id).status == "cancelled"


async def test_mail_of_an_account_that_is_gone_is_held(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = released(workspace, write)
    desk.save(account("other"))

    await drain(desk)

    shown = workspace.drafts.row(row.id)
    assert shown.status == "held"
    assert "not configured" in shown.reason
    assert provider.jobs == []


async def test_mail_of_an_account_that_changed_is_held(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = released(workspace, write)
    desk.save(account(options={"host": "smtp.evil.example"}))

    await drain(desk)

    assert workspace.drafts.row(row.id).status == "held"
    assert provider.jobs == []


async def test_settings_a_provider_refuses_hold_the_account(
    desk: Desk,
    workspace: Workspace,
    write: New,
    provider: Script,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = released(workspace, write)

    def refuse(_name: str) -> Script:
        raise ConfigurationError("There is no provider of that name.")

    monkeypatch.setattr("tuimail.workspace.ways_out.provider_class", refuse)

    await drain(desk)

    shown = workspace.drafts.row(row.id)
    assert shown.status == "held"
    assert "no provider of that name" in shown.reason


async def test_mail_is_given_up_after_five_days(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = released(workspace, write)
    provider.answers(
        one_each(
            (VerdictKind.SENT, OK),
            (VerdictKind.DEFERRED, LATER),
            (VerdictKind.DEFERRED, LATER),
        )
    )
    await drain(desk)
    desk.advance(6 * 24 * 3600)

    await drain(desk)

    assert workspace.drafts.row(row.id).status == "partial"
    assert "by 2026-03-07 14:02 UTC" in workspace.drafts.row(row.id).reason


async def test_retrying_does_not_wait_for_the_time(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = released(workspace, write)

    async def defers(job: SendJob) -> Verdicts:
        return everybody(job, VerdictKind.DEFERRED, LATER)

    provider.answers(defers, accepts)
    await drain(desk)

    workspace.outbox.retry(row.id)
    await drain(desk)

    assert workspace.drafts.row(row.id).status == "sent"


async def test_accounts_do_not_wait_for_each_other(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    """Both attempts are open at once: the first waits for the second to begin."""
    desk.save(account(), account("home"))
    begun = asyncio.Event()

    async def waits(job: SendJob) -> Verdicts:
        await begun.wait()
        return await accepts(job)

    async def begins(job: SendJob) -> Verdicts:
        begun.set()
        return await accepts(job)

    rows = [released(workspace, write), released(workspace, write, account="home")]
    provider.answers(waits, begins)

    await drain(desk)

    assert [workspace.drafts.row(row.id).status for row in rows] == ["sent", "sent"]


async def test_connections_are_closed_at_the_end(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    released(workspace, write)
    provider.answers(accepts)

    await drain(desk)

    assert any(one.is_closed for one in provider.made)


def failing(times: int) -> Callable[..., Any]:
    """Return a ``settle`` that the disk refuses so many times."""
    settle = Batches.settle
    tries: list[int] = []

    def refused(self: Batches, *args: Any, **options: Any) -> frozenset[str]:
        tries.append(1)
        if len(tries) <= times:
            raise StoreError("The disk is full.")
        return settle(self, *args, **options)

    return refused


async def test_an_answer_is_kept_until_the_disk_takes_it(
    desk: Desk,
    write: New,
    provider: Script,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the server said must not become unknown because a disk is full."""
    monkeypatch.setattr("tuimail.workspace.sender.RECORD_AGAIN", timedelta(0))
    monkeypatch.setattr(Batches, "settle", failing(3))
    provider.answers(accepts)

    with desk.open() as workspace:
        row = released(workspace, write)
        await drain(desk)

        assert workspace.drafts.row(row.id).status == "sent"


async def test_a_disk_that_never_takes_it_ends_the_sender(
    desk: Desk,
    workspace: Workspace,
    write: New,
    provider: Script,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    released(workspace, write)
    released(workspace, write)
    provider.answers(accepts, accepts)
    monkeypatch.setattr("tuimail.workspace.sender.RECORD_AGAIN", timedelta(0))
    monkeypatch.setattr("tuimail.workspace.sender.RECORD_TRIES", 2)
    monkeypatch.setattr(Batches, "settle", failing(99))

    with pytest.raises(StoreError):
        await drain(desk)
    assert len(provider.jobs) == 1


async def test_a_held_account_names_no_recipient(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    """What holds an account is shown beside all of its mail."""
    row = released(workspace, write)
    text = "550 5.4.5 <archive@example.org> Daily quota"
    said = Receipt(stage="rcpt", code=550, enhanced="5.4.5", text=text)

    async def is_full(_job: SendJob) -> Verdicts:
        return Verdicts(fault=AccountFault.QUOTA, fault_receipt=said)

    provider.answers(is_full)
    await drain(desk)

    (view,) = workspace.accounts.views()
    assert view.held_reason
    assert "archive" not in view.held_reason + workspace.drafts.row(row.id).reason


async def test_what_was_taken_back_and_edited_in_mid_attempt_stays_a_draft(
    desk: Desk, workspace: Workspace, write: New, fields: Fields, provider: Script
) -> None:
    row = released(workspace, write)

    async def is_slow(job: SendJob) -> Verdicts:
        workspace.outbox.take_back(row.id)
        draft = workspace.drafts.compose(replace(fields, text="other"))
        workspace.drafts.edit(row.id, draft, revision=1)
        await hand_over(job)
        raise AssertionError("the point of no return must not be passed")

    provider.answers(is_slow)

    await drain(desk)

    assert workspace.drafts.row(row.id).status == "draft"


async def test_resuming_makes_damaged_bytes_again(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = released(workspace, write)
    file = workspace.root / "outbound" / row.id / "message.eml"
    file.unlink()
    provider.answers(accepts)
    await drain(desk)
    assert workspace.drafts.row(row.id).status == "held"

    workspace.outbox.resume(row.id)
    await drain(desk)

    assert workspace.drafts.row(row.id).status == "sent"
    assert provider.jobs[-1].size_bytes == file.stat().st_size


async def test_a_row_does_not_say_which_blind_copy_was_refused(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    """Rows are shown to everybody, and servers repeat what they refuse."""
    row = released(workspace, write)
    words = "550 5.1.1 <Archive@example.org>: no such user"
    named = Receipt(stage="rcpt", code=550, enhanced="5.1.1", text=words)
    provider.answers(
        one_each(
            (VerdictKind.SENT, OK), (VerdictKind.SENT, OK), (VerdictKind.REFUSED, named)
        )
    )

    await drain(desk)

    page = workspace.drafts.page(row.id)
    assert page.row.reason
    assert "archive" not in page.row.reason.casefold()
    assert page.recipients[-1].receipt.text == words


async def test_settings_that_were_mended_are_used_at_once(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    """A new password or authority is no other account, but another connection."""
    released(workspace, write)
    released(workspace, write)

    async def mends(job: SendJob) -> Verdicts:
        desk.save(account(secret="env:NEW_PASSWORD"))
        return await accepts(job)

    provider.answers(mends, accepts)
    await drain(desk)

    connected = [one for one in provider.made if one.is_closed]
    assert len(provider.jobs) == 2
    assert len(connected) == 2


CROWDED = Receipt(stage="rcpt", code=452, enhanced="4.5.3", text="452 4.5.3 Too many")


def takes_one(*, wait: timedelta | None = AT_ONCE) -> Answer:
    """Return a provider that takes the first recipient of each transaction."""

    async def submit(job: SendJob) -> Verdicts:
        await hand_over(job)
        first, *rest = job.envelope.recipients
        taken = Verdict(wire_address=first.wire_address, kind=VerdictKind.SENT)
        waiting = [
            Verdict(
                wire_address=one.wire_address,
                kind=VerdictKind.DEFERRED,
                receipt=CROWDED,
                wait=wait,
            )
            for one in rest
        ]
        return Verdicts(by_recipient=(taken, *waiting))

    return submit


async def test_those_who_were_too_many_follow_at_once(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = released(workspace, write)
    provider.answers(takes_one(), takes_one(), takes_one())

    await drain(desk)

    assert workspace.drafts.row(row.id).status == "sent"
    assert [len(job.envelope.recipients) for job in provider.jobs] == [3, 2, 1]


async def test_a_server_that_takes_nobody_is_left_alone(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = released(workspace, write)

    async def takes_nobody(job: SendJob) -> Verdicts:
        return everybody(job, VerdictKind.DEFERRED, CROWDED)

    provider.answers(takes_nobody)
    await drain(desk)

    assert workspace.drafts.row(row.id).status == "deferred"
    assert len(provider.jobs) == 1


def faulty(kind: VerdictKind, count: int) -> Answer:
    """Return a provider that answers for some before the account's fault."""

    async def submit(job: SendJob) -> Verdicts:
        known = tuple(
            Verdict(wire_address=one.wire_address, kind=kind, receipt=NEVER)
            for one in job.envelope.recipients[:count]
        )
        return Verdicts(by_recipient=known, fault=AccountFault.QUOTA)

    return submit


async def test_who_was_refused_before_the_fault_is_not_offered_again(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = released(workspace, write)
    provider.answers(faulty(VerdictKind.REFUSED, 1), accepts)
    await drain(desk)
    assert workspace.drafts.row(row.id).status == "held"

    workspace.accounts.resume("work")
    await drain(desk)

    assert workspace.drafts.row(row.id).status == "partial"
    assert len(provider.jobs[1].envelope.recipients) == 2


async def test_a_fault_after_everybody_was_refused_settles_the_mail(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = released(workspace, write)
    provider.answers(faulty(VerdictKind.REFUSED, 3))

    await drain(desk)

    assert workspace.drafts.row(row.id).status == "error"
    (view,) = workspace.accounts.views()
    assert view.held_reason
