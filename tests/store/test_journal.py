import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.bench import (
    BCC,
    MARA,
    NOW,
    REFUSED,
    Bench,
    digest,
    later,
    revision,
)
from tuimail.core.lifecycle import DraftState, SubmissionState
from tuimail.core.submission import AccountFault, RecipientState
from tuimail.errors import StoreError
from tuimail.store.journal import START, Verification
from tuimail.store.kept import Head


@pytest.fixture
def told(bench: Bench) -> Bench:
    """The life of one mail: reviewed, edited, sent, and refused for one."""
    bench.drafted("d1", state=DraftState.REVIEW)
    with bench.writing():
        bench.drafts.add_revision(revision("d1", 2, later(1)), DraftState.REVIEW)
    bench.decided("d1", reason=f"Keep {BCC} out of it?")
    submission_id = bench.sending("d1")
    with bench.writing():
        bench.commit(submission_id, 1, later(12))
        bench.submissions.set_recipient(
            submission_id, "ana@example.org", RecipientState.SENT, REFUSED, later(13)
        )
        bench.submissions.set_recipient(
            submission_id, BCC, RecipientState.INVALID, REFUSED, later(13)
        )
        bench.submissions.end_attempt(
            submission_id, 1, "accept_some", REFUSED, later(13)
        )
        bench.submissions.set_state(
            submission_id, SubmissionState.PARTIAL, at=later(13), reason=REFUSED.text
        )
        bench.accounts.hold("work", REFUSED.text, AccountFault.QUOTA, later(14))
    return bench


def tamper(bench: Bench, sql: str, *values: str | int) -> None:
    """Change the past, as somebody with the file and time would."""
    connection = bench.database.connection
    for trigger in ("journal_never_changes", "journal_stays"):
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute(sql, values)


# What is told ------------------------------------------------------------------


def test_every_step_is_told_in_order(told: Bench) -> None:
    events = [line.event for line in told.journal.lines("d1")]

    assert events == [
        "draft_created",
        "revision_added",
        "revision_added",
        "decided",
        "approval_given",
        "draft_moved",
        "submission_created",
        "draft_moved",
        "approval_spent",
        "attempt_opened",
        "submission_moved",
        "attempt_committed",
        "recipient_moved",
        "recipient_moved",
        "attempt_ended",
        "submission_moved",
    ]


def test_a_line_says_who_when_and_what(told: Bench) -> None:
    moved = [line for line in told.journal.lines("d1") if line.event == "draft_moved"]

    line = moved[0]
    assert (line.actor, line.at, line.draft_id) == (MARA, NOW, "d1")
    assert line.details == {
        "from": "review",
        "to": "approved",
        "revision": "2",
        "submission": "",
    }


def test_a_revision_is_bound_by_its_content(told: Bench) -> None:
    lines = told.journal.lines("d1")
    (content,) = told.database.connection.execute(
        "SELECT content FROM revisions WHERE number = 2"
    ).fetchall()[0]

    assert lines[2].details == {
        "revision": "2",
        "author": MARA,
        "content_digest": digest(str(content)),
        "message_digest": digest("d1.2"),
        "release_digest": digest("release d1.2"),
    }


def test_a_reason_is_bound_but_not_repeated(told: Bench) -> None:
    decided = next(line for line in told.journal.lines("d1") if line.event == "decided")

    assert decided.details["reason_digest"] == digest(f"Keep {BCC} out of it?")
    assert decided.details["verdict"] == "approved"


def test_bcc_addresses_are_nowhere_in_the_journal(told: Bench) -> None:
    """Not as recipients, and not in what a server or a reviewer said."""
    rows = told.database.connection.execute("SELECT * FROM journal").fetchall()

    assert BCC not in str(rows)
    assert "ana@example.org" in str(rows)


def test_a_change_that_is_no_step_is_not_told(bench: Bench) -> None:
    submission_id = bench.released()
    before = bench.journal.head()

    with bench.writing():
        bench.submissions.set_state(
            submission_id, SubmissionState.READY, at=later(1), due_at=later(60)
        )
        bench.submissions.set_recipient(
            submission_id, BCC, RecipientState.PENDING, None, later(1)
        )

    assert bench.journal.head() == before


def test_a_step_that_is_taken_back_is_not_told(bench: Bench) -> None:
    def refuse_half_way() -> None:
        with bench.writing():
            bench.drafts.set_state("d1", DraftState.REVIEW, NOW)
            raise LookupError

    bench.drafted()
    before = bench.journal.all()

    with pytest.raises(LookupError):
        refuse_half_way()

    assert bench.journal.all() == before
    assert bench.journal.verify().ok


def test_lines_are_of_one_draft_and_pages_of_all(told: Bench) -> None:
    told.drafted("d2")

    everything = told.journal.all()

    assert [line.number for line in everything] == list(range(1, len(everything) + 1))
    assert [line.draft_id for line in told.journal.lines("d2")] == ["d2", "d2"]
    assert told.journal.all(after=3, limit=2) == everything[3:5]
    assert told.journal.lines("d9") == ()


