"""A pattern that is compiled late says what one that is compiled at once says."""

import copy
import pickle
import re

import pytest

from tuimail.core.patterns import regex


def test_a_pattern_finds_what_it_would_find() -> None:
    word = regex(r"[a-z]+", re.IGNORECASE)

    assert word.findall("One, two") == ["One", "two"]
    assert word.sub("-", "One, two") == "-, -"
    assert word.pattern == "[a-z]+"


def test_a_pattern_reads_bytes() -> None:
    assert regex(rb"\d+").fullmatch(b"12") is not None


def test_a_pattern_is_compiled_when_it_is_used() -> None:
    broken = regex("(")

    with pytest.raises(re.error, match="unterminated"):
        broken.search("text")


def test_the_text_of_a_pattern_is_known_without_compiling_it() -> None:
    assert regex("(").pattern == "("


def test_a_pattern_is_copied_and_pickled() -> None:
    word = regex("[a-z]+")
    assert word.match("ada")

    for same in (copy.deepcopy(word), pickle.loads(pickle.dumps(word))):
        assert same.match("ada")
