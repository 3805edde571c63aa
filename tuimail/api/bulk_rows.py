"""From what a bulk job is given to mails: messages, mappings, or a file of rows.

A few rows are made into mail together and alone, so that memory does not grow with
the job, and nothing of one row is in the mail of another.
"""

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from dataclasses import fields as every_field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from shutil import copyfileobj
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeGuard, cast

from tuimail.api.bulk_result import Item
from tuimail.api.message import (
    Attachment,
    Message,
    MessageFields,
    fields_of,
    mailboxes,
)
from tuimail.api.template import filled, row_of, template_of
from tuimail.core.address import parse_address
from tuimail.core.templates.merge_data import Row, rows_in
from tuimail.errors import AddressError, FieldError, TuimailError, UsageError
from tuimail.settings.files import expanded
from tuimail.settings.texts import lines_of, opened
from tuimail.workspace.bulk import LONGEST_ROW, row_key

if TYPE_CHECKING:
    from tuimail.workspace.attaching import FileToAttach
    from tuimail.workspace.fields import Fields

FIRST_ROWS: Final = 16
"""Rows of the first group; each next one is twice as long, up to ``MOST_ROWS``."""
MOST_ROWS: Final = 512
_TEXTS: Final = ("subject", "text", "html", "markdown")
_RECIPIENT_COLUMNS: Final = ("to", "email")
_NAMES: Final = frozenset(one.name for one in every_field(Message))

Key = str | Callable[[Any], str]
"""Name of a column, or what returns the name of a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One row, made into a mail, or why it cannot be."""

    row: int
    name: str
    """What it is called within its job; empty where it cannot be made."""
    item: Item
    fields: "Fields | None"
    error: TuimailError | None = None

    @property
    def addresses(self) -> tuple[str, ...]:
        """Whom it is for, without names, as far as that can be read."""
        return addresses_of(self.fields) if self.fields else ()

    def keyed(self, prefix: str) -> "Fields":
        """Return it under the key that it has in a job.

        Raises:
            ValueError: It is no mail.
        """
        if self.fields is None:
            raise ValueError("A row that cannot be a mail has no key.")
        return replace(self.fields, idempotency_key=row_key(prefix, self.name))


class Source:
    """Where the rows come from; how many there are, where that is known."""

    def __init__(self, items: Iterable[Item], total: int | None) -> None:
        self.items, self.total = items, total


@contextmanager
def source_of(messages: Iterable[Item] | str | os.PathLike[str]) -> Iterator[Source]:
    """Read a file once to its end, so that every row of it is known to be right.

    Raises:
        FieldError: It cannot be read, or a row of it is wrong.
    """
    if not isinstance(messages, str | os.PathLike):
        if not isinstance(messages, Iterable):
            raise FieldError(
                "What is sent is messages, mappings, or the path of a file, not "
                f"{type(messages).__name__}.",
                hint="Look at what it takes: help(tuimail.bulk)",
                field="messages",
            )
        total = len(messages) if isinstance(messages, Sequence) else None
        yield Source(messages, total)
        return
    path = expanded(Path(messages))
    with opened(path, name=str(messages), field="data") as file, _again(file) as rows:
        yield counted(rows, name=str(messages))


def counted(file: BinaryIO, *, name: str) -> Source:
    """Return the rows of a file that can be read from its beginning again."""
    total = sum(1 for _ in rows_in(lines_of(file, name=name, field="data"), name=name))
    file.seek(0)
    return Source(rows_in(lines_of(file, name=name, field="data"), name=name), total)


@contextmanager
def _again(file: BinaryIO) -> Iterator[BinaryIO]:
    """Give a file that can be read twice: a pipe is copied first."""
    if file.seekable():
        yield file
        return
    with tempfile.TemporaryFile() as copy:
        copyfileobj(file, copy)
        copy.seek(0)
        yield copy


