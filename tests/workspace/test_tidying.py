"""What a crash left, and what whoever takes over makes of it."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.store.test_integrity import damage
from tests.workspace.conftest import Desk
from tuimail.errors import (
    DamagedWorkspaceError,
    StoreError,
    TransitionError,
    WorkspaceBusyError,
    WorkspaceRefusedError,
)
from tuimail.store import filesystems
from tuimail.store.durable import temporary
from tuimail.workspace import tidying
from tuimail.workspace.fields import Fields
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]

_DIE = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from tuimail.store.outbound import Outbound
from tuimail.store.blobs import Blobs
from tuimail.store.durable import temporary

root, where = Path(sys.argv[1]), sys.argv[2]
outbound = Outbound(root / "outbound")
if where == "blob":
    Blobs(root / "blobs").add([b"x"], limit_bytes=9)
    with temporary(root / "blobs" / "sha256", [b"half"], 0o600):
        os.kill(os.getpid(), signal.SIGKILL)
with outbound.staged("d1", [b"From: mara@example.org\\r\\n\\r\\n"]) as message:
    if where == "kept":
        message.keep()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def die(root: Path, where: str) -> None:
    """Have a process write a mail, and be killed before it has a row."""
    killed = subprocess.run([sys.executable, "-c", _DIE, str(root), where], check=False)
    assert killed.returncode == -signal.SIGKILL


def left_over(root: Path) -> list[Path]:
    return sorted(root.rglob(".tmp-*"))


@pytest.mark.parametrize("where", ["written", "blob"])
def test_half_written_files_go_at_the_next_start(
    workspace: Workspace, where: str
) -> None:
    """F01: at once, and not only when they are old."""
    die(workspace.root, where)
    assert left_over(workspace.root)

    workspace.take_over()

    assert left_over(workspace.root) == []
    assert not (workspace.root / "outbound" / "d1").exists()
    assert not (workspace.root / "quarantine").exists()


def test_bytes_without_a_row_go_into_quarantine(workspace: Workspace) -> None:
    """F02: nobody was told that they are there, so nobody sends them."""
    die(workspace.root, "kept")

    workspace.take_over()

    assert [path.name for path in (workspace.root / "quarantine").iterdir()] == ["d1"]
    content = workspace.root / "quarantine" / "d1" / "message.eml"
    assert content.read_bytes().startswith(b"From: mara")
    assert workspace._stores.outbound.ids() == ()
    assert left_over(workspace.root) == []
    assert workspace.drafts.counts().outbox == 0


def test_two_orphans_of_one_name_are_both_kept(workspace: Workspace) -> None:
    for _ in range(2):
        die(workspace.root, "kept")
        workspace.take_over()

    aside = sorted(path.name for path in (workspace.root / "quarantine").iterdir())
    assert aside == ["d1", "d1 (2)"]


def test_an_edit_that_died_leaves_its_mail_where_it_is(
    workspace: Workspace, write: New
) -> None:
    row = write()
    stores = workspace._stores

    def fail_after_the_bytes() -> None:
        with stores.outbound.staged(row.id, [b"x"]) as message:
            message.keep()
            raise LookupError

    with pytest.raises(LookupError):
        fail_after_the_bytes()
    assert left_over(workspace.root)

    workspace.take_over()

    assert workspace.drafts.row(row.id).status == "draft"
    assert stores.outbound.message_path(row.id).exists()
    assert left_over(workspace.root) == []


def test_bytes_whose_row_is_just_coming_are_not_set_aside(
    desk: Desk, workspace: Workspace, fields: Fields, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk.open() as other:
        others = other._stores
        others.database.connection.set_busy_timeout(0)
        tried = []

        def set_aside_at(place: str) -> None:
            if place == "draft.after_file_before_row":
                (draft_id,) = others.outbound.orphans(frozenset())
                with pytest.raises(WorkspaceBusyError):
                    tidying.set_aside(others, draft_id)
                tried.append(draft_id)

        monkeypatch.setattr(workspace._stores, "fault", set_aside_at)
        row = workspace.outbox.send_new(workspace.drafts.compose(fields))

    assert tried == [row.id]
    assert workspace._stores.outbound.message_path(row.id).exists()


def test_what_another_process_writes_just_now_is_left_to_it(
    workspace: Workspace,
) -> None:
    """However long it takes: a disk may stand still for an hour."""
    scratch = workspace.root / "outbound" / ".tmp"
    scratch.mkdir(parents=True)
    with temporary(scratch, [b"x"], 0o600, label="d1") as written:
        os.utime(written, (0, 0))

        workspace.take_over()

        assert written.exists()
    assert not (workspace.root / "quarantine").exists()


def test_an_edit_that_is_refused_leaves_nothing(
    workspace: Workspace, write: New
) -> None:
    row = write()
    draft = workspace.drafts.page(row.id).draft
    workspace.drafts.discard(row.id)

    with pytest.raises(TransitionError):
        workspace.drafts.edit(row.id, draft, revision=1)

    assert left_over(workspace.root) == []


# A database that is not what was written ----------------------------------------


def test_nothing_is_looked_through_after_an_end_as_it_should_be(
    desk: Desk, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[object] = []
    monkeypatch.setattr(
        "tuimail.store.integrity.require_whole", lambda *args, **_: looked.append(args)
    )
    for _ in range(2):
        lock = workspace.sender_lock()
        assert lock.acquire("app")
        workspace.recover()
        lock.release()

    assert looked == []


_HOLD = """
import os, signal, sys
from pathlib import Path
from tuimail.store.locks import SenderLock

