"""What the database refuses by itself, whoever asks: SQL that no store writes."""

import itertools
from collections.abc import Callable

import apsw
import pytest

from tests.store.bench import (
    BCC,
    BILLING,
    EVERYBODY,
    NOW,
    Bench,
    digest,
    later,
    recipient,
    revision,
)
from tuimail.core.lifecycle import (
    DRAFT_STEPS,
    SUBMISSION_STEPS,
    DraftState,
    SubmissionState,
    moves,
)
from tuimail.core.message import Role
from tuimail.core.submission import Receipt, RecipientState
from tuimail.errors import StoreError

AT = "2026-03-02T14:02:00.000000Z"
TABLES = (
    "drafts",
    "revisions",
    "decisions",
    "approvals",
    "submissions",
    "recipients",
    "attempts",
    "journal",
)


@pytest.fixture
def full(bench: Bench) -> Bench:
    """Every table has a row: d1 is sending, and was decided about before."""
    bench.drafted("d1", state=DraftState.REVIEW)
    bench.decided("d1")
    bench.sending("d1")
    return bench


def refuses(bench: Bench, text: str, sql: str, *values: str | int | None) -> None:
    with pytest.raises(StoreError, match=f"refused a step.*{text}"):
        bench.write(sql, *values)


# The moves ---------------------------------------------------------------------


def _sole_guard(bench: Bench, name: str) -> str:
    """Drop every trigger and return the SQL of one, to look at that one alone."""
    connection = bench.database.connection
    connection.pragma("foreign_keys", 0)
    triggers = connection.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
    ).fetchall()
    for trigger, _ in triggers:
        connection.execute(f"DROP TRIGGER {trigger}")
    return next(str(sql) for trigger, sql in triggers if trigger == name)


def _taken(bench: Bench, table: str, guard: str, pair: tuple[str, str]) -> bool:
    """Return whether the only row of a table may go from one state to another."""
    connection = bench.database.connection
    connection.execute("BEGIN")
    connection.execute(f"UPDATE {table} SET state = ?", (pair[0],))
    connection.execute(guard)
    try:
        connection.execute(f"UPDATE {table} SET state = ?", (pair[1],))
    except apsw.ConstraintError:
        return False
    finally:
        connection.execute("ROLLBACK")
    return True


def test_a_draft_takes_exactly_the_moves_of_the_lifecycle(bench: Bench) -> None:
    bench.drafted()
    guard = _sole_guard(bench, "drafts_move_legally")
    pairs = list(itertools.permutations(DraftState, 2))

    taken = {pair for pair in pairs if _taken(bench, "drafts", guard, pair)}

    assert taken == {pair for pair in moves(DRAFT_STEPS) if pair[0] is not pair[1]}


def test_a_submission_takes_exactly_the_moves_of_the_lifecycle(bench: Bench) -> None:
    bench.released()
    guard = _sole_guard(bench, "submissions_move_legally")
    pairs = list(itertools.permutations(SubmissionState, 2))

    taken = {pair for pair in pairs if _taken(bench, "submissions", guard, pair)}

    assert taken == moves(SUBMISSION_STEPS)


# The past ----------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_nothing_is_ever_deleted(full: Bench, table: str) -> None:
    refuses(full, "never (deleted|cut)", f"DELETE FROM {table}")


@pytest.mark.parametrize("table", TABLES)
def test_nothing_is_ever_replaced(full: Bench, table: str) -> None:
    """REPLACE deletes first, and would do so past the triggers by default."""
    connection = full.database.connection
    info = connection.execute(f"PRAGMA table_info({table})").fetchall()
    columns = ", ".join(str(column[1]) for column in info)
    before = connection.execute(f"SELECT * FROM {table}").fetchall()

    with pytest.raises(StoreError, match="refused a step"):
        full.write(
            f"INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}"
        )

    assert connection.execute(f"SELECT * FROM {table}").fetchall() == before


