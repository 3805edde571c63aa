import errno
import fcntl
import os
import socket
import stat
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.bench import Bench
from tuimail.errors import AttachmentError, DigestMismatchError
from tuimail.store import blobs as blobs_module
from tuimail.store import within
from tuimail.store.blobs import Blobs, PathRules
from tuimail.store.database import DATABASE_NAME

LIMIT = 1_000_000
CONTENT = b"%PDF-1.7 " * 9


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "mail" / "blobs")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "q3.pdf"
    path.write_bytes(CONTENT)
    return path


def stored(blobs: Blobs, tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "mail").rglob("*") if path.is_file()]


def test_content_is_named_by_its_digest(blobs: Blobs, tmp_path: Path) -> None:
    digest, size = blobs.add([CONTENT[:5], CONTENT[5:]], limit_bytes=LIMIT)

    assert digest == sha256(CONTENT).hexdigest()
    assert size == len(CONTENT)
    path = tmp_path / "mail" / "blobs" / "sha256" / digest[:2] / digest
    assert blobs.path(digest) == path
    assert path.read_bytes() == CONTENT
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_same_content_is_stored_once(blobs: Blobs, tmp_path: Path) -> None:
    first = blobs.add([CONTENT], limit_bytes=LIMIT)
    inode = blobs.path(first[0]).stat().st_ino

    second = blobs.add([CONTENT], limit_bytes=LIMIT)

    assert second == first
    assert stored(blobs, tmp_path) == [blobs.path(first[0])]
    assert blobs.path(first[0]).stat().st_ino == inode


def test_content_that_was_cut_is_put_right(blobs: Blobs) -> None:
    digest, _ = blobs.add([CONTENT], limit_bytes=LIMIT)
    blobs.path(digest).write_bytes(CONTENT[:3])

    blobs.add([CONTENT], limit_bytes=LIMIT)

    assert b"".join(blobs.read(digest)) == CONTENT


def test_has_says_whether_it_is_there(blobs: Blobs) -> None:
    digest = sha256(CONTENT).hexdigest()

    assert not blobs.has(digest)
    blobs.add([CONTENT], limit_bytes=LIMIT)
    assert blobs.has(digest)


def test_any_content_is_read_back(blobs: Blobs) -> None:
    @settings(max_examples=30, deadline=None)
    @given(chunks=st.lists(st.binary(max_size=200), max_size=4))
    def survives(chunks: list[bytes]) -> None:
        digest, _ = blobs.add(chunks, limit_bytes=LIMIT)

        assert b"".join(blobs.read(digest)) == b"".join(chunks)

    survives()


def test_big_content_is_read_in_blocks(blobs: Blobs) -> None:
    digest, size = blobs.add([b"x" * 100_000] * 3, limit_bytes=LIMIT)

    lengths = [len(block) for block in blobs.read(digest)]

    assert sum(lengths) == size == 300_000
    assert max(lengths) <= 64 * 1024


@pytest.mark.parametrize("content", [b"", CONTENT[:-1] + b"?", CONTENT + b"more"])
def test_content_that_changed_is_not_taken_for_what_it_was(
    blobs: Blobs, content: bytes
) -> None:
    digest, _ = blobs.add([CONTENT], limit_bytes=LIMIT)
    blobs.path(digest).write_bytes(content)

    with pytest.raises(DigestMismatchError, match=f"{digest[:12]} was changed"):
        list(blobs.read(digest))


def test_content_that_is_gone_is_told(blobs: Blobs) -> None:
    digest = sha256(CONTENT).hexdigest()

    with pytest.raises(DigestMismatchError, match="is missing"):
        list(blobs.read(digest))


@pytest.mark.parametrize("digest", ["", "../../tuimail.db", "A" * 64, "a" * 63])
def test_a_digest_cannot_name_another_file(blobs: Blobs, digest: str) -> None:
    with pytest.raises(ValueError, match="64 hexadecimal"):
        blobs.path(digest)


def test_more_than_the_limit_is_refused_and_not_kept(
    blobs: Blobs, tmp_path: Path
) -> None:
    read = []

    def endless() -> Iterator[bytes]:
        while True:
            read.append(1)
            yield b"x" * 400

    with pytest.raises(AttachmentError, match="more than 1,000 bytes") as caught:
        blobs.add(endless(), limit_bytes=1000)

    assert len(read) == 3
    assert caught.value.field == "attach"
    assert stored(blobs, tmp_path) == []


