from collections.abc import Callable
from inspect import signature

import pytest

from tests.store.bench import NOW, Bench, draft, later, revision
from tuimail.core.lifecycle import DraftState, SubmissionState
from tuimail.errors import NotFoundError
from tuimail.store import rows
from tuimail.store.columns import DRAFT_COLUMNS
from tuimail.store.drafts import decode_draft
from tuimail.store.instants import instant_text
from tuimail.store.list_rows import ListRow
from tuimail.store.submissions import SUBMISSION_COLUMNS, decode_submission

OF_DRAFT = (
    "id", "state", "revision", "origin", "account", "changed_at", "assigned",
    "held_reason", "submission_id",
)  # fmt: skip
OF_SUBMISSION = (
    "id", "account", "provider", "state", "released_at", "due_at", "undo_until",
    "give_up_at", "attempts", "reason", "changed_at",
)  # fmt: skip


def said(one: object, words: tuple[str, ...]) -> list[object] | None:
    """Return what a row says, or None where there is none."""
    return None if one is None else [getattr(one, word) for word in words]


def ids(page: tuple[ListRow, ...]) -> list[str]:
    return [row.draft.id for row in page]


def test_a_row_says_what_a_list_shows(bench: Bench) -> None:
    submission_id = bench.released()

    (row,) = bench.rows.rows()

    assert (row.id, row.status, row.subject) == ("d1", "ready", "Q3 report")
    assert row.sender == "mara@example.org"
    assert (row.to, row.name) == (("ana@example.org", "bo@example.org"), "Ana")
    assert (row.attachment_count, row.finding_count) == (1, 1)
    assert row.worst_finding == "warning"
    assert row.is_composable is True
    assert row.submission is not None
    assert row.submission.id == submission_id
    assert bench.rows.row("d1") == row


def test_a_row_shows_the_newest_revision(bench: Bench) -> None:
    bench.drafted()
    plain = draft("Q4", to=(), cc=(), attachments=())
    second = revision(
        "d1", 2, draft=plain, findings=(), message=None, release_digest=""
    )

    with bench.writing():
        bench.drafts.add_revision(second, DraftState.DRAFT)

    row = bench.rows.row("d1")
    assert (row.subject, row.to, row.attachment_count) == ("Q4", (), 0)
    assert (row.worst_finding, row.finding_count) == ("", 0)
    assert not row.is_composable
    assert row.submission is None


def test_where_mail_stands_is_told_for_the_words_asked_for(bench: Bench) -> None:
    bench.released()
    bench.drafted("d2")

    both = list(bench.rows.places(frozenset({"ready", "draft", "sent"})))

    kept = bench.drafts.get("d2")
    assert {(one.id, one.revision, one.status) for one in both} == {
        ("d1", 1, "ready"),
        ("d2", 1, "draft"),
    }
    (one,) = bench.rows.places(frozenset({"draft"}))
    assert (one.id, one.changed_at) == ("d2", instant_text(kept.changed_at))
    assert list(bench.rows.places(frozenset({"sent"}))) == []
    assert bench.rows.places_of({"d2", "gone"}) == (one,)


def test_what_was_taken_back_shows_no_submission(bench: Bench) -> None:
    submission_id = bench.released()
    with bench.writing():
        bench.submissions.set_state(
            submission_id, SubmissionState.CANCELLED, at=later(1)
        )
        bench.drafts.set_state("d1", DraftState.DRAFT, later(1))

    row = bench.rows.row("d1")

    assert (row.status, row.submission) == ("draft", None)


def test_the_status_is_the_drafts_word_and_then_the_submissions(bench: Bench) -> None:
    seen = []

    def look() -> None:
        seen.append(bench.rows.row("d1").status)

    bench.drafted()
    look()
    bench.approved()
    look()
    submission_id = bench.released()
    look()
    with bench.writing():
        bench.claim(submission_id, later(11))
    look()
    bench.settled(submission_id, SubmissionState.SENT, "accept")
    look()

    assert seen == ["draft", "approved", "ready", "sending", "sent"]


