"""The desk for the outbox: nothing leaves that was not released."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.workspace.conftest import BILLING, NOW, Desk, account
from tuimail.core.submission import RecipientState, VerdictKind
from tuimail.errors import (
    DigestMismatchError,
    FieldError,
    NotAllowedError,
    StaleApprovalError,
    TransitionError,
)
from tuimail.testing import verdicts_for
from tuimail.workspace.claiming import Claim
from tuimail.workspace.fields import Fields
from tuimail.workspace.outbox import HELD_BY_HAND
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]
UNDO = timedelta(seconds=10)


def claimed(workspace: Workspace) -> Claim:
    (claim,) = workspace.delivery.claim()
    return claim


def states(workspace: Workspace, draft_id: str) -> list[str]:
    return [one.state.value for one in workspace.drafts.page(draft_id).recipients]


def test_own_mail_is_approved_and_released_in_one_call(
    workspace: Workspace, write: New
) -> None:
    row = workspace.outbox.send(write().id, revision=1)

    assert row.status == "ready"
    assert row.due_at == NOW
    events = [line.event for line in workspace.drafts.journal(row.id)]
    assert sum("approv" in event for event in events) >= 1


def test_somebody_elses_mail_cannot_be_sent_past_a_review(
    workspace: Workspace, hand_in: New
) -> None:
    with pytest.raises(NotAllowedError):
        workspace.outbox.send(hand_in().id, revision=1)


def test_what_was_not_approved_is_not_released(
    workspace: Workspace, hand_in: New
) -> None:
    with pytest.raises(TransitionError):
        workspace.outbox.release(hand_in().id)


def test_an_agent_releases_nothing(workspace: Workspace, hand_in: New) -> None:
    row = workspace.reviews.approve(hand_in().id, revision=1)

    with (
        workspace.acting_as(BILLING, door="http", on_terminal=True),
        pytest.raises(NotAllowedError),
    ):
        workspace.outbox.release(row.id)


def test_an_approval_does_not_cover_another_account(
    desk: Desk, workspace: Workspace, hand_in: New
) -> None:
    row = workspace.reviews.approve(hand_in().id, revision=1)
    desk.save(account(options={"host": "smtp.evil.example"}))

    with pytest.raises(DigestMismatchError):
        workspace.outbox.release(row.id)


def test_damaged_bytes_are_not_released(workspace: Workspace, hand_in: New) -> None:
    """The draft makes the approved bytes again; others never leave."""
    row = workspace.reviews.approve(hand_in().id, revision=1)
    file = workspace.root / "outbound" / row.id / "message.eml"
    approved = file.read_bytes()
    file.chmod(0o600)
    file.write_bytes(approved.replace(b"numbers", b"letters"))

    workspace.outbox.release(row.id)

    assert file.read_bytes() == approved


@pytest.mark.parametrize(
    ("setting", "status"), [("allow", "ready"), ("review", "review")]
)
def test_mail_from_a_script_follows_the_accounts_rule(
    desk: Desk, fields: Fields, setting: str, status: str
) -> None:
    desk.save(account(noninteractive_send=setting))

    with desk.open(door="cli", on_terminal=False) as script:
        row = script.drafts.new(script.drafts.compose(fields))
        assert script.outbox.send(row.id, revision=1).status == status


def test_an_account_may_block_scripts(desk: Desk, fields: Fields) -> None:
    desk.save(account(noninteractive_send="block"))

    with desk.open(door="cli", on_terminal=False) as script:
        row = script.drafts.new(script.drafts.compose(fields))
        with pytest.raises(NotAllowedError):
            script.outbox.send(row.id, revision=1)


def test_the_undo_window_keeps_it_back(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    row = workspace.outbox.send(write().id, revision=1, undo=UNDO)

    assert row.undo_until == NOW + UNDO
    assert [one.id for one in workspace.outbox.undoable()] == [row.id]
    assert workspace.delivery.claim() == ()
    desk.advance(10)
    assert workspace.outbox.undoable() == ()
    assert claimed(workspace).submission.draft_id == row.id


def test_undo_reopens_the_draft(workspace: Workspace, write: New) -> None:
    row = workspace.outbox.send(write().id, revision=1, undo=UNDO)

    back = workspace.outbox.take_back(row.id)

    assert back.status == "draft"
    assert back.revision == 1
    assert workspace.delivery.claim() == ()


def test_undo_gives_an_agents_mail_back_to_review(
    workspace: Workspace, hand_in: New
) -> None:
    row = workspace.reviews.approve(hand_in().id, revision=1)
    workspace.outbox.release(row.id, undo=UNDO)

    assert workspace.outbox.take_back(row.id).status == "review"
    with pytest.raises(TransitionError):
        workspace.outbox.release(row.id)


def test_what_was_taken_back_can_be_sent_again(
    workspace: Workspace, write: New
) -> None:
    row = workspace.outbox.send(write().id, revision=1, undo=UNDO)
    workspace.outbox.take_back(row.id)

    assert workspace.outbox.send(row.id, revision=1).status == "ready"


def test_what_was_handed_over_is_not_taken_back(
    workspace: Workspace, write: New
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    workspace.delivery.commit(claimed(workspace))

    with pytest.raises(TransitionError, match="handed over"):
        workspace.outbox.take_back(row.id)


def test_cancelling_closes_the_attempt_that_is_open(
    workspace: Workspace, write: New
) -> None:
    """The sender learns at its point of no return that it may not go on."""
    row = workspace.outbox.send(write().id, revision=1)
    claim = claimed(workspace)

    assert workspace.outbox.cancel(row.id).status == "cancelled"
    assert workspace.delivery.commit(claim) is False


def test_cancelled_mail_can_be_reopened(workspace: Workspace, write: New) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    workspace.outbox.cancel(row.id)

    assert workspace.outbox.take_back(row.id).status == "draft"


def test_a_draft_is_not_in_the_outbox(workspace: Workspace, write: New) -> None:
    with pytest.raises(TransitionError, match="not in the outbox"):
        workspace.outbox.cancel(write().id)


def test_mail_is_held_and_goes_on_at_its_time(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    later = NOW + timedelta(hours=2)
    row = workspace.outbox.send(write().id, revision=1, at=later)

    held = workspace.outbox.hold(row.id)
    resumed = workspace.outbox.resume(row.id)

    assert (held.status, held.reason) == ("held", HELD_BY_HAND)
    assert (resumed.status, resumed.due_at) == ("ready", later)


def test_mail_that_is_being_sent_is_not_held(workspace: Workspace, write: New) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    claimed(workspace)

    with pytest.raises(TransitionError):
        workspace.outbox.hold(row.id)


@pytest.mark.parametrize("offset", [timedelta(0), timedelta(days=400)])
def test_a_time_is_within_the_next_year(
    workspace: Workspace, write: New, offset: timedelta
) -> None:
    with pytest.raises(FieldError) as caught:
        workspace.outbox.send(write().id, revision=1, at=NOW + offset)

    assert caught.value.field == "at"


@pytest.mark.parametrize(
    "act", ["take_back", "retry", "cancel", "hold", "resume", "confirm", "give_up"]
)
def test_an_agent_moves_nothing_in_the_outbox(
    workspace: Workspace, hand_in: New, act: str
) -> None:
    row = workspace.reviews.approve(hand_in().id, revision=1)
    workspace.outbox.release(row.id)

    with (
        workspace.acting_as(BILLING, door="http", on_terminal=True),
        pytest.raises(NotAllowedError),
    ):
        getattr(workspace.outbox, act)(row.id)


def test_giving_up_settles_everybody_who_is_left(
    workspace: Workspace, write: New
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    workspace.outbox.hold(row.id)

    assert workspace.outbox.give_up(row.id).status == "error"
    assert set(states(workspace, row.id)) == {RecipientState.FAILED.value}


def test_what_failed_can_be_tried_again(workspace: Workspace, write: New) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    workspace.outbox.hold(row.id)
    workspace.outbox.give_up(row.id)

    assert workspace.outbox.retry(row.id).status == "ready"
    assert len(claimed(workspace).envelope.recipients) == 3


def test_retrying_after_giving_up_starts_the_clock_again(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    desk.advance(6 * 24 * 3600)
    assert workspace.delivery.claim() == ()
    assert workspace.drafts.row(row.id).status == "error"

    workspace.outbox.retry(row.id)

    assert claimed(workspace).submission.draft_id == row.id


def test_only_unknown_mail_is_confirmed(workspace: Workspace, write: New) -> None:
    row = workspace.outbox.send(write().id, revision=1)

    with pytest.raises(TransitionError):
        workspace.outbox.confirm(row.id)


def test_an_account_can_be_held_and_resumed(workspace: Workspace, write: New) -> None:
    waiting = workspace.outbox.send(write().id, revision=1)
    by_hand = workspace.outbox.send(write().id, revision=1)
    workspace.outbox.hold(by_hand.id)

    workspace.accounts.hold("work", "password changes today")
    late = workspace.outbox.send(write().id, revision=1)

    assert workspace.drafts.row(waiting.id).status == "held"
    assert late.status == "held"
    with pytest.raises(NotAllowedError, match="password changes"):
        workspace.outbox.resume(waiting.id)
    workspace.accounts.resume("work")
    assert workspace.drafts.row(waiting.id).status == "ready"
    assert workspace.drafts.row(late.id).status == "ready"
    assert workspace.drafts.row(by_hand.id).status == "held"


def test_bcc_is_in_no_row_of_the_outbox(
    workspace: Workspace, write: New, fields: Fields
) -> None:
    row = workspace.outbox.send(write(bcc=("secret@example.org",)).id, revision=1)

    assert "secret@example.org" not in str(replace(row))


def test_mail_that_was_tried_is_not_taken_back(
    workspace: Workspace, write: New, desk: Desk
) -> None:
    """Who was offered it may remember it; withdrawing is another step."""
    row = workspace.outbox.send(write().id, revision=1)
    claim = claimed(workspace)
    later = verdicts_for(claim.envelope, VerdictKind.DEFERRED)
    workspace.delivery.settle(claim, later, jitter=1.0)

    with pytest.raises(TransitionError, match="offered"):
        workspace.outbox.take_back(row.id)
    assert workspace.outbox.cancel(row.id).status == "cancelled"


def test_a_release_that_another_overtook_is_refused(
    desk: Desk,
    workspace: Workspace,
    hand_in: New,
    fields: Fields,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between the look at the bytes and the release, somebody edits and approves."""
    row = workspace.reviews.approve(hand_in().id, revision=1)

    def overtaken(*_args: object) -> None:
        with desk.open() as other:
            draft = other.drafts.compose(replace(fields, subject="other"))
            other.drafts.edit(row.id, draft, revision=1)
            other.reviews.approve(row.id, revision=2)

    monkeypatch.setattr("tuimail.workspace.outbox.verify", overtaken)

    with pytest.raises(StaleApprovalError):
        workspace.outbox.release(row.id)


def test_mail_of_a_held_account_is_not_tried_again(
    workspace: Workspace, write: New
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    workspace.outbox.hold(row.id)
    workspace.outbox.give_up(row.id)
    workspace.accounts.hold("work", "password changes today")

    with pytest.raises(NotAllowedError, match="password changes"):
        workspace.outbox.retry(row.id)


@pytest.mark.parametrize("setting", ["review", "block"])
def test_a_script_cannot_walk_around_the_accounts_rule(
    desk: Desk, fields: Fields, setting: str
) -> None:
    """Approve and release, one after the other, are a send."""
    desk.save(account(noninteractive_send=setting))

    with desk.open(door="cli", on_terminal=False) as script:
        row = script.drafts.submit(script.drafts.compose(fields))
        with pytest.raises(NotAllowedError):
            script.reviews.approve(row.id, revision=1)
    with desk.open() as app:
        app.reviews.approve(row.id, revision=1)
    with (
        desk.open(door="cli", on_terminal=False) as script,
        pytest.raises(NotAllowedError),
    ):
        script.outbox.release(row.id)
