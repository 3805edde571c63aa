"""Mail whose fate nobody knows: who may settle it, and what never may."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from tests.workspace.conftest import NOW, Desk, Script, account
from tests.workspace.test_delivery import (
    OK,
    drain,
    everybody,
    released,
)
from tuimail.core.message import Envelope
from tuimail.core.submission import Receipt, Verdict, VerdictKind, Verdicts
from tuimail.providers.base import Capabilities, LookUp, ProviderAccount, SendJob
from tuimail.testing import FakeProvider
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]
SILENCE = Receipt(stage="end_of_data", text="No answer came.")


async def goes_silent(job: SendJob) -> Verdicts:
    async for _ in job.pieces():
        pass
    await job.point_of_no_return("upload/7")
    return everybody(job, VerdictKind.UNKNOWN, SILENCE)


@dataclass
class Records:
    """What the providers' own record says, and what it was asked."""

    script: Script
    answer: VerdictKind | Exception | None = None
    asked: list[LookUp] = field(default_factory=list)


@pytest.fixture
def records(provider: Script, monkeypatch: pytest.MonkeyPatch) -> Records:
    """A provider that can be asked later whether it took a message."""
    records = Records(script=provider)

    class Remembering(FakeProvider):
        capabilities = Capabilities(can_look_up=True)

        def __init__(self, account: ProviderAccount) -> None:
            super().__init__(account)
            self.answers, self.jobs = provider.script, provider.jobs

        async def look_up(self, question: LookUp) -> Verdicts | None:
            records.asked.append(question)
            if isinstance(records.answer, Exception):
                raise records.answer
            if records.answer is None:
                return None
            return about(question.envelope, records.answer)

    monkeypatch.setattr(
        "tuimail.workspace.ways_out.provider_class", lambda _name: Remembering
    )
    return records


def about(envelope: Envelope, kind: VerdictKind) -> Verdicts:
    return Verdicts(
        by_recipient=tuple(
            Verdict(wire_address=one.wire_address, kind=kind, receipt=OK)
            for one in envelope.recipients
        )
    )


async def test_the_providers_record_says_that_it_was_taken(
    desk: Desk, workspace: Workspace, write: New, provider: Script, records: Records
) -> None:
    row = released(workspace, write)
    provider.answers(goes_silent)
    await drain(desk)
    records.answer = VerdictKind.SENT

    await drain(desk)

    assert workspace.drafts.row(row.id).status == "sent"
    assert len(provider.jobs) == 1
    (asked,) = records.asked
    assert asked.message_id == provider.jobs[0].message_id
    assert len(asked.envelope.recipients) == 3
    assert asked.handle == "upload/7"
    assert workspace.notices.untold() == ()


async def test_the_providers_record_says_that_it_was_not(
    desk: Desk, workspace: Workspace, write: New, provider: Script, records: Records
) -> None:
    """Then nothing is known to have left, and it is tried again in its turn."""
    row = released(workspace, write)
    provider.answers(goes_silent)
    await drain(desk)
    records.answer = VerdictKind.DEFERRED

    await drain(desk)
    waiting = workspace.drafts.row(row.id)
    desk.advance(3600)
    await drain(desk)

    assert waiting.status == "deferred"
    assert workspace.drafts.row(row.id).status == "sent"
    assert len(provider.jobs) == 2


@pytest.mark.parametrize("answer", [None, VerdictKind.UNKNOWN, OSError("no network")])
async def test_what_proves_nothing_changes_nothing(
    answer: VerdictKind | Exception | None, desk: Desk, write: New, records: Records
) -> None:
    records.script.answers(goes_silent)
    with desk.open() as workspace:
        row = released(workspace, write)
        await drain(desk)
        records.answer = answer

        await drain(desk)

        assert workspace.drafts.row(row.id).status == "unknown"
    assert len(records.asked) == 1
    assert len(records.script.jobs) == 1


async def test_what_a_person_decided_meanwhile_stays(
    desk: Desk, workspace: Workspace, write: New, provider: Script, records: Records
) -> None:
    row = released(workspace, write)
    provider.answers(goes_silent)
    await drain(desk)
    (question,) = workspace.delivery.questions()
    envelope = workspace.delivery.look_up(question).envelope
    workspace.outbox.give_up(row.id)

    workspace.delivery.answered(question, about(envelope, VerdictKind.SENT), jitter=1.0)

    assert workspace.drafts.row(row.id).status == "error"
    assert records.asked == []


async def test_an_account_that_is_gone_or_another_is_not_asked(
    desk: Desk, workspace: Workspace, write: New, provider: Script, records: Records
) -> None:
    released(workspace, write)
    provider.answers(goes_silent)
    await drain(desk)

    desk.save(account(name="other"))

    assert workspace.delivery.questions() == ()
    assert records.asked == []