# Files -------------------------------------------------------------------------


def test_a_file_is_copied_when_it_is_attached(blobs: Blobs, file: Path) -> None:
    """What is done to the file afterwards changes nothing."""
    digest, size = blobs.add_file(file, limit_bytes=LIMIT)
    file.write_bytes(b"something else")

    assert (digest, size) == (sha256(CONTENT).hexdigest(), len(CONTENT))
    assert b"".join(blobs.read(digest)) == CONTENT


def test_a_link_of_the_person_is_followed(
    blobs: Blobs, file: Path, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(file)

    digest, _ = blobs.add_file(tmp_path / "link", limit_bytes=LIMIT)

    assert b"".join(blobs.read(digest)) == CONTENT


def test_an_empty_file_and_one_of_just_the_limit_can_be_attached(
    blobs: Blobs, tmp_path: Path
) -> None:
    path = tmp_path / "a"

    for size in (0, 70_000):
        path.write_bytes(b"x" * size)
        assert blobs.add_file(path, limit_bytes=70_000)[1] == size


def test_a_file_that_is_too_big_is_refused_with_both_numbers(
    blobs: Blobs, file: Path
) -> None:
    with pytest.raises(AttachmentError, match="has 81 bytes; at most 80 can"):
        blobs.add_file(file, limit_bytes=80)


def test_a_missing_file_is_named(blobs: Blobs, tmp_path: Path) -> None:
    with pytest.raises(AttachmentError, match=r"There is no file .*q4\.pdf") as caught:
        blobs.add_file(tmp_path / "q4.pdf", limit_bytes=LIMIT)

    assert caught.value.field == "attach"
    assert caught.value.hint


def test_a_name_that_no_file_can_have_is_refused(blobs: Blobs) -> None:
    with pytest.raises(AttachmentError, match="There is no file"):
        blobs.add_file(Path("q3\0.pdf"), limit_bytes=LIMIT)


def test_a_file_that_may_not_be_read_is_refused(
    blobs: Blobs, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A superuser may read everything, so that the refusal is made here."""

    def closed(path: Path, _: int) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "open", closed)

    with pytest.raises(AttachmentError, match="may not be read"):
        blobs.add_file(file, limit_bytes=LIMIT)


def test_a_circle_of_links_is_refused(blobs: Blobs, tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")

    with pytest.raises(AttachmentError, match="leads in a circle"):
        blobs.add_file(tmp_path / "a", limit_bytes=LIMIT)


def test_only_regular_files_can_be_attached(blobs: Blobs, tmp_path: Path) -> None:
    """A FIFO without a writer must not make anybody wait."""
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "folder").mkdir()

    for path in (tmp_path / "fifo", tmp_path / "folder", Path("/dev/zero")):
        with pytest.raises(AttachmentError, match="is not a file that can be"):
            blobs.add_file(path, limit_bytes=LIMIT)


def test_a_socket_cannot_be_attached(
    blobs: Blobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")

        with pytest.raises(AttachmentError):
            blobs.add_file(Path("socket"), limit_bytes=LIMIT)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux")
def test_a_kernels_file_that_says_it_is_empty_is_refused(blobs: Blobs) -> None:
    with pytest.raises(AttachmentError, match="changed while it was read"):
        blobs.add_file(Path("/proc/self/status"), limit_bytes=LIMIT)


@pytest.mark.parametrize("claimed", [len(CONTENT) - 1, len(CONTENT) + 1])
def test_a_file_that_grows_or_shrinks_is_refused(
    blobs: Blobs,
    file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    claimed: int,
) -> None:
    real = os.fstat

    def earlier(descriptor: int) -> os.stat_result:
        values = list(real(descriptor))
        values[stat.ST_SIZE] = claimed
        return os.stat_result(values)

    monkeypatch.setattr(os, "fstat", earlier)

    with pytest.raises(AttachmentError, match="changed while it was read"):
        blobs.add_file(file, limit_bytes=LIMIT)

    assert stored(blobs, tmp_path) == []


def test_nothing_stays_open(blobs: Blobs, file: Path, tmp_path: Path) -> None:
    before = len(list(Path("/dev/fd").iterdir()))

    blobs.add_file(file, limit_bytes=LIMIT)
    with pytest.raises(AttachmentError):
        blobs.add_file(tmp_path, limit_bytes=LIMIT)

    assert len(list(Path("/dev/fd").iterdir())) == before


DAMAGED = CONTENT[:-1] + b"?"


def test_content_that_was_damaged_is_replaced_by_attaching_it_again(
    blobs: Blobs, file: Path
) -> None:
    """The hint about damage says to do so; the size alone shows nothing."""
    digest, _ = blobs.add([CONTENT], limit_bytes=LIMIT)
    blobs.path(digest).write_bytes(DAMAGED)

    blobs.add_file(file, limit_bytes=LIMIT)

    assert b"".join(blobs.read(digest)) == CONTENT
    assert stat.S_IMODE(blobs.path(digest).stat().st_mode) == 0o600


def test_a_pipe_in_the_place_of_content_is_replaced(blobs: Blobs) -> None:
    digest, _ = blobs.add([CONTENT], limit_bytes=LIMIT)
    blobs.path(digest).unlink()
    os.mkfifo(blobs.path(digest))

    blobs.add([CONTENT], limit_bytes=LIMIT)

    assert b"".join(blobs.read(digest)) == CONTENT


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm"])
@pytest.mark.parametrize("link", [None, os.symlink, os.link])
def test_the_database_is_refused_before_it_is_opened(
    blobs: Blobs,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    suffix: str,
    link: Callable[[Path, Path], None] | None,
) -> None:
    """Closing it again would drop the locks that SQLite holds in this process."""
    bench = Bench(tmp_path / "mail")
    bench.drafted()
    path = tmp_path / "mail" / f"tuimail.db{suffix}"
    if link is not None:
        link(path, tmp_path / "other")
        path = tmp_path / "other"
    opened: list[Path] = []
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", lambda path, *_: opened.append(path))
        with pytest.raises(AttachmentError, match="is the database") as caught:
            blobs.add_file(path, limit_bytes=LIMIT)

    bench.close()
    assert (opened, caught.value.field) == ([], "attach")


def test_a_disk_that_fails_while_a_file_is_read_is_about_that_file(
    blobs: Blobs, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not about the folder that it is copied to, which is fine."""

    def fails(_descriptor: int, _size: int) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "read", fails)

    with pytest.raises(
        AttachmentError, match=r"q3\.pdf cannot be read: .*output error"
    ):
        blobs.add_file(file, limit_bytes=LIMIT)


# Paths that programs name ---------------------------------------------------------

ANYWHERE = PathRules()


def test_a_program_may_name_a_regular_file(blobs: Blobs, file: Path) -> None:
    digest, _ = blobs.add_file(file, limit_bytes=LIMIT, rules=ANYWHERE)

    assert b"".join(blobs.read(digest)) == CONTENT


@pytest.mark.parametrize("target", ["q3.pdf", "nowhere", "link"])
def test_a_link_that_a_program_names_is_refused(
    blobs: Blobs, file: Path, tmp_path: Path, target: str
) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / target)

    with pytest.raises(AttachmentError, match="link is a link, and what") as caught:
        blobs.add_file(link, limit_bytes=LIMIT, rules=ANYWHERE)

    assert caught.value.field == "attach"
    assert stored(blobs, tmp_path) == []


