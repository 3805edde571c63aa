"""What becomes of mail that could not leave at the time that somebody chose."""

from datetime import UTC, datetime, timedelta

import pytest

from tuimail.core.schedule import STILL_IN_TIME, Late, Plan

FRIDAY = datetime(2026, 3, 6, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("late", "is_missed"),
    [
        (-timedelta(days=1), False),
        (timedelta(0), False),
        (STILL_IN_TIME, False),
        (STILL_IN_TIME + timedelta(seconds=1), True),
        (timedelta(days=3), True),
    ],
)
def test_a_quarter_of_an_hour_is_in_time(late: timedelta, *, is_missed: bool) -> None:
    assert Plan(at=FRIDAY).is_missed(FRIDAY + late) is is_missed


def test_who_says_nothing_is_asked() -> None:
    assert Plan(at=FRIDAY).late is Late.ASK
