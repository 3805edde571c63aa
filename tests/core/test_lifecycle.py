"""Both machines, compared with the tables that the architecture states."""

import pytest

from tuimail.core.lifecycle import (
    DRAFT_STEPS,
    SUBMISSION_STEPS,
    DraftEvent,
    DraftState,
    SubmissionEvent,
    SubmissionState,
    advance,
    allowed,
    moves,
)
from tuimail.errors import TransitionError

DRAFT_TABLE = {
    "draft": "edit=draft edit_handed_in=draft request_review=review approve=approved "
    "dry_run=dry_run discard=discarded",
    "dry_run": "edit=draft edit_handed_in=draft request_review=review "
    "approve=approved dry_run=dry_run discard=discarded",
    "review": "edit=review edit_handed_in=review approve=approved "
    "request_changes=draft reject=rejected discard=discarded",
    "approved": "edit=draft edit_handed_in=review reject=rejected release=released "
    "lapse=review discard=discarded",
    "rejected": "edit=draft edit_handed_in=draft discard=discarded take_back=review "
    "take_back_handed_in=review",
    "released": "take_back=draft take_back_handed_in=review",
    "discarded": "",
}
SUBMISSION_TABLE = {
    "ready": "claim=sending lose=unknown hold=held cancel=cancelled stop=partial "
    "give_up=error",
    "held": "resume=ready cancel=cancelled stop=partial give_up=error",
    "sending": "accept=sent accept_queued=queued accept_some=partial defer=deferred "
    "refuse=error lose=unknown hold=held cancel=cancelled stop=partial",
    "deferred": "claim=sending lose=unknown hold=held cancel=cancelled stop=partial "
    "give_up=error",
    "unknown": "accept=sent accept_queued=queued accept_some=partial defer=deferred "
    "refuse=error stop=partial confirm=sent give_up=error resend=ready",
    "partial": "resend=ready",
    "error": "resend=ready",
    "sent": "",
    "queued": "",
    "cancelled": "",
}


def steps(row: str) -> dict[str, str]:
    return dict(step.split("=") for step in row.split())


@pytest.mark.parametrize("state", DraftState)
def test_a_draft_takes_these_steps_and_no_others(state: DraftState) -> None:
    assert DRAFT_STEPS[state] == steps(DRAFT_TABLE[state])


@pytest.mark.parametrize("state", SubmissionState)
def test_a_submission_takes_these_steps_and_no_others(state: SubmissionState) -> None:
    assert SUBMISSION_STEPS[state] == steps(SUBMISSION_TABLE[state])


@pytest.mark.parametrize("state", DraftState)
@pytest.mark.parametrize("event", DraftEvent)
def test_advancing_a_draft_follows_its_table(
    state: DraftState, event: DraftEvent
) -> None:
    target = steps(DRAFT_TABLE[state]).get(event)

    if target:
        assert advance(DRAFT_STEPS, state, event) is DraftState(target)
    else:
        with pytest.raises(TransitionError):
            advance(DRAFT_STEPS, state, event)


@pytest.mark.parametrize("state", SubmissionState)
@pytest.mark.parametrize("event", SubmissionEvent)
def test_advancing_a_submission_follows_its_table(
    state: SubmissionState, event: SubmissionEvent
) -> None:
    target = steps(SUBMISSION_TABLE[state]).get(event)

    if target:
        assert advance(SUBMISSION_STEPS, state, event) is SubmissionState(target)
    else:
        with pytest.raises(TransitionError):
            advance(SUBMISSION_STEPS, state, event)


def test_editing_an_approved_draft_voids_the_approval() -> None:
    """An approval covers the bytes that were read, so no edit may keep it."""
    own = advance(DRAFT_STEPS, DraftState.APPROVED, DraftEvent.EDIT)
    handed_in = advance(DRAFT_STEPS, DraftState.APPROVED, DraftEvent.EDIT_HANDED_IN)

    assert own is DraftState.DRAFT
    assert handed_in is DraftState.REVIEW


def test_only_an_approved_draft_can_be_released() -> None:
    releasable = [s for s in DraftState if DraftEvent.RELEASE in DRAFT_STEPS[s]]

    assert releasable == [DraftState.APPROVED]


def test_what_may_have_left_is_never_claimed_again_by_itself() -> None:
    claimable = [
        s for s in SubmissionState if SubmissionEvent.CLAIM in SUBMISSION_STEPS[s]
    ]

    assert claimable == [SubmissionState.READY, SubmissionState.DEFERRED]


def test_the_steps_out_of_a_state_can_be_asked_for() -> None:
    assert allowed(DRAFT_STEPS, DraftState.RELEASED) == {
        DraftEvent.TAKE_BACK,
        DraftEvent.TAKE_BACK_HANDED_IN,
    }
    assert allowed(SUBMISSION_STEPS, SubmissionState.SENT) == frozenset()


def test_a_refusal_names_the_state_the_step_and_what_is_possible() -> None:
    with pytest.raises(TransitionError) as caught:
        advance(DRAFT_STEPS, DraftState.RELEASED, DraftEvent.REQUEST_CHANGES)

    assert "Mail that is released cannot take the step “request changes”" in str(
        caught.value
    )
    assert "take back, take back handed in" in str(caught.value)
    assert "tuimail show" in caught.value.hint


def test_where_nothing_is_possible_the_refusal_says_so() -> None:
    with pytest.raises(TransitionError, match="it can: nothing"):
        advance(SUBMISSION_STEPS, SubmissionState.SENT, SubmissionEvent.RESEND)


def test_the_legal_moves_are_those_of_the_table() -> None:
    pairs = {
        (state, target)
        for state, row in SUBMISSION_TABLE.items()
        for target in steps(row).values()
    }

    assert moves(SUBMISSION_STEPS) == pairs
    assert (DraftState.DRAFT, DraftState.DRAFT) in moves(DRAFT_STEPS)
    assert (DraftState.DRAFT, DraftState.RELEASED) not in moves(DRAFT_STEPS)