@pytest.mark.parametrize("table", ["revisions", "decisions", "journal"])
def test_the_past_is_never_changed(full: Bench, table: str) -> None:
    refuses(full, "never changed", f"UPDATE {table} SET rowid = rowid")


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("drafts", "id actor door note created_at"),
        (
            "approvals",
            "id draft_id revision message_digest release_digest actor at",
        ),
        (
            "submissions",
            (
                "id draft_id approval_id account provider message_id message_date "
                "message_digest size_bytes release_digest return_path "
                "needs_smtputf8 service released_at"
            ),
        ),
        ("recipients", "submission_id position role address wire_address"),
        ("attempts", "submission_id number started_at"),
    ],
)
def test_what_was_agreed_is_never_changed(
    full: Bench, table: str, columns: str
) -> None:
    for column in columns.split():
        refuses(full, "never changed", f"UPDATE {table} SET {column} = {column}")


# Drafts ------------------------------------------------------------------------


def _insert_draft(bench: Bench, **changes: str | int | None) -> None:
    row: dict[str, str | int | None] = {
        "id": "d9",
        "state": "draft",
        "status": "draft",
        "revision": 1,
        "submission_id": None,
        **changes,
    }
    bench.write(
        "INSERT INTO drafts (id, state, status, revision, submission_id, actor, door, "
        f"note, account, created_at, changed_at) VALUES (?, ?, ?, ?, ?, '{BILLING}', "
        f"'mcp', '', '', '{AT}', '{AT}')",
        *row.values(),
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"state": state, "status": state}
        for state in DraftState
        if state not in {DraftState.DRAFT, DraftState.REVIEW}
    ]
    + [{"status": "sent"}, {"revision": 2}, {"submission_id": "s-d1-1"}],
)
def test_a_draft_is_born_at_its_beginning(
    bench: Bench, changes: dict[str, str | int | None]
) -> None:
    bench.released("d1")

    with pytest.raises(StoreError, match="a draft is born draft or review"):
        _insert_draft(bench, **changes)


def test_a_draft_without_content_is_not_kept(bench: Bench) -> None:
    with pytest.raises(StoreError, match="FOREIGN KEY"):
        _insert_draft(bench)


@pytest.mark.parametrize(
    "state", [DraftState.APPROVED, DraftState.DISCARDED, DraftState.REJECTED]
)
def test_an_edit_does_not_keep_an_approval(bench: Bench, state: DraftState) -> None:
    bench.approved()

    with (
        pytest.raises(StoreError, match="approved cannot be edited into"),
        bench.writing(),
    ):
        bench.drafts.add_revision(revision("d1", 2), state)

    assert bench.drafts.get("d1").revision == 1


@pytest.mark.parametrize("state", list(DraftState))
def test_what_was_released_is_not_edited(bench: Bench, state: DraftState) -> None:
    bench.released()

    with pytest.raises(StoreError, match="refused a step"), bench.writing():
        bench.drafts.add_revision(revision("d1", 2), state)


def test_what_was_discarded_is_not_edited(bench: Bench) -> None:
    bench.drafted()
    with bench.writing():
        bench.drafts.set_state("d1", DraftState.DISCARDED, NOW)

    with pytest.raises(StoreError, match="discarded cannot"), bench.writing():
        bench.drafts.add_revision(revision("d1", 2), DraftState.DRAFT)


@pytest.mark.parametrize("number", [1, 3])
def test_revisions_have_no_gaps(bench: Bench, number: int) -> None:
    bench.drafted()

    with pytest.raises(StoreError, match="refused a step"), bench.writing():
        bench.drafts.add_revision(revision("d1", number), DraftState.DRAFT)


def test_a_revision_is_not_slipped_in(bench: Bench) -> None:
    bench.drafted()

    refuses(
        bench,
        "added as the newest",
        "INSERT INTO revisions SELECT draft_id, 2, author, created_at, message_id, "
        "message_date, message_digest, size_bytes, release_digest, not_composable, "
        "subject, sender, shown_to, attachment_count, worst_finding, finding_count, "
        "findings, content, expires_at, note, duplicate_of, shown_name FROM revisions",
    )


