from hypothesis import given
from hypothesis import strategies as st

from tuimail.core.checks.hints import (
    FEWEST_CHARACTERS,
    LINES_LIMIT,
    MOST_CHARACTERS,
    Hints,
)

_HINTS = st.lists(st.text("aek_-1Kß密\n", min_size=1, max_size=4))
_TEXTS = st.text("aek _-:1Kß密\n", max_size=40)


@given(_HINTS, st.lists(_TEXTS))
def test_all_that_stands_in_a_text_is_found_and_nothing_else(
    hints: list[str], texts: list[str]
) -> None:
    known = Hints(hints)

    for text in texts:
        assert sorted(known.found_in(text)) == _standing(hints, text)


@given(_HINTS, st.lists(st.lists(_TEXTS, max_size=4), max_size=6))
def test_so_it_is_in_long_texts_of_which_some_lines_were_seen_before(
    hints: list[str], mails: list[list[str]]
) -> None:
    known = Hints(hints)

    for lines in mails:
        text = "\n".join((*lines, "." * FEWEST_CHARACTERS, *reversed(lines)))
        assert sorted(known.found_in(text)) == _standing(hints, text)


def test_what_stands_between_lines_that_were_seen_is_found() -> None:
    hints, filler = Hints(("one\ntwo", "three")), "." * FEWEST_CHARACTERS
    assert hints.found_in(f"one\n{filler}\ntwo") == []

    assert hints.found_in(f"{filler}\none\ntwo") == ["one\ntwo"]


def test_however_many_lines_there_were_the_next_ones_are_looked_through() -> None:
    hints, filler = Hints(("key",)), "." * FEWEST_CHARACTERS
    for first in range(0, 3 * LINES_LIMIT, 500):
        seen = "\n".join(f"no. {number}" for number in range(first, first + 500))
        assert not hints.are_in(seen)

    assert hints.are_in(f"{filler}\nno. 1\na key")
    assert not hints.are_in(f"{filler}\nno. 1")


def test_what_is_too_long_to_be_mail_is_looked_through_as_it_is() -> None:
    hints, data = Hints(("key", "a\nb")), "no. 1\n" * MOST_CHARACTERS

    assert hints.found_in(data) == []
    assert hints.found_in(f"{data}key a\nb") == ["a\nb", "key"]


def test_one_is_enough() -> None:
    hints = Hints(("token", "key"))

    assert hints.are_in("the key to it")
    assert not hints.are_in("the door to it")


def _standing(hints: list[str], text: str) -> list[str]:
    return sorted({hint for hint in hints if hint in text})
