"""What lies beside the mail follows it: never before it, and never in its way."""

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.workspace.conftest import Desk, account
from tuimail.errors import StoreError
from tuimail.settings.files import stamp_of
from tuimail.workspace import stores as stores_module
from tuimail.workspace.bridge import SHOWN_AT_ONCE, Bridge
from tuimail.workspace.doctor import Doctor
from tuimail.workspace.fields import Fields
from tuimail.workspace.rendering import file_digest
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]
POINT = "draft.after_commit_before_file"


class Ended(BaseException):
    """The process was ended just here."""


@contextmanager
def ending(workspace: Workspace, point: str = POINT) -> Iterator[None]:
    """End, as a kill would, what reaches ``point``; then start again."""

    def end(reached: str) -> None:
        if reached == point:
            raise Ended

    opened = workspace._stores
    before, opened.fault = opened.fault, end
    with pytest.raises(Ended):
        yield
    opened.fault = before
    opened.unshown.clear()


@contextmanager
def restarted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """Open the workspace on a machine that ended and was started again."""
    boot = desk.root.with_name("boot")
    monkeypatch.setattr("tuimail.store.locks.BOOT_ID", boot)
    with desk.open() as workspace:
        lock = workspace.sender_lock()
        boot.write_text("first")
        assert lock.acquire("test")
        lock.release()
        boot.write_text("second")
        assert lock.acquire("test")
        yield workspace
        lock.release()


def folder(workspace: Workspace, row: Row) -> Path:
    return workspace.root / "outbound" / row.id


def is_whole(workspace: Workspace, row: Row) -> bool:
    """Whether the file has the bytes of the newest revision."""
    digest = workspace.drafts.page(row.id).message_digest
    return file_digest(workspace._stores, row.id) == digest


def shown_in(workspace: Workspace) -> list[tuple[str, bytes]]:
    """Return what other mail programs see, and in which folder."""
    paths = (workspace.root / "mail").rglob("*/cur/*")
    return sorted((path.parts[-3], path.read_bytes()) for path in paths)


def edit(workspace: Workspace, row: Row, **changes: Any) -> Row:
    page = workspace.drafts.page(row.id)
    draft = replace(page.draft, **changes)
    return workspace.drafts.edit(row.id, draft, revision=page.row.revision)


def flushed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list of every file that is flushed from now on, by its number."""
    found: list[int] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        found.append(os.fstat(descriptor).st_ino)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    return found


def test_a_draft_is_stored_by_its_row_alone(
    write: New, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one flush is the database's own; the files are there, unflushed."""
    write()
    found = flushed(monkeypatch)

    row = write()

    assert found == []
    assert is_whole(workspace, row)


