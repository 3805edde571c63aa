from dataclasses import replace

import pytest

from tests.store.bench import MARA, NOW, Bench, later, revision
from tuimail.core.decision import Comment
from tuimail.core.lifecycle import DraftState, SubmissionState
from tuimail.errors import StoreError
from tuimail.store.decisions import DecisionRow


def decision(**changes: object) -> DecisionRow:
    values: dict[str, object] = {
        "draft_id": "d1",
        "revision": 1,
        "verdict": "rejected",
        "actor": MARA,
        "door": "app",
        "reason": "Wrong quarter.",
        "release_digest": "r" * 64,
        "findings_digest": "f" * 64,
        "at": later(1),
        **changes,
    }
    return DecisionRow(**values)  # type: ignore[arg-type]  # a test changes one field


def test_what_was_said_is_read_back_oldest_first(bench: Bench) -> None:
    bench.drafted("d1")
    bench.drafted("d2")
    said = (decision(), decision(verdict="approved", reason="", at=later(2)))

    with bench.writing():
        for each in said:
            bench.decisions.add(each)

    assert bench.decisions.for_draft("d1") == said
    assert bench.decisions.for_draft("d2") == ()


def test_the_approval_in_force_is_found(bench: Bench) -> None:
    bench.drafted("d1")
    given = bench.approval("d1")

    bench.approved("d1")

    assert bench.decisions.current_approval("d1") == given
    assert bench.decisions.current_approval("d2") is None


def test_an_approval_that_is_spent_is_not_in_force(bench: Bench) -> None:
    bench.approved()

    with bench.writing():
        bench.decisions.spend("a-d1-1", later(3))
        bench.decisions.spend("a-d1-1", later(4))

    assert bench.decisions.current_approval("d1") is None
    spent = bench.database.connection.execute("SELECT spent_at FROM approvals")
    assert spent.fetchall() == [("2026-03-02T14:02:03.000000Z",)]


def test_leaving_approved_spends_the_approval(bench: Bench) -> None:
    """Edited, rejected, discarded or released: it cannot be used a second time."""
    for name in ("edited", "rejected", "discarded"):
        bench.approved(name)
    bench.released("released")

    with bench.writing():
        bench.drafts.add_revision(revision("edited", 2), DraftState.REVIEW)
        bench.drafts.set_state("rejected", DraftState.REJECTED, NOW)
        bench.drafts.set_state("discarded", DraftState.DISCARDED, NOW)

    for name in ("edited", "rejected", "discarded", "released"):
        assert bench.decisions.current_approval(name) is None


def test_a_draft_that_was_taken_back_can_be_approved_and_released_again(
    bench: Bench,
) -> None:
    first = bench.released()
    with bench.writing():
        bench.submissions.set_state(first, SubmissionState.CANCELLED, at=later(1))
        bench.drafts.set_state("d1", DraftState.DRAFT, later(1))

    with bench.writing():
        bench.decisions.approve(bench.approval("d1", id="again"))
        bench.drafts.set_state("d1", DraftState.APPROVED, later(2))
    second = bench.released("d1", id="s-again", approval_id="again")

    assert bench.drafts.get("d1").submission_id == second == "s-again"
    assert bench.submissions.get(first).state is SubmissionState.CANCELLED


def test_a_new_approval_can_follow_a_rejection_that_was_undone(bench: Bench) -> None:
    bench.approved()
    with bench.writing():
        bench.drafts.set_state("d1", DraftState.REJECTED, NOW)
        bench.drafts.set_state("d1", DraftState.REVIEW, NOW)

    with bench.writing():
        bench.decisions.approve(bench.approval("d1", id="again"))
        bench.drafts.set_state("d1", DraftState.APPROVED, NOW)

    found = bench.decisions.current_approval("d1")
    assert found is not None
    assert found.id == "again"


def test_an_edit_voids_an_approval_that_was_not_acted_upon(bench: Bench) -> None:
    """It was given, and the program died before the draft was moved."""
    bench.drafted(state=DraftState.REVIEW)
    with bench.writing():
        bench.decisions.approve(bench.approval("d1"))
    with bench.writing():
        bench.drafts.add_revision(revision("d1", 2), DraftState.REVIEW)

    with bench.writing():
        bench.decisions.approve(bench.approval("d1"))

    found = bench.decisions.current_approval("d1")
    assert found is not None
    assert found.revision == 2


def test_everything_that_was_said_is_kept(bench: Bench) -> None:
    bench.drafted("d1")
    said = decision(
        role="reviewer",
        codes=("tone", "policy"),
        comments=(Comment(text="no", field="text", line=3),),
        policy_digest="p" * 64,
        overruled=("secret.private-key",),
        is_enough=True,
        recipients="w" * 64,
    )

    with bench.writing():
        bench.decisions.add(said)

    assert bench.decisions.for_draft("d1") == (said,)
    (told,) = [
        line.details for line in bench.journal.lines("d1") if line.event == "decided"
    ]
    assert told["codes"] == '["tone","policy"]'
    assert told["overruled"] == '["secret.private-key"]'
    assert (told["role"], told["policy_digest"]) == ("reviewer", "p" * 64)
    assert "no" not in told.values()
    assert bench.journal.verify().ok


