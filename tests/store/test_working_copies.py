from typing import Any

import pytest

from tests.store.bench import NOW, Bench, later, revision
from tuimail.core.lifecycle import DraftState, SubmissionState
from tuimail.errors import StoreError
from tuimail.store.purging import Purging
from tuimail.store.working_copies import WorkingCopies, WorkingCopy


@pytest.fixture
def copies(bench: Bench) -> WorkingCopies:
    bench.drafted("d1")
    return WorkingCopies(bench.database)


def copy(**changes: Any) -> WorkingCopy:
    values: dict[str, Any] = {
        "draft_id": "d1",
        "revision": 1,
        "version": 1,
        "fields": {"text": "Hi A"},
        "place": "text 0 4",
        "writer": "app, pid 412",
        "saved_at": NOW,
        **changes,
    }
    return WorkingCopy(**values)


def keep(bench: Bench, copies: WorkingCopies, *each: WorkingCopy) -> list[bool]:
    with bench.writing():
        return [copies.keep(one) for one in each]


def revise(bench: Bench, number: int) -> None:
    with bench.writing():
        bench.drafts.add_revision(revision("d1", number), DraftState.DRAFT)


def test_what_was_typed_is_there_as_it_was_kept(
    bench: Bench, copies: WorkingCopies
) -> None:
    text = "mixed\r\nends\x0c\u2028 and \ud800 half a pair, \0"

    keep(bench, copies, copy(fields={"text": text}))

    assert copies.get("d1", 1) == copy(fields={"text": text})


def test_there_is_none_before_anybody_typed(copies: WorkingCopies) -> None:
    assert copies.get("d1", 1) is None


def test_each_version_takes_the_place_of_the_one_before(
    bench: Bench, copies: WorkingCopies
) -> None:
    second = copy(version=2, fields={"text": "Hi Ana"}, saved_at=later(1))

    stored = keep(bench, copies, copy(), second)

    assert stored == [True, True]
    assert copies.get("d1", 1) == second


@pytest.mark.parametrize("version", [1, 2, 4])
def test_nothing_is_written_over_what_was_not_seen(
    bench: Bench, copies: WorkingCopies, version: int
) -> None:
    theirs = copy(version=2, fields={"text": "theirs"})
    keep(bench, copies, copy(), theirs)

    stored = keep(bench, copies, copy(version=version, fields={"text": "mine"}))

    assert stored == [False]
    assert copies.get("d1", 1) == theirs


def test_what_is_gone_is_not_written_over(bench: Bench, copies: WorkingCopies) -> None:
    assert keep(bench, copies, copy(version=2)) == [False]


def test_a_copy_is_of_the_newest_revision(bench: Bench, copies: WorkingCopies) -> None:
    revise(bench, 2)

    with pytest.raises(StoreError, match="of the newest revision"):
        keep(bench, copies, copy())


def test_the_database_lets_nobody_skip_a_version(
    bench: Bench, copies: WorkingCopies
) -> None:
    keep(bench, copies, copy())

    with pytest.raises(StoreError, match="who has seen it"):
        bench.write("UPDATE working_copies SET fields = '{}'")


def test_what_was_typed_into_an_earlier_revision_stays(
    bench: Bench, copies: WorkingCopies
) -> None:
    keep(bench, copies, copy())
    revise(bench, 2)
    keep(bench, copies, copy(revision=2, fields={"subject": "Q4"}))
    revise(bench, 3)
    keep(bench, copies, copy(revision=3, fields={}))

    assert [one.revision for one in copies.unfinished("d1")] == [2, 1]


def test_what_a_revision_has_is_dropped(bench: Bench, copies: WorkingCopies) -> None:
    keep(bench, copies, copy())

    with bench.writing():
        copies.drop("d1", 1)

    assert copies.get("d1", 1) is None


def test_the_newest_of_any_draft_comes_first(
    bench: Bench, copies: WorkingCopies
) -> None:
    for number in (2, 3, 4, 5):
        bench.drafted(f"d{number}")
    old, empty, new, put_down = (
        copy(draft_id=name, saved_at=later(at), **changes)
        for name, at, changes in (
            ("d2", 1, {}),
            ("d3", 9, {"fields": {}}),
            ("d4", 5, {}),
            ("d5", 9, {"writer": ""}),
        )
    )
    keep(bench, copies, copy(), old, empty, new, put_down)
    revise(bench, 2)

    assert [one.draft_id for one in copies.newest(9)] == ["d4", "d2"]
    assert [one.draft_id for one in copies.newest(1)] == ["d4"]


def test_nothing_that_was_typed_into_purged_mail_stays(
    bench: Bench, copies: WorkingCopies
) -> None:
    keep(bench, copies, copy())
    bench.settled(bench.sending("d1"), SubmissionState.SENT, "accept")

    with bench.writing():
        Purging(bench.database).purge({"sent"}, later(99), at=later(99), limit=9)

    assert copies.get("d1", 1) is None


def test_typing_is_not_told_in_the_journal(bench: Bench, copies: WorkingCopies) -> None:
    before = bench.journal.head()

    keep(bench, copies, copy(), copy(version=2))

    assert bench.journal.head() == before
