"""How much may leave in which time, at any order of sending and waiting."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimail.core.pacing import (
    DAY,
    HOUR,
    MINUTE,
    WARM_UP_DAYS,
    WINDOWS,
    Limits,
    Load,
    Slice,
    Window,
    allowed_at,
    day_limit,
    destinations,
    used,
)

NOW = datetime(2026, 3, 2, 14, 2, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def sent(window: Window, *ages_and_counts: tuple[float, int]) -> tuple[Slice, ...]:
    return tuple(
        Slice(start=window.slice_at(later(-age)), count=count)
        for age, count in ages_and_counts
    )


def load(
    *slices: Slice, limit: int = 10, copies: int = 1, window: Window = MINUTE
) -> Load:
    return Load(window=window, limit=limit, slices=slices, copies=copies)


def test_what_fits_goes_now() -> None:
    full = load(*sent(MINUTE, (30, 7)), copies=3)

    assert allowed_at([full], now=NOW) is None


def test_what_does_not_fit_waits_until_enough_counts_no_more() -> None:
    full = load(*sent(MINUTE, (50, 4), (30, 3), (10, 3)), copies=5)

    assert allowed_at([full], now=NOW) == later(-30 + 61)


def test_every_limit_has_to_agree() -> None:
    minute = load(*sent(MINUTE, (30, 10)))
    hour = load(*sent(HOUR, (600, 10)), window=HOUR)
    day = load(*sent(DAY, (600, 3)), window=DAY)

    assert allowed_at([minute, hour, day], now=NOW) == later(-600 + 3600 - 120 + 180)


def test_without_a_limit_nothing_waits() -> None:
    assert allowed_at([], now=NOW) is None


def test_more_than_a_whole_limit_goes_alone() -> None:
    """Else a mail to more people than a day allows would never leave."""
    alone = load(limit=10, copies=25)
    after = load(*sent(MINUTE, (59, 1)), limit=10, copies=25)

    assert allowed_at([alone], now=NOW) is None
    assert allowed_at([after], now=NOW) == later(2)


def test_a_limit_that_was_lowered_waits_for_what_was_sent_before() -> None:
    lowered = load(*sent(MINUTE, (40, 30), (20, 30)), limit=5)

    assert allowed_at([lowered], now=NOW) == later(41)


@pytest.mark.parametrize("window", WINDOWS)
def test_a_slice_counts_while_a_moment_of_it_may_lie_in_the_window(
    window: Window,
) -> None:
    start = window.slice_at(NOW)
    edge = datetime.fromtimestamp(start, UTC) + timedelta(
        seconds=window.slice_seconds + window.seconds
    )
    slices = [Slice(start=start, count=1)]

    assert used(slices, window=window, now=edge - timedelta(microseconds=1)) == 1
    assert used(slices, window=window, now=edge) == 0


def test_what_a_clock_that_ran_ahead_counted_counts_as_of_now() -> None:
    """Else setting it back would open the gate, or close it for years."""
    ahead = load(*sent(MINUTE, (-600, 10)))

    assert used(ahead.slices, window=MINUTE, now=NOW) == 10
    assert allowed_at([ahead], now=NOW) == later(61)


@pytest.mark.parametrize("name", ["per_minute", "per_hour", "warm_up_growth_percent"])
def test_a_limit_that_lets_nothing_leave_is_a_mistake(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} 0"):
        Limits(**{name: 0})


def test_addresses_are_counted_by_domain() -> None:
    found = destinations(["ana@example.net", "bo@EXAMPLE.net", '"a@b"@example.org'])

    assert found == {"example.net": 2, "example.org": 1}


class TestWarmUp:
    LIMITS = Limits(per_day=500, warm_up_per_day=50, warm_up_growth_percent=50)

    def limit(self, days: float, limits: Limits = LIMITS) -> int | None:
        return day_limit(
            limits, started_at=NOW, now=NOW + timedelta(seconds=86_400 * days)
        )

    def test_grows_until_the_limit_of_a_day_is_reached(self) -> None:
        found = [self.limit(day) for day in range(8)]

        assert found == [50, 75, 113, 170, 255, 383, 500, 500]

    def test_begins_with_the_first_mail(self) -> None:
        assert day_limit(self.LIMITS, started_at=None, now=NOW) == 50

    def test_a_day_is_over_after_a_day(self) -> None:
        assert [self.limit(0.999), self.limit(1.0)] == [50, 75]

    def test_without_a_limit_of_a_day_it_ends_after_thirty_days(self) -> None:
        endless = Limits(warm_up_per_day=10, warm_up_growth_percent=10)

        assert self.limit(WARM_UP_DAYS - 0.1, endless) == 227
        assert self.limit(WARM_UP_DAYS, endless) is None

    def test_it_never_allows_more_than_the_day(self) -> None:
        assert self.limit(0, Limits(per_day=5, warm_up_per_day=50)) == 5

    def test_a_small_beginning_grows_all_the_same(self) -> None:
        slow = Limits(per_day=5, warm_up_per_day=1, warm_up_growth_percent=1)

        assert [self.limit(day, slow) for day in range(6)] == [1, 2, 3, 4, 5, 5]

    def test_a_clock_that_was_set_back_begins_with_the_first_day(self) -> None:
        assert self.limit(-400) == 50

    def test_years_later_it_is_over(self) -> None:
        assert self.limit(36_500) == 500

    def test_without_one_the_limit_of_a_day_is_all(self) -> None:
        assert self.limit(0, Limits(per_day=500)) == 500
        assert self.limit(0, Limits(per_hour=5)) is None


class Account:
    """One limit, kept to by asking before each mail; and what really left when."""

    def __init__(self, window: Window, limit: int) -> None:
        self.window, self.limit = window, limit
        self.slices: list[Slice] = []
        self.sent: list[tuple[datetime, int]] = []

    def ask(self, copies: int, now: datetime) -> datetime | None:
        found = load(*self.slices, limit=self.limit, copies=copies, window=self.window)
        return allowed_at([found], now=now)

    def send(self, copies: int, now: datetime) -> datetime | None:
        later = self.ask(copies, now)
        if later is None:
            self.slices.append(Slice(start=self.window.slice_at(now), count=copies))
            self.sent.append((now, copies))
        return later

    def most_in_one_period(self) -> int:
        """Return the most that any period of the window's length saw."""
        length = timedelta(seconds=self.window.seconds)
        return max(
            sum(copies for at, copies in self.sent if end - length < at <= end)
            for end, _ in self.sent
        )


