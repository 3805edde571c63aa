from datetime import datetime
from typing import Final

import pytest

from tests.store.bench import BCC, NOW, Bench, digest, draft, later
from tuimail.core.draft import Attachment
from tuimail.core.lifecycle import DraftState, SubmissionState
from tuimail.core.submission import RecipientState
from tuimail.errors import NotFoundError, StoreError
from tuimail.store.correspondents import Correspondents
from tuimail.store.notices import UNKNOWN, Notices
from tuimail.store.purging import Purged, Purging

SETTLED: Final = frozenset(
    {"sent", "queued", "partial", "error", "cancelled", "discarded", "rejected"}
)
LONG_AFTER: Final = later(100)
TABLES: Final = (
    "drafts", "revisions", "decisions", "approvals", "submissions", "recipients",
    "attempts",
)  # fmt: skip


def sent(bench: Bench, id: str = "d1") -> str:
    submission_id = bench.sending(id)
    bench.settled(submission_id, SubmissionState.SENT, "accept")
    return submission_id


def purge(
    bench: Bench,
    *,
    before: datetime = LONG_AFTER,
    limit: int = 100,
    statuses: frozenset[str] = SETTLED,
) -> tuple[Purged, ...]:
    with bench.writing():
        return Purging(bench.database).purge(
            statuses, before, at=later(200), limit=limit
        )


def rows(bench: Bench) -> dict[str, int]:
    return {
        table: len(bench.database.read(f"SELECT 1 AS x FROM {table}", (), dict))
        for table in TABLES
    }


# What goes ---------------------------------------------------------------------


def test_everything_about_a_settled_mail_goes(bench: Bench) -> None:
    sent(bench)
    bench.decided("d1")

    found = purge(bench)

    assert found == (Purged(id="d1", status="sent", revision=1),)
    assert rows(bench) == dict.fromkeys(TABLES, 0)
    with pytest.raises(NotFoundError):
        bench.drafts.get("d1")


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (SubmissionState.SENT, "accept"),
        (SubmissionState.QUEUED, "accept_queued"),
        (SubmissionState.PARTIAL, "accept_some"),
        (SubmissionState.ERROR, "refuse"),
        (SubmissionState.CANCELLED, "cancel"),
    ],
)
def test_a_settled_submission_may_go(
    bench: Bench, state: SubmissionState, outcome: str
) -> None:
    bench.settled(bench.sending("d1"), state, outcome)

    assert [one.status for one in purge(bench)] == [state.value]


@pytest.mark.parametrize("state", [DraftState.REJECTED, DraftState.DISCARDED])
def test_a_draft_that_nobody_wants_may_go(bench: Bench, state: DraftState) -> None:
    bench.drafted("d1", state=DraftState.REVIEW)
    with bench.writing():
        bench.drafts.set_state("d1", state, NOW)

    assert [one.status for one in purge(bench)] == [state.value]


def test_a_mail_that_was_released_twice_goes_with_both_submissions(
    bench: Bench,
) -> None:
    first = bench.released("d1")
    with bench.writing():
        bench.submissions.set_state(first, SubmissionState.CANCELLED, at=later(1))
        bench.drafts.set_state("d1", DraftState.DRAFT, later(1), submission_id=None)
    with bench.writing():
        bench.drafts.set_state("d1", DraftState.DISCARDED, later(2))

    purge(bench)

    assert rows(bench) == dict.fromkeys(TABLES, 0)


def test_only_as_many_go_as_are_asked_for_and_the_oldest_first(bench: Bench) -> None:
    for number in range(3):
        bench.drafted(f"d{number}", state=DraftState.REVIEW)
        with bench.writing():
            bench.drafts.set_state(f"d{number}", DraftState.REJECTED, later(9 - number))

    found = purge(bench, limit=2)

    assert [one.id for one in found] == ["d1", "d2"]
    assert [one.id for one in purge(bench, limit=2)] == ["d0"]


def test_what_was_to_be_told_about_it_goes_too(bench: Bench) -> None:
    sent(bench)
    notices = Notices(bench.database)
    with bench.writing():
        notices.add(kind=UNKNOWN, subject="d1", sentence="No answer.", at=NOW)
        notices.add(kind=UNKNOWN, subject="d2", sentence="No answer.", at=NOW)

    purge(bench)

    assert [one.subject for one in notices.untold()] == ["d2"]


# What stays --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (SubmissionState.DEFERRED, "defer"),
        (SubmissionState.HELD, "hold"),
        (SubmissionState.UNKNOWN, "lose"),
    ],
)
def test_what_waits_or_may_have_left_never_goes(
    bench: Bench, state: SubmissionState, outcome: str
) -> None:
    bench.settled(bench.sending("d1"), state, outcome)

    assert purge(bench) == ()
    with pytest.raises(StoreError, match="only settled mail is purged"):
        purge(bench, statuses=frozenset({state.value}))


@pytest.mark.parametrize("status", ["draft", "review", "approved", "ready", "sending"])
def test_what_is_under_way_never_goes(bench: Bench, status: str) -> None:
    bench.drafted("d1")
    bench.drafted("d2", state=DraftState.REVIEW)
    bench.approved("d3")
    bench.released("d4")
    bench.sending("d5")

    with pytest.raises(StoreError, match="only settled mail is purged"):
        purge(bench, statuses=frozenset({status}))

    assert rows(bench)["drafts"] == 5