def test_nothing_is_approved_without_an_approval(bench: Bench) -> None:
    bench.drafted()

    refuses(bench, "only by an approval", "UPDATE drafts SET state = 'approved'")


@pytest.mark.parametrize("submission_id", ["NULL", "'s-d2-1'"])
def test_nothing_is_released_without_its_own_submission(
    bench: Bench, submission_id: str
) -> None:
    bench.released("d2")
    bench.approved("d1")

    refuses(
        bench,
        "released only with a new submission",
        f"UPDATE drafts SET state = 'released', submission_id = {submission_id} "
        "WHERE id = 'd1'",
    )


def test_nothing_is_released_to_nobody(bench: Bench) -> None:
    bench.approved("d1")
    with bench.writing():
        bench.submissions.insert(bench.submission("d1"), ())

    refuses(
        bench,
        "to somebody",
        "UPDATE drafts SET state = 'released', submission_id = 's-d1-1'",
    )


@pytest.mark.parametrize(
    "take", [Bench.released, Bench.sending], ids=["ready", "sending"]
)
def test_nothing_is_taken_back_that_may_still_leave(
    bench: Bench, take: Callable[[Bench], str]
) -> None:
    take(bench)

    refuses(bench, "taken back only after", "UPDATE drafts SET state = 'draft'")


def test_a_draft_keeps_its_submission_while_it_is_released(bench: Bench) -> None:
    bench.released("d1")
    bench.drafted("d2")

    for sql in (
        "UPDATE drafts SET submission_id = NULL WHERE id = 'd1'",
        "UPDATE drafts SET submission_id = 's-d1-1' WHERE id = 'd2'",
    ):
        refuses(bench, "only by release or undo", sql)


def test_a_status_cannot_lie(full: Bench) -> None:
    full.drafted("d2")

    refuses(full, "the one it has", "UPDATE drafts SET status = 'sent'")


# Decisions and approvals -------------------------------------------------------


def _decide(bench: Bench, revision_number: int, verdict: str, actor: str) -> None:
    bench.write(
        "INSERT INTO decisions (draft_id, revision, verdict, actor, door, reason, "
        "release_digest, findings_digest, at) VALUES ('d1', ?, ?, ?, 'app', '', '', "
        "'', ?)",
        revision_number,
        verdict,
        actor,
        AT,
    )


@pytest.mark.parametrize(
    ("number", "verdict", "actor"),
    [
        (1, "approved", "person:mara"),
        (3, "approved", "person:mara"),
        (2, "maybe", "person:mara"),
        (2, "approved", BILLING),
        (2, "rejected", ""),
    ],
)
def test_a_decision_is_a_persons_about_the_newest_revision(
    bench: Bench, number: int, verdict: str, actor: str
) -> None:
    bench.drafted()
    with bench.writing():
        bench.drafts.add_revision(revision("d1", 2), DraftState.DRAFT)

    with pytest.raises(StoreError, match="refused a step"):
        _decide(bench, number, verdict, actor)

    _decide(bench, 2, "approved", "person:mara")


@pytest.mark.parametrize(
    "changes",
    [
        {"revision": 1},
        {"message_digest": digest("other bytes")},
        {"message_digest": ""},
        {"release_digest": ""},
        {"actor": BILLING},
        {"actor": ""},
        {"spent_at": NOW},
        {"draft_id": "d2"},
    ],
)
def test_an_approval_is_a_persons_for_the_newest_bytes(
    bench: Bench, changes: dict[str, object]
) -> None:
    bench.drafted("d1")
    bench.drafted("d2")
    with bench.writing():
        bench.drafts.add_revision(revision("d1", 2), DraftState.DRAFT)

    with pytest.raises(StoreError, match="refused a step"), bench.writing():
        bench.decisions.approve(bench.approval("d1", **changes))

    assert bench.decisions.current_approval("d1") is None


