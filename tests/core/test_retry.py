from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimail.core.retry import gives_up_at, next_attempt_at

NOW = datetime(2026, 3, 2, 14, 2, tzinfo=UTC)
NAIVE = NOW.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("attempts", "minutes"),
    [(1, 1), (2, 2), (3, 4), (4, 8), (5, 15), (6, 30), (7, 60), (8, 60), (500, 60)],
)
def test_waits_grow_to_an_hour(attempts: int, minutes: int) -> None:
    due = next_attempt_at(attempts=attempts, now=NOW)

    assert due - NOW == timedelta(minutes=minutes)


def test_the_longer_wait_wins_when_the_provider_asks_for_one() -> None:
    asked = next_attempt_at(attempts=1, now=NOW, retry_after=timedelta(minutes=7))
    own = next_attempt_at(attempts=6, now=NOW, retry_after=timedelta(minutes=7))

    assert asked - NOW == timedelta(minutes=7)
    assert own - NOW == timedelta(minutes=30)


def test_no_provider_can_strand_mail_for_more_than_a_day() -> None:
    due = next_attempt_at(attempts=1, now=NOW, retry_after=timedelta(days=4000))

    assert due - NOW == timedelta(hours=24)


def test_a_wait_that_makes_no_sense_leaves_the_own_schedule() -> None:
    due = next_attempt_at(attempts=2, now=NOW, retry_after=timedelta(minutes=-5))

    assert due - NOW == timedelta(minutes=2)


def test_jitter_never_shortens_the_least_wait_for_greylisting() -> None:
    due = next_attempt_at(attempts=1, now=NOW, minimum=timedelta(minutes=5), jitter=0.8)

    assert due - NOW == timedelta(minutes=5)


@given(attempts=st.integers(1, 40), jitter=st.floats(0.8, 1.2))
def test_jitter_moves_a_wait_by_a_fifth_at_most(attempts: int, jitter: float) -> None:
    plain = next_attempt_at(attempts=attempts, now=NOW) - NOW
    moved = next_attempt_at(attempts=attempts, now=NOW, jitter=jitter) - NOW

    assert plain * 0.79 <= moved <= plain * 1.21


def test_the_zone_of_the_clock_is_kept() -> None:
    tokyo = timezone(timedelta(hours=9))

    due = next_attempt_at(attempts=1, now=NOW.astimezone(tokyo))

    assert due.tzinfo is tokyo


@pytest.mark.parametrize("jitter", [0.79, 1.21, 0.0])
def test_a_jitter_out_of_range_is_a_mistake(jitter: float) -> None:
    with pytest.raises(ValueError, match="jitter"):
        next_attempt_at(attempts=1, now=NOW, jitter=jitter)


def test_a_retry_without_a_try_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="0 tries"):
        next_attempt_at(attempts=0, now=NOW)


def test_a_clock_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="time zone"):
        next_attempt_at(attempts=1, now=NAIVE)
    with pytest.raises(ValueError, match="time zone"):
        gives_up_at(released_at=NAIVE)


def test_mail_is_given_up_after_five_days() -> None:
    assert gives_up_at(released_at=NOW) == datetime(2026, 3, 7, 14, 2, tzinfo=UTC)
