"""Files on their way into a draft, as people, programs and the corpus hand them in."""

import io
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from tests.workspace.conftest import BILLING
from tuimail.core.draft import Attachment
from tuimail.core.finding import Finding, Severity
from tuimail.errors import AttachmentError, FieldError
from tuimail.workspace import attaching
from tuimail.workspace.attaching import FileToAttach, attach
from tuimail.workspace.workspace import Workspace

PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "report.pdf"
    path.write_bytes(PDF)
    return path


@pytest.fixture
def take(
    workspace: Workspace,
) -> Callable[..., tuple[Attachment, tuple[Finding, ...]]]:
    def attached(
        source: Path | bytes | BinaryIO,
        *,
        roots: tuple[Path, ...] | None = None,
        **said: str,
    ) -> tuple[Attachment, tuple[Finding, ...]]:
        file = FileToAttach(source=source, roots=roots, **said)
        return attach(workspace._stores, file)

    return attached


Take = Callable[..., tuple[Attachment, tuple[Finding, ...]]]


def kept(workspace: Workspace) -> list[Path]:
    folder = workspace._stores.root / "blobs"
    return [path for path in folder.rglob("*") if path.is_file()]


def content(workspace: Workspace, attachment: Attachment) -> bytes:
    return b"".join(workspace._stores.blobs.read(attachment.digest))


# What may be handed over ------------------------------------------------------------


def test_a_path_is_attached_under_its_own_name(take: Take, file: Path) -> None:
    attachment, noticed = take(file)

    assert attachment.name == "report.pdf"
    assert attachment.content_type == "application/pdf"
    assert attachment.size_bytes == len(PDF)
    assert noticed == ()


def test_a_name_and_a_type_that_are_given_count(take: Take, file: Path) -> None:
    attachment, _ = take(file, name="Q3 Überblick.txt", content_type="Text/X-Mine")

    assert attachment.name == "Q3 Überblick.txt"
    assert attachment.content_type == "text/x-mine"


def test_content_and_streams_are_attached(workspace: Workspace, take: Take) -> None:
    stream = io.BytesIO(b"skipped" + PDF)
    stream.seek(7)

    for source in (PDF, stream):
        attachment, _ = take(source, name="logo.png", content_id="logo@x")

        assert content(workspace, attachment) == PDF
        assert attachment.content_type == "image/png"
        assert attachment.content_id == "logo@x"


class Endless(io.RawIOBase):
    """Gives as much as is asked for, and remembers the most."""

    most = 0

    def read(self, size: int = -1) -> bytes:
        self.most = max(self.most, size if size >= 0 else 1 << 40)
        return bytes(size)


def test_a_stream_is_read_in_pieces_and_not_for_ever(
    workspace: Workspace, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attaching, "ATTACHMENT_LIMIT_BYTES", 1_000_000)
    stream = Endless()

    with pytest.raises(AttachmentError, match="more than 1,000,000 bytes"):
        take(stream, name="zero.bin")

    assert stream.most <= 65_536
    assert kept(workspace) == []


@pytest.mark.parametrize("source", [PDF, io.BytesIO(PDF)])
def test_what_has_no_path_needs_a_name(take: Take, source: bytes | BinaryIO) -> None:
    with pytest.raises(FieldError, match="needs a name") as caught:
        take(source)

    assert caught.value.field == "attach"


class Failing(io.RawIOBase):
    def read(self, size: int = -1) -> bytes:
        raise ConnectionResetError(104, "Connection reset by peer")


class NotReady(io.RawIOBase):
    def read(self, size: int = -1) -> None:
        return None


def closed() -> BinaryIO:
    stream = io.BytesIO(b"text")
    stream.close()
    return stream


@pytest.mark.parametrize(
    ("stream", "match"),
    [
        (closed(), "cannot be read: .*closed"),
        (Failing(), "cannot be read: .*reset by peer"),
        (NotReady(), "gives no bytes"),
        (io.StringIO("text"), "gives no bytes"),
    ],
)
def test_a_stream_that_gives_no_bytes_is_refused(
    workspace: Workspace, take: Take, stream: BinaryIO, match: str
) -> None:
    """Not as a fault of our own disk, which would be looked for in vain."""
    with pytest.raises(AttachmentError, match=match) as caught:
        take(stream, name="a.pdf")

    assert caught.value.field == "attach"
    assert kept(workspace) == []


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": "a\r\nb.txt"}, "attach"),
        ({"name": "..."}, "attach"),
        ({"content_type": "pdf"}, "attach"),
        ({"content_type": "text/plain\r\nX: 1"}, "attach"),
        ({"content_id": "<logo>"}, "inline"),
        ({"content_id": "a b"}, "inline"),
    ],
)
def test_nothing_is_kept_of_what_is_refused(
    workspace: Workspace, take: Take, file: Path, said: dict[str, str], field: str
) -> None:
    with pytest.raises(FieldError) as caught:
        take(file, **said)

    assert caught.value.field == field
    assert kept(workspace) == []