@pytest.mark.parametrize("path", ["/proc/self/status", "/sys/kernel/mm", "/dev/null"])
def test_what_only_looks_like_a_file_is_refused_to_programs(
    blobs: Blobs, path: str
) -> None:
    with pytest.raises(AttachmentError):
        blobs.add_file(Path(path), limit_bytes=LIMIT, rules=ANYWHERE)


def test_a_kernels_file_of_the_size_it_says_is_refused_to_programs(
    blobs: Blobs, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some of those in ``/sys`` have a size, so that it cannot be what tells."""
    place = Path("/sys/firmware/dmi/tables/DMI")
    monkeypatch.setattr(blobs_module, "_place", lambda _descriptor: place)

    with pytest.raises(AttachmentError, match="is no file on a disk"):
        blobs.add_file(file, limit_bytes=LIMIT, rules=ANYWHERE)


def test_a_program_may_name_files_in_the_folders_it_was_given(
    blobs: Blobs, file: Path, tmp_path: Path
) -> None:
    """The folder itself may be a link: a person set it up."""
    (tmp_path / "out").symlink_to(tmp_path)
    rules = PathRules(roots=(tmp_path / "elsewhere", tmp_path / "out"))

    assert blobs.add_file(file, limit_bytes=LIMIT, rules=rules)[1] == len(CONTENT)


@pytest.mark.parametrize(
    "name", ["out/../q3.pdf", "out/inside/q3.pdf", "outside/q3.pdf", "q3.pdf"]
)
def test_a_program_may_name_no_file_outside_of_them(
    blobs: Blobs, file: Path, tmp_path: Path, name: str
) -> None:
    """Neither by dots, nor by a folder in between that is a link."""
    for folder in ("out", "outside"):
        (tmp_path / folder).mkdir()
    (tmp_path / "out" / "inside").symlink_to(tmp_path)
    (tmp_path / "outside" / "q3.pdf").write_bytes(CONTENT)
    rules = PathRules(roots=(tmp_path / "out",))

    with pytest.raises(AttachmentError, match="is outside the folders"):
        blobs.add_file(tmp_path / name, limit_bytes=LIMIT, rules=rules)

    assert stored(blobs, tmp_path) == []


def refusal(blobs: Blobs, path: Path, root: Path) -> str:
    with pytest.raises(AttachmentError) as refused:
        blobs.add_file(path, limit_bytes=LIMIT, rules=PathRules(roots=(root,)))
    return str(refused.value).replace(str(path), "PATH")


def test_of_what_is_elsewhere_nobody_finds_out_whether_it_is_there(
    blobs: Blobs, tmp_path: Path
) -> None:
    """Neither by a folder that is a link, nor by what is said of a file there."""
    root, other = tmp_path / "out", tmp_path / "other"
    for folder in (root, other / "folder"):
        folder.mkdir(parents=True)
    (root / "link").symlink_to(other)
    (other / "q3.pdf").write_bytes(CONTENT)
    os.mkfifo(other / "pipe")
    (other / "circle").symlink_to("circle")
    blobs.add([b""], limit_bytes=LIMIT)
    (tmp_path / "mail" / DATABASE_NAME).touch()
    (root / "mail").symlink_to(tmp_path / "mail")

    names = [
        *("link/q3.pdf", "link/nothing", "link/folder", "link/folder/nothing"),
        *("link/pipe", "link/circle", "link/nowhere/q3.pdf", "../other/q3.pdf"),
        *("link/q3.pdf/below", "link/\0", f"mail/{DATABASE_NAME}", "."),
        "\0/q3.pdf",
    ]
    told = {refusal(blobs, root / name, root) for name in names}

    assert told == {"PATH is outside the folders that programs may attach files from."}


def test_a_file_that_has_another_name_is_refused_to_programs(
    blobs: Blobs, file: Path, tmp_path: Path
) -> None:
    """It may be one that its writer could not read."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.pdf").hardlink_to(file)

    told = refusal(blobs, tmp_path / "out" / "a.pdf", tmp_path / "out")

    assert told.startswith("PATH has another name as well")
    assert stored(blobs, tmp_path) == []
    assert blobs.add_file(file, limit_bytes=LIMIT)[1] == len(CONTENT)


