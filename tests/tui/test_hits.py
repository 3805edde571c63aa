"""Where words stand in a text that is being written."""

import pytest

from tuimail.tui import hits
from tuimail.tui.hits import Hit, Search

LINES = ["The report on reports", "", "a Report (v1.0) for ana", "report"]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        (Search(words="report"), [(0, 4), (0, 14), (2, 2), (3, 0)]),
        (Search(words="report", is_exact=True), [(0, 4), (0, 14), (3, 0)]),
        (Search(words="report", is_whole=True), [(0, 4), (2, 2), (3, 0)]),
        (Search(words="Report", is_exact=True, is_whole=True), [(2, 2)]),
        (Search(words="(v1.0)"), [(2, 9)]),
        (Search(words="v1x0"), []),
        (Search(words=""), []),
    ],
    ids=["any case", "exact", "whole", "both", "signs are signs", "no pattern", "none"],
)
def test_words_are_found_as_they_are_meant(
    search: Search, expected: list[tuple[int, int]]
) -> None:
    found = hits.find(LINES, search)

    assert [(hit.row, hit.start) for hit in found] == expected


def test_a_text_full_of_hits_is_not_searched_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hits, "MOST_HITS", 3)

    assert len(hits.find(["aaaaaaaa"], Search(words="a"))) == 3


FOUND = (Hit(0, 4, 10), Hit(2, 2, 8), Hit(2, 20, 26))


@pytest.mark.parametrize(
    ("row", "column", "following", "earlier"),
    [
        (0, 0, 0, 2),
        (0, 4, 0, 2),
        (0, 5, 1, 2),
        (0, 10, 1, 0),
        (1, 0, 1, 0),
        (2, 26, 0, 2),
        (9, 0, 0, 2),
    ],
)
def test_the_next_hit_and_the_one_before_go_round(
    row: int, column: int, following: int, earlier: int
) -> None:
    assert hits.after(FOUND, row, column) == following
    assert hits.before(FOUND, row, column) == earlier


def test_nothing_comes_next_where_nothing_was_found() -> None:
    assert (hits.after((), 0, 0), hits.before((), 0, 0)) == (-1, -1)


def test_replacing_all_takes_the_new_words_as_they_are() -> None:
    found = hits.find(LINES, Search(words="report"))

    made = hits.replaced(LINES, found, r"\1 letter")

    assert made == [
        r"The \1 letter on \1 letters",
        "",
        r"a \1 letter (v1.0) for ana",
        r"\1 letter",
    ]
    assert LINES[3] == "report"
