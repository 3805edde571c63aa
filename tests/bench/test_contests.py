"""What the bench says of figures; none is measured here."""

from collections.abc import Iterator
from itertools import count

import pytest

from tests.bench import contests
from tests.bench.contests import (
    MILLIS,
    TURN_SECONDS,
    Cost,
    Goal,
    Turn,
    a_second,
    absolute,
    as_it_is,
    at_least,
    at_most,
    compared,
    fastest,
    in_turns,
)

ONE = [Cost(1.0, 0.5), Cost(2.0, 0.5), Cost(9.0, 0.5)]
THREE = [Cost(3.0, 2.0), Cost(6.0, 2.0), Cost(9.0, 2.0)]


def test_all_sides_are_run_once_a_round() -> None:
    numbers: Iterator[int] = count()

    told = in_turns({"ours": numbers.__next__, "theirs": numbers.__next__}, 3)

    assert told == {"ours": [0, 2, 4], "theirs": [1, 3, 5]}


def test_a_ratio_is_the_median_of_those_within_each_round() -> None:
    """Other work in one round is on both sides of it."""
    result = compared("list", ONE, THREE, goal=at_least(3))

    assert (result.ratio, result.cpu) == (3.0, 4.0)
    assert (result.goal, result.is_met) == ("≥ 3 x", True)
    assert result.spread == pytest.approx(2 / 3)


def test_an_upper_limit_is_about_how_many_times_as_long_ours_takes() -> None:
    result = compared("list", THREE, ONE, goal=at_most(2.5))

    assert (result.ratio, result.cpu, result.is_met) == (3.0, 4.0, False)


def test_without_a_goal_nothing_is_met_or_missed() -> None:
    result = compared("list", ONE, THREE)

    assert (result.ratio, result.goal, result.is_met) == (3.0, "", None)


def test_what_was_not_measured_of_the_processor_is_not_told() -> None:
    assert compared("list", [Cost(1.0)], [Cost(2.0)]).cpu is None


def test_a_rate_is_shown_of_the_seconds_that_one_takes() -> None:
    result = absolute("sent", [0.02, 0.01, 0.005], unit=a_second("msg"))

    assert result.ours == pytest.approx(100)
    assert result.unit == "msg/s"


@pytest.mark.parametrize(
    ("goal", "is_met"),
    [(at_least(20), True), (at_least(21), False), (at_most(20), True),
     (at_most(19), False)],
)  # fmt: skip
def test_a_goal_is_about_the_figure_as_it_is_shown(goal: Goal, *, is_met: bool) -> None:
    assert absolute("key", [0.02], unit=MILLIS, goal=goal).is_met is is_met


def test_nothing_lost_has_no_spread() -> None:
    assert absolute("lost", [0, 0], unit=as_it_is("mails")).spread == 0.0


def test_the_fastest_of_the_others_may_be_another_one_each_round() -> None:
    one, other = [Cost(1.0), Cost(4.0)], [Cost(2.0), Cost(3.0)]

    assert fastest(one, other) == [Cost(1.0), Cost(3.0)]


def test_what_is_quick_is_done_so_often_that_its_time_can_be_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[int] = []
    seconds = count(step=TURN_SECONDS / 25)
    monkeypatch.setattr(contests, "perf_counter", lambda: next(seconds))
    turn = Turn(lambda: done.append(1))

    before = len(done)
    turn()

    assert len(done) - before == 25
