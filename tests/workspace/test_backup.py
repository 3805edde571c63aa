import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workspace.conftest import BILLING, Desk
from tuimail.core.submission import Verdict, VerdictKind, Verdicts
from tuimail.errors import FieldError, NotAllowedError, StoreError
from tuimail.store.copying import copy_database
from tuimail.store.database import Database
from tuimail.store.locks import SenderLock
from tuimail.workspace.fields import Fields
from tuimail.workspace.rendering import file_digest
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]


@pytest.fixture
def dest(tmp_path: Path) -> Path:
    return tmp_path / "copies" / "monday"


def copy_of(desk: Desk, dest: Path) -> Desk:
    return Desk(root=dest, config=desk.config, clock=desk.clock)


def beside_it(copy: Workspace) -> dict[str, str]:
    """Return how it is with what lies beside the mails."""
    names = {"sidecars", "maildir"}
    found = copy.upkeep.examine()
    return {one.name: one.health.value for one in found if one.name in names}


def test_what_waits_in_a_fresh_copy_is_nothing_to_warn_of(
    desk: Desk, workspace: Workspace, write: New, dest: Path
) -> None:
    for _ in range(3):
        workspace.outbox.send(write().id, revision=1)

    workspace.upkeep.back_up(dest)

    with copy_of(desk, dest).open() as copy:
        assert beside_it(copy) == {"sidecars": "ok", "maildir": "ok"}


def test_a_copy_can_be_used_as_the_workspace(
    desk: Desk, workspace: Workspace, write: New, dest: Path
) -> None:
    rows = [write() for _ in range(3)]

    made = workspace.upkeep.back_up(dest)

    assert (made.path, made.mails, made.held, made.unknown) == (dest, 3, 0, 0)
    with copy_of(desk, dest).open() as copy:
        for row in rows:
            page = copy.drafts.page(row.id)
            assert page.row == workspace.drafts.row(row.id)
            assert file_digest(copy._stores, row.id) == page.message_digest
        assert copy._stores.journal.verify().ok
        assert all(one.health != "problem" for one in copy.upkeep.examine())


def test_what_waits_is_held_in_the_copy_and_goes_on_in_the_original(
    desk: Desk, workspace: Workspace, write: New, dest: Path
) -> None:
    """The original sends it, so the copy must not."""
    ready = workspace.outbox.send(write().id, revision=1)
    held = workspace.outbox.send(write().id, revision=1)
    workspace.outbox.hold(held.id)

    made = workspace.upkeep.back_up(dest)

    assert made.held == 2
    with copy_of(desk, dest).open() as copy:
        assert copy.delivery.claim() == ()
        for row in (ready, held):
            shown = copy.drafts.row(row.id)
            assert shown.status == "held"
            assert "may have sent it since" in shown.reason
    assert workspace.drafts.row(ready.id).status == "ready"


