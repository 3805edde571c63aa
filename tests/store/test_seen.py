"""What somebody looked at, which decides nothing."""

from typing import Any

import pytest

from tests.store.bench import NOW, Bench, later, revision
from tuimail.core.decision import Comment
from tuimail.core.lifecycle import DraftState
from tuimail.errors import StoreError
from tuimail.store.seen import Seen, SeenRow


@pytest.fixture
def seen(bench: Bench) -> Seen:
    bench.drafted("d1")
    return Seen(bench.database)


def row(**changes: Any) -> SeenRow:
    values: dict[str, Any] = {
        "draft_id": "d1",
        "revision": 1,
        "before": 0,
        "tabs": frozenset({"text"}),
        "at": NOW,
        **changes,
    }
    return SeenRow(**values)


def put(bench: Bench, seen: Seen, *rows: SeenRow) -> None:
    with bench.writing():
        for one in rows:
            seen.put(one)


def test_nothing_was_seen_of_a_mail_that_nobody_opened(seen: Seen) -> None:
    assert seen.get("d1") is None
    assert seen.waiting({"draft"}) == ()


def test_what_was_seen_takes_the_place_of_what_was_seen_before(
    bench: Bench, seen: Seen
) -> None:
    newer = row(revision=2, before=1, tabs=frozenset(), at=later(1))

    put(bench, seen, row(), newer)

    assert seen.get("d1") == newer


def test_only_what_waits_is_told_of(bench: Bench, seen: Seen) -> None:
    put(bench, seen, row())

    assert seen.waiting({"draft"}) == (row(),)
    assert seen.waiting({"review", "approved"}) == ()


def test_an_older_revision_is_not_seen_after_a_newer_one(
    bench: Bench, seen: Seen
) -> None:
    put(bench, seen, row(revision=2))

    with pytest.raises(StoreError, match="newer revision"):
        put(bench, seen, row(revision=1))


def test_remarks_are_kept_in_the_order_of_their_places(
    bench: Bench, seen: Seen
) -> None:
    whole = Comment(text="Too long.")
    fourth = Comment(text="Who is that?", field="text", line=4)
    second = Comment(text="Not so.", field="text", line=2)

    with bench.writing():
        seen.note("d1", 1, [whole, fourth, second])

    assert seen.remarks("d1", 1) == (second, fourth, whole)


def test_new_remarks_take_the_place_of_all_before(bench: Bench, seen: Seen) -> None:
    with bench.writing():
        seen.note("d1", 1, [Comment(text="Not so.")])
        bench.drafts.add_revision(revision("d1", 2), DraftState.DRAFT)
        seen.note("d1", 2, [Comment(text="Still not.")])

    assert seen.remarks("d1", 1) == ()
    assert seen.remarks("d1", 2) == (Comment(text="Still not."),)
