"""Paragraphs are filled to a width, and what has a form of its own stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimail.tui.filling import filled, quote_of

SIX = "one two three four five six"


def made(*lines: str, width: int = 20) -> list[str]:
    """Return ``lines``, all of them filled."""
    found = filled(lines, 0, len(lines) - 1, (0, 0), width=width)
    return list(found.lines) if found else list(lines)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([SIX], ["one two three four", "five six"]),
        (["one", "two"], ["one two"]),
        (["one", "", "two"], ["one", "", "two"]),
        ([f"> {SIX}"], ["> one two three four", "> five six"]),
        (["> one", ">> two", "> three"], ["> one", ">> two", "> three"]),
        ([f"> > {SIX}"], ["> > one two three", "> > four five six"]),
        (["> one", ">", "> two"], ["> one", ">", "> two"]),
        ([f"- {SIX}"], ["- one two three four", "  five six"]),
        (["- one", "- two"], ["- one", "- two"]),
        (["10. one", "    two"], ["10. one", "    two"]),
        ([f"> * {SIX}"], ["> * one two three", ">   four five six"]),
        ([f"  {SIX}"], ["  one two three four", "  five six"]),
        (["one  ", "two"], ["one  ", "two"]),
        ([f"    {SIX}"], [f"    {SIX}"]),
        (["| a | b |", "| c | d |"], ["| a | b |", "| c | d |"]),
        (["# one", "two"], ["# one", "two"]),
        (["one", "-- ", "Mara", "Lin"], ["one", "-- ", "Mara", "Lin"]),
        (["> one", "> -- ", "> Mara"], ["> one", "> -- ", "> Mara"]),
        (["https://example.org/a/long/one x"], ["https://example.org/a/long/one", "x"]),
        (["見積書の件につきましてご連絡"], ["見積書の件につきまし", "てご連絡"]),
        (["見積書の件に", "つきまして"], ["見積書の件につきまし", "て"]),
        (["見積書の件につきまし、て"], ["見積書の件につきま", "し、て"]),
        ([""], [""]),
    ],
    ids=lambda value: "|".join(value)[:24],
)
def test_paragraphs_are_filled_as_they_are_quoted_and_listed(
    lines: list[str], expected: list[str]
) -> None:
    assert made(*lines) == expected


def test_only_the_paragraph_of_the_cursor_is_filled() -> None:
    lines = ["a", "b", "", "c", "d", "", "e", "f"]

    found = filled(lines, 4, 4, (4, 0))

    assert found is not None
    assert (found.first, found.last, found.lines) == (3, 4, ("c d",))


def test_the_cursor_stays_at_its_letter() -> None:
    lines = ["> one two three four", "> five six"]

    found = filled(lines, 0, 0, (1, 5), width=16)

    assert found is not None
    assert found.lines == ("> one two three", "> four five six")
    assert (found.row, found.lines[1][: found.column]) == (1, "> four fiv")


def test_nothing_is_filled_below_a_signature() -> None:
    assert filled(["-- ", "Mara", "Lin"], 1, 2, (1, 0)) is None


LETTERS = st.characters(min_codepoint=48, max_codepoint=591, categories=["L", "N"])
WORDS = st.text(LETTERS, min_size=1, max_size=30)
LINES = st.lists(
    st.builds(
        lambda quote, words: quote + " ".join(words),
        st.sampled_from(["", "> ", ">> ", "> > "]),
        st.lists(WORDS, max_size=12),
    ),
    min_size=1,
    max_size=8,
)


@given(LINES, st.integers(20, 80))
def test_no_letter_and_no_mark_of_a_quote_is_lost(lines: list[str], width: int) -> None:
    once = made(*lines, width=width)

    def letters(text: list[str]) -> str:
        return "".join("".join(line[len(quote_of(line)) :].split()) for line in text)

    def depths(text: list[str]) -> list[int]:
        found = [quote_of(line).count(">") for line in text if line.strip(" >")]
        return [one for n, one in enumerate(found) if not n or found[n - 1] != one]

    assert letters(once) == letters(lines)
    assert depths(once) == depths(lines)
    assert made(*once, width=width) == once
