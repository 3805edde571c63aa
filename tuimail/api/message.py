"""A mail and its files, as a program says them.

Only the kind of each value is looked at here; whether it may stand in mail is for
the workspace to say, the same for every door.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from dataclasses import fields as every_field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Self, TypedDict

from tuimail.api.kinds import kind_of
from tuimail.core.address import format_address, split_items
from tuimail.core.finding import Finding
from tuimail.errors import FieldError

if TYPE_CHECKING:
    from tuimail.api.template import Template
    from tuimail.core.handed_in.message import HandedIn
    from tuimail.workspace.attaching import FileToAttach
    from tuimail.workspace.fields import Fields

Recipients = str | Sequence[str]
"""``"a@example.org, Bea <b@example.org>"``, or one or more mailboxes an item; names
and case are kept."""
Headers = Mapping[str, str] | Sequence[tuple[str, str]]
"""Names and values; a sequence where one name is there twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes along with a message.

    A path is read when the mail is handed in, not before; a stream is read then
    from where it stands to its end, so it can be sent once.
    """

    source: Path | str | bytes | BinaryIO
    """Path of the file, what is in it, or a file opened for reading bytes."""
    name: str = ""
    """As the receiver sees it; empty means the path's own. Bytes need one."""
    content_type: str = ""
    """``type/subtype``; empty means the one that the name's ending stands for."""
    content_id: str = ""
    """What HTML calls it by, as ``cid:…``; it is then shown within the HTML."""

    def __post_init__(self) -> None:
        source: object = self.source
        if not isinstance(source, str | Path | bytes) and not hasattr(source, "read"):
            raise _wrong(
                "attach",
                source,
                "a path, bytes or a file opened for bytes",
                about="Attachment",
            )


File = str | os.PathLike[str] | Attachment
"""A path, or an attachment."""


class MessageFields(TypedDict, total=False):
    """The fields of a ``Message`` as keywords, for ``send(**fields)``."""

    to: Recipients
    cc: Recipients
    bcc: Recipients
    from_: str
    from_name: str
    reply_to: Recipients
    subject: str
    text: str | None
    html: str | None
    markdown: str | None
    attachments: Sequence[File]
    headers: Headers
    in_reply_to: str
    references: Recipients
    priority: str
    unsubscribe_url: str
    category: str
    tags: Recipients
    metadata: Mapping[str, str]
    template_id: str
    merge: Mapping[str, str]
    merge_for: Mapping[str, Mapping[str, str]]
    track_opens: bool | None
    track_clicks: bool | None
    inline_css: bool
    makes_text: bool
    is_flowed: bool
    is_signed: bool
    expires_at: datetime | None
    template: "Template | str | None"
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One mail, before anybody checked what it says.

    Raises:
        FieldError: A value is of a kind that its field cannot have; ``field`` names
            it.
    """

    to: Recipients = ()
    cc: Recipients = ()
    bcc: Recipients = field(default=(), repr=False)
    """Who gets a copy that nobody else hears of; in no byte of the message."""
    from_: str = ""
    """Address or ``Name <address>``; empty means the account's own."""
    from_name: str = ""
    """Takes the place of the name in ``from_``."""
    reply_to: Recipients = ()
    """Empty means where the account says that answers go."""
    subject: str = ""
    text: str | None = None
    html: str | None = None
    """Gets a text beside it that is made from it, unless there is one."""
    markdown: str | None = None
    """Becomes text and HTML, in the place of both."""
    attachments: Sequence[File] = ()
    """Files, each at most 50 MiB."""
    headers: Headers = field(default_factory=dict)
    """Further headers; those that tuimail writes itself are refused."""
    in_reply_to: str = ""
    """Message-ID of the mail that this one answers."""
    references: Recipients = ()
    """Message-IDs of the thread; one text may hold several, with blanks between."""
    priority: str = ""
    """``high``, ``normal``, ``low``; empty says nothing."""
    unsubscribe_url: str = ""
    """An ``https:`` address that ends a subscription by one click (RFC 8058)."""
    category: str = ""
    """``transactional`` or ``bulk``; empty says nothing."""
    tags: Recipients = ()
    """Words to find it by at the provider."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    """What comes back in the provider's reports."""
    template_id: str = ""
    """A template that is kept at the provider."""
    merge: Mapping[str, str] = field(default_factory=dict)
    """What the blanks of that are filled with, for everybody."""
    merge_for: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The same for single recipients, by address."""
    track_opens: bool | None = None
    """None leaves it to the account's setting at the provider."""
    track_clicks: bool | None = None
    inline_css: bool = False
    """Whether rules of CSS move into the elements they are for, offline."""
    makes_text: bool = True
    """Whether HTML without text gets one."""
    is_flowed: bool = False
    """Whether programs may wrap the paragraphs of the text anew (RFC 3676)."""
    is_signed: bool = True
    """Whether the account's signature is put under it."""
    expires_at: datetime | None = None
    """When it is of no use any more, aware."""
    template: "Template | str | None" = None
    """A template, or its name or path; then every text here is one, too."""
    data: Mapping[str, object] = field(default_factory=dict)
    """What the blanks are filled with; every text here is then a template."""
    noticed: tuple[Finding, ...] = field(default=(), repr=False, compare=False)
    """What ``from_bytes`` noticed, such as a header that it left out; among the
    ``findings`` of a result. No keyword of ``send``."""

    def __post_init__(self) -> None:
        for name, is_right, wanted in _KINDS:
            if not is_right(value := getattr(self, name)):
                raise _wrong(name, value, wanted)

    @classmethod
    def from_bytes(cls, eml: bytes) -> Self:
        """Return what a whole message says (RFC 5322), as ``tuimail import`` does.

        It is written anew when it is sent, with a Date and a Message-ID of its own.
        What cannot be said again, or only as a file, is in ``noticed``.

        Raises:
            FieldError: It is none, or says what cannot be said again exactly.
        """
        from tuimail.core.handed_in.message import (  # noqa: PLC0415 - 17 ms
            read_message,
        )

        if not isinstance(eml, bytes | bytearray | memoryview):
            raise _wrong("message", eml, "bytes", about="Message.from_bytes")
        found = read_message(bytes(eml))
        return cls(**_said(found), noticed=found.noticed)

    def with_fields(self, **fields: Any) -> Self:  # noqa: ANN401 - as the fields are
        """Return the same with other values in some fields."""
        return replace(self, **fields)