def test_decisions_about_mail_for_the_same_people_are_found_newest_first(
    bench: Bench,
) -> None:
    for name in ("d1", "d2", "d3", "d4", "d5"):
        bench.drafted(name)
    rows = [
        decision(draft_id="d1", recipients="w", at=later(1)),
        decision(draft_id="d2", recipients="w", at=later(3)),
        decision(draft_id="d3", recipients="w", at=later(2)),
        decision(draft_id="d4", recipients="others", at=later(4)),
        decision(draft_id="d5", recipients="", at=later(5)),
    ]
    with bench.writing():
        for row in rows:
            bench.decisions.add(row)

    found = bench.decisions.decided("w", later(2), 5)

    assert [row.draft_id for row in found] == ["d2", "d3"]
    assert [row.draft_id for row in bench.decisions.decided("w", NOW, 1)] == ["d2"]
    assert bench.decisions.decided("", NOW, 5) == ()


def test_when_an_approval_runs_out_is_kept_and_never_changed(bench: Bench) -> None:
    bench.drafted("d1")
    with bench.writing():
        bench.decisions.approve(bench.approval("d1", expires_at=later(9)))

    approval = bench.decisions.current_approval("d1")

    assert approval is not None
    assert approval.expires_at == later(9)
    with pytest.raises(StoreError, match="an approval is never changed"):
        bench.write("UPDATE approvals SET expires_at = NULL")


def test_a_draft_is_held_in_review_only_and_not_approved_then(bench: Bench) -> None:
    bench.drafted("d1")
    bench.drafted("d2", state=DraftState.REVIEW)

    with (
        pytest.raises(StoreError, match="held only while it is in review"),
        bench.writing(),
    ):
        bench.drafts.set_held("d1", "wait", later(1))
    with bench.writing():
        bench.drafts.set_held("d2", "wait", later(1))
        bench.decisions.approve(bench.approval("d2"))
    with (
        pytest.raises(StoreError, match="a draft that is held is not approved"),
        bench.writing(),
    ):
        bench.drafts.set_state("d2", DraftState.APPROVED, later(2))

    assert bench.drafts.get("d2").held_reason == "wait"


def test_what_ends_the_review_ends_the_hold(bench: Bench) -> None:
    bench.drafted("d1", state=DraftState.REVIEW)
    with bench.writing():
        bench.drafts.set_held("d1", "wait", later(1))

    with bench.writing():
        bench.drafts.set_state("d1", DraftState.REJECTED, later(2))

    assert bench.drafts.get("d1").held_reason == ""
    events = [line.event for line in bench.journal.lines("d1")]
    assert events.count("draft_held") == events.count("draft_resumed") == 1


def test_whom_it_was_given_to_is_journalled(bench: Bench) -> None:
    bench.drafted("d1", state=DraftState.REVIEW)

    with bench.writing():
        bench.drafts.assign("d1", "alice", later(1))

    row = bench.drafts.get("d1")
    assert (row.assigned, row.changed_at) == ("alice", later(1))
    assert bench.journal.lines("d1")[-1].details == {"from": "", "to": "alice"}


def test_everybody_who_wrote_a_revision_is_its_author(bench: Bench) -> None:
    bench.drafted("d1")
    with bench.writing():
        bench.drafts.add_revision(
            replace(revision("d1", 2), author="person:eve"), DraftState.DRAFT
        )

    assert bench.drafts.authors("d1") == {MARA, "person:eve"}


def test_which_mail_was_released_under_a_message_id_is_found(bench: Bench) -> None:
    bench.released("d1")
    message = bench.drafts.revision("d1", 1).message

    assert message is not None
    assert bench.submissions.by_message_id(message.message_id) == "d1"
    assert bench.submissions.by_message_id("<nobody@example.org>") == ""


def test_what_a_revision_repeats_is_kept(bench: Bench) -> None:
    bench.drafted("d1")
    with bench.writing():
        bench.drafts.add_revision(
            replace(revision("d1", 2), duplicate_of="d0"), DraftState.DRAFT
        )

    assert bench.drafts.revision("d1", 2).duplicate_of == "d0"


def test_the_last_decision_about_any_mail_has_its_moment(bench: Bench) -> None:
    before = bench.decisions.last_at()
    for name in ("d1", "d2"):
        bench.drafted(name)
        bench.decided(name)

    assert before is None
    assert bench.decisions.last_at() == bench.decisions.for_draft("d2")[-1].at
