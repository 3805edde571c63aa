"""Texts with blanks, for programs: what mail is made of, filled in with data.

They are filled in by a process of their own, with bounded memory and time, and a
blank without a value is an error that names its line.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self
from uuid import UUID

from tuimail.api.kinds import LONGEST_SHOWN, wrong
from tuimail.api.message import Message, fields_of
from tuimail.core.templates.file import Written
from tuimail.core.templates.merge_data import Row, merge_data
from tuimail.core.templates.renderer import Kind
from tuimail.core.templates.renderer import Template as Source
from tuimail.errors import NotFoundError, TemplateError
from tuimail.settings.files import expanded, is_file
from tuimail.settings.paths import config_path, templates_path

if TYPE_CHECKING:
    from tuimail.workspace.fields import Fields

_PARTS: Final[Mapping[str, Kind]] = {
    "subject": Kind.TEXT,
    "text": Kind.TEXT,
    "html": Kind.HTML,
    "markdown": Kind.MARKDOWN,
}
_AS_TEXT: Final = (date, time, Decimal, UUID)
"""Values that are no JSON, and of which everybody means the same text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """Texts with blanks, in Jinja's language: ``Hello {{ name }}``.

    Values stay text: those in HTML are escaped, those in Markdown are no marks.
    """

    subject: str = ""
    text: str = ""
    html: str = ""
    markdown: str = ""
    name: str = "template"
    """What errors call it."""
    folder: Path | None = None
    """Where it may include other files from; None for nowhere."""
    loaded: Written = field(default_factory=dict, repr=False)
    """What stands in the file it was loaded from."""

    @classmethod
    def load(cls, name: str | os.PathLike[str]) -> Self:
        """Return the template in a file: header lines, an empty line, the body.

        Args:
            name: A path; or what a file in the folder ``templates`` beside
                ``config.toml`` is called, with or without its ending ``.md``,
                ``.html`` or ``.txt``.

        Raises:
            NotFoundError: There is no such file.
            TemplateError: It has a header that it may not have.
            FieldError: It cannot be read.
        """
        from tuimail.workspace.merging import read_template  # noqa: PLC0415 - rare

        path = _path(name)
        return cls(name=path.name, folder=path.parent, loaded=read_template(path))

    def render(self, data: Mapping[str, object] | None = None) -> Message:
        """Return the message that it becomes with ``data`` in its blanks.

        ``send(template.render(data), to=…)`` sends it; for many, ``bulk`` fills in
        all of them at once.

        Raises:
            TemplateError: A blank has no value, or the template is wrong; the name
                and the line are in its text.
        """
        fields = filled(Message(template=self, data=data or {}))
        return Message(
            to=fields.to,
            cc=fields.cc,
            bcc=fields.bcc,
            from_=fields.sender,
            reply_to=fields.reply_to,
            subject=fields.subject,
            text=fields.text or None,
            html=fields.html or None,
            markdown=fields.markdown or None,
        )

    @property
    def written(self) -> Written:
        """Its texts by field, as ``workspace.merging`` takes them."""
        return {**self.loaded, **dict(self._given())}

    def _given(self) -> Iterator[tuple[str, tuple[Source, ...]]]:
        for part, kind in _PARTS.items():
            if source := getattr(self, part):
                name = f"{self.name} ({part})"
                yield (
                    part,
                    (Source(name=name, source=source, kind=kind, field="template"),),
                )


def filled(message: Message) -> "Fields":
    """Return what a message says, with all blanks filled in.

    Where it has neither a template nor data nothing in it is one.

    Raises:
        TuimailError: As ``Template.load`` and ``Template.render``.
    """
    fields = fields_of(message)
    if message.template is None and not message.data:
        return fields
    from tuimail.workspace.merging import merged  # noqa: PLC0415 - templates are rare

    template = template_of(message.template)
    (done,) = merged(
        fields,
        [row_of(message.data)],
        template=template.written,
        folder=template.folder,
    )
    return done


def template_of(said: "Template | str | None") -> Template:
    """Return the template that was said; an empty one for none.

    Raises:
        TuimailError: As ``Template.load``.
    """
    if said is None:
        return Template()
    return said if isinstance(said, Template) else Template.load(said)


def row_of(data: Mapping[str, object]) -> Row:
    """Return data as templates take it: JSON; dates and decimals become text.

    Raises:
        FieldError: A name or a value of it cannot be that; it is named.
    """
    try:
        text = json.dumps(dict(data), default=_text_of)
    except ValueError as error:
        raise _no_data(f"is not JSON: {error}") from error
    (row,) = merge_data(text, name="data").rows
    return row


def _text_of(value: object) -> str:
    if not isinstance(value, _AS_TEXT):
        raise _no_data(f"has a value of the kind {type(value).__name__}")
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _no_data(why: str) -> TemplateError:
    return TemplateError(
        f"The data {why}, which no template can show.",
        hint="Give texts, numbers, dates, and lists and mappings of them.",
        field="data",
    )


def _path(name: str | os.PathLike[str]) -> Path:
    folder = templates_path(config_path(os.environ, None))
    if not isinstance(name, str | os.PathLike):
        raise wrong("template", name, "a Template, the name or path of one, or None")
    given = expanded(Path(name))
    is_name = isinstance(name, str) and len(given.parts) == 1
    places: list[Path] = [given, *(_in(folder, given.name) if is_name else ())]
    found = next((path for path in places if is_file(path)), None)
    if found is not None:
        return found
    raise NotFoundError(
        f"There is no template {str(name)[:LONGEST_SHOWN]!r}.",
        hint=f"Give its path, or put it into {folder}: name it .md, .html or .txt.",
        field="template",
    )


def _in(folder: Path, name: str) -> Iterator[Path]:
    yield folder / name
    yield from (folder / f"{name}{ending}" for ending in (".md", ".html", ".txt"))
