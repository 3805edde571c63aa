"""The order of lists, and pages of them by key."""

from datetime import timedelta
from typing import Any

import pytest

from tests.store.bench import NOW, Bench, draft, later, revision
from tuimail.core.finding import Finding, Severity
from tuimail.core.lifecycle import DraftState, SubmissionState
from tuimail.store import orders
from tuimail.store.orders import DRAFTS, OUTBOX, REVIEW, SENT, Order, Orders, Spot

SOON = NOW + timedelta(hours=1)
BLOCK = Finding(
    code="link.other", severity=Severity.BLOCK, field="html", message="Elsewhere."
)


def handed_in(bench: Bench, id: str, at: float, **changes: Any) -> None:
    bench.drafted(id, state=DraftState.REVIEW, at=later(at), **changes)


def ids(spots: list[Spot]) -> list[str]:
    return [spot.id for spot in spots]


@pytest.fixture
def review(bench: Bench) -> list[str]:
    """Mail in review, named by its place in the list."""
    soon, late = draft(expires_at=later(1800)), draft(expires_at=later(90_000))
    handed_in(bench, "r5", 5)
    handed_in(bench, "r2", 4, draft=soon)
    handed_in(bench, "r1", 3, findings=(BLOCK,), draft=soon)
    handed_in(bench, "r4", 2, draft=late)
    handed_in(bench, "r0", 1, findings=(BLOCK,))
    handed_in(bench, "r3", 0)
    bench.drafted("d1", at=later(9))
    return ["r0", "r1", "r2", "r3", "r4", "r5"]


@pytest.fixture
def outbox(bench: Bench) -> list[str]:
    """Mail on its way, named by its place in the list."""
    bench.released("o5", due_at=later(500))
    bench.released("o4", due_at=later(50))
    bench.sending("o3")
    for name, state, outcome in (
        ("o2", SubmissionState.ERROR, "refuse"),
        ("o0", SubmissionState.UNKNOWN, "lose"),
    ):
        bench.settled(bench.sending(name), state, outcome)
    held = bench.released("o1")
    with bench.writing():
        bench.submissions.set_state(held, SubmissionState.HELD, at=later(3))
    bench.settled(bench.sending("s1"), SubmissionState.SENT, "accept")
    return [f"o{number}" for number in range(6)]


def test_what_nobody_should_overlook_comes_first_then_what_expires_then_the_oldest(
    bench: Bench, review: list[str]
) -> None:
    assert ids(Orders(bench.database).top(REVIEW, SOON, 10)) == review


def test_a_revision_may_make_a_mail_urgent_and_the_next_one_ordinary(
    bench: Bench, review: list[str]
) -> None:
    del review
    for number, findings in ((2, (BLOCK,)), (3, ())):
        with bench.writing():
            bench.drafts.add_revision(
                revision("r5", number, later(20), findings=findings), DraftState.REVIEW
            )
        top = ids(Orders(bench.database).top(REVIEW, SOON, 10))

        assert top.index("r5") == (2 if findings else 5)


def test_what_needs_a_person_comes_first_in_the_outbox_then_what_leaves_next(
    bench: Bench, outbox: list[str]
) -> None:
    assert ids(Orders(bench.database).top(OUTBOX, SOON, 10)) == outbox


def test_what_was_sent_last_comes_first(bench: Bench) -> None:
    for number, state in enumerate(("SENT", "QUEUED", "PARTIAL")):
        bench.released(f"s{number}", released_at=later(number))
        with bench.writing():
            bench.claim(f"s-s{number}-1", later(number + 10))
        bench.settled(f"s-s{number}-1", SubmissionState[state], "accept")
        bench.write(
            "UPDATE drafts SET changed_at = ? WHERE id = ?",
            f"2026-03-02T15:0{number}:00.000000Z",
            f"s{number}",
        )

    assert ids(Orders(bench.database).top(SENT, SOON, 10)) == ["s2", "s1", "s0"]


@pytest.mark.parametrize(("order", "name"), [(REVIEW, "review"), (OUTBOX, "outbox")])
def test_every_page_from_every_mail_is_a_part_of_the_list(
    bench: Bench, order: Order, name: str, request: pytest.FixtureRequest
) -> None:
    wanted: list[str] = request.getfixturevalue(name)
    found = Orders(bench.database)
    spots = found.top(order, SOON, 10)

    for place, spot in enumerate(spots):
        for size in range(7):
            below = ids(found.below(order, SOON, spot, size))
            above = ids(found.above(order, SOON, spot, size))
            assert below == wanted[place + 1 : place + 1 + size]
            assert above == wanted[max(0, place - size) : place]
        assert found.place(order, SOON, spot) == place


@pytest.mark.parametrize(("order", "name"), [(REVIEW, "review"), (OUTBOX, "outbox")])
def test_pages_can_begin_at_any_place(
    bench: Bench, order: Order, name: str, request: pytest.FixtureRequest
) -> None:
    wanted: list[str] = request.getfixturevalue(name)
    found = Orders(bench.database)

    for first in range(8):
        for last in range(10):
            between = ids(found.between(order, SOON, first, last))
            assert between == wanted[first:last]
    assert found.total(order) == len(wanted)


def test_some_mails_are_found_in_the_order_of_the_list(
    bench: Bench, review: list[str]
) -> None:
    found = Orders(bench.database).among(REVIEW, SOON, ["r4", "nobody", "d1", "r0"])

    assert ids(found) == ["r0", "r4"]
    assert review


@pytest.mark.parametrize("order", [REVIEW, OUTBOX, SENT, DRAFTS])
def test_no_page_is_sorted_and_no_table_is_looked_through(
    bench: Bench, order: Order
) -> None:
    """A million mails are listed as fast as fifty only if the indexes do it all."""
    values = {"soon": "", "at": "", "limit": 1, "skip": 0, "id": "", "ids": "[]"}
    values |= {"from_at": "", "from_id": ""}
    statements = [
        make
        for part in order.parts
        for make in (
            *(
                orders._page(part, is_down=is_down, has_key=has_key)
                for is_down in (True, False)
                for has_key in (True, False)
            ),
            orders._from(part),
            orders._count_lower(part),
            orders._among(part),
        )
    ]

    for sql in statements:
        plan = bench.database.connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)
        for *_, step in plan:
            assert "TEMP B-TREE" not in str(step)
            is_by_id = "json_each" in sql
            assert is_by_id or "COVERING INDEX" in str(step) or _is_no_table(str(step))
            assert not (is_by_id and "SCAN drafts" in str(step))


def _is_no_table(step: str) -> bool:
    words = ("MERGE", "LEFT", "RIGHT", "SCALAR", "SCAN CONSTANT")
    return step.startswith(words)
