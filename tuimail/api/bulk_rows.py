"""From what a bulk job is given to mails: messages, mappings, or a file of rows.

A few rows are made into mail together and alone, so that memory does not grow with
the job, and nothing of one row is in the mail of another.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeGuard, cast

from tuimail.api.bulk_file import few_of
from tuimail.api.bulk_result import Item
from tuimail.api.message import (
    Attachment,
    Message,
    MessageFields,
    fields_of,
    mailboxes,
)
from tuimail.api.row import FILES, attachment_of, enclosed, message_fields
from tuimail.api.template import filled, row_of, template_of
from tuimail.core.address import parse_address
from tuimail.core.templates.merge_data import Row
from tuimail.errors import AddressError, FieldError, TuimailError, UsageError
from tuimail.workspace.bulk import LONGEST_ROW, Order, row_key

if TYPE_CHECKING:
    from tuimail.workspace.attaching import FileToAttach
    from tuimail.workspace.fields import Fields

FIRST_ROWS: Final = 16
"""Rows of the first group; each next one is twice as long, up to ``MOST_ROWS``."""
MOST_ROWS: Final = 512
_TEXTS: Final = ("subject", "text", "html", "markdown")
_RECIPIENT_COLUMNS: Final = ("to", "email")
_NAMES: Final = frozenset(MessageFields.__annotations__)

Key = str | Callable[[Any], str]
"""Name of a column, or what returns the name of a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One row, made into a mail, or why it cannot be."""

    row: int
    name: str
    """What it is called within its job; empty where it cannot be made."""
    people: str = ""
    """Whom it is for, where it is called after that."""
    item: Item | None
    """What it was made from; None where nobody asks any more."""
    fields: "Fields | None"
    error: TuimailError | None = None

    @property
    def addresses(self) -> tuple[str, ...]:
        """Whom it is for, without names, as far as that can be read."""
        return addresses_of(self.fields) if self.fields else ()

    def order(self, prefix: str) -> Order:
        """Return it under the key that it has in a job.

        Raises:
            ValueError: It is no mail.
        """
        if self.fields is None:
            raise ValueError("A row that cannot be a mail has no key.")
        key = row_key(prefix, self.name)
        return Order(
            fields=replace(self.fields, idempotency_key=key), people=self.people
        )

    def without_files(self, *, keeps_item: bool) -> "Mail":
        """Return what is needed of it while it is on its way."""
        fields = self.fields and replace(self.fields, attachments=())
        return replace(self, fields=fields, item=self.item if keeps_item else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Blanks:
    """What a row fills in."""

    row: Row
    files: "tuple[FileToAttach, ...]"
    """What goes along with its mail alone."""

    def completed(self, fields: "Fields") -> "Fields":
        """Return its mail, for whom it is and with its files."""
        attachments = (*fields.attachments, *self.files)
        return _addressed(replace(fields, attachments=attachments), self.row)


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
            TuimailError: The template cannot be read, a file can be read only once,
                or a field has no such kind of value.
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
        if self._base.attachments:
            _refuse_streams(self._base)
        self._names: Counter[bytes] = Counter()

    def groups(self) -> Iterator[list[Mail]]:
        """Yield all mails; the first of them soon.

        Raises:
            TuimailError: No row could be made into a mail, whatever it says.
        """
        numbered = enumerate(self._items, start=1)
        size = FIRST_ROWS
        while rows := list(few_of(islice(numbered, size))):
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

        good: dict[int, _Blanks] = {}
        for number, item in rows:
            try:
                good[number] = self._blanks(_mapping(item))
            except TuimailError as error:
                yield number, error
        found = merged_each(
            self._base,
            [one.row for one in good.values()],
            template=self._template.written,
            folder=self._template.folder,
        )
        for (number, blanks), one in zip(good.items(), found, strict=True):
            is_fields = not isinstance(one, TuimailError)
            yield number, blanks.completed(cast("Fields", one)) if is_fields else one

    def _blanks(self, row: Mapping[str, object]) -> "_Blanks":
        """Return what a row fills in, and what it has besides.

        Raises:
            TuimailError: A value can be neither.
        """
        files = enclosed(row)
        taken = {name: one for name, one in row.items() if name != FILES or not files}
        return _Blanks(row=row_of({**self._data, **taken}), files=files)

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
        return Message(**{**self._fields, **message_fields(row)})

    def _named(self, number: int, item: Item, made: "Fields | TuimailError") -> Mail:
        if isinstance(made, TuimailError):
            return Mail(row=number, name="", item=item, fields=None, error=made)
        fields = replace(made, account=self._account, provider=self._provider)
        try:
            people = "" if self._key else _shared(fields)
            name = self._name(item) if self._key else self._counted(people)
        except TuimailError as error:
            return Mail(row=number, name="", item=item, fields=fields, error=error)
        return Mail(row=number, name=name, people=people, item=item, fields=fields)

    def _counted(self, people: str) -> str:
        self._names[_short(people)] += 1
        count = self._names[_short(people)]
        return f"{people} #{count}" if count > 1 else people

    def _name(self, item: Item) -> str:
        """Return what the row says that it is called, which no other row is.

        Raises:
            FieldError: It has no name, or that of another row.
        """
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
        name = _mapping(item).get(self._key)
        return "" if name is None else str(name)

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


def by_of(key: Key) -> str:
    """Return what tells the rows of a job apart, as a word; empty for whom they are."""
    return key if isinstance(key, str) else "()"


def _refuse_streams(fields: "Fields") -> None:
    from tuimail.workspace.merging import refuse_streams  # noqa: PLC0415 - templates

    refuse_streams(fields)


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
    return file if isinstance(file, Path) else attachment_of(file)


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
