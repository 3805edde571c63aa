"""How long Gmail wants to be left alone."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfoNotFoundError

import pytest

from tuimail.core.http_reasons import HttpStage
from tuimail.providers.gmail.waits import asked_for, until_new_share
from tuimail.providers.http.request import Exchanged

NOW = datetime(2026, 3, 2, 14, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def answer(text: str, header: str = "") -> Exchanged:
    return Exchanged(
        stage=HttpStage.REQUEST,
        server="gmail.googleapis.com:443",
        status=429,
        headers={"retry-after": header} if header else {},
        body=text.encode(),
    )


@pytest.mark.parametrize(
    ("text", "header", "wait"),
    [
        ("Retry after 2026-03-02T15:02:00Z", "", timedelta(hours=1)),
        (
            "Retry after 2026-03-02T15:02:00.123Z (x)",
            "",
            timedelta(hours=1, milliseconds=123),
        ),
        (
            "Retry after 2026-03-02T15:02:00.123456789Z",
            "",
            timedelta(hours=1, microseconds=123456),
        ),
        ("retry AFTER 2026-03-02t16:02:00+01:00", "", timedelta(hours=1)),
        ("Retry after 2026-03-02T15:02:00Z", "7200", timedelta(hours=2)),
        ("Retry after 2026-03-02T15:02:00Z", "60", timedelta(hours=1)),
        ("Retry after 2026-03-09T15:02:00Z", "", timedelta(days=1)),
        ("Retry after 2026-03-02T14:02:01Z", "", MINUTE),
        ("Retry after 2026-03-02T13:02:00Z", "", MINUTE),
        ("Retry after 2026-13-41T25:61:61Z", "", MINUTE),
        ("Retry after a while", "soon", MINUTE),
        ("", "", MINUTE),
    ],
)
def test_the_longest_wait_that_is_named_counts(
    text: str, header: str, wait: timedelta
) -> None:
    assert asked_for(answer(text, header), now=NOW) == wait


@pytest.mark.parametrize(
    ("now", "wait"),
    [
        (datetime(2026, 1, 5, 7, 59, tzinfo=UTC), timedelta(minutes=1)),
        (datetime(2026, 1, 5, 8, 0, tzinfo=UTC), timedelta(days=1)),
        (datetime(2026, 7, 5, 6, 59, tzinfo=UTC), timedelta(minutes=1)),
        (datetime(2026, 3, 8, 8, 0, tzinfo=UTC), timedelta(hours=23)),
        (datetime(2026, 11, 1, 7, 0, tzinfo=UTC), timedelta(hours=25)),
        (
            datetime(2026, 1, 5, 8, 59, tzinfo=timezone(timedelta(hours=1))),
            timedelta(minutes=1),
        ),
    ],
)
def test_a_new_share_comes_at_midnight_in_california(
    now: datetime, wait: timedelta
) -> None:
    assert until_new_share(now) == wait


def test_without_a_list_of_zones_it_is_an_hour_late_at_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nowhere(_name: str) -> None:
        raise ZoneInfoNotFoundError

    monkeypatch.setattr("zoneinfo.ZoneInfo", nowhere)

    winter = until_new_share(datetime(2026, 1, 5, 7, 59, tzinfo=UTC))
    summer = until_new_share(datetime(2026, 7, 5, 6, 59, tzinfo=UTC))
    assert (winter, summer) == (timedelta(minutes=1), timedelta(minutes=61))