@pytest.mark.parametrize("state", [DraftState.DISCARDED, DraftState.REJECTED])
def test_what_was_refused_gets_no_approval(bench: Bench, state: DraftState) -> None:
    bench.drafted(state=DraftState.REVIEW)
    with bench.writing():
        bench.drafts.set_state("d1", state, NOW)

    with pytest.raises(StoreError, match="newest revision"), bench.writing():
        bench.decisions.approve(bench.approval("d1"))


def test_no_message_no_approval(bench: Bench) -> None:
    bench.drafted(message=None, release_digest="")

    with pytest.raises(StoreError, match="newest revision"), bench.writing():
        bench.decisions.approve(
            bench.approval("d1", message_digest=digest("x"), release_digest=digest("y"))
        )


def test_one_approval_is_in_force_at_most(bench: Bench) -> None:
    bench.drafted()

    with bench.writing():
        bench.decisions.approve(bench.approval("d1"))

    with pytest.raises(StoreError, match="UNIQUE"), bench.writing():
        bench.decisions.approve(bench.approval("d1", id="second"))


@pytest.mark.parametrize("spent_at", ["NULL", "changed"])
def test_an_approval_is_spent_once(bench: Bench, spent_at: str) -> None:
    bench.released()
    value = "NULL" if spent_at == "NULL" else f"'{AT}'"

    refuses(bench, "spent once", f"UPDATE approvals SET spent_at = {value}")


# Submissions -------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"state": state}
        for state in SubmissionState
        if state is not SubmissionState.READY
    ]
    + [{"attempts": 1}],
)
def test_a_submission_is_born_ready_and_untried(
    bench: Bench, changes: dict[str, object]
) -> None:
    bench.approved()

    with pytest.raises(StoreError, match="born ready"), bench.writing():
        bench.submissions.insert(bench.submission("d1", **changes), EVERYBODY)


def _other_message(bench: Bench) -> object:
    found = bench.drafts.revision("d2", 1).message
    assert found is not None
    return found


@pytest.mark.parametrize(
    "changes",
    [
        {"draft_id": "d2"},
        {"approval_id": "a-d2-1"},
        {"approval_id": "none"},
        {"release_digest": digest("other people")},
        {"message": _other_message},
    ],
    ids=["other draft", "other approval", "no approval", "other digest", "other bytes"],
)
def test_a_submission_is_exactly_what_was_approved(
    bench: Bench, changes: dict[str, object]
) -> None:
    bench.approved("d1")
    bench.approved("d2")
    made = {
        name: value(bench) if callable(value) else value
        for name, value in changes.items()
    }

    with pytest.raises(StoreError, match="an approval in force"), bench.writing():
        bench.submissions.insert(bench.submission("d1", **made), EVERYBODY)


@pytest.mark.parametrize("state", [DraftState.DRAFT, DraftState.REVIEW])
def test_an_edit_voids_the_approval(bench: Bench, state: DraftState) -> None:
    bench.approved()
    approved = bench.submission("d1")
    with bench.writing():
        bench.drafts.add_revision(revision("d1", 2, at=later(1)), state)

    with pytest.raises(StoreError, match="an approval in force"), bench.writing():
        bench.submissions.insert(approved, EVERYBODY)

    assert bench.decisions.current_approval("d1") is None


def test_a_spent_approval_releases_nothing(bench: Bench) -> None:
    bench.approved()
    with bench.writing():
        bench.decisions.spend("a-d1-1", NOW)

    with pytest.raises(StoreError, match="an approval in force"), bench.writing():
        bench.submissions.insert(bench.submission("d1"), EVERYBODY)


def test_an_approval_is_used_once(bench: Bench) -> None:
    bench.approved()

    with bench.writing():
        bench.submissions.insert(bench.submission("d1"), EVERYBODY)

    with pytest.raises(StoreError, match="UNIQUE"), bench.writing():
        bench.submissions.insert(bench.submission("d1", id="again"), EVERYBODY)


