"""Texts with blanks, filled in with one row of data.

Jinja's language, as minijinja speaks it. A variable without a value is an error
unless that is asked for, a value stays text whatever stands in it, and other
files are reached through ``load`` only.

Steps, recursion and the length of texts have limits, so that a wrong template
ends. The memory that a hostile one may take has none here, and one that is
nested deeply enough crashes the native parser: whoever renders what somebody
else wrote does so in a process of its own.

Pure.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from math import isfinite
from typing import TYPE_CHECKING, Final

from tuimail.core.characters import describe, not_in_a_body
from tuimail.core.templates.faults import fault_of
from tuimail.core.templates.merge_data import Row, without_nulls
from tuimail.core.templates.values import lifted, mailbox, path
from tuimail.core.values import dataclass
from tuimail.errors import FieldError, TemplateError

if TYPE_CHECKING:
    from minijinja import Environment
    from minijinja import TemplateError as NativeError

SOURCE_LIMIT: Final = 2_000_000
"""Characters of one template."""
OUTPUT_LIMIT: Final = 10_000_000
"""Characters of what one template becomes: more than anybody reads."""
STEPS_LIMIT: Final = 1_000_000
"""Instructions that one template may take for one row."""
SHOWN_NAMES: Final = 20
"""Names of the data that a hint lists."""
SHOWN_CHARACTERS: Final = 60

Load = Callable[[str], str | None]
"""Returns the template of that name, or None where there is none; raises
``TemplateError`` where it may not be had."""


class Kind(StrEnum):
    """What a text is, and so what a value in it has to be kept from doing."""

    TEXT = "text"
    """Plain text or a subject: no character of it is an order."""
    HTML = "html"
    """Values are escaped."""
    MARKDOWN = "markdown"
    """Values are lifted, and stay so until the Markdown is read."""
    ADDRESS = "address"
    """A name that needs quotes gets them."""
    PATH = "path"
    """A value is the name of one file or folder, or a part of it."""


_READ_LATER: Final = frozenset({Kind.MARKDOWN, Kind.ADDRESS, Kind.PATH})
"""Texts that are read when their values are in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One text with blanks, and where it stands."""

    name: str
    """File or option, as errors call it."""
    source: str
    kind: Kind = Kind.TEXT
    field: str
    """The option it was given with, for errors."""
    first_line: int = 1
    """Number of its first line within the file."""

    def __post_init__(self) -> None:
        if len(self.source) > SOURCE_LIMIT:
            raise TemplateError(
                f"Template {self.name} has {len(self.source)} characters, "
                f"which is more than {SOURCE_LIMIT}.",
                hint="Shorten it.",
                field=self.field,
            )
        found = not_in_a_body(self.source)
        if found:
            raise TemplateError(
                f"Template {self.name} contains {describe(found)}.",
                hint="Save it again as UTF-8 text.",
                field=self.field,
            )


def has_blanks(text: str) -> bool:
    """Return whether rendering could make anything else of ``text``."""
    return any(start in text for start in ("{{", "{%", "{#"))


class Renderer:
    """Templates that were read, to be filled in again and again."""

    def __init__(
        self, templates: Sequence[Template], *, load: Load, is_strict: bool = True
    ) -> None:
        """Read ``templates``.

        Raises:
            TemplateError: One of them cannot be read.
        """
        # No file can have a name that begins like these.
        self._templates = {f"\0{at}": one for at, one in enumerate(templates)}
        self._load = load
        self._refusal: FieldError | None = None
        self._undefined = "strict" if is_strict else "lenient"
        self._environments = {
            kind: self._environment(kind, self._undefined)
            for kind in {one.kind for one in templates}
        }

    def render(self, row: Row) -> tuple[str, ...]:
        """Return every template with its blanks filled in, in order.

        Args:
            row: Names and values. All of it is called ``row`` as well, for names
                that cannot be written as a variable.

        Raises:
            TemplateError: A variable has no value, or another mistake; template,
                line and variable are named.
        """
        return tuple(self._rendered(name, row) for name in self._templates)

    def _rendered(self, name: str, row: Row) -> str:
        template = self._templates[name]
        environment = self._environments[template.kind]
        try:
            text = environment.render_template(name, **_context(row))
        except _UnprintableError as error:
            raise self._unprintable(error.value, name, row) from None
        except _native_error() as error:
            raise self._fault(error, template, row) from None
        if len(text) > OUTPUT_LIMIT:
            raise TemplateError(
                f"Template {template.name} becomes {len(text)} characters, "
                f"which is more than {OUTPUT_LIMIT}.",
                hint="Look at its loops.",
                field=template.field,
            )
        return _read(text, template)

    def _environment(self, kind: Kind, undefined: str) -> "Environment":
        from minijinja import Environment  # noqa: PLC0415 - for merging only

        # The engine knows one way to take undefined more than its types say.
        environment: Environment = Environment(  # type: ignore[call-overload]
            loader=self._loaded,
            fuel=STEPS_LIMIT,
            # By the kind of the mail's part: an included file is escaped as what
            # it becomes a part of, whatever its own name ends in.
            auto_escape_callback=lambda _name: kind is not Kind.TEXT,
            finalizer=_printer(kind, is_strict=undefined != "lenient"),
            undefined_behavior=undefined,
            keep_trailing_newline=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        for name in _UNUSED_GLOBALS:
            environment.remove_global(name)
        for name, template in self._templates.items():
            if template.kind is kind:
                self._add(environment, name, template)
        return environment

    def _add(self, environment: "Environment", name: str, template: Template) -> None:
        try:
            environment.add_template(name, template.source)
        except _native_error() as error:
            raise self._fault(error, template, {}) from None

    def _loaded(self, name: str) -> str | None:
        self._refusal = None
        try:
            return self._load(name)
        except FieldError as error:
            # Said later, together with the line that asks for the file.
            self._refusal = error
            return None

    def _fault(
        self, error: "NativeError", template: Template, row: Row
    ) -> TemplateError:
        fault = fault_of(error)
        own = self._templates.get(fault.name)
        name = own.name if own else fault.name or template.name
        line = fault.line + own.first_line - 1 if own else fault.line
        sentence, hint = fault.sentence, "Correct the template."
        if fault.variable:
            hint = _hint(row)
        elif fault.is_missing_file and self._refusal:
            sentence, hint = self._refusal.message.rstrip("."), self._refusal.hint
        return TemplateError(
            f"Template {name}, line {line}: {sentence}.",
            hint=hint,
            field=template.field,
        )

    def _unprintable(self, value: object, name: str, row: Row) -> TemplateError:
        """Return what is wrong with printing ``value``.

        The engine does not say where it was about to print. Where it was a null,
        it does when asked again with nothing in its place.
        """
        template = self._templates[name]
        if value is None:
            asked = self._environment(template.kind, "semi_strict")
            try:
                asked.render_template(name, **_context(without_nulls(row)))
            except _UnprintableError:
                pass
            except _native_error() as error:
                return self._fault(error, template, row)
        if isinstance(value, str):
            return TemplateError(
                f"Template {template.name}: the variable "
                f"`{value.rpartition('::')[2]}` has no value.",
                hint=_hint(row),
                field=template.field,
            )
        shown = "null" if value is None else repr(value)[:SHOWN_CHARACTERS]
        return TemplateError(
            f"Template {template.name} prints {shown}, which is no text or number.",
            hint="Name one of its values, write {{ x | join(', ') }}, "
            "or loop over it with {% for %}.",
            field=template.field,
        )


_UNUSED_GLOBALS: Final = ("cycler", "debug", "dict", "joiner")
"""Functions that a missing variable of that name would be mistaken for."""
_NATIVE_FUNCTION: Final = "minijinja::"
"""How the others begin where they are printed."""


class _UnprintableError(Exception):
    """A value was to be printed that is not text."""

    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value


def _read(text: str, template: Template) -> str:
    if template.kind is Kind.ADDRESS:
        return mailbox(text)
    if template.kind is not Kind.PATH:
        return text
    try:
        return path(text, field=template.field)
    except FieldError as error:
        raise TemplateError(
            f"Template {template.name}: {error.message}",
            hint=error.hint,
            field=error.field,
        ) from None


def _native_error() -> "type[NativeError]":
    from minijinja import TemplateError as NativeError  # noqa: PLC0415 - merging only

    return NativeError


def _context(row: Row) -> dict[str, object]:
    return {"row": row, **row}


def _hint(row: Row) -> str:
    advice = "A value that may be missing is written {{ x | default('…') }}."
    if not row:
        return f"There is no data; give some with --data. {advice}"
    more = ", …" if len(row) > SHOWN_NAMES else ""
    return f"The data has {', '.join([*row][:SHOWN_NAMES])}{more}. {advice}"


def _printer(kind: Kind, *, is_strict: bool) -> Callable[[object], object]:
    """Return what every value goes through on its way into the text."""
    from minijinja import safe  # noqa: PLC0415 - for merging only

    def printed(value: object) -> object:
        if value is None and not is_strict:
            return ""
        if not isinstance(value, str | int | float):
            raise _UnprintableError(value)
        if isinstance(value, str) and value.startswith(_NATIVE_FUNCTION):
            raise _UnprintableError(value)
        if isinstance(value, float) and not isfinite(value):
            raise _UnprintableError(value)
        is_text = isinstance(value, str) and not hasattr(value, "__html__")
        return safe(lifted(str(value))) if is_text and kind in _READ_LATER else value

    return printed