def test_the_newest_change_comes_first_whoever_made_it(bench: Bench) -> None:
    bench.released("d1", released_at=later(1))
    bench.drafted("d2", at=later(2))
    bench.drafted("d3", at=later(3))
    assert ids(bench.rows.rows()) == ["d3", "d2", "d1"]

    with bench.writing():
        bench.claim("s-d1-1", later(4))

    assert ids(bench.rows.rows()) == ["d1", "d3", "d2"]
    assert bench.rows.row("d1").draft.changed_at == later(4)
    assert ids(bench.rows.rows(newest_first=False)) == ["d2", "d3", "d1"]


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("statuses", [None, frozenset({"draft", "review"})])
def test_pages_by_key_show_everything_once(
    bench: Bench, statuses: frozenset[str] | None, *, newest_first: bool
) -> None:
    """Also where many changed at the same moment."""
    for number in range(7):
        state = DraftState.REVIEW if number % 3 else DraftState.DRAFT
        bench.drafted(f"d{number}", state=state, at=later(number // 4))

    found: list[str] = []
    before = None
    while page := bench.rows.rows(
        statuses=statuses, limit=2, before=before, newest_first=newest_first
    ):
        assert len(page) <= 2
        found += ids(page)
        before = (page[-1].draft.changed_at, page[-1].draft.id)

    names = [f"d{number}" for number in range(7)]
    assert found == (names[::-1] if newest_first else names)


def test_only_the_statuses_asked_for_are_shown(bench: Bench) -> None:
    bench.drafted("d1", at=later(1))
    bench.released("d2", released_at=later(2))
    bench.drafted("d3", state=DraftState.REVIEW, at=later(3))

    assert ids(bench.rows.rows(statuses=frozenset({"ready"}))) == ["d2"]
    assert ids(bench.rows.rows(statuses=frozenset({"ready", "review"}))) == ["d3", "d2"]
    assert ids(bench.rows.rows(statuses=frozenset({"released"}))) == []
    assert ids(bench.rows.rows(statuses=frozenset())) == []


def test_what_is_not_there_is_not_found(bench: Bench) -> None:
    with pytest.raises(NotFoundError, match="no draft d9"):
        bench.rows.row("d9")


def test_counts_follow_every_step(bench: Bench) -> None:
    assert bench.rows.counts() == {}
    bench.drafted("d1")
    bench.released("d2")
    bench.sending("d3")
    assert bench.rows.counts() == {"draft": 1, "ready": 1, "sending": 1}

    bench.settled("s-d3-1", SubmissionState.UNKNOWN, "lose")
    with bench.writing():
        bench.drafts.set_state("d1", DraftState.DISCARDED, NOW)

    assert bench.rows.counts() == {"discarded": 1, "ready": 1, "unknown": 1}


def test_counts_are_what_a_scan_would_count(bench: Bench) -> None:
    for number in range(5):
        bench.sending(f"d{number}")
    bench.settled("s-d0-1", SubmissionState.SENT, "accept")
    bench.settled("s-d1-1", SubmissionState.ERROR, "refuse")

    scanned = bench.database.connection.execute(
        "SELECT status, count(*) FROM drafts GROUP BY status"
    ).fetchall()

    assert sorted(bench.rows.counts().items()) == sorted(scanned)


@pytest.mark.parametrize("direction", [True, False])
@pytest.mark.parametrize(
    ("queries", "index"),
    [
        (rows._ALL, "COVERING INDEX drafts_by_change"),
        (rows._OF_STATUS, "COVERING INDEX drafts_by_status"),
    ],
)
def test_a_page_is_read_from_an_index_and_not_sorted(
    bench: Bench, queries: dict[bool, str], index: str, *, direction: bool
) -> None:
    values = {"status": "sent", "at": "2026", "id": "d1", "limit": 50}
    found = bench.database.connection.execute(
        "EXPLAIN QUERY PLAN" + queries[direction], values
    )
    plan = [str(row[3]) for row in found.fetchall()]

    assert len(plan) == 1
    assert index in plan[0]


def test_every_submission_of_a_mail_is_found_oldest_first(bench: Bench) -> None:
    first = bench.released()
    with bench.writing():
        bench.submissions.set_state(first, SubmissionState.CANCELLED, at=later(1))
        bench.drafts.set_state("d1", DraftState.DRAFT, later(1), submission_id=None)
    bench.released("d2")

    assert bench.rows.submission_ids("d1") == (first,)
    assert bench.rows.submission_ids("d9") == ()


def test_without_an_end_of_its_use_a_row_has_none(bench: Bench) -> None:
    bench.drafted()

    assert bench.rows.row("d1").expires_at is None


@pytest.mark.parametrize(
    ("decode", "columns"),
    [(decode_draft, DRAFT_COLUMNS), (decode_submission, SUBMISSION_COLUMNS)],
)
def test_columns_are_in_the_order_in_which_they_are_taken(
    decode: Callable[..., object], columns: tuple[str, ...]
) -> None:
    assert tuple(signature(decode).parameters) == columns


def test_rows_are_as_each_of_their_parts_is_read_alone(bench: Bench) -> None:
    """Whatever became of the mail, and in whichever order it is asked for."""
    bench.drafted("d1")
    bench.drafted("d2", state=DraftState.REVIEW, draft=draft(expires_at=later(60)))
    bench.sending("d3")
    back = bench.released("d4")
    with bench.writing():
        bench.submissions.set_state(back, SubmissionState.CANCELLED, at=later(1))
        bench.drafts.set_state("d4", DraftState.DRAFT, later(1))
    asked = ("d3", "d1", "d4", "d2", "d1")

    found = bench.rows.listed(asked)

    assert tuple(row.draft.id for row in found) == asked
    for row in found:
        of_draft = bench.submissions.of_draft(row.draft.id)
        is_out = row.draft.state is DraftState.RELEASED
        assert row.draft == bench.drafts.get(row.id)
        assert said(row, OF_DRAFT) == said(row.draft, OF_DRAFT)
        alone = of_draft if is_out else None
        assert said(row.submission, OF_SUBMISSION) == said(alone, OF_SUBMISSION)
        newest = bench.drafts.revision(row.draft.id, row.draft.revision)
        assert row.subject == newest.draft.subject
        assert row.to == tuple(one.text for one in (*newest.draft.to, *newest.draft.cc))
        assert row.expires_at == newest.draft.expires_at
    with pytest.raises(NotFoundError, match="d9"):
        bench.rows.listed(("d1", "d9"))
