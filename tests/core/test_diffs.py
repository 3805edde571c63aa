"""What changed between two texts: right, readable, and never for long."""

import random
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimail.core import diffs
from tuimail.core.diffs import (
    LONGEST_LINE,
    MOST_LINES,
    Diff,
    DiffLine,
    Kind,
    Words,
    diff,
)

NUMBERED = "\n".join(f"{number} a" for number in range(9000))
TEXTS = st.text(alphabet="ab é漢,.\n", max_size=40)


def sides(found: Diff) -> tuple[str, str]:
    """Return both texts, as the diff tells them."""
    before, after = [], []
    for line in found.lines:
        if line.kind is not Kind.ADDED:
            before.append(without(line, Kind.ADDED))
        if line.kind is not Kind.REMOVED:
            after.append(without(line, Kind.REMOVED))
    return "\n".join(before), "\n".join(after)


def without(line: DiffLine, kind: Kind) -> str:
    return "".join(one.text for one in line.words if one.kind is not kind)


@given(before=TEXTS, after=TEXTS, limit=st.sampled_from([0, 3, 20, 100_000]))
def test_both_texts_can_be_read_from_a_diff_whatever_its_limit(
    before: str, after: str, limit: int
) -> None:
    assert sides(diff(before, after, limit=limit)) == (before, after)


@given(before=TEXTS, after=TEXTS)
def test_lines_are_numbered_as_in_their_texts(before: str, after: str) -> None:
    found = diff(before, after)

    old = [line.before for line in found.lines if line.before]
    new = [line.after for line in found.lines if line.after]
    assert old == list(range(1, before.count("\n") + 2))
    assert new == list(range(1, after.count("\n") + 2))


@given(before=TEXTS, after=TEXTS)
def test_a_diff_of_short_texts_is_complete_and_same_only_where_they_are(
    before: str, after: str
) -> None:
    found = diff(before, after)

    assert found.is_complete
    assert found.is_same == (before == after)


@given(
    before=st.lists(st.sampled_from("abc"), max_size=9),
    after=st.lists(st.sampled_from("abc"), max_size=9),
)
def test_as_much_as_can_be_is_the_same(before: list[str], after: list[str]) -> None:
    found = diff("\n".join(before), "\n".join(after))

    same = [line for line in found.lines if line.kind is Kind.SAME]
    assert len(same) == longest_in_both(before or [""], after or [""])


def longest_in_both(before: list[str], after: list[str]) -> int:
    if not before or not after:
        return 0
    if before[0] == after[0]:
        return 1 + longest_in_both(before[1:], after[1:])
    return max(longest_in_both(before[1:], after), longest_in_both(before, after[1:]))


def test_a_word_that_was_replaced_is_marked_within_its_line() -> None:
    (line,) = diff("please find the quote", "please see the quote").lines

    assert line.kind is Kind.CHANGED
    assert line.words == (
        Words(Kind.SAME, "please "),
        Words(Kind.REMOVED, "find"),
        Words(Kind.ADDED, "see"),
        Words(Kind.SAME, " the quote"),
    )
    assert line.text == "please findsee the quote"


def test_a_price_that_changed_is_marked_whole() -> None:
    found = diff("It is 1,240 EUR.", "It is 1,190 EUR.")

    changed = [one.text for one in found.lines[0].words if one.kind is not Kind.SAME]
    assert changed == ["1,240", "1,190"]


def test_lines_without_a_word_in_common_stand_one_after_the_other() -> None:
    found = diff("one two", "three four")

    assert [line.kind for line in found.lines] == [Kind.REMOVED, Kind.ADDED]


