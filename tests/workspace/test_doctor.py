"""What the doctor finds, and what it mends without deciding about mail."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.store.test_integrity import damage
from tests.workspace.conftest import NOW, Desk, account
from tests.workspace.test_tidying import (
    cut,
    died_sending,
    emptied,
    removed,
    zeroed,
)
from tuimail.errors import ConfigurationError, WorkspaceBusyError
from tuimail.store import filesystems
from tuimail.store.locks import SenderLock
from tuimail.workspace.diagnosis import Health, some
from tuimail.workspace.doctor import Doctor, Report
from tuimail.workspace.fields import Fields
from tuimail.workspace.rebuild import MAY_HAVE_LEFT
from tuimail.workspace.rendering import file_digest
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]


@pytest.fixture
def doctor(desk: Desk) -> Doctor:
    return Doctor(desk.root, desk.open, clock=desk.clock)


def found(report: Report, name: str) -> list[tuple[str, str]]:
    return [
        (one.health.value, one.sentence) for one in report.diagnoses if one.name == name
    ]


def worries(report: Report) -> set[str]:
    return {one.name for one in report.diagnoses if one.health is not Health.OK}


def test_a_workspace_in_order_is_fine(
    workspace: Workspace, write: New, hand_in: New, doctor: Doctor
) -> None:
    write()
    hand_in()
    workspace.outbox.send(write().id, revision=1)

    report = doctor.examine()

    assert worries(report) == set()
    assert report.is_fine
    assert len({one.name for one in report.diagnoses}) > 15
    assert doctor.repair().mended == ()


def test_looking_makes_no_workspace(desk: Desk, doctor: Doctor) -> None:
    report = doctor.examine()

    assert worries(report) == {"workspace"}
    assert report.is_fine
    assert not desk.root.exists()


def test_every_worry_has_a_next_step(
    desk: Desk, workspace: Workspace, write: New, doctor: Doctor
) -> None:
    row = write()
    truncated(workspace._stores.outbound.message_path(row.id))
    workspace.accounts.hold("work")

    report = doctor.examine()

    assert worries(report) >= {"messages", "account"}
    assert not report.is_fine
    for one in report.diagnoses:
        assert bool(one.hint) == (one.health is not Health.OK), one
        assert one.sentence.endswith("."), one


# Message files ------------------------------------------------------------------


def missing(path: Path) -> None:
    path.unlink()


def truncated(path: Path) -> None:
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-10])


def changed(path: Path) -> None:
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("spoil", [missing, truncated, changed])
def test_a_message_file_that_was_spoilt_is_made_again(
    workspace: Workspace, write: New, doctor: Doctor, spoil: Callable[[Path], None]
) -> None:
    """F26: where the very same bytes come out."""
    row = workspace.outbox.send(write().id, revision=1)
    spoil(workspace._stores.outbound.message_path(row.id))
    assert found(doctor.examine(), "messages")[0][0] == "problem"

    report = doctor.repair()

    assert report.is_fine
    assert any("Made the bytes" in one for one in report.mended)
    page = workspace.drafts.page(row.id)
    assert page.row.status == "ready"
    assert file_digest(workspace._stores, row.id) == page.message_digest
    assert found(report, "maildir")[0][0] == "ok"


@pytest.fixture
def attached(workspace: Workspace, fields: Fields, tmp_path: Path) -> Row:
    """A released mail with a file whose content is gone from the disk."""
    (tmp_path / "q3.pdf").write_bytes(b"%PDF-1.4\n")
    one = workspace.drafts.attach(tmp_path / "q3.pdf")[0]
    draft = workspace.drafts.compose(fields)
    row = workspace.drafts.new(
        type(draft)(
            sender=draft.sender,
            to=draft.to,
            subject=draft.subject,
            body=draft.body,
            account=draft.account,
            attachments=(one,),
        )
    )
    row = workspace.outbox.send(row.id, revision=1)
    workspace._stores.blobs.path(one.digest).unlink()
    return row


def test_a_file_that_is_changed_is_told_for_every_mail_that_has_it(
    workspace: Workspace, attached: Row, doctor: Doctor
) -> None:
    draft = workspace.drafts.page(attached.id).draft
    path = workspace._stores.blobs.path(draft.attachments[0].digest)
    path.write_bytes(b"%PDF-1.4\n")
    twin = workspace.drafts.new(draft)
    assert "attachments" not in worries(doctor.examine())
    path.write_bytes(b"other")

    [(health, sentence)] = found(doctor.examine(), "attachments")

    assert health == "problem"
    assert attached.id in sentence
    assert twin.id in sentence


def test_one_that_cannot_be_made_again_is_held(
    workspace: Workspace, attached: Row, doctor: Doctor
) -> None:
    truncated(workspace._stores.outbound.message_path(attached.id))

    report = doctor.repair()

    row = workspace.drafts.row(attached.id)
    assert row.status == "held"
    assert "cannot be made again" in row.reason
    assert not report.is_fine
    assert {"messages", "attachments"} <= worries(report)
    assert doctor.repair().mended == ()


def test_a_file_that_is_gone_holds_nothing_while_the_message_is_whole(
    workspace: Workspace, attached: Row, doctor: Doctor
) -> None:
    doctor.repair()

    assert workspace.drafts.row(attached.id).status == "ready"
    assert found(doctor.examine(), "attachments")[0][0] == "problem"


# What lies beside ---------------------------------------------------------------


def test_sidecars_and_maildir_are_brought_in_step(
    workspace: Workspace, write: New, doctor: Doctor
) -> None:
    rows = [write() for _ in range(3)]
    (workspace.root / "outbound" / rows[0].id / "message.json").unlink()
    (workspace.root / "outbound" / rows[1].id / "message.json").write_text("{}")
    [shown] = (workspace.root / "mail").rglob(f"cur/{rows[2].id}.*")
    shown.rename(workspace.root / "mail" / ".Sent" / "cur" / shown.name)
    stray = workspace.root / "mail" / ".Sent" / "cur" / "gone.1.tuimail:2,S"
    stray.write_bytes(b"x")
    assert {"sidecars", "maildir"} <= worries(doctor.examine())

    report = doctor.repair()

    assert worries(report) == set()
    assert not stray.exists()
    assert any("4 mails" in one for one in report.mended)


def test_holds_leave_no_sidecar_behind(
    workspace: Workspace, write: New, doctor: Doctor
) -> None:
    """An account's hold moves thousands of mails at once, and writes no file."""
    row = workspace.outbox.send(write().id, revision=1)
    workspace.accounts.hold("work")
    while_held = found(doctor.examine(), "sidecars")
    workspace.accounts.resume("work")
    after = found(doctor.examine(), "sidecars")
    path = workspace.root / "outbound" / row.id / "message.json"
    path.write_text(path.read_text().replace('"ready"', '"sent"'))

    assert [one for one, _ in (*while_held, *after)] == ["ok", "ok"]
    assert found(doctor.examine(), "sidecars")[0][0] == "warning"


