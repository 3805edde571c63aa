"""Paragraphs wrapped to a width, no further than somebody looks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tuimail.tui.widgets.prose import (
    LABEL_CELLS,
    Kind,
    Paragraph,
    Prose,
    paragraphs_of,
    wrapped,
)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("short", 10, ["short"]),
        ("two words", 5, ["two", "words"]),
        ("  kept   as is", 20, ["  kept   as is"]),
        ("a\tb", 20, ["a   b"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("見積書の件", 4, ["見積", "書の", "件"]),
        ("ab cdefghijkl", 4, ["ab", "cdef", "ghij", "kl"]),
        (" " * 12, 4, [""]),
    ],
)
def test_text_is_broken_at_spaces_and_where_it_must(
    text: str, width: int, lines: list[str]
) -> None:
    assert wrapped(text, width) == lines


@given(st.text(st.characters(exclude_categories=("Cc", "Cs"))), st.integers(4, 30))
def test_no_line_is_wider_and_no_letter_is_lost(text: str, width: int) -> None:
    lines = wrapped(text, width)

    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_labels_have_a_column_that_text_cannot_reach() -> None:
    prose = Prose([Paragraph(label="To", text="one two three")], LABEL_CELLS + 5)

    lines = [prose.line(place) for place in range(4)]

    assert [(line.label.strip(), line.text) for line in lines if line] == [
        ("To", "one"),
        ("", "two"),
        ("", "three"),
    ]
    assert lines[3] is None


def test_only_what_is_looked_at_is_wrapped() -> None:
    prose = Prose([Paragraph(text="x")] * 1000, 10)

    prose.line(5)

    assert len(prose._lines) == 6
    assert prose.height >= 1000


def test_the_height_is_exact_once_everything_is_wrapped() -> None:
    prose = Prose([Paragraph(text="a b c d e f")] * 10, 5)

    prose.finish()

    assert prose.height == 20


def test_a_paragraph_is_found_again_at_another_width() -> None:
    prose = Prose([Paragraph(text="a b c d e f g h")] * 10, 5)

    place = prose.first_line_of(3)
    line = prose.line(place)

    assert line is not None
    assert line.paragraph == 3


def test_a_paragraph_that_is_gone_is_found_at_the_top() -> None:
    assert Prose([], 10).first_line_of(7) == 0


def test_quotes_are_marked() -> None:
    kinds = [one.kind for one in paragraphs_of("hello\n> quoted")]

    assert kinds == [Kind.PLAIN, Kind.QUOTE]
