import errno
import os
import stat
from pathlib import Path

import pytest

from tuimail.core.lifecycle import DraftState, SubmissionState
from tuimail.errors import StoreError
from tuimail.store.maildir import FOLDERS, Maildir, folder_of


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "mail"


@pytest.fixture
def maildir(root: Path) -> Maildir:
    return Maildir(root)


@pytest.fixture
def message(tmp_path: Path) -> Path:
    path = tmp_path / "message.eml"
    path.write_bytes(b"From: mara@example.org\r\n\r\n")
    path.chmod(0o400)
    return path


def everywhere(root: Path) -> list[Path]:
    return sorted(root.rglob("*/cur/*")) + sorted(root.rglob("*/new/*"))


@pytest.mark.parametrize(
    ("folder", "statuses"),
    [
        (".Drafts", "draft dry_run rejected"),
        (".Review", "review approved"),
        (".Outbox", "ready held sending deferred unknown"),
        (".Sent", "sent queued partial"),
        (".Failed", "error"),
        (None, "cancelled discarded"),
    ],
)
def test_every_status_has_its_folder(folder: str | None, statuses: str) -> None:
    for status in statuses.split():
        assert folder_of(status) == folder


def test_no_status_is_forgotten() -> None:
    words = {*DraftState, *SubmissionState} - {DraftState.RELEASED}

    without = {word.value for word in words if folder_of(word) is None}

    assert without == {"cancelled", "discarded"}


def test_other_mail_programs_find_a_maildir(
    maildir: Maildir, root: Path, message: Path
) -> None:
    maildir.place("d1", ".Sent", message)

    for folder in (root, *(root / name for name in FOLDERS)):
        for part in ("cur", "new", "tmp"):
            assert stat.S_IMODE((folder / part).stat().st_mode) == 0o700
    assert all((root / name / "maildirfolder").is_file() for name in FOLDERS)
    (path,) = everywhere(root)
    assert path.parent == root / ".Sent" / "cur"
    assert path.name.startswith("d1.")
    assert path.name.endswith(":2,S")
    assert path.samefile(message)


def test_a_message_is_in_one_folder(
    maildir: Maildir, root: Path, message: Path
) -> None:
    for folder in (".Drafts", ".Review", ".Outbox", ".Sent"):
        maildir.place("d1", folder, message)

    assert maildir.ids(".Sent") == ("d1",)
    assert len(everywhere(root)) == 1


def test_placing_it_again_changes_nothing(
    maildir: Maildir, root: Path, message: Path
) -> None:
    maildir.place("d1", ".Sent", message)
    before = everywhere(root)

    Maildir(root).place("d1", ".Sent", message)

    assert everywhere(root) == before


def test_new_bytes_come_under_a_new_name(
    maildir: Maildir, root: Path, message: Path, tmp_path: Path
) -> None:
    """Mail programs remember what they saw under a name."""
    maildir.place("d1", ".Drafts", message)
    (before,) = everywhere(root)
    other = tmp_path / "other.eml"
    other.write_bytes(b"From: mara@example.org\r\n\r\nMore.\r\n")

    maildir.place("d1", ".Drafts", other)

    (after,) = everywhere(root)
    assert after.name != before.name
    assert after.samefile(other)


def test_it_is_known_which_revision_is_shown(
    maildir: Maildir, root: Path, message: Path
) -> None:
    maildir.place("d1", ".Drafts", message)
    maildir.place("d2", ".Drafts", message, revision=12)
    (root / ".Drafts" / "new" / "1700000000.M1P1.host:2,S").touch()
    (usual,) = (root / ".Drafts" / "cur").glob("d1.*")
    usual.rename(usual.with_name(f"{usual.name}F"))

    assert sorted(maildir.shown(".Drafts")) == [
        ("1700000000", 0, False),
        ("d1", 1, False),
        ("d2", 12, True),
    ]
    assert list(maildir.shown(".Sent")) == []
    assert maildir.has(".Drafts", "d2", 12)
    assert not maildir.has(".Drafts", "d2", 1)
    assert not maildir.has(".Drafts", "d1", 1)


def test_what_belongs_nowhere_is_removed(
    maildir: Maildir, root: Path, message: Path
) -> None:
    maildir.place("d1", ".Outbox", message)
    maildir.place("d10", ".Outbox", message)

    maildir.place("d1", None, message.with_name("gone.eml"))

    assert maildir.ids(".Outbox") == ("d10",)
    assert message.exists()


def test_a_copy_that_another_program_renamed_is_found(
    maildir: Maildir, root: Path, message: Path
) -> None:
    """They change flags, and move mail between new and cur."""
    maildir.place("d1", ".Outbox", message)
    (path,) = everywhere(root)
    moved = root / ".Outbox" / "new" / path.name.replace(":2,S", ":2,FRS")
    path.rename(moved)
    assert maildir.ids(".Outbox") == ("d1",)

    maildir.place("d1", ".Outbox", message)
    assert everywhere(root) == [moved]
    maildir.place("d1", ".Sent", message)

    assert maildir.ids(".Outbox") == ()
    assert maildir.ids(".Sent") == ("d1",)


