from itertools import permutations

import pytest

from tuimail.core.policy.action import Action, strictest, strictness


def test_block_beats_two_people_who_beat_one_who_beats_none() -> None:
    order: tuple[Action, ...] = ("auto", "review", "review2", "block")

    assert sorted(order, key=strictness) == list(order)


@pytest.mark.parametrize("given", list(permutations(("auto", "review", "review2"))))
def test_the_strictest_wins_in_any_order(given: tuple[Action, ...]) -> None:
    assert strictest(given) == "review2"
    assert strictest([*given, "block"]) == "block"
