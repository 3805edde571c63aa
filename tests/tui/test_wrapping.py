"""A text at a width, wrapped no further than somebody looks."""

import pytest

from tuimail.tui.tabs import later
from tuimail.tui.widgets.blocks import (
    BLOCK,
    Blocks,
    Given,
    Octets,
    Place,
    TextLines,
)
from tuimail.tui.widgets.prose import Kind, Paragraph, Span
from tuimail.tui.widgets.wrapping import Prose

PARAGRAPHS = [Paragraph(text=f"{number} b c d e f g h") for number in range(1000)]


class Counting(Given):
    """Paragraphs that know how many blocks of them were asked for."""

    def __init__(self) -> None:
        super().__init__(PARAGRAPHS)
        self.made: set[int] = set()

    def guess(self, number: int, width: int) -> int:
        return 7

    def block(self, number: int) -> list[Paragraph]:
        self.made.add(number)
        return list(super().block(number))


def shown(prose: Prose, place: int) -> str:
    line = prose.line(place)
    return line.text if line else ""


def test_only_what_is_looked_at_is_wrapped() -> None:
    blocks = Counting()
    prose = Prose(blocks, 80)

    assert shown(prose, 5) == "5 b c d e f g h"
    assert blocks.made == {0}
    assert not prose.is_exact


def test_the_height_is_exact_once_everything_is_wrapped() -> None:
    prose = Prose([Paragraph(text="a b c d e f")] * 10, 5)

    prose.finish()

    assert prose.is_exact
    assert prose.height == 20


def test_a_paragraph_is_found_again_at_another_width() -> None:
    prose = Prose([Paragraph(text="a b c d e f g h")] * 10, 5)

    line = prose.line(prose.first_line_of(Place(0, 3)))

    assert line is not None
    assert line.paragraph == 3


def test_the_line_of_a_long_paragraph_that_has_a_place_is_found() -> None:
    prose = Prose([Paragraph(text="a b c d e f g h")], 5)

    line = prose.line(prose.first_line_of(Place(0, 0), at=9))

    assert line is not None
    assert line.start <= 9 < line.start + 5


def test_a_paragraph_that_is_gone_is_found_at_the_top() -> None:
    assert Prose([], 10).first_line_of(Place(7, 0)) == 0
    assert Prose([], 10).settle(3, above=5, below=5) == 0
    assert Prose([], 10).settle_end(5) == 0
    assert Prose([], 10).line(0) is None


def test_what_is_looked_at_stays_where_what_is_above_gets_exact() -> None:
    """The end of a long text is shown before its middle was ever wrapped."""
    prose = Prose(Counting(), 80)
    prose.settle_end(10)
    top = prose.height - 10
    before = shown(prose, top)

    top = prose.settle(top, above=200, below=10)

    assert shown(prose, top) == before
    assert before == "990 b c d e f g h"


def test_every_line_of_a_guessed_text_can_be_walked_to_from_its_end() -> None:
    prose = Prose(Counting(), 80)
    top = prose.settle_end(10) - 1
    walked = []
    while top >= 0:
        walked.append(shown(prose, top))
        top = prose.settle(top, above=3, below=3) - 1

    assert walked == [one.text for one in reversed(PARAGRAPHS)]


@pytest.mark.parametrize("width", [8, 20, 80])
def test_blocks_leave_nothing_out_at_any_width(width: int) -> None:
    prose = Prose(PARAGRAPHS, width)
    prose.finish()

    words = " ".join(shown(prose, place) for place in range(prose.height)).split()

    assert words == " ".join(one.text for one in PARAGRAPHS).split()


def test_lines_of_a_text_are_made_safe_when_they_are_shown() -> None:
    blocks = TextLines("plain\r\n> quote \x1b[31m\n")

    assert [one.text for one in blocks.block(0)] == ["plain", "> quote ␛[31m", ""]


