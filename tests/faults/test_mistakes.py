"""F57, F59, F60, F64: a mistake in the sender, changed settings, stalled readers."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

import pytest

from tests.faults.invariants import check
from tests.faults.place import LOGINS, LONG_TEXT, Place, account_table
from tests.faults.server import MailServer
from tests.faults.waiting import DEADLINE_SECONDS
from tuimail.core.submission import Verdicts
from tuimail.store.outbound import Outbound
from tuimail.workspace.claiming import Claim
from tuimail.workspace.handover import Handover
from tuimail.workspace.sender import Sender
from tuimail.workspace.sending import SenderThread

pytestmark = pytest.mark.slow

TRIES: Final = 3
"""So often a mail may bring the sender down before it is left out."""


@pytest.mark.parametrize(
    ("point", "status", "copies"),
    [
        ("claim.after_commit", "sent", 1),
        ("reply.read_before_commit", "unknown", 1),
        ("result.after_commit_before_move", "sent", 1),
    ],
)
def test_F57_a_sender_that_falls_over_a_mistake_starts_again_by_itself(
    place: Place, point: str, status: str, copies: int
) -> None:
    """Where its mail stands then follows from how far it had got."""
    draft_id = place.waiting()

    sender = place.start_sender(fault=f"{point}:raise")
    place.wait_for(draft_id, status)
    later = place.waiting()
    place.wait_for(later, "sent")

    assert sender.is_running
    assert place.status(draft_id) == status
    assert len(place.server.accepted) == copies + 1
    check(place)


@pytest.mark.parametrize(
    "point", ["mail", "mid_body", "intent.after_commit", "dot.written", "reply.read"]
)
def test_F57_a_mistake_of_a_provider_is_a_verdict_about_one_mail(
    place: Place, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    draft_id = place.waiting(text=LONG_TEXT)
    is_certain = point in {"mail", "mid_body", "intent.after_commit"}
    place.points[point] = _stumble

    with _restarting_at_once(place, monkeypatch) as sender:
        place.wait_for(draft_id, "deferred" if is_certain else "unknown")
        place.points.clear()
        place.wait_for(place.waiting(), "sent")
        found = sender.state

    assert found == "here"
    assert "ZeroDivisionError" in place.reasons()[draft_id]
    check(place)


def _stumble() -> None:
    raise ZeroDivisionError


def test_F57_mail_that_always_brings_the_sender_down_is_left_out(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others leave, and it says why it does not."""
    poison, touched = place.waiting(), []
    others = place.several(5)
    submit = Sender._submit

    async def stumbles(self: Sender, claim: Claim, handover: Handover) -> Verdicts:
        if claim.submission.draft_id == poison:
            touched.append(claim)
            raise ZeroDivisionError
        return await submit(self, claim, handover)

    monkeypatch.setattr(Sender, "_submit", stumbles)
    with _restarting_at_once(place, monkeypatch):
        for draft_id in others:
            place.wait_for(draft_id, "sent")
        place.wait_for(poison, "held")

    assert len(touched) == TRIES
    assert "times in a row" in place.reasons()[poison]
    assert len(place.server.accepted) == len(others)
    check(place)


