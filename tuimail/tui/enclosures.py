"""The files of a mail: what each says it is, what it is, and what is in it.

Pure; files are decoded when the tab is opened.
"""

from collections.abc import Iterator, Sequence
from functools import cache, partial
from typing import Final

from tuimail.core.files.enclosed import Enclosed, enclosed, entries
from tuimail.core.files.zip_directory import ZipEntry
from tuimail.core.preview import PartView, parts
from tuimail.tui import wording
from tuimail.tui.tabs import Tab, later
from tuimail.tui.widgets.blocks import Blocks, Octets, Place, TextLines
from tuimail.tui.widgets.prose import Kind, Paragraph

AT_ONCE: Final = 2_000_000
"""Octets of a message whose files are decoded when the tab is opened, no sooner."""
DIGEST_SHOWN: Final = 16
_INDENT: Final = "  "
_EMPTY: Final = Paragraph(text="It has nothing in it.", kind=Kind.WARNING)


def tab(raw: bytes, files: int) -> Tab:
    """Return the tab of what goes along, and of how the message is put together."""
    found = cache(partial(enclosed, raw))
    title = f"Attachments {files}" if files else "Parts"
    return Tab(
        name="parts",
        title=title,
        short=f"Att {files}" if files else "Prt",
        text=later(lambda: (*_files(found()), *_tree(parts(raw)))),
        is_slow=len(raw) > AT_ONCE,
    )


def file_at(text: Blocks, place: Place) -> int:
    """Return which file what stands at ``place`` of the tab is about, from 0."""
    before = [
        one
        for number in range(place.block + 1)
        for index, one in enumerate(text.block(number))
        if Place(number, index) <= place and one.kind is Kind.STRONG
    ]
    return max(0, len(before) - 1)


def inside(file: Enclosed) -> Blocks:
    """Return what is in a file, as text: words, names, or bytes."""
    if not file.content:
        return later(lambda: (_EMPTY,))
    listed = entries(file.content)
    if listed:
        return later(lambda: tuple(_entries(listed)))
    if file.is_binary:
        return Octets(file.content)
    return TextLines(file.content.decode("utf-8", "backslashreplace"))


def described(file: Enclosed) -> Iterator[Paragraph]:
    """Yield what is known of a file."""
    said = wording.line(file.content_type)
    yield Paragraph(label="said", text=said)
    kind = Kind.BLOCK if file.is_contradicted else Kind.PLAIN
    what = file.what or ("not recognised" if file.is_binary else "text, or like it")
    other = ", which is something else" if file.is_contradicted else ""
    yield Paragraph(label="is", text=f"{what}{other}", kind=kind)
    size = wording.size(file.size_bytes)
    yield Paragraph(
        label="size", text=f"{size}, {wording.size(file.encoded_bytes)} as sent"
    )
    yield Paragraph(label="digest", text=f"{file.digest[:DIGEST_SHOWN]}…")
    if file.content_id:
        shown = f"by the HTML, as cid:{wording.line(file.content_id)}"
        yield Paragraph(label="shown", text=shown)


def name_of(file: Enclosed) -> str:
    """Return the name that its receiver sees, in quotes; safe text."""
    return f"“{wording.line(file.name)}”" if file.name else "no name"


def _files(found: Sequence[Enclosed]) -> Iterator[Paragraph]:
    for number, file in enumerate(found, start=1):
        yield Paragraph(label=f"{number}", text=name_of(file), kind=Kind.STRONG)
        yield from described(file)
        yield Paragraph(text="")


def _entries(listed: Sequence[ZipEntry]) -> Iterator[Paragraph]:
    yield Paragraph(text=wording.count(len(listed), "file"), kind=Kind.HEADING)
    for entry in listed:
        note = "ENCRYPTED" if entry.is_encrypted else ""
        yield Paragraph(text=wording.line(entry.name), note=note)


def _tree(shown: Sequence[PartView]) -> Iterator[Paragraph]:
    yield Paragraph(text="How the message is put together", kind=Kind.HEADING)
    for number, part in enumerate(shown, start=1):
        what = _INDENT * part.depth + ", ".join(_what(part))
        yield Paragraph(label=f"{number}", text=what)
        if part.name:
            yield Paragraph(label="name", text=f"“{wording.line(part.name)}”")
        if part.content_id:
            yield Paragraph(label="id", text=f"cid:{wording.line(part.content_id)}")


def _what(part: PartView) -> Iterator[str]:
    """Yield what is known of a part, in the order in which it matters."""
    yield wording.line(part.content_type)
    if part.disposition:
        yield wording.line(part.disposition)
    if part.is_container:
        yield f"{wording.size(part.encoded_bytes)} in all"
        return
    yield wording.size(part.size_bytes)
    for word in (part.charset, "flowed" if part.is_flowed else "", part.encoding):
        if word:
            yield wording.line(word)
    if part.encoded_bytes != part.size_bytes:
        yield f"{wording.size(part.encoded_bytes)} as sent"
