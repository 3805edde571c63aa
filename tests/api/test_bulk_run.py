"""How a job goes on: its pace, its patience, what is kept of it, and the bar."""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from itertools import count
from typing import Any, Self

import pytest

from tuimail.api.bulk_result import ERRORS_KEPT, MISTAKES_KEPT, RowResult, Tally
from tuimail.api.bulk_rows import MOST_ROWS, Mail, Mails
from tuimail.api.bulk_run import Pace, Progress, Run
from tuimail.api.bulk_ways import ThroughWorkspace
from tuimail.api.progress import Bar, bar, bar_on
from tuimail.api.result import RecipientResult, Result
from tuimail.errors import FieldError
from tuimail.workspace.bulk import Handed, Job, Order, Standing
from tuimail.workspace.fields import Fields


class FakeTime:
    """Passes when somebody rests, and a little when somebody works."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class FakeWay:
    """Takes mails, and lets them arrive after a while, or never."""

    def __init__(
        self,
        time: FakeTime,
        *,
        arrives_in: float = 0.0,
        most: int = 10,
        together: int = 100,
        works: float = 0.0,
    ) -> None:
        self.most, self.together, self.earlier = most, together, 0
        self._time, self._arrives_in, self._works = time, arrives_in, works
        self._moving: list[tuple[float, int]] = []
        self.taken: list[float] = []
        self.most_moving = 0

    @property
    def moving(self) -> int:
        return len(self._moving)

    def hand(self, mails: Sequence[Mail]) -> list[RowResult]:
        now = self._time.now
        self.taken += [now] * len(mails)
        self._moving += [(now + self._arrives_in, one.row) for one in mails]
        self.most_moving = max(self.most_moving, len(self._moving))
        self._time.now += self._works
        return []

    def settled(self, *, is_last: bool = False) -> list[RowResult]:
        there = [row for at, row in self._moving if at <= self._time.now]
        self._moving = [one for one in self._moving if one[0] > self._time.now]
        return [row_result(one) for one in there]

    def rest(self, seconds: float) -> None:
        self._time.now += seconds

    def waiting(self) -> Mapping[str, int]:
        return {"ready": self.moving} if self.moving else {}

    def results(self) -> Iterator[Result]:
        yield from ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        """Nothing is open."""


def row_result(row: int, status: str = "sent") -> RowResult:
    recipient = RecipientResult(address="a@example.net", status=status)
    result = Result(status=status, recipients={recipient.address: recipient})
    return RowResult(row=row, result=result)


def mails(number: int) -> list[Mail]:
    fields = Fields(to="a@example.net")
    return [
        Mail(row=row, name=str(row), item={}, fields=fields)
        for row in range(1, number + 1)
    ]


def run(way: FakeWay, time: FakeTime, **options: Any) -> Run:
    per_second = options.pop("per_second", None)
    return Run(
        way,
        Tally(on_success=None, on_error=None),
        pace=Pace(per_second, time),
        wait=options.pop("wait", 60.0),
        show=options.pop("show", lambda _progress: None),
        clock=time,
    )


@pytest.mark.parametrize("per_second", [1, 7.5, 50, 400])
@pytest.mark.parametrize("works", [0.0, 0.013])
def test_in_no_second_more_are_begun_than_may_be(
    per_second: float, works: float
) -> None:
    time = FakeTime()
    way = FakeWay(time, most=400, works=works)

    result = run(way, time, per_second=per_second).all([mails(300)], 300)

    bunch = max(per_second / 50, 1)
    busiest = max(
        sum(start <= at < start + 1 for at in way.taken) for start in way.taken
    )
    assert result.sent == 300
    assert busiest <= per_second + bunch
    assert works or result.seconds == pytest.approx(300 / per_second, rel=0.1, abs=1.1)


def test_time_that_was_not_used_is_not_made_up_for() -> None:
    time = FakeTime()
    way = FakeWay(time, most=400)

    def groups() -> Iterator[list[Mail]]:
        yield mails(2)
        time.now += 10
        yield mails(3)

    run(way, time, per_second=1).all(groups(), None)

    assert [at - way.taken[0] for at in way.taken] == pytest.approx([0, 1, 11, 12, 13])


@pytest.mark.parametrize("rate", [0, -1, float("nan"), float("inf")])
def test_a_pace_that_is_none_is_refused(rate: float) -> None:
    with pytest.raises(FieldError, match="a number above 0"):
        Pace(rate)


def test_few_are_on_their_way_at_once() -> None:
    time = FakeTime()
    way = FakeWay(time, arrives_in=0.4, most=10, together=3)

    result = run(way, time).all([mails(100)], 100)

    assert result.sent == 100
    assert way.most_moving <= 10


def test_where_nothing_arrives_all_is_handed_over_and_nobody_waits_for_ever() -> None:
    time = FakeTime()
    way = FakeWay(time, arrives_in=1e9, most=10)

    result = run(way, time, wait=60.0).all([mails(100)], 100)

    assert (result.total, result.waiting, result.statuses) == (100, 100, {"ready": 100})
    assert len(way.taken) == 100
    assert result.seconds == pytest.approx(120, abs=1)


def test_stopped_it_hands_nothing_more_over() -> None:
    time = FakeTime()
    way = FakeWay(time)
    shown: list[Progress] = []
    job = run(way, time, show=shown.append)

    def groups() -> Iterator[list[Mail]]:
        yield mails(2)
        job.stop()
        yield mails(2)
        raise AssertionError("It went on.")

    result = job.all(groups(), 9)

    assert (result.total, result.sent, result.is_stopped) == (2, 2, True)
    assert not result.is_success
    assert (shown[-1].done, shown[-1].total) == (2, 9)


def test_what_is_kept_of_errors_has_an_end() -> None:
    def fail(_one: RowResult) -> None:
        raise ValueError

    tally = Tally(on_success=None, on_error=fail)
    tally.total = number = ERRORS_KEPT + 5
    for row in range(number):
        tally.note(row_result(row, "error"))

    result = tally.result({})

    assert (result.failed, len(result.errors)) == (number, ERRORS_KEPT)
    assert result.errors_left_out == 5
    assert len(result.callback_errors) == MISTAKES_KEPT


def test_rows_are_read_as_they_are_needed() -> None:
    read = count()
    rows = ({"email": f"r{next(read)}@example.net", "n": "1"} for _ in range(100_000))
    groups = Mails(rows, fields={"text": "Hi"}, key="", account="").groups()

    first = next(groups)
    sizes = [len(first), *(len(next(groups)) for _ in range(9))]

    assert next(read) == sum(sizes)
    assert max(sizes) <= MOST_ROWS
    assert first[0].addresses == ("r0@example.net",)


class FakeHome:
    """Says of one mail how it stands, one answer after the other."""

    def __init__(self, *standings: Standing) -> None:
        self.left = list(standings)
        self.version = 0
        self.bulk = self

    def do(self, act: Callable[[Any], Any]) -> Future[Any]:
        answer: Future[Any] = Future()
        answer.set_result(act(self))
        return answer

    @contextmanager
    def sending(self) -> Iterator[None]:
        yield

    def data_version(self) -> int:
        self.version += 1
        return self.version

    def hand_over(self, orders: Sequence[Order], _job: Job) -> list[Handed]:
        return [Handed(id="m1", standing=self.left.pop(0)) for _ in orders]

    def standings(self, ids: Sequence[str]) -> dict[str, Standing]:
        return dict.fromkeys(ids, self.left.pop(0))


def test_what_was_deferred_and_goes_on_is_waited_for_again() -> None:
    home = FakeHome(
        Standing("deferred", is_coming=False),
        Standing("sending", is_coming=True),
        Standing("sent", is_coming=False),
    )
    way = ThroughWorkspace(
        home, job=Job(), most=10, reads_sent=False, keeps_items=False
    )

    with way:
        handed = way.hand(mails(1))
        parked = (way.moving, dict(way.waiting()))
        looked = way.settled(is_last=True)
        moving = (way.moving, dict(way.waiting()))
        (done,) = way.settled()

    assert handed == looked == []
    assert (parked, moving) == ((0, {"deferred": 1}), (1, {"sending": 1}))
    assert done.result.status == "sent"
    assert done.result.successful == ("a@example.net",)
    assert (way.moving, way.waiting()) == (0, {})


def test_a_row_that_is_no_mail_has_no_key() -> None:
    mail = Mail(row=1, name="", item={}, fields=None, error=FieldError("No."))

    with pytest.raises(ValueError, match="no key"):
        mail.order("bulk/a/")


def progress(**changes: Any) -> Progress:
    values = {"done": 0, "total": 5_000, "failed": 0, "unknown": 0, "seconds": 0.0}
    return Progress(**(values | changes))


@pytest.mark.parametrize(
    ("given", "width", "line"),
    [
        (progress(), 80, "[....................] 0 of 5,000 (0 %)"),
        (
            progress(done=1_250, seconds=12.5),
            80,
            "[#####...............] 1,250 of 5,000 (25 %), 100 a second, 38 s left",
        ),
        (
            progress(done=10, seconds=20, total=100, failed=2, unknown=1),
            51,
            "10 of 100 (10 %), 30 a minute, 3 min left; 2 failed",
        ),
        (progress(done=10, seconds=100), 30, "10 of 5,000 (0 %), 6 a minute,"),
        (progress(done=7, total=None, seconds=7), 80, "7 done, 1 a second"),
        (
            progress(done=1, seconds=10),
            80,
            "[....................] 1 of 5,000 (0 %), 6 a minute, 13.9 h left",
        ),
    ],
)
def test_the_bar_says_how_far_it_is_in_the_room_there_is(
    given: Progress, width: int, line: str
) -> None:
    assert bar(given, width=width) == line


def test_the_bar_is_drawn_seldom_and_ends_as_it_was() -> None:
    time, lines, ends = FakeTime(), list[str](), list[bool]()
    drawn = Bar(lines.append, lambda: ends.append(True), clock=time)
    for done in range(100):
        drawn(progress(done=done, total=100))
        time.now += 0.01
    drawn.end()

    assert len(lines) in {10, 11, 12}
    assert "99 of 100" in lines[-1]
    assert ends == [True]


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "is_wanted", "is_drawn"),
    [
        (Terminal(), None, True),
        (Terminal(), False, False),
        (io.StringIO(), None, False),
        (io.StringIO(), True, True),
        (None, True, False),
    ],
)
def test_a_bar_is_drawn_on_a_terminal_or_where_it_is_wanted(
    stream: io.StringIO | None, *, is_wanted: bool | None, is_drawn: bool
) -> None:
    drawn = bar_on(stream, is_wanted=is_wanted)

    assert (drawn is not None) is is_drawn
    if drawn is not None and stream is not None:
        drawn(progress())
        drawn.end()
        assert stream.getvalue().endswith("0 of 5,000 (0 %)\n")


def test_a_bar_of_nothing_leaves_no_line() -> None:
    lines: list[str] = []

    Bar(lines.append, lambda: lines.append("end")).end()

    assert lines == []


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), ValueError("No")])
def test_a_terminal_that_has_gone_is_drawn_on_no_more(error: Exception) -> None:
    tries = 0

    def gone(_line: str = "") -> None:
        nonlocal tries
        tries += 1
        raise error

    drawn = Bar(gone, gone, clock=count().__next__)
    for done in range(3):
        drawn(progress(done=done))
    drawn.end()

    assert tries == 1
