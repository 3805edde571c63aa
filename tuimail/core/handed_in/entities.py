"""The parts of a message as a tree (RFC 2046 §5.1), in linear time.

Only places in the message are kept, no copies. Boundaries are compared whole, a
delimiter line is nothing but a delimiter, and what an outer multipart ends is
ended for the inner ones too.

Pure.
"""

from collections.abc import Iterator
from typing import Final

from tuimail.core.handed_in.header import Header, read_header
from tuimail.core.handed_in.mailboxes import without_comments
from tuimail.core.handed_in.notes import Notes, refused, shown
from tuimail.core.handed_in.parameters import Value, read_value
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass, replace

DEPTH_LIMIT: Final = 20
"""Multiparts within one another; readers give up at similar numbers."""
PARTS_LIMIT: Final = 1_000
ROOT: Final = 1
"""Number of the whole message among its parts."""

_TYPE: Final = regex(r"[a-z0-9!#$&^_.+-]{1,64}/[a-z0-9!#$&^_.+-]{1,64}")
_BOUNDARY: Final = regex(r"[ -~]{0,69}[!-~]")
_END_OF_DELIMITER: Final = regex(rb"(--)?[ \t]*+(?:\r?\n|\Z)")
_PLAIN_ENCODINGS: Final = frozenset({"", "7bit", "8bit", "binary"})
_BOILERPLATE: Final = regex(rb"(?i)multi-?part|\bMIME\b")
"""What programs say to readers from before MIME."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A message or a part of one."""

    number: int
    """From 1, in the order in which they begin; 1 is the message itself."""
    header: Header
    media: Value
    """Content-Type; text/plain where none is said."""
    disposition: Value
    encoding: str
    """Content-Transfer-Encoding, lower case; empty where none is said."""
    start: int
    """Where the content begins, in the message."""
    end: int
    children: tuple["Entity", ...] = ()
    """Of a multipart; never empty there."""

    @property
    def type(self) -> str:
        """Type and subtype, lower case."""
        return self.media.word

    @property
    def is_multipart(self) -> bool:
        """Whether it consists of parts."""
        return self.type.startswith("multipart/")

    @property
    def is_file(self) -> bool:
        """Whether it says that it is to be saved, or has a name to be saved as."""
        return self.disposition.word == "attachment" or any(
            key.partition("*")[0] in {"filename", "name"}
            for value in (self.media, self.disposition)
            for key in value.parameters
        )

    @property
    def called(self) -> str:
        """What a sentence calls it."""
        return "The message" if self.number == ROOT else f"Part {self.number}"


def read_tree(raw: bytes, start: int, notes: Notes) -> Entity:
    """Return the message that begins at ``start``, with all its parts.

    Raises:
        FieldError: Its parts cannot be told apart, there are more than 1,000, or
            they are deeper in one another than 20.
    """
    return _Tree(raw, notes).entity(start, len(raw), depth=0, default="text/plain")