@pytest.mark.parametrize("column", ["approval_id", "release_digest"])
def test_the_foreign_key_refuses_even_without_its_trigger(
    bench: Bench, column: str
) -> None:
    """Two fences: a trigger that was dropped by mistake must not open the way."""
    bench.approved()
    bench.database.connection.execute("DROP TRIGGER submissions_are_approved")

    with pytest.raises(StoreError, match="FOREIGN KEY"), bench.writing():
        bench.submissions.insert(bench.submission("d1", **{column: "x"}), EVERYBODY)


def test_mail_that_waits_has_a_time(bench: Bench) -> None:
    """Without one nobody would ever try it again."""
    bench.approved()

    with pytest.raises(StoreError, match="CHECK"), bench.writing():
        bench.submissions.insert(bench.submission("d1", due_at=None), EVERYBODY)


def test_what_was_taken_back_does_not_come_back(bench: Bench) -> None:
    """Its draft may be on its way again: it would be sent twice."""
    submission_id = bench.sending()
    bench.settled(submission_id, SubmissionState.PARTIAL, "accept_some")
    with bench.writing():
        bench.drafts.set_state("d1", DraftState.DRAFT, later(13))

    refuses(bench, "only the submission that", "UPDATE submissions SET state = 'ready'")


def test_nothing_is_sending_without_an_attempt(bench: Bench) -> None:
    bench.released()

    refuses(
        bench, "exactly while an attempt", "UPDATE submissions SET state = 'sending'"
    )


def test_nothing_stops_sending_while_its_attempt_is_open(full: Bench) -> None:
    refuses(
        full,
        "exactly while an attempt",
        f"UPDATE submissions SET state = 'deferred', due_at = '{AT}'",
    )


# Recipients --------------------------------------------------------------------


def test_nobody_is_added_after_the_release(bench: Bench) -> None:
    """The approval covers exactly those who were named."""
    bench.released()

    with pytest.raises(StoreError, match="only while their mail"), bench.writing():
        bench.database.write(
            "INSERT INTO recipients VALUES ('s-d1-1', 9, 'bcc', 'eve@example.net', "
            f"'eve@example.net', 'pending', '', 0, '', '', '', '{AT}')",
            (),
        )


def test_nobody_is_born_with_a_fate(bench: Bench) -> None:
    bench.approved()
    sent = recipient(Role.TO, "ana@example.org")
    sent = type(sent)(envelope=sent.envelope, state=RecipientState.SENT)

    with pytest.raises(StoreError, match="only while their mail"), bench.writing():
        bench.submissions.insert(bench.submission("d1"), (sent,))


def test_nobody_is_named_twice(bench: Bench) -> None:
    bench.approved()
    twice = (recipient(Role.TO, BCC), recipient(Role.BCC, BCC))

    with pytest.raises(StoreError, match="UNIQUE"), bench.writing():
        bench.submissions.insert(bench.submission("d1"), twice)


@pytest.mark.parametrize("has_it", [RecipientState.SENT, RecipientState.QUEUED])
@pytest.mark.parametrize(
    "state",
    [RecipientState.PENDING, RecipientState.DEFERRED, RecipientState.UNKNOWN],
)
def test_who_has_it_is_not_tried_again(
    full: Bench, has_it: RecipientState, state: RecipientState
) -> None:
    with full.writing():
        full.submissions.set_recipient("s-d1-1", BCC, has_it, Receipt(), NOW)

    with pytest.raises(StoreError, match="not tried again"), full.writing():
        full.submissions.set_recipient("s-d1-1", BCC, state, None, NOW)


def test_a_report_may_say_that_it_failed_after_all(full: Bench) -> None:
    with full.writing():
        for state in (RecipientState.SENT, RecipientState.FAILED):
            full.submissions.set_recipient("s-d1-1", BCC, state, Receipt(), NOW)

    assert full.submissions.recipients("s-d1-1")[2].state is RecipientState.FAILED


# Attempts ----------------------------------------------------------------------

