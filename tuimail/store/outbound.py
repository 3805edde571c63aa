"""One folder for each mail, with the exact bytes and a readable copy beside it.

``message.eml`` is what is sent; everything else in the folder is for people and
for a rebuild, and is never read back while the database is there.
"""

import os
import re
import secrets
import shutil
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import chain, count
from pathlib import Path, PurePosixPath
from typing import Final

import msgspec

from tuimail.errors import StoreError
from tuimail.store.blobs import Blobs, Measured
from tuimail.store.durable import (
    TEMPORARY_PREFIX,
    abandoned,
    blocks,
    fsync_folder,
    label_of,
    make_folder,
    small_file,
    temporary,
    write_durably,
)
from tuimail.store.failures import told

_ID: Final = re.compile("[0-9A-Za-z_-]{1,64}")
_SCRATCH: Final = ".tmp"
"""Where everything is written first; no id begins so."""
_SIDECAR: Final = "message.json"


def checked_id(draft_id: str) -> str:
    """Return ``draft_id`` if it can be the name of a file.

    Raises:
        ValueError: It could name another folder; ids are ours, so that is a
            defect.
    """
    if not _ID.fullmatch(draft_id):
        raise ValueError("An id is letters, digits, - and _.")
    return draft_id


class StagedMessage:
    """Bytes that are durable, and not yet those of their mail."""

    def __init__(self, written: Path, target: Path, measured: Measured) -> None:
        self._written = written
        self._target = target
        self._is_kept = False
        self.digest = measured.digest
        self.size_bytes = measured.size_bytes

    def keep(self) -> None:
        """Make them the bytes of their mail, in place of those of before.

        The name that they were written under stays until the transaction is
        over: after a crash it tells whose bytes may have come without a row.
        """
        self._is_kept = True
        beside = self._target.with_name(f"{TEMPORARY_PREFIX}.{secrets.token_hex(8)}")
        with told(self._target):
            try:
                os.link(self._written, beside)
            except OSError:  # some file systems have no links
                beside = self._written
            beside.replace(self._target)
            fsync_folder(self._target.parent)

    def leave_a_trace(self) -> None:
        """Keep that name where bytes were kept for a row that did not come."""
        if self._is_kept:
            with suppress(OSError):
                self._written.rename(f"{self._written}.kept")