class Mails:
    """Makes the mails of a job, group by group."""

    def __init__(
        self,
        items: Iterable[Item],
        *,
        fields: MessageFields,
        key: Key,
        account: str,
        provider: str = "",
    ) -> None:
        """Take what all rows share.

        Raises:
            TuimailError: The template cannot be read, or a field has no such kind
                of value.
        """
        self._items = items
        self._fields = fields.copy()
        self._key = key
        self._account, self._provider = account, provider
        self._template = template_of(fields.get("template"))
        if fields.get("template") is not None:
            self._fields["template"] = self._template
        self._data = fields.get("data", {})
        self._base = fields_of(Message(**fields))
        self._names: Counter[bytes] = Counter()

    def groups(self) -> Iterator[list[Mail]]:
        """Yield all mails; the first of them soon.

        Raises:
            TuimailError: No row could be made into a mail, whatever it says.
        """
        numbered = enumerate(self._items, start=1)
        size = FIRST_ROWS
        while rows := list(islice(numbered, size)):
            yield self._made(rows)
            size = min(size * 2, MOST_ROWS)

    @property
    def _fills_in(self) -> bool:
        """Whether rows are data: what the mails say is given once for all."""
        return any(self._fields.get(one) for one in ("template", *_TEXTS))

    def _made(self, rows: Sequence[tuple[int, Item]]) -> list[Mail]:
        data = [
            (number, item)
            for number, item in rows
            if self._fills_in and not isinstance(item, Message)
        ]
        made = dict(self._filled(data)) if data else {}
        return [
            self._named(number, item, made.get(number) or self._alone(item))
            for number, item in rows
        ]

    def _filled(
        self, rows: Sequence[tuple[int, Item]]
    ) -> Iterator[tuple[int, "Fields | TuimailError"]]:
        from tuimail.workspace.merging import merged_each  # noqa: PLC0415 - templates

        good: dict[int, Row] = {}
        for number, item in rows:
            try:
                good[number] = row_of({**self._data, **_mapping(item)})
            except TuimailError as error:
                yield number, error
        found = merged_each(
            self._base,
            list(good.values()),
            template=self._template.written,
            folder=self._template.folder,
        )
        for (number, row), one in zip(good.items(), found, strict=True):
            is_fields = not isinstance(one, TuimailError)
            yield number, _addressed(cast("Fields", one), row) if is_fields else one

    def _alone(self, item: Item) -> "Fields | TuimailError":
        try:
            return filled(self._message(item))
        except TuimailError as error:
            return error

    def _message(self, item: Item) -> Message:
        if isinstance(item, Message):
            data = {**self._data, **item.data}
            return item.with_fields(**{**self._fields, "data": data})
        row = dict(_mapping(item))
        if isinstance(self._key, str):
            row.pop(self._key, None)
        for name in row:
            if name not in _NAMES:
                raise FieldError(
                    f"{str(name)[:60]!r} is no field of a message.",
                    hint="Say what the mails are like, with a template or a text; "
                    "then every column can stand in it as {{ column }}.",
                    field="data",
                )
        return Message(**{**self._fields, **row})  # type: ignore[arg-type]

    def _named(self, number: int, item: Item, made: "Fields | TuimailError") -> Mail:
        if isinstance(made, TuimailError):
            return Mail(row=number, name="", item=item, fields=None, error=made)
        fields = replace(made, account=self._account, provider=self._provider)
        try:
            name = self._name(item, fields)
        except TuimailError as error:
            return Mail(row=number, name="", item=item, fields=fields, error=error)
        return Mail(row=number, name=name, item=item, fields=fields)

    def _name(self, item: Item, fields: "Fields") -> str:
        """Return what the row is called, which no other row of the job is.

        Raises:
            FieldError: It has no name, or that of another row.
        """
        if not self._key:
            shared = _shared(fields)
            self._names[_short(shared)] += 1
            count = self._names[_short(shared)]
            return f"{shared} #{count}" if count > 1 else shared
        name = self._said(item)
        if not name or len(name) > LONGEST_ROW:
            raise FieldError(
                f"The row's name is empty or has over {LONGEST_ROW} characters.",
                hint="Give every row a name of its own in that column.",
                field="key",
            )
        self._names[_short(name)] += 1
        if self._names[_short(name)] > 1:
            raise FieldError(
                f"Another row has the name {name[:60]!r}, too.",
                hint="Name a column in which every row has a value of its own.",
                field="key",
            )
        return name

    def _said(self, item: Item) -> str:
        if not isinstance(self._key, str):
            return self._told(self._key, item)
        if isinstance(item, Message):
            raise UsageError(
                f"A message has no column {self._key!r}.",
                hint="Give a function that returns the name of a message.",
                field="key",
            )
        return str(_mapping(item).get(self._key, "") or "")

    def _told(self, key: Callable[[Item], object], item: Item) -> str:
        """Return what the program's own function calls a row; nothing for None.

        Raises:
            FieldError: It raised something, which is no reason to stop the others.
        """
        try:
            name = key(item)
        except Exception as error:
            raise FieldError(
                f"The function key raised {type(error).__name__} for this row.",
                hint="Have it return a name for every row.",
                field="key",
            ) from error
        return "" if name is None else str(name)


def addresses_of(fields: "Fields") -> tuple[str, ...]:
    """Return whom a mail is for, without names, as far as that can be read."""
    said = (
        one for part in (fields.to, fields.cc, fields.bcc) for one in mailboxes(part)
    )
    return tuple(dict.fromkeys(map(_without_name, said)))


def _shared(fields: "Fields") -> str:
    """Return what a row is called after its recipients; blind copies stay unnamed."""
    name = ", ".join(sorted(addresses_of(replace(fields, bcc=()))))
    hidden = ", ".join(sorted(addresses_of(replace(fields, to=(), cc=()))))
    return f"{name} +{_short(hidden).hex()}" if hidden else name


def message_of(fields: "Fields") -> Message:
    """Return a message that says the same."""
    return Message(
        from_=fields.sender,
        from_name=fields.sender_name,
        inline_css=fields.inlines_css,
        attachments=tuple(map(_attachment, fields.attachments)),
        **{
            name: getattr(fields, name)
            for name in _NAMES - {"from_", "from_name", "inline_css", *_NOT_FILLED}
        },
    )


_NOT_FILLED: Final = ("template", "data", "attachments")


def _attachment(file: "FileToAttach | Path") -> Attachment | Path:
    if isinstance(file, Path):
        return file
    return Attachment(
        source=file.source,
        name=file.name,
        content_type=file.content_type,
        content_id=file.content_id,
    )


def _short(name: str) -> bytes:
    """Return so much of a name's hash that no two names share it."""
    return sha256(name.encode(errors="replace")).digest()[:16]


def _mapping(item: Item) -> Mapping[str, object]:
    if _is_mapping(item):
        return item
    raise FieldError(
        f"A row is of the kind {type(item).__name__}, not a Message or a mapping.",
        hint="Give tuimail.Message(…), or {'name': 'value', …}.",
        field="data",
    )


def _is_mapping(item: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(item, Mapping)


def _addressed(fields: "Fields", row: Row) -> "Fields":
    """Return a mail for whom the row names, where nothing else says for whom."""
    if fields.to or fields.cc or fields.bcc:
        return fields
    columns = (row.get(name) for name in _RECIPIENT_COLUMNS)
    said = next((one for one in columns if one), "")
    if isinstance(said, list):
        return replace(fields, to=mailboxes(list(map(str, said))))
    return replace(fields, to=mailboxes(str(said)))


def _without_name(text: str) -> str:
    try:
        return parse_address(text, field="to").text
    except AddressError:
        return text
