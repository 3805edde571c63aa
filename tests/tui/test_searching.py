"""Words in a text of any size."""

import pytest

from tuimail.tui import searching
from tuimail.tui.widgets.blocks import BLOCK, Given, Octets, Place, TextLines
from tuimail.tui.widgets.prose import Kind, Paragraph

TOP = Place(0, 0)
TEXT = TextLines("One needle.\nNothing.\nA NEEDLE and a needle.\n")


def test_every_place_is_found_whatever_its_capitals() -> None:
    found = searching.find(TEXT, "needle", after=TOP)

    assert [(hit.place.paragraph, hit.start, hit.end) for hit in found.hits] == [
        (0, 4, 10),
        (2, 2, 8),
        (2, 15, 21),
    ]
    assert found.told == "1 of 3"


def test_one_begins_where_one_reads_and_goes_round() -> None:
    found = searching.find(TEXT, "needle", after=Place(0, 1))

    assert found.told == "2 of 3"
    assert found.stepped(1).told == "3 of 3"
    assert found.stepped(2).told == "1 of 3"
    assert searching.find(TEXT, "needle", after=Place(9, 0)).told == "1 of 3"


def test_what_is_not_there_is_said() -> None:
    found = searching.find(TEXT, "pin", after=TOP)

    assert found.told == "not in this tab"
    assert found.hit is None
    assert found.marks == {}
    assert found.stepped(1).hit is None


@pytest.mark.parametrize("words", ["", "  "])
def test_nothing_is_not_looked_for(words: str) -> None:
    assert searching.find(TEXT, words, after=TOP).hits == ()


def test_how_many_blanks_there_are_does_not_count() -> None:
    blocks = Given([Paragraph(text="two  words\tthree")])

    found = searching.find(blocks, "two words   three", after=TOP)

    assert [hit[1:] for hit in found.hits] == [(0, 17)]


def test_the_one_that_somebody_is_at_stands_out_from_the_others() -> None:
    found = searching.find(TEXT, "needle", after=Place(0, 2))

    assert [span.kind for span in found.marks[Place(0, 2)]] == [Kind.FOUND, Kind.HIT]
    assert [span.kind for span in found.marks[Place(0, 0)]] == [Kind.HIT]


def test_a_search_ends_where_nobody_would_go_on() -> None:
    blocks = TextLines("a\n" * (searching.MOST + 5))

    assert searching.find(blocks, "a", after=TOP).told == "1 of 1000+"


def test_words_are_found_far_down_in_bytes() -> None:
    blocks = Octets(b"line of text\r\n" * 20_000 + b"The Needle\r\n")

    (hit,) = searching.find(blocks, "needle", after=TOP).hits

    assert hit.place.block == len(blocks) - 1
    assert blocks.block(hit.place.block)[hit.place.paragraph].text == "The Needle"


def test_the_first_phrase_that_is_there_is_taken() -> None:
    blocks = Given([Paragraph(text=f"line {n}") for n in range(2 * BLOCK)])

    found = searching.first(blocks, ["line 999", "", "line 70", "line 1"])

    assert found == searching.Hit(Place(1, 6), 0, 7)
    assert searching.first(blocks, ["line 999"]) is None
