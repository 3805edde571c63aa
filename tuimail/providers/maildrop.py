"""A folder that each message is written into as a file, for other programs.

A file is there whole or not at all, and what is there is on disk. Beside each
``NAME.eml`` stands ``NAME.eml.json``, which says whom it is for: the message itself
names no blind copies, and no byte of it may be changed. One submission to the same
people has one name, so that trying again never makes a second file, and a file that
is there, with these bytes, tells that mail was taken, whatever was lost since. One
that is not there tells nothing: who reads the folder may have taken it away.
"""

import asyncio
import errno
import hashlib
import json
import os
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import ClassVar, Final

from tuimail.core.draft import Draft
from tuimail.core.message import Envelope
from tuimail.core.patterns import regex
from tuimail.core.status import OUR_MACHINE
from tuimail.core.submission import (
    AccountFault,
    Receipt,
    VerdictKind,
    Verdicts,
)
from tuimail.providers import options
from tuimail.providers.base import (
    AccountCheck,
    Capabilities,
    LookUp,
    ProviderAccount,
    SendJob,
)
from tuimail.providers.everybody import told_to_all
from tuimail.providers.failures import NotConnectedError
from tuimail.providers.features import refuse_features
from tuimail.providers.http.api import content_of

ALLOWED: Final = ("folder",)


class MaildropProvider:
    """Writes files; sending them is the business of whoever reads the folder."""

    capabilities: ClassVar[Capabilities] = Capabilities(can_look_up=True)

    def __init__(self, account: ProviderAccount) -> None:
        options.refuse_unknown(account, ALLOWED)
        self._folder = _folder(account)
        self._is_swept = False

    def accept(self, draft: Draft, envelope: Envelope) -> None:  # noqa: ARG002 - any
        """Take any message: its bytes are kept as they are."""
        refuse_features(envelope.service, provider="A folder")

    async def submit(self, job: SendJob) -> Verdicts:
        """Write the file; one that is there was written by the same submission."""
        file = self._file(job.submission_id, job.envelope)
        content = await content_of(job)
        mark = _mark(content)
        try:
            await self._sweep_once()
            written = await asyncio.to_thread(_written_beside, file, content)
        except OSError as error:
            return self._not_written(job.envelope, error)
        with _removed_after(written):
            await job.point_of_no_return(mark)
            try:
                is_durable = await asyncio.to_thread(
                    _put_there, written, file, _note(job, mark)
                )
            except OSError as error:
                return self._not_written(job.envelope, error)
        kind = VerdictKind.SENT if is_durable else VerdictKind.UNKNOWN
        return self._told(job.envelope, kind, file)

    async def look_up(self, question: LookUp) -> Verdicts | None:
        """Say *sent* where the file is there, as it was approved."""
        file = self._file(question.submission_id, question.envelope)
        if not await asyncio.to_thread(_is_there, file, question.handle):
            return None
        return self._told(question.envelope, VerdictKind.SENT, file)

    async def check(self) -> AccountCheck:
        """Look whether files can be written, and how much room there is."""
        try:
            free = await asyncio.to_thread(_free_bytes, self._folder)
        except OSError as error:
            failed = _failed(error)
            return AccountCheck(
                ok=False,
                endpoint=str(self._folder),
                fault=failed.fault,
                error=failed.receipt.text,
                hint=f"Make it, and let nobody else in: mkdir -m 700 {self._folder}",
            )
        return AccountCheck(
            ok=True, endpoint=str(self._folder), limits={"free_bytes": free}
        )

    async def close(self) -> None:
        """Nothing is open."""

    async def _sweep_once(self) -> None:
        """Remove what earlier runs left; a look through a large folder takes time."""
        if not self._is_swept:
            self._is_swept = True
            await asyncio.to_thread(_sweep, self._folder)

    def _file(self, submission_id: str, envelope: Envelope) -> Path:
        """Return the one file for these people: an attempt may be for a part."""
        people = "\0".join(one.wire_address for one in envelope.recipients)
        part = hashlib.sha256(f"{submission_id}\0{people}".encode()).hexdigest()
        return self._folder / f"{submission_id}-{part[:PART_DIGITS]}.eml"

    def _not_written(self, envelope: Envelope, error: OSError) -> Verdicts:
        return _failed(error).verdicts(envelope, server=str(self._folder))

    def _told(self, envelope: Envelope, kind: VerdictKind, file: Path) -> Verdicts:
        return told_to_all(
            envelope,
            kind,
            receipt=Receipt(
                stage=OUR_MACHINE,
                text=f"Written to {file}.",
                provider_message_id=file.name,
            ),
            server=str(self._folder),
        )