def fields_of(message: Message) -> "Fields":
    """Return what a message says, for the workspace; blanks in it stay blanks."""
    from tuimail.workspace.fields import Fields  # noqa: PLC0415 - brings the workspace

    return Fields(
        sender=message.from_,
        sender_name=message.from_name,
        to=mailboxes(message.to),
        cc=mailboxes(message.cc),
        bcc=mailboxes(message.bcc),
        reply_to=mailboxes(message.reply_to),
        text=message.text or "",
        html=message.html or "",
        markdown=message.markdown or "",
        inlines_css=message.inline_css,
        attachments=tuple(map(file_to_attach, message.attachments)),
        headers=_pairs(message.headers),
        references=_several(message.references),
        tags=_several(message.tags),
        noticed=message.noticed,
        **{name: getattr(message, name) for name in _SAME},
    )


def mailboxes(said: Recipients) -> tuple[str, ...]:
    """Return one mailbox an item, none of them checked.

    An item that is empty is kept, to be refused, where it stands in a sequence.
    """
    if isinstance(said, str):
        return split_items(said)
    return tuple(one for item in said for one in split_items(item) or (item,))


def file_to_attach(file: File) -> "FileToAttach":
    """Return a file as the workspace takes it; nothing of it is read."""
    from tuimail.workspace.attaching import FileToAttach  # noqa: PLC0415 - as above

    if not isinstance(file, Attachment):
        return FileToAttach(source=Path(file))
    source = file.source
    return FileToAttach(
        source=Path(source) if isinstance(source, str) else source,
        name=file.name,
        content_type=file.content_type,
        content_id=file.content_id,
    )


_SAME: Final = (
    "subject", "in_reply_to", "priority", "unsubscribe_url", "category", "metadata",
    "template_id", "merge", "merge_for", "track_opens", "track_clicks", "makes_text",
    "is_flowed", "is_signed", "expires_at",
)  # fmt: skip
"""Fields that the workspace calls the same."""


def _several(said: Recipients) -> tuple[str, ...]:
    if isinstance(said, str):
        return (said,) if said else ()
    return tuple(said)


def _pairs(headers: Headers) -> tuple[tuple[str, str], ...]:
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return tuple((name, value) for name, value in pairs)


