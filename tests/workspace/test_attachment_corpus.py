"""The rows of the corpus about files, from what is on disk to what is sent."""

import os
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from tests.core.corpus import rows
from tests.workspace.conftest import BILLING, MARA, Desk, Script
from tests.workspace.test_delivery import drain, everybody, hand_over
from tuimail.core.finding import Severity
from tuimail.core.submission import VerdictKind, Verdicts
from tuimail.errors import FieldError
from tuimail.providers.base import SendJob
from tuimail.workspace.attaching import FileToAttach
from tuimail.workspace.fields import Fields
from tuimail.workspace.workspace import Workspace

Prepare = Callable[[dict[str, Any]], Path]
PDF = b"%PDF-1.4\n%%EOF\n"
HARMLESS = {"kind": "file", "path": "notes.txt"}
TAKEN = {"hdr-024"}
"""Rows that may be refused, and are not: the file is good, its type is changed."""


def of_rows(*, refused: bool) -> list[Any]:
    return [
        row
        for row in rows("attachment")
        if (row.values[0]["expect"] == "reject" and row.id not in TAKEN) is refused
    ]


def nothing(_path: Path, _setup: dict[str, Any]) -> None:
    """For what does not exist, or exists already."""


def a_file(path: Path, setup: dict[str, Any]) -> None:
    path.write_bytes(b64decode(setup.get("content_b64", "eAo=")))


def a_sparse_file(path: Path, setup: dict[str, Any]) -> None:
    with path.open("wb") as sparse:
        sparse.truncate(setup["size"])


def outside(path: Path) -> Path:
    """Return a file in another folder, which nobody may get."""
    target = path.parent / "elsewhere" / "id_rsa"
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(b"a secret")
    return target


MADE: dict[str, Callable[[Path, dict[str, Any]], None]] = {
    "missing": nothing,
    "device": nothing,
    "file": a_file,
    "file-noperm": a_file,
    "file-replaced-after-approval": a_file,
    "symlink-swapped-after-approval": a_file,
    "dir": lambda path, _: path.mkdir(),
    "symlink": lambda path, _: path.symlink_to(outside(path)),
    "symlink-loop": lambda path, _: path.symlink_to(path),
    "sparse": a_sparse_file,
}


def spoil(path: Path, setup: dict[str, Any]) -> None:
    """Do to the file what a row says happens after it was approved."""
    if setup["kind"] == "file-replaced-after-approval":
        path.write_bytes(b64decode(setup["replaced_b64"]))
    elif setup["kind"] == "symlink-swapped-after-approval":
        target = outside(path)
        path.unlink()
        path.symlink_to(target)


def forbid(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse to open ``path``, which a superuser could with any permission."""
    real = os.open

    def closed(name: Any, *rest: Any, **more: Any) -> int:
        if name == path:
            raise PermissionError(13, "Permission denied", str(path))
        return real(name, *rest, **more)

    monkeypatch.setattr(os, "open", closed)


def to_attach(given: dict[str, Any], path: Path) -> FileToAttach:
    """Return the file of a row; rows about one parameter say nothing else."""
    match given.get("field", ""):
        case "":
            return FileToAttach(source=path, name=given.get("filename", ""))
        case "attachment.filename":
            return FileToAttach(source=PDF, name=given["value"])
        case "attachment.mimetype":
            return FileToAttach(source=path, content_type=given["value"])
        case "attachment.content_id":
            return FileToAttach(source=path, content_id=given["value"])
        case field:
            name = field.removeprefix("attachment:")
            return FileToAttach(source=given["value"].encode(), name=name)


def the_file(raw: bytes) -> EmailMessage:
    parsed = message_from_bytes(raw, policy=default)
    assert isinstance(parsed, EmailMessage)
    (found,) = parsed.iter_attachments()
    assert isinstance(found, EmailMessage)
    return found


class Mail:
    """One mail of a person: written and approved, and then sent."""

    def __init__(
        self, desk: Desk, workspace: Workspace, fields: Fields, provider: Script
    ) -> None:
        self._desk, self._workspace, self._fields = desk, workspace, fields
        self._provider = provider

    def write(self, file: FileToAttach) -> None:
        drafts = self._workspace.drafts
        draft = drafts.compose(replace(self._fields, attachments=(file,)))
        self.content_type = draft.attachments[0].content_type
        self._id = drafts.new(draft).id
        self._workspace.reviews.approve(self._id, revision=1)

    async def sent(self) -> bytes:
        seen: list[bytes] = []

        async def keeps(job: SendJob) -> Verdicts:
            seen.append(await hand_over(job))
            return everybody(job, VerdictKind.SENT)

        self._provider.answers(keeps)
        self._workspace.outbox.release(self._id)
        await drain(self._desk)
        (raw,) = seen
        return raw

    def outcomes(self) -> set[str]:
        """Return what a row may call what was noticed."""
        findings = self._workspace.drafts.page(self._id).findings
        names = {f"accept-with-finding:{finding.code}" for finding in findings}
        is_fine = all(finding.severity is Severity.INFO for finding in findings)
        return names | ({"accept"} if is_fine else set())


@pytest.fixture
def mail(desk: Desk, workspace: Workspace, fields: Fields, provider: Script) -> Mail:
    return Mail(desk, workspace, fields, provider)


@pytest.fixture
def prepare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prepare:
    """Make what a row says there is, and return its path."""

    def prepared(given: dict[str, Any]) -> Path:
        setup = given.get("setup", HARMLESS)
        path = tmp_path / str(setup["path"])
        MADE[setup["kind"]](path, setup)
        if setup["kind"] == "file-noperm":
            forbid(path, monkeypatch)
        return path

    return prepared


@pytest.mark.parametrize("row", of_rows(refused=True))
def test_what_the_corpus_refuses_is_refused_and_not_kept(
    workspace: Workspace, fields: Fields, prepare: Prepare, row: Any
) -> None:
    given = row["input"]
    file = to_attach(given, prepare(given))
    actor = BILLING if given.get("origin") == "agent" else MARA

    with (
        workspace.acting_as(actor, door="http"),
        pytest.raises(FieldError) as caught,
    ):
        workspace.drafts.compose(replace(fields, attachments=(file,)))

    assert caught.value.field in {"attach", "inline"}
    assert not list((workspace._stores.root / "blobs").rglob("*/*"))


@pytest.mark.parametrize("row", of_rows(refused=False))
async def test_what_the_corpus_takes_is_told_and_sent_as_it_was(
    mail: Mail, prepare: Prepare, row: Any
) -> None:
    given, must = row["input"], row.get("must", {})
    path = prepare(given)
    file = to_attach(given, path)
    original = file.source if isinstance(file.source, bytes) else path.read_bytes()

    mail.write(file)
    spoil(path, given.get("setup", HARMLESS))
    received = the_file(await mail.sent())

    name = str(received.get_filename())
    assert mail.outcomes() & {row["expect"], *row.get("also_ok", ())}
    assert received.get_payload(decode=True) == original
    assert must.get("sent_bytes_b64") in {None, b64encode(original).decode()}
    assert received.get_content_type() == must.get("wire_type", mail.content_type)
    assert not [part for part in must.get("filename_has_none_of", ()) if part in name]
    assert name == given.get("filename") or "filename_roundtrip" not in must
