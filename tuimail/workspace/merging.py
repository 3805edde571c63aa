"""One mail for each row of data: fields with blanks, filled in.

Every row is filled in alone, and all of them before the first is stored, so that
a wrong template leaves nothing behind and no mail holds what belongs to somebody
else.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields as every_field
from functools import partial
from pathlib import Path
from typing import Any, Final

from tuimail.core.draft import Draft
from tuimail.core.templates.file import (
    ADDRESSES,
    BODIES,
    FIELD,
    SEVERAL,
    Written,
    kind_of,
    template_file,
)
from tuimail.core.templates.merge_data import Row, about_row
from tuimail.core.templates.renderer import Kind, Template, has_blanks
from tuimail.core.values import replace
from tuimail.errors import FieldError, TemplateError, TuimailError
from tuimail.settings.templates import FILE_LIMIT_BYTES
from tuimail.settings.texts import read_text
from tuimail.workspace.apart import rendered, rendered_each
from tuimail.workspace.attaching import FileToAttach
from tuimail.workspace.fields import Fields

NO_FILE: Final[Written] = {}
_KINDS: Final[Mapping[str, Kind]] = {
    "html": Kind.HTML,
    "markdown": Kind.MARKDOWN,
    "attach": Kind.PATH,
    "inline": Kind.PATH,
    **dict.fromkeys(ADDRESSES, Kind.ADDRESS),
}
_BODIES: Final = frozenset(kind.value for kind in BODIES.values())
_OPTIONS: Final[Mapping[str, str]] = {
    "sender": "from",
    "sender_name": "from-name",
    "attached_name": "attach",
    "headers": "header",
    "tags": "tag",
    "metadata": "meta",
}
"""Fields whose option is called something else."""


def read_template(path: Path) -> Written:
    """Return what stands in the template file at ``path``.

    An HTML template may have its text beside it, in a file of the same name that
    ends in ``.txt``; a header counts that stands in one of the two.

    Raises:
        FieldError: It cannot be read, or has a header that it may not have.
    """
    is_html = kind_of(path.name) is Kind.HTML
    written = _read(path)
    text = path.with_suffix(".txt")
    return {**_read(text), **written} if is_html and text.exists() else written


def merged(
    fields: Fields,
    rows: Sequence[Row],
    *,
    template: Written = NO_FILE,
    folder: Path | None = None,
    is_strict: bool = True,
) -> tuple[Fields, ...]:
    """Return one mail for each row.

    Every text in ``fields`` is a template, but for names of headers and of
    metadata; so are paths and names of attached files.

    Args:
        fields: What was given by option; it goes before the same header of the
            template.
        rows: Names and values of each mail.
        template: What stands in a template file.
        folder: Where templates may include files from; None for nowhere.
        is_strict: Whether a variable without a value is an error.

    Raises:
        TemplateError: A template is wrong or lacks a value, in whichever row.
        FieldError: An attachment can be read once only, and there are several
            mails.
    """
    if len(rows) > 1:
        refuse_streams(fields)
    fields, templates = _with_blanks(fields, template)
    if not templates:
        return (fields,) * len(rows)
    texts = rendered(templates, rows, folder=folder, is_strict=is_strict)
    return tuple(_filled(fields, _next(iter(one))) for one in texts)


def merged_each(
    fields: Fields,
    rows: Sequence[Row],
    *,
    template: Written = NO_FILE,
    folder: Path | None = None,
) -> tuple[Fields | TemplateError, ...]:
    """Return the same, with an error in the place of each row that has one.

    Raises:
        TemplateError: A template is wrong, whatever the row.
        FieldError: An attachment can be read once only.
    """
    refuse_streams(fields)
    fields, templates = _with_blanks(fields, template)
    if not templates:
        return (fields,) * len(rows)
    return tuple(
        one if isinstance(one, TemplateError) else _filled(fields, _next(iter(one)))
        for one in rendered_each(templates, rows, folder=folder)
    )


def composed(
    mails: Sequence[Fields], compose: Callable[[Fields], Draft]
) -> tuple[Draft, ...]:
    """Return a draft for each of ``mails``, all of them checked by ``compose``.

    Raises:
        TuimailError: One cannot be composed; its row is named.
    """
    drafts = []
    for number, fields in enumerate(mails, start=1):
        try:
            drafts.append(compose(fields))
        except TuimailError as error:
            if len(mails) > 1:
                about_row(error, number)
            raise
    return tuple(drafts)


def refuse_streams(fields: Fields) -> None:
    """Refuse files that several mails share, and that can be read for one only.

    Raises:
        FieldError: There is one.
    """
    for one in fields.attachments:
        if isinstance(one, FileToAttach) and not isinstance(one.source, Path | bytes):
            raise FieldError(
                f"{one.name or 'What is attached'} comes from a stream, which can be "
                "read for one mail only.",
                hint="Write it to a file, and attach that.",
                field="attach",
            )


def read_source(path: Path) -> str:
    """Return the template file at ``path`` as it was written.

    Raises:
        FieldError: It cannot be read.
    """
    return read_text(path, name=path.name, field=FIELD, limit_bytes=FILE_LIMIT_BYTES)


def _read(path: Path) -> Written:
    return template_file(read_source(path), name=path.name)


def _with_blanks(fields: Fields, template: Written) -> tuple[Fields, list[Template]]:
    """Return ``fields`` with the template in it, and every text that has blanks."""
    used = {name: found for name, found in template.items() if _is_used(fields, name)}
    fields = replace(fields, **{name: _sources(used, name) for name in used})
    return fields, _templates(fields, used)


def _is_used(fields: Fields, name: str) -> bool:
    if not getattr(fields, name):
        return True
    if name in _BODIES:
        raise TemplateError(
            f"The template says what the {name} is, and so does an option.",
            hint=f"Leave --{name} out, or the template.",
            field=name,
        )
    return False


def _sources(written: Written, name: str) -> Any:  # noqa: ANN401 - as the field has it
    sources = tuple(one.source for one in written[name])
    return sources if name in SEVERAL else sources[0]


def _templates(fields: Fields, written: Written) -> list[Template]:
    """Return every text with blanks, in the order in which they are filled in."""
    found: list[Template] = []
    from_file = {name: iter(templates) for name, templates in written.items()}

    def collect(name: str, text: str) -> str:
        option = _OPTIONS.get(name, name.replace("_", "-"))
        kind = _KINDS.get(name, Kind.TEXT)
        known = next(from_file[name]) if name in from_file else None
        if has_blanks(text):
            given = Template(name=option, source=text, kind=kind, field=option)
            found.append(known or given)
        return text

    _filled(fields, collect)
    return found


def _next(texts: Iterator[str]) -> Callable[[str, str], str]:
    def fill(_name: str, text: str) -> str:
        return next(texts) if has_blanks(text) else text

    return fill


def _filled(fields: Fields, fill: Callable[[str, str], str]) -> Fields:
    """Return ``fields`` with every text as ``fill`` makes it, given its field."""
    changed: dict[str, Any] = {}
    for name in (one.name for one in every_field(fields)):
        value, fill_one = getattr(fields, name), partial(fill, name)
        if name == "headers":
            changed[name] = tuple((header, fill_one(text)) for header, text in value)
        elif name == "attachments":
            changed[name] = tuple(_filled_file(one, fill) for one in value)
        else:
            changed[name] = _filled_value(value, fill_one)
    return replace(fields, **changed)


def _filled_file(
    file: FileToAttach | Path, fill: Callable[[str, str], str]
) -> FileToAttach | Path:
    if isinstance(file, Path):
        return Path(fill("attach", str(file)))
    source, option = file.source, "inline" if file.content_id else "attach"
    if isinstance(source, Path):
        source = Path(fill(option, str(source)))
    return replace(file, source=source, name=fill("attached_name", file.name))


def _filled_value(value: object, fill: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return fill(value)
    if isinstance(value, tuple):
        return tuple(_filled_value(one, fill) for one in value)
    if isinstance(value, Mapping):
        return {key: _filled_value(one, fill) for key, one in value.items()}
    return value