async def test_an_account_may_say_that_the_unknown_is_sent_again(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    desk.save(account(on_unknown="resend"))
    row = released(workspace, write)
    provider.answers(goes_silent)

    await drain(desk)
    waiting = workspace.drafts.row(row.id)
    desk.advance(3600)
    await drain(desk)

    assert waiting.status == "deferred"
    assert "no answer came" in waiting.reason
    assert waiting.due_at is not None
    assert waiting.due_at > NOW
    assert workspace.drafts.row(row.id).status == "sent"
    first, second = provider.jobs
    assert first.message_id == second.message_id
    outcomes = [one.outcome for one in workspace.drafts.page(row.id).attempts]
    assert outcomes == ["lose", "accept"]


async def test_a_provider_that_knows_keys_is_asked_the_same_again(
    desk: Desk,
    workspace: Workspace,
    write: New,
    provider: Script,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(provider.kind, "capabilities", Capabilities(is_idempotent=True))
    row = released(workspace, write)
    provider.answers(goes_silent)

    await drain(desk)
    desk.advance(3600)
    await drain(desk)

    assert workspace.drafts.row(row.id).status == "sent"
    first, second = provider.jobs
    assert first.idempotency_key == second.idempotency_key


async def test_a_key_that_the_provider_has_forgotten_protects_nobody(
    desk: Desk,
    workspace: Workspace,
    write: New,
    provider: Script,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        provider.kind,
        "capabilities",
        Capabilities(is_idempotent=True, key_life=timedelta(hours=1)),
    )
    row = released(workspace, write)
    provider.answers(goes_silent, goes_silent)
    await drain(desk)
    desk.advance(2 * 3600)

    await drain(desk)

    assert workspace.drafts.row(row.id).status == "unknown"


async def test_a_late_answer_settles_what_was_given_up_for_lost(
    workspace: Workspace, write: New
) -> None:
    row = released(workspace, write)
    (claim,) = workspace.delivery.claim()
    workspace.delivery.commit(claim)
    workspace.recover()
    lost = workspace.drafts.row(row.id).status

    workspace.delivery.settle(
        claim, about(claim.envelope, VerdictKind.SENT), jitter=1.0
    )

    assert lost == "unknown"
    assert workspace.drafts.row(row.id).status == "sent"


async def test_a_late_answer_says_nothing_about_a_later_attempt(
    workspace: Workspace, write: New
) -> None:
    row = released(workspace, write)
    (claim,) = workspace.delivery.claim()
    workspace.delivery.commit(claim)
    workspace.recover()
    workspace.outbox.retry(row.id)
    (again,) = workspace.delivery.claim()
    workspace.delivery.commit(again)
    workspace.recover()

    workspace.delivery.settle(
        claim, about(claim.envelope, VerdictKind.REFUSED), jitter=1.0
    )

    assert workspace.drafts.row(row.id).status == "unknown"


async def test_nobody_knows_is_told_once(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = released(workspace, write)
    provider.answers(goes_silent)

    await drain(desk)

    (notice,) = workspace.notices.untold()
    assert row.id in f"{notice}"
    assert "archive@example.org" not in notice.sentence


async def test_a_person_may_send_again_what_no_key_protects(
    desk: Desk,
    workspace: Workspace,
    write: New,
    provider: Script,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(provider.kind, "capabilities", Capabilities(is_idempotent=True))
    row = released(workspace, write)
    provider.answers(goes_silent)
    await drain(desk)
    desk.advance(30 * 3600)
    await drain(desk)
    forgotten = workspace.drafts.row(row.id)

    workspace.outbox.retry(row.id)
    await drain(desk)

    assert forgotten.status == "unknown"
    assert "not recognise" in forgotten.reason
    assert workspace.drafts.row(row.id).status == "sent"
    assert len(provider.jobs) == 2


async def test_a_sender_that_dies_each_time_makes_no_copies_without_end(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    """Each restart would be one more, where the account says to send again."""
    desk.save(account(on_unknown="resend"))
    row = released(workspace, write)
    tries = 0
    while workspace.drafts.row(row.id).status != "unknown":
        desk.advance(24 * 3600)
        (claim,) = workspace.delivery.claim()
        workspace.delivery.commit(claim)
        workspace.recover()
        tries += 1

    assert tries == 3


async def test_a_lost_try_is_remembered_when_the_time_is_over(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    desk.save(account(on_unknown="resend"))
    row = released(workspace, write)
    provider.answers(goes_silent)
    await drain(desk)
    desk.advance(6 * 86_400)

    await drain(desk)

    shown = workspace.drafts.row(row.id)
    assert shown.status == "unknown"
    assert "may have arrived at an earlier try" in shown.reason
    assert len(provider.jobs) == 1
