from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimail.store.instants import (
    instant,
    instant_or_none,
    instant_text,
    instant_text_or_none,
)

_MOMENTS = st.datetimes(
    min_value=datetime(2, 1, 1),  # noqa: DTZ001 - the zone is chosen apart
    max_value=datetime(9998, 1, 1),  # noqa: DTZ001 - as above
    timezones=st.integers(-840, 840).map(
        lambda minutes: timezone(timedelta(minutes=minutes))
    ),
)


def test_a_moment_is_utc_text_with_microseconds() -> None:
    there = timezone(timedelta(hours=9))

    text = instant_text(datetime(2026, 3, 2, 23, 2, tzinfo=there))

    assert text == "2026-03-02T14:02:00.000000Z"


@given(at=_MOMENTS)
def test_every_moment_is_read_back_in_utc(at: datetime) -> None:
    found = instant(instant_text(at))

    assert found == at
    assert found.tzinfo is UTC


@given(one=_MOMENTS, other=_MOMENTS)
def test_text_sorts_as_time_does(one: datetime, other: datetime) -> None:
    assert (instant_text(one) < instant_text(other)) is (one < other)


def test_a_naive_time_is_not_a_moment() -> None:
    with pytest.raises(ValueError, match="time zone"):
        instant_text(datetime(2026, 3, 2))  # noqa: DTZ001 - what is refused


def test_nothing_stays_nothing() -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)

    assert instant_text_or_none(None) is None
    assert instant_or_none(None) is None
    assert instant_or_none(instant_text_or_none(now)) == now
