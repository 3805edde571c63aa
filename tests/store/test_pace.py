"""What left lately: counted in slices, forgotten in time, by any clock."""

from datetime import timedelta

import pytest

from tests.store.bench import NOW, Bench, later
from tuimail.core.pacing import DAY, HOUR, MINUTE, WINDOWS, Slice, Window, used
from tuimail.store.pace import Pace


@pytest.fixture
def pace(bench: Bench) -> Pace:
    return Pace(bench.database)


def in_use(pace: Pace, window: Window, seconds: float, account: str = "work") -> int:
    return used(pace.slices(account, window), window=window, now=later(seconds))


def test_what_leaves_in_one_slice_is_one_row(bench: Bench, pace: Pace) -> None:
    with bench.writing():
        pace.add("work", HOUR, NOW, 3)
        pace.add("work", HOUR, later(59), 2)
        pace.add("work", HOUR, later(60), 1)

    first = HOUR.slice_at(NOW)
    assert pace.slices("work", HOUR) == [
        Slice(start=first, count=5),
        Slice(start=first + 60, count=1),
    ]


def test_accounts_windows_and_destinations_are_counted_apart(
    bench: Bench, pace: Pace
) -> None:
    with bench.writing():
        pace.add("work", HOUR, NOW, 1)
        pace.add("home", HOUR, NOW, 2)
        pace.add("work", DAY, NOW, 4)
        pace.add("work", HOUR, NOW, 8, "example.net")

    found = [
        pace.slices("work", HOUR),
        pace.slices("home", HOUR),
        pace.slices("work", DAY),
        pace.slices("work", HOUR, "example.net"),
        pace.slices("work", MINUTE),
    ]
    assert [[one.count for one in slices] for slices in found] == [
        [1], [2], [4], [8], [],
    ]  # fmt: skip


def test_what_was_not_taken_is_uncounted(bench: Bench, pace: Pace) -> None:
    with bench.writing():
        pace.add("work", MINUTE, NOW, 5)
        pace.remove("work", MINUTE, NOW, 3)

    assert in_use(pace, MINUTE, 0) == 2


def test_nothing_is_uncounted_twice(bench: Bench, pace: Pace) -> None:
    with bench.writing():
        pace.add("work", MINUTE, NOW, 2)
        pace.remove("work", MINUTE, NOW, 5)
        pace.remove("work", MINUTE, later(30), 5)

    assert in_use(pace, MINUTE, 0) == 0


@pytest.mark.parametrize("window", WINDOWS)
def test_what_is_over_is_removed_and_nothing_before(
    bench: Bench, pace: Pace, window: Window
) -> None:
    edge = window.gone_at(window.slice_at(NOW)) - int(NOW.timestamp())
    with bench.writing():
        pace.add("work", window, NOW, 1)
        pace.tidy(later(edge - 1))
    kept = pace.slices("work", window)
    with bench.writing():
        pace.tidy(later(edge))

    assert len(kept) == 1
    assert pace.slices("work", window) == []


def test_tidying_twice_in_a_second_is_done_once(bench: Bench, pace: Pace) -> None:
    with bench.writing():
        pace.tidy(later(1e6))
        pace.add("work", MINUTE, NOW, 1)
        pace.tidy(later(1e6))
    kept = pace.slices("work", MINUTE)
    with bench.writing():
        pace.tidy(later(1e6 + 1))

    assert len(kept) == 1
    assert pace.slices("work", MINUTE) == []


def test_rows_are_bounded_however_long_it_sends(bench: Bench, pace: Pace) -> None:
    with bench.writing():
        for minute in range(0, 3 * 24 * 60, 7):
            now = later(minute * 60)
            pace.tidy(now)
            for window in WINDOWS:
                pace.add("work", window, now, 1)

    kept = {window: len(pace.slices("work", window)) for window in WINDOWS}
    assert kept[MINUTE] == 1
    assert kept[HOUR] <= 61
    assert kept[DAY] <= 97


def test_a_clock_that_was_set_back_forgets_nothing_and_waits_for_nothing(
    bench: Bench, pace: Pace
) -> None:
    """What was counted in times yet to come counts as of now, once."""
    years = timedelta(days=3650)
    with bench.writing():
        pace.add("work", MINUTE, NOW, 1)
        pace.add("work", MINUTE, NOW + years, 3)
        pace.add("work", MINUTE, NOW + years + timedelta(seconds=5), 2)
        pace.add("work", MINUTE, NOW + years, 4, "example.net")
        pace.tidy(NOW)
        pace.tidy(later(1))

    start = MINUTE.slice_at(NOW)
    assert pace.slices("work", MINUTE) == [Slice(start=start, count=6)]
    assert pace.slices("work", MINUTE, "example.net") == [Slice(start=start, count=4)]


def test_the_fullest_destination_is_found(bench: Bench, pace: Pace) -> None:
    with bench.writing():
        pace.add("work", HOUR, NOW, 9)
        pace.add("work", HOUR, NOW, 3, "example.net")
        pace.add("work", HOUR, later(60), 3, "example.org")
        pace.add("work", HOUR, later(120), 1, "example.org")
        pace.add("home", HOUR, NOW, 5, "example.com")

    assert pace.fullest("work", HOUR) == "example.org"
    assert pace.fullest("other", HOUR) == ""


class TestStart:
    def test_the_first_one_stays(self, bench: Bench, pace: Pace) -> None:
        with bench.writing():
            pace.start("work", NOW)
            pace.start("work", later(100))

        assert pace.started_at("work") == NOW
        assert pace.started_at("home") is None

    def test_one_in_times_yet_to_come_is_brought_back(
        self, bench: Bench, pace: Pace
    ) -> None:
        """Else a clock that ran ahead once would keep it cold for years."""
        with bench.writing():
            pace.start("work", NOW + timedelta(days=3650))
            pace.start("work", NOW)

        assert pace.started_at("work") == NOW

    def test_it_is_forgotten_where_nothing_left(self, bench: Bench, pace: Pace) -> None:
        with bench.writing():
            pace.start("work", NOW)
            pace.add("work", DAY, NOW, 2)
            pace.remove("work", DAY, NOW, 2)
            pace.forget_start("work", after=later(-86_400))

        assert pace.started_at("work") is None

    def test_it_stays_where_something_left_or_it_is_long_ago(
        self, bench: Bench, pace: Pace
    ) -> None:
        with bench.writing():
            pace.start("work", NOW)
            pace.add("work", DAY, NOW, 1)
            pace.forget_start("work", after=later(-86_400))
            pace.start("home", NOW)
            pace.forget_start("home", after=NOW)

        assert pace.started_at("work") == NOW
        assert pace.started_at("home") == NOW