def test_a_copy_that_another_program_deleted_is_put_there_again(
    maildir: Maildir, root: Path, message: Path
) -> None:
    maildir.place("d1", ".Sent", message)
    everywhere(root)[0].unlink()

    maildir.place("d1", ".Sent", message)

    assert maildir.ids(".Sent") == ("d1",)


def test_the_new_copy_is_there_before_the_old_one_goes(
    maildir: Maildir, root: Path, message: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maildir.place("d1", ".Outbox", message)
    seen = []
    unlink = Path.unlink

    def noted(path: Path, *, missing_ok: bool = False) -> None:
        seen.append((path.parent.parent.name, maildir.ids(".Sent")))
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", noted)

    maildir.place("d1", ".Sent", message)

    assert seen == [(".Outbox", ("d1",))]


def test_an_id_cannot_name_another_file(maildir: Maildir, message: Path) -> None:
    with pytest.raises(ValueError, match="letters, digits"):
        maildir.place("../d1", ".Sent", message)


def test_a_folder_that_was_taken_away_is_told(
    maildir: Maildir, root: Path, message: Path
) -> None:
    maildir.place("d1", ".Sent", message)
    (root / ".Outbox" / "cur").rmdir()

    with pytest.raises(StoreError):
        maildir.place("d1", ".Outbox", message)


# However many there are ---------------------------------------------------------


@pytest.fixture
def no_listing(maildir: Maildir, monkeypatch: pytest.MonkeyPatch) -> None:
    """No folder may be read: that takes longer the more mail there is."""
    maildir._make()

    def refuse(_: Path) -> None:
        raise AssertionError

    monkeypatch.setattr(Path, "iterdir", refuse)


def rewritten(message: Path, content: bytes) -> Path:
    """Put other bytes in the place of a message, as an edit does."""
    other = message.with_name("other.eml")
    other.write_bytes(content)
    other.replace(message)
    return message


@pytest.mark.usefixtures("no_listing")
def test_a_message_moves_without_a_folder_being_read(
    maildir: Maildir, root: Path, message: Path
) -> None:
    for folder in (".Drafts", ".Review", ".Outbox", ".Sent"):
        maildir.place("d1", folder, message)
    maildir.place("d1", None, message)
    maildir.place("d2", ".Failed", message)

    assert [path.parts[-3] for path in root.glob(".*/cur/d1.*")] == []


@pytest.mark.usefixtures("no_listing")
def test_an_edit_takes_the_place_of_what_was_shown_before(
    maildir: Maildir, root: Path, message: Path
) -> None:
    maildir.place("d1", ".Drafts", message)
    rewritten(message, b"Second\r\n")

    maildir.place("d1", ".Drafts", message, revision=2)

    [path] = root.glob(".*/cur/d1.*")
    assert path.samefile(message)
    assert path.name.startswith("d1.2.")


def test_an_edit_finds_what_another_program_renamed(
    maildir: Maildir, root: Path, message: Path
) -> None:
    maildir.place("d1", ".Drafts", message)
    [path] = everywhere(root)
    path.rename(path.with_name(path.name.replace(":2,S", ":2,FS")))
    rewritten(message, b"Second\r\n")

    maildir.place("d1", ".Drafts", message, revision=2)

    [path] = everywhere(root)
    assert path.samefile(message)


def test_what_was_edited_more_than_once_meanwhile_is_found(
    maildir: Maildir, root: Path, message: Path
) -> None:
    maildir.place("d1", ".Drafts", message)
    rewritten(message, b"Third\r\n")

    maildir.place("d1", ".Review", message, revision=3)

    assert [path.parts[-3] for path in everywhere(root)] == [".Review"]


def test_other_bytes_never_get_the_name_of_what_is_there(
    maildir: Maildir, root: Path, message: Path
) -> None:
    """A crash between bytes and row had them made again, as the row says."""
    maildir.place("d1", ".Drafts", message)
    [before] = everywhere(root)
    rewritten(message, b"Other\r\n")

    maildir.place("d1", ".Drafts", message)

    [after] = everywhere(root)
    assert after.name != before.name
    assert after.read_bytes() == b"Other\r\n"
    maildir.place("d1", ".Sent", message)
    assert [path.parts[-3] for path in everywhere(root)] == [".Sent"]


def test_the_same_bytes_made_again_are_right_where_they_are(
    maildir: Maildir, root: Path, message: Path
) -> None:
    maildir.place("d1", ".Drafts", message)
    before = everywhere(root)
    rewritten(message, message.read_bytes())

    maildir.place("d1", ".Drafts", message)

    assert everywhere(root) == before


def test_where_there_are_no_links_copies_are_found(
    root: Path, message: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(_: Path, __: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", none)
    maildir = Maildir(root)
    maildir.place("d1", ".Drafts", message)
    [path] = everywhere(root)
    path.rename(path.with_name(path.name.replace(":2,S", ":2,FS")))

    maildir.place("d1", ".Sent", message)
    maildir.place("d1", ".Sent", message)

    [path] = everywhere(root)
    assert path.parts[-3] == ".Sent"
    assert not path.samefile(message)


def test_a_message_that_is_gone_leaves_no_copy(
    maildir: Maildir, root: Path, message: Path
) -> None:
    maildir.place("d1", ".Drafts", message)
    gone = message.with_name("gone.eml")

    maildir.place("d1", None, gone, revision=2)

    assert everywhere(root) == []
