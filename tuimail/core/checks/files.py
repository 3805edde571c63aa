"""Whether the attached files are what they seem, and may be sent at all.

Names are looked at here, what is inside in ``contents``. Nothing is unpacked or
run, and no name is believed: the ending, the declared type and the first bytes
are three claims.

Pure.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final
from unicodedata import normalize

from tuimail.core.checks import contents, nested
from tuimail.core.checks.contents import attach_finding
from tuimail.core.checks.context import NOTHING_KNOWN, Context
from tuimail.core.draft import Attachment, Draft
from tuimail.core.files.names import BIDI_CONTROLS
from tuimail.core.files.types import disguise_of
from tuimail.core.finding import Finding, Severity
from tuimail.core.patterns import regex
from tuimail.core.wire.mime import Read
from tuimail.errors import FieldError

_RESERVED: Final = regex(
    r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9]|conin\$|conout\$|clock\$)\s*(?:\..*)?",
    re.DOTALL,
)
"""Names of devices on Windows, whatever their ending."""


def check(draft: Draft, context: Context = NOTHING_KNOWN) -> Iterator[Finding]:
    """Find files that are dangerous, disguised, empty, or there twice.

    Args:
        draft: What is checked.
        context: Reads the files.
    """
    for attachment in draft.attachments:
        yield from _check_file(attachment, context.read)
    yield from _twice(draft)


def _check_file(
    attachment: Attachment, read: Read, *, depth: int = 0
) -> Iterator[Finding]:
    yield from _check_name(attachment)
    yield from contents.check(attachment, read)
    if nested.is_mail(attachment):
        yield from _check_mail(attachment, read, depth=depth)


def _check_mail(outer: Attachment, read: Read, *, depth: int) -> Iterator[Finding]:
    """Look at the files of a mail that goes along as at those that are attached."""
    if depth >= nested.DEEPEST:
        yield nested.unread(outer, f"There are {depth} mails around it.")
        return
    try:
        files = nested.files_of(outer, read)
    except FieldError as reason:
        yield nested.unread(outer, str(reason))
        return
    for attachment, content in files:
        yield from nested.told(nested.archives(attachment), outer)
        within = _check_file(attachment, content, depth=depth + 1)
        yield from nested.told(within, outer)


def _check_name(attachment: Attachment) -> Iterator[Finding]:
    name = attachment.name
    if BIDI_CONTROLS.search(name):
        yield attach_finding(
            "att.bidi-filename",
            Severity.WARNING,
            f"The name of the attachment {name} has characters that turn the order "
            "of its letters round.",
            hint="Attach it again: they are taken out.",
            place=name,
        )
    if _RESERVED.fullmatch(normalize("NFKC", name).casefold()):
        yield attach_finding(
            "att.reserved-name",
            Severity.WARNING,
            f"{name} is the name of a device on Windows, "
            "where nobody can save such a file.",
            hint="Attach it under another name.",
            place=name,
        )
    yield from _disguised(attachment)


def _disguised(attachment: Attachment) -> Iterator[Finding]:
    found = disguise_of(attachment.name)
    if found is not None:
        posed_as, is_really = found
        yield attach_finding(
            "att.double-extension",
            Severity.BLOCK,
            f"{attachment.name} is named like a kind of {posed_as} and is a kind of "
            f"{is_really}.",
            hint="Give it its one true ending, or leave it out.",
            place=attachment.name,
        )


def _twice(draft: Draft) -> Iterator[Finding]:
    names: dict[str, list[str]] = defaultdict(list)
    for attachment in draft.attachments:
        names[attachment.digest].append(attachment.name)
    for same in names.values():
        if len(same) > 1:
            yield attach_finding(
                "att.twice",
                Severity.INFO,
                f"The same file is attached {len(same)} times.",
                hint="Leave all but one out.",
                place=", ".join(same),
            )
