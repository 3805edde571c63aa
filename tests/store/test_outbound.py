import errno
import json
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimail.errors import StoreError
from tuimail.store.blobs import Blobs
from tuimail.store.outbound import Outbound, free_name, link

EML = b"From: mara@example.org\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "mail"


@pytest.fixture
def outbound(root: Path) -> Outbound:
    return Outbound(root / "outbound")


@pytest.fixture
def pdf(root: Path) -> str:
    return Blobs(root / "blobs").add([b"%PDF"], limit_bytes=100)[0]


def listed(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_bytes_are_stored_as_they_are(outbound: Outbound, root: Path) -> None:
    digest, size = outbound.write_message("d1", [EML[:9], EML[9:]])

    path = root / "outbound" / "d1" / "message.eml"
    assert outbound.message_path("d1") == path
    assert path.read_bytes() == b"".join(outbound.read_message("d1")) == EML
    assert (digest, size) == (sha256(EML).hexdigest(), len(EML))


def test_nobody_can_write_into_them(outbound: Outbound, root: Path) -> None:
    outbound.write_message("d1", [EML])

    assert stat.S_IMODE(outbound.message_path("d1").stat().st_mode) == 0o400
    for folder in (root, root / "outbound", root / "outbound" / "d1"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_later_revision_replaces_them(outbound: Outbound, root: Path) -> None:
    outbound.write_message("d1", [EML])

    outbound.write_message("d1", [b"other"])

    assert b"".join(outbound.read_message("d1")) == b"other"
    assert listed(root / "outbound" / "d1") == ["message.eml"]


def test_staged_bytes_go_unless_they_are_kept(outbound: Outbound, root: Path) -> None:
    """A late edit must not replace bytes that somebody has approved."""
    outbound.write_message("d1", [EML])

    with outbound.staged("d1", [b"late"]) as message:
        assert message.digest == sha256(b"late").hexdigest()
        assert message.size_bytes == 4

    assert b"".join(outbound.read_message("d1")) == EML
    assert listed(root / "outbound" / "d1") == ["message.eml"]


def test_staged_bytes_that_are_kept_stay(outbound: Outbound, root: Path) -> None:
    with outbound.staged("d1", [EML]) as message:
        message.keep()

    assert b"".join(outbound.read_message("d1")) == EML
    assert listed(root / "outbound" / "d1") == ["message.eml"]


def test_a_folder_that_was_cleared_away_meanwhile_is_made_again(
    outbound: Outbound, root: Path
) -> None:
    """It is empty, and for a moment nobody has what is written locked."""
    with outbound.staged("d1", [EML]) as message:
        (root / "outbound" / "d1").rmdir()
        message.keep()

    assert b"".join(outbound.read_message("d1")) == EML


def test_what_can_be_made_again_is_written_without_a_flush(
    outbound: Outbound, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", _dying)

    with outbound.staging("d1", is_durable=False) as staging:
        staging.write([EML])
        staging.keep()
    outbound.write_extras("d1", sidecar={"n": 1}, text="a", is_durable=False)

    assert b"".join(outbound.read_message("d1")) == EML
    assert listed(root / "outbound" / "d1") == [
        "body.txt", "message.eml", "message.json",
    ]  # fmt: skip
    assert listed(root / "outbound" / ".tmp") == []


def test_bytes_are_flushed_with_the_folders_that_name_them(
    outbound: Outbound, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbound.write_message("d1", [EML])
    found: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda file: found.append(os.fstat(file).st_ino))

    outbound.flush("d1")

    folder = root / "outbound"
    wanted = (folder / "d1" / "message.eml", folder / "d1", folder)
    assert found == [path.stat().st_ino for path in wanted]


def test_of_several_mails_the_folder_that_has_them_all_is_flushed_once_at_the_end(
    outbound: Outbound, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbound.write_message("d1", [EML])
    found: list[int] = []
    flush = os.fsync

    def noted(file: int) -> None:
        found.append(os.fstat(file).st_ino)
        flush(file)

    monkeypatch.setattr(os, "fsync", noted)

    with outbound.together():
        for draft_id in ("d2", "d3"):
            outbound.write_message(draft_id, [EML])
        outbound.flush("d1")
    once = list(found)
    with outbound.together():
        """Nothing new, and nothing to flush."""

    folder = root / "outbound"
    mails = [folder / one for one in ("d2", "d3", "d1")]
    wanted = [path for one in mails for path in (one / "message.eml", one)]
    assert found == once == [path.stat().st_ino for path in (*wanted, folder)]


def test_names_that_the_disk_does_not_take_fail_all_who_share_their_flush(
    outbound: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write() -> None:
        with outbound.together():
            outbound.write_message("d1", [EML])
            monkeypatch.setattr(os, "fsync", _dying)

    with pytest.raises(StoreError, match="The disk failed"):
        write()


def test_after_several_mails_each_is_flushed_by_itself_again(
    outbound: Outbound, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match="defect"), outbound.together():
        raise ValueError("A defect.")
    found: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda file: found.append(os.fstat(file).st_ino))

    outbound.write_message("d1", [EML])

    assert (root / "outbound").stat().st_ino in found


def test_bytes_that_are_not_there_or_not_taken_cannot_be_flushed(
    outbound: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StoreError, match=r"message\.eml"):
        outbound.flush("d1")
    outbound.write_message("d1", [EML])
    monkeypatch.setattr(os, "fsync", _dying)
    with pytest.raises(StoreError, match="The disk failed"):
        outbound.flush("d1")


def test_where_nothing_was_written_nothing_is_kept(outbound: Outbound) -> None:
    with outbound.staging("d1") as staging:
        staging.keep()

    assert outbound.ids() == ()


def test_bytes_of_what_is_no_message_any_more_go(
    outbound: Outbound, root: Path
) -> None:
    outbound.write_message("d1", [EML])

    outbound.remove_message("d1")
    outbound.remove_message("d1")

    assert listed(root / "outbound" / "d1") == []


def _dying(_: int) -> None:
    raise OSError(errno.EIO, "Input/output error")


def test_bytes_that_cannot_be_made_change_nothing(outbound: Outbound) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"From: "
        raise LookupError

    outbound.write_message("d1", [EML])

    with pytest.raises(LookupError):
        outbound.write_message("d1", pieces())

    assert b"".join(outbound.read_message("d1")) == EML


def test_bytes_that_are_gone_are_not_there(outbound: Outbound) -> None:
    with pytest.raises(FileNotFoundError):
        list(outbound.read_message("d1"))


def test_what_is_no_file_is_refused_in_one_sentence_and_at_once(
    outbound: Outbound,
) -> None:
    """A pipe that nobody writes to would keep the sender for ever."""
    for number, make in enumerate((os.mkfifo, os.mkdir)):
        path = outbound.message_path(f"d{number}")
        path.parent.mkdir(parents=True)
        make(path)

        with pytest.raises(StoreError, match=r"message\.eml is not a regular file"):
            list(outbound.read_message(f"d{number}"))


def test_a_link_in_the_place_of_the_bytes_is_not_followed(outbound: Outbound) -> None:
    path = outbound.message_path("d1")
    path.parent.mkdir(parents=True)
    path.symlink_to("/dev/null")

    with pytest.raises(StoreError, match="is a link, not a file"):
        list(outbound.read_message("d1"))


def test_bytes_that_may_not_be_read_are_named(
    outbound: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A superuser may read everything, so that the refusal is made here."""

    def closed(path: Path, _: int) -> int:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(os, "open", closed)

    with pytest.raises(StoreError, match="cannot be read: Permission denied"):
        list(outbound.read_message("d1"))


def test_big_messages_are_read_in_blocks(outbound: Outbound) -> None:
    outbound.write_message("d1", [b"x" * 200_000])

    lengths = [len(block) for block in outbound.read_message("d1")]

    assert (sum(lengths), max(lengths)) == (200_000, 64 * 1024)


@pytest.mark.parametrize("draft_id", ["", ".", "..", "a/b", "a\0b", "ü", "a" * 65])
def test_an_id_cannot_name_another_folder(outbound: Outbound, draft_id: str) -> None:
    with pytest.raises(ValueError, match="letters, digits"):
        outbound.message_path(draft_id)
    with pytest.raises(ValueError, match="letters, digits"):
        outbound.remove(draft_id)


# What stands beside it ---------------------------------------------------------


def test_a_readable_copy_stands_beside_the_bytes(
    outbound: Outbound, root: Path, pdf: str
) -> None:
    written = outbound.write_extras(
        "d1",
        sidecar={"bcc": ["quiet@example.org"], "at": datetime(2026, 3, 2, tzinfo=UTC)},
        text="Grüße\n",
        html="<p>Grüße</p>",
        attachments=[("q3.pdf", pdf)],
    )

    folder = root / "outbound" / "d1"
    assert written
    assert json.loads((folder / "message.json").read_bytes()) == {
        "at": "2026-03-02T00:00:00Z",
        "bcc": ["quiet@example.org"],
    }
    assert (folder / "body.txt").read_text("utf-8") == "Grüße\n"
    assert (folder / "body.html").read_text("utf-8") == "<p>Grüße</p>"
    attached = folder / "attachments" / "q3.pdf"
    assert attached.samefile(Blobs(root / "blobs").path(pdf))
    for path in (*folder.glob("*.*"), attached):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_copy_follows_the_newest_revision(
    outbound: Outbound, root: Path, pdf: str
) -> None:
    attachments = [("q3.pdf", pdf), ("q4.pdf", pdf)]
    outbound.write_extras(
        "d1", sidecar={"n": 1}, text="a", html="b", attachments=attachments
    )

    outbound.write_extras("d1", sidecar={"n": 2}, attachments=attachments[1:])

    folder = root / "outbound" / "d1"
    assert listed(folder) == ["attachments", "message.json"]
    assert listed(folder / "attachments") == ["q4.pdf"]
    outbound.write_extras("d1", sidecar={"n": 3})
    assert listed(folder) == ["message.json"]


def test_an_attachment_outlives_the_folder_it_was_shown_in(
    outbound: Outbound, root: Path, pdf: str
) -> None:
    outbound.write_extras("d1", sidecar={}, attachments=[("q3.pdf", pdf)])

    outbound.remove("d1")
    outbound.remove("d1")

    assert b"".join(Blobs(root / "blobs").read(pdf)) == b"%PDF"
    assert outbound.ids() == ()


def test_the_sidecar_alone_can_be_renewed(outbound: Outbound, root: Path) -> None:
    outbound.write_extras("d1", sidecar={"n": 1}, text="a")

    assert outbound.write_sidecar("d1", {"n": 2})

    folder = root / "outbound" / "d1"
    assert json.loads((folder / "message.json").read_bytes()) == {"n": 2}
    assert listed(folder) == ["body.txt", "message.json"]


def test_a_disk_that_does_not_take_the_copy_is_no_error(
    outbound: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is off the path to the acknowledgement: the mail itself is safe."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    assert not outbound.write_extras("d1", sidecar={}, text="a")
    assert not outbound.write_sidecar("d1", {})


def test_an_attachment_that_is_gone_is_no_error(outbound: Outbound) -> None:
    assert not outbound.write_extras(
        "d1", sidecar={}, attachments=[("q3.pdf", "0" * 64)]
    )


def test_folders_without_a_row_are_found(outbound: Outbound, root: Path) -> None:
    assert outbound.orphans({"d1"}) == ()
    for draft_id in ("d3", "d1", "d2"):
        outbound.write_message(draft_id, [EML])

    assert outbound.orphans({"d1"}) == ("d2", "d3")


def test_what_a_sidecar_says_can_be_read(outbound: Outbound) -> None:
    outbound.write_sidecar("d1", {"n": 1})

    assert json.loads(outbound.read_sidecar("d1")) == {"n": 1}
    with pytest.raises(FileNotFoundError):
        outbound.read_sidecar("d2")


# What a crash leaves -----------------------------------------------------------


def test_bytes_that_are_not_kept_leave_no_folder(
    outbound: Outbound, root: Path
) -> None:
    with outbound.staged("d1", [EML]):
        assert (root / "outbound" / "d1").is_dir()

    assert outbound.ids() == ()


def test_bytes_that_were_kept_for_nothing_are_told_of(
    outbound: Outbound, root: Path
) -> None:
    """A COMMIT that failed may have happened: whoever starts next looks."""

    def keep_and_fail() -> None:
        with outbound.staged("d1", [EML]) as message:
            message.keep()
            raise LookupError

    with pytest.raises(LookupError):
        keep_and_fail()

    assert list(outbound.left_behind()) == ["d1"]
    assert list(outbound.left_behind()) == []
    assert b"".join(outbound.read_message("d1")) == EML


def test_bytes_that_were_not_kept_are_not_told_of(outbound: Outbound) -> None:
    def fail() -> None:
        with outbound.staged("d1", [EML]):
            raise LookupError

    with pytest.raises(LookupError):
        fail()

    assert list(outbound.left_behind()) == []


def test_half_of_a_new_file_beside_the_bytes_goes_too(
    outbound: Outbound, root: Path
) -> None:
    outbound.write_message("d1", [EML])
    beside = root / "outbound" / "d1" / ".tmp-.x"
    beside.touch()
    for name in (".tmp-d1.x", ".tmp-.y", ".tmp-a b.z"):
        (root / "outbound" / ".tmp" / name).touch()

    assert list(outbound.left_behind()) == ["d1"]

    assert not beside.exists()
    assert listed(root / "outbound" / ".tmp") == []


def test_without_links_bytes_are_kept_all_the_same(
    outbound: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(_: Path, __: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", none)

    outbound.write_message("d1", [EML])

    assert b"".join(outbound.read_message("d1")) == EML


def test_a_folder_is_set_aside_whole(outbound: Outbound, root: Path) -> None:
    outbound.write_message("d1", [EML])

    place = outbound.set_aside("d1", root / "quarantine")

    assert place == root / "quarantine" / "d1"
    assert (place / "message.eml").read_bytes() == EML
    assert outbound.ids() == ()


def test_nothing_is_set_aside_where_there_is_nothing(
    outbound: Outbound, root: Path
) -> None:
    (root / "outbound" / "d1").mkdir(parents=True)

    assert outbound.set_aside("d1", root / "quarantine") is None
    assert outbound.set_aside("d2", root / "quarantine") is None

    assert not (root / "quarantine").exists()


# Links and names ---------------------------------------------------------------


def test_where_there_are_no_links_there_is_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "a"
    source.write_bytes(b"x")
    source.chmod(0o400)

    def none(_: Path, __: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", none)

    link(source, tmp_path / "b")

    assert (tmp_path / "b").read_bytes() == b"x"
    assert not (tmp_path / "b").samefile(source)
    assert stat.S_IMODE((tmp_path / "b").stat().st_mode) == 0o400


def test_a_link_to_nothing_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="The disk failed at"):
        link(tmp_path / "a", tmp_path / "b")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("q3.pdf", "q3.pdf"),
        ("notes.tar.gz", "notes.tar.gz"),
        ("README", "README"),
        ("Grüße 日本.txt", "Grüße 日本.txt"),
        (".bashrc", "bashrc"),
        ("..", "attachment"),
        ("", "attachment"),
        ("../../etc/passwd", "passwd"),
        ("x" * 300 + ".pdf", "x" * 180 + ".pdf"),
        ("é" * 200 + ".pdf", "é" * 90 + ".pdf"),
        ("a." + "x" * 300, "a." + "x" * 39),
    ],
)
def test_a_name_becomes_a_plain_file_name(name: str, safe: str) -> None:
    assert free_name(name, set()) == safe


def test_names_that_differ_only_in_capitals_are_told_apart() -> None:
    taken: set[str] = set()

    found = [
        free_name(name, taken) for name in ("A.pdf", "a.pdf", "A.PDF", "A (2).pdf")
    ]

    assert found == ["A.pdf", "a (2).pdf", "A (3).PDF", "A (2) (2).pdf"]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"))))
def test_any_names_become_different_files_in_one_folder(given: list[str]) -> None:
    taken: set[str] = set()

    found = [free_name(name, taken) for name in given]

    assert len({name.casefold() for name in found}) == len(given)
    for name in found:
        assert name
        assert not name.startswith(".")
        assert "/" not in name
        assert len(name.encode()) <= 255
