"""Paragraphs wrapped to a width, no further than somebody looks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tuimail.tui.widgets.prose import (
    LABEL_CELLS,
    Kind,
    Paragraph,
    paragraphs_of,
    wrapped,
)
from tuimail.tui.widgets.wrapping import Prose


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
    prose = Prose([Paragraph(label="Subject", text="one two three")], LABEL_CELLS + 5)

    lines = [prose.line(place) for place in range(4)]

    assert [(line.label.strip(), line.text) for line in lines if line] == [
        ("Subject", "one"),
        ("", "two"),
        ("", "three"),
    ]
    assert lines[3] is None


def test_quotes_are_marked() -> None:
    kinds = [one.kind for one in paragraphs_of("hello\n> quoted")]

    assert kinds == [Kind.PLAIN, Kind.QUOTE]


def test_data_is_broken_after_commas_and_brackets_before_it_is_within_words() -> None:
    text = '{"id":"06ea","state":"draft","codes":["policy","tone"]}'
    prose = Prose([Paragraph(text=text, is_data=True)], 20)

    found = [line.text for place in range(9) if (line := prose.line(place))]

    assert found == [
        '{"id":"06ea",',
        '"state":"draft",',
        '"codes":["policy",',
        '"tone"]}',
    ]
    assert "".join(found) == text