def test_a_line_that_was_put_in_between_moves_nothing_else() -> None:
    found = diff("a\nb\nc", "a\nx y\nb\nc")

    assert [(line.kind, line.before, line.after) for line in found.lines] == [
        (Kind.SAME, 1, 1),
        (Kind.ADDED, 0, 2),
        (Kind.SAME, 2, 3),
        (Kind.SAME, 3, 4),
    ]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("a b c", "a b c", 0),
        ("a b c", "a x c", 1),
        ("a b c", "a x y c", 2),
        ("a b c", "a c", 1),
        ("a", "b", 2),
        ("見積書の件", "見積書の案", 1),
        ("one two three", "one", 2),
    ],
)
def test_how_many_words_changed_is_counted(before: str, after: str, words: int) -> None:
    assert diff(before, after).words_changed == words


def test_what_changed_is_shown_with_a_few_lines_around_it() -> None:
    before = "\n".join("abcdefghij")
    found = diff(before, before.replace("e", "E"))

    shown = found.around(1)

    assert [line and line.text for line in shown] == [None, "d", "e", "E", "f", None]
    assert diff("a", "a").around(3) == (None,)


def test_very_long_lines_change_as_a_whole() -> None:
    line = "word " * (LONGEST_LINE // 5)

    found = diff(line + "a", line + "b")

    assert [one.kind for one in found.lines] == [Kind.REMOVED, Kind.ADDED]


def test_a_diff_that_takes_too_long_says_that_it_stopped() -> None:
    before = "\n".join(f"line {number}" for number in range(300))
    after = "\n".join(f"line {number * 7 % 300}" for number in range(300))

    found = diff(before, after, limit=50)

    assert not found.is_complete
    assert sides(found) == (before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (NUMBERED, NUMBERED.replace("a", "b")),
        ("a\nb\n" * 9000, "b\nb\na\n" * 9000),
        ("x " * 90_000, "y " * 90_000),
        (("x y " * 900 + "\n") * 30, ("y z x " * 600 + "\n") * 30),
    ],
    ids=["every-line", "repeated", "one-line", "long-lines"],
)
def test_no_text_holds_a_reader_up(before: str, after: str) -> None:
    """Nobody who writes a mail may have the one who reads it wait."""
    start = perf_counter()

    diff(before, after)

    assert perf_counter() - start < 5


class TestLongTexts:
    """Too long for all of it to be there; what changed is found all the same."""

    def test_millions_of_lines_give_no_more_than_a_few_thousand(self) -> None:
        found = diff("\n" * 900_000 + "end\n", "a\n" * 450_000)

        assert len(found.lines) <= 2 * MOST_LINES
        assert found.is_cut
        assert not found.is_same

    def test_one_line_far_down_is_found_with_its_number(self) -> None:
        before = [f"line {number}" for number in range(1, 20_001)]
        after = [*before[:14_999], "another", *before[14_999:]]

        found = diff("\n".join(before), "\n".join(after))

        (added,) = [one for one in found.lines if one.kind is not Kind.SAME]
        assert (added.kind, added.before, added.after) == (Kind.ADDED, 0, 15_000)
        assert not found.is_cut
        assert len(found.lines) < 300

    def test_the_same_is_the_same(self) -> None:
        text = "one\n" * 10_000

        assert diff(text, text).is_same

    @pytest.mark.parametrize("seed", range(20))
    def test_whatever_is_left_out_is_the_same_in_both(
        self, seed: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(diffs, "MOST_LINES", 8)
        monkeypatch.setattr(diffs, "BESIDE", 2)
        chance = random.Random(seed)
        for _ in range(50):
            old = [chance.choice(["", "a", "b", "a b"]) for _ in range(12)]
            new = old[:]
            place = chance.randrange(12)
            new[place : place + chance.randrange(3)] = ["c"] * chance.randrange(3)
            found = diff("\n".join(old), "\n".join(new))
            there = (
                {one.before for one in found.lines},
                {one.after for one in found.lines},
            )
            left_out = [
                [text for number, text in enumerate(lines, 1) if number not in kept]
                for lines, kept in zip((old, new), there, strict=True)
            ]

            assert found.is_cut or left_out[0] == left_out[1]
            assert found.is_same == (old == new)
