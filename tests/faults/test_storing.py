"""F01 to F04, F18, F23: mail that is being stored, and the disk or the process ends."""

import errno
import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from tests.faults import disks
from tests.faults.invariants import check
from tests.faults.place import HIDDEN, TO, Place, make_place
from tests.faults.server import MailServer
from tuimail.errors import StoreError

pytestmark = pytest.mark.slow

SUBJECT: Final = "A subject that is found again"
SEND: Final = (
    "send",
    "--to",
    TO,
    "--bcc",
    HIDDEN,
    "--subject",
    SUBJECT,
    "--text",
    "Hi",
)


def test_F01_killed_before_the_file_has_its_name_nothing_is_left(place: Place) -> None:
    """What leaves at once has its bytes on disk before its row."""
    place.killed_at("draft.after_render_before_row", *SEND)
    (half,) = _half_written(place)
    _make_old(half)

    place.send_here()

    assert _half_written(place) == []
    assert place.statuses() == {}
    assert place.server.connections == 0
    check(place)


def test_F01_killed_before_its_row_a_draft_was_never_there(place: Place) -> None:
    place.killed_at("draft.after_render_before_row", "submit", *SEND[1:])
    left = _half_written(place), _kept(place)

    place.send_here()

    assert left == ([], [])
    assert place.statuses() == {}
    check(place)


@pytest.mark.parametrize(
    "point", ["draft.after_commit_before_file", "draft.after_tmp_write"]
)
def test_F01_F02_killed_before_its_file_a_draft_is_there_and_its_file_follows(
    place: Place, point: str
) -> None:
    """The row is all it takes: the bytes are made again from it."""
    place.killed_at(point, "submit", *SEND[1:])
    (draft_id,) = place.statuses()
    place.acknowledged.add(draft_id)
    with place.open() as workspace:
        assert SUBJECT.encode() in workspace.drafts.message_bytes(draft_id)
        assert workspace.drafts.is_as_stored(draft_id)
    assert _kept(place) == []

    place.send_here()

    assert _half_written(place) == []
    assert place.status(draft_id) == "review"
    assert _kept(place)
    assert _sidecar_says(place, draft_id) == "review"
    check(place)


def test_F02_ended_before_its_file_an_edit_is_there_and_its_file_follows(
    place: Place,
) -> None:
    """Under the name of the file are the bytes of before, which nobody is sent."""
    draft_id = place.write()
    place.points["draft.after_commit_before_file"] = _end
    with place.open() as workspace:
        edited = replace(workspace.drafts.page(draft_id).draft, subject=SUBJECT)
        with pytest.raises(KeyboardInterrupt):
            workspace.drafts.edit(draft_id, edited, revision=1)
        workspace._stores.unshown.clear()
    place.points.clear()
    before = _kept(place)

    place.send_here()

    assert before == []
    assert _kept(place)
    check(place)


def test_F02_killed_before_the_row_the_file_is_put_aside_and_never_sent(
    place: Place,
) -> None:
    place.killed_at("draft.after_file_before_row", *SEND)
    (left,) = (place.root / "outbound").rglob("message.eml")
    content = left.read_bytes()
    _make_old(left)
    _make_old(left.parent)

    place.send_here()

    assert not left.exists()
    assert [one for one in _kept(place) if one.read_bytes() == content]
    assert place.statuses() == {}
    assert place.server.connections == 0
    check(place)


def test_F03_killed_before_the_reply_the_draft_is_there(place: Place) -> None:
    place.killed_at("draft.after_commit_before_reply", "submit", *SEND[1:])
    (draft_id,) = place.statuses()
    place.acknowledged.add(draft_id)

    place.send_here()

    assert place.status(draft_id) == "review"
    assert place.server.connections == 0
    check(place)


def test_F03_killed_before_the_reply_mail_that_was_let_go_is_sent_once(
    place: Place,
) -> None:
    """Writing and releasing are one step: all of it is there, or nothing."""
    place.killed_at("draft.after_commit_before_reply", *SEND)
    (draft_id,) = place.statuses()
    place.acknowledged.add(draft_id)

    place.send_here()

    assert place.status(draft_id) == "sent"
    assert len(place.server.accepted) == 1
    check(place)


def test_F04_killed_before_it_is_released_it_was_never_written(place: Place) -> None:
    place.killed_at("release.after_hash_before_commit", *SEND)

    place.send_here()

    assert place.statuses() == {}
    assert place.server.connections == 0
    check(place)


