"""F14, F16, F17, F58: senders that meet, sleep, or lose their terminal."""

import os
import signal
from typing import Final

import pytest

from tests.faults.invariants import check
from tests.faults.place import LONG_TEXT, Place
from tests.faults.process import Process
from tests.faults.waiting import wait_until
from tuimail.testing import Hang

pytestmark = pytest.mark.slow

MAILS: Final = 30


def test_F14_two_senders_on_one_workspace_send_each_mail_once(place: Place) -> None:
    ids = place.several(MAILS)

    both = [place.start_sender(), place.start_sender()]
    wait_until(lambda: set(place.statuses().values()) == {"sent"}, what="all sent")

    assert all(one.is_running for one in both)
    assert place.statuses().keys() == set(ids)
    assert len(place.server.accepted) == MAILS
    check(place)


def test_F14_the_other_goes_on_where_the_first_was_killed(place: Place) -> None:
    place.several(MAILS)
    first = place.start_sender(fault="reply.read_before_commit:kill:5")
    second = place.start_sender()
    place.start_sender()

    wait_until(
        lambda: set(place.statuses().values()) <= {"sent", "unknown"}, what="the end"
    )

    assert second.is_running
    assert not first.is_running or len(place.server.accepted) == MAILS
    check(place)


def test_F16_who_sleeps_before_the_mark_keeps_others_from_sending(place: Place) -> None:
    """The lock is held for as long as the process lives, asleep or not."""
    draft_id = place.waiting(text=LONG_TEXT)
    sleeper = _asleep(place, "mid_body")

    other = place.send_due()
    found = place.status(draft_id)
    sleeper.go_on()
    sleeper.wait()

    assert "Another sender" in other.out + other.err
    assert (found, place.status(draft_id)) == ("sending", "sent")
    assert len(place.server.accepted) == 1
    check(place)


def test_F16_who_slept_through_the_recovery_by_another_drops_the_connection(
    place: Place,
) -> None:
    """As where somebody removed the lock: only the database says who may go on."""
    draft_id = place.waiting(text=LONG_TEXT)
    sleeper = _asleep(place, "mid_body")
    (place.root / "sender.lock").unlink()

    place.send_here()
    found = place.status(draft_id)
    sleeper.go_on()
    sleeper.wait()

    assert (found, place.status(draft_id)) == ("sent", "sent")
    assert len(place.server.deliveries) == 1
    check(place)


def test_F17_who_slept_between_mark_and_dot_makes_it_unknown_and_then_sent(
    place: Place,
) -> None:
    """The late reply is proof, and no reason to send again."""
    draft_id = place.waiting()
    sleeper = _asleep(place, "intent.after_commit")
    (place.root / "sender.lock").unlink()

    place.send_here()
    found = place.status(draft_id)
    sleeper.go_on()
    sleeper.wait()

    assert (found, place.status(draft_id)) == ("unknown", "sent")
    assert len(place.server.accepted) == 1
    check(place)


def test_F17_who_slept_alone_goes_on_where_it_was(place: Place) -> None:
    draft_id = place.waiting()
    sleeper = _asleep(place, "intent.after_commit")

    sleeper.go_on()
    sleeper.wait()

    assert place.status(draft_id) == "sent"
    assert len(place.server.accepted) == 1
    check(place)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP])
def test_F58_the_app_that_ends_while_it_sends_leaves_it_unknown_at_most(
    place: Place, number: signal.Signals
) -> None:
    """Killed, or its terminal closed, when the server has not answered yet.

    Where its terminal is closed it waits for the answer, which never comes.
    """
    place.server.script["after-end-of-data"] = Hang()
    draft_id = place.waiting()
    with place.tuimail.terminal() as app:
        app.wait_for("sender: here")
        place.server.wait_for_deliveries(1)
        os.kill(app.pid, number)
        if number is not signal.SIGKILL:
            place.server.break_off()
        app.wait_for_end()
    del place.server.script["after-end-of-data"]

    place.send_here()
    place.send_here()

    assert place.status(draft_id) == "unknown"
    assert len(place.server.accepted) == 1
    check(place)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_F58_a_sender_that_is_told_to_end_waits_for_the_answer(
    place: Place, number: signal.Signals
) -> None:
    """What was begun is finished, as where the terminal of it is closed."""
    draft_id = place.waiting(text=LONG_TEXT)
    sender = place.start_sender(fault="dot.written:stop")
    sender.wait_for_stop()

    sender.tell(number)
    sender.go_on()
    done = sender.wait()

    assert place.status(draft_id) == "sent", done
    assert len(place.server.accepted) == 1
    check(place)


def _asleep(place: Place, point: str) -> Process:
    """Return a sender that stands still at ``point``."""
    sender = place.start("outbox", "run", "--drain", fault=f"{point}:stop")
    sender.wait_for_stop()
    return sender
