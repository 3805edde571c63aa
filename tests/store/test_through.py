"""What left through an account, and what waits for it."""

from datetime import timedelta

import pytest

from tests.store.bench import NOW, Bench, later
from tuimail.core.lifecycle import SubmissionState
from tuimail.store.through import Through


@pytest.fixture
def through(bench: Bench) -> Through:
    return Through(bench.database)


def test_what_was_taken_is_counted_since_a_moment(
    bench: Bench, through: Through
) -> None:
    for name in ("d1", "d2"):
        bench.settled(bench.sending(name), SubmissionState.SENT, "accept")
    bench.released("d3")

    assert through.taken_since("work", NOW - timedelta(days=1)) == 2
    assert through.taken_since("work", later(3600)) == 0
    assert through.taken_since("home", NOW - timedelta(days=1)) == 0


def test_only_what_has_no_fate_waits(bench: Bench, through: Through) -> None:
    bench.settled(bench.sending("d1"), SubmissionState.SENT, "accept")
    bench.settled(bench.sending("d2"), SubmissionState.UNKNOWN, "lose")
    bench.released("d3")

    assert through.waiting("work") == 2
    assert through.waiting("home") == 0


def test_the_last_mail_that_was_taken_has_its_moment(
    bench: Bench, through: Through
) -> None:
    before = through.last_taken_at("work")
    bench.settled(bench.sending("d1"), SubmissionState.PARTIAL, "accept_some")
    bench.released("d2")

    found = through.last_taken_at("work")
    assert before is None
    assert found is not None
    assert found >= NOW
