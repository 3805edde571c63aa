from dataclasses import replace

import pytest

from tests.store.bench import BCC, EVERYBODY, NOW, REFUSED, Bench, later
from tuimail.core.lifecycle import DraftState, SubmissionState
from tuimail.core.service import ServiceOptions
from tuimail.core.submission import (
    AccountFault,
    Attempt,
    AttemptPhase,
    Receipt,
    Recipient,
    RecipientState,
)
from tuimail.errors import NotFoundError, StoreError
from tuimail.store import submissions


def test_a_submission_is_read_back_as_it_was_stored(bench: Bench) -> None:
    bench.approved()
    row = bench.submission(
        "d1",
        needs_smtputf8=True,
        service=ServiceOptions(tags=("a",), merge_for=(("b@c.d", (("n", "1"),)),)),
        reason="Scheduled.",
        provider_message_id="x-1",
        give_up_at=later(432_000),
    )

    with bench.writing():
        bench.submissions.insert(row, EVERYBODY)

    assert bench.submissions.get(row.id) == row
    assert bench.submissions.recipients(row.id) == EVERYBODY
    assert bench.submissions.attempts(row.id) == ()


def test_what_is_not_there_is_not_found(bench: Bench) -> None:
    bench.released()

    with pytest.raises(NotFoundError, match="no submission s9"):
        bench.submissions.get("s9")
    with pytest.raises(NotFoundError), bench.writing():
        bench.submissions.set_state("s9", SubmissionState.HELD, at=NOW)
    for receipt in (None, Receipt()):
        with pytest.raises(NotFoundError, match="no such recipient"), bench.writing():
            bench.submissions.set_recipient(
                "s-d1-1", "eve@example.net", RecipientState.SENT, receipt, NOW
            )


# What is due -------------------------------------------------------------------


def due_ids(bench: Bench, minutes: float, account: str = "work") -> list[str]:
    found = bench.submissions.due(account, later(minutes), limit=9)
    return [row.draft_id for row in found]


def test_nothing_is_due_before_its_time(bench: Bench) -> None:
    bench.released("d1", due_at=later(10))

    assert due_ids(bench, 9.999999) == []
    assert bench.submissions.accounts_due(later(9.999999)) == ()
    assert due_ids(bench, 10) == ["d1"]
    assert bench.submissions.accounts_due(later(10)) == ("work",)


def test_what_is_due_longest_goes_first_then_what_was_released_first(
    bench: Bench,
) -> None:
    for name, due in (("z", 10), ("a", 10), ("m", 5)):
        bench.released(name, due_at=later(due))

    assert due_ids(bench, 60) == ["m", "z", "a"]
    two = bench.submissions.due("work", later(60), limit=2)
    assert [row.draft_id for row in two] == ["m", "z"]


def test_what_is_being_sent_is_not_due(bench: Bench) -> None:
    bench.sending("d1")

    assert due_ids(bench, 60) == []
    assert bench.submissions.accounts_due(later(60)) == ()


def test_deferred_mail_is_due_again_and_held_mail_is_not(bench: Bench) -> None:
    submission_id = bench.sending("d1")
    bench.settled(submission_id, SubmissionState.DEFERRED, "defer")

    assert due_ids(bench, 59) == []
    assert due_ids(bench, 60) == ["d1"]
    with bench.writing():
        bench.submissions.set_state(submission_id, SubmissionState.HELD, at=later(61))
    assert due_ids(bench, 99) == []


def test_the_submission_of_a_draft_is_found(bench: Bench) -> None:
    bench.released("d1")
    wanted = bench.released("d2")

    found = bench.submissions.of_draft("d2")

    assert found is not None
    assert found.id == wanted
    assert bench.submissions.of_draft("d9") is None


def test_accounts_that_are_held_have_nothing_due(bench: Bench) -> None:
    bench.released("d1", account="work", due_at=later(1))
    bench.released("d2", account="home", due_at=later(2))
    bench.released("d3", account="club", due_at=later(3))
    bench.released("d4", account="club", due_at=later(4))
    with bench.writing():
        bench.accounts.hold("work", "535", AccountFault.LOGIN, NOW)

    assert bench.submissions.accounts_due(later(9)) == ("club", "home")
    assert bench.submissions.accounts_due(later(2)) == ("home",)


def test_looking_for_what_is_due_reads_the_index_of_what_waits(bench: Bench) -> None:
    """However many were sent before: they are not in that index."""
    explain = "EXPLAIN QUERY PLAN"
    values = {"account": "work", "limit": 1, "now": ""}
    connection = bench.database.connection
    sql = explain + submissions._SELECT + submissions._DUE
    one = [str(row[3]) for row in connection.execute(sql, values).fetchall()]
    sql = explain + submissions._ACCOUNTS_DUE
    accounts = [str(row[3]) for row in connection.execute(sql, values).fetchall()]

    assert one == [
        "SEARCH submissions USING INDEX submissions_due (account=? AND due_at<?)"
    ]
    reads = [step for step in accounts if " submissions " in step]
    assert len(reads) == 3
    assert all("INDEX submissions_due" in step for step in reads)