def test_a_folder_that_becomes_a_link_meanwhile_leads_nowhere(
    blobs: Blobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, other = tmp_path / "out", tmp_path / "other"
    for folder in (root / "in", other):
        folder.mkdir(parents=True)
        (folder / "q3.pdf").write_bytes(CONTENT)
    found = within.really

    def then_changed(path: Path, roots: Iterable[Path]) -> tuple[Path, Path]:
        place = found(path, roots)
        (root / "in").rename(root / "was")
        (root / "in").symlink_to(other)
        return place

    monkeypatch.setattr(within, "really", then_changed)

    assert "cannot be read" in refusal(blobs, root / "in" / "q3.pdf", root)
    assert stored(blobs, tmp_path) == []


def test_a_folder_that_is_moved_meanwhile_is_outside(
    blobs: Blobs, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blobs_module, "_place", lambda _descriptor: Path("/moved/a"))

    assert "is outside the folders" in refusal(blobs, file, tmp_path)


def test_a_long_path_is_told_once_and_shortened(blobs: Blobs, tmp_path: Path) -> None:
    path = tmp_path / ("a" * 5000)

    with pytest.raises(AttachmentError) as refused:
        blobs.add_file(path, limit_bytes=LIMIT)

    assert str(refused.value).endswith("…" + " cannot be read: File name too long.")
    assert len(str(refused.value)) < 300


def test_no_folders_means_no_files(blobs: Blobs, file: Path) -> None:
    with pytest.raises(AttachmentError, match="is outside the folders"):
        blobs.add_file(file, limit_bytes=LIMIT, rules=PathRules(roots=()))


def test_a_file_that_nobody_can_place_is_refused(
    blobs: Blobs, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_proc(_descriptor: int) -> Path:
        raise FileNotFoundError(errno.ENOENT, "No such file or directory")

    monkeypatch.setattr(blobs_module, "_place", no_proc)

    with pytest.raises(AttachmentError):
        blobs.add_file(file, limit_bytes=LIMIT, rules=ANYWHERE)


def test_macos_is_asked_where_a_file_is_by_its_own_call(
    blobs: Blobs, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def path_of(_descriptor: int, call: int, room: bytes) -> bytes:
        assert call == 50
        return str(file.resolve()).encode().ljust(len(room), b"\0")

    monkeypatch.setattr(blobs_module, "_GET_PATH", 50)
    monkeypatch.setattr(fcntl, "fcntl", path_of)
    rules = PathRules(roots=(tmp_path,))

    assert blobs.add_file(file, limit_bytes=LIMIT, rules=rules)[1] == len(CONTENT)


# Collecting -------------------------------------------------------------------

WEEK_AGO = datetime.now(UTC) - timedelta(days=7)


def aged(blobs: Blobs, content: bytes = CONTENT) -> str:
    """Content that was attached long ago."""
    digest, _ = blobs.add([content], limit_bytes=LIMIT)
    os.utime(blobs.path(digest), (0, 0))
    return digest


def test_content_that_was_attached_lately_is_not_up_for_collecting(
    blobs: Blobs,
) -> None:
    old = aged(blobs)
    blobs.add([b"new"], limit_bytes=LIMIT)

    assert blobs.untouched(WEEK_AGO) == (old,)


def test_where_nothing_was_attached_nothing_is_collected(blobs: Blobs) -> None:
    assert blobs.untouched(WEEK_AGO) == ()


def test_a_strangers_file_among_the_content_is_not_touched(blobs: Blobs) -> None:
    path = blobs.path(aged(blobs)).with_name("notes.txt")
    path.write_text("mine")
    os.utime(path, (0, 0))

    assert "notes.txt" not in blobs.untouched(WEEK_AGO)


def test_collecting_frees_the_room(blobs: Blobs) -> None:
    digest = aged(blobs)

    assert blobs.collect(digest, WEEK_AGO) == len(CONTENT)
    assert not blobs.has(digest)


def test_content_that_another_name_leads_to_frees_nothing(
    blobs: Blobs, tmp_path: Path
) -> None:
    digest = aged(blobs)
    (tmp_path / "again.pdf").hardlink_to(blobs.path(digest))

    assert blobs.collect(digest, WEEK_AGO) == 0
    assert not blobs.has(digest)


def test_content_that_another_collects_first_is_fine(blobs: Blobs) -> None:
    digest = aged(blobs)
    blobs.collect(digest, WEEK_AGO)

    assert blobs.collect(digest, WEEK_AGO) == 0


def test_attaching_it_again_makes_content_young(blobs: Blobs) -> None:
    """No row names it yet; only its age keeps it."""
    digest = aged(blobs)
    blobs.add([CONTENT], limit_bytes=LIMIT)

    assert blobs.collect(digest, WEEK_AGO) == 0
    assert blobs.has(digest)


def test_nobody_collects_what_is_just_being_attached(
    blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look whether it is there and the touch that makes it young."""
    digest = aged(blobs)
    utime, was_locked = os.utime, []

    def late(path: Path) -> None:
        descriptor = os.open(blobs.path(digest).parents[1], os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            was_locked.append(True)
        os.close(descriptor)
        utime(path)

    monkeypatch.setattr(os, "utime", late)

    blobs.add([CONTENT], limit_bytes=LIMIT)

    assert was_locked == [True]
