"""Limits and rests, kept in the store: whoever sends, and whatever the clock does."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workspace.conftest import NOW, Desk, account
from tuimail.core.pacing import Limits
from tuimail.store.database import Database
from tuimail.store.pace import Pace
from tuimail.workspace import pacing
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import LimitUse
from tuimail.workspace.workspace import Workspace

EVERYBODY = ("ana@example.net", "bo@Example.NET", "cy@example.org")
ONE = EVERYBODY[:1]


@pytest.fixture
def stores(workspace: Workspace) -> Stores:
    return workspace._stores


@contextmanager
def writing(stores: Stores) -> Iterator[datetime]:
    with stores.database.transaction():
        yield stores.clock.now()


def take(
    stores: Stores, limits: Limits, addresses: tuple[str, ...] = ONE
) -> datetime | None:
    with writing(stores) as now:
        return pacing.take(stores, account(limits=limits), addresses, now)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


class TestLimits:
    def test_as_much_as_is_allowed_goes_and_then_nothing(
        self, desk: Desk, stores: Stores
    ) -> None:
        limits = Limits(per_minute=2)

        found = [take(stores, limits) for _ in range(3)]
        desk.advance(61)

        assert found == [None, None, later(61)]
        assert take(stores, limits) is None

    def test_every_recipient_is_counted(self, stores: Stores) -> None:
        limits = Limits(per_hour=5)

        assert take(stores, limits, EVERYBODY) is None
        assert take(stores, limits, EVERYBODY) == later(3600 + 60)
        assert take(stores, limits, EVERYBODY[:2]) is None

    def test_a_refusal_counts_nothing(self, stores: Stores) -> None:
        limits = Limits(per_minute=3, per_day=2)

        take(stores, limits, EVERYBODY[:2])
        take(stores, limits)
        (minute, day) = pacing.uses(stores, account(limits=limits), NOW)

        assert (minute.used, day.used) == (2, 2)

    def test_an_account_without_limits_reads_and_writes_nothing(
        self, stores: Stores, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delattr(stores, "pace")
        work = account()

        assert pacing.next_allowed(stores, work, NOW) is None
        assert pacing.take(stores, work, EVERYBODY, NOW) is None
        pacing.give_back(stores, work, EVERYBODY, NOW)

    def test_one_destination_can_be_full_while_others_are_not(
        self, stores: Stores
    ) -> None:
        limits, work = Limits(destination_per_hour=2), account()
        take(stores, limits, EVERYBODY)

        assert take(stores, limits, EVERYBODY) == later(3660)
        assert take(stores, limits, ("dee@example.org",)) is None
        with writing(stores):
            assert pacing.next_allowed(stores, work, NOW, copies=3) is None

    def test_mail_that_does_not_fit_keeps_what_is_behind_it(
        self, stores: Stores
    ) -> None:
        """Else smaller mail could overtake it for ever."""
        limits = Limits(per_hour=4)
        take(stores, limits, EVERYBODY)
        work = account(limits=limits)

        with writing(stores):
            assert pacing.next_allowed(stores, work, NOW) is None
            assert pacing.next_allowed(stores, work, NOW, copies=3) == later(3660)

    def test_what_was_never_taken_is_given_back(self, stores: Stores) -> None:
        limits = Limits(per_minute=3, per_hour=3, per_day=3, destination_per_hour=2)
        work = account(limits=limits)
        take(stores, limits, EVERYBODY)

        with writing(stores):
            pacing.give_back(stores, work, EVERYBODY, NOW)

        assert {one.used for one in pacing.uses(stores, work, NOW)} == {0}
        assert take(stores, limits, EVERYBODY) is None

    def test_limits_hold_across_restarts(self, desk: Desk, stores: Stores) -> None:
        limits = Limits(per_day=1)
        take(stores, limits)

        with desk.open() as again:
            assert take(again._stores, limits) == later(86_400 + 900 - 120)

    def test_a_list_shows_what_is_used_of_what(self, stores: Stores) -> None:
        limits = Limits(
            per_minute=10, per_hour=20, per_day=500, destination_per_hour=5,
            warm_up_per_day=50,
        )  # fmt: skip
        take(stores, limits, EVERYBODY)

        assert pacing.uses(stores, account(limits=limits), NOW) == (
            LimitUse(name="per_minute", limit=10, used=3),
            LimitUse(name="per_hour", limit=20, used=3),
            LimitUse(name="warm_up_per_day", limit=50, used=3),
            LimitUse(name="destination_per_hour", limit=5, used=2),
        )

    def test_a_destination_that_nothing_went_to_uses_nothing(
        self, stores: Stores
    ) -> None:
        (found,) = pacing.uses(
            stores, account(limits=Limits(destination_per_hour=5)), NOW
        )

        assert found.used == 0


class TestWarmUp:
    LIMITS = Limits(per_day=3, warm_up_per_day=1, warm_up_growth_percent=100)

    def test_each_day_allows_more_until_it_is_warm(
        self, desk: Desk, stores: Stores
    ) -> None:
        sent = []
        for _ in range(4):
            sent.append(sum(take(stores, self.LIMITS) is None for _ in range(5)))
            desk.advance(86_400 + 900)

        assert sent == [1, 2, 3, 3]
        (use,) = pacing.uses(stores, account(limits=self.LIMITS), desk.clock.now())
        assert (use.name, use.limit) == ("per_day", 3)

    def test_it_does_not_begin_before_something_left(
        self, desk: Desk, stores: Stores
    ) -> None:
        """A server that is not reached for days makes nobody known."""
        take(stores, self.LIMITS)
        with writing(stores):
            pacing.give_back(stores, account(limits=self.LIMITS), ONE, NOW)
        desk.advance(3 * 86_400)

        assert [take(stores, self.LIMITS) is None for _ in range(2)] == [True, False]


@dataclass
class Stretch:
    """What one account may send, on a database of its own, by a clock that moves."""

    folder: Path
    limits: Limits
    wall: datetime = NOW
    real: timedelta = timedelta(0)
    """Time that really passed, whatever the clock says."""
    sent: list[tuple[timedelta, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.database = Database.open(self.folder / "t.db", actor=lambda: "tuimail")
        self.pace = Pace(self.database)
        self.work = account(limits=self.limits)

    def wait(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.real += timedelta(seconds=seconds)

    def set_clock(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)

    def take(self, copies: int) -> datetime | None:
        addresses = [f"{number}@example.net" for number in range(copies)]
        with self.database.transaction():
            told = pacing.take(self, self.work, addresses, self.wall)  # type: ignore[arg-type]  # all it asks of the stores
        if told is None:
            self.sent.append((self.real, copies))
        return told

    def take_and_give_back(self, copies: int) -> None:
        addresses = [f"{number}@example.net" for number in range(copies)]
        with self.database.transaction():
            if pacing.take(self, self.work, addresses, self.wall) is None:  # type: ignore[arg-type]  # as above
                pacing.give_back(self, self.work, addresses, self.wall)  # type: ignore[arg-type]  # as above

    def most_within(self, seconds: float) -> int:
        length = timedelta(seconds=seconds)
        return max(
            (
                sum(copies for at, copies in self.sent if end - length < at <= end)
                for end, _ in self.sent
            ),
            default=0,
        )


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("take"), st.integers(1, 6)),
        st.tuples(st.just("take_and_give_back"), st.integers(1, 6)),
        st.tuples(st.just("wait"), st.floats(0, 90)),
        st.tuples(st.just("wait"), st.floats(0, 5000)),
        st.tuples(st.just("wait"), st.floats(0, 100_000)),
        st.tuples(st.just("set_clock"), st.floats(-4e8, 0)),
        st.tuples(st.just("set_clock"), st.floats(-5000, 0)),
    ),
    min_size=5,
    max_size=40,
)
LIMITS = Limits(per_minute=6, per_hour=15, per_day=40)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database, made once: making one waits for the disk."""
    folder = tmp_path_factory.mktemp("empty")
    Database.open(folder / "t.db", actor=lambda: "tuimail").close()
    return folder / "t.db"