@pytest.mark.parametrize("path", [".", "..", "/", "sub/.."])
def test_a_folder_is_called_a_folder_however_it_is_named(
    take: Take, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path)

    with pytest.raises(AttachmentError, match="is not a file that can be attached"):
        take(Path(path))


def test_a_home_is_found(
    take: Take, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(file.parent))

    assert take(Path("~/report.pdf"))[0].size_bytes == len(PDF)


# What is noticed, because it cannot be seen later -----------------------------------


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("../../etc/passwd", {"att.filename-sanitized": Severity.WARNING}),
        ("C:\\temp\\x.pdf", {"att.filename-sanitized": Severity.WARNING}),
        ("what?.pdf", {"att.filename-sanitized": Severity.INFO}),
        ("invoice\u202efdp.exe", {"att.bidi-filename": Severity.WARNING}),
        ("a/\u202eb.txt", {"att.bidi-filename": Severity.WARNING,
                           "att.filename-sanitized": Severity.WARNING}),
        ("report.pdf", {}),
    ],
)  # fmt: skip
def test_a_name_that_had_to_be_changed_is_noticed(
    take: Take, name: str, codes: dict[str, Severity]
) -> None:
    attachment, noticed = take(PDF, name=name)

    assert {finding.code: finding.severity for finding in noticed} == codes
    for finding in noticed:
        assert attachment.name in finding.message
        assert (finding.field, finding.place) == ("attach", name)
        assert finding.hint


def test_a_name_of_a_file_on_disk_is_changed_as_well(
    take: Take, tmp_path: Path
) -> None:
    path = tmp_path / "a:b\\c?.pdf"
    path.write_bytes(PDF)

    attachment, (noticed,) = take(path)

    assert attachment.name == "c_.pdf"
    assert noticed.code == "att.filename-sanitized"


# What agents may name ---------------------------------------------------------------


def test_a_link_is_followed_for_a_person_and_not_for_an_agent(
    workspace: Workspace, take: Take, file: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link.pdf"
    link.symlink_to(file)

    assert take(link)[0].size_bytes == len(PDF)
    with (
        workspace.acting_as(BILLING, door="http"),
        pytest.raises(AttachmentError, match="is a link"),
    ):
        take(link)


def test_an_agent_may_name_files_in_its_folders_and_hand_in_any_content(
    workspace: Workspace, take: Take, file: Path, tmp_path: Path
) -> None:
    roots = (tmp_path / "out",)
    roots[0].mkdir()
    (roots[0] / "a.pdf").write_bytes(PDF)

    with workspace.acting_as(BILLING, door="http"):
        assert take(roots[0] / "a.pdf", roots=roots)[0].name == "a.pdf"
        assert take(PDF, roots=roots, name="b.pdf")[0].name == "b.pdf"
        with pytest.raises(AttachmentError, match="outside the folders"):
            take(file, roots=roots)


def test_a_person_is_not_held_to_the_folders_of_agents(take: Take, file: Path) -> None:
    assert take(file, roots=())[0].name == "report.pdf"


@pytest.mark.parametrize("kind", ["fifo", "socket"])
def test_what_is_no_file_is_refused_at_once(
    take: Take, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """A pipe that nobody writes to would be waited for until the end of days."""
    monkeypatch.chdir(tmp_path)
    if kind == "fifo":
        os.mkfifo("x.pdf")
        with pytest.raises(AttachmentError):
            take(Path("x.pdf"))
        return
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("x.pdf")
        with pytest.raises(AttachmentError):
            take(Path("x.pdf"))


@pytest.mark.parametrize("asked", ["message/rfc822", "multipart/mixed; boundary=x"])
def test_a_type_that_no_attachment_can_have_is_told(
    workspace: Workspace, asked: str
) -> None:
    file = FileToAttach(source=b"x", name="a.bin", content_type=asked)

    attachment, (noticed,) = attach(workspace._stores, file)

    assert attachment.content_type == "application/octet-stream"
    assert noticed.code == "att.type-changed"
    assert asked.partition(";")[0] in noticed.message


def test_a_type_with_a_parameter_is_the_type(workspace: Workspace) -> None:
    file = FileToAttach(source=b"x", name="a.txt", content_type="Text/Plain; charset=x")

    _, noticed = attach(workspace._stores, file)

    assert not noticed
