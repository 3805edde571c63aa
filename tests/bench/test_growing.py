import pytest

from tests.bench.contests import MILLIS
from tests.bench.growing import FLAT, LINEAR, exponent, grown, shape

SIZES = (1_000, 10_000, 100_000)


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0, 2.0])
def test_the_exponent_of_a_power_is_found(power: float) -> None:
    figures = {size: 7.0 * size**power for size in SIZES}

    assert exponent(figures) == pytest.approx(power)


@pytest.mark.parametrize(
    ("power", "name"),
    [(-0.3, "flat"), (0.1, "flat"), (0.5, "linear"), (1.0, "linear"),
     (1.2, "steeper"), (2.0, "steeper")],
)  # fmt: skip
def test_growth_has_a_name(power: float, name: str) -> None:
    assert shape(power) == name


def test_what_grows_with_the_size_is_not_flat() -> None:
    figures = {size: [size * 1e-6] * 3 for size in SIZES}

    flat = grown("list", figures, unit=MILLIS, goal=FLAT)
    linear = grown("list", figures, unit=MILLIS, goal=LINEAR)

    assert (flat.is_met, linear.is_met) == (False, True)
    assert [flat.theirs, flat.ours, flat.ratio] == pytest.approx([1, 100, 100])
    assert flat.growth == "linear, n^1.00"


def test_one_slow_round_is_no_growth() -> None:
    figures = {1_000: [1.0, 1.0, 1.0], 100_000: [1.0, 1.0, 90.0]}

    assert grown("list", figures, unit=MILLIS, goal=FLAT).is_met


def test_what_is_flat_at_first_and_then_grows_is_not_flat() -> None:
    figures = {100: [1.0], 1_000: [1.0], 10_000: [1.0], 100_000: [30.0]}

    result = grown("list", figures, unit=MILLIS, goal=LINEAR)

    assert (result.growth, result.is_met) == ("steeper, n^1.48", False)
