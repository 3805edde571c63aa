"""Reviewers in the store: who decides, and wrong PINs in a row."""

import pytest

from tests.store.bench import NOW, Bench, later
from tuimail.errors import StoreError
from tuimail.store.reviewers import ReviewerRow, Reviewers

HASH = "14$00$ff"
ANA = ReviewerRow(name="ana", pin_hash=HASH, added_at=NOW)


@pytest.fixture
def reviewers(bench: Bench) -> Reviewers:
    found = Reviewers(bench.database)
    with bench.writing():
        found.set("ana", pin_hash=HASH, at=NOW)
    return found


def test_a_reviewer_is_kept_as_they_were_named(reviewers: Reviewers) -> None:
    assert reviewers.get("ana") == ANA
    assert reviewers.get("ANA") == ANA
    assert reviewers.present() == (ANA,)
    assert reviewers.get("bo") is None
    assert HASH not in repr(ANA)


def test_who_was_removed_decides_no_more_and_is_still_known(
    bench: Bench, reviewers: Reviewers
) -> None:
    with bench.writing():
        reviewers.remove("ana", later(60))

    assert reviewers.present() == ()
    assert reviewers.get("ana") == ReviewerRow(
        name="ana", pin_hash="", added_at=NOW, removed_at=later(60)
    )


def test_who_was_removed_can_be_named_again(bench: Bench, reviewers: Reviewers) -> None:
    with bench.writing():
        reviewers.failed("ana", failures=7, at=later(1), until=later(99))
        reviewers.remove("ana", later(60))
        reviewers.set("ana", pin_hash="14$11$ee", at=later(70))

    assert reviewers.present() == (
        ReviewerRow(name="ana", pin_hash="14$11$ee", added_at=later(70)),
    )


def test_wrong_pins_are_counted_until_there_is_a_right_one(
    bench: Bench, reviewers: Reviewers
) -> None:
    with bench.writing():
        reviewers.failed("ana", failures=5, at=later(1), until=later(31))
    failed = reviewers.get("ana")
    with bench.writing():
        reviewers.succeeded("ana")

    assert failed is not None
    assert (failed.failures, failed.failed_at, failed.waits_until) == (
        5,
        later(1),
        later(31),
    )
    assert reviewers.get("ana") == ANA


@pytest.mark.parametrize(
    ("seconds", "waits"), [(0, False), (1, True), (30, True), (31, False)]
)
def test_a_wait_is_as_long_as_was_noted_and_no_clock_makes_it_longer(
    bench: Bench, reviewers: Reviewers, seconds: float, *, waits: bool
) -> None:
    with bench.writing():
        reviewers.failed("ana", failures=5, at=later(1), until=later(31))

    row = reviewers.get("ana")

    assert row is not None
    assert row.waits(later(seconds)) is waits
    assert not ANA.waits(later(seconds))


@pytest.mark.parametrize(
    "sql",
    ["DELETE FROM reviewers", "UPDATE reviewers SET name = 'eve'"],
)
def test_nobody_is_deleted_or_renamed(
    bench: Bench, reviewers: Reviewers, sql: str
) -> None:
    with pytest.raises(StoreError):
        bench.write(sql)

    assert reviewers.present() == (ANA,)


def test_the_journal_tells_every_change_and_no_hash(
    bench: Bench, reviewers: Reviewers
) -> None:
    with bench.writing():
        reviewers.failed("ana", failures=4, at=later(1), until=None)
        reviewers.failed("ana", failures=5, at=later(2), until=later(32))
        reviewers.succeeded("ana")
        reviewers.remove("ana", later(60))
        reviewers.set("ana", pin_hash="14$11$ee", at=later(70))

    lines = bench.journal.all()
    assert [(one.event, one.at) for one in lines] == [
        ("reviewer_added", NOW),
        ("reviewer_waits", later(2)),
        ("reviewer_removed", later(60)),
        ("reviewer_added", later(70)),
    ]
    assert lines[1].details == {
        "reviewer": "ana",
        "failures": "5",
        "until": "2026-03-02T14:02:32.000000Z",
    }
    assert HASH not in str(lines)
    assert "14$11$ee" not in str(lines)


def test_lost_reviewers_are_lost_until_somebody_is_named(bench: Bench) -> None:
    reviewers = Reviewers(bench.database)
    assert not reviewers.are_lost()
    with bench.writing():
        reviewers.lose()
    assert reviewers.are_lost()

    with bench.writing():
        reviewers.set("ana", pin_hash=HASH, at=NOW)

    assert not reviewers.are_lost()
