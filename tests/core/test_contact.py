"""Who is found by what was typed, and who comes first."""

from datetime import UTC, datetime, timedelta

import pytest

from tuimail.core.contact import HALF_LIFE, folded, together, tokens, weight, words

NOW = datetime(2026, 3, 2, 14, 2, tzinfo=UTC)


def weighed(*days_ago: float) -> int:
    total = 0
    for days in days_ago:
        one = weight(NOW - timedelta(days=days), is_of_a_program=False)
        total = together(total, one) if total else one
    return total


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Novák", "novak"), ("ANA", "ana"), ("Straße", "strasse"), ("\ufb01", "fi")],
)
def test_accents_and_capitals_do_not_count(text: str, plain: str) -> None:
    assert folded(text) == plain


def test_a_query_is_words_without_signs_of_an_address_longest_first() -> None:
    assert tokens(' "Ana" <novak@ @ ') == ("novak", "ana")


def test_more_words_than_anybody_has_are_not_looked_at() -> None:
    assert len(tokens("a b c d e f")) == 4
    assert tokens("x" * 500) == ("x" * 100,)


def test_somebody_is_found_by_every_part_and_by_the_whole_address() -> None:
    found = words("ana.novak@mail.example.org", "Ana Nováková")

    assert found == {
        "ana", "novak", "novakova", "mail", "example", "org",
        "ana.novak@mail.example.org", "mail.example.org",
    }  # fmt: skip


def test_two_mails_of_one_day_weigh_as_one_of_a_half_life_later() -> None:
    later = weight(NOW + HALF_LIFE, is_of_a_program=False)

    assert weighed(0, 0) == pytest.approx(later, abs=2)


@pytest.mark.parametrize(
    ("heavier", "lighter"),
    [
        ((1,), (100,)),
        ((1, 1, 1), (0,)),
        ((100,) * 5, (100,)),
        ((0,), (365,) * 50),
    ],
)
def test_who_is_written_to_often_and_lately_weighs_more(
    heavier: tuple[float, ...], lighter: tuple[float, ...]
) -> None:
    assert weighed(*heavier) > weighed(*lighter)


def test_the_order_of_two_mails_does_not_count() -> None:
    assert weighed(3, 40) == pytest.approx(weighed(40, 3), abs=1)


def test_mail_of_a_program_weighs_less() -> None:
    own = weight(NOW - timedelta(days=80), is_of_a_program=False)
    of_a_program = weight(NOW, is_of_a_program=True)

    assert own > of_a_program
