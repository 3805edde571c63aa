"""From a file that was named or handed over to an attachment, frozen."""

import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from tuimail.core.draft import Attachment
from tuimail.core.finding import Finding
from tuimail.settings.files import expanded
from tuimail.workspace.stores import Stores

ATTACHMENT_LIMIT_BYTES: Final = 50 * 1024 * 1024
"""More than any provider takes; what an account takes is asked at approval."""
_FALLBACK_TYPE: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileToAttach:
    """A file as it was named or handed over, before anybody looked at it."""

    source: Path | bytes | BinaryIO
    name: str = ""
    content_type: str = ""
    content_id: str = ""


def attach(
    stores: Stores, file: FileToAttach
) -> tuple[Attachment, tuple[Finding, ...]]:
    """Freeze ``file`` and return it as an attachment."""
    if not isinstance(file.source, Path):
        raise TypeError
    digest, size = stores.blobs.add_file(
        expanded(file.source), limit_bytes=ATTACHMENT_LIMIT_BYTES
    )
    guessed, encoding = mimetypes.MimeTypes().guess_type(file.source.name, strict=False)
    if encoding or (guessed or "").startswith(("multipart/", "message/")):
        guessed = None
    return Attachment(
        name=file.name or file.source.name,
        content_type=file.content_type or guessed or _FALLBACK_TYPE,
        digest=digest,
        size_bytes=size,
        content_id=file.content_id,
    ), ()
