"""What a table has of its list, and which of it is marked."""

from dataclasses import replace

import pytest

from tests.tui.conftest import Desk
from tuimail.tui.widgets.loaded import Loaded
from tuimail.tui.widgets.marks import Marks
from tuimail.workspace.views import Row


@pytest.fixture
def rows(desk: Desk) -> list[Row]:
    row = desk.write()
    return [replace(row, id=f"id{number}") for number in range(20)]


def ids(found: tuple[Row, ...]) -> list[str]:
    return [row.id for row in found]


def test_rows_are_known_by_their_place_in_the_whole_list(rows: list[Row]) -> None:
    loaded = Loaded(rows[5:10], start=5, total=20)

    assert (loaded.at(5), loaded.at(9)) == (rows[5], rows[9])
    assert (loaded.at(4), loaded.at(10)) == (None, None)
    assert (loaded.place_of("id7"), loaded.place_of("id4")) == (7, None)
    assert (loaded.row_of("id7"), loaded.row_of("id4")) == (rows[7], None)
    assert ids(loaded.between(7, 2)) == ["id5", "id6", "id7"]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [(5, 9, True), (4, 9, False), (5, 10, False), (-9, -1, True), (30, 40, True)],
)
def test_nobody_waits_for_rows_that_there_are_not(
    rows: list[Row], first: int, last: int, *, expected: bool
) -> None:
    assert Loaded(rows[5:10], start=5, total=20).has_all(first, last) is expected


def test_a_list_moves_with_the_first_mail_that_is_still_there(rows: list[Row]) -> None:
    before = Loaded(rows[5:10], start=5, total=20)
    after = Loaded(rows[6:10], start=9, total=22)

    assert before.moved(after, ["id5", "id6", "id7"]) == 3
    assert before.moved(after, ["id5", "nobody"]) == 0


def test_a_mark_is_on_a_mail_wherever_it_goes(rows: list[Row]) -> None:
    marks = Marks()
    marks.toggle(rows[7], 7)
    marks.toggle(rows[3], 3)
    marks.toggle(rows[5], 5)
    marks.toggle(rows[5], 5)

    marks.keep(Loaded([rows[3]], start=9, total=20), [rows[7]])

    assert ids(marks.rows) == ["id7", "id3"]
    assert "id3" in marks
    assert "id5" not in marks


def test_a_mark_ends_when_its_mail_leaves_the_list(rows: list[Row]) -> None:
    marks = Marks()
    marks.toggle(rows[7], 7)

    marks.keep(Loaded(rows[:5]), [])

    assert not marks


def test_a_range_goes_from_where_it_began_to_where_one_is(rows: list[Row]) -> None:
    marks, loaded = Marks(), Loaded(rows)
    marks.toggle(rows[0], 0)
    marks.begin_range(rows[5], 5)

    marks.reach(loaded, 8)
    down = ids(marks.rows)
    marks.reach(loaded, 4)
    up = ids(marks.rows)
    marks.end_range()
    marks.reach(loaded, 19)

    assert down == ["id0", "id5", "id6", "id7", "id8"]
    assert up == ["id0", "id4", "id5"]
    assert ids(marks.rows) == up
    assert not marks.is_ranging


def test_a_range_ends_where_nobody_knows_what_is_between(rows: list[Row]) -> None:
    marks = Marks()
    marks.begin_range(rows[5], 5)

    reached = marks.reach(Loaded(rows[10:], start=10), 12)

    assert not reached
    assert ids(marks.rows) == ["id5"]


def test_a_range_ends_with_the_mail_it_began_at(rows: list[Row]) -> None:
    marks, loaded = Marks(), Loaded(rows)
    marks.begin_range(rows[5], 5)
    marks.reach(loaded, 7)

    marks.keep(Loaded(rows[6:]), [])

    assert not marks.is_ranging
    assert ids(marks.rows) == ["id6", "id7"]