def test_a_folder_without_a_row_is_put_aside(
    workspace: Workspace, write: New, doctor: Doctor
) -> None:
    write()
    (workspace.root / "outbound" / "d1").mkdir()
    (workspace.root / "outbound" / "d1" / "message.eml").write_bytes(b"x")
    assert found(doctor.examine(), "orphans")[0][0] == "warning"

    report = doctor.repair()

    assert worries(report) == {"quarantine"}
    assert (workspace.root / "quarantine" / "d1" / "message.eml").exists()


def test_an_empty_folder_without_a_row_goes(
    workspace: Workspace, doctor: Doctor
) -> None:
    (workspace.root / "outbound" / "d1").mkdir(parents=True)

    report = doctor.repair()

    assert worries(report) == set()
    assert not (workspace.root / "quarantine").exists()


def test_half_written_files_go_when_they_are_old(
    desk: Desk, workspace: Workspace, write: New, doctor: Doctor
) -> None:
    row = write()
    old, young = (
        workspace.root / "outbound" / row.id / f".tmp-{name}"
        for name in ("old", "young")
    )
    for path, age in ((old, 2), (young, 0)):
        path.touch()
        seconds = (NOW - timedelta(hours=age)).timestamp()
        os.utime(path, (seconds, seconds))

    report = doctor.repair()

    assert not old.exists()
    assert young.exists()
    assert "Removed 1 half-written file." in report.mended


def test_what_others_may_read_is_closed(
    workspace: Workspace, write: New, doctor: Doctor
) -> None:
    write()
    (workspace.root / "README").touch()
    for path in (workspace.root, workspace.root / "outbound"):
        path.chmod(0o755)
    assert found(doctor.examine(), "folder")[0][0] == "warning"

    report = doctor.repair()

    assert worries(report) == set()
    assert (workspace.root / "outbound").stat().st_mode & 0o777 == 0o700


def test_every_file_of_a_mail_that_others_may_read_is_told_and_closed(
    desk: Desk, write: New, doctor: Doctor
) -> None:
    row = write(text="x")
    folder = desk.root / "outbound" / row.id
    folder.chmod(0o755)
    for path in folder.iterdir():
        path.chmod(0o644)
    link = desk.root / "outbound" / "elsewhere"
    link.symlink_to(desk.root.parent)
    [(health, told)] = found(doctor.examine(), "files")
    assert (health, f"outbound/{row.id}," in told) == ("warning", True)
    link.unlink()

    report = doctor.repair()

    assert found(report, "files")[0][0] == "ok"
    assert "Closed 5 files and folders to others." in report.mended
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o077 for path in folder.iterdir()} == {0}


