"""How much two texts say the same."""

from time import perf_counter

import pytest

from tuimail.core.likeness import LONGEST, is_same, likeness

TEXT = "Dear Bob, please find the invoice for March below. Pay by the tenth. Ana"


@pytest.mark.parametrize(
    "other",
    [TEXT, TEXT.upper(), TEXT.replace(" ", "\n  "), TEXT.replace("March", "April")],
)
def test_what_differs_in_little_is_alike(other: str) -> None:
    assert likeness(TEXT, other) >= 0.9


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (TEXT, "The server is down again, and nobody knows why."),
        (TEXT, ""),
        (TEXT, TEXT + " " + "and so on forever " * 5),
        ("見積書の件", "請求書を送ります"),
    ],
)
def test_what_says_something_else_is_not(one: str, other: str) -> None:
    assert likeness(one, other) < 0.9


def test_signs_without_spaces_between_are_words_each() -> None:
    assert likeness("見積書の件について送ります", "見積書の件について送りまし") > 0.9


def test_two_empty_texts_are_the_same() -> None:
    assert likeness("", " \n") == 1.0


def test_capitals_and_white_space_make_no_difference() -> None:
    assert is_same("Hi  Bob\n", "hi bob")
    assert not is_same("Hi Bob 1", "Hi Bob 2")


def test_only_the_beginning_of_a_very_long_text_is_looked_at() -> None:
    begin = "word " * (LONGEST // 5)
    start = perf_counter()

    found = likeness(begin + "a" * 5_000_000, begin + "b" * 5_000_000)

    assert found == 1.0
    assert perf_counter() - start < 2