SenderLock(Path(sys.argv[1])).acquire("app")
os.kill(os.getpid(), signal.SIGKILL)
"""


def died_sending(root: Path) -> None:
    words = [sys.executable, "-c", _HOLD, str(root / "sender.lock")]
    subprocess.run(words, check=False)


def test_after_a_death_the_database_is_looked_through_before_anything_is_sent(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    workspace.outbox.send(write().id, revision=1)
    workspace.close()
    died_sending(desk.root)
    damage(desk.root / "tuimail.db")
    with desk.open() as again:
        for _ in range(2):
            lock = again.sender_lock()
            assert lock.acquire("app")

            with pytest.raises(DamagedWorkspaceError, match="is damaged") as caught:
                again.recover()

            assert "tuimail doctor --repair" in caught.value.hint
            lock.release()


def test_a_whole_database_is_looked_through_once(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    died_sending(workspace.root)
    looked: list[object] = []
    monkeypatch.setattr(
        "tuimail.store.integrity.require_whole", lambda *args, **_: looked.append(args)
    )
    for _ in range(3):
        lock = workspace.sender_lock()
        assert lock.acquire("app")
        workspace.recover()
        lock.release()

    assert len(looked) == 1


def test_a_look_that_was_broken_off_is_begun_again(
    workspace: Workspace, write: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tuimail.store.database._STEPS_BETWEEN_QUESTIONS", 1)
    write()
    died_sending(workspace.root)
    lock = workspace.sender_lock()
    assert lock.acquire("app")

    with pytest.raises(StoreError, match="was broken off"):
        workspace.take_over(is_over=lambda: True)

    assert lock.is_unchecked()
    workspace.take_over()
    assert not lock.is_unchecked()
    lock.release()


def test_files_are_mended_by_who_takes_over_though_another_has_looked(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    """The look is for whoever sends, and one who sends a single mail mends nothing."""
    row = write()
    died_sending(workspace.root)
    message = workspace._stores.outbound.message_path(row.id)
    content = message.read_bytes()
    message.write_bytes(b"")
    lock = workspace.sender_lock()
    assert lock.acquire("cli")
    workspace.recover()
    desk.advance(86_400)
    write()

    workspace.take_over()

    assert message.read_bytes() == content
    assert lock.unmended_since() == ""
    lock.release()


def zeroed(root: Path) -> None:
    path = root / "tuimail.db"
    path.write_bytes(b"\0" * path.stat().st_size)


def emptied(root: Path) -> None:
    (root / "tuimail.db").write_bytes(b"")


def removed(root: Path) -> None:
    (root / "tuimail.db").unlink()


def cut(root: Path) -> None:
    path = root / "tuimail.db"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("spoil", [zeroed, emptied, removed, cut])
def test_a_database_that_is_not_what_was_written_is_one_clear_error(
    desk: Desk, workspace: Workspace, write: New, spoil: Callable[[Path], None]
) -> None:
    """F25: and nothing is begun anew in its place, however often one tries."""
    workspace.outbox.send(write().id, revision=1)
    workspace.close()
    spoil(desk.root)

    for _ in range(2):
        with pytest.raises(DamagedWorkspaceError) as caught:
            desk.open().drafts.counts()
        assert "tuimail doctor --repair" in caught.value.hint


_LOSE = """
import os, signal, sys
from pathlib import Path
from tuimail.workspace.fields import Fields
from tuimail.workspace.workspace import Workspace

workspace = Workspace.open(
    Path(sys.argv[1]), config_path=Path(sys.argv[2]), actor="person:mara",
    door="app", environ={},
)
workspace.drafts.new(workspace.drafts.compose(Fields(to=("ana@example.net",))))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_log_that_was_removed_is_noticed(
    desk: Desk, workspace: Workspace, write: New, fields: Fields
) -> None:
    """What it had is in no file: mail that has left would leave again."""
    write()
    workspace.close()
    words = [sys.executable, "-c", _LOSE, str(desk.root), str(desk.config)]
    killed = subprocess.run(words, check=False)
    assert killed.returncode == -signal.SIGKILL
    for name in ("tuimail.db-wal", "tuimail.db-shm"):
        (desk.root / name).unlink()

    with pytest.raises(DamagedWorkspaceError, match="older than the mail"):
        desk.open()


def test_an_old_copy_in_its_place_is_noticed(
    desk: Desk, workspace: Workspace, write: New, tmp_path: Path
) -> None:
    write()
    workspace.close()
    shutil.copy(desk.root / "tuimail.db", tmp_path / "old")
    with desk.open() as again:
        again.outbox.send(write_again(again), revision=1)
    shutil.copy(tmp_path / "old", desk.root / "tuimail.db")

    with pytest.raises(DamagedWorkspaceError, match="older than the mail"):
        desk.open()


def write_again(workspace: Workspace) -> str:
    fields = Fields(to=("ana@example.net",), subject="Later", text="Hello.\n")
    return workspace.drafts.new(workspace.drafts.compose(fields)).id


def test_a_workspace_over_the_network_is_refused(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"1 0 0:1 / {tmp_path} rw - nfs4 nas:/x rw\n", "utf-8")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(filesystems, "MOUNTINFO", mounts)

    with pytest.raises(WorkspaceRefusedError, match="nfs4"):
        desk.open()

    assert not desk.root.exists()
