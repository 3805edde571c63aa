"""The invariants themselves: each of them can fail."""

import base64

import apsw
import pytest

from tests.faults import invariants
from tests.faults.invariants import check
from tests.faults.place import HIDDEN, LOGINS, PASSWORD, TO, USER, Place
from tuimail.store.database import DATABASE_NAME


@pytest.fixture
def sent(place: Place) -> str:
    """One mail that was sent, and about which everything holds."""
    draft_id = place.waiting()
    place.drain()
    assert place.statuses() == {draft_id: "sent"}
    return draft_id


def _change(place: Place, sql: str) -> None:
    """Write what the workspace itself never would."""
    connection = apsw.Connection(str(place.root / DATABASE_NAME))
    connection.create_scalar_function("actor", lambda *_: "person:eve", 0)
    connection.create_scalar_function("sha256", lambda *_: "0" * 64, 1)
    connection.execute("DROP TRIGGER journal_never_changes")
    connection.execute(sql)
    connection.close()


@pytest.mark.usefixtures("sent")
def test_mail_that_was_sent_passes(place: Place) -> None:
    check(place)

    assert LOGINS == {USER: PASSWORD}


def test_a_mail_that_is_not_there_is_noticed(place: Place) -> None:
    place.acknowledged.add("0123456789abcdef")

    with pytest.raises(Exception, match="0123456789abcdef"):
        check(place)


def test_bytes_that_are_not_whole_are_noticed(place: Place, sent: str) -> None:
    path = place.root / "outbound" / sent / "message.eml"
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b" ")

    with pytest.raises(AssertionError, match="not whole"):
        check(place)


@pytest.mark.usefixtures("sent")
def test_a_second_copy_is_noticed(place: Place) -> None:
    deliveries = place.server.scripted.deliveries
    deliveries.append(deliveries[0])

    with pytest.raises(AssertionError, match="2 copies"):
        check(place)


@pytest.mark.usefixtures("sent")
def test_a_copy_that_is_said_to_be_there_and_is_not_is_noticed(place: Place) -> None:
    place.server.scripted.deliveries.clear()

    with pytest.raises(AssertionError, match="sent: 0 copies"):
        check(place)


@pytest.mark.usefixtures("sent")
def test_other_bytes_than_those_approved_are_noticed(place: Place) -> None:
    place.server.scripted.deliveries[0].wire += b"And more.\r\n"

    with pytest.raises(AssertionError, match="was not approved"):
        check(place)


def test_mail_that_waits_without_a_reason_is_noticed(place: Place) -> None:
    draft_id = place.waiting()
    with place.open() as workspace:
        workspace.outbox.hold(draft_id)
    _change(place, "UPDATE submissions SET reason = ''")

    with pytest.raises(AssertionError, match="says not why"):
        check(place)


@pytest.mark.slow
def test_a_process_that_is_blocked_is_noticed(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invariants, "_POLITELY_SECONDS", 0.1)
    process = place.start_sender()
    process.wait_for_word("Sender")
    process.stop()

    with pytest.raises(AssertionError, match="is stuck"):
        check(place)


def test_mail_that_nobody_recovers_is_noticed(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.waiting()
    with place.open() as workspace:
        workspace.delivery.claim()
    monkeypatch.setattr("tuimail.workspace.recovery.judge_orphans", lambda _stores: ())

    with pytest.raises(AssertionError):
        check(place)


def test_a_blind_copy_that_is_named_is_noticed(place: Place) -> None:
    place.waiting(text=f"As {HIDDEN} said.\n")
    place.drain()

    with pytest.raises(AssertionError, match="is named"):
        check(place)


def test_a_blind_copy_to_somebody_who_is_addressed_openly_too_is_no_secret(
    place: Place,
) -> None:
    place.waiting(text=f"Dear {TO}\n", cc=(), bcc=(TO, HIDDEN))
    place.drain()

    check(place)


@pytest.mark.parametrize(
    "kept",
    [
        PASSWORD.encode(),
        base64.b64encode(PASSWORD.encode()),
        base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()),
    ],
    ids=["plain", "base64", "as it is said to a server"],
)
def test_a_secret_that_is_kept_is_noticed(place: Place, kept: bytes) -> None:
    (place.root / "log").write_bytes(b"AUTH PLAIN " + kept)

    with pytest.raises(AssertionError, match="has the password"):
        check(place)


def test_a_secret_that_is_said_is_noticed(place: Place) -> None:
    place.said.append(f"login as {USER} with {PASSWORD}")

    with pytest.raises(AssertionError, match="was said"):
        check(place)


@pytest.mark.usefixtures("sent")
def test_a_journal_that_was_changed_is_noticed(place: Place) -> None:
    _change(place, "UPDATE journal SET actor = 'person:eve' WHERE number = 3")

    with pytest.raises(AssertionError, match="changed at 3"):
        check(place)
