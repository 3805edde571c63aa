"""Which part is to be read, and which is a file.

The first text that is no file is the body; text and HTML are both taken where
they are alternatives of one another. Plain texts side by side, such as the footer
of a mailing list, are read as one text, and are joined where there is no HTML. Any
other text is attached, because a draft has one body: joining them would guess how a
reader shows them. So is a calendar among the alternatives, which then is a file and
no invitation. What says more than a draft can is refused.

Pure.
"""

from collections.abc import Iterator
from typing import Final

from tuimail.core.handed_in.content import read_content, read_text
from tuimail.core.handed_in.entities import ROOT, Entity
from tuimail.core.handed_in.files import (
    HandedInFile,
    content_id,
    file_name,
    file_type,
    wanted_ids,
)
from tuimail.core.handed_in.notes import Notes, refused
from tuimail.core.values import dataclass
from tuimail.core.wire.flowed import unflow

_PLAIN: Final = "text/plain"
_HTML: Final = "text/html"
_BODY: Final = frozenset({_PLAIN, _HTML})
_CALENDAR: Final = "text/calendar"
_MIXED: Final = frozenset({
    "multipart/digest", "multipart/mixed", "multipart/parallel",
})  # fmt: skip
_SEALED: Final = {
    "multipart/signed": "is signed, and what is sent is written anew, so that the "
    "signature would not fit",
    "multipart/encrypted": "is encrypted, so nobody can look at what it holds",
    "application/pkcs7-mime": "is signed or encrypted, so nobody can look at what "
    "it holds",
    "application/x-pkcs7-mime": "is signed or encrypted, so nobody can look at what "
    "it holds",
    "multipart/report": "is a report, which only mail programs write",
    "multipart/form-data": "is a form of the web, and no mail",
    "multipart/byteranges": "is a piece of a file, and no mail",
    "multipart/x-mixed-replace": "shows one part after another, and no mail does",
    "message/partial": "is a fragment, which is put together past every check",
    "message/external-body": "is fetched later, so nobody can look at what it holds",
}
"""What cannot be said anew, and why; an encrypted file is refused where it is the
whole message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What is to be read, and the files."""

    text: str
    html: str
    flowed: Entity | None
    """The part of the text, where its lines may be wrapped anew (RFC 3676)."""
    files: tuple[HandedInFile, ...]


def read_contents(raw: bytes, root: Entity, notes: Notes) -> Contents:
    """Return what the tree under ``root`` holds.

    Raises:
        FieldError: A part says what a draft cannot say, or cannot be read.
    """
    sorted_out = _Sorted(raw, notes)
    sorted_out.add(root)
    return sorted_out.contents()


