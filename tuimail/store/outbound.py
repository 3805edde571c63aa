"""One folder for each mail, with the exact bytes and a readable copy beside it.

``message.eml`` is what is sent; everything else in the folder is for people and
for a rebuild, and is never read back while the database is there.
"""

import os
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from itertools import chain, count
from pathlib import Path, PurePosixPath
from typing import Final

from tuimail.core.patterns import regex
from tuimail.errors import StoreError
from tuimail.store.blobs import Blobs, Measured
from tuimail.store.durable import (
    TEMPORARY_PREFIX,
    abandoned,
    blocks,
    flush_file,
    fsync_folder,
    label_of,
    make_folder,
    small_file,
    temporary,
    write_durably,
    write_unflushed,
)
from tuimail.store.encoding import json_lines
from tuimail.store.failures import told

_ID: Final = regex("[0-9A-Za-z_-]{1,64}")
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


class Staging:
    """Bytes on their way to be those of their mail, which they are once kept."""

    def __init__(
        self, scratch: Path, target: Path, undoing: ExitStack, *, is_durable: bool
    ) -> None:
        self._scratch = scratch
        self._target = target
        self._undoing = undoing
        self._is_durable = is_durable
        self._written: Path | None = None
        self._is_kept = False
        self.digest = ""
        self.size_bytes = 0

    def write(self, pieces: Iterable[bytes]) -> Measured:
        """Write the bytes, once; return how many they are, and their digest."""
        measured = Measured(pieces)
        self._written = self._undoing.enter_context(
            temporary(
                self._scratch,
                measured,
                0o400,
                label=self._target.parent.name,
                is_flushed=self._is_durable,
            )
        )
        self.digest, self.size_bytes = measured.digest, measured.size_bytes
        return measured

    def keep(self) -> None:
        """Make them the bytes of their mail, in place of those of before.

        Nothing happens where nothing was written. What is durable keeps the
        name that it was written under until the transaction is over: after a
        crash it tells whose bytes may have come without a row. Whoever clears
        away may have found the folder empty meanwhile.
        """
        if self._written is None:
            return
        self._is_kept = True
        make_folder(self._target.parent, is_flushed=self._is_durable)
        with told(self._target):
            if self._is_durable:
                _named_too(self._written, self._target)
                fsync_folder(self._target.parent)
            else:
                self._written.replace(self._target)

    def leave_a_trace(self) -> None:
        """Keep that name where bytes were kept for a row that did not come."""
        if self._is_kept and self._written is not None:
            with suppress(OSError):
                self._written.rename(f"{self._written}.kept")


def _named_too(written: Path, target: Path) -> None:
    """Give a file one more name, at once in place of what has that name."""
    beside = target.with_name(f"{TEMPORARY_PREFIX}.{os.urandom(8).hex()}")
    try:
        os.link(written, beside)
    except OSError:  # some file systems have no links
        beside = written
    beside.replace(target)


