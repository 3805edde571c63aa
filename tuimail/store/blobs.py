"""Attachments, each content once, named by its SHA-256.

What was attached is what is sent: the file is copied when it is attached, and
every reading checks the digest.

Content that was attached lately is not collected, though no row names it yet:
each attaching makes it young again, and nobody collects meanwhile.
"""

import errno
import fcntl
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.errors import AttachmentError, DigestMismatchError, StoreError
from tuimail.store import within
from tuimail.store.database import DATABASE_NAME, beside
from tuimail.store.durable import (
    BLOCK_BYTES,
    abandoned,
    blocks,
    fsync_folder,
    make_folder,
    temporary,
)
from tuimail.store.failures import told

_DIGEST: Final = regex("[0-9a-f]{64}")
_GET_PATH: Final[int | None] = getattr(fcntl, "F_GETPATH", None)
_PATH_BYTES: Final = 1024
"""What macOS writes a path into (``MAXPATHLEN``)."""
_KERNELS_OWN: Final = (Path("/proc"), Path("/sys"), Path("/dev"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PathRules:
    """Where a path may lead when somebody names it who is not to be trusted.

    Asked is the file that was opened, not the path: that may lead elsewhere a
    moment later.
    """

    roots: tuple[Path, ...] | None = None
    """Folders in one of which the file has to be; None means anywhere."""


class Blobs:
    """The folder ``blobs/`` of a workspace."""

    def __init__(self, root: Path) -> None:
        self._folder = root / "sha256"
        self._database = root.parent / DATABASE_NAME

    def add(self, chunks: Iterable[bytes], *, limit_bytes: int) -> tuple[str, int]:
        """Store content durably; return its digest and its size in bytes.

        Raises:
            AttachmentError: There are more than ``limit_bytes`` of it.
        """
        measured = Measured(limited(chunks, limit_bytes))
        make_folder(self._folder)
        with told(self._folder), temporary(self._folder, measured, 0o600) as written:
            self._keep(written, measured.digest)
        return measured.digest, measured.size_bytes

    def add_file(
        self, path: Path, *, limit_bytes: int, rules: PathRules | None = None
    ) -> tuple[str, int]:
        """Store what is in a regular file; return its digest and size in bytes.

        Args:
            path: Which file.
            limit_bytes: How big it may be.
            rules: What holds for a path that a program named; a link, a file
                that has another name as well, or one of the kernel is then
                refused. None for a person's own.

        Raises:
            AttachmentError: It is missing, unreadable, not a regular file, too
                big, it changes while it is read, it is our own database, or the
                rules do not allow it.
        """
        place = _placed(path, rules)
        _refuse_database(path, self._database, follows_links=rules is None)
        with _content(path, place, limit_bytes=limit_bytes, rules=rules) as pieces:
            return self.add(pieces, limit_bytes=limit_bytes)

    def read(self, digest: str) -> Iterator[bytes]:
        """Yield the content in blocks.

        Raises:
            DigestMismatchError: It is missing, or, at its end, it is not the
                content that was stored.
        """
        measured = Measured(self._blocks(digest))
        yield from measured
        if measured.digest != digest:
            raise _mismatch(digest, "was changed on disk")

    def path(self, digest: str) -> Path:
        """Return where the content is, or would be.

        Raises:
            ValueError: It is not a SHA-256 in lower-case hexadecimal.
        """
        if not _DIGEST.fullmatch(digest):
            raise ValueError("A digest is 64 hexadecimal digits.")
        return self._folder / digest[:2] / digest

    def sweep(self) -> None:
        """Remove what writers that died left half written."""
        for path in abandoned(self._folder):
            path.unlink(missing_ok=True)

    def has(self, digest: str) -> bool:
        """Return whether the content is there."""
        return self.path(digest).is_file()

    def untouched(self, before: datetime) -> tuple[str, ...]:
        """Return the digests of what was last attached before a moment."""
        with told(self._folder):
            found = (
                path.name
                for path in self._folder.glob("??/*")
                if _DIGEST.fullmatch(path.name) and _is_older(path, before)
            )
            return tuple(sorted(found))

    def collect(self, digest: str, before: datetime) -> int:
        """Remove content, unless it was attached since; return the bytes freed.

        What other names on the disk still lead to frees nothing.

        Args:
            digest: What no revision names.
            before: Nothing happens to what was attached after this.
        """
        path = self.path(digest)
        with told(path), self._locked(fcntl.LOCK_EX):
            if not _is_older(path, before):
                return 0
            found = path.lstat()
            path.unlink()
        return found.st_size if found.st_nlink == 1 else 0

    def _blocks(self, digest: str) -> Iterator[bytes]:
        path = self.path(digest)
        if not path.is_file():
            raise _mismatch(digest, "is missing")
        with told(path):
            yield from blocks(path)

    def _keep(self, written: Path, digest: str) -> None:
        """Give content its name, unless the same content has it already.

        What was damaged on disk is replaced: attaching the file again is how a
        person mends it.
        """
        target = self.path(digest)
        make_folder(target.parent)
        with self._locked(fcntl.LOCK_SH):
            if _is_whole(target, digest):
                os.utime(target)
                return
            written.replace(target)
        fsync_folder(target.parent)

    @contextmanager
    def _locked(self, kind: int) -> Iterator[None]:
        """Keep collecting and attaching apart, for the moment that each takes."""
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
        descriptor = os.open(self._folder, flags)
        try:
            fcntl.flock(descriptor, kind)
            yield
        finally:
            os.close(descriptor)


class Measured:
    """Pieces that are hashed and counted as they pass, once."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces
        self._hash = hashlib.sha256()
        self.size_bytes = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self._hash.update(piece)
            self.size_bytes += len(piece)
            yield piece

    @property
    def digest(self) -> str:
        """SHA-256 of what has passed, lower-case hexadecimal."""
        return self._hash.hexdigest()


def content_of(
    path: Path, *, limit_bytes: int, rules: PathRules | None = None
) -> AbstractContextManager[Iterator[bytes]]:
    """Open a regular file, and give what is in it, in pieces.

    Args:
        path: Which file.
        limit_bytes: How big it may be.
        rules: As ``Blobs.add_file`` has them.

    Raises:
        AttachmentError: As ``Blobs.add_file``.
    """
    place = _placed(path, rules)
    return _content(path, place, limit_bytes=limit_bytes, rules=rules)


@contextmanager
def _content(
    path: Path,
    place: tuple[Path, Path] | None,
    *,
    limit_bytes: int,
    rules: PathRules | None,
) -> Iterator[Iterator[bytes]]:
    with _opened(path, place, follows_links=rules is None) as descriptor:
        size = _checked_size(path, descriptor, limit_bytes)
        if rules is not None:
            _obey(rules, path, descriptor)
        yield _exactly(path, descriptor, size)


def limited(chunks: Iterable[bytes], limit_bytes: int) -> Iterator[bytes]:
    """Yield ``chunks``, as long as there is not more of them than there may be.

    Raises:
        AttachmentError: There is.
    """
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit_bytes:
            raise AttachmentError(
                f"The attachment has more than {limit_bytes:,} bytes.",
                hint="Attach a smaller file, or a link to it.",
                field="attach",
            )
        yield chunk


def _is_whole(path: Path, digest: str) -> bool:
    measured = Measured(blocks(path))
    with suppress(FileNotFoundError, StoreError):
        for _ in measured:
            pass
        return measured.digest == digest
    return False


def _is_older(path: Path, before: datetime) -> bool:
    try:
        return path.lstat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return False


def _mismatch(digest: str, what: str) -> DigestMismatchError:
    return DigestMismatchError(
        f"The attachment with digest {digest[:12]} {what}.",
        hint="Edit the draft and attach the file again.",
    )


def _placed(path: Path, rules: PathRules | None) -> tuple[Path, Path] | None:
    """Return the root that a file is in and where in it; None where none is asked.

    Raises:
        AttachmentError: It is in none of them.
    """
    if rules is None or rules.roots is None:
        return None
    return within.really(path, rules.roots)


def _refuse_database(path: Path, database: Path, *, follows_links: bool) -> None:
    """Refuse our own database without opening it, under whatever name.

    Closing it again would drop the locks that SQLite holds on it in this
    process.
    """
    wanted = _identity(path, follows_links=follows_links)
    if wanted and wanted in map(_identity, (database, *beside(database))):
        raise AttachmentError(
            f"{within.shown(path)} is the database of this workspace, which is in use.",
            hint="Attach a copy of it, made while no tuimail is open.",
            field="attach",
        )


def _identity(path: Path, *, follows_links: bool = True) -> tuple[int, int] | None:
    try:
        found = path.stat(follow_symlinks=follows_links)
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


@contextmanager
def _opened(
    path: Path, place: tuple[Path, Path] | None, *, follows_links: bool
) -> Iterator[int]:
    """Open a file; in a root, where it has to be in one."""
    with ExitStack() as open_one:
        try:
            if place is not None:
                descriptor = open_one.enter_context(within.opened(*place))
            else:
                flags = 0 if follows_links else os.O_NOFOLLOW
                descriptor = os.open(path, within.OPENING | flags)
                open_one.callback(os.close, descriptor)
        except (OSError, ValueError) as error:
            if isinstance(error, OSError) and error.errno == errno.ELOOP:
                raise _link(path, follows_links=follows_links) from error
            raise _unreadable(path, error) from error
        yield descriptor


def _unreadable(path: Path, error: OSError | ValueError) -> AttachmentError:
    number = error.errno if isinstance(error, OSError) else errno.ENOENT
    sentence = {
        errno.ENOENT: f"There is no file {within.shown(path)}.",
        errno.EACCES: f"The file {within.shown(path)} may not be read.",
    }.get(number or 0, f"The file {within.shown(path)} cannot be read: {_why(error)}.")
    return AttachmentError(
        sentence, hint="Name a file that can be read.", field="attach"
    )


def _why(error: OSError | ValueError) -> str:
    """Return what the system says, without the path again."""
    return (isinstance(error, OSError) and error.strerror) or str(error)


def _link(path: Path, *, follows_links: bool) -> AttachmentError:
    if follows_links:
        return AttachmentError(
            f"{within.shown(path)} is a link that leads in a circle.",
            hint="Name the file itself.",
            field="attach",
        )
    return AttachmentError(
        f"{within.shown(path)} is a link, and what a program names has to be the file "
        "itself.",
        hint="Name the file that it leads to, or hand in its content.",
        field="attach",
    )


def _obey(rules: PathRules, path: Path, descriptor: int) -> None:
    """Refuse a file that is outside the roots, or is none but the kernel's words.

    Raises:
        AttachmentError: It is one of these, or nobody can tell where it is.
    """
    try:
        place = _place(descriptor)
        roots = [Path(os.path.realpath(root)) for root in rules.roots or ()]
    except OSError as error:
        raise _unreadable(path, error) from error
    if any(place.is_relative_to(folder) for folder in _KERNELS_OWN):
        raise AttachmentError(
            f"{within.shown(path)} is no file on a disk.",
            hint="Attach a regular file.",
            field="attach",
        )
    if rules.roots is not None and not any(map(place.is_relative_to, roots)):
        raise within.outside(path)
    if os.fstat(descriptor).st_nlink > 1:
        raise AttachmentError(
            f"{within.shown(path)} has another name as well, by which it may be a file "
            "from elsewhere.",
            hint="Copy it, and name the copy; or hand in its content.",
            field="attach",
        )


def _place(descriptor: int) -> Path:
    """Return where an open file is, whatever its path leads to by now."""
    if _GET_PATH is None:
        return Path(f"/proc/self/fd/{descriptor}").readlink()
    found = fcntl.fcntl(descriptor, _GET_PATH, bytes(_PATH_BYTES))
    return Path(os.fsdecode(found.rstrip(b"\0")))


def _checked_size(path: Path, descriptor: int, limit_bytes: int) -> int:
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        raise AttachmentError(
            f"{within.shown(path)} is not a file that can be attached.",
            hint="Attach a regular file; pack a folder into an archive first.",
            field="attach",
        )
    if found.st_size > limit_bytes:
        raise AttachmentError(
            f"{within.shown(path)} has {found.st_size:,} bytes; at most "
            f"{limit_bytes:,} can be attached.",
            hint="Attach a smaller file, or a link to it.",
            field="attach",
        )
    return found.st_size


def _exactly(path: Path, descriptor: int, size: int) -> Iterator[bytes]:
    """Yield the file's content, which must be as long as it said it was.

    One byte more is asked for, so that a file that grows, or a kernel's that
    says it is empty, is noticed instead of being cut.
    """
    left = size
    while block := _block(path, descriptor, min(BLOCK_BYTES, left + 1)):
        left -= len(block)
        if left < 0:
            break
        yield block
    if left:
        raise AttachmentError(
            f"{within.shown(path)} changed while it was read.",
            hint="Wait until it is complete, then attach it again.",
            field="attach",
        )


def _block(path: Path, descriptor: int, size: int) -> bytes:
    try:
        return os.read(descriptor, size)
    except OSError as error:
        raise _unreadable(path, error) from error
