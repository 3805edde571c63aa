"""What it takes for a mail to be approved: people, words, PINs, and the policy."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.workspace.conftest import BILLING, MARA, Desk, account
from tests.workspace.reviewing import (  # noqa: F401 - fixtures among them
    ALICE,
    BOB,
    SECRET,
    New,
    blocked,
    cheap_pins,
    name_reviewers,
    say,
)
from tuimail.core.decision import Comment
from tuimail.errors import (
    AuthenticationError,
    DigestMismatchError,
    FieldError,
    LapsedApprovalError,
    NotAllowedError,
    PolicyError,
    StaleApprovalError,
    SuppressedError,
    TransitionError,
)
from tuimail.store.decisions import ApprovalRow
from tuimail.workspace.fields import Fields
from tuimail.workspace.views import Signature
from tuimail.workspace.workspace import Workspace

FOUR_EYES = "[defaults]\nfour_eyes = true\n"


@pytest.fixture
def suspicious(fields: Fields) -> Fields:
    return replace(fields, bcc=(), text=SECRET)


class TestReviewers:
    def test_a_reviewer_decides_under_their_own_name(
        self, workspace: Workspace, hand_in: New
    ) -> None:
        name_reviewers(workspace)

        row = workspace.reviews.approve(hand_in().id, revision=1, signature=ALICE)

        assert row.status == "approved"
        (decision,) = workspace.drafts.page(row.id).decisions
        assert (decision.actor, decision.role) == ("person:alice", "reviewer")
        journal = workspace.drafts.journal(row.id)
        assert {line.actor for line in journal if line.event == "approval_given"} == {
            "person:alice"
        }

    def test_where_there_are_reviewers_nobody_else_approves_for_others(
        self, workspace: Workspace, hand_in: New
    ) -> None:
        row = hand_in()
        name_reviewers(workspace)

        with pytest.raises(NotAllowedError, match="gives a PIN") as refused:
            workspace.reviews.approve(row.id, revision=1)

        assert refused.value.field == "as"
        assert workspace.drafts.row(row.id).status == "review"

    def test_ones_own_mail_takes_no_pin(self, workspace: Workspace, write: New) -> None:
        name_reviewers(workspace)

        assert workspace.reviews.approve(write().id, revision=1).status == "approved"

    @pytest.mark.parametrize(
        "signature",
        [replace(ALICE, pin="000000"), Signature(name="eve", pin=ALICE.pin)],
    )
    def test_another_pin_approves_nothing(
        self, workspace: Workspace, hand_in: New, signature: Signature
    ) -> None:
        row = hand_in()
        name_reviewers(workspace)

        with pytest.raises(AuthenticationError):
            workspace.reviews.approve(row.id, revision=1, signature=signature)

        assert workspace.drafts.page(row.id).decisions == ()

    def test_a_pin_in_the_hands_of_a_program_is_worth_nothing(
        self, workspace: Workspace, hand_in: New
    ) -> None:
        row = hand_in()
        name_reviewers(workspace)

        with (
            workspace.acting_as(BILLING, door="api", on_terminal=True),
            pytest.raises(NotAllowedError),
        ):
            workspace.reviews.approve(row.id, revision=1, signature=ALICE)

    def test_a_pin_is_taken_on_a_terminal_only(
        self, desk: Desk, workspace: Workspace, hand_in: New
    ) -> None:
        row = hand_in()
        name_reviewers(workspace)

        with (
            desk.open(door="cli", on_terminal=False) as script,
            pytest.raises(NotAllowedError, match="real terminal"),
        ):
            script.reviews.approve(row.id, revision=1, signature=ALICE)

    def test_a_pin_about_ones_own_mail_takes_a_terminal_too(
        self, desk: Desk, workspace: Workspace, write: New
    ) -> None:
        row = write()
        name_reviewers(workspace)

        with (
            desk.open(door="api", on_terminal=False) as script,
            pytest.raises(NotAllowedError, match="PIN about draft"),
        ):
            script.reviews.approve(row.id, revision=1, signature=ALICE)

    def test_a_pin_takes_the_place_of_the_typed_digest(
        self, desk: Desk, workspace: Workspace, hand_in: New
    ) -> None:
        row = hand_in()
        name_reviewers(workspace)

        with desk.open(door="cli") as shell:
            done = shell.reviews.approve(row.id, revision=1, signature=ALICE)

        assert done.status == "approved"

    def test_a_pin_is_in_no_repr(self) -> None:
        assert ALICE.pin not in repr(ALICE)


class TestQuorum:
    def test_the_first_of_two_leaves_it_in_review(
        self, desk: Desk, workspace: Workspace, hand_in: New
    ) -> None:
        say(desk, FOUR_EYES)
        name_reviewers(workspace)
        row = hand_in()

        first = workspace.reviews.approve(row.id, revision=1, signature=ALICE)
        standing = workspace.drafts.page(row.id).standing
        second = workspace.reviews.approve(row.id, revision=1, signature=BOB)

        assert (first.status, second.status) == ("review", "approved")
        assert standing.needed == 2
        assert [one.actor for one in standing.given] == ["person:alice"]
        given = workspace.drafts.page(row.id).standing.given
        assert [one.actor for one in given] == ["person:alice", "person:bob"]

    def test_one_person_counts_once(
        self, desk: Desk, workspace: Workspace, hand_in: New
    ) -> None:
        say(desk, FOUR_EYES)
        name_reviewers(workspace)
        row = hand_in()
        workspace.reviews.approve(row.id, revision=1, signature=ALICE)

        with pytest.raises(TransitionError, match=r"person:alice approved .* already"):
            workspace.reviews.approve(row.id, revision=1, signature=ALICE)

        assert workspace.drafts.row(row.id).status == "review"

    def test_an_edit_makes_earlier_approvals_count_no_more(
        self, desk: Desk, workspace: Workspace, hand_in: New, fields: Fields
    ) -> None:
        say(desk, FOUR_EYES)
        name_reviewers(workspace)
        row = hand_in()
        workspace.reviews.approve(row.id, revision=1, signature=ALICE)
        draft = workspace.drafts.compose(replace(fields, subject="changed"))
        workspace.drafts.edit(row.id, draft, revision=1)

        after = workspace.reviews.approve(row.id, revision=2, signature=BOB)

        assert after.status == "review"

    def test_another_account_makes_earlier_approvals_count_no_more(
        self, desk: Desk, workspace: Workspace, hand_in: New
    ) -> None:
        say(desk, FOUR_EYES)
        name_reviewers(workspace)
        row = hand_in()
        workspace.reviews.approve(row.id, revision=1, signature=ALICE)
        desk.save(account(options={"host": "smtp.evil.example"}))

        after = workspace.reviews.approve(row.id, revision=1, signature=BOB)

        assert after.status == "review"
        assert [one.actor for one in workspace.drafts.page(row.id).standing.given] == [
            "person:bob"
        ]

    def test_an_approval_that_is_too_old_counts_no_more(
        self, desk: Desk, workspace: Workspace, hand_in: New
    ) -> None:
        say(desk, FOUR_EYES)
        name_reviewers(workspace)
        row = hand_in()
        workspace.reviews.approve(row.id, revision=1, signature=ALICE)
        desk.clock.advance(timedelta(hours=72))

        after = workspace.reviews.approve(row.id, revision=1, signature=BOB)

        assert after.status == "review"

    def test_a_release_that_was_undone_takes_both_again(
        self, desk: Desk, workspace: Workspace, hand_in: New
    ) -> None:
        say(desk, FOUR_EYES)
        name_reviewers(workspace)
        row = hand_in()
        for one in (ALICE, BOB):
            workspace.reviews.approve(row.id, revision=1, signature=one)
        workspace.outbox.release(row.id, undo=timedelta(seconds=10))
        workspace.outbox.take_back(row.id)

        after = workspace.reviews.approve(row.id, revision=1, signature=ALICE)

        assert after.status == "review"

    def test_a_rejection_ends_what_was_given(
        self, desk: Desk, workspace: Workspace, hand_in: New
    ) -> None:
        say(desk, FOUR_EYES)
        name_reviewers(workspace)
        row = hand_in()
        workspace.reviews.approve(row.id, revision=1, signature=ALICE)
        workspace.reviews.reject(row.id, revision=1, reason="no", signature=BOB)
        workspace.reviews.undo_reject(row.id, signature=ALICE)

        assert workspace.drafts.page(row.id).standing.given == ()

    def test_without_enough_reviewers_it_says_what_is_missing(
        self, desk: Desk, workspace: Workspace, hand_in: New
    ) -> None:
        say(desk, FOUR_EYES)
        row = hand_in()

        with pytest.raises(PolicyError, match="takes 2 reviewers") as refused:
            workspace.reviews.approve(row.id, revision=1)

        assert "tuimail reviewers add" in refused.value.hint
        assert workspace.drafts.page(row.id).standing.blocked == str(refused.value)

    def test_an_author_is_never_one_of_two(
        self, desk: Desk, workspace: Workspace, write: New
    ) -> None:
        say(desk, '[[rule]]\nname = "two"\naction = "review2"\n')
        name_reviewers(workspace, ALICE, BOB, Signature(name="mara", pin="550099"))
        row = workspace.drafts.request_review(write().id)

        with pytest.raises(NotAllowedError, match="person:mara wrote"):
            workspace.reviews.approve(
                row.id, revision=1, signature=Signature(name="mara", pin="550099")
            )

    def test_who_changed_it_may_count_or_not_as_the_policy_says(
        self, desk: Desk, workspace: Workspace, hand_in: New, fields: Fields
    ) -> None:
        say(desk, "[defaults]\neditor_may_approve = false\n")
        row = hand_in()
        draft = workspace.drafts.compose(replace(fields, subject="changed"))
        workspace.drafts.edit(row.id, draft, revision=1)

        with pytest.raises(NotAllowedError, match=f"{MARA} changed draft"):
            workspace.reviews.approve(row.id, revision=2)
        say(desk, "[defaults]\neditor_may_approve = true\n")

        assert workspace.reviews.approve(row.id, revision=2).status == "approved"


class TestBlockingFindings:
    def test_the_word_of_the_mail_overrules_them(
        self, workspace: Workspace, suspicious: Fields
    ) -> None:
        row = blocked(workspace, suspicious)
        word = workspace.drafts.page(row.id).standing.to_type

        done = workspace.reviews.approve(row.id, revision=1, overrule=" Example.NET ")

        assert word == "example.net"
        assert done.status == "approved"
        (decision,) = workspace.drafts.page(row.id).decisions
        assert decision.overruled == ("secret.private-key",)

    def test_without_the_word_it_takes_a_second_person(
        self, workspace: Workspace, suspicious: Fields
    ) -> None:
        row = blocked(workspace, suspicious)
        name_reviewers(workspace)

        first = workspace.reviews.approve(row.id, revision=1, signature=ALICE)
        second = workspace.reviews.approve(row.id, revision=1, signature=BOB)

        assert (first.status, second.status) == ("review", "approved")

    def test_who_approved_it_without_may_still_type_the_word(
        self, workspace: Workspace, suspicious: Fields
    ) -> None:
        row = blocked(workspace, suspicious)
        first = workspace.reviews.approve(row.id, revision=1)

        second = workspace.reviews.approve(row.id, revision=1, overrule="example.net")

        assert (first.status, second.status) == ("review", "approved")

    def test_another_word_overrules_nothing(
        self, workspace: Workspace, suspicious: Fields
    ) -> None:
        row = blocked(workspace, suspicious)

        with pytest.raises(FieldError, match="'yes' is not the word") as refused:
            workspace.reviews.approve(row.id, revision=1, overrule="yes")

        assert refused.value.field == "overrule"
        assert "example.net" not in str(refused.value) + refused.value.hint
        assert workspace.drafts.page(row.id).decisions == ()

    def test_a_word_where_nothing_is_to_be_overruled_changes_nothing(
        self, workspace: Workspace, hand_in: New
    ) -> None:
        row = workspace.reviews.approve(hand_in().id, revision=1, overrule="yes")

        assert workspace.drafts.page(row.id).decisions[0].overruled == ()

    def test_ones_own_mail_asks_for_no_word(
        self, workspace: Workspace, write: New
    ) -> None:
        row = write(text=SECRET, bcc=())

        assert workspace.drafts.page(row.id).standing.to_type == ""
        assert workspace.reviews.approve(row.id, revision=1).status == "approved"


class TestPolicy:
    def test_what_it_blocks_nobody_approves(
        self, desk: Desk, workspace: Workspace, hand_in: New
    ) -> None:
        say(desk, '[recipients]\nblock = ["@example.net"]\n')
        row = hand_in()

        with pytest.raises(PolicyError):
            workspace.reviews.approve(row.id, revision=1, overrule="example.net")

        assert workspace.drafts.page(row.id).standing.blocked

    def test_the_decision_names_the_policy_that_was_asked(
        self, desk: Desk, workspace: Workspace, hand_in: New
    ) -> None:
        say(desk, FOUR_EYES.replace("true", "false"))
        row = workspace.reviews.approve(hand_in().id, revision=1)

        (told,) = [
            line.details
            for line in workspace.drafts.journal(row.id)
            if line.event == "decided"
        ]
        assert len(told["policy_digest"]) == 64

    def test_who_wants_no_mail_gets_none(
        self, workspace: Workspace, hand_in: New
    ) -> None:
        row = hand_in()
        workspace.suppressions.add("bob@example.net", reason="asked for it")

        with pytest.raises(SuppressedError):
            workspace.reviews.approve(row.id, revision=1)

    def test_ones_own_mail_that_is_to_be_looked_at_goes_to_review(
        self, desk: Desk, workspace: Workspace, write: New, fields: Fields
    ) -> None:
        say(desk, '[defaults]\nhumans = "review"\n')

        new = workspace.outbox.send_new(workspace.drafts.compose(fields))
        sent = workspace.outbox.send(write().id, revision=1)

        assert (new.status, sent.status) == ("review", "review")
        assert workspace.reviews.approve(new.id, revision=1).status == "approved"


class TestElsewhere:
    def test_who_was_slower_hears_who_decided_what_and_when(
        self, workspace: Workspace, hand_in: New
    ) -> None:
        name_reviewers(workspace)
        row = hand_in()
        workspace.reviews.reject(row.id, revision=1, reason="no", signature=BOB)

        with pytest.raises(
            TransitionError, match="person:bob rejected it at 2026-03-02 14:02 UTC"
        ):
            workspace.reviews.approve(row.id, revision=1, signature=ALICE)

    def test_who_looked_at_an_older_revision_hears_who_changed_it(
        self, workspace: Workspace, hand_in: New, fields: Fields
    ) -> None:
        row = hand_in()
        draft = workspace.drafts.compose(replace(fields, subject="changed"))
        workspace.drafts.edit(row.id, draft, revision=1)

        with pytest.raises(
            StaleApprovalError, match=f"revision 2, by {MARA} at 2026-03-02 14:02 UTC"
        ):
            workspace.reviews.approve(row.id, revision=1)

    def test_of_two_who_decide_at_once_one_is_told(
        self, desk: Desk, workspace: Workspace, hand_in: New
    ) -> None:
        name_reviewers(workspace)
        row = hand_in()

        with desk.open() as other:
            first = other.reviews.approve(row.id, revision=1, signature=BOB)
            with pytest.raises(TransitionError, match="person:bob approved it"):
                workspace.reviews.approve(row.id, revision=1, signature=ALICE)

        assert first.status == "approved"
        assert len(workspace.drafts.page(row.id).decisions) == 1

    def test_another_account_than_a_face_showed_is_refused(
        self, desk: Desk, workspace: Workspace, hand_in: New
    ) -> None:
        row = hand_in()
        seen = workspace.drafts.page(row.id).release_digest
        desk.save(account(options={"host": "smtp.evil.example"}))

        with pytest.raises(DigestMismatchError, match="while it was looked at"):
            workspace.reviews.approve(row.id, revision=1, release_digest=seen)


class TestNo:
    def test_codes_and_comments_go_with_it(
        self, workspace: Workspace, hand_in: New
    ) -> None:
        comment = Comment(text="which numbers?", field="text", line=3)

        row = workspace.reviews.request_changes(
            hand_in().id,
            revision=1,
            reason="unclear",
            codes=("wrong-facts", "tone"),
            comments=(comment,),
        )

        (decision,) = workspace.drafts.page(row.id).decisions
        assert decision.codes == ("wrong-facts", "tone")
        assert decision.comments == (comment,)
        assert (decision.role, decision.reason) == ("owner", "unclear")

    def test_a_code_that_says_why_needs_no_further_words(
        self, workspace: Workspace, hand_in: New
    ) -> None:
        row = workspace.reviews.reject(
            hand_in().id, revision=1, reason="", codes=("duplicate",)
        )

        assert row.status == "rejected"

    @pytest.mark.parametrize("codes", [(), ("other",)])
    def test_no_reason_at_all_is_refused(
        self, workspace: Workspace, hand_in: New, codes: tuple[str, ...]
    ) -> None:
        with pytest.raises(FieldError, match="reason is missing"):
            workspace.reviews.reject(hand_in().id, revision=1, reason="", codes=codes)


class TestLapsing:
    def test_an_approval_runs_out(
        self, desk: Desk, workspace: Workspace, hand_in: New
    ) -> None:
        row = workspace.reviews.approve(hand_in().id, revision=1)
        expires = workspace.drafts.page(row.id).standing.expires_at
        desk.clock.advance(timedelta(hours=72))

        with pytest.raises(LapsedApprovalError, match="ran out at 2026-03-05 14:02"):
            workspace.outbox.release(row.id)

        assert expires == desk.clock.now()
        after = workspace.drafts.page(row.id)
        assert (after.row.status, after.standing.expires_at) == ("review", None)
        assert workspace.reviews.approve(row.id, revision=1).status == "approved"

    def test_a_shorter_life_counts_for_what_was_approved_before(
        self, desk: Desk, workspace: Workspace, hand_in: New
    ) -> None:
        row = workspace.reviews.approve(hand_in().id, revision=1)
        desk.clock.advance(timedelta(hours=2))
        say(desk, '[defaults]\napproval_ttl = "1h"\n')

        with pytest.raises(LapsedApprovalError, match="takes 1 approvals by now"):
            workspace.outbox.release(row.id)

        assert workspace.drafts.row(row.id).status == "review"

    def test_what_was_released_is_not_stopped_by_it(
        self, desk: Desk, workspace: Workspace, hand_in: New
    ) -> None:
        row = workspace.reviews.approve(hand_in().id, revision=1)
        later = desk.clock.now() + timedelta(hours=100)
        workspace.outbox.release(row.id, at=later)
        desk.clock.advance(timedelta(hours=100, minutes=1))

        claimed = workspace.delivery.claim()

        assert [one.submission.draft_id for one in claimed] == [row.id]

    def test_a_policy_that_asks_for_two_by_now_puts_it_in_review(
        self, desk: Desk, workspace: Workspace, hand_in: New
    ) -> None:
        row = workspace.reviews.approve(hand_in().id, revision=1)
        say(desk, FOUR_EYES)

        with pytest.raises(LapsedApprovalError, match="takes 2 approvals by now"):
            workspace.outbox.release(row.id)

        assert workspace.drafts.row(row.id).status == "review"

    def test_a_policy_that_blocks_it_by_now_puts_it_in_review(
        self, desk: Desk, workspace: Workspace, hand_in: New
    ) -> None:
        row = workspace.reviews.approve(hand_in().id, revision=1)
        say(desk, '[recipients]\nblock = ["@example.net"]\n')

        with pytest.raises(PolicyError):
            workspace.outbox.release(row.id)

        assert workspace.drafts.row(row.id).status == "review"

    def test_what_somebody_decided_meanwhile_stays(
        self,
        desk: Desk,
        workspace: Workspace,
        hand_in: New,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Rejected in another window while it is about to lapse here."""
        row = workspace.reviews.approve(hand_in().id, revision=1)
        desk.clock.advance(timedelta(hours=73))
        read = workspace._stores.decisions.current_approval

        def rejected_first(draft_id: str) -> ApprovalRow | None:
            found = read(draft_id)
            with desk.open() as other:
                other.reviews.reject(draft_id, revision=1, reason="no")
            return found

        monkeypatch.setattr(
            workspace._stores.decisions, "current_approval", rejected_first
        )

        with pytest.raises(LapsedApprovalError):
            workspace.outbox.release(row.id)

        assert workspace.drafts.row(row.id).status == "rejected"

    def test_another_account_puts_it_in_review(
        self, desk: Desk, workspace: Workspace, hand_in: New
    ) -> None:
        row = workspace.reviews.approve(hand_in().id, revision=1)
        desk.save(account(options={"host": "smtp.evil.example"}))

        with pytest.raises(DigestMismatchError, match="changed after the approval"):
            workspace.outbox.release(row.id)

        assert workspace.drafts.row(row.id).status == "review"