MAILS = st.lists(
    st.tuples(st.integers(1, 12), st.floats(0, 1)), min_size=1, max_size=40
)


@given(window=st.sampled_from(WINDOWS), limit=st.integers(1, 20), mails=MAILS)
def test_no_period_wherever_it_begins_sees_more_than_the_limit(
    window: Window, limit: int, mails: list[tuple[int, float]]
) -> None:
    """Except one mail to more people than that, which goes alone."""
    account, now = Account(window, limit), NOW
    for copies, pause in mails:
        now += timedelta(seconds=pause * window.seconds / 2)
        account.send(copies, now)

    biggest = max(copies for _, copies in account.sent)
    assert account.most_in_one_period() <= max(limit, biggest)


@given(window=st.sampled_from(WINDOWS), limit=st.integers(1, 20), mails=MAILS)
def test_what_waits_goes_when_it_was_told_to_come_back(
    window: Window, limit: int, mails: list[tuple[int, float]]
) -> None:
    """And never later than a window and a slice from now."""
    account, now = Account(window, limit), NOW
    longest = timedelta(seconds=window.seconds + window.slice_seconds)
    for copies, pause in mails:
        now += timedelta(seconds=pause * window.seconds / 4)
        told = account.send(copies, now)
        if told is not None:
            assert now < told <= now + longest
            assert account.ask(copies, told - timedelta(microseconds=1)) is not None
            assert account.send(copies, told) is None
            now = told
