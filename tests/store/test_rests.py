import pytest

from tests.store.bench import NOW, Bench, later
from tuimail.store.rests import Rest, Rests


def rest(name: str = "work", **changes: object) -> Rest:
    values: dict[str, object] = {
        "name": name,
        "failures": 1,
        "until": later(60),
        "reason": "The server could not be reached",
        "changed_at": NOW,
        **changes,
    }
    return Rest(**values)  # type: ignore[arg-type]  # one test changes one field


@pytest.fixture
def rests(bench: Bench) -> Rests:
    return Rests(bench.database)


def test_a_rest_is_kept_as_it_was_noted(bench: Bench, rests: Rests) -> None:
    with bench.writing():
        rests.set(rest())
        rests.set(rest("home", failures=3, until=later(240)))
        rests.set(rest(failures=2, until=later(300), changed_at=later(90)))

    again = rest(failures=2, until=later(300), changed_at=later(90))
    home = rest("home", failures=3, until=later(240))
    assert rests.all() == {"work": again, "home": home}
    assert rests.get("work") == again
    assert rests.get("other") is None


def test_an_answer_ends_it_and_the_count(bench: Bench, rests: Rests) -> None:
    with bench.writing():
        rests.set(rest())
        rests.end("work", later(70))
        rests.end("work", later(80))
        rests.end("other", later(80))

    assert rests.get("work") is None
    assert rests.all() == {}


def test_it_begins_anew_after_an_answer(bench: Bench, rests: Rests) -> None:
    with bench.writing():
        rests.set(rest())
        rests.end("work", later(70))
        rests.set(rest(changed_at=later(80), until=later(90)))

    assert rests.get("work") == rest(changed_at=later(80), until=later(90))


@pytest.mark.parametrize("seconds", [0, 59.9])
def test_it_lasts_as_long_as_was_noted(seconds: float) -> None:
    assert not rest().is_over(later(seconds))


@pytest.mark.parametrize("seconds", [60, 3600, -1, -1e8])
def test_it_is_over_in_time_and_where_a_clock_that_ran_ahead_noted_it(
    seconds: float,
) -> None:
    assert rest().is_over(later(seconds))


def test_the_journal_tells_rests_and_answers_and_no_reason(
    bench: Bench, rests: Rests
) -> None:
    with bench.writing():
        rests.set(rest(reason="<quiet@example.org> later"))
        rests.set(rest(failures=2, until=later(300)))
        rests.set(rest(failures=2, until=later(300), reason="Again."))
        rests.end("work", later(70))
        rests.end("work", later(71))

    lines = bench.journal.all()
    assert [(line.event, line.details["failures"]) for line in lines] == [
        ("account_rests", "1"),
        ("account_rests", "2"),
        ("account_answers", "0"),
    ]
    assert {line.details["account"] for line in lines} == {"work"}
    assert "quiet@example.org" not in str(lines)
