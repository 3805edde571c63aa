"""When a key may decide: calm ones may, quick, held and pasted ones may not."""

import pytest

from tests.tui.conftest import Ticks
from tuimail.tui.guard import BURST_SECONDS, REPEAT_SECONDS, SETTLING_SECONDS, Guard


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def guard(ticks: Ticks) -> Guard:
    return Guard(ticks)


def test_a_calm_key_may_decide(guard: Guard) -> None:
    guard.pressed("a")

    assert guard.allows()


def test_keys_are_deaf_right_after_a_change(guard: Guard, ticks: Ticks) -> None:
    guard.disarm()
    guard.pressed("a")
    too_early = guard.allows()
    ticks.pass_by(SETTLING_SECONDS)
    guard.pressed("b")

    assert not too_early
    assert guard.allows()


def test_a_key_held_down_decides_once(guard: Guard, ticks: Ticks) -> None:
    guard.pressed("a")
    first = guard.allows()
    verdicts = []
    for _ in range(3):
        ticks.pass_by(REPEAT_SECONDS - 0.05)
        guard.pressed("a")
        verdicts.append(guard.allows())

    assert first
    assert verdicts == [False, False, False]


def test_the_same_key_after_a_pause_decides_again(guard: Guard, ticks: Ticks) -> None:
    guard.pressed("a")
    ticks.pass_by(REPEAT_SECONDS)
    guard.pressed("a")

    assert guard.allows()


def test_another_key_soon_after_is_no_repeat(guard: Guard, ticks: Ticks) -> None:
    guard.pressed("a")
    ticks.pass_by(0.1)
    guard.pressed("y")

    assert guard.allows()


def test_two_keys_at_once_were_not_typed(guard: Guard, ticks: Ticks) -> None:
    guard.pressed("x")
    ticks.pass_by(BURST_SECONDS / 2)
    guard.pressed("a")

    assert not guard.allows()


def test_every_key_is_counted(guard: Guard) -> None:
    guard.pressed("a")
    guard.pressed("b")

    assert guard.presses == 2


def test_a_key_that_waited_for_others_decides_nothing(
    guard: Guard, ticks: Ticks
) -> None:
    guard.pressed("a")
    guard.handles(is_late=True)
    late = guard.allows()
    ticks.pass_by(SETTLING_SECONDS)
    guard.pressed("b")
    guard.handles(is_late=False)

    assert not late
    assert guard.allows()


def test_what_comes_with_a_key_that_was_refused_is_refused(
    guard: Guard, ticks: Ticks
) -> None:
    verdicts = []
    guard.pressed("r")
    guard.refuse_the_rest()
    for key in "ple":
        ticks.pass_by(BURST_SECONDS / 2)
        guard.pressed(key)
        verdicts.append(guard.is_refused)
    ticks.pass_by(BURST_SECONDS)
    guard.pressed("j")

    assert verdicts == [True, True, True]
    assert not guard.is_refused