def test_F57_mail_that_cannot_even_be_claimed_is_left_out(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison = place.waiting()
    others = place.several(5)
    read = Outbound.read_small

    def read_small(self: Outbound, draft_id: str, *, size_bytes: int) -> bytes:
        if draft_id == poison:
            raise ZeroDivisionError
        return read(self, draft_id, size_bytes=size_bytes)

    monkeypatch.setattr(Outbound, "read_small", read_small)
    with _restarting_at_once(place, monkeypatch):
        for draft_id in others:
            place.wait_for(draft_id, "sent")
        place.wait_for(poison, "held")

    check(place)


@contextmanager
def _restarting_at_once(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SenderThread]:
    """Have a sender that stays, in this process, and rests only for a moment."""
    monkeypatch.setattr("tuimail.workspace.sending.AGAIN", timedelta(milliseconds=10))
    sender = SenderThread(place.open)
    sender.start()
    try:
        yield sender
    finally:
        assert sender.stop(timeout=DEADLINE_SECONDS)


def test_F57_mail_that_no_sender_survives_is_left_out_in_the_end(place: Place) -> None:
    """As where its bytes crash a library: nothing is recorded but the attempt."""
    draft_id = place.waiting()
    for _ in range(20):
        with place.open() as workspace:
            workspace.recover()
            workspace.delivery.claim()
    with place.open() as workspace:
        workspace.recover()

    later = place.waiting()
    place.drain()

    assert place.status(draft_id) == "held"
    assert "times in a row" in place.reasons()[draft_id]
    assert place.status(later) == "sent"
    check(place)


@pytest.fixture
def other() -> Iterator[MailServer]:
    with MailServer(logins=LOGINS) as server:
        yield server


def test_F59_mail_whose_account_is_gone_is_held_and_not_sent_by_another(
    place: Place, other: MailServer
) -> None:
    place.servers.append(other)
    draft_id = place.waiting()
    place.configure(account_table("spare", other.port))

    place.send_here()

    assert place.status(draft_id) == "held"
    assert "work is not configured any more" in place.reasons()[draft_id]
    assert place.server.connections == other.connections == 0
    check(place)


@pytest.mark.parametrize("what", ["host", "port", "address"])
def test_F59_mail_whose_account_is_another_one_now_is_held(
    place: Place, other: MailServer, what: str
) -> None:
    """The name is the same, and what was approved was another way out."""
    place.servers.append(other)
    draft_id = place.waiting()
    table = account_table("work", place.server.port)
    changed = {
        "host": account_table("work", place.server.port, host="localhost"),
        "port": account_table("work", other.port),
        "address": table.replace("work@example.org", "boss@example.org"),
    }
    place.configure(changed[what])

    place.send_here()

    assert place.status(draft_id) == "held"
    assert "not those that were approved" in place.reasons()[draft_id]
    assert place.server.connections == other.connections == 0
    check(place)


def test_F59_mail_goes_on_when_the_account_is_back_and_a_person_says_so(
    place: Place, other: MailServer
) -> None:
    place.servers.append(other)
    draft_id = place.waiting()
    place.configure(account_table("spare", other.port))
    place.send_here()

    place.configure(
        account_table("spare", other.port), account_table("work", place.server.port)
    )
    place.run("resume", draft_id)
    place.send_here()

    assert place.status(draft_id) == "sent"
    assert (len(place.server.accepted), len(other.accepted)) == (1, 0)
    check(place)


@pytest.mark.parametrize("name", ["accounts.toml", "config.toml"])
def test_F60_settings_that_are_broken_while_one_sends_let_nothing_leave(
    place: Place, name: str
) -> None:
    """Until they can be read again; then sending goes on by itself."""
    path = place.folder / name
    sender = place.start_sender()
    sender.wait_for_word("here")
    sender.stop()
    draft_id = place.waiting()
    whole = path.read_text() if path.exists() else ""
    path.write_text(f"{whole}\n[accounts.work\n")
    sender.go_on()
    sender.wait_for_word(name)
    connections = place.server.connections
    path.write_text(whole)
    place.wait_for(draft_id, "sent")

    assert connections == 0
    assert sender.is_running
    check(place)


def test_F64_a_sender_whose_output_nobody_reads_goes_on(place: Place) -> None:
    """The pipe is full before it says its first word."""
    reading, writing = os.pipe()
    _fill(writing)
    ids = place.several(5)

    sender = place.start("outbox", "run", into=writing)
    os.close(writing)
    for draft_id in ids:
        place.wait_for(draft_id, "sent")
    is_running = sender.is_running
    sender.tell(signal.SIGTERM)
    os.close(reading)

    assert is_running
    assert len(place.server.accepted) == len(ids)
    check(place)


def _fill(descriptor: int) -> None:
    os.set_blocking(descriptor, False)
    try:
        while True:
            os.write(descriptor, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(descriptor, True)