@contextmanager
def stretched(empty: Path) -> Iterator[Stretch]:
    with TemporaryDirectory() as folder:
        (Path(folder) / "t.db").write_bytes(empty.read_bytes())
        stretch = Stretch(Path(folder), LIMITS)
        yield stretch
        stretch.database.close()


@given(steps=STEPS)
@settings(deadline=None, max_examples=40)
def test_no_period_sees_more_than_a_limit_even_where_the_clock_is_set_back(
    empty: Path, steps: list[tuple[str, float]]
) -> None:
    """A clock set forward cannot be told from time that passes."""
    with stretched(empty) as stretch:
        for name, amount in steps:
            act: Callable[[float], object] = getattr(stretch, name)
            act(amount)

        assert stretch.most_within(60) <= 6
        assert stretch.most_within(3600) <= 15
        assert stretch.most_within(86_400) <= 40


@given(steps=STEPS, jumps=st.lists(st.floats(-4e8, 4e8), max_size=4), copies=st.just(6))
@settings(deadline=None, max_examples=40)
def test_nothing_waits_longer_than_a_day_and_a_slice_wherever_the_clock_goes(
    empty: Path, steps: list[tuple[str, float]], jumps: list[float], copies: int
) -> None:
    with stretched(empty) as stretch:
        for (name, amount), jump in zip(steps, [*jumps, *[0.0] * 40], strict=False):
            getattr(stretch, name)(amount)
            stretch.set_clock(jump)
        told = stretch.take(copies)

        if told is not None:
            assert told <= stretch.wall + timedelta(days=1, minutes=15)
            stretch.wait((told - stretch.wall).total_seconds())
            assert stretch.take(copies) is None