def _folder(account: ProviderAccount) -> Path:
    folder = options.file_path(account, "folder")
    if folder is None or not folder.is_absolute():
        raise options.option_error(
            account,
            "folder",
            "is missing"
            if folder is None
            else f"is “{folder}”, which is no whole path",
            hint='Write the whole path of a folder: folder = "/var/spool/outgoing"',
        )
    return folder


def _written_beside(file: Path, content: bytes) -> Path:
    """Return another file in the same folder, on disk, with ``content``."""
    beside = file.with_name(f".{file.name}.tmp")
    beside.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(beside, flags, mode=0o600), "wb") as writing:
        try:
            writing.write(content)
            writing.flush()
            os.fsync(writing.fileno())
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    return beside


def _sweep(folder: Path) -> None:
    """Remove halves of mail that a program had no time to remove as it ended.

    Young ones may be those of another program, which writes at this moment.
    """
    oldest = time.time() - KEPT.total_seconds()
    with suppress(OSError):  # nobody may list it
        for entry in os.scandir(folder):
            if _HALF.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                with suppress(OSError):
                    if entry.stat(follow_symlinks=False).st_mtime < oldest:
                        Path(entry.path).unlink()


@contextmanager
def _removed_after(written: Path) -> Iterator[None]:
    try:
        yield
    finally:
        written.unlink(missing_ok=True)


def _put_there(written: Path, file: Path, said: bytes) -> bool:
    """Give the file its name, after what stands beside it; is all that on disk?

    Raises:
        OSError: It has not got its name.
    """
    note = file.with_name(f"{file.name}.json")
    _written_beside(note, said).replace(note)
    written.replace(file)
    try:
        _flush_folder(file.parent)
    except OSError:
        return False
    return True


def _flush_folder(folder: Path) -> None:
    with suppress(PermissionError):  # nobody may list it; on Windows, nobody may ever
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _mark(content: bytes) -> str:
    """Return by what the file is known again."""
    return hashlib.sha256(content).hexdigest()


def _is_there(file: Path, mark: str) -> bool:
    """Return whether a file, and no link to one, has the bytes of ``mark``."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        if not stat.S_ISREG(file.lstat().st_mode):
            return False
        with os.fdopen(os.open(file, flags), "rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest() == mark
    except OSError:
        return False


def _note(job: SendJob, mark: str) -> bytes:
    people = [
        {"role": one.role.value, "address": one.wire_address}
        for one in job.envelope.recipients
    ]
    said = {
        "from": job.envelope.return_path,
        "recipients": people,
        "message_id": job.message_id,
        "submission_id": job.submission_id,
        "sha256": mark,
    }
    return json.dumps(said, indent=2, ensure_ascii=False).encode() + b"\n"


def _free_bytes(folder: Path) -> int:
    """Return the room that there is.

    Raises:
        OSError: It is no folder, or none that files can be written into.
    """
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOENT, os.strerror(errno.ENOENT), folder)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), folder)
    return shutil.disk_usage(folder).free


def _failed(error: OSError) -> NotConnectedError:
    text = f"The file cannot be written: {error.strerror}."
    is_lasting = error.errno in _MENDED_BY_HAND
    return NotConnectedError(
        Receipt(stage=OUR_MACHINE, text=text),
        fault=AccountFault.SETTINGS if is_lasting else None,
    )


PART_DIGITS: Final = 8
KEPT: Final = timedelta(minutes=10)
"""So long a half of a mail may be one that is being written."""
_HALF: Final = regex(rf"\..+-[0-9a-f]{{{PART_DIGITS}}}\.eml(?:\.json)?\.tmp")
_MENDED_BY_HAND: Final = frozenset({
    errno.EACCES, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.ENOENT,
    errno.ENOTDIR, errno.EPERM, errno.EROFS,
})  # fmt: skip
"""What does not go away by itself, as a full disk may."""