def _said(found: "HandedIn") -> MessageFields:
    return MessageFields(
        to=tuple(map(format_address, found.to)),
        cc=tuple(map(format_address, found.cc)),
        bcc=tuple(map(format_address, found.bcc)),
        from_=format_address(found.sender) if found.sender else "",
        reply_to=tuple(map(format_address, found.reply_to)),
        subject=found.subject,
        text=found.text or None,
        html=found.html or None,
        attachments=tuple(
            Attachment(
                source=one.content,
                name=one.name,
                content_type=one.content_type,
                content_id=one.content_id,
            )
            for one in found.files
        ),
        headers=found.headers,
        in_reply_to=found.in_reply_to,
        references=found.references,
        priority=found.priority.value if found.priority else "",
        unsubscribe_url=found.unsubscribe_url,
        makes_text=False,
        is_flowed=found.is_flowed,
        is_signed=False,
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_body(value: object) -> bool:
    return value is None or isinstance(value, str)


def _is_several(value: object) -> bool:
    return isinstance(value, str) or (_is_sequence(value) and _all(value, _is_text))


def _is_sequence(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _all(value: Any, is_right: Any) -> bool:  # noqa: ANN401 - asked of anything
    return all(map(is_right, value))


def _is_headers(value: object) -> bool:
    pairs: object = tuple(value.items()) if isinstance(value, Mapping) else value
    return _is_sequence(pairs) and _all(pairs, _is_pair)


def _is_pair(value: object) -> bool:
    return isinstance(value, tuple | list) and len(value) == 2 and _all(value, _is_text)  # noqa: PLR2004 - a name and a value


def _is_files(value: object) -> bool:
    return _is_sequence(value) and _all(value, _is_file)


def _is_file(value: object) -> bool:
    return isinstance(value, str | os.PathLike | Attachment)


def _is_values(value: object) -> bool:
    return isinstance(value, Mapping) and _all(
        (*value.keys(), *value.values()), _is_text
    )


def _is_values_each(value: object) -> bool:
    return (
        isinstance(value, Mapping)
        and _all(value, _is_text)
        and _all(value.values(), _is_values)
    )


def _is_data(value: object) -> bool:
    return isinstance(value, Mapping) and _all(value, _is_text)


def _is_yes_or_no(value: object) -> bool:
    return isinstance(value, bool)


def _is_choice(value: object) -> bool:
    return value is None or isinstance(value, bool)


def _is_time(value: object) -> bool:
    return value is None or (isinstance(value, datetime) and value.tzinfo is not None)


def _is_noticed(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(one, Finding) for one in value)


def _is_template(value: object) -> bool:
    return value is None or isinstance(value, str) or hasattr(value, "render")


_TEXT: Final = (_is_text, "text")
_BODY: Final = (_is_body, "text or None")
_SEVERAL: Final = (_is_several, "text, or a sequence of texts")
_VALUES: Final = (_is_values, "a mapping of texts to texts")
_YES_OR_NO: Final = (_is_yes_or_no, "True or False")
_CHOICE: Final = (_is_choice, "True, False or None")


def _kinds() -> Iterator[tuple[str, Any, str]]:
    for name in (one.name for one in every_field(Message)):
        is_right, wanted = _OTHER.get(name, _TEXT)
        yield name, is_right, wanted


_OTHER: Final[Mapping[str, tuple[Any, str]]] = {
    **dict.fromkeys(("text", "html", "markdown"), _BODY),
    **dict.fromkeys(("to", "cc", "bcc", "reply_to", "references", "tags"), _SEVERAL),
    **dict.fromkeys(("metadata", "merge"), _VALUES),
    **dict.fromkeys(("inline_css", "makes_text", "is_flowed", "is_signed"), _YES_OR_NO),
    **dict.fromkeys(("track_opens", "track_clicks"), _CHOICE),
    "attachments": (_is_files, "a sequence of paths and attachments"),
    "headers": (_is_headers, "a mapping, or a sequence of pairs, of texts"),
    "merge_for": (_is_values_each, "a mapping of addresses to mappings of texts"),
    "expires_at": (_is_time, "a datetime with a time zone, or None"),
    "template": (_is_template, "a Template, the name or path of one, or None"),
    "data": (_is_data, "a mapping with texts as names"),
    "noticed": (_is_noticed, "what from_bytes noticed"),
}
_KINDS: Final = tuple(_kinds())


def _wrong(name: str, value: object, wanted: str, *, about: str = "") -> FieldError:
    field_name = name.rstrip("_").replace("_", "-")
    return FieldError(
        f"The field {field_name} is {wanted}, not {kind_of(value)}.",
        hint=f"Look at what it takes: help(tuimail.{about or f'Message.{name}'})",
        field=field_name,
    )