class Outbound:
    """The folder ``outbound/`` of a workspace; ``blobs/`` stands beside it."""

    def __init__(self, root: Path) -> None:
        self._folder = root
        self._scratch = root / _SCRATCH
        self._blobs = Blobs(root.parent / "blobs")
        self._is_together = False
        self._has_new_names = False
        """Whether folders of mails have a name that is not flushed yet."""

    @contextmanager
    def together(self) -> Iterator[None]:
        """Flush the names of all folders of mails inside by one flush at the end.

        For a transaction that ends behind it: until then nothing is certain.
        """
        self._is_together, self._has_new_names = True, False
        try:
            yield
            if self._has_new_names:
                fsync_folder(self._folder)
        finally:
            self._is_together = False

    @contextmanager
    def staging(self, draft_id: str, *, is_durable: bool = True) -> Iterator[Staging]:
        """Yield where bytes are written that go unless they are kept.

        The slow part comes before the transaction, and ``keep`` stands in it,
        after the check that the mail may still be edited: else a late edit
        would replace bytes that somebody has approved.

        Args:
            draft_id: Whose bytes.
            is_durable: False where they can be made again after the power went;
                ``flush`` makes them durable later.
        """
        path = self.message_path(draft_id)
        make_folder(self._scratch, is_flushed=is_durable)
        make_folder(path.parent, is_flushed=is_durable and not self._is_together)
        self._has_new_names |= is_durable
        with told(path), _unless_empty(path.parent), ExitStack() as undoing:
            staging = Staging(self._scratch, path, undoing, is_durable=is_durable)
            try:
                yield staging
            except BaseException:
                staging.leave_a_trace()
                raise

    @contextmanager
    def staged(self, draft_id: str, pieces: Iterable[bytes]) -> Iterator[Staging]:
        """Store bytes durably beside those of the mail; they go unless kept."""
        with self.staging(draft_id) as staging:
            staging.write(pieces)
            yield staging

    def flush(self, draft_id: str) -> None:
        """Make the bytes of a mail durable, as they are: the reader checks them.

        Raises:
            StoreError: They are not there, or the disk does not take them.
        """
        path = self.message_path(draft_id)
        with told(path):
            flush_file(path)
            fsync_folder(path.parent)
            self._has_new_names = True
            if not self._is_together:
                fsync_folder(self._folder)

    def write_message(self, draft_id: str, pieces: Iterable[bytes]) -> tuple[str, int]:
        """Store the bytes durably; return their SHA-256 and size in bytes."""
        with self.staged(draft_id, pieces) as message:
            message.keep()
        return message.digest, message.size_bytes

    def message_path(self, draft_id: str) -> Path:
        """Return where the bytes are, or would be."""
        return self._folder.joinpath(checked_id(draft_id), "message.eml")

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
        is_durable: bool = True,
    ) -> bool:
        """Write ``message.json``, the bodies and the attachments, as they are now.

        Best effort, after the acknowledgement: returns False where the disk
        did not take all of it. Bodies and attachments are for people, and no
        rebuild needs them, so they are not flushed.

        Args:
            draft_id: Whose folder.
            sidecar: What ``message.json`` says; Bcc recipients included.
            text: Plain text body; the file goes where it is empty.
            html: HTML body, likewise.
            attachments: Name and digest of each.
            is_durable: Whether ``message.json`` is flushed.
        """
        folder = self._folder / checked_id(draft_id)
        try:
            self._write_sidecar(folder, sidecar, is_durable=is_durable)
            self._write_body(folder / "body.txt", text)
            self._write_body(folder / "body.html", html)
            self._link_attachments(folder / "attachments", attachments)
        except StoreError:
            return False
        return True

    def write_sidecar(
        self, draft_id: str, sidecar: Mapping[str, object], *, is_durable: bool = True
    ) -> bool:
        """Write only ``message.json``: enough when an attempt is settled."""
        folder = self._folder / checked_id(draft_id)
        try:
            self._write_sidecar(folder, sidecar, is_durable=is_durable)
        except StoreError:
            return False
        return True

    def remove_message(self, draft_id: str) -> None:
        """Remove the bytes of a mail that is no message any more."""
        path = self.message_path(draft_id)
        with told(path):
            path.unlink(missing_ok=True)

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

    def _write_sidecar(
        self, folder: Path, sidecar: Mapping[str, object], *, is_durable: bool
    ) -> None:
        make_folder(folder, is_flushed=is_durable)
        make_folder(self._scratch, is_flushed=is_durable)
        write = write_durably if is_durable else write_unflushed
        pieces = [json_lines(sidecar).encode(), b"\n"]
        write(folder / _SIDECAR, pieces, by_way_of=self._scratch)

    def _write_body(self, path: Path, text: str) -> None:
        if text:
            write_unflushed(path, [text.encode()], by_way_of=self._scratch)
            return
        with told(path):
            path.unlink(missing_ok=True)

    def _link_attachments(
        self, folder: Path, attachments: Iterable[tuple[str, str]]
    ) -> None:
        _remove(folder)
        taken: set[str] = set()
        for name, digest in attachments:
            make_folder(folder, is_flushed=False)
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
            from shutil import rmtree  # noqa: PLC0415 - brings what packs archives

            rmtree(folder)
