"""The desk for the outbox: nothing leaves that was not released."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Any

import pytest

from tests.workspace.conftest import BILLING, MARA, NOW, Desk, Script, account
from tuimail.core.submission import RecipientState, Verdict, VerdictKind, Verdicts
from tuimail.errors import (
    DigestMismatchError,
    FieldError,
    NotAllowedError,
    NotComposableError,
    StaleApprovalError,
    StoreError,
    TransitionError,
    UnsupportedFeatureError,
)
from tuimail.testing import verdicts_for
from tuimail.workspace import pacing, witnessing
from tuimail.workspace.claiming import Claim
from tuimail.workspace.fields import Fields
from tuimail.workspace.outbox import HELD_BY_HAND
from tuimail.workspace.views import Fate, Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]
UNDO = timedelta(seconds=10)
LATER = NOW + timedelta(days=1)
LATER_STILL = NOW + timedelta(days=30)


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
    """They are looked at once more, and the approved ones are made again then."""
    row = workspace.reviews.approve(hand_in().id, revision=1)
    file = workspace.root / "outbound" / row.id / "message.eml"
    approved = file.read_bytes()
    file.chmod(0o600)
    file.write_bytes(approved.replace(b"numbers", b"letters"))

    with pytest.raises(DigestMismatchError, match="changed after the approval"):
        workspace.outbox.release(row.id)
    status = workspace.drafts.row(row.id).status
    workspace.reviews.approve(row.id, revision=1)
    released = workspace.outbox.release(row.id)

    assert (status, released.status) == ("review", "ready")
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
    claim = claimed(workspace)
    later = verdicts_for(claim.envelope, VerdictKind.DEFERRED)
    workspace.delivery.settle(claim, later, jitter=1.0)
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

    monkeypatch.setattr("tuimail.workspace.lapsing.verify", overtaken)

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


class TestSentInOneStep:
    @pytest.fixture
    def send(self, workspace: Workspace, fields: Fields) -> New:
        def new(**ways: Any) -> Row:
            draft = workspace.drafts.compose(fields)
            return workspace.outbox.send_new(draft, **ways)

        return new

    def test_it_is_stored_approved_and_released(
        self, workspace: Workspace, send: New
    ) -> None:
        row = send()

        events = [line.event for line in workspace.drafts.journal(row.id)]
        assert row.status == "ready"
        assert [one.verdict for one in workspace.drafts.page(row.id).decisions] == [
            "approved"
        ]
        assert events.index("approval_given") < events.index("submission_created")
        assert claimed(workspace).submission.draft_id == row.id

    def test_it_says_what_a_draft_says_that_is_sent_afterwards(
        self, workspace: Workspace, send: New, write: New
    ) -> None:
        """What was just written is not read again, and nothing else is left out."""
        at_once = send()
        later = workspace.outbox.send(write().id, revision=1)

        def told(row: Row) -> Any:
            stores = workspace._stores
            (approval,) = stores.decisions.approvals([row.id])[row.id]
            submission = stores.submissions.of_draft(row.id)
            assert submission is not None
            decisions = stores.decisions.for_draft(row.id)
            lines = [(one.event, one.actor) for one in workspace.drafts.journal(row.id)]
            return (
                lines,
                (approval.revision, approval.actor, approval.at, approval.expires_at),
                [replace(one, draft_id="", release_digest="") for one in decisions],
                [one.envelope for one in stores.submissions.recipients(submission.id)],
                (submission.state, submission.account, submission.give_up_at),
                witnessing.misfits(stores, [row.id]),
            )

        assert told(at_once) == told(later)

    def test_what_leaves_is_what_was_approved(
        self, workspace: Workspace, send: New
    ) -> None:
        row = send()

        stored = b"".join(workspace._stores.outbound.read_message(row.id))
        submission = claimed(workspace).submission
        assert sha256(stored).hexdigest() == submission.message.digest

    def test_it_can_be_undone(self, workspace: Workspace, send: New) -> None:
        row = send(undo=UNDO)

        assert row.undo_until == NOW + UNDO
        assert workspace.outbox.take_back(row.id).status == "draft"

    def test_the_account_that_is_held_holds_it(
        self, workspace: Workspace, send: New
    ) -> None:
        workspace.accounts.hold("work", "password changes today")

        assert send().status == "held"

    @pytest.mark.parametrize(
        "point",
        [
            "draft.after_render_before_row",
            "release.after_hash_before_commit",
            "draft.after_file_before_row",
        ],
    )
    def test_broken_off_before_the_end_nothing_is_there(
        self, workspace: Workspace, send: New, point: str
    ) -> None:
        break_at(workspace, point)

        with pytest.raises(StoreError):
            send(key="k")

        assert workspace.drafts.rows() == ()
        workspace._stores.fault = lambda _point: None
        assert send(key="k").status == "ready"

    def test_broken_off_after_it_all_of_it_is_there(
        self, workspace: Workspace, send: New
    ) -> None:
        break_at(workspace, "draft.after_commit_before_reply")

        with pytest.raises(StoreError):
            send(key="k")

        (row,) = workspace.drafts.rows()
        assert row.status == "ready"
        workspace._stores.fault = lambda _point: None
        assert send(key="k").id == row.id

    def test_several_share_one_flush(self, workspace: Workspace, send: New) -> None:
        with workspace.together():
            rows = [send(), send()]

        assert [workspace.drafts.row(one.id).status for one in rows] == ["ready"] * 2
        assert all(
            workspace._stores.outbound.message_path(one.id).with_name("message.json")
            .exists()
            for one in rows
        )  # fmt: skip

    @pytest.mark.parametrize(
        "change",
        [{"to": (), "cc": (), "bcc": ()}],
    )
    def test_what_cannot_be_sent_is_not_stored(
        self, workspace: Workspace, fields: Fields, change: dict[str, Any]
    ) -> None:
        draft = workspace.drafts.compose(replace(fields, **change))

        with pytest.raises(NotComposableError):
            workspace.outbox.send_new(draft)

        assert workspace.drafts.rows() == ()

    def test_what_the_provider_cannot_say_is_not_stored(
        self, workspace: Workspace, send: New, provider: Script
    ) -> None:
        provider.refuses = UnsupportedFeatureError("It cannot.")

        with pytest.raises(UnsupportedFeatureError):
            send()

        assert workspace.drafts.rows() == ()

    def test_where_everything_goes_to_review_it_does(self, desk: Desk) -> None:
        desk.save(account(noninteractive_send="block"))
        with desk.open(door="cli", on_terminal=False) as script:
            draft = script.drafts.compose(Fields(to=("ana@example.net",)))
            with pytest.raises(NotAllowedError):
                script.outbox.send_new(draft)

            assert script.drafts.rows() == ()


class TestTheDate:
    def test_mail_for_later_says_when_it_leaves(
        self, workspace: Workspace, fields: Fields
    ) -> None:
        row = workspace.outbox.send_new(workspace.drafts.compose(fields), at=LATER)

        assert row.due_at == LATER
        assert date_of(workspace, row) == LATER

    def test_a_draft_that_is_sent_later_is_rendered_again_before_it_is_approved(
        self, workspace: Workspace, write: New
    ) -> None:
        row = workspace.outbox.send(write().id, revision=1, at=LATER)

        assert (row.revision, row.status) == (2, "ready")
        assert date_of(workspace, row) == LATER

    def test_taken_back_and_sent_now_it_is_not_from_the_future(
        self, workspace: Workspace, write: New
    ) -> None:
        row = workspace.outbox.send(write().id, revision=1, at=LATER)
        workspace.outbox.take_back(row.id)

        row = workspace.outbox.send(row.id, revision=2)

        assert (row.revision, row.due_at) == (3, NOW)
        assert date_of(workspace, row) == NOW

    def test_what_was_approved_keeps_its_bytes_whenever_it_leaves(
        self, workspace: Workspace, hand_in: New
    ) -> None:
        row = hand_in()
        workspace.reviews.approve(row.id, revision=1)
        before = workspace.drafts.message_bytes(row.id)

        row = workspace.outbox.release(row.id, at=LATER)

        assert (row.revision, row.due_at) == (1, LATER)
        assert workspace.drafts.message_bytes(row.id) == before


class TestOfNoUseAnyMore:
    END = NOW + timedelta(hours=2)

    def test_it_is_given_up_then_and_not_later(
        self, desk: Desk, workspace: Workspace, write: New
    ) -> None:
        row = workspace.outbox.send(write(expires_at=self.END).id, revision=1)
        assert (row.expires_at, row.gives_up_at) == (self.END, self.END)

        desk.advance(2 * 3600)

        assert workspace.delivery.claim() == ()
        assert workspace.drafts.row(row.id).status == "error"

    def test_it_is_said_as_a_time_from_now(
        self, workspace: Workspace, fields: Fields
    ) -> None:
        draft = workspace.drafts.compose(fields)

        row = workspace.outbox.send_new(draft, lifetime=timedelta(hours=2))

        assert (row.expires_at, row.gives_up_at) == (self.END, self.END)

    @pytest.mark.parametrize("lifetime", [END, timedelta(hours=2)])
    def test_whoever_releases_it_may_say_so_too(
        self, workspace: Workspace, hand_in: New, lifetime: datetime | timedelta
    ) -> None:
        row = hand_in()
        workspace.reviews.approve(row.id, revision=1)

        row = workspace.outbox.release(row.id, lifetime=lifetime)

        assert (row.expires_at, row.gives_up_at) == (None, self.END)

    def test_the_earlier_end_counts(self, workspace: Workspace, hand_in: New) -> None:
        row = hand_in(expires_at=self.END)
        workspace.reviews.approve(row.id, revision=1)

        row = workspace.outbox.release(row.id, lifetime=timedelta(days=1))

        assert row.gives_up_at == self.END

    def test_without_one_it_is_tried_for_five_days(
        self, workspace: Workspace, write: New
    ) -> None:
        row = workspace.outbox.send(write().id, revision=1, at=LATER)

        assert row.gives_up_at == LATER + timedelta(days=5)

    @pytest.mark.parametrize(
        "ways", [{"at": END}, {"undo": timedelta(hours=2)}, {"at": LATER_STILL}]
    )
    def test_what_would_leave_too_late_is_refused(
        self, workspace: Workspace, fields: Fields, ways: dict[str, Any]
    ) -> None:
        draft = workspace.drafts.compose(replace(fields, expires_at=self.END))

        with pytest.raises(FieldError, match="of no use after") as caught:
            workspace.outbox.send_new(draft, **ways)

        assert caught.value.field == "expires"
        assert workspace.drafts.rows() == ()

    def test_what_expired_is_not_released(
        self, desk: Desk, workspace: Workspace, hand_in: New
    ) -> None:
        row = hand_in(expires_at=self.END)
        workspace.reviews.approve(row.id, revision=1)
        desk.advance(2 * 3600)

        with pytest.raises(FieldError):
            workspace.outbox.release(row.id)

        assert workspace.drafts.row(row.id).status == "approved"

    def test_what_expired_is_not_tried_again(
        self, desk: Desk, workspace: Workspace, write: New
    ) -> None:
        row = workspace.outbox.send(write(expires_at=self.END).id, revision=1)
        desk.advance(2 * 3600)
        workspace.delivery.claim()

        with pytest.raises(FieldError):
            workspace.outbox.retry(row.id)

        assert workspace.drafts.row(row.id).status == "error"

    def test_a_time_without_a_zone_is_no_moment(
        self, workspace: Workspace, fields: Fields
    ) -> None:
        draft = workspace.drafts.compose(fields)

        with pytest.raises(FieldError, match="no time zone"):
            replace(draft, expires_at=NOW.replace(tzinfo=None))


class TestUnknown:
    @pytest.fixture
    def unknown(self, workspace: Workspace, write: New) -> Row:
        """Ana has it, bob was refused, of the archive nobody knows."""
        row = workspace.outbox.send(write().id, revision=1)
        claim = claimed(workspace)
        kinds = (VerdictKind.SENT, VerdictKind.REFUSED, VerdictKind.UNKNOWN)
        verdicts = tuple(
            Verdict(wire_address=one.wire_address, kind=kind)
            for one, kind in zip(claim.envelope.recipients, kinds, strict=True)
        )
        workspace.delivery.commit(claim)
        workspace.delivery.settle(claim, Verdicts(by_recipient=verdicts), jitter=1.0)
        return workspace.drafts.row(row.id)

    def test_sent_again_are_the_same_bytes_to_nobody_else(
        self, desk: Desk, workspace: Workspace, unknown: Row
    ) -> None:
        before = workspace.drafts.page(unknown.id)
        desk.advance(3600)

        row = workspace.outbox.resolve(unknown.id, Fate.RESEND)

        claim = claimed(workspace)
        assert row.status == "ready"
        assert [one.address for one in claim.envelope.recipients] == [
            "archive@example.org"
        ]
        assert claim.submission.message.digest == before.message_digest
        assert claim.submission.message.message_id == before.message_id
        assert claim.submission.message.date == NOW

    def test_who_was_refused_stays_refused(
        self, workspace: Workspace, unknown: Row
    ) -> None:
        row = workspace.outbox.resolve(unknown.id, Fate.ARRIVED)

        assert row.status == "partial"
        assert states(workspace, row.id) == ["sent", "rejected", "sent"]

    def test_it_can_be_let_be(self, workspace: Workspace, unknown: Row) -> None:
        row = workspace.outbox.resolve(unknown.id, Fate.GIVE_UP)

        assert row.status == "partial"
        assert states(workspace, row.id) == ["sent", "rejected", "failed"]
        assert row.reason.endswith("an earlier try may have arrived.")

    def test_the_journal_says_who_decided(
        self, workspace: Workspace, unknown: Row
    ) -> None:
        workspace.outbox.resolve(unknown.id, Fate.ARRIVED)

        last = [
            line
            for line in workspace.drafts.journal(unknown.id)
            if line.event == "submission_moved"
        ][-1]
        assert (last.actor, last.details["from"]) == (MARA, "unknown")

    @pytest.mark.parametrize("fate", Fate)
    def test_what_is_known_is_not_for_a_person_to_say(
        self, workspace: Workspace, write: New, fate: Fate
    ) -> None:
        row = workspace.outbox.send(write().id, revision=1)

        with pytest.raises(TransitionError, match="not unknown"):
            workspace.outbox.resolve(row.id, fate)

        assert workspace.drafts.row(row.id).status == "ready"

    def test_a_program_does_not_say_it(
        self, workspace: Workspace, unknown: Row
    ) -> None:
        with (
            workspace.acting_as(BILLING, door="http"),
            pytest.raises(NotAllowedError),
        ):
            workspace.outbox.resolve(unknown.id, Fate.RESEND)


def test_retrying_ends_the_rest_of_the_account(
    workspace: Workspace, write: New
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    claim = claimed(workspace)
    later = verdicts_for(claim.envelope, VerdictKind.DEFERRED)
    workspace.delivery.settle(claim, later, jitter=1.0)
    with workspace._stores.database.transaction():
        pacing.rest(workspace._stores, "work", reason="It was not reached.")
    assert workspace.delivery.claim() == ()

    workspace.outbox.retry(row.id)

    assert claimed(workspace).submission.draft_id == row.id


def test_what_was_held_while_it_waited_for_another_try_can_be_tried_now(
    workspace: Workspace, write: New
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    claim = claimed(workspace)
    later = verdicts_for(claim.envelope, VerdictKind.DEFERRED)
    workspace.delivery.settle(claim, later, jitter=1.0)
    workspace.outbox.hold(row.id)
    resumed = workspace.outbox.resume(row.id)

    retried = workspace.outbox.retry(row.id)

    assert resumed.due_at is not None
    assert resumed.due_at > NOW
    assert "retry" in resumed.actions
    assert retried.due_at == NOW
    assert claimed(workspace).submission.draft_id == row.id


def test_mail_whose_time_somebody_chose_is_not_tried_sooner(
    workspace: Workspace, write: New
) -> None:
    row = workspace.outbox.send(write().id, revision=1, at=LATER)

    with pytest.raises(TransitionError):
        workspace.outbox.retry(row.id)

    assert "retry" not in workspace.drafts.row(row.id).actions
    assert workspace.drafts.row(row.id).due_at == LATER


def test_retrying_does_not_end_a_hold(workspace: Workspace, write: New) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    workspace.outbox.hold(row.id)

    with pytest.raises(TransitionError):
        workspace.outbox.retry(row.id)

    assert workspace.drafts.row(row.id).status == "held"


def test_what_is_sent_again_to_the_rest_can_be_withdrawn(
    workspace: Workspace, write: New
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    claim = claimed(workspace)
    kinds = (VerdictKind.SENT, VerdictKind.REFUSED, VerdictKind.REFUSED)
    verdicts = tuple(
        Verdict(wire_address=one.wire_address, kind=kind)
        for one, kind in zip(claim.envelope.recipients, kinds, strict=True)
    )
    workspace.delivery.commit(claim)
    workspace.delivery.settle(claim, Verdicts(by_recipient=verdicts), jitter=1.0)
    workspace.outbox.retry(row.id)

    assert workspace.outbox.cancel(row.id).status == "partial"
    assert states(workspace, row.id) == ["sent", "failed", "failed"]


def break_at(workspace: Workspace, wanted: str) -> None:
    """Have the disk fail when ``wanted`` is reached."""

    def fault(point: str) -> None:
        if point == wanted:
            raise StoreError("The disk is full.")

    workspace._stores.fault = fault


def date_of(workspace: Workspace, row: Row) -> datetime:
    raw = workspace.drafts.message_bytes(row.id)
    return parsedate_to_datetime(message_from_bytes(raw)["Date"])
