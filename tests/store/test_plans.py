"""When mail is to leave, as somebody said: kept, told in the journal, purged."""

import pytest

from tests.store.bench import NOW, Bench, later
from tuimail.core.lifecycle import SubmissionState
from tuimail.core.schedule import Late, Plan
from tuimail.errors import StoreError
from tuimail.store.plans import Plans
from tuimail.store.purging import Purging

FRIDAY = Plan(at=later(3600), late=Late.DRAFT)


@pytest.fixture
def plans(bench: Bench) -> Plans:
    return Plans(bench.database)


def told(bench: Bench) -> list[tuple[str, str]]:
    return [
        (line.details["due_at"], line.details["late"])
        for line in bench.journal.lines("d1")
        if line.event == "submission_planned"
    ]


def test_a_plan_is_kept_and_told(bench: Bench, plans: Plans) -> None:
    submission_id = bench.released()

    with bench.writing():
        plans.set(submission_id, FRIDAY, now=NOW)

    assert plans.get(submission_id) == FRIDAY
    assert told(bench) == [("2026-03-02T15:02:00.000000Z", "draft")]


def test_a_plan_takes_the_place_of_the_one_before(bench: Bench, plans: Plans) -> None:
    submission_id = bench.released()
    monday = Plan(at=later(7200))

    with bench.writing():
        plans.set(submission_id, FRIDAY, now=NOW)
        plans.set(submission_id, monday, now=later(1))
        plans.set(submission_id, monday, now=later(2))

    assert plans.get(submission_id) == monday
    assert [late for _, late in told(bench)] == ["draft", "ask"]


def test_a_plan_that_ended_counts_no_more_until_there_is_another(
    bench: Bench, plans: Plans
) -> None:
    submission_id = bench.released()
    with bench.writing():
        plans.set(submission_id, FRIDAY, now=NOW)
        plans.end(submission_id, now=later(1))
    ended = plans.get(submission_id)

    with bench.writing():
        plans.set(submission_id, FRIDAY, now=later(2))

    assert ended is None
    assert plans.get(submission_id) == FRIDAY


def test_mail_without_a_plan_has_none(bench: Bench, plans: Plans) -> None:
    submission_id = bench.released()

    with bench.writing():
        plans.end(submission_id, now=NOW)

    assert plans.among([submission_id, "s-nowhere"]) == {}


def test_only_mail_that_waits_is_planned(bench: Bench, plans: Plans) -> None:
    submission_id = bench.sending()

    with (
        pytest.raises(StoreError, match="only mail that waits"),
        bench.writing(),
    ):
        plans.set(submission_id, FRIDAY, now=NOW)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE plans SET late = 'send'",
        "UPDATE plans SET submission_id = 's-other'",
        "DELETE FROM plans",
    ],
)
def test_what_was_planned_stays_once_it_is_under_way(
    bench: Bench, plans: Plans, sql: str
) -> None:
    submission_id = bench.released()
    with bench.writing():
        plans.set(submission_id, FRIDAY, now=NOW)
        bench.claim(submission_id, later(11))

    with pytest.raises(StoreError, match=r"a plan is|only mail that waits"):
        bench.write(sql)


def test_a_plan_goes_with_its_mail(bench: Bench, plans: Plans) -> None:
    submission_id = bench.released()
    with bench.writing():
        plans.set(submission_id, FRIDAY, now=NOW)
        bench.claim(submission_id, later(11))
    bench.settled(submission_id, SubmissionState.SENT, "accept")

    with bench.writing():
        Purging(bench.database).purge(["sent"], later(100), at=later(200), limit=10)

    assert plans.get(submission_id) is None


def test_what_waits_is_counted_by_account(bench: Bench) -> None:
    bench.released("d1")
    bench.released("d2")
    bench.released("d3", account="home")
    bench.sending("d4")

    assert bench.submissions.waiting_by_account() == {"work": 2, "home": 1}
