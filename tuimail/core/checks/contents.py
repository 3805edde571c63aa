"""What attached files really are, and what they bring along.

Read is as little as tells it: the beginning, of archives the end as well, and
whole only pages, older Office documents and short text.

Pure.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from tuimail.core.checks import cards, secrets
from tuimail.core.draft import Attachment
from tuimail.core.files.active_pages import activity
from tuimail.core.files.contents import (
    HEAD_BYTES,
    HTML,
    OLE2,
    SVG,
    UTF_16_MARKS,
    ZIP,
    Format,
    contradicts_name,
    contradicts_type,
    is_binary,
    recognised,
)
from tuimail.core.files.types import (
    DANGEROUS,
    Group,
    disguise_of,
    endings,
    group_of,
    group_of_type,
)
from tuimail.core.files.zip_directory import ZipEntry, end_of, zip_entries
from tuimail.core.finding import PLACE_LIMIT, Finding, Severity
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.core.wire.mime import Read

TEXT_BYTES: Final = 1024 * 1024
"""So much of a text is looked through for secrets and card numbers."""

_CONTROL: Final = regex(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_CONTROLS_IN: Final = 30
"""A text may have one control character in so many, such as a NUL at its start."""

_WHAT: Final = {
    Group.PROGRAM: "a program",
    Group.SCRIPT: "a script, which runs when it is opened",
    Group.INSTALLER: "an installer of programs",
    Group.SHORTCUT: "a shortcut, which can start programs",
    Group.DISK_IMAGE: "a disk image, which can bring programs along",
    Group.SOURCE: "a script",
}
_MAY_BE_PROSE: Final = frozenset({None, Group.TEXT, Group.SOURCE})
_ALIKE: Final = frozenset({Group.ARCHIVE, Group.IMAGE, Group.MEDIA})
"""Groups in which programs look at the content, so that a wrong ending is only
untidy."""
_HOLDS_PARTS: Final = DANGEROUS | {Group.DOCUMENT, Group.MACRO_DOCUMENT}
"""Groups whose archives hold the parts of one thing, and no files to be opened."""
_XML: Final = ("xml", "xsl", "xslt")
_SAVED_MAIL: Final = ("mht", "mhtml")
_OLE2_MACROS: Final = "_VBA_PROJECT".encode("utf-16-le")
"""The name of a storage that Word, Excel and PowerPoint keep macros in
([MS-OVBA] §2.2.1)."""
_MACROS: Final = regex(
    r"xl/macrosheets/|basic/[^/]+/(?!script-lb\.xml|dialog-lb\.xml)[^/]+\.xml"
)
"""Where Excel 4 and LibreOffice keep theirs."""
_LISTED: Final = 3


@dataclass(frozen=True, slots=True)
class _File:
    """One attachment, as far as it was read."""

    attachment: Attachment
    read: Read
    head: bytes
    content: Format | None

    @property
    def name(self) -> str:
        return self.attachment.name

    @property
    def group(self) -> Group | None:
        """What the name says."""
        return group_of(self.name)

    @property
    def declared(self) -> Group | None:
        """What the media type says."""
        return group_of_type(self.attachment.content_type)

    @property
    def ending(self) -> str:
        return "".join(endings(self.name)[-1:])

    def pieces(self) -> Iterable[bytes]:
        return self.read(self.attachment.digest)


def check(attachment: Attachment, read: Read) -> Iterator[Finding]:
    """Find what is dangerous, disguised, or not to be seen, in one file.

    Args:
        attachment: The file as it is declared.
        read: Yields its bytes.
    """
    head = _beginning(read(attachment.digest), HEAD_BYTES)
    is_open = group_of(attachment.name) in _MAY_BE_PROSE
    file = _File(attachment, read, head, recognised(head, may_be_prose=is_open))
    yield from _empty(file)
    yield from _dangerous(file)
    yield from _contradicting(file)
    yield from _archive(file)
    entries = tuple(zip_entries(end_of(file.pieces()))) if file.content is ZIP else ()
    yield from _packed(file, entries)
    yield from _macros(file, entries)
    yield from _active(file)
    yield from _secrets(file)


def attach_finding(
    code: str, severity: Severity, message: str, *, hint: str, place: str
) -> Finding:
    """Return a finding about an attachment."""
    return Finding(
        code=code,
        severity=severity,
        field="attach",
        message=message,
        hint=hint,
        place=place[:PLACE_LIMIT],
    )


def _empty(file: _File) -> Iterator[Finding]:
    if not file.attachment.size_bytes:
        yield attach_finding(
            "att.empty",
            Severity.INFO,
            f"{file.name} is empty.",
            hint="Look whether it is the file you meant.",
            place=file.name,
        )


def _dangerous(file: _File) -> Iterator[Finding]:
    claims = sorted(_claims(file), key=lambda claim: claim[0] not in DANGEROUS)
    for group, said in claims[:1]:
        yield attach_finding(
            "att.dangerous-type",
            Severity.BLOCK if group in DANGEROUS else Severity.WARNING,
            f"{file.name} is {said}.",
            hint="Many servers refuse such files; send a link instead.",
            place=file.name,
        )


def _claims(file: _File) -> Iterator[tuple[Group, str]]:
    """Yield everything that says that the file runs, and what says it."""
    if file.group in _WHAT:
        yield file.group, f"{_WHAT[file.group]}, as its name says"
    if file.content is not None and file.content.group in _WHAT:
        yield file.content.group, f"{file.content.what}, as its content says"
    if file.declared in _WHAT:
        said = (
            f"{_WHAT[file.declared]}, as its type {file.attachment.content_type} says"
        )
        yield file.declared, said


def _contradicting(file: _File) -> Iterator[Finding]:
    content, declared = file.content, file.attachment.content_type
    if content is None:
        return
    if contradicts_name(content, file.name):
        claim, said = file.group, "its name"
    elif contradicts_type(content, declared):
        claim, said = file.declared, f"its type {declared}"
    else:
        return
    is_untidy = claim is content.group and claim in _ALIKE
    yield attach_finding(
        "att.type-mismatch",
        Severity.INFO if is_untidy else Severity.WARNING,
        f"The content of {file.name} is {content.what}, and {said} says otherwise.",
        hint="Look whether it is the file you meant, and name it as what it is.",
        place=file.name,
    )


def _archive(file: _File) -> Iterator[Finding]:
    """Find an archive that its name does not call one."""
    content = file.content
    if content is None or content.group is not Group.ARCHIVE:
        return
    if file.ending not in content.natural and file.group is not Group.ARCHIVE:
        yield attach_finding(
            "att.archive",
            Severity.INFO,
            f"{file.name} is {content.what}, as its content says.",
            hint="Name it as what it is, or look whether it is the file you meant.",
            place=file.name,
        )


def _packed(file: _File, entries: Iterable[ZipEntry]) -> Iterator[Finding]:
    if any(entry.is_encrypted for entry in entries):
        yield attach_finding(
            "att.encrypted",
            Severity.WARNING,
            f"{file.name} has a password, so that no server can look into it; "
            "many refuse such archives.",
            hint="Send it without, or a link to it.",
            place=file.name,
        )
    names = [entry.name.rpartition("/")[2] for entry in entries]
    programs = list(dict.fromkeys(one for one in names if group_of(one) in DANGEROUS))
    if not programs or file.group in _HOLDS_PARTS:
        return
    is_deceit = any(disguise_of(name) for name in programs)
    more = len(programs) - _LISTED
    yield attach_finding(
        "att.dangerous-type",
        Severity.BLOCK if is_deceit else Severity.WARNING,
        f"The archive {file.name} contains {', '.join(programs[:_LISTED])}"
        f"{f' and {more} more' if more > 0 else ''}, which can run.",
        hint="Many servers refuse such archives; send a link instead.",
        place=", ".join(programs),
    )


def _macros(file: _File, entries: Iterable[ZipEntry]) -> Iterator[Finding]:
    if file.group is Group.MACRO_DOCUMENT:
        said = f"{file.name} is, by its ending, a document that may have macros"
    elif any(map(_is_macro, entries)) or (
        file.content is OLE2 and _contains(file.pieces(), _OLE2_MACROS)
    ):
        said = f"The document {file.name} has macros"
    else:
        return
    yield attach_finding(
        "att.macro-document",
        Severity.WARNING,
        f"{said}, which are programs.",
        hint="Save it without macros, or as a PDF document.",
        place=file.name,
    )


def _is_macro(entry: ZipEntry) -> bool:
    """Return whether an entry holds macros of Office or of LibreOffice."""
    name = entry.name.casefold()
    return name.endswith("vbaproject.bin") or _MACROS.match(name) is not None


def _active(file: _File) -> Iterator[Finding]:
    is_page = _is_page(file)
    if not is_page and file.ending not in _XML:
        return
    found = activity(
        file.pieces(),
        is_saved_mail=file.ending in _SAVED_MAIL,
        is_data=not is_page,
    )
    if found:
        yield attach_finding(
            "att.html-active",
            Severity.WARNING,
            f"{file.name} opens in a browser and has {found}.",
            hint="Send it as a PDF document, or a link to the page.",
            place=file.name,
        )


def _is_page(file: _File) -> bool:
    if Group.WEB_PAGE in {file.group, file.declared}:
        return True
    return file.content in {HTML, SVG} and file.group is not Group.TEXT


def _secrets(file: _File) -> Iterator[Finding]:
    is_text = file.content is None or file.content.is_text
    if is_text and (not is_binary(file.head) or _is_mostly_text(file.head)):
        text = _text(_beginning(file.pieces(), TEXT_BYTES))
        label = f"attachment {file.name}"[:PLACE_LIMIT]
        yield from secrets.scan(text, field="attach", label=label)
        yield from cards.scan_data(text, field="attach", label=label)


def _is_mostly_text(head: bytes) -> bool:
    """Return whether only some octets, or every second, are none of a text."""
    controls = len(_CONTROL.findall(head))
    return controls * _CONTROLS_IN < len(head) or _is_half_empty(head)


def _is_half_empty(head: bytes) -> bool:
    """Return whether it is ASCII in UTF-16 whose mark is missing."""
    halves = head[::2], head[1::2]
    empty, other = sorted(halves, key=lambda half: half.count(0), reverse=True)
    return bool(other) and empty.count(0) * 10 > len(empty) * 9 and not other.count(0)


def _text(content: bytes) -> str:
    """Return ``content`` as text; what is looked for there is ASCII."""
    if content.startswith(UTF_16_MARKS):
        return content.decode("utf-16", errors="replace")
    if _is_half_empty(content[:HEAD_BYTES]):
        return content.replace(b"\0", b"").decode("latin-1")
    return content.decode("utf-8-sig", errors="replace")


def _contains(pieces: Iterable[bytes], wanted: bytes) -> bool:
    before = b""
    for piece in pieces:
        text = before + piece
        if wanted in text:
            return True
        before = text[1 - len(wanted) :]
    return False


def _beginning(pieces: Iterable[bytes], size_bytes: int) -> bytes:
    kept = bytearray()
    for piece in pieces:
        kept += piece
        if len(kept) >= size_bytes:
            break
    return bytes(kept[:size_bytes])
