"""F26, F61: what was approved is changed, in the workspace or outside of it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.faults.invariants import check
from tests.faults.place import LONG_TEXT, Place
from tuimail.errors import DigestMismatchError

APPROVED: Final = b"%PDF-1.4 the invoice that was looked at"
Damage = Callable[[Path], None]


def _deleted(path: Path) -> None:
    path.unlink()


def _truncated(path: Path) -> None:
    path.chmod(0o600)
    os.truncate(path, path.stat().st_size - 1)


def _one_byte_changed(path: Path) -> None:
    content = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(content[:-3] + bytes([content[-3] ^ 1]) + content[-2:])


def _grown(path: Path) -> None:
    path.chmod(0o600)
    with path.open("ab") as file:
        file.write(b"Bcc: somebody@example.com\r\n")


def _swapped_for_a_link(path: Path) -> None:
    other = path.with_name("other.eml")
    other.write_bytes(path.read_bytes())
    path.unlink()
    path.symlink_to(other)


@pytest.mark.parametrize("text", ["Hello.\n", LONG_TEXT * 8], ids=["small", "big"])
@pytest.mark.parametrize(
    "damage",
    [_deleted, _truncated, _one_byte_changed, _grown, _swapped_for_a_link],
)
def test_F26_bytes_that_are_not_those_approved_are_held_and_never_sent(
    place: Place, damage: Damage, text: str
) -> None:
    draft_id = place.waiting(text=text)
    damage(_message(place, draft_id))

    place.drain()
    place.drain()

    assert place.status(draft_id) == "held"
    assert "the approved ones" in place.reasons()[draft_id]
    assert place.server.deliveries == ()
    check(place, damaged=[draft_id])


@pytest.mark.parametrize("damage", [_deleted, _truncated, _one_byte_changed])
def test_F26_what_is_resumed_is_the_very_mail_that_was_approved(
    place: Place, damage: Damage
) -> None:
    """It is made again from what it was made of."""
    draft_id = place.waiting()
    approved = _message(place, draft_id).read_bytes()
    damage(_message(place, draft_id))
    place.drain()

    with place.open() as workspace:
        workspace.outbox.resume(draft_id)
    place.drain()

    assert place.status(draft_id) == "sent"
    assert [one.content for one in place.server.accepted] == [approved]
    check(place)


def test_F26_mail_that_cannot_be_made_again_stays_held(place: Place) -> None:
    """Its attachment is damaged, too: no approval covers anything of it."""
    path = _attachment(place)
    draft_id = place.waiting(attachments=(path,))
    _one_byte_changed(_message(place, draft_id))
    for blob in (place.root / "blobs").rglob("*"):
        if blob.is_file():
            _one_byte_changed(blob)
    place.drain()

    with place.open() as workspace, pytest.raises(DigestMismatchError):
        workspace.outbox.resume(draft_id)
    place.drain()

    assert place.status(draft_id) == "held"
    assert place.server.deliveries == ()
    check(place, damaged=[draft_id])


def _replaced(path: Path) -> None:
    path.write_bytes(b"%PDF-1.4 another invoice")


def _file_grown(path: Path) -> None:
    path.write_bytes(path.read_bytes() * 1000)


def _file_swapped(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/passwd")


@pytest.mark.parametrize("change", [_replaced, _file_grown, _deleted, _file_swapped])
def test_F61_the_file_that_was_approved_goes_out_whatever_became_of_it(
    place: Place, change: Damage
) -> None:
    path = _attachment(place)
    draft_id = place.waiting(attachments=(path,))
    approved = _message(place, draft_id).read_bytes()
    change(path)

    place.drain()

    assert place.status(draft_id) == "sent"
    assert [one.content for one in place.server.accepted] == [approved]
    check(place)


def test_F61_where_its_copy_in_the_workspace_is_changed_the_approved_bytes_go_out(
    place: Place,
) -> None:
    """The copy of people's own is beside the message, and is never read again."""
    path = _attachment(place)
    draft_id = place.waiting(attachments=(path,))
    approved = _message(place, draft_id).read_bytes()
    (copy,) = (place.root / "outbound" / draft_id / "attachments").iterdir()
    copy.unlink()
    copy.write_bytes(b"%PDF-1.4 another invoice")

    place.drain()

    assert place.status(draft_id) == "sent"
    assert [one.content for one in place.server.accepted] == [approved]
    check(place)


def _message(place: Place, draft_id: str) -> Path:
    return place.root / "outbound" / draft_id / "message.eml"


def _attachment(place: Place) -> Path:
    path = place.folder / "invoice.pdf"
    path.write_bytes(APPROVED)
    return path
