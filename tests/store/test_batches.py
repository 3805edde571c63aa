"""The steps of many attempts at once: wholly for all of them, or for none."""

import pytest

from tests.store.bench import BCC, EVERYBODY, Bench, later
from tuimail.core.lifecycle import SubmissionState
from tuimail.core.submission import (
    AttemptPhase,
    Receipt,
    RecipientState,
    Verdict,
    VerdictKind,
)
from tuimail.errors import NotFoundError, StoreError
from tuimail.store.batches import Intended, Taken, Which

YES = Receipt(stage="end_of_data", code=250, text="Ok", provider_message_id="4F1")
MAYBE = Receipt(stage="end_of_data", code=251, text="Forwarded")


def taken(submission_id: str, *answers: Verdict) -> Taken:
    everybody = tuple(
        Verdict(
            wire_address=one.envelope.wire_address,
            kind=VerdictKind.SENT,
            receipt=MAYBE if one.envelope.wire_address == BCC else YES,
        )
        for one in EVERYBODY
    )
    return Taken(
        which=Which(submission_id, 1),
        outcome="accept",
        state="sent",
        receipt=YES,
        server="smtp.example.org:587",
        attempts=1,
        provider_message_id="4F1",
        answers=answers or everybody,
    )


def test_many_are_claimed_committed_and_settled_at_once(bench: Bench) -> None:
    ids = [bench.released(name) for name in ("d1", "d2", "d3")]

    with bench.writing():
        numbers = bench.batches.claim(ids, later(11))
    with bench.writing():
        leaving = bench.batches.commit([Intended(one, 1) for one in ids], later(12))
    with bench.writing():
        ended = bench.batches.settle([taken(one) for one in ids], later(13))

    assert numbers == dict.fromkeys(ids, 1)
    assert leaving == ended == frozenset(ids)
    assert [bench.submissions.get(one).state for one in ids] == ["sent"] * 3


def test_what_was_answered_is_kept_as_one_answer_at_a_time_is(bench: Bench) -> None:
    submission_id = bench.sending()

    with bench.writing():
        bench.batches.settle([taken(submission_id)], later(13))

    row = bench.submissions.get(submission_id)
    (attempt,) = bench.submissions.attempts(submission_id)
    told = bench.submissions.recipients(submission_id)
    assert (row.state, row.attempts, row.due_at) == (SubmissionState.SENT, 1, None)
    assert (row.provider_message_id, row.changed_at) == ("4F1", later(13))
    assert (attempt.phase, attempt.receipt) == (AttemptPhase.DONE, YES)
    assert [one.wire_address for one in attempt.answers] == [BCC]
    assert {one.state for one in told} == {RecipientState.SENT}
    assert {one.receipt for one in told} == {YES, MAYBE}


def test_of_an_attempt_that_had_ended_nothing_is_changed(bench: Bench) -> None:
    late, other = bench.sending("d1"), bench.sending("d2")
    bench.settled(late, SubmissionState.UNKNOWN, "lose")
    before = bench.submissions.get(late), bench.submissions.recipients(late)

    with bench.writing():
        ended = bench.batches.settle([taken(late), taken(other)], later(13))

    assert ended == {other}
    assert before == (bench.submissions.get(late), bench.submissions.recipients(late))


def test_one_that_was_withdrawn_does_not_leave_with_the_others(bench: Bench) -> None:
    gone, other = bench.sending("d1"), bench.sending("d2")
    bench.settled(gone, SubmissionState.CANCELLED, "cancel")

    with bench.writing():
        attempts = [Intended(gone, 1), Intended(other, 1)]
        leaving = bench.batches.commit(attempts, later(13))

    assert leaving == {other}


def test_one_that_cannot_be_claimed_keeps_all_from_it(bench: Bench) -> None:
    ids = [bench.released("d1"), bench.sending("d2")]

    with pytest.raises(StoreError, match="mail that waits"), bench.writing():
        bench.batches.claim(ids, later(12))

    assert bench.submissions.attempts(ids[0]) == ()


def test_an_answer_about_somebody_else_settles_nothing(bench: Bench) -> None:
    submission_id = bench.sending()
    stranger = Verdict(wire_address="eve@example.org", kind=VerdictKind.SENT)

    with pytest.raises(NotFoundError), bench.writing():
        bench.batches.settle([taken(submission_id, stranger)], later(13))

    assert bench.submissions.get(submission_id).state is SubmissionState.SENDING


def test_no_intents_need_no_statement(bench: Bench) -> None:
    assert bench.batches.commit([], later(12)) == frozenset()
