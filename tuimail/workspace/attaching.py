"""From a file that was named or handed over to an attachment, frozen.

Name, type and Content-ID are asked before a byte is read, so that what is refused
for one of them is not kept. A path that an agent names is held to rules: it says
which file, and might mean one that the agent itself may not read.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from tuimail.core.draft import Attachment, check_content_id
from tuimail.core.finding import Finding, Severity
from tuimail.core.origin import is_agent
from tuimail.core.values import dataclass
from tuimail.errors import AttachmentError, FieldError
from tuimail.settings.files import expanded
from tuimail.store.blobs import PathRules
from tuimail.workspace.surroundings import Surroundings

ATTACHMENT_LIMIT_BYTES: Final = 50 * 1024 * 1024
"""More than any provider takes; what an account takes is asked at approval."""
MOST_OF_A_PROGRAM: Final = 100
"""Files of one mail that a program hands in: each is written to disk by itself, and
everybody else may have to wait for that."""
PLACE_LIMIT: Final = 200

_PIECE_BYTES: Final = 64 * 1024
_FOLDER_NAME: Final = "folder"
"""Stands for the name of a path such as ``.``, which is refused as a folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileToAttach:
    """A file as it was named or handed over, before anybody looked at it."""

    source: Path | bytes | BinaryIO
    """Where it is, what it is, or what gives it; a stream is read from where it
    stands to its end."""
    name: str = ""
    """As the receiver is to see it; empty means the path's own."""
    content_type: str = ""
    """Empty means the one that the name's ending stands for."""
    content_id: str = ""
    """What HTML calls it by, for a picture that is shown within it."""
    roots: tuple[Path, ...] | None = None
    """Folders in one of which a path that an agent names has to be; None, for what
    a person let it name, means those of the policy, or anywhere without any."""


def attach(
    stores: Surroundings, file: FileToAttach
) -> tuple[Attachment, tuple[Finding, ...]]:
    """Freeze ``file``; return it as an attachment, and what was noticed.

    What is returned as noticed cannot be seen in the attachment any more.

    Args:
        stores: Where it is kept; says who is acting.
        file: What to attach.

    Raises:
        AttachmentError: Missing, unreadable, not a regular file, too big, or not
            for an agent to name.
        FieldError: Its name, type or Content-ID cannot be one.
        FullDiskError: The disk has only the room that is kept for results.
    """
    from tuimail.core.files.names import clean_name  # noqa: PLC0415 - most mail has no files
    from tuimail.core.files.types import (  # noqa: PLC0415 - as above
        declared_type,
        media_type_of,
    )

    stores.require_room()
    given = file.name or _own_name(file.source)
    name, is_changed = clean_name(given)
    content_type = (
        declared_type(file.content_type) if file.content_type else media_type_of(name)
    )
    if file.content_id:
        check_content_id(file.content_id)
    digest, size = _kept(stores, file.source, file.roots)
    attachment = Attachment(
        name=name,
        content_type=content_type,
        digest=digest,
        size_bytes=size,
        content_id=file.content_id,
    )
    noticed = [*(_noticed(given, name) if is_changed else ())]
    return attachment, (*noticed, *_other_type(file, attachment))


def require_few(stores: Surroundings, number: int) -> None:
    """Refuse more files than one mail of a program may have, before any is kept.

    Raises:
        AttachmentError: They are more.
    """
    if is_agent(stores.acting.actor) and number > MOST_OF_A_PROGRAM:
        raise AttachmentError(
            f"A mail of a program may have {MOST_OF_A_PROGRAM} files, not {number:,}.",
            hint="Pack them into an archive.",
            field="attachments",
        )


def _other_type(file: FileToAttach, attachment: Attachment) -> Iterator[Finding]:
    """Find a type that was asked for and that no attachment can have."""
    asked = file.content_type.partition(";")[0].strip().lower()
    if asked and asked != attachment.content_type:
        yield _finding(
            "att.type-changed",
            Severity.INFO,
            f"{attachment.name} goes as {attachment.content_type}, because an "
            f"attachment cannot be {asked}.",
            asked,
        )


def _own_name(source: Path | bytes | BinaryIO) -> str:
    if isinstance(source, Path):
        name = expanded(source).name
        return name if name.strip(".") else _FOLDER_NAME
    raise FieldError(
        "A file that is handed over without a path needs a name.",
        hint="Give it the name that the receiver is to see.",
        field="attach",
    )


def _kept(
    stores: Surroundings,
    source: Path | bytes | BinaryIO,
    roots: tuple[Path, ...] | None,
) -> tuple[str, int]:
    if isinstance(source, Path):
        from tuimail.workspace import policies  # noqa: PLC0415 - most mail has no files

        is_bound = is_agent(stores.acting.actor)
        allowed = policies.roots(stores) if roots is None else roots
        return stores.blobs.add_file(
            expanded(source),
            limit_bytes=ATTACHMENT_LIMIT_BYTES,
            rules=PathRules(roots=allowed) if is_bound else None,
        )
    pieces = (source,) if isinstance(source, bytes) else _pieces(source)
    return stores.blobs.add(pieces, limit_bytes=ATTACHMENT_LIMIT_BYTES)


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while piece := _piece(stream):
        yield piece


def _piece(stream: BinaryIO) -> bytes:
    try:
        piece: object = stream.read(_PIECE_BYTES)
    except (OSError, ValueError) as error:  # the latter of one that was closed
        raise _unreadable(f"cannot be read: {error}") from error
    if not isinstance(piece, bytes):
        raise _unreadable("gives no bytes")
    return piece


def _unreadable(what: str) -> AttachmentError:
    return AttachmentError(
        f"The stream that is to be attached {what}.",
        hint="Hand over a file that was opened for reading bytes, and that waits "
        "for them.",
        field="attach",
    )


def _noticed(given: str, name: str) -> Iterator[Finding]:
    """Yield what was wrong with the name, which is not to be seen any more."""
    from tuimail.core.files.names import (  # noqa: PLC0415 - as above
        BIDI_CONTROLS,
        has_folders,
    )

    straight = BIDI_CONTROLS.sub("", given)
    if straight != given:
        yield _finding(
            "att.bidi-filename",
            Severity.WARNING,
            "The name of an attachment had characters that turn the order of its "
            f"letters round; they were taken out, and it is {name} now.",
            given,
        )
    if straight != name:
        yield _finding(
            "att.filename-sanitized",
            Severity.WARNING if has_folders(given) else Severity.INFO,
            "The name of an attachment had parts that not every system takes; it is "
            f"{name} now.",
            given,
        )


def _finding(code: str, severity: Severity, message: str, given: str) -> Finding:
    return Finding(
        code=code,
        severity=severity,
        field="attach",
        message=message,
        hint="Look whether it still says what you mean.",
        place=given[:PLACE_LIMIT],
    )
