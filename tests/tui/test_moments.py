"""When mail is to leave, as people type it; what is not understood is never now."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tuimail.errors import FieldError
from tuimail.tui.moments import moment, presets, spoken

MONDAY = datetime(2026, 3, 2, 14, 2, tzinfo=UTC)
"""Two past three in Berlin."""


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine is in Berlin."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("in 45m", "2026-03-02 14:47"),
        ("2 h", "2026-03-02 16:02"),
        ("in 3 D", "2026-03-05 14:02"),
        ("1w", "2026-03-09 14:02"),
        ("tomorrow", "2026-03-03 07:00"),
        (" Tomorrow  9:15 ", "2026-03-03 08:15"),
        ("today 18", "2026-03-02 17:00"),
        ("mon 9", "2026-03-09 08:00"),
        ("mon 16", "2026-03-02 15:00"),
        ("friday 17:30", "2026-03-06 16:30"),
        ("15:30", "2026-03-02 14:30"),
        ("15:00", "2026-03-03 14:00"),
        ("2027-01-02 09:00", "2027-01-02 08:00"),
        ("2027-01-02T09:00 Asia/Tokyo", "2027-01-02 00:00"),
        ("2026-07-02", "2026-07-02 06:00"),
        ("tue 9 UTC", "2026-03-03 09:00"),
        ("14:30 UTC", "2026-03-02 14:30"),
        ("sun 2:30", "2026-03-08 01:30"),
    ],
)
def test_what_people_type_is_understood(text: str, meant: str) -> None:
    read = moment(text, now=MONDAY)

    assert f"{read:%Y-%m-%d %H:%M}" == meant
    assert read.tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no moment"),
        ("soon", "is no moment"),
        ("9", "is no moment"),
        ("25:00", "is no moment"),
        ("mon 24", "is no moment"),
        ("2027-02-30 09:00", "is no moment"),
        ("tomorrow nine", "There is no time zone 'nine'"),
        ("2026-03-02 15:00", "is past"),
        ("today 9", "is past"),
        ("in 0m", "is past"),
        ("2027-07-02", "is over a year away"),
        ("in 400 d", "is over a year away"),
        ("2026-03-29 02:30", "does not happen there"),
        ("2026-10-25 02:30", "00:30 UTC or 01:30 UTC"),
    ],
)
def test_what_is_no_moment_to_come_is_refused(text: str, said: str) -> None:
    with pytest.raises(FieldError, match=said) as caught:
        moment(text, now=MONDAY)

    assert caught.value.field == "at"
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fri 17:30", "Fri 2026-03-06 17:30 here, 16:30 UTC, in 4 d 2 h 28 m"),
        ("in 1h", "Mon 2026-03-02 16:02 here, 15:02 UTC, in 1 h"),
    ],
)
def test_a_moment_is_said_here_and_in_utc(text: str, said: str) -> None:
    assert spoken(moment(text, now=MONDAY), MONDAY) == said


def test_three_moments_that_are_often_meant_are_offered() -> None:
    offered = [(text, f"{at:%Y-%m-%d %H:%M}") for text, at in presets(MONDAY)]

    assert offered == [
        ("8:00", "2026-03-03 07:00"),
        ("mon 9", "2026-03-09 08:00"),
        ("in 2h", "2026-03-02 16:02"),
    ]