def test_releasing_an_account_lets_nothing_go_from_the_copy(
    desk: Desk, workspace: Workspace, write: New, dest: Path
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    workspace.accounts.hold("work")
    workspace.upkeep.back_up(dest)

    with copy_of(desk, dest).open() as copy:
        copy.accounts.resume("work")

        assert copy.drafts.row(row.id).status == "held"


@pytest.mark.parametrize("is_committed", [False, True])
def test_what_is_being_sent_is_unknown_in_the_copy(
    desk: Desk, workspace: Workspace, write: New, dest: Path, *, is_committed: bool
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    (claim,) = workspace.delivery.claim()
    if is_committed:
        workspace.delivery.commit(claim)

    made = workspace.upkeep.back_up(dest)

    assert made.unknown == 1
    with copy_of(desk, dest).open() as copy:
        page = copy.drafts.page(row.id)
        assert page.row.status == "unknown"
        assert {one.state.value for one in page.recipients} == {"unknown"}
        assert beside_it(copy) == {"sidecars": "ok", "maildir": "ok"}
        assert copy.take_over() == ()
        assert copy._stores.journal.verify().ok
    assert workspace.drafts.row(row.id).status == "sending"


def test_who_has_it_already_is_not_made_unknown_by_a_copy(
    desk: Desk, workspace: Workspace, write: New, dest: Path
) -> None:
    """The second try is for the others only."""
    row = workspace.outbox.send(write().id, revision=1)
    (claim,) = workspace.delivery.claim()
    workspace.delivery.commit(claim)
    first, *others = claim.envelope.recipients
    verdicts = Verdicts(
        by_recipient=(
            Verdict(wire_address=first.wire_address, kind=VerdictKind.SENT),
            *(
                Verdict(wire_address=one.wire_address, kind=VerdictKind.DEFERRED)
                for one in others
            ),
        )
    )
    workspace.delivery.settle(claim, verdicts, jitter=1.0)
    desk.advance(3600)
    workspace.delivery.claim()

    workspace.upkeep.back_up(dest)

    with copy_of(desk, dest).open() as copy:
        page = copy.drafts.page(row.id)
    assert page.row.status == "unknown"
    states = [one.state.value for one in page.recipients]
    assert states == ["sent", "unknown", "unknown"]
    assert [one.outcome for one in page.attempts] == ["defer", "lose"]


def test_files_are_the_same_and_nobody_elses_to_read(
    workspace: Workspace, fields: Fields, dest: Path, tmp_path: Path
) -> None:
    (tmp_path / "q3.pdf").write_bytes(b"%PDF-1.4\n")
    attached = workspace.drafts.attach(tmp_path / "q3.pdf")[0]
    draft = workspace.drafts.compose(fields)
    row = workspace.drafts.new(
        type(draft)(
            sender=draft.sender,
            to=draft.to,
            subject=draft.subject,
            body=draft.body,
            account=draft.account,
            attachments=(attached,),
        )
    )

    workspace.upkeep.back_up(dest)

    there = dest / "outbound" / row.id
    here = workspace.root / "outbound" / row.id
    for name in ("message.eml", "message.json", "body.txt", "attachments/q3.pdf"):
        assert (there / name).read_bytes() == (here / name).read_bytes()
    blob = dest / "blobs" / "sha256" / attached.digest[:2] / attached.digest
    assert blob.samefile(there / "attachments" / "q3.pdf")
    assert stat.S_IMODE((there / "message.eml").stat().st_mode) == 0o400
    for path in [dest, *dest.rglob("*")]:
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_what_is_this_machines_own_is_left_out(
    workspace: Workspace, write: New, dest: Path
) -> None:
    """A copied id would make the copy one of the workspaces that are known."""
    write()
    lock = SenderLock(workspace.root / "sender.lock")
    assert lock.acquire("app")
    (workspace.root / "workspace.id").write_text("0" * 32, "ascii")
    (workspace.root / "outbound" / ".tmp-half").write_bytes(b"x")

    workspace.upkeep.back_up(dest)

    lock.release()
    names = {path.name for path in dest.iterdir()}
    assert names == {"access.json", "tuimail.db", "outbound", "mail", "journal.head"}
    assert not list(dest.rglob(".tmp*"))


def inside(workspace: Workspace, _dest: Path) -> Path:
    return workspace.root / "backup"


def around(workspace: Workspace, _dest: Path) -> Path:
    return workspace.root.parent


def full(_workspace: Workspace, dest: Path) -> Path:
    dest.mkdir(parents=True)
    (dest / "other").touch()
    return dest


def a_file(_workspace: Workspace, dest: Path) -> Path:
    dest.parent.mkdir(parents=True)
    dest.touch()
    return dest


def a_link(workspace: Workspace, dest: Path) -> Path:
    dest.parent.mkdir(parents=True)
    dest.symlink_to(workspace.root)
    return dest / "backup"


def leads_nowhere(_workspace: Workspace, dest: Path) -> Path:
    dest.parent.mkdir(parents=True)
    dest.symlink_to("gone")
    return dest


def below_what_leads_nowhere(workspace: Workspace, dest: Path) -> Path:
    return leads_nowhere(workspace, dest) / "backup"


def too_long(_workspace: Workspace, dest: Path) -> Path:
    return dest.parent / ("x" * 300)


def no_text(_workspace: Workspace, dest: Path) -> Path:
    return dest.parent / "\udcff"


def where_nobody_makes_folders(_workspace: Workspace, _dest: Path) -> Path:
    return Path("/proc/self/backup")


@pytest.mark.parametrize(
    "place",
    [
        leads_nowhere,
        below_what_leads_nowhere,
        too_long,
        no_text,
        where_nobody_makes_folders,
    ],
)
def test_a_place_where_no_folder_can_be_made_is_told_as_such(
    workspace: Workspace, dest: Path, place: Callable[[Workspace, Path], Path]
) -> None:
    target = place(workspace, dest)
    before = sorted(dest.parent.rglob("*"))

    with pytest.raises(FieldError, match="cannot be made there") as caught:
        workspace.upkeep.back_up(target)

    assert caught.value.field == "dest"
    assert sorted(dest.parent.rglob("*")) == before


def test_a_link_to_an_empty_folder_will_do(
    workspace: Workspace, dest: Path, tmp_path: Path
) -> None:
    (tmp_path / "real").mkdir()
    dest.parent.mkdir(parents=True)
    dest.symlink_to(tmp_path / "real")

    workspace.upkeep.back_up(dest)

    assert dest.is_symlink()
    assert (tmp_path / "real" / "tuimail.db").exists()


@pytest.mark.parametrize("place", [inside, around, full, a_file, a_link])
def test_a_place_that_will_not_do_is_refused(
    workspace: Workspace, dest: Path, place: Callable[[Workspace, Path], Path]
) -> None:
    target = place(workspace, dest)
    before = sorted(dest.parent.rglob("*"))

    with pytest.raises(FieldError) as caught:
        workspace.upkeep.back_up(target)

    assert caught.value.field == "dest"
    assert sorted(dest.parent.rglob("*")) == before


def test_an_empty_folder_will_do(workspace: Workspace, dest: Path) -> None:
    dest.mkdir(parents=True)

    workspace.upkeep.back_up(dest)

    assert (dest / "tuimail.db").exists()


def test_a_disk_that_does_not_take_it_keeps_nothing_of_it(
    workspace: Workspace, write: New, dest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write()

    def full_disk(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(StoreError, match="is full"):
        workspace.upkeep.back_up(dest)

    assert not dest.exists()
    assert list(dest.parent.iterdir()) == []


def test_an_agent_takes_no_copy(workspace: Workspace, dest: Path) -> None:
    with (
        workspace.acting_as(BILLING, door="http"),
        pytest.raises(NotAllowedError),
    ):
        workspace.upkeep.back_up(dest)


def test_mail_that_changes_meanwhile_is_whole_in_one_of_its_revisions(
    desk: Desk,
    workspace: Workspace,
    write: New,
    dest: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The files come second: newer bytes are made again as the row says."""
    row = write()
    draft = workspace.drafts.page(row.id).draft
    newer = type(draft)(
        sender=draft.sender,
        to=draft.to,
        subject="Q4",
        body=draft.body,
        account=draft.account,
    )

    def copy_then_edit(database: Database, target: Path) -> None:
        copy_database(database, target)
        workspace.drafts.edit(row.id, newer, revision=1)

    monkeypatch.setattr("tuimail.workspace.backup.copy_database", copy_then_edit)
    workspace.upkeep.back_up(dest)

    with copy_of(desk, dest).open() as copy:
        assert copy.drafts.row(row.id).revision == 1
        sent = copy.outbox.send(row.id, revision=1)
        assert sent.status == "ready"
        page = copy.drafts.page(row.id)
        assert file_digest(copy._stores, row.id) == page.message_digest
