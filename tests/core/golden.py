"""Realistic mails, and what a reader should see of them.

Each folder in ``tests/data/golden`` holds one mail as its author gives it:
``mail.toml`` with the fields and files, and the body in ``page.txt``,
``page.html`` or ``page.md``. ``expected.txt`` is the whole preview, made from the
rendered bytes. ``python -m tests.core.golden`` writes those anew; a person then
reads the difference as the reader of that mail would.

A blank at the end of a line is written as ``␠``, so that it can be seen.
"""

import re
import sys
import tomllib
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from struct import pack
from typing import Any, Final

from tuimail.core import compose
from tuimail.core.address import Address, parse_address
from tuimail.core.checks import every
from tuimail.core.checks.context import Context
from tuimail.core.display import display
from tuimail.core.draft import Attachment, Draft, Priority, file_digest
from tuimail.core.finding import Finding
from tuimail.core.preview import LinkView, PartView, Preview, preview
from tuimail.core.service import Category, ServiceOptions, pairs_of
from tuimail.workspace.bodies import Written, finished

FOLDER: Final = Path(__file__).parents[1] / "data" / "golden"
DATE: Final = datetime(2026, 3, 2, 14, 2, tzinfo=UTC)
_BLANK: Final = "␠"
_BLANKS: Final = re.compile(r"[ \t]+$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """One mail of the set."""

    name: str
    draft: Draft
    noticed: tuple[Finding, ...]
    """What was noticed while its body was made."""
    files: dict[str, bytes]
    """Contents by digest."""

    @property
    def message(self) -> bytes:
        """The bytes that would be sent."""
        return b"".join(compose.render(self.plan, read=self.read))

    @property
    def plan(self) -> compose.Plan:
        """What the message is to be."""
        identifier = f"<{self.name}.1@golden.example>"
        return compose.plan(self.draft, message_id=identifier, date=DATE)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the checks say to somebody who wrote to these people before."""
        sender = self.draft.sender
        everybody = frozenset(one.text for one in self.draft.recipients)
        context = Context(
            own_addresses=frozenset({sender.text}),
            own_domains=frozenset({sender.domain}),
            known_addresses=everybody,
            size_bytes=len(self.message),
            read=self.read,
        )
        return every.run(self.draft, context, further=self.noticed)

    def read(self, digest: str) -> Iterator[bytes]:
        """Yield the bytes of a file."""
        yield self.files[digest]


def names() -> list[str]:
    """Return the names of all mails in the set."""
    return sorted(path.parent.name for path in FOLDER.glob("*/mail.toml"))


@cache
def mail(name: str) -> Golden:
    """Return the mail called ``name``."""
    folder = FOLDER / name
    fields = tomllib.loads((folder / "mail.toml").read_text("utf-8"))
    files = [_file(entry) for entry in fields.get("attach", ())]
    body, noticed = finished(_written(folder, fields))
    draft = Draft(
        sender=_address(fields["from"]),
        to=_addresses(fields, "to"),
        cc=_addresses(fields, "cc"),
        reply_to=_addresses(fields, "reply_to"),
        subject=fields["subject"],
        body=body,
        attachments=tuple(file for file, _ in files),
        headers=tuple((name, value) for name, value in fields.get("headers", ())),
        in_reply_to=fields.get("in_reply_to", ""),
        references=tuple(fields.get("references", ())),
        unsubscribe_url=fields.get("unsubscribe_url", ""),
        priority=Priority(fields["priority"]) if "priority" in fields else None,
        service=_service(fields),
    )
    contents = {file.digest: content for file, content in files}
    return Golden(name=name, draft=draft, noticed=noticed, files=contents)


def expected(name: str) -> str:
    """Return what was reviewed."""
    return (FOLDER / name / "expected.txt").read_text("utf-8")


def seen(golden: Golden) -> str:
    """Return the preview of a mail and its findings, as text that can be read."""
    found = preview(golden.message)
    codes = [f"{one.severity.value} {one.code}" for one in golden.findings]
    sections = (
        ("HEADERS", [f"{name}: {value}" for name, value in found.headers]),
        ("PARTS", map(_part, found.parts)),
        ("TEXT", [found.text]),
        ("HTML AS TEXT", _html(found)),
        ("LINKS", map(_link, found.links)),
        ("FINDINGS", codes),
    )
    shown = (
        f"=== {title}\n\n{_joined(lines)}" for title, lines in sections if lines != [""]
    )
    return "\n".join(shown)


def _joined(lines: Iterable[str]) -> str:
    text = display("".join(f"{line}\n" for line in lines), keep_newlines=True)
    return _BLANKS.sub(lambda blanks: _BLANK * len(blanks.group()), text)


def _part(part: PartView) -> str:
    sizes = f"{part.size_bytes} octets, {part.encoded_bytes} encoded"
    words = (
        part.content_type,
        part.disposition,
        part.charset,
        "flowed" if part.is_flowed else "",
        part.encoding,
        f"cid:{part.content_id}" if part.content_id else "",
        "container" if part.is_container else sizes,
        f"“{part.name}”" if part.name else "",
    )
    return "  " * part.depth + ", ".join(filter(None, words))


def _html(found: Preview) -> list[str]:
    if found.html_text is None:
        return ["(none)"]
    is_same = found.html_text == found.text
    return [
        "(the same)" if is_same else found.html_text,
        *([f"--- hidden: {found.hidden_text}"] if found.hidden_text else []),
        *([f"--- would fetch: {found.remote_count}"] if found.remote_count else []),
    ]


def _link(link: LinkView) -> str:
    hosts = link.host or "no host"
    if link.unicode_host != link.host:
        hosts += f" = {link.unicode_host}"
    codes = "".join(f"  !{one.code}" for one in link.findings)
    return f"[{link.number}] “{link.text}” {hosts}: {link.target}{codes}"


def _written(folder: Path, fields: dict[str, Any]) -> Written:
    return Written(
        text=_page(folder / "page.txt"),
        html=_page(folder / "page.html"),
        markdown=_page(folder / "page.md"),
        makes_text=fields.get("makes_text", True),
        inlines_css=fields.get("inline_css", False),
        is_flowed=fields.get("flowed", False),
        signature=fields.get("signature", ""),
        is_trusted=not fields.get("agent", False),
    )


def _page(path: Path) -> str:
    return path.read_text("utf-8").replace(_BLANK, " ") if path.exists() else ""


def _address(text: str) -> Address:
    return parse_address(text, field="to")


def _addresses(fields: dict[str, Any], name: str) -> tuple[Address, ...]:
    return tuple(map(_address, fields.get(name, ())))


def _service(fields: dict[str, Any]) -> ServiceOptions:
    category = fields.get("category")
    return ServiceOptions(
        category=Category(category) if category else None,
        tags=tuple(fields.get("tags", ())),
        metadata=pairs_of(fields.get("metadata", {})),
        track_opens=fields.get("track_opens"),
        track_clicks=fields.get("track_clicks"),
    )


def _file(entry: dict[str, Any]) -> tuple[Attachment, bytes]:
    content = _content(entry)
    file = Attachment(
        name=entry["name"],
        content_type=entry["type"],
        digest=file_digest(content),
        size_bytes=len(content),
        content_id=entry.get("cid", ""),
    )
    return file, content


def _content(entry: dict[str, Any]) -> bytes:
    if "pixels" in entry:
        return _png(*entry["pixels"])
    if "hex" in entry:
        return bytes.fromhex(entry["hex"])
    if "zip" in entry:
        return _zip(entry["zip"])
    text: str = entry["text"]
    return text.encode() * int(entry.get("times", 1))


def _png(width: int, height: int) -> bytes:
    """Return a picture in one shade of grey, not compressed: bytes never differ."""
    rows = b"".join(b"\0" + bytes([width % 256]) * width for _ in range(height))
    stored = b"\x01" + pack("<HH", len(rows), len(rows) ^ 0xFFFF) + rows
    pixels = b"\x78\x01" + stored + pack(">I", zlib.adler32(rows))
    head = pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        pack(">I", len(data)) + name + data + pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def _zip(member: str) -> bytes:
    """Return an archive as offices write them, with one member and no date."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(member), "<document/>")
    return file.getvalue()


def write() -> None:
    """Write every ``expected.txt`` anew and say which changed."""
    for name in names():
        text = seen(mail(name))
        path = FOLDER / name / "expected.txt"
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            sys.stdout.write(f"{name}: read what changed\n")


if __name__ == "__main__":
    write()
