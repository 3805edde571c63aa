import pytest

from tuimail.core.checks.numbers import other_number


def test_the_numbers_are_told_with_the_words_around_them() -> None:
    found = other_number("please pay 1 000.50 euros now", "please pay 9 000.50 euros")

    assert found == ("please pay 1 000 50 euros", "please pay 9 000 50 euros")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("pay 1000.00", "pay 1,000"),
        ("on 3/11/2026", "on 11.03.2026"),
        ("007 agents", "7 agents"),
        ("pay 5 euros", "send 9 euros"),
        ("pay 5 euros", "pay the euros"),
        ("pay 5 euros or pay 9 euros", "or pay 9 euros"),
        ("pay 5", "pay 9 euros"),
        ("", "1"),
    ],
)
def test_the_same_number_and_other_sentences_are_fine(one: str, other: str) -> None:
    assert other_number(one, other) is None


def test_some_of_several_numbers_in_the_same_words_are_enough() -> None:
    many, few = "a pen: 1 euro\na pen: 2 euro", "a pen: 2 euro"

    assert other_number(many, few) is None
    assert other_number(few, many) is None
    assert other_number(many, "a pen: 3 euro") == ("a pen 1 euro", "a pen 3 euro")