_ATTEMPT = (
    "INSERT INTO attempts (submission_id, number, phase, started_at, outcome, stage, "
    "code, enhanced, reply, provider_message_id) "
    f"VALUES ('s-d1-1', ?, ?, '{AT}', '', '', 0, '', '', '')"
)


@pytest.mark.parametrize(("number", "phase"), [(2, "open"), (1, "committed")])
def test_an_attempt_is_born_open_as_the_next(
    bench: Bench, number: int, phase: str
) -> None:
    bench.released()

    refuses(bench, "opened for mail that waits", _ATTEMPT, number, phase)


def test_an_attempt_is_opened_only_for_mail_that_waits(full: Bench) -> None:
    full.settled("s-d1-1", SubmissionState.SENT, "accept")

    refuses(full, "opened for mail that waits", _ATTEMPT, 2, "open")


def test_an_attempt_does_not_end_while_its_mail_stays_sending(full: Bench) -> None:
    """After a crash nobody would know that the provider has answered."""
    with pytest.raises(StoreError, match="FOREIGN KEY"), full.writing():
        full.submissions.end_attempt("s-d1-1", 1, "accept", Receipt(), NOW)

    assert full.submissions.attempts("s-d1-1")[0].outcome == ""


def test_one_attempt_is_unfinished_at_most(bench: Bench) -> None:
    bench.released()
    bench.write(_ATTEMPT, 1, "open")

    refuses(bench, "UNIQUE", _ATTEMPT, 2, "open")


@pytest.mark.parametrize("phase", ["open", "committed"])
def test_an_attempt_does_not_go_back(full: Bench, phase: str) -> None:
    with full.writing():
        full.commit("s-d1-1", 1, NOW)

    refuses(full, "open, then committed", f"UPDATE attempts SET phase = '{phase}'")


def test_an_attempt_that_ended_stays_as_it_is(full: Bench) -> None:
    full.settled("s-d1-1", SubmissionState.SENT, "accept")

    refuses(full, "open, then committed", "UPDATE attempts SET phase = 'done'")


def test_an_attempt_is_committed_only_while_its_mail_is_sending(bench: Bench) -> None:
    bench.released()
    bench.write(_ATTEMPT, 1, "open")

    refuses(
        bench,
        "only while its mail is sending",
        f"UPDATE attempts SET phase = 'committed', committed_at = '{AT}'",
    )


@pytest.mark.parametrize("outcome", ["cancel", "stop"])
def test_what_may_have_left_is_not_withdrawn(full: Bench, outcome: str) -> None:
    with full.writing():
        full.commit("s-d1-1", 1, NOW)

    with pytest.raises(StoreError, match="may have left"), full.writing():
        full.submissions.end_attempt("s-d1-1", 1, outcome, Receipt(), NOW)


@pytest.mark.parametrize(
    "change",
    [
        "phase = 'done'",
        f"phase = 'done', ended_at = '{AT}'",
        "phase = 'committed'",
        "phase = 'resting'",
    ],
)
def test_a_phase_has_its_time_and_its_outcome(full: Bench, change: str) -> None:
    refuses(full, "CHECK", f"UPDATE attempts SET {change}")


@pytest.mark.parametrize(
    "at", ["2026-03-02 14:02:00", "2026-03-02T14:02:00Z", "yesterday"]
)
def test_a_time_that_does_not_sort_is_not_stored(full: Bench, at: str) -> None:
    for table, column in (
        ("drafts", "changed_at"),
        ("submissions", "due_at"),
        ("submissions", "undo_until"),
        ("recipients", "changed_at"),
    ):
        refuses(full, "CHECK", f"UPDATE {table} SET {column} = ?", at)


@pytest.mark.parametrize(
    "change",
    [
        "submissions SET attempts = -1",
        "recipients SET state = 'lost'",
        "account_states SET is_held = 2",
    ],
)
def test_a_word_that_nobody_knows_is_not_stored(full: Bench, change: str) -> None:
    with full.writing():
        full.accounts.hold("work", "By hand.", None, NOW)

    refuses(full, "CHECK", f"UPDATE {change}")