# The chain ---------------------------------------------------------------------


def test_an_empty_journal_is_whole(bench: Bench) -> None:
    assert bench.journal.verify() == Verification(ok=True, first_bad=None, checked=0)
    assert bench.journal.head() == Head(number=0, hash=START)


def test_the_chain_begins_with_zeros_and_hashes_json(bench: Bench) -> None:
    """Anybody can check it with nothing but SHA-256 and JSON."""
    bench.drafted()

    first, second = bench.database.connection.execute(
        "SELECT * FROM journal ORDER BY number"
    ).fetchall()

    assert first[6] == "0" * 64
    for row in (first, second):
        text = json.dumps(row[:7], separators=(",", ":"), ensure_ascii=False)
        assert row[7] == hashlib.sha256(text.encode()).hexdigest()
    assert second[6] == first[7]
    assert bench.journal.head() == (2, second[7])


def test_an_untouched_journal_is_whole(told: Bench) -> None:
    lines = told.journal.all()

    assert told.journal.verify() == (True, None, len(lines))


@pytest.mark.parametrize("number", [1, 5, 17])
@pytest.mark.parametrize(
    "change",
    [
        "at = '2020-01-01T00:00:00.000000Z'",
        "actor = 'person:eve'",
        "event = 'nothing'",
        "draft_id = 'd2'",
        "details = '{}'",
        "previous = hash",
        "hash = previous",
    ],
)
def test_a_row_that_was_edited_is_named(told: Bench, number: int, change: str) -> None:
    tamper(told, f"UPDATE journal SET {change} WHERE number = ?", number)

    assert told.journal.verify() == (False, number, 17)


@pytest.mark.parametrize("number", [1, 9])
def test_a_row_that_was_removed_is_named(told: Bench, number: int) -> None:
    tamper(told, "DELETE FROM journal WHERE number = ?", number)

    assert told.journal.verify() == (False, number, 16)


def test_a_removal_that_closes_the_gap_is_named(told: Bench) -> None:
    tamper(told, "DELETE FROM journal WHERE number = 9")
    told.database.connection.execute(
        "UPDATE journal SET number = number - 1 WHERE number > 9"
    )

    assert told.journal.verify().first_bad == 9


def test_a_row_that_was_added_is_named(told: Bench) -> None:
    tamper(
        told,
        "INSERT INTO journal SELECT 18, at, actor, event, draft_id, details, hash, "
        "hash FROM journal WHERE number = 17",
    )

    assert told.journal.verify() == (False, 18, 18)


def test_a_row_that_was_put_before_the_first_is_named(told: Bench) -> None:
    tamper(
        told,
        "INSERT INTO journal SELECT -5, at, actor, event, draft_id, details, "
        "previous, hash FROM journal WHERE number = 1",
    )

    assert told.journal.verify() == (False, 1, 18)


def test_a_long_journal_is_read_in_pages(bench: Bench) -> None:
    bench.database.connection.pragma("synchronous", 0)
    with bench.writing():
        for number in range(1100):
            bench.accounts.hold(f"account {number}", "", None, NOW)

    assert bench.journal.verify() == (True, None, 1100)
    tamper(bench, "UPDATE journal SET actor = 'person:eve' WHERE number = 1050")
    assert bench.journal.verify() == (False, 1050, 1100)


def test_a_cut_end_shows_against_a_head_that_was_kept(told: Bench) -> None:
    kept = told.journal.head()
    tamper(told, "DELETE FROM journal WHERE number > 14")

    assert told.journal.verify().ok
    assert told.journal.head() != kept


def test_writing_goes_on_after_the_newest_row(told: Bench) -> None:
    before = told.journal.head()

    told.drafted("d2")

    after = told.journal.all(after=before.number)[0]
    assert after.number == before.number + 1
    assert told.journal.verify().ok


def test_any_actor_and_account_can_be_told(bench: Bench) -> None:
    """SQLite and Python write the same JSON, whatever is in the texts."""

    @settings(max_examples=80, deadline=None)
    @given(name=st.text(st.characters(codec="utf-8"), min_size=1))
    def told_and_whole(name: str) -> None:
        with bench.writing():
            bench.accounts.hold(name, "", None, NOW)
            bench.accounts.release(name, NOW)

        assert bench.journal.verify().ok
        assert bench.journal.all(bench.journal.head().number - 1)[0].details == {
            "account": name,
            "fault": "",
        }

    told_and_whole()


def test_a_journal_is_not_written_by_hand(bench: Bench) -> None:
    """Even a row that fits is refused where an older one has its place."""
    bench.drafted()

    with pytest.raises(StoreError, match="refused a step"):
        bench.write("INSERT OR REPLACE INTO journal SELECT * FROM journal LIMIT 1")

    assert bench.journal.verify().ok
