from tests.store.bench import MARA, NOW, Bench, later, revision
from tuimail.core.lifecycle import DraftState, SubmissionState
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
