"""Which words are somebody's own, and may be misspelt."""

import pytest

from tuimail.core.finding import Severity
from tuimail.core.spelling import findings, words, words_of


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("I recieve, don't I?", ["recieve", "don't"]),
        ("it doesn\u2019t", ["it", "doesn't"]),
        ("> what they wrote", []),
        ("see https://exmaple.org/a?b=c now", ["see", "now"]),
        ("write to ana@exmaple.net", ["write", "to"]),
        ("the [sheet](https://exmaple.org/s) here", ["the", "sheet", "here"]),
        ("run `sudo rmm` now", ["run", "now"]),
        ("open report_v2.pdf and ./srcc/mian.py", ["open", "and"]),
        ("dear {{ nmae }}", ["dear"]),
        ("version v2x of 12th", ["version", "of"]),
        ("Größe und Ärger", ["Größe", "und", "Ärger"]),
        ("a b c", []),
    ],
)
def test_what_is_no_word_of_ones_own_is_left_out(
    line: str, expected: list[str]
) -> None:
    assert [one.text for one in words_of(line)] == expected


def test_code_and_what_is_below_a_signature_are_left_out() -> None:
    lines = ["one", "```", "two", "```", "three", "-- ", "Mara"]

    assert [(one.row, one.text) for one in words(lines)] == [(0, "one"), (4, "three")]


def test_spelling_is_good_to_know_and_never_more() -> None:
    found = tuple(words(["aa bb cc dd ee ff aa"]))

    (finding,) = findings(found)

    assert finding.severity is Severity.INFO
    assert finding.message == "Not in the dictionary: aa, bb, cc, dd, ee, …."
    assert list(findings(())) == []