def test_what_leaves_is_flushed_before_its_rows(
    write: New, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = write()
    path = folder(workspace, row)
    found = flushed(monkeypatch)
    in_place: list[list[int]] = []
    insert = workspace._stores.submissions.insert

    def noted(*rows: object) -> None:
        in_place.append(list(found))
        insert(*rows)  # type: ignore[arg-type]

    monkeypatch.setattr(workspace._stores.submissions, "insert", noted)

    workspace.outbox.send(row.id, revision=1)

    wanted = (path / "message.eml", path, path.parent)
    assert in_place == [[one.stat().st_ino for one in wanted]]


def test_a_release_that_cannot_be_flushed_does_not_happen(
    write: New, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dying(_draft_id: str) -> None:
        raise StoreError("The disk failed.")

    row = write()
    monkeypatch.setattr(workspace._stores.outbound, "flush", dying)

    with pytest.raises(StoreError, match="failed"):
        workspace.outbox.send(row.id, revision=1)

    assert workspace.drafts.row(row.id).status == "draft"


def test_a_draft_whose_file_was_not_written_is_read_all_the_same(
    write: New, workspace: Workspace
) -> None:
    with ending(workspace):
        write()
    (row,) = workspace.drafts.rows()

    content = workspace.drafts.message_bytes(row.id)

    digest = workspace.drafts.page(row.id).message_digest
    assert sha256(content).hexdigest() == digest
    assert workspace.drafts.is_as_stored(row.id)
    assert not folder(workspace, row).exists()


def test_what_is_released_gets_the_file_that_it_lacks(
    write: New, workspace: Workspace
) -> None:
    with ending(workspace):
        write()
    (row,) = workspace.drafts.rows()

    workspace.outbox.send(row.id, revision=1)

    assert is_whole(workspace, row)


def test_the_next_change_writes_the_file_that_is_missing(
    hand_in: New, workspace: Workspace
) -> None:
    with ending(workspace):
        hand_in()
    (row,) = workspace.drafts.rows()

    workspace.reviews.reject(row.id, revision=1, reason="Not now.")

    assert is_whole(workspace, row)
    assert [place for place, _ in shown_in(workspace)] == [".Drafts"]


def test_the_doctor_takes_a_file_that_is_behind_for_no_damage(
    desk: Desk, write: New, workspace: Workspace
) -> None:
    first = write()
    with ending(workspace):
        edit(workspace, first, subject="Corrected")
    with ending(workspace):
        write()
    doctor = Doctor(desk.root, desk.open, clock=desk.clock)

    report = doctor.examine()
    repaired = doctor.repair()

    told = {one.name: one for one in report.diagnoses}
    assert report.is_fine
    assert all(row.id in told["unwritten"].sentence for row in workspace.drafts.rows())
    assert told["messages"].health.value == "ok"
    assert "Wrote what lies beside 2 mails anew." in repaired.mended
    assert all(is_whole(workspace, row) for row in workspace.drafts.rows())


def test_after_a_kill_whoever_takes_over_shows_what_was_not_shown(
    write: New, workspace: Workspace
) -> None:
    first = write()
    with ending(workspace):
        edit(workspace, first, subject="Corrected")
    with ending(workspace, "draft.after_tmp_write"):
        write()

    workspace.take_over()

    assert all(is_whole(workspace, row) for row in workspace.drafts.rows())
    contents = [content for _, content in shown_in(workspace)]
    assert sorted(b"Corrected" in one for one in contents) == [False, True]


@pytest.mark.parametrize("name", ["message.eml", "message.json"])
def test_after_the_machine_ended_what_was_not_on_the_disk_is_written_anew(
    desk: Desk, write: New, workspace: Workspace, name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """A file system may keep the name of a file and lose what was in it."""
    old = write()
    desk.advance(600)
    row = write()
    for one in (old, row):
        path = folder(workspace, one) / name
        path.chmod(0o600)
        path.write_bytes(b"")

    with restarted(desk, monkeypatch) as again:
        again.take_over()
        again.take_over()

    assert is_whole(workspace, row)
    assert json.loads((folder(workspace, row) / "message.json").read_bytes())
    assert (folder(workspace, old) / name).read_bytes() == b""


def test_after_the_machine_ended_an_empty_workspace_is_one_all_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with restarted(desk, monkeypatch) as workspace:
        assert workspace.take_over() == ()


def test_a_late_writer_replaces_no_newer_bytes(
    desk: Desk, write: New, workspace: Workspace, fields: Fields
) -> None:
    """Another process edits, and shows that, while this one is still writing."""

    def edited_meanwhile(point: str) -> None:
        if point == "draft.after_tmp_write":
            stores.fault = before
            with desk.open() as other:
                (row,) = other.drafts.rows()
                edit(other, row, subject="Corrected")

    stores = workspace._stores
    before, stores.fault = stores.fault, edited_meanwhile

    row = write()

    assert is_whole(workspace, row)
    assert b"Corrected" in b"".join(stores.outbound.read_message(row.id))


def test_a_late_writer_leaves_alone_what_was_released_meanwhile(
    desk: Desk, write: New, workspace: Workspace
) -> None:
    def released_meanwhile(point: str) -> None:
        if point == "draft.after_tmp_write":
            stores.fault = before
            with desk.open() as other:
                (row,) = other.drafts.rows()
                other.outbox.send(row.id, revision=1)
                path = stores.outbound.message_path(row.id)
                inodes.append(path.stat().st_ino)

    inodes: list[int] = []
    stores = workspace._stores
    before, stores.fault = stores.fault, released_meanwhile

    row = write()

    assert [stores.outbound.message_path(row.id).stat().st_ino] == inodes
    assert workspace.drafts.row(row.id).status == "ready"


def test_a_draft_that_is_no_message_any_more_has_no_bytes(
    write: New, workspace: Workspace
) -> None:
    row = write()
    page = workspace.drafts.page(row.id)
    nobody = replace(page.draft, to=(), cc=(), bcc=())

    workspace.drafts.edit(row.id, nobody, revision=1)

    assert not (folder(workspace, row) / "message.eml").exists()
    assert shown_in(workspace) == []


def test_bytes_that_come_out_otherwise_are_not_written(
    write: New, workspace: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "q3.pdf"
    path.write_bytes(b"%PDF-1.4\n")
    attachment = workspace.drafts.attach(path)[0]
    row = write(attachments=(path,))
    blob = workspace._stores.blobs.path(attachment.digest)
    blob.write_bytes(b"%PDF-1.5\n")
    folder(workspace, row).joinpath("message.eml").unlink()

    workspace.upkeep.mend()

    assert not folder(workspace, row).joinpath("message.eml").exists()


def test_bytes_with_another_digest_are_not_written_either(
    write: New, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer of MIME that changed writes no bytes that nobody has looked at."""
    monkeypatch.setattr(
        "tuimail.workspace.mirror.pieces_again", lambda *_: iter([b"other"])
    )

    row = write()

    assert not folder(workspace, row).joinpath("message.eml").exists()
    assert shown_in(workspace) == []


def test_a_disk_that_takes_no_file_loses_no_draft(
    write: New, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreError("The disk is full.")

    with monkeypatch.context() as broken:
        broken.setattr("tuimail.store.outbound.temporary", full)
        row = write()

    assert workspace.drafts.message_bytes(row.id)
    assert shown_in(workspace) == []


# Many at once --------------------------------------------------------------------


async def test_many_are_acknowledged_before_any_of_them_is_shown(
    desk: Desk, fields: Fields
) -> None:
    """And all of them are shown at the end."""

    def store(workspace: Workspace) -> tuple[str, int]:
        row = workspace.drafts.submit(workspace.drafts.compose(fields))
        return row.id, len(shown_in(workspace))

    async with Bridge(desk.open) as bridge:
        found = await asyncio.gather(*(bridge.together(store) for _ in range(9)))

    assert {shown for _, shown in found} == {0}
    assert len({draft_id for draft_id, _ in found}) == 9
    with desk.open() as workspace:
        assert len(shown_in(workspace)) == 9


async def test_while_nobody_asks_for_anything_all_is_shown_bit_by_bit(
    desk: Desk, fields: Fields, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tuimail.workspace.bridge.REST", timedelta(0))

    def store(workspace: Workspace) -> Row:
        return workspace.drafts.submit(workspace.drafts.compose(fields))

    left: list[int] = []
    async with Bridge(desk.open) as bridge:
        count = 2 * SHOWN_AT_ONCE + 1
        await asyncio.gather(*(bridge.together(store) for _ in range(count)))
        while not left or left[-1]:
            left.append(await bridge.call(lambda ws: ws.unshown))
        shown = await bridge.call(shown_in)

    assert len(shown) == count
    assert {one % SHOWN_AT_ONCE for one in left} <= {0, 1}


async def test_however_busy_it_is_not_too_many_wait_to_be_shown(
    desk: Desk, fields: Fields, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tuimail.workspace.bridge.REST", timedelta(hours=1))
    monkeypatch.setattr("tuimail.workspace.bridge.MOST_UNSHOWN", 3)

    def store(workspace: Workspace) -> Row:
        return workspace.drafts.submit(workspace.drafts.compose(fields))

    left: list[int] = []
    async with Bridge(desk.open) as bridge:
        for _ in range(6):
            await bridge.together(store)
            left.append(await bridge.call(lambda ws: ws.unshown))

    assert left == [1, 2, 3, 3, 3, 3]


def test_what_waits_to_be_shown_is_shown_before_the_end(
    desk: Desk, fields: Fields
) -> None:
    with desk.open() as workspace, workspace.sharing_a_flush():
        row = workspace.drafts.submit(workspace.drafts.compose(fields))

    with desk.open() as workspace:
        assert is_whole(workspace, row)


def test_what_was_changed_twice_is_shown_once(
    workspace: Workspace, fields: Fields, monkeypatch: pytest.MonkeyPatch
) -> None:
    with workspace.sharing_a_flush():
        row = workspace.drafts.new(workspace.drafts.compose(fields))
        edit(workspace, row, subject="Corrected")
        workspace.drafts.discard(row.id)

    assert list(workspace._stores.unshown.items()) == [(row.id, True)]
    assert workspace.show(5) is False
    assert shown_in(workspace) == []


def test_settings_are_looked_at_once_for_all_that_share_a_flush(
    desk: Desk, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And again for the next: another process may have changed them."""
    looks: list[Path] = []
    real = stamp_of

    def stamp(path: Path) -> object:
        looks.append(path)
        return real(path)

    monkeypatch.setattr(stores_module, "stamp_of", stamp)
    with workspace.sharing_a_flush():
        found = {workspace.config.default_account for _ in range(9)}
        once = len(looks)
    desk.save(account("home"))

    assert (found, once) == ({"work"}, 2)
    assert workspace.config.default_account == "home"


def test_a_step_that_was_broken_off_does_not_keep_a_workspace_from_closing(
    write: New, workspace: Workspace
) -> None:
    """Ctrl-C may come while a step ends; what waits is shown by the next to open."""
    row = write()
    workspace._stores.unshown[row.id] = True
    step = workspace._stores.database.transaction()
    step.__enter__()

    workspace.close()

    assert list(workspace._stores.unshown) == [row.id]
