"""The files of a mail that goes along as a file (``.eml``).

Whoever opens that mail opens them as easily as if they were attached, so that they
are told like attached ones. What cannot be read in one way only is not guessed at:
it is told that nobody looked into it.

Pure.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

from tuimail.core.checks.contents import attach_finding
from tuimail.core.draft import Attachment
from tuimail.core.files.types import Group, endings, group_of, group_of_type
from tuimail.core.finding import PLACE_LIMIT, Finding, Severity
from tuimail.core.handed_in.files import HandedInFile
from tuimail.core.handed_in.message import read_message
from tuimail.core.values import replace
from tuimail.core.wire.mime import Read
from tuimail.errors import FieldError

MAIL_BYTES: Final = 16 * 1024 * 1024
"""Longer ones are not looked into: everybody waits meanwhile."""
DEEPEST: Final = 5
"""So many mails are looked into, one within another."""
_MAIL: Final = "eml"

Nested = tuple[Attachment, Read]


def is_mail(attachment: Attachment) -> bool:
    """Return whether a file is a mail, by its name."""
    return endings(attachment.name)[-1:] == (_MAIL,)


def files_of(attachment: Attachment, read: Read) -> tuple[Nested, ...]:
    """Return the files of a mail that goes along, as if each were attached.

    Raises:
        FieldError: It cannot be looked into; the text says why.
    """
    if attachment.size_bytes > MAIL_BYTES:
        raise FieldError(
            f"It has more than {MAIL_BYTES:,} bytes.", hint="", field="attach"
        )
    content = b"".join(read(attachment.digest))
    return tuple(map(_as_attached, read_message(content).files))


def unread(attachment: Attachment, reason: str) -> Finding:
    """Return that nobody can say what files a mail has."""
    return attach_finding(
        "att.unread-mail",
        Severity.WARNING,
        f"The mail {attachment.name} cannot be looked into: {reason}",
        hint="Attach its files by themselves, or leave it out.",
        place=attachment.name,
    )


def told(findings: Iterable[Finding], outer: Attachment) -> Iterator[Finding]:
    """Yield what was found in a file of ``outer``, and where."""
    for one in findings:
        yield replace(
            one,
            message=f"In the mail {outer.name}: {one.message}",
            place=f"{outer.name}: {one.place}"[:PLACE_LIMIT],
        )


def archives(attachment: Attachment) -> Iterator[Finding]:
    """Find an archive, which a policy does not know by its name: nobody attached it."""
    named = {group_of(attachment.name), group_of_type(attachment.content_type)}
    if Group.ARCHIVE in named:
        yield attach_finding(
            "att.archive",
            Severity.INFO,
            f"{attachment.name} is an archive.",
            hint="Look whether it is the file you meant.",
            place=attachment.name,
        )


def _as_attached(file: HandedInFile) -> Nested:
    content = file.content
    attachment = Attachment(
        name=file.name,
        content_type=file.content_type,
        digest=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
    )
    return attachment, lambda _: (content,)
