"""F60: a policy that is edited into something unreadable while one sends."""

from pathlib import Path

import apsw
import pytest

from tests.faults.invariants import check
from tests.faults.place import CC, HIDDEN, TO, Place
from tests.faults.process import Process
from tuimail.store.database import DATABASE_NAME
from tuimail.workspace.fields import Fields
from tuimail.workspace.workspace import Workspace

pytestmark = pytest.mark.slow

BLOCKED = '[recipients]\nblock = ["@example.net"]\n'
RULE = """
[recipients]
bcc_by_agents = "allow"
external_bcc = "allow"
[[rule]]
name = "everything"
action = "auto"
expires = 2099-01-31
sample_review = 0.01
"""
BROKEN = "[recipients\nblock = "


def _write(place: Place, text: str) -> Path:
    path = place.folder / "policy.toml"
    path.write_text(f"version = 1\n{text}")
    path.chmod(0o600)
    return path


def _stop_at_rest(sender: Process, place: Place) -> None:
    """Have the sender stand still at a moment at which it writes nothing."""
    sender.stop()
    while _is_locked(place):
        sender.go_on()
        sender.stop()


def _is_locked(place: Place) -> bool:
    connection = apsw.Connection(str(place.root / DATABASE_NAME))
    try:
        connection.execute("BEGIN IMMEDIATE; ROLLBACK").fetchall()
    except apsw.BusyError:
        return True
    finally:
        connection.close()
    return False


def _hand_in(place: Place, subject: str) -> str:
    """Hand in as a program that proved who it is; return the id."""
    with place.open() as workspace, workspace.acting_as("agent:ci", door="http"):
        fields = Fields(to=(TO,), cc=(CC,), bcc=(HIDDEN,), subject=subject, text="Hi.")
        row = workspace.drafts.submit(workspace.drafts.compose(fields))
    place.acknowledged.add(row.id)
    return row.id


def _approve(workspace: Workspace, draft_id: str) -> None:
    digest = workspace.drafts.page(draft_id).release_digest
    workspace.reviews.approve(draft_id, revision=1, typed_digest=digest)
    workspace.outbox.release(draft_id)


def test_F60_what_the_policy_forbade_stays_forbidden_while_one_sends(
    place: Place,
) -> None:
    _write(place, "")
    sender = place.start_sender()
    sender.wait_for_word("here")
    _stop_at_rest(sender, place)
    draft_id = place.waiting()
    path = _write(place, BLOCKED)
    place.run("policy", "show")
    path.write_text(BROKEN)

    sender.go_on()
    place.wait_for(draft_id, "held")

    assert "recipients.block" in place.reasons()[draft_id]
    assert place.server.connections == 0
    assert sender.is_running
    check(place)


def test_F60_it_stays_forbidden_after_a_restart(place: Place) -> None:
    draft_id = place.waiting()
    path = _write(place, BLOCKED)
    place.run("policy", "show")
    path.unlink()

    place.send_here()

    assert place.status(draft_id) == "held"
    assert place.server.connections == 0
    check(place)


def test_F60_nothing_is_released_by_a_rule_until_the_policy_can_be_read(
    place: Place,
) -> None:
    path = _write(place, RULE)
    before = _hand_in(place, "Before")
    whole = path.read_text()
    path.write_text(BROKEN)
    meanwhile = _hand_in(place, "Meanwhile")
    path.write_text(whole)
    after = _hand_in(place, "After")

    assert [place.status(one) for one in (before, meanwhile, after)] == [
        "ready",
        "review",
        "ready",
    ]
    check(place)


def test_F60_a_person_approves_and_is_warned_meanwhile(place: Place) -> None:
    path = _write(place, "")
    draft_id = _hand_in(place, "Hello")
    path.write_text(BROKEN)

    with place.open() as workspace:
        problem = workspace.policy.problem
        _approve(workspace, draft_id)
    place.send_here()

    assert str(path) in problem
    assert place.status(draft_id) == "sent"
    check(place)