# Attempts ----------------------------------------------------------------------


def test_a_claim_opens_the_next_attempt(bench: Bench) -> None:
    submission_id = bench.released()

    with bench.writing():
        first = bench.claim(submission_id, later(11))
    bench.settled(submission_id, SubmissionState.DEFERRED, "defer")
    with bench.writing():
        second = bench.claim(submission_id, later(61))

    assert (first, second) == (1, 2)
    row = bench.submissions.get(submission_id)
    assert (row.state, row.changed_at) == (SubmissionState.SENDING, later(61))
    assert bench.submissions.attempts(submission_id) == (
        Attempt(
            number=1,
            phase=AttemptPhase.DONE,
            started_at=later(11),
            ended_at=later(12),
            outcome="defer",
        ),
        Attempt(number=2, phase=AttemptPhase.OPEN, started_at=later(61)),
    )


@pytest.mark.parametrize(
    ("state", "outcome"),
    [(SubmissionState.SENT, "accept"), (SubmissionState.UNKNOWN, "lose")],
)
def test_what_does_not_wait_is_not_claimed(
    bench: Bench, state: SubmissionState, outcome: str
) -> None:
    submission_id = bench.sending()
    bench.settled(submission_id, state, outcome)

    with pytest.raises(StoreError, match="mail that waits"), bench.writing():
        bench.claim(submission_id, NOW)

    assert len(bench.submissions.attempts(submission_id)) == 1


def test_an_attempt_is_committed_once(bench: Bench) -> None:
    submission_id = bench.sending()

    with bench.writing():
        first = bench.commit(submission_id, 1, later(12))
        again = bench.commit(submission_id, 1, later(13))

    assert (first, again) == (True, False)
    attempt = bench.submissions.attempts(submission_id)[0]
    assert attempt.phase is AttemptPhase.COMMITTED
    assert attempt.committed_at == later(12)


def test_by_what_a_provider_can_be_asked_is_kept_with_the_commitment(
    bench: Bench,
) -> None:
    submission_id = bench.sending()

    with bench.writing():
        bench.commit(submission_id, 1, later(12), handle="upload/7")

    assert bench.submissions.attempts(submission_id)[0].handle == "upload/7"


def test_an_attempt_that_was_cancelled_is_not_committed(bench: Bench) -> None:
    """The point of no return must fail: nothing more may be sent."""
    submission_id = bench.sending()
    bench.settled(submission_id, SubmissionState.CANCELLED, "cancel")

    with bench.writing():
        assert not bench.commit(submission_id, 1, later(13))


def test_an_attempt_of_an_earlier_sender_is_not_committed(bench: Bench) -> None:
    """It woke up after another sender judged it and opened the next one."""
    submission_id = bench.sending()
    bench.settled(submission_id, SubmissionState.DEFERRED, "defer")
    with bench.writing():
        bench.claim(submission_id, later(60))

    with bench.writing():
        assert not bench.commit(submission_id, 1, later(61))
        assert bench.commit(submission_id, 2, later(61))


def test_the_answer_is_kept_word_for_word(bench: Bench) -> None:
    submission_id = bench.sending()
    receipt = Receipt(
        stage="end_of_data",
        code=250,
        enhanced="2.0.0",
        text="250 2.0.0 Ok: queued\n\x1b[2J\x00 as 4F1",
        provider_message_id="4F1",
    )

    with bench.writing():
        bench.commit(submission_id, 1, later(11.5))
    bench.settled(submission_id, SubmissionState.SENT, "accept", receipt)

    assert bench.submissions.attempts(submission_id) == (
        Attempt(
            number=1,
            phase=AttemptPhase.DONE,
            started_at=later(11),
            committed_at=later(11.5),
            ended_at=later(12),
            outcome="accept",
            receipt=receipt,
        ),
    )


def test_an_attempt_ends_once(bench: Bench) -> None:
    submission_id = bench.sending()

    with bench.writing():
        end = bench.submissions.end_attempt
        first = end(submission_id, 1, "hold", Receipt(text="451"), later(12))
        again = end(submission_id, 1, "accept", Receipt(text="250"), later(13))
        bench.submissions.set_state(submission_id, SubmissionState.HELD, at=later(12))

    assert (first, again) == (True, False)
    assert bench.submissions.attempts(submission_id)[0].receipt.text == "451"


