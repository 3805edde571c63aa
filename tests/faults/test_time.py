"""F27, F28: clocks that are set, and time zones that change."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from tests.faults.invariants import check
from tests.faults.place import Place, make_place
from tests.faults.server import MailServer
from tests.faults.waiting import wait_until
from tuimail.testing import FakeClock, Say
from tuimail.workspace.fields import Fields
from tuimail.workspace.sending import SenderThread

TEN_YEARS: Final = 3652
"""In days."""
FAKETIME: Final = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
"""Where Debian has the library that makes the clock of a process wrong."""
STEADY: Final = "FAKETIME_DONT_FAKE_MONOTONIC=1"
"""Setting a clock changes nothing of what is counted from the start of the machine."""
LONGEST_WAIT: Final = timedelta(hours=24)
GREYLISTED: Final = Say("450 4.2.0 later")


@pytest.fixture
def still(tmp_path: Path, server: MailServer) -> Iterator[Place]:
    """A place whose clock moves only when it is told to."""
    place = make_place(tmp_path, server, clock=FakeClock())
    yield place
    place.end_all()


def test_F27_a_clock_that_jumps_ahead_lets_nothing_leave_at_once(still: Place) -> None:
    deferred = _deferred(still)
    planned = [_planned(still, days=number) for number in range(1, 21)]

    still.advance(days=TEN_YEARS)
    still.drain()

    found = still.statuses()
    assert found == dict.fromkeys([deferred, *planned], "held")
    assert still.server.accepted == ()
    check(still)


def test_F27_a_clock_that_jumps_ahead_while_one_sends_lets_nothing_leave_at_once(
    still: Place,
) -> None:
    still.drain()
    planned = [_planned(still, days=number) for number in range(1, 21)]
    sender = SenderThread(still.open)
    sender.start()
    wait_until(lambda: sender.state == "here", what="a sender")

    still.advance(days=TEN_YEARS)
    for draft_id in planned:
        still.wait_for(draft_id, "held")
    assert sender.stop(timeout=30)

    assert still.server.connections == 0
    check(still)


def test_F27_a_clock_that_jumps_back_strands_nothing(still: Place) -> None:
    """No wait gets longer than the longest there is, also across a restart."""
    deferred = _deferred(still)
    ready = still.waiting()

    still.advance(days=-TEN_YEARS)
    _take_over(still)
    still.drain()
    still.advance(seconds=LONGEST_WAIT.total_seconds())
    still.drain()

    assert still.statuses() == dict.fromkeys([deferred, ready], "sent")
    check(still)


def test_F27_a_clock_that_jumps_back_leaves_no_window_open_for_years(
    still: Place,
) -> None:
    still.drain()
    draft_id = still.release(still.write(), undo=timedelta(seconds=10))

    still.advance(days=-TEN_YEARS)
    _take_over(still)
    still.advance(minutes=2)
    still.drain()

    assert still.status(draft_id) == "sent"
    check(still)


def test_F27_a_clock_that_was_wrong_for_a_while_makes_nobody_give_up(
    still: Place,
) -> None:
    """Ten years ago for one start, and right again: a person is asked, once."""
    draft_id = _deferred(still)
    still.advance(days=-TEN_YEARS)
    still.drain()
    still.advance(days=TEN_YEARS)
    still.drain()
    found = still.status(draft_id)

    with still.open() as workspace:
        workspace.outbox.resume(draft_id)
    still.drain()

    assert (found, still.status(draft_id)) == ("held", "sent")
    check(still)


def test_F27_a_clock_that_is_set_right_again_strands_nothing(still: Place) -> None:
    """It was ten years ahead when the mail was written and tried."""
    still.drain()
    still.advance(days=TEN_YEARS)
    still.drain()
    deferred, ready = _deferred(still), still.waiting()

    still.advance(days=-TEN_YEARS)
    still.drain()
    still.advance(seconds=LONGEST_WAIT.total_seconds())
    still.drain()

    assert still.statuses() == dict.fromkeys([deferred, ready], "sent")
    check(still)


def test_F27_no_mail_gains_life_from_a_clock_that_jumps_back(still: Place) -> None:
    """What is of no use after an hour is not sent a day later."""
    with still.open() as workspace:
        draft = workspace.drafts.compose(Fields(to=("bob@example.net",), text="Soon"))
        draft_id = workspace.outbox.send_new(draft, lifetime=timedelta(hours=1)).id
    still.acknowledged.add(draft_id)
    _defer(still)

    still.advance(days=-TEN_YEARS)
    still.drain()
    still.advance(hours=25)
    still.drain()

    assert still.status(draft_id) in {"error", "held"}
    assert still.server.accepted == ()
    check(still)


def test_F27_an_approval_covers_the_same_bytes_whatever_the_clock_says(
    still: Place,
) -> None:
    """It has no life of its own to gain: an edit ends it, and no time does."""
    draft_id = still.write()
    with still.open() as workspace:
        workspace.drafts.request_review(draft_id)
        workspace.reviews.approve(draft_id, revision=1)
        page = workspace.drafts.page(draft_id)
        still.advance(days=-TEN_YEARS)
        workspace.drafts.edit(draft_id, page.draft, revision=1)

    assert still.status(draft_id) in {"draft", "review"}
    check(still)


@pytest.mark.slow
@pytest.mark.parametrize("offset", ["+10y", "-10y"])
def test_F27_processes_whose_clock_is_wrong_by_ten_years_send_nothing_twice(
    place: Place, offset: str
) -> None:
    """A person looks at it once, and it leaves."""
    if FAKETIME is None:
        pytest.skip("F27 needs libfaketime for processes, which is not installed.")
    set_wrong = ("env", f"LD_PRELOAD={FAKETIME}", f"FAKETIME={offset}", STEADY)
    place.send_here()
    draft_id = place.waiting()

    place.start("outbox", "run", "--drain", before=set_wrong).wait()
    place.send_here()
    assert place.status(draft_id) == "held"
    with place.open() as workspace:
        workspace.outbox.resume(draft_id)
    place.send_here()

    assert place.status(draft_id) == "sent"
    assert len(place.server.accepted) == 1
    check(place)


@pytest.mark.slow
def test_F28_mail_is_due_at_the_same_moment_in_every_zone(place: Place) -> None:
    due = datetime.now(UTC).replace(microsecond=0) + timedelta(days=200)
    words = ("send", "--to", "bob@example.net", "--text", "Hi", "--json")
    told = _in_zone(place, "Europe/Berlin", *words, "--at", due.isoformat())
    draft_id = told["id"]
    place.acknowledged.add(str(draft_id))

    listed = [
        _in_zone(place, zone, "show", str(draft_id), "--json")["due_at"]
        for zone in ("America/New_York", "Pacific/Apia")
    ]

    assert {datetime.fromisoformat(str(one)) for one in listed} == {due}
    assert _in_zone(place, "Asia/Tokyo", "outbox", "run", "--drain", "--json")
    assert place.status(str(draft_id)) == "ready"
    assert place.server.connections == 0
    check(place)


def test_F28_mail_across_the_change_to_summer_time_is_due_when_it_was(
    still: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process's own zone changes while mail waits; the hour is skipped there."""
    clock = still.clock
    before = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)
    still.advance(seconds=(before - clock.now()).total_seconds())
    planned = _planned(still, hours=1)

    with monkeypatch.context() as abroad:
        abroad.setenv("TZ", "Europe/Berlin")
        time.tzset()
        still.advance(minutes=59)
        still.drain()
        early = still.status(planned)
        still.advance(minutes=1)
        still.drain()
    time.tzset()

    assert (early, still.status(planned)) == ("ready", "sent")
    check(still)


def _deferred(place: Place) -> str:
    """Return a mail that the server asks to bring again later."""
    draft_id = place.waiting()
    _defer(place)
    return draft_id


def _defer(place: Place) -> None:
    """Have the server ask for what waits to be brought again later."""
    place.server.script["mail"] = GREYLISTED
    place.drain()
    del place.server.script["mail"]
    assert set(place.statuses().values()) == {"deferred"}


def _planned(place: Place, **ahead: float) -> str:
    """Return a mail that is to leave so far ahead."""
    at = place.clock.now() + timedelta(**ahead)
    return place.release(place.write(), at=at)


def _take_over(place: Place) -> None:
    """Start as a sender that stays does."""
    with place.open() as workspace:
        workspace.take_over()


def _in_zone(place: Place, zone: str, *words: str) -> dict[str, object]:
    """Run a command in a time zone; return what it says to programs."""
    abroad = replace(place.tuimail, environ={**place.tuimail.environ, "TZ": zone})
    document: dict[str, object] = abroad.run(*words).document
    return document
