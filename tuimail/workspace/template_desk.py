"""The desk for templates: the person's own texts to begin a mail with, or go on.

They are files in the folder ``templates`` beside ``config.toml``. One that begins
with header lines is a whole mail; one without is a snippet of it.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from tuimail.core.templates.file import BODIES, Written
from tuimail.core.templates.renderer import Template
from tuimail.core.templates.values import in_markdown, lifted
from tuimail.core.templates.variables import left_open, nested
from tuimail.core.values import dataclass, replace
from tuimail.errors import NotFoundError, TuimailError
from tuimail.settings.files import is_file
from tuimail.settings.paths import templates_path
from tuimail.workspace.apart import asked_for
from tuimail.workspace.fields import Fields
from tuimail.workspace.merging import merged, read_source, read_template
from tuimail.workspace.stores import Stores

MOST_LISTED: Final = 500
_SHOWN: Final = 80
"""Characters of a template that a list shows."""
_BODIES: Final = frozenset(kind.value for kind in BODIES.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateLine:
    """One template in the list; its text is the person's own, and untrusted."""

    name: str
    """Path within the folder."""
    is_snippet: bool
    """Whether it says nothing of a mail but a piece of its text."""
    text: str
    """Its subject, or how it begins."""
    problem: str = ""
    """Why it cannot be used, or empty."""


class TemplateDesk:
    """Everything about the person's own templates."""

    def __init__(self, stores: Stores) -> None:
        self.folder = templates_path(stores.settings.config_path)
        """Where they are, whether or not it is there."""

    def lines(self) -> tuple[TemplateLine, ...]:
        """Return what a list says about each template, by name.

        Hidden files are none, and neither is the text that belongs to an HTML one.
        """
        names = self._names()
        return tuple(self._line(one, names) for one in sorted(names)[:MOST_LISTED])

    def blanks(self, name: str) -> tuple[str, ...]:
        """Return the names of the values that a template asks for, in order.

        Raises:
            NotFoundError: There is no such template.
            TemplateError: It cannot be read.
        """
        written = self._read(name)
        path = self.folder / name
        return asked_for(_templates(written), folder=path.parent)

    def source(self, name: str) -> str:
        """Return a template as it was written; untrusted, as every file is.

        Raises:
            NotFoundError: There is no such template.
            FieldError: It cannot be read.
        """
        self._require(name, self._names())
        return read_source(self.folder / name)

    def filled(self, name: str, values: Mapping[str, str]) -> Fields:
        """Return what a template says with ``values`` in its blanks.

        A blank whose value is empty stays a blank, which a check finds.

        Raises:
            NotFoundError: There is no such template.
            TemplateError: It cannot be filled in; what, and in which line, is named.
        """
        given = {key: value or left_open(key) for key, value in values.items()}
        written, folder = self._read(name), (self.folder / name).parent
        (fields,) = merged(Fields(), [nested(given)], template=written, folder=folder)
        empty = [name for name, value in values.items() if not value]
        return replace(fields, markdown=_readable(fields.markdown, empty))

    def _names(self) -> set[str]:
        found = {
            path.relative_to(self.folder)
            for ending in BODIES
            for path in self.folder.rglob(f"*{ending}")
            if is_file(path)
        }
        plain = {one for one in found if not any(p.startswith(".") for p in one.parts)}
        beside = {one.with_suffix(".txt") for one in plain if one.suffix == ".html"}
        return {str(one) for one in plain - beside}

    def _line(self, name: str, names: set[str]) -> TemplateLine:
        try:
            written = self._read(name, names)
        except TuimailError as error:
            return TemplateLine(
                name=name, is_snippet=False, text="", problem=str(error)
            )
        is_snippet = not written.keys() - _BODIES
        shown = written.get("subject") or _templates(written)
        text = shown[0].source.strip().partition("\n")[0]
        return TemplateLine(name=name, is_snippet=is_snippet, text=text[:_SHOWN])

    def _read(self, name: str, names: set[str] | None = None) -> Written:
        self._require(name, self._names() if names is None else names)
        return read_template(self.folder / name)

    def _require(self, name: str, names: set[str]) -> None:
        if name not in names:
            raise NotFoundError(
                f"There is no template {name!r}.",
                hint="See which there are: tuimail template list",
                field="template",
            )


def _readable(markdown: str, empty: Iterable[str]) -> str:
    """Return Markdown to go on writing; blanks in it look like blanks."""
    text = in_markdown(markdown)
    for blank in map(left_open, empty):
        text = text.replace(in_markdown(lifted(blank)), blank)
    return text


def _templates(written: Written) -> tuple[Template, ...]:
    return tuple(one for several in written.values() for one in several)