_GREEDY = """
import sys
from pathlib import Path
from tests.workspace.test_pacing import Stretch
from tuimail.core.pacing import Limits

stretch = Stretch(Path(sys.argv[1]), Limits(per_hour=50))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(100):
    stretch.take(1)
print(len(stretch.sent))
"""


@pytest.mark.slow
def test_two_processes_together_never_send_more(tmp_path: Path, empty: Path) -> None:
    (tmp_path / "t.db").write_bytes(empty.read_bytes())
    both = [
        subprocess.Popen(
            [sys.executable, "-c", _GREEDY, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for one in both:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    taken = [one.communicate("go\n", timeout=60)[0] for one in both]

    assert sum(map(int, taken)) == 50


class TestRests:
    def rest(self, stores: Stores, **changes: object) -> datetime:
        values = {"reason": "The server could not be reached", **changes}
        with writing(stores):
            return pacing.rest(stores, "work", **values)  # type: ignore[arg-type]  # one test changes one argument

    def test_waits_grow_from_a_hiccup_to_an_hour(
        self, desk: Desk, stores: Stores
    ) -> None:
        waits = []
        for _ in range(11):
            until = self.rest(stores)
            waits.append((until - desk.clock.now()).total_seconds())
            desk.advance(waits[-1])

        assert waits == [10, 30, 60, 120, 240, 480, 900, 1800, 3600, 3600, 3600]

    def test_an_account_rests_until_then_and_then_one_attempt_goes(
        self, desk: Desk, stores: Stores
    ) -> None:
        until = self.rest(stores)
        before = pacing.resting(stores, desk.clock.now())
        desk.advance(10)

        assert before == {"work": until}
        assert pacing.resting(stores, desk.clock.now()) == {}
        assert stores.rests.get("work") is not None
        assert stores.rests.get("home") is None

    def test_an_answer_ends_it(self, desk: Desk, stores: Stores) -> None:
        self.rest(stores)
        with writing(stores):
            pacing.answered(stores, "work")

        assert pacing.resting(stores, NOW) == {}
        assert stores.rests.get("work") is None
        assert self.rest(stores) == later(10)

    def test_attempts_that_fail_together_count_once(
        self, desk: Desk, stores: Stores
    ) -> None:
        first = self.rest(stores)
        desk.advance(2)
        again = self.rest(stores)
        desk.advance(60)
        slow = self.rest(stores, begun_at=NOW)
        probe = self.rest(stores, begun_at=desk.clock.now())

        assert first == again == slow == later(10)
        assert probe == later(62 + 30)

    def test_what_the_server_asks_for_is_the_least(self, stores: Stores) -> None:
        asked = self.rest(stores, wait=timedelta(minutes=7))
        more = self.rest(stores, wait=timedelta(minutes=9))
        less = self.rest(stores, wait=timedelta(minutes=1))

        assert [asked, more, less] == [later(420), later(540), later(540)]

    def test_nobody_can_ask_for_more_than_a_day(self, stores: Stores) -> None:
        first = self.rest(stores, wait=timedelta(days=400))
        again = self.rest(stores, wait=timedelta(days=900))

        assert first == again == later(86_400)

    def test_rests_hold_across_restarts(self, desk: Desk, stores: Stores) -> None:
        until = self.rest(stores)

        with desk.open() as again:
            assert pacing.resting(again._stores, NOW) == {"work": until}

    def test_a_clock_that_is_set_back_strands_nothing(
        self, desk: Desk, stores: Stores
    ) -> None:
        """And one attempt goes, no more; its failure counts from now on."""
        desk.advance(3650 * 86_400)
        self.rest(stores)
        desk.advance(-3650 * 86_400)

        assert pacing.resting(stores, desk.clock.now()) == {}
        assert stores.rests.get("work") is not None
        assert self.rest(stores, begun_at=NOW) == later(30)

    def test_waking_lets_one_attempt_go_at_once(
        self, desk: Desk, stores: Stores
    ) -> None:
        self.rest(stores)
        with writing(stores):
            pacing.wake(stores, "work")
            pacing.wake(stores, "home")

        assert pacing.resting(stores, NOW) == {}
        assert stores.rests.get("work") is not None
        assert stores.rests.get("home") is None

    def test_waking_what_is_awake_changes_nothing(
        self, desk: Desk, stores: Stores
    ) -> None:
        self.rest(stores)
        desk.advance(20)
        before = stores.rests.all()
        with writing(stores):
            pacing.wake(stores, "work")

        assert stores.rests.all() == before