def test_a_settled_draft_with_a_submission_under_way_never_goes(bench: Bench) -> None:
    """No step leads there; the database refuses it all the same."""
    submission_id = bench.released("d1")
    connection = bench.database.connection
    for (trigger,) in connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'drafts%'"
    ).fetchall():
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute("UPDATE drafts SET state = 'discarded', status = 'discarded'")

    with pytest.raises(StoreError, match="only settled mail is purged"):
        purge(bench)

    assert bench.submissions.get(submission_id).draft_id == "d1"


def test_what_changed_since_stays(bench: Bench) -> None:
    sent(bench)

    assert purge(bench, before=later(12)) == ()
    assert [one.id for one in purge(bench, before=later(12.1))] == ["d1"]


def test_a_status_that_is_not_asked_for_stays(bench: Bench) -> None:
    sent(bench)

    assert purge(bench, statuses=frozenset({"error", "partial"})) == ()


def test_other_mail_is_as_it_was(bench: Bench) -> None:
    sent(bench, "d1")
    submission_id = bench.sending("d2")

    purge(bench)

    assert rows(bench) == dict.fromkeys(TABLES, 1) | {"recipients": 3, "decisions": 0}
    assert bench.submissions.get(submission_id).state is SubmissionState.SENDING
    bench.settled(submission_id, SubmissionState.SENT, "accept")


def test_the_journal_stays_whole_and_says_what_went(bench: Bench) -> None:
    sent(bench)
    before = bench.journal.all()

    purge(bench)

    after = bench.journal.all()
    assert after[:-1] == before
    assert bench.journal.verify().ok
    assert (after[-1].event, after[-1].draft_id) == ("mail_purged", "d1")
    assert after[-1].at == later(200)
    assert after[-1].details == {"status": "sent", "revision": "1"}


def test_whom_one_wrote_to_is_still_known(bench: Bench) -> None:
    submission_id = sent(bench)
    with bench.writing():
        bench.submissions.set_recipient(
            submission_id, BCC, RecipientState.SENT, None, later(13)
        )

    purge(bench)

    assert Correspondents(bench.database).known([BCC]) == {BCC}


def test_the_numbers_of_the_lists_stay_right(bench: Bench) -> None:
    sent(bench, "d1")
    sent(bench, "d2")
    bench.drafted("d3")

    purge(bench, limit=1)

    assert bench.rows.counts() == {"sent": 1, "draft": 1}


# A purge is whole, or did not happen -------------------------------------------


def test_rows_cannot_be_deleted_past_the_table(bench: Bench) -> None:
    sent(bench)
    bench.decided("d1")

    for table in TABLES:
        with pytest.raises(StoreError, match="never deleted, but purged"):
            bench.write(f"DELETE FROM {table}")
    assert 0 not in rows(bench).values()


def test_a_purge_that_is_not_over_cannot_be_committed(bench: Bench) -> None:
    sent(bench)
    at = "2026-03-02T14:02:00.000000Z"

    with pytest.raises(StoreError, match="FOREIGN KEY"):
        bench.write("INSERT INTO purging (draft_id, at) VALUES ('d1', ?)", at)

    assert purge(bench)


def test_rows_that_were_left_out_undo_the_purge(bench: Bench) -> None:
    """A table that a later version forgets may not leave rows without a mail."""
    sent(bench)
    bench.database.connection.execute(
        "CREATE TABLE later (draft_id TEXT REFERENCES drafts (id));"
        "INSERT INTO later VALUES ('d1')"
    )

    with pytest.raises(StoreError, match="FOREIGN KEY"):
        purge(bench)

    assert bench.drafts.get("d1").id == "d1"
    assert bench.journal.lines("d1")[-1].event != "mail_purged"


# What is asked about it ---------------------------------------------------------


def test_what_would_go_is_counted_and_stays(bench: Bench) -> None:
    sent(bench, "d1")
    sent(bench, "d2")
    bench.drafted("d3")

    assert Purging(bench.database).counts(SETTLED, later(100)) == {"sent": 2}
    assert rows(bench)["drafts"] == 3


def test_what_was_purged_is_known_afterwards(bench: Bench) -> None:
    sent(bench, "d1")
    purge(bench)
    bench.drafted("d2")

    assert Purging(bench.database).among(["d1", "d2", "d3"]) == ("d1",)


def test_what_was_rebuilt_since_is_not_purged(bench: Bench) -> None:
    sent(bench, "d1")
    purge(bench)
    bench.drafted("d1")

    assert Purging(bench.database).among(["d1"]) == ()


def test_files_that_no_revision_names_are_found(bench: Bench) -> None:
    bench.drafted("d1")
    bench.drafted("d2", draft=draft(attachments=()))

    found = Purging(bench.database).unnamed([digest("q3"), digest("q4")])

    assert found == (digest("q4"),)


def test_a_file_of_an_older_revision_is_named(bench: Bench) -> None:
    """An edit took it off; what was looked at can still be shown."""
    files = tuple(
        Attachment(name="x", content_type="a/b", digest=digest(name), size_bytes=1)
        for name in ("one", "two")
    )
    bench.drafted("d1", draft=draft(attachments=files))

    found = Purging(bench.database).unnamed([digest("one"), digest("two")])

    assert found == ()
