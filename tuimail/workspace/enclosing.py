"""The desk for files of mail being written: frozen, watched, measured as sent."""

import hashlib
import os
import stat
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Final

from tuimail.core.checks.size import LARGE_BYTES, sent_bytes
from tuimail.core.draft import Attachment
from tuimail.core.files.names import clean_name
from tuimail.core.files.types import declared_type, media_type_of
from tuimail.core.finding import Finding
from tuimail.core.values import dataclass, replace
from tuimail.settings.files import expanded
from tuimail.workspace.attaching import FileToAttach, attach
from tuimail.workspace.stores import Stores

_HEADER_BYTES: Final = 2_000
"""What a message has beside its text and files."""
_READING: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
"""Waits for nobody who would write into a pipe that took the place of a file."""
_PART_BYTES: Final = 300
"""What the header of each part takes."""

Stamp = tuple[int, int, int]
"""Size, time of the last change, and number of a file."""


class OnDisk(StrEnum):
    """What became of a file since it was attached."""

    SAME = "same"
    """It says the same."""
    CHANGED = "changed"
    """It says something else; what is attached is as it was."""
    GONE = "gone"
    """It is not there, or cannot be read any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where an attachment came from, and how that was then."""

    path: Path
    digest: str
    stamp: Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """A file that was just frozen."""

    attachment: Attachment
    noticed: tuple[Finding, ...]
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """How big mail will be, as it is sent."""

    sent_bytes: int
    limit_bytes: int | None
    """What the account takes; None where it does not say."""

    @property
    def is_too_big(self) -> bool:
        """Whether the account refuses it."""
        return self.limit_bytes is not None and self.sent_bytes > self.limit_bytes

    @property
    def is_large(self) -> bool:
        """Whether many servers refuse it."""
        return self.sent_bytes > LARGE_BYTES


class EnclosingDesk:
    """Everything about files between the disk and a draft."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def attach(self, path: Path) -> Enclosed:
        """Freeze the file at ``path``, and remember how it was.

        Raises:
            AttachmentError: Missing, unreadable, not a regular file, too big.
        """
        stamp = _stamp(expanded(path))
        attachment, noticed = attach(self._stores, FileToAttach(source=path))
        _, changed_at, number = stamp or (0, 0, 0)
        source = Source(
            path=expanded(path),
            digest=attachment.digest,
            stamp=(attachment.size_bytes, changed_at, number),
        )
        return Enclosed(attachment=attachment, noticed=noticed, source=source)

    def measure(
        self, attachments: Iterable[Attachment], *, text_bytes: int, account: str
    ) -> Measure:
        """Return about how big mail with these files and texts is as it is sent."""
        settings = self._stores.settings.account(account)
        files = sum(sent_bytes(one) + _PART_BYTES for one in attachments)
        return Measure(
            sent_bytes=files + text_bytes + _HEADER_BYTES,
            limit_bytes=settings.max_message_bytes if settings else None,
        )


def on_disk(source: Source) -> OnDisk:
    """Return what became of a file. Blocks.

    It is read only where it was written to and is as long as before.
    """
    stamp = _stamp(source.path)
    if stamp is None:
        return OnDisk.GONE
    if stamp == source.stamp:
        return OnDisk.SAME
    if stamp[0] != source.stamp[0]:
        return OnDisk.CHANGED
    digest = _digest(source.path)
    if digest is None:
        return OnDisk.GONE
    return OnDisk.SAME if digest == source.digest else OnDisk.CHANGED


def renamed(
    attachment: Attachment,
    name: str,
    *,
    content_type: str | None = None,
    content_id: str | None = None,
) -> Attachment:
    """Return ``attachment`` as the receiver is to see it under another name.

    Args:
        attachment: What is attached.
        name: Its name from now on.
        content_type: What it is said to be; None leaves that, as it is of what is
            in it, and empty makes it what the name stands for.
        content_id: What the HTML shows it by; empty for a file that is to be saved,
            None leaves that.

    Raises:
        FieldError: Nothing is left of the name once it is fit for a file, or what
            is said of it cannot be said.
    """
    clean = clean_name(name)[0]
    if content_type is None:
        type_ = attachment.content_type
    else:
        given = content_type.strip()
        type_ = declared_type(given) if given else media_type_of(clean)
    return replace(
        attachment,
        name=clean,
        content_type=type_,
        content_id=attachment.content_id if content_id is None else content_id.strip(),
    )


def _stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return status.st_size, status.st_mtime_ns, status.st_ino


def _digest(path: Path) -> str | None:
    try:
        with os.fdopen(os.open(path, _READING), "rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None