class Outbound:
    """The folder ``outbound/`` of a workspace; ``blobs/`` stands beside it."""

    def __init__(self, root: Path) -> None:
        self._folder = root
        self._scratch = root / _SCRATCH
        self._blobs = Blobs(root.parent / "blobs")

    @contextmanager
    def staged(self, draft_id: str, pieces: Iterable[bytes]) -> Iterator[StagedMessage]:
        """Store bytes durably beside those of the mail; they go unless kept.

        The slow part comes before the transaction, and ``keep`` stands in it,
        after the check that the mail may still be edited: else a late edit
        would replace bytes that somebody has approved.
        """
        path = self.message_path(draft_id)
        for folder in (self._scratch, path.parent):
            make_folder(folder)
        measured = Measured(pieces)
        scratch = temporary(self._scratch, measured, 0o400, label=draft_id)
        with told(path), _unless_empty(path.parent), scratch as written:
            staged = StagedMessage(written, path, measured)
            try:
                yield staged
            except BaseException:
                staged.leave_a_trace()
                raise

    def write_message(self, draft_id: str, pieces: Iterable[bytes]) -> tuple[str, int]:
        """Store the bytes durably; return their SHA-256 and size in bytes."""
        with self.staged(draft_id, pieces) as message:
            message.keep()
        return message.digest, message.size_bytes

    def message_path(self, draft_id: str) -> Path:
        """Return where the bytes are, or would be."""
        return self._folder / checked_id(draft_id) / "message.eml"

    def read_message(self, draft_id: str) -> Iterator[bytes]:
        """Yield the bytes in blocks, as they are: the reader checks the digest.

        Raises:
            FileNotFoundError: They are gone.
            StoreError: They cannot be read, or something else is in their place.
        """
        yield from blocks(self.message_path(draft_id))

    def read_small(self, draft_id: str, *, size_bytes: int) -> bytes:
        """Return the bytes of a mail that is this small; one more, if it grew.

        Raises:
            FileNotFoundError: They are gone.
            StoreError: They cannot be read, or something else is in their place.
        """
        return small_file(self.message_path(draft_id), limit_bytes=size_bytes + 1)

    def write_extras(
        self,
        draft_id: str,
        *,
        sidecar: Mapping[str, object],
        text: str = "",
        html: str = "",
        attachments: Iterable[tuple[str, str]] = (),
    ) -> bool:
        """Write ``message.json``, the bodies and the attachments, as they are now.

        Best effort, after the acknowledgement: returns False where the disk
        did not take all of it.

        Args:
            draft_id: Whose folder.
            sidecar: What ``message.json`` says; Bcc recipients included.
            text: Plain text body; the file goes where it is empty.
            html: HTML body, likewise.
            attachments: Name and digest of each.
        """
        folder = self._folder / checked_id(draft_id)
        try:
            self._write_sidecar(folder, sidecar)
            self._write_body(folder / "body.txt", text)
            self._write_body(folder / "body.html", html)
            self._link_attachments(folder / "attachments", attachments)
        except StoreError:
            return False
        return True

    def write_sidecar(self, draft_id: str, sidecar: Mapping[str, object]) -> bool:
        """Write only ``message.json``: enough when an attempt is settled."""
        try:
            self._write_sidecar(self._folder / checked_id(draft_id), sidecar)
        except StoreError:
            return False
        return True

    def remove(self, draft_id: str) -> None:
        """Remove the folder of one mail; nothing happens where there is none."""
        _remove(self._folder / checked_id(draft_id))

    def read_sidecar(self, draft_id: str) -> bytes:
        """Return what ``message.json`` says, to rebuild from or to compare.

        Raises:
            FileNotFoundError: There is none.
            StoreError: It cannot be read.
        """
        return b"".join(blocks(self._folder / checked_id(draft_id) / _SIDECAR))

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all mails that have a folder, oldest first."""
        with told(self._folder):
            found = self._folder.iterdir() if self._folder.is_dir() else ()
            names = (path.name for path in found)
            return tuple(sorted(name for name in names if _ID.fullmatch(name)))

    def orphans(self, known: Container[str]) -> tuple[str, ...]:
        """Return the names of folders that are not ``known``."""
        return tuple(name for name in self.ids() if name not in known)

    def left_behind(self) -> Iterator[str]:
        """Yield whose files a crash cut short; each is forgotten after its turn.

        Costs as much as there is to find, however many mails there are.
        """
        for path in abandoned(self._scratch):
            draft_id = label_of(path)
            if _ID.fullmatch(draft_id):
                self._sweep(self._folder / draft_id)
                yield draft_id
            path.unlink(missing_ok=True)

    def set_aside(self, draft_id: str, folder: Path) -> Path | None:
        """Move the folder of one mail into ``folder``; return where it is now.

        None where there was nothing to move: no folder, or an empty one, which
        goes.
        """
        source = self._folder / checked_id(draft_id)
        with suppress(OSError):
            source.rmdir()
        if not source.exists():
            return None
        make_folder(folder)
        target = folder / free_name(draft_id, {path.name for path in folder.iterdir()})
        with told(source):
            source.rename(target)
        fsync_folder(folder)
        fsync_folder(self._folder)
        return target

    def _sweep(self, folder: Path) -> None:
        for path in abandoned(folder):
            path.unlink(missing_ok=True)

    def _write_sidecar(self, folder: Path, sidecar: Mapping[str, object]) -> None:
        make_folder(folder)
        content = msgspec.json.encode(sidecar, order="deterministic")
        self._write(folder / _SIDECAR, [msgspec.json.format(content), b"\n"])

    def _write_body(self, path: Path, text: str) -> None:
        if text:
            self._write(path, [text.encode()])
            return
        with told(path):
            path.unlink(missing_ok=True)

    def _write(self, path: Path, pieces: Iterable[bytes]) -> None:
        make_folder(self._scratch)
        write_durably(path, pieces, by_way_of=self._scratch)

    def _link_attachments(
        self, folder: Path, attachments: Iterable[tuple[str, str]]
    ) -> None:
        _remove(folder)
        taken: set[str] = set()
        for name, digest in attachments:
            make_folder(folder)
            link(self._blobs.path(digest), folder / free_name(name, taken))


def link(source: Path, target: Path) -> None:
    """Have the content of ``source`` at ``target`` too, as a copy if need be.

    Some file systems have no links, and the others have a limit.
    """
    with told(target):
        try:
            os.link(source, target)
        except OSError:
            write_durably(target, blocks(source), source.stat().st_mode & 0o700)


def free_name(name: str, taken: set[str]) -> str:
    """Return a file name for ``name`` that is not ``taken`` yet, and take it.

    Never hidden, never longer than a file system allows, and different from
    the others where capitals do not count.
    """
    path = PurePosixPath(PurePosixPath(name).name.lstrip(".") or "attachment")
    stem, suffix = _cut(path.stem, 180), _cut(path.suffix, 40)
    numbers = chain([""], (f" ({number})" for number in count(2)))
    candidates = (f"{stem}{number}{suffix}" for number in numbers)
    free = next(text for text in candidates if text.casefold() not in taken)
    taken.add(free.casefold())
    return free


def _cut(text: str, limit_bytes: int) -> str:
    return text.encode()[:limit_bytes].decode(errors="ignore")


@contextmanager
def _unless_empty(folder: Path) -> Iterator[None]:
    """Remove a folder that was made for bytes which did not come to stay."""
    try:
        yield
    finally:
        with suppress(OSError):
            folder.rmdir()


def _remove(folder: Path) -> None:
    with told(folder):
        if folder.is_dir():
            shutil.rmtree(folder)