def test_F04_killed_at_the_release_of_what_was_approved_it_is_still_approved(
    place: Place,
) -> None:
    draft_id = _approved(place)

    fault = "release.after_hash_before_commit:kill"
    with place.tuimail.terminal("release", draft_id, fault=fault) as terminal:
        terminal.wait_for_end()
        was_killed = terminal.exit_code is None
    place.send_here()
    found = place.status(draft_id)
    with place.open() as workspace:
        workspace.outbox.release(draft_id)
    place.send_here()

    assert was_killed
    assert (found, place.status(draft_id)) == ("approved", "sent")
    assert len(place.server.accepted) == 1
    check(place)


DYING: Final = pytest.mark.parametrize(
    ("number", "says"), [(errno.ENOSPC, "is full"), (errno.EIO, "The disk failed")]
)


@DYING
def test_F18_F23_mail_whose_bytes_the_disk_does_not_take_does_not_leave(
    place: Place, monkeypatch: pytest.MonkeyPatch, number: int, says: str
) -> None:
    draft_id = place.write()
    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", _failing(number))
        with pytest.raises(StoreError, match=says):
            place.release(draft_id)
    refused = place.status(draft_id)

    place.release(draft_id)
    place.drain()

    assert (refused, place.status(draft_id)) == ("draft", "sent")
    check(place)


@DYING
def test_F18_F23_a_draft_needs_no_file_to_be_there(
    place: Place, monkeypatch: pytest.MonkeyPatch, number: int, says: str
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("tuimail.store.outbound.temporary", _no_file(number))
        draft_id = place.write(subject=SUBJECT)
        with place.open() as workspace, pytest.raises(StoreError, match=says):
            workspace.outbox.send(draft_id, revision=1)
    assert _kept(place) == []

    place.send_here()

    assert place.statuses() == {draft_id: "draft"}
    assert _kept(place)
    check(place)


def test_F18_mail_that_does_not_fit_on_the_disk_is_refused(
    tmp_path: Path, server: MailServer
) -> None:
    (tmp_path / "big.bin").write_bytes(os.urandom(1_000_000))
    with disks.small_disk(tmp_path / "disk", "F18", kilobytes=2048) as folder:
        place = make_place(folder, server)
        done = place.run(*SEND, "--attach", str(tmp_path / "big.bin"))
        small = place.run(*SEND, "--wait", "0", "--json")
        place.acknowledged.add(small.document["id"])

        assert done.code != 0
        assert "full" in done.err
        assert place.statuses() == {small.document["id"]: "ready"}
        check(place)


def test_F23_mail_that_cannot_be_flushed_to_the_disk_is_refused(place: Place) -> None:
    """Every flush of a file fails; SQLite flushes by another call."""
    tracer = disks.failing_calls("F23", "fsync:error=EIO:when=1+")
    place.run("list")

    done = place.start(*SEND, before=tracer).wait()

    assert done.code == 1
    assert "disk failed" in done.err
    assert place.statuses() == {}
    check(place)


def _failing(number: int) -> Callable[[int], None]:
    def fsync(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    return fsync


def _end() -> None:
    raise KeyboardInterrupt


def _no_file(number: int) -> Callable[..., object]:
    def temporary(*_: object, **__: object) -> object:
        raise OSError(number, os.strerror(number))

    return temporary


def _sidecar_says(place: Place, draft_id: str) -> str:
    """Return where a mail stands for who has nothing but its files."""
    path = place.root / "outbound" / draft_id / "message.json"
    return str(json.loads(path.read_bytes())["status"])


def _approved(place: Place) -> str:
    """Return what an agent handed in and a person approved."""
    draft_id = place.write()
    with place.open() as workspace:
        workspace.drafts.request_review(draft_id)
        workspace.reviews.approve(draft_id, revision=1)
    return draft_id


def _half_written(place: Place) -> list[Path]:
    return list(place.root.rglob(".tmp-*"))


def _kept(place: Place) -> list[Path]:
    """Return every file that says what the mail says."""
    files = [one for one in place.root.rglob("*.eml*") if one.is_file()]
    return [one for one in files if SUBJECT.encode() in one.read_bytes()]


def _make_old(path: Path) -> None:
    """Have it be of two days ago: nobody can be writing it any more."""
    then = (datetime.now().astimezone() - timedelta(days=2)).timestamp()
    os.utime(path, (then, then))
