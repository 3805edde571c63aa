"""F05 to F10, F13: a sender that is killed between any two steps.

F13 is 50 kills over 200 mails, by one connection and by four.
"""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.faults.invariants import check
from tests.faults.network import authority_in
from tests.faults.place import (
    LOGINS,
    LONG_TEXT,
    Place,
    account_table,
    make_place,
)
from tests.faults.server import MailServer
from tuimail.workspace.faults import MARKER

pytestmark = pytest.mark.slow

BEFORE: Final = ("connected", "tls", "auth", "mail", "rcpt", "data354", "mid_body")
"""Where nothing can have left yet."""
AFTER: Final = ("intent.after_commit", "dot.written", "reply.read")
ONCE: Final = ("connected", "auth")
"""What a connection does once, however many mails it is for."""
SEED: Final = 20260302
POINTS: Final = (
    *("claim.after_commit", "connected", "auth", "mail", "rcpt", "data354"),
    *(*AFTER, "reply.read_before_commit", "result.after_commit_before_move"),
)


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[Place]:
    """A place whose server is behind STARTTLS."""
    authority = authority_in(tmp_path)
    with MailServer(logins=LOGINS, starttls=authority.context()) as server:
        place = make_place(tmp_path, server)
        trust = f'ca_file = "{authority.file}"'
        place.configure(account_table("work", server.port, tls="starttls", more=trust))
        yield place
        place.end_all()


def test_F05_killed_after_the_claim_it_is_deferred_and_sent_once(place: Place) -> None:
    draft_id = place.waiting()
    place.killed_while_sending("claim.after_commit")
    with place.open() as workspace:
        left_behind = workspace.drafts.row(draft_id).status
        workspace.recover()
        recovered = workspace.drafts.row(draft_id)
        is_due = recovered.due_at is not None and (
            recovered.due_at <= workspace.clock.now()
        )

    place.send_here()

    assert (left_behind, recovered.status, is_due) == ("sending", "deferred", True)
    assert place.status(draft_id) == "sent"
    assert len(place.server.accepted) == 1
    check(place)


@pytest.mark.parametrize("point", BEFORE)
def test_F06_killed_before_the_point_of_no_return_it_is_sent_once(
    secured: Place, point: str
) -> None:
    draft_id = secured.waiting(text=LONG_TEXT)
    secured.killed_while_sending(point)
    left_behind = secured.status(draft_id)

    secured.send_here()

    assert left_behind == "sending"
    assert secured.status(draft_id) == "sent"
    assert len(secured.server.accepted) == 1
    check(secured)


def test_F07_killed_between_the_mark_and_the_dot_it_is_unknown(place: Place) -> None:
    draft_id = place.waiting(text=LONG_TEXT)
    place.killed_while_sending("intent.after_commit")

    place.send_here()
    place.send_here()

    assert place.status(draft_id) == "unknown"
    assert place.server.deliveries == ()
    check(place)


def test_F07_it_is_sent_again_when_a_person_says_so(place: Place) -> None:
    draft_id = place.waiting()
    place.killed_while_sending("intent.after_commit")
    place.send_here()

    with place.open() as workspace:
        workspace.outbox.retry(draft_id)
    place.send_here()

    assert place.status(draft_id) == "sent"
    assert [one.content for one in place.server.accepted] == [
        place.tuimail.stored(draft_id)
    ]
    check(place)


@pytest.mark.parametrize("point", ["dot.written", "reply.read"])
def test_F08_killed_after_the_dot_it_is_unknown_and_never_sent_again(
    place: Place, point: str
) -> None:
    draft_id = place.waiting()
    place.killed_while_sending(point)
    place.server.wait_for_deliveries(1)

    place.send_here()
    place.send_here()

    assert place.status(draft_id) == "unknown"
    assert len(place.server.accepted) == 1
    check(place)


def test_F09_killed_before_the_answer_is_recorded_a_person_says_that_it_arrived(
    place: Place,
) -> None:
    draft_id = place.waiting()
    place.killed_while_sending("reply.read_before_commit")
    place.send_here()
    found = place.status(draft_id)

    with place.open() as workspace:
        workspace.outbox.confirm(draft_id)
    place.send_here()

    assert (found, place.status(draft_id)) == ("unknown", "sent")
    assert len(place.server.accepted) == 1
    check(place)


def test_F10_killed_after_the_answer_was_recorded_the_copy_is_moved_at_recovery(
    place: Place,
) -> None:
    draft_id = place.waiting()
    place.killed_while_sending("result.after_commit_before_move")
    left_behind = place.status(draft_id), _folders(place)

    place.send_here()

    assert left_behind == ("sent", {".Outbox"})
    assert (place.status(draft_id), _folders(place)) == ("sent", {".Sent"})
    assert len(place.server.accepted) == 1
    check(place)


def _folders(place: Place) -> set[str]:
    return {path.parts[-3] for path in (place.root / "mail").rglob("*/cur/*")}


@pytest.mark.parametrize(("connections", "mails", "kills"), [(1, 40, 10), (4, 80, 20)])
def test_F13_killed_at_random_nothing_is_lost_or_sent_twice(
    place: Place, connections: int, mails: int, kills: int
) -> None:
    """What a kill makes unknown is what was under way on each connection."""
    dice = random.Random(SEED)
    place.configure(
        account_table("work", place.server.port, more=f"connections = {connections}")
    )
    ids = place.several(mails)

    for _ in range(kills):
        point = dice.choice(POINTS)
        nth = 1 if point in ONCE else dice.randint(1, 3)
        place.killed_while_sending(point, nth=nth)
    place.send_here()

    found = place.statuses()
    assert found.keys() == set(ids)
    assert set(found.values()) <= {"sent", "unknown"}
    unknown = sum(status == "unknown" for status in found.values())
    assert unknown <= kills * connections, f"seed {SEED}: {unknown} of {mails} unknown"
    check(place)


def test_a_fault_is_reached_only_where_the_workspace_is_for_that(place: Place) -> None:
    (place.root / MARKER).unlink()
    draft_id = place.waiting()

    done = place.send_due(fault="connected:kill")

    assert done.code == 0
    assert place.status(draft_id) == "sent"
    check(place)