def test_what_opening_closes_is_told_as_mended(
    desk: Desk, workspace: Workspace, doctor: Doctor
) -> None:
    workspace.close()
    (desk.root / "tuimail.db").chmod(0o644)

    report = doctor.repair()

    assert report.mended == ("Closed 1 file or folder to others.",)


# Damage -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spoil", [zeroed, emptied, removed, cut, lambda root: damage(root / "tuimail.db")]
)
def test_a_damaged_database_is_rebuilt(
    desk: Desk,
    workspace: Workspace,
    write: New,
    doctor: Doctor,
    spoil: Callable[[Path], None],
) -> None:
    """F25: found, put aside, made again, and nothing is ready by that."""
    row = workspace.outbox.send(write().id, revision=1)
    workspace.close()
    spoil(desk.root)
    before = doctor.examine()
    assert not before.is_fine
    assert found(before, "database")[0][0] == "problem"

    report = doctor.repair()

    assert report.is_fine
    assert report.rebuilt is not None
    assert report.rebuilt.held == (row.id,)
    assert "1 held" in report.mended[0]
    with desk.open() as again:
        shown = again.drafts.row(row.id)
        assert (shown.status, shown.reason) == ("held", MAY_HAVE_LEFT)
        assert again.take_over() == ()


def test_rows_that_name_what_is_not_there_are_found(
    desk: Desk, workspace: Workspace, write: New, doctor: Doctor
) -> None:
    write()
    connection = workspace._stores.database.connection
    connection.pragma("foreign_keys", 0)
    connection.execute("INSERT INTO open_attempts VALUES ('nobody')").fetchall()
    workspace.close()

    assert "1 row in it" in found(doctor.examine(), "database")[0][1]
    assert doctor.repair().rebuilt is not None


def test_a_journal_that_was_changed_is_told_and_not_mended(
    workspace: Workspace, write: New, doctor: Doctor
) -> None:
    """It is evidence."""
    write()
    connection = workspace._stores.database.connection
    connection.execute("DROP TRIGGER journal_never_changes").fetchall()
    connection.execute("UPDATE journal SET actor = 'x' WHERE number = 1").fetchall()

    report = doctor.repair()

    assert report.rebuilt is None
    assert found(report, "journal") == [("problem", "It was changed or cut at line 1.")]


def test_a_row_that_cannot_be_read_is_named(
    workspace: Workspace, write: New, doctor: Doctor
) -> None:
    row = write()
    connection = workspace._stores.database.connection
    connection.execute("DROP TRIGGER revisions_never_change").fetchall()
    connection.execute("UPDATE revisions SET content = '{}'").fetchall()

    report = doctor.examine()

    [(health, sentence)] = found(report, "rows")
    assert health == "problem"
    assert row.id in sentence


# Who is at it -------------------------------------------------------------------


def test_nothing_is_mended_while_somebody_sends(
    desk: Desk, workspace: Workspace, doctor: Doctor
) -> None:
    lock = SenderLock(desk.root / "sender.lock")
    assert lock.acquire("app")

    with pytest.raises(WorkspaceBusyError, match="app, pid") as caught:
        doctor.repair()

    assert "app, pid" in found(doctor.examine(), "sender")[0][1]
    lock.release()
    assert "doctor --repair" in caught.value.hint
    assert doctor.repair().is_fine


_HELD = """
import sys
from pathlib import Path
from tuimail.store.database import Database

database = Database.open(Path(sys.argv[1]), actor=lambda: "person:mara")
print("open", flush=True)
sys.stdin.read()
"""