class _Tree:
    def __init__(self, raw: bytes, notes: Notes) -> None:
        self._raw = raw
        self._notes = notes
        self._count = 0

    def entity(self, start: int, end: int, *, depth: int, default: str) -> Entity:
        number = self._next_number(depth)
        header, content = read_header(self._raw, start, end, self._notes)
        found = Entity(
            number=number,
            header=header,
            media=_media(header, default),
            disposition=_disposition(header),
            encoding=_encoding(header),
            start=content,
            end=end,
        )
        return self._with_children(found, depth) if found.is_multipart else found

    def _next_number(self, depth: int) -> int:
        self._count += 1
        if self._count > PARTS_LIMIT:
            raise refused(
                f"The message has more than {PARTS_LIMIT:,} parts.",
                hint="Put the files into an archive.",
            )
        if depth > DEPTH_LIMIT:
            raise refused(
                f"The message has parts more than {DEPTH_LIMIT} deep in one another.",
                hint="Put its parts side by side.",
            )
        return self._count

    def _with_children(self, entity: Entity, depth: int) -> Entity:
        if entity.encoding not in _PLAIN_ENCODINGS:
            raise refused(
                f"{entity.called} is {entity.type} in {entity.encoding[:60]}, which "
                "RFC 2045 §6.4 forbids.",
                hint="Encode its parts instead.",
            )
        default = "message/rfc822" if entity.type.endswith("/digest") else "text/plain"
        children = tuple(
            self.entity(start, end, depth=depth + 1, default=default)
            for start, end in self._sections(entity)
        )
        if not children:
            raise refused(
                f"{entity.called} is {entity.type}, and its boundary is nowhere in it.",
                hint="Write the boundary before each part, after two hyphens.",
            )
        return replace(entity, children=children)

    def _sections(self, entity: Entity) -> Iterator[tuple[int, int]]:
        """Yield where each part begins and ends."""
        start = -1
        for position, line_end, is_last in self._delimiters(entity):
            if start < 0:
                self._note_unread(entity.start, position, entity)
            else:
                yield start, self._without_line_end(start, position)
            start = line_end
            if is_last:
                self._note_unread(line_end, entity.end, entity)
                return
        if start >= 0:
            self._notes.warn(
                "mime.structure",
                f"{entity.called} has no boundary at its end; it may have been cut "
                "off.",
                field="message",
                hint="Check that its end is there.",
            )
            yield start, entity.end

    def _delimiters(self, entity: Entity) -> Iterator[tuple[int, int, bool]]:
        """Yield each delimiter line: its begin, its end, whether it is the last."""
        raw, delimiter = self._raw, _delimiter(entity)
        position = raw.find(delimiter, entity.start, entity.end)
        while position >= 0:
            after = position + len(delimiter)
            begins_line = position == entity.start or raw[position - 1] == ord("\n")
            found = _END_OF_DELIMITER.match(raw, after, entity.end)
            if begins_line and found is not None:
                yield position, found.end(), found[1] is not None
                after = found.end()
            position = raw.find(delimiter, after, entity.end)

    def _without_line_end(self, start: int, end: int) -> int:
        """Return where a part ends: the line end before a delimiter is its own."""
        for octet in (b"\n", b"\r"):
            if end > start and self._raw[end - 1 : end] == octet:
                end -= 1
        return end

    def _note_unread(self, start: int, end: int, entity: Entity) -> None:
        """Note text before the first part and after the last, which nobody sees."""
        text = self._raw[start:end].strip()
        if text and not _BOILERPLATE.search(text):
            self._notes.info(
                "mime.structure",
                f"{entity.called} has text outside its parts, which no reader shows; "
                "it was left out.",
                field="message",
                place=text[:200].decode(errors="replace"),
            )


def _media(header: Header, default: str) -> Value:
    value = read_value(header.value("content-type") or default, name="Content-Type")
    if not _TYPE.fullmatch(value.word):
        raise refused(
            f"The Content-Type {shown(value.word)} is none.",
            hint="Write one such as text/plain or application/pdf.",
        )
    return value


def _disposition(header: Header) -> Value:
    return read_value(header.value("content-disposition"), name="Content-Disposition")


def _encoding(header: Header) -> str:
    word, _ = without_comments(header.value("content-transfer-encoding"))
    return word.strip(" \t").lower()


def _delimiter(entity: Entity) -> bytes:
    names = [key for key in entity.media.parameters if key.startswith("boundary")]
    boundary = entity.media.parameters.get("boundary", "")
    if names != ["boundary"] or not _BOUNDARY.fullmatch(boundary):
        raise refused(
            f"{entity.called} is {entity.type} without a boundary that can be used, "
            "so its parts cannot be told apart.",
            hint='Write boundary="…" in its Content-Type, of 70 characters at most.',
        )
    return b"--" + boundary.encode()
