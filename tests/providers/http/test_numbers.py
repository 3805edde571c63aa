"""Numbers that an answer states."""

import json

import pytest

from tuimail.providers.http.numbers import whole_number


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("-1", -1), ("200.0", 200), ("14.9", 14), ("1e3", 1000)],
)
def test_a_number_is_what_it_is_without_its_fraction(text: str, number: int) -> None:
    assert whole_number(json.loads(text)) == number


@pytest.mark.parametrize(
    "text",
    ["1e999", "-1e999", "NaN", "Infinity", "true", "null", '"7"', "[7]", "9" * 400],
)
def test_what_nobody_means_is_none(text: str) -> None:
    assert whole_number(json.loads(text)) is None
