import re

import pytest

from tuimail.core.characters import (
    INVISIBLE,
    NOT_IN_A_BODY,
    NOT_IN_A_LINE,
    describe,
    is_blank,
    not_in_a_body,
)


@pytest.mark.parametrize(
    ("character", "words"),
    [
        ("\r", "a carriage return"),
        ("\n", "a line break"),
        ("\t", "a TAB"),
        ("\x00", "a NUL"),
        ("\x1b", "the control character U+001B"),
        ("\x9b", "the control character U+009B"),
        ("\u202e", "the invisible character U+202E"),
        ("\U000e0041", "the invisible character U+E0041"),
        ("\ud800", "the broken character U+D800"),
    ],
)
def test_a_character_that_nobody_sees_has_a_name(character: str, words: str) -> None:
    assert describe(character) == words


@pytest.mark.parametrize(
    "character", "\r\n\x00\x0b\x0c\x1b\x7f\x85\x9b\u2028\u2029\ud800"
)
def test_what_some_program_takes_for_a_line_end_is_not_in_a_line(
    character: str,
) -> None:
    assert NOT_IN_A_LINE.search(f"a{character}b")


@pytest.mark.parametrize("character", "\t ~é\u200d\ufe0f💩")
def test_what_people_write_may_stand_in_a_line(character: str) -> None:
    assert not NOT_IN_A_LINE.search(f"a{character}b")
    assert not INVISIBLE.search(f"a{character}b")


@pytest.mark.parametrize(
    "character", "\u00ad\u200b\u200e\u202e\u2066\u3164\ufeff\U000e0041"
)
def test_what_hides_or_turns_text_is_invisible(character: str) -> None:
    assert INVISIBLE.search(f"a{character}b")


def test_only_nul_and_broken_characters_are_kept_out_of_a_body() -> None:
    assert NOT_IN_A_BODY.findall("a\x00b\x1b\r\n\u202e\ud800") == ["\x00", "\ud800"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ""),
        ("a\x1b\r\n\u202e💩", ""),
        ("a\x00b\ud800", "\x00"),
        ("a\udfffb\x00", "\udfff"),
        ("é\ud800\udc00", "\ud800"),
    ],
)
def test_the_first_character_that_keeps_out_a_body_is_told(
    text: str, found: str
) -> None:
    assert not_in_a_body(text) == found


@pytest.mark.parametrize(
    "text", ["", " \t\n", "\u00a0\u3000", "\u200b\ufeff", "\u2800"]
)
def test_text_that_nobody_sees_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["0", " . ", "\u200bx", "\u2764\ufe0f"])
def test_text_with_anything_to_see_is_not_blank(text: str) -> None:
    assert not is_blank(text)


@pytest.mark.parametrize("character", list(map(chr, range(128))))
def test_plain_characters_are_blank_where_they_are_white_space(character: str) -> None:
    assert is_blank(character * 2) == (re.fullmatch(r"\s", character) is not None)
