"""A mail that another one begins from: read as far as it can be.

It came from anywhere, so nothing in it is refused; what cannot be read is left out
and named.

Pure.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Final

from tuimail.core.address import Address
from tuimail.core.characters import NOT_IN_A_BODY, NOT_IN_A_LINE
from tuimail.core.files.names import clean_name
from tuimail.core.handed_in.files import HandedInFile
from tuimail.core.handed_in.mailboxes import readable_mailboxes
from tuimail.core.handed_in.words import read_words
from tuimail.core.html.facts import examine
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.core.wire.flowed import unflow
from tuimail.core.wire.parts import Part, walk
from tuimail.errors import FieldError

TEXT_LIMIT: Final = 4_000_000
"""So many octets of one text are read."""
FILE_LIMIT: Final = 100_000_000
PARTS_LIMIT: Final = 1_000
_FILE_TYPE: Final = "application/octet-stream"
_REPLACEMENT: Final = "\ufffd"
_FOLD: Final = regex(r"\r?\n(?=[ \t])")
_MESSAGE_ID: Final = regex(r"<[!-;=?-~]{1,900}>")
_RECEIVED_FOR: Final = ("delivered-to", "x-original-to", "envelope-to")
"""Whom servers say that they delivered it to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """What is said by a mail that is answered, or handed on."""

    sender: Address | None
    """None where it does not say, or nobody can tell."""
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    delivered_to: tuple[Address, ...]
    subject: str
    date: datetime | None
    message_id: str
    references: tuple[str, ...]
    text: str
    files: tuple[HandedInFile, ...]
    left_out: tuple[str, ...]
    """Recipients that are no addresses, as they stand there."""


def read_parent(raw: bytes) -> Parent:
    """Return what the mail in ``raw`` says."""
    parts = list(islice(walk(_without_from_line(raw)), PARTS_LIMIT))
    header = _Header(parts[0])
    return Parent(
        sender=next(iter(header.mailboxes("from")), None),
        reply_to=header.mailboxes("reply-to"),
        to=header.mailboxes("to"),
        cc=header.mailboxes("cc"),
        delivered_to=header.mailboxes(*_RECEIVED_FOR),
        subject=NOT_IN_A_LINE.sub(" ", read_words(header.value("subject"))).strip(),
        date=_date(header.value("date")),
        message_id=next(iter(_ids(header.value("message-id"))), ""),
        references=_references(header),
        text=NOT_IN_A_BODY.sub(_REPLACEMENT, _text(parts)),
        files=tuple(_files(parts)),
        left_out=header.left_out,
    )


class _Header:
    def __init__(self, part: Part) -> None:
        self._fields = [
            (name.lower(), _unfolded(str(value)))
            for name, value in part.headers.raw_items()
        ]
        self._left_out: list[str] = []

    @property
    def left_out(self) -> tuple[str, ...]:
        return tuple(self._left_out)

    def value(self, name: str) -> str:
        """Return what the first field of that name says, or nothing."""
        return next((value for one, value in self._fields if one == name), "")

    def mailboxes(self, *names: str) -> tuple[Address, ...]:
        values = [value for one, value in self._fields if one in names]
        found, unread = readable_mailboxes(values)
        self._left_out += unread
        return found


def _without_from_line(raw: bytes) -> bytes:
    """Return the mail without the line that begins it in a mailbox file."""
    if raw.startswith(b"From "):
        return raw.partition(b"\n")[2]
    return raw.removeprefix(b"\xef\xbb\xbf")


def _unfolded(value: str) -> str:
    """Return a field on one line; octets that are no ASCII are UTF-8."""
    octets = _FOLD.sub("", value).encode("utf-8", "surrogateescape")
    return octets.decode("utf-8", "replace").replace("\n", " ").strip()


def _date(value: str) -> datetime | None:
    try:
        return parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None


def _ids(value: str) -> tuple[str, ...]:
    return tuple(_MESSAGE_ID.findall(value))


def _references(header: _Header) -> tuple[str, ...]:
    """Return the thread up to this mail (RFC 5322 §3.6.4)."""
    found = _ids(header.value("references"))
    if found:
        return found
    answered = _ids(header.value("in-reply-to"))
    return answered if len(answered) == 1 else ()


def _text(parts: Iterable[Part]) -> str:
    """Return the plain text, or else the HTML as text."""
    readable = [one for one in parts if not one.is_container and not one.is_file]
    plain = [_plain(one) for one in readable if one.content_type == "text/plain"]
    if any(one.strip() for one in plain):
        return "\n\n".join(one.strip("\n") for one in plain)
    html = [one for one in readable if one.content_type == "text/html"]
    return "\n\n".join(_of_html(one) for one in html)


def _plain(part: Part) -> str:
    text = _lines(part)
    if part.parameter("format").lower() != "flowed":
        return text
    return unflow(text, delsp=part.parameter("delsp").lower() == "yes")


def _of_html(part: Part) -> str:
    try:
        return examine(_lines(part)).read.text
    except FieldError:
        return ""


def _lines(part: Part) -> str:
    text = part.text(limit_bytes=TEXT_LIMIT)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _files(parts: Iterable[Part]) -> Iterator[HandedInFile]:
    for number, part in enumerate(parts, start=1):
        is_text = part.content_type in {"text/plain", "text/html"}
        is_read = is_text and not part.is_file and not part.name
        if not (part.is_container or is_read):
            yield _file(part, number)


def _file(part: Part, number: int) -> HandedInFile:
    """Return a file; a mail within the mail becomes one, too."""
    is_mail = part.content_type.startswith("message/")
    is_kind_of_mail = is_mail or part.content_type.startswith("multipart/")
    return HandedInFile(
        name=_name(part) or f"part-{number}{'.eml' if is_mail else '.bin'}",
        content_type=_FILE_TYPE if is_kind_of_mail else part.content_type,
        content=part.decoded(limit_bytes=FILE_LIMIT),
    )


def _name(part: Part) -> str:
    """Return what the file may be called, or nothing."""
    try:
        return clean_name(NOT_IN_A_LINE.sub("", part.name))[0]
    except FieldError:
        return ""