def test_nothing_is_rebuilt_while_somebody_has_it_open(
    desk: Desk, workspace: Workspace, write: New, doctor: Doctor
) -> None:
    write()
    workspace.close()
    damage(desk.root / "tuimail.db")
    with subprocess.Popen(
        [sys.executable, "-c", _HELD, str(desk.root / "tuimail.db")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"

        with pytest.raises(WorkspaceBusyError, match="open"):
            doctor.repair()

        other.communicate()
    assert doctor.repair().rebuilt is not None


def test_a_sender_that_died_is_told_until_somebody_looked(
    desk: Desk, workspace: Workspace, write: New, doctor: Doctor
) -> None:
    died_sending(desk.root)
    died_sending(desk.root)
    assert found(doctor.examine(), "sender")[0][0] == "warning"

    report = doctor.repair()

    assert found(report, "sender") == [("ok", "Nobody sends now.")]


# The rest -----------------------------------------------------------------------


def test_accounts_that_are_held_or_unusable_are_told(
    desk: Desk, workspace: Workspace, doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.save(account(), account("home"))
    workspace.accounts.hold("home", "The password is wrong.")

    def broken(_name: str) -> None:
        raise ConfigurationError("There is no provider fake.")

    monkeypatch.setattr("tuimail.workspace.ways_out.provider_class", broken)

    report = doctor.examine()

    assert ("warning", "home is held: The password is wrong.") in found(
        report, "account"
    )
    assert ("problem", "work: There is no provider fake.") in found(report, "account")


def test_no_account_at_all_is_told(desk: Desk, doctor: Doctor) -> None:
    desk.config.with_name("accounts.toml").unlink()
    desk.open().close()

    assert found(doctor.examine(), "account") == [("warning", "There is none.")]


def test_settings_that_cannot_be_read_are_one_problem(
    desk: Desk, workspace: Workspace, doctor: Doctor
) -> None:
    desk.config.write_text("nonsense", "utf-8")

    report = doctor.examine()

    assert not report.is_fine
    assert "opening" in worries(report)


def test_unknown_mail_and_notices_are_told(
    workspace: Workspace, write: New, doctor: Doctor
) -> None:
    workspace.outbox.send(write().id, revision=1)
    (claim,) = workspace.delivery.claim()
    workspace.delivery.commit(claim)
    workspace.recover()

    report = doctor.examine()

    assert found(report, "unknown")[0] == (
        "warning",
        "Nobody knows whether 1 mail left.",
    )
    assert found(report, "notices")[0] == ("warning", "1 notice not seen.")
    assert report.is_fine


@pytest.mark.parametrize("days", [-3650, 3650])
def test_a_clock_that_jumped_is_doubted(
    desk: Desk, workspace: Workspace, write: New, doctor: Doctor, days: int
) -> None:
    write()
    desk.clock.advance(timedelta(days=days))

    [(health, sentence)] = found(doctor.examine(), "clock")

    assert health == "warning"
    assert "2026-03-02" in sentence


def test_a_disk_that_others_write_to_is_told(
    desk: Desk,
    workspace: Workspace,
    doctor: Doctor,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"1 0 0:1 / {tmp_path} rw - cifs //nas/x rw\n", "utf-8")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(filesystems, "MOUNTINFO", mounts)

    report = doctor.examine()

    assert found(report, "disk")[0][0] == "problem"
    assert "cifs" in found(report, "disk")[0][1]


def test_an_old_sqlite_is_told(
    workspace: Workspace, doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apsw.sqlite_lib_version", lambda: "3.40.1")

    report = doctor.examine()

    assert found(report, "sqlite")[0][0] == "problem"
    assert "opening" in worries(report)


def test_a_disk_without_room_is_told(
    workspace: Workspace, doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.statvfs(workspace.root)

    class Full:
        f_files, f_favail = real.f_files, real.f_favail
        f_blocks, f_frsize, f_bavail = real.f_blocks, real.f_frsize, 1

    def full(_root: Path) -> None:
        from tuimail.store.room import require_room  # noqa: PLC0415 - is replaced

        require_room(_root, statvfs=lambda _: Full())  # type: ignore[arg-type,return-value]  # as much as is looked at

    monkeypatch.setattr("tuimail.workspace.doctor.require_room", full)

    assert found(doctor.examine(), "room")[0][0] == "problem"


def test_a_disk_that_turned_read_only_is_told_and_looked_at(
    desk: Desk,
    workspace: Workspace,
    write: New,
    doctor: Doctor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write()
    workspace.close()
    monkeypatch.setattr(os, "access", lambda _path, mode: not mode & os.W_OK)
    monkeypatch.setattr("tuimail.store.read_only._is_disk_read_only", lambda _: True)

    report = doctor.examine()

    assert worries(report) == {"writing"}
    assert "1 message" in found(report, "messages")[0][1]


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["a"], "a"),
        (["a", "b", "c"], "a, b, c"),
        (["a", "b", "c", "d", "e"], "a, b, c and 2 more"),
    ],
)
def test_a_few_of_many_are_named(names: list[str], text: str) -> None:
    assert some(names) == text


@pytest.mark.usefixtures("workspace")
def test_a_policy_that_cannot_be_read_is_a_problem(desk: Desk, doctor: Doctor) -> None:
    """It forbids what it forbade, and no rule of it counts."""
    found_without = found(doctor.examine(), "policy")
    path = desk.config.with_name("policy.toml")
    path.write_text("version = 1\n")
    path.chmod(0o600)
    found_with = found(doctor.examine(), "policy")
    path.chmod(0o644)

    ((health, sentence),) = found(doctor.examine(), "policy")

    assert [one[0][0] for one in (found_without, found_with)] == ["ok", "ok"]
    assert health == "problem"
    assert "open to others" in sentence