def test_letters_that_pose_as_others_stand_in_brackets() -> None:
    line = "so p\u0430yp\u0430l, \u041c\u0438\u0440 and \u043f\u0440\u0438\u0432\u0435t"
    spans = (Span(3, 9, Kind.ADDED), Span(11, 14, Kind.ADDED))

    (one,) = TextLines(line, spans={0: spans}).block(0)

    assert one.text == (
        "so p\u2039\u0430\u203ayp\u2039\u0430\u203al, "
        "\u041c\u0438\u0440 and \u043f\u0440\u0438\u0432\u0435\u2039t\u203a"
    )
    shown = [one.text[span.start : span.end] for span in one.spans]
    assert shown == ["p\u2039\u0430\u203ayp\u2039\u0430\u203al", "\u041c\u0438\u0440"]


def test_a_line_that_is_too_long_becomes_several_at_its_spaces() -> None:
    blocks = TextLines("first\n" + "word " * 3_000 + "\n" + "x" * 5_000 + "\nlast")
    pieces = [one.text for number in range(len(blocks)) for one in blocks.block(number)]

    place = blocks.place_of(3)

    assert max(map(len, pieces)) <= 2_000
    assert pieces[1].endswith("word ")
    assert "".join(pieces).count("x") == 5_000
    assert blocks.block(place.block)[place.paragraph].text == "last"
    assert blocks.guess(0, 80) >= len(pieces)


def test_a_line_of_a_short_text_is_found_by_its_number() -> None:
    assert TextLines("a\nb\nc").place_of(2) == Place(0, 2)
    assert Given(PARAGRAPHS).place_of(BLOCK) == Place(1, 0)


@pytest.mark.parametrize(
    ("blocks", "line", "place"),
    [
        (TextLines("a\nb\nc"), 2, Place(0, 1)),
        (TextLines("a\nb\nc"), 9, Place(0, 2)),
        (TextLines("x " * 3_000 + "\nlast"), 2, Place(0, 3)),
        (TextLines("x " * 3_000 + "\nlast"), 3, Place(0, 3)),
        (Given(PARAGRAPHS), BLOCK + 2, Place(1, 1)),
        (Given(()), 5, Place(0, 0)),
        (Octets(b"a\r\nb\r\nc"), 1, Place(0, 0)),
        (Octets(b"a\r\nb\r\nc"), 3, Place(0, 2)),
        (Octets(b"a\r\nb\r\n"), 9, Place(0, 1)),
        (later(lambda: TextLines("a\nb")), 2, Place(0, 1)),
    ],
)
def test_a_line_is_gone_to_by_its_number(
    blocks: Blocks, line: int, place: Place
) -> None:
    assert blocks.numbered(line) == place


def octets(blocks: Octets) -> list[tuple[str, str]]:
    lines = [one for number in range(len(blocks)) for one in blocks.block(number)]
    return [(one.label, one.text) for one in lines]


def test_bytes_are_shown_with_where_they_begin_and_what_is_odd_about_them() -> None:
    raw = b"Subject: a\r\n\r\nb\x1b[c\xff\xc3\xa9\rx\n\n"

    assert octets(Octets(raw)) == [
        ("0", "Subject: a"),
        ("12", ""),
        ("14", "b␛[c\\xffé␍x"),
        ("24", ""),
    ]
    assert octets(Octets(b"")) == [("0", "")]


def test_long_lines_and_long_sources_are_cut_where_nothing_is_lost() -> None:
    raw = b"a" * 50_000 + b"\n" + b"line\r\n" * 20_000 + b"end"

    found = octets(Octets(raw))

    assert "".join(text for _, text in found) == "a" * 50_000 + "line" * 20_000 + "end"
    assert found[-1] == ("170,001", "end")
    assert len(Octets(raw)) > 5


def test_an_octet_is_found_by_its_number() -> None:
    raw = b"line\r\n" * 20_000
    blocks = Octets(raw)

    place = blocks.place_of(60_002)

    assert blocks.block(place.block)[place.paragraph].label == "60,000"


def test_words_are_looked_for_only_where_they_can_be() -> None:
    blocks = Octets(b"x" * 40_000 + b"\nNeedle\n" + b"y" * 40_000)
    wanted = [blocks.may_have(number, "needle") for number in range(len(blocks))]

    assert wanted.count(True) == 1
    assert blocks.may_have(0, "é")
    assert TextLines("a").may_have(0, "b")
    assert Given(()).may_have(0, "b")