class _Sorted:
    """Parts, each where it belongs."""

    def __init__(self, raw: bytes, notes: Notes) -> None:
        self._raw = raw
        self._notes = notes
        self._open = _BODY
        """Types of which a part may still become the body."""
        self._body: dict[str, Entity] = {}
        self._below: list[Entity] = []
        """Plain texts that go below the one that is the body."""
        self._files: list[tuple[Entity, bool]] = []
        """Each with whether it belongs to the HTML."""

    def add(self, entity: Entity) -> None:
        """Sort ``entity``, and what is in it."""
        self._refuse_sealed(entity)
        if entity.type == "multipart/alternative":
            self._add_alternatives(entity)
        elif entity.type == "multipart/related":
            self._add_related(entity)
        elif entity.is_multipart:
            self._add_mixed(entity)
        elif entity.type in self._open and not entity.is_file:
            self._body[entity.type] = entity
            self._open = frozenset()
        else:
            self._add_file(entity)

    def contents(self) -> Contents:
        """Return what was sorted."""
        plain, html = self._body.get(_PLAIN), self._body.get(_HTML)
        source = read_text(self._raw, html, self._notes) if html else ""
        while html and self._below:
            self._add_file(self._below.pop(0))
        return Contents(
            text=self._text(plain) if plain else "",
            html=source,
            flowed=plain if plain and _is_flowed(plain) else None,
            files=tuple(self._read_files(wanted_ids(source))),
        )

    def _refuse_sealed(self, entity: Entity) -> None:
        is_whole = entity.number == ROOT or not entity.type.startswith("application/")
        if entity.type in _SEALED and is_whole:
            raise refused(
                f"{entity.called} is {entity.type}: it {_SEALED[entity.type]}.",
                hint="Hand in the mail itself, without that around it.",
            )

    def _add_mixed(self, entity: Entity) -> None:
        if entity.type not in _MIXED:
            self._notes.warn(
                "mime.structure",
                f"{entity.called} is {entity.type}, and its parts go side by side.",
                field="message",
                hint="Look at whether that says the same.",
            )
        for child in entity.children:
            if self._is_below(child):
                self._below.append(child)
            else:
                self.add(child)

    def _is_below(self, entity: Entity) -> bool:
        """Return whether readers show the part as more of the text."""
        is_plain = entity.type == _PLAIN and not entity.is_file
        return is_plain and self._body.keys() == {_PLAIN}

    def _text(self, plain: Entity) -> str:
        text = read_text(self._raw, plain, self._notes)
        below = [self._text_below(entity) for entity in self._below]
        return "\n\n".join((text.rstrip("\n"), *below)) if below else text

    def _text_below(self, entity: Entity) -> str:
        """Return the text with no line that would flow into the next one."""
        text = read_text(self._raw, entity, self._notes)
        if _is_flowed(entity):
            text = unflow(text, delsp=_is_spaced(entity))
        return "\n".join(line.rstrip(" ") for line in text.strip("\n").split("\n"))

    def _add_alternatives(self, entity: Entity) -> None:
        """Take the plain text and the HTML, whichever of them may still be taken."""
        before, had = self._open, frozenset(self._body)
        for child in entity.children:
            self._open = before - self._body.keys()
            self._refuse_other_alternative(child)
            self.add(child)
        is_taken = self._body.keys() != had
        self._open = frozenset() if is_taken else before

    def _refuse_other_alternative(self, child: Entity) -> None:
        if child.type == _CALENDAR:
            self._notes.warn(
                "mime.structure",
                "An invitation goes as a file, and no program will ask for an answer "
                "to it.",
                field="attach",
                hint="Say in the text what it is about.",
            )
        elif not (child.is_multipart or child.is_file or child.type in _BODY):
            raise refused(
                f"{child.called} is {child.type} as an alternative to text and HTML, "
                "and some readers would see only that.",
                hint="Leave it out, or attach it as a file.",
            )

    def _add_related(self, entity: Entity) -> None:
        root = _start(entity)
        self.add(root)
        for child in entity.children:
            if child is not root and child.is_multipart:
                self.add(child)
            elif child is not root:
                self._refuse_sealed(child)
                self._add_file(child, is_related=True)

    def _add_file(self, entity: Entity, *, is_related: bool = False) -> None:
        if entity.type in _BODY and not entity.is_file:
            self._notes.warn(
                "mime.structure",
                f"{entity.called} is a further text; it goes as a file.",
                field="attach",
                hint="Put what it says into the text.",
            )
        self._files.append((entity, is_related))

    def _read_files(self, wanted: frozenset[str]) -> Iterator[HandedInFile]:
        for entity, is_related in self._files:
            yield self._read_file(entity, wanted, is_related=is_related)

    def _read_file(
        self, entity: Entity, wanted: frozenset[str], *, is_related: bool
    ) -> HandedInFile:
        name = file_name(entity, self._notes)
        content = self._file_content(entity)
        return HandedInFile(
            name=name,
            content_type=file_type(entity, content, name, self._notes),
            content=content,
            content_id=content_id(
                entity, wanted=wanted, is_related=is_related, notes=self._notes
            ),
        )

    def _file_content(self, entity: Entity) -> bytes:
        """Return the octets; text that had to be read as a body is in UTF-8."""
        if entity.type in _BODY and not entity.is_file:
            return read_text(self._raw, entity, self._notes).encode()
        return read_content(self._raw, entity, self._notes)


def _is_flowed(plain: Entity) -> bool:
    return plain.media.plain("format").lower() == "flowed"


def _is_spaced(plain: Entity) -> bool:
    return plain.media.plain("delsp").lower() == "yes"


def _start(related: Entity) -> Entity:
    """Return the part that the others belong to (RFC 2387 §3.2)."""
    wanted = related.media.plain("start").strip("<> \t")
    for child in related.children:
        if wanted and child.header.value("content-id").strip("<> \t") == wanted:
            return child
    return related.children[0]
