from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimail.core.retry import (
    clamped,
    gives_up_at,
    is_late,
    is_out_of_reach,
    next_attempt_at,
    rests_until,
    share_returns_at,
)

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
    with pytest.raises(ValueError, match="time zone"):
        rests_until(failures=1, now=NAIVE)
    with pytest.raises(ValueError, match="time zone"):
        share_returns_at(now=NAIVE, wait=timedelta(hours=1))
    with pytest.raises(ValueError, match="time zone"):
        clamped(NOW, now=NAIVE)
    with pytest.raises(ValueError, match="time zone"):
        is_out_of_reach(NOW, now=NAIVE)
    with pytest.raises(ValueError, match="time zone"):
        is_late(released_at=NOW, now=NAIVE)


def test_mail_is_given_up_after_five_days() -> None:
    assert gives_up_at(released_at=NOW) == datetime(2026, 3, 7, 14, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(1, 10), (2, 30), (3, 60), (4, 120), (8, 1800), (9, 3600), (500, 3600)],
)
def test_an_account_rests_longer_with_every_failure(
    failures: int, seconds: int
) -> None:
    assert rests_until(failures=failures, now=NOW) - NOW == timedelta(seconds=seconds)


def test_an_account_rests_as_long_as_its_server_asks_up_to_a_day() -> None:
    waits = [timedelta(seconds=1), timedelta(hours=2), timedelta(days=30)]

    rests = [rests_until(failures=3, now=NOW, wait=one) - NOW for one in waits]

    assert rests == [timedelta(minutes=1), timedelta(hours=2), timedelta(days=1)]


def test_a_rest_has_the_same_jitter_as_a_retry() -> None:
    assert rests_until(failures=3, now=NOW, jitter=1.2) - NOW == timedelta(seconds=72)
    with pytest.raises(ValueError, match="jitter"):
        rests_until(failures=3, now=NOW, jitter=2)


def test_a_rest_without_a_failure_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="0 tries"):
        rests_until(failures=0, now=NOW)


@pytest.mark.parametrize(
    ("asked", "given"),
    [(0, 60), (-9, 60), (7200, 7200), (86_400, 86_400), (9_000_000, 86_400)],
)
def test_a_share_returns_after_a_minute_at_least_and_a_day_at_most(
    asked: int, given: int
) -> None:
    found = share_returns_at(now=NOW, wait=timedelta(seconds=asked))

    assert found - NOW == timedelta(seconds=given)


@pytest.mark.parametrize(
    ("days", "kept"), [(-9, -9), (0, 0), (0.9, 0.9), (1, 1), (1.1, 1), (3650, 1)]
)
def test_deferred_mail_is_never_put_off_for_more_than_a_day(
    days: float, kept: float
) -> None:
    due = clamped(NOW + timedelta(days=days), now=NOW)

    assert due - NOW == timedelta(days=kept)


@pytest.mark.parametrize(("days", "is_too_far"), [(-9, 0), (1, 0), (366, 0), (367, 1)])
def test_nobody_schedules_mail_for_more_than_a_year(days: int, is_too_far: int) -> None:
    found = is_out_of_reach(NOW + timedelta(days=days), now=NOW)

    assert found == bool(is_too_far)


def test_mail_is_late_after_four_hours() -> None:
    edge = NOW + timedelta(hours=4)

    assert is_late(released_at=NOW, now=edge)
    assert not is_late(released_at=NOW, now=edge - timedelta(seconds=1))


def test_mail_that_was_scheduled_is_late_counted_from_its_time() -> None:
    due = NOW + timedelta(days=1)
    planned = gives_up_at(released_at=due)

    found = [
        is_late(released_at=NOW, now=due + timedelta(hours=hours), give_up_at=planned)
        for hours in (3, 4)
    ]

    assert found == [False, True]


def test_an_early_end_makes_no_mail_late_before_its_time() -> None:
    soon = NOW + timedelta(hours=5)

    assert not is_late(released_at=NOW, now=NOW + timedelta(hours=3), give_up_at=soon)