def test_an_answer_that_is_no_text_is_stored_all_the_same(bench: Bench) -> None:
    """A result that cannot be recorded would make the mail unknown."""
    submission_id = bench.sending()
    odd = Receipt(text="250 \udcff ok", enhanced="\udc80", provider_message_id="\ud800")

    bench.settled(submission_id, SubmissionState.SENT, "accept", odd)

    assert bench.submissions.attempts(submission_id)[0].receipt == Receipt(
        text="250 \\udcff ok", enhanced="\\udc80", provider_message_id="\\ud800"
    )


# Recipients and states ---------------------------------------------------------


def test_each_recipient_has_its_own_answer(bench: Bench) -> None:
    submission_id = bench.sending()

    with bench.writing():
        bench.submissions.set_recipient(
            submission_id, BCC, RecipientState.INVALID, REFUSED, later(12)
        )

    to, cc, bcc = bench.submissions.recipients(submission_id)
    assert (to, cc) == EVERYBODY[:2]
    assert bcc == Recipient(
        envelope=EVERYBODY[2].envelope, state=RecipientState.INVALID, receipt=REFUSED
    )


def test_a_recipient_can_move_and_keep_its_answer(bench: Bench) -> None:
    submission_id = bench.sending()

    with bench.writing():
        move = bench.submissions.set_recipient
        move(submission_id, BCC, RecipientState.INVALID, REFUSED, later(12))
        move(submission_id, BCC, RecipientState.PENDING, None, later(13))

    found = bench.submissions.recipients(submission_id)[2]
    assert (found.state, found.receipt) == (RecipientState.PENDING, REFUSED)


def test_what_is_not_named_stays_as_it_is(bench: Bench) -> None:
    submission_id = bench.released(
        reason="Why.", provider_message_id="x-1", give_up_at=later(9)
    )
    before = bench.submissions.get(submission_id)

    with bench.writing():
        bench.submissions.set_state(submission_id, SubmissionState.HELD, at=NOW)

    after = bench.submissions.get(submission_id)
    assert after.state is SubmissionState.HELD
    assert replace(after, state=before.state) == before


def test_everything_beside_the_state_can_be_changed(bench: Bench) -> None:
    submission_id = bench.sending()

    with bench.writing():
        bench.submissions.set_state(
            submission_id,
            SubmissionState.SENDING,
            at=later(1),
            due_at=None,
            undo_until=None,
            reason="Told to wait.",
            attempts=3,
            provider_message_id="x-1",
        )

    row = bench.submissions.get(submission_id)
    assert (row.due_at, row.undo_until, row.reason) == (None, None, "Told to wait.")
    assert (row.attempts, row.provider_message_id) == (3, "x-1")
    with bench.writing():
        bench.submissions.set_state(
            submission_id,
            SubmissionState.SENDING,
            at=later(1),
            due_at=later(5),
            undo_until=later(6),
            give_up_at=later(7),
            reason="",
        )
    row = bench.submissions.get(submission_id)
    assert row.give_up_at == later(7)
    assert (row.due_at, row.undo_until, row.reason) == (later(5), later(6), "")


def test_mail_is_found_by_state_and_account_oldest_release_first(bench: Bench) -> None:
    ready = SubmissionState.READY
    bench.released("late", released_at=later(2), account="work")
    bench.released("early", released_at=later(1), account="work")
    bench.released("other", released_at=later(3), account="home")
    bench.sending("away", account="work")

    found = bench.submissions.in_state(ready)
    of_work = bench.submissions.by_account("work", (ready, SubmissionState.SENDING))

    assert [row.draft_id for row in found] == ["early", "late", "other"]
    assert [row.draft_id for row in of_work] == ["away", "early", "late"]
    both = bench.submissions.in_state(ready, SubmissionState.SENDING)
    assert len(both) == 4
    assert bench.submissions.in_state() == ()
    after = bench.submissions.in_state(ready, released_after=later(2))
    assert [row.draft_id for row in after] == ["other"]


def test_mail_in_its_undo_window_is_found_among_what_waits(bench: Bench) -> None:
    bench.released("soon", undo_until=later(60))
    bench.released("due", undo_until=None)
    bench.sending("away", undo_until=later(60))

    (found,) = bench.submissions.in_window()

    assert found.draft_id == "soon"


def test_a_partial_mail_is_tried_again_for_who_is_left(bench: Bench) -> None:
    submission_id = bench.sending()
    bench.settled(submission_id, SubmissionState.PARTIAL, "accept_some")

    with bench.writing():
        bench.submissions.set_state(
            submission_id, SubmissionState.READY, at=later(70), due_at=later(70)
        )
        number = bench.claim(submission_id, later(70))

    assert number == 2
    assert bench.drafts.get("d1").state is DraftState.RELEASED
