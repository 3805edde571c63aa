"""What keeps mail waiting, what is known of a lost try, and when mail leaves."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.workspace.conftest import NOW, Desk, Script, account
from tests.workspace.test_delivery import drain
from tuimail.core.schedule import Late, Plan
from tuimail.core.submission import (
    AccountFault,
    Receipt,
    Verdict,
    VerdictKind,
    Verdicts,
)
from tuimail.errors import FieldError, NotAllowedError, TransitionError
from tuimail.providers.base import SendJob
from tuimail.testing import AfterThePoint, verdicts_for
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]
UNDO = timedelta(seconds=10)
FRIDAY = NOW + timedelta(days=4)


def send(workspace: Workspace, write: New, **options: object) -> Row:
    return workspace.outbox.send(write().id, revision=1, **options)  # type: ignore[arg-type]  # one test sets one


async def lost(desk: Desk, workspace: Workspace, write: New, provider: Script) -> Row:
    """Send a mail whose line breaks once all of it is out, but for one recipient."""

    async def breaks_off(job: SendJob) -> Verdicts:
        async for _ in job.pieces():
            """All of it goes out."""
        await job.point_of_no_return()
        desk.advance(31)
        first, *others = job.envelope.recipients
        refused = Receipt(stage="rcpt", code=550, text="5.1.1 nobody here")
        silence = Receipt(stage="end_of_data", text="the line broke")
        return Verdicts(
            by_recipient=(
                Verdict(
                    wire_address=first.wire_address,
                    kind=VerdictKind.REFUSED,
                    receipt=refused,
                ),
                *(
                    Verdict(
                        wire_address=one.wire_address,
                        kind=VerdictKind.UNKNOWN,
                        receipt=silence,
                        session="TLS 1.3, logged in as mara",
                        taken="250 2.1.5 Ok",
                    )
                    for one in others
                ),
            ),
            server="smtp.example.org:465",
        )

    provider.answers(breaks_off)
    row = send(workspace, write)
    await drain(desk)
    return workspace.drafts.row(row.id)


# Mail of unknown fate ----------------------------------------------------------


async def test_the_evidence_says_what_happened_in_its_order(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = await lost(desk, workspace, write, provider)

    found = workspace.queue.evidence(row.id)

    began, connected, taken, *_, handed, silence, refused = found.facts
    assert (began.at, began.text) == (NOW, "try 1 began with smtp.example.org:465")
    assert connected.text == "connected with TLS 1.3, logged in as mara"
    assert (taken.text, taken.quote) == ("bob@example.net was taken", "250 2.1.5 Ok")
    assert handed.at == NOW
    assert "bytes were handed over, digest " in handed.text
    assert silence.at == NOW + timedelta(seconds=31)
    assert (silence.text, silence.quote) == ("no answer in 31 s", "the line broke")
    assert refused.text == "ana@example.net is rejected"
    assert refused.quote == "5.1.1 nobody here"
    assert found.is_written
    assert found.to_type == "example.net"
    assert not found.can_inquire


async def test_what_went_out_whole_is_sent_again_only_for_the_domain(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    row = await lost(desk, workspace, write, provider)

    with pytest.raises(FieldError, match="All of the content went out") as caught:
        workspace.queue.send_again(row.id, typed="yes")
    again = workspace.queue.send_again(row.id, typed=" Example.NET ")

    assert caught.value.hint.endswith("example.net")
    assert again.status == "ready"


async def test_after_a_crash_nobody_knows_how_much_went_out_and_a_yes_will_do(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    row = send(workspace, write)
    (claim,) = workspace.delivery.claim()
    workspace.delivery.commit(claim)

    workspace.recover()
    found = workspace.queue.evidence(row.id)

    assert "The sender stopped after the content went out" in found.facts[2].quote
    assert not found.is_written
    assert workspace.queue.send_again(row.id).status == "ready"


async def test_an_answer_that_came_at_once_has_no_seconds(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    provider.answers(AfterThePoint(ConnectionError()))
    row = send(workspace, write, undo=timedelta(0))
    await drain(desk)

    texts = [one.text for one in workspace.queue.evidence(row.id).facts]

    assert texts[0] == "try 1 began"
    assert texts[-1] == "no answer came"


async def test_a_plug_in_that_skips_the_point_leaves_less_to_go_by(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    async def does_not_know(job: SendJob) -> Verdicts:
        return verdicts_for(job.envelope, VerdictKind.UNKNOWN)

    provider.answers(does_not_know)
    row = send(workspace, write)
    await drain(desk)

    texts = [one.text for one in workspace.queue.evidence(row.id).facts]

    assert texts == ["try 1 began", "no answer came"]


def test_there_is_no_evidence_where_the_fate_is_known(
    workspace: Workspace, write: New
) -> None:
    row = send(workspace, write)

    with pytest.raises(TransitionError, match="is ready, not unknown"):
        workspace.queue.evidence(row.id)
    with pytest.raises(TransitionError, match="not in the outbox"):
        workspace.queue.evidence(write().id)


async def test_only_a_blind_copy_left_lends_its_domain(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    async def only_the_last(job: SendJob) -> Verdicts:
        await job.point_of_no_return()
        kinds = (VerdictKind.SENT, VerdictKind.SENT, VerdictKind.UNKNOWN)
        return Verdicts(
            by_recipient=tuple(
                Verdict(wire_address=one.wire_address, kind=kind)
                for one, kind in zip(job.envelope.recipients, kinds, strict=True)
            )
        )

    async def whole(job: SendJob) -> Verdicts:
        async for _ in job.pieces():
            """All of it goes out."""
        return await only_the_last(job)

    provider.answers(whole)
    row = send(workspace, write)
    await drain(desk)

    assert workspace.queue.evidence(row.id).to_type == "example.org"


# Another time ------------------------------------------------------------------


def test_mail_that_can_be_taken_back_is_let_go_at_once(
    workspace: Workspace, write: New
) -> None:
    row = send(workspace, write, undo=UNDO)

    hurried = workspace.queue.hurry(row.id)

    assert "hurry" in row.actions
    assert (hurried.due_at, hurried.undo_until) == (NOW, None)
    assert "hurry" not in hurried.actions
    with pytest.raises(TransitionError, match="cannot be chosen"):
        workspace.queue.hurry(row.id)


def test_a_time_that_somebody_chose_outlives_the_hurry(
    workspace: Workspace, write: New
) -> None:
    row = send(workspace, write, undo=UNDO, at=FRIDAY)

    assert workspace.queue.hurry(row.id).due_at == FRIDAY


def test_mail_gets_another_time_and_keeps_its_bytes(
    workspace: Workspace, write: New
) -> None:
    row = send(workspace, write, undo=UNDO)
    before = workspace.drafts.page(row.id).release_digest

    planned = workspace.queue.plan(row.id, FRIDAY, late=Late.SEND)

    assert (planned.status, planned.due_at) == ("ready", FRIDAY)
    assert planned.undo_until is None
    assert planned.gives_up_at is not None
    assert planned.gives_up_at > FRIDAY
    assert workspace.queue.plan_of(row.id) == Plan(at=FRIDAY, late=Late.SEND)
    assert workspace.drafts.page(row.id).release_digest == before


def test_mail_with_a_time_leaves_now_after_all(
    workspace: Workspace, write: New
) -> None:
    row = send(workspace, write, at=FRIDAY)

    now = workspace.queue.plan(row.id, None)

    assert now.due_at == NOW
    assert workspace.queue.plan_of(row.id) is None


def test_held_mail_goes_on_with_its_new_time(workspace: Workspace, write: New) -> None:
    row = send(workspace, write)
    workspace.outbox.hold(row.id)

    planned = workspace.queue.plan(row.id, FRIDAY)

    assert (planned.status, planned.due_at, planned.reason) == ("ready", FRIDAY, "")


def test_mail_of_a_held_account_gets_no_time(workspace: Workspace, write: New) -> None:
    row = send(workspace, write)
    workspace.accounts.hold("work")

    with pytest.raises(NotAllowedError, match="The account work is held"):
        workspace.queue.plan(row.id, FRIDAY)

    assert workspace.drafts.row(row.id).status == "held"


@pytest.mark.parametrize("days", [-1, 400])
def test_a_time_that_is_past_or_too_far_is_refused(
    workspace: Workspace, write: New, days: int
) -> None:
    row = send(workspace, write)

    with pytest.raises(FieldError, match="not a time within the next year"):
        workspace.queue.plan(row.id, NOW + timedelta(days=days))


def test_a_time_after_the_end_of_its_use_is_refused(
    workspace: Workspace, write: New
) -> None:
    """Whoever released it said until when; another time does not undo that."""
    row = write()
    workspace.reviews.approve(row.id, revision=1)
    workspace.outbox.release(row.id, lifetime=timedelta(hours=1))

    with pytest.raises(FieldError, match="of no use after"):
        workspace.queue.plan(row.id, FRIDAY)
    sooner = workspace.queue.plan(row.id, NOW + timedelta(minutes=5))

    assert sooner.gives_up_at == NOW + timedelta(hours=1)


async def test_mail_that_was_tried_or_is_under_way_gets_no_time(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    provider.answers(VerdictKind.DEFERRED)
    tried = send(workspace, write)
    await drain(desk)
    desk.advance(3600)
    under_way = send(workspace, write)
    workspace.delivery.claim(only=under_way.id)

    with pytest.raises(TransitionError, match="is tried already"):
        workspace.queue.plan(tried.id, FRIDAY)
    with pytest.raises(TransitionError, match="being handed over"):
        workspace.queue.plan(under_way.id, FRIDAY)

    assert "plan" not in workspace.drafts.row(tried.id).actions


# Several, and accounts ---------------------------------------------------------


def test_all_that_can_be_is_taken_back(workspace: Workspace, write: New) -> None:
    first, second = send(workspace, write, undo=UNDO), send(workspace, write)
    (claim,) = workspace.delivery.claim(only=second.id)
    workspace.delivery.commit(claim)
    third = send(workspace, write, undo=UNDO)

    back = workspace.queue.take_all_back([third.id, second.id, first.id])

    assert [row.id for row in back] == [third.id, first.id]
    assert workspace.drafts.row(first.id).status == "draft"


async def test_several_are_tried_now_but_never_what_may_have_arrived(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    unknown = await lost(desk, workspace, write, provider)
    desk.advance(3600)
    provider.answers(VerdictKind.REFUSED)
    failed = send(workspace, write)
    await drain(desk)
    held = send(workspace, write)
    workspace.outbox.hold(held.id)

    retried = workspace.queue.retry_all([unknown.id, failed.id, held.id])

    assert [row.id for row in retried.tried] == [failed.id]
    assert [one.row.id for one in retried.left] == [unknown.id, held.id]
    assert "It may have arrived" in retried.left[0].why
    assert "until somebody lets it go on" in retried.left[1].why
    assert workspace.drafts.row(unknown.id).status == "unknown"


async def test_why_none_of_a_held_account_is_tried_is_the_reason_of_its_hold(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    row = send(workspace, write)
    workspace.accounts.hold("work", reason="The key is old.")

    retried = workspace.queue.retry_all([row.id])

    assert "The key is old." in retried.left[0].why


def test_nothing_is_in_the_way_of_open_accounts(
    workspace: Workspace, write: New
) -> None:
    send(workspace, write)

    assert workspace.queue.obstacles() == ()


async def test_held_accounts_are_told_once_with_all_that_waits(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    desk.save(account(), account("home"))
    provider.answers(AccountFault.LOGIN)
    send(workspace, write)
    await drain(desk)
    send(workspace, write)
    workspace.accounts.hold("home")

    found = {one.account: one for one in workspace.queue.obstacles()}

    assert found["work"].is_held
    assert found["work"].is_login
    assert found["work"].waiting == 2
    assert (found["home"].waiting, found["home"].is_login) == (0, False)


async def test_an_account_that_nobody_answers_for_is_told_as_that(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> None:
    async def unreachable(job: SendJob) -> Verdicts:
        receipt = Receipt(stage="connect", text="no route to host")
        return Verdicts(
            by_recipient=tuple(
                Verdict(
                    wire_address=one.wire_address,
                    kind=VerdictKind.DEFERRED,
                    receipt=receipt,
                )
                for one in job.envelope.recipients
            ),
            is_unreachable=True,
        )

    provider.answers(unreachable)
    send(workspace, write)
    await drain(desk)

    (found,) = workspace.queue.obstacles()

    assert found.is_unreachable
    assert not found.is_held
    assert found.until is not None
    assert found.until > NOW
    assert found.waiting == 1
