import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimail.core.lifecycle import SUBMISSION_STEPS, SubmissionEvent, SubmissionState
from tuimail.core.submission import (
    HAVE_IT,
    OPEN_RECIPIENTS,
    Receipt,
    RecipientState,
    Verdict,
    VerdictKind,
    Verdicts,
    recipient_state,
    settle,
)

_R = RecipientState
_E = SubmissionEvent


@pytest.mark.parametrize(
    ("states", "event"),
    [
        ([_R.SENT], _E.ACCEPT),
        ([_R.SENT, _R.SENT], _E.ACCEPT),
        ([_R.QUEUED], _E.ACCEPT_QUEUED),
        ([_R.SENT, _R.QUEUED], _E.ACCEPT_QUEUED),
        ([_R.SENT, _R.INVALID], _E.ACCEPT_SOME),
        ([_R.QUEUED, _R.FAILED], _E.ACCEPT_SOME),
        ([_R.REJECTED], _E.REFUSE),
        ([_R.INVALID, _R.REJECTED, _R.FAILED], _E.REFUSE),
        ([_R.PENDING], _E.DEFER),
        ([_R.SENT, _R.DEFERRED], _E.DEFER),
        ([_R.REJECTED, _R.DEFERRED], _E.DEFER),
        ([_R.UNKNOWN], _E.LOSE),
        ([_R.UNKNOWN, _R.DEFERRED], _E.LOSE),
        ([_R.UNKNOWN, _R.SENT, _R.REJECTED], _E.LOSE),
    ],
)
def test_the_recipients_decide_what_happens_to_the_submission(
    states: list[RecipientState], event: SubmissionEvent
) -> None:
    assert settle(states) is event
    assert settle(reversed(states)) is event


@given(st.lists(st.sampled_from(RecipientState), min_size=1))
def test_whatever_an_attempt_settles_in_is_a_step_it_can_take(
    states: list[RecipientState],
) -> None:
    event = settle(states)

    assert event in SUBMISSION_STEPS[SubmissionState.SENDING]


@given(st.lists(st.sampled_from(RecipientState), min_size=1))
def test_nobody_is_forgotten(states: list[RecipientState]) -> None:
    is_accepted = settle(states) in {_E.ACCEPT, _E.ACCEPT_QUEUED}
    is_open = settle(states) in {_E.DEFER, _E.LOSE}

    assert is_accepted == (set(states) <= HAVE_IT)
    assert is_open == bool(set(states) & (OPEN_RECIPIENTS | {_R.UNKNOWN}))


def test_a_submission_without_recipients_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one"):
        settle([])


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (VerdictKind.SENT, _R.SENT),
        (VerdictKind.QUEUED, _R.QUEUED),
        (VerdictKind.DEFERRED, _R.DEFERRED),
        (VerdictKind.UNKNOWN, _R.UNKNOWN),
        (VerdictKind.REFUSED, _R.REJECTED),
    ],
)
def test_a_verdict_settles_its_recipient(
    kind: VerdictKind, state: RecipientState
) -> None:
    verdict = Verdict(wire_address="bob@partner.example", kind=kind)

    assert recipient_state(verdict) is state


def test_a_recipient_that_does_not_exist_is_invalid_not_rejected() -> None:
    verdict = Verdict(
        wire_address="bob@partner.example",
        kind=VerdictKind.REFUSED,
        is_bad_address=True,
    )

    assert recipient_state(verdict) is _R.INVALID


ODD = "a\udcff\ud800é\n"


def test_what_no_database_takes_is_in_no_receipt() -> None:
    receipt = Receipt(stage=ODD, enhanced=ODD, text=ODD, provider_message_id=ODD)

    kept = "a\\udcff\\ud800é\n"
    assert receipt.text == receipt.provider_message_id == kept
    assert receipt.stage == receipt.enhanced == kept
    assert Verdicts(server=ODD).server == kept


@given(text=st.text())
def test_what_can_be_stored_is_kept_word_for_word(text: str) -> None:
    """Hypothesis leaves lone surrogates out."""
    assert Receipt(text=text).text == text
