"""A template file: header lines, an empty line, and the body.

``Subject: Hello {{ name }}`` is such a line; what may stand there is in ``FIELDS``.
The file's ending says what the body is.

Pure.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from tuimail.core.patterns import regex
from tuimail.core.templates.renderer import Kind, Template
from tuimail.errors import TemplateError

FIELDS: Final[Mapping[str, str]] = {
    "from": "sender",
    "to": "to",
    "cc": "cc",
    "bcc": "bcc",
    "reply-to": "reply_to",
    "subject": "subject",
}
"""Header to the field it stands for."""
SEVERAL: Final = frozenset({"to", "cc", "bcc", "reply_to"})
"""Fields whose header may stand there more than once: one mailbox each."""
ADDRESSES: Final = frozenset({"sender", *SEVERAL})
"""Fields that hold mailboxes."""
BODIES: Final[Mapping[str, Kind]] = {
    ".txt": Kind.TEXT,
    ".md": Kind.MARKDOWN,
    ".html": Kind.HTML,
}
"""Ending to what the body is; the field is called by the same word."""
FIELD: Final = "template"

Written = Mapping[str, tuple[Template, ...]]
"""Field to the templates in it: one, or one for each mailbox."""


def kind_of(name: str) -> Kind:
    """Return what the body of the file called ``name`` is.

    Raises:
        TemplateError: The ending is not known.
    """
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    if ending not in BODIES:
        raise TemplateError(
            f"Template {name} does not end in {', '.join(BODIES)}.",
            hint="Name it by what it is: text, Markdown or HTML.",
            field=FIELD,
        )
    return BODIES[ending]


def template_file(text: str, *, name: str) -> Written:
    """Return what stands in a template file.

    Header lines are there if every line before the first empty one looks like
    one; a file may begin with an empty line to have none.

    Raises:
        TemplateError: A header is not known or there twice, or the ending is not
            known.
    """
    kind = kind_of(name)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    end = next((at for at, line in enumerate(lines) if not line.strip()), len(lines))
    if not all(map(_HEADER.fullmatch, lines[:end])):
        end = -1
    body = Template(
        name=name,
        source="\n".join(lines[end + 1 :]),
        kind=kind,
        field=FIELD,
        first_line=end + 2,
    )
    return {**_headers(lines[: max(end, 0)], name), kind.value: (body,)}


def _headers(lines: Iterable[str], name: str) -> dict[str, tuple[Template, ...]]:
    found: dict[str, tuple[Template, ...]] = {}
    for number, line in enumerate(lines, start=1):
        header, _, value = line.partition(":")
        field = FIELDS.get(header.lower())
        if field is None:
            raise TemplateError(
                f"Template {name}, line {number}: {header} is none of "
                f"{', '.join(map(_spelled, FIELDS))}.",
                hint="Give it as an option; or begin the file with an empty line, "
                "if this is what the mail says.",
                field=FIELD,
            )
        if field in found and field not in SEVERAL:
            raise TemplateError(
                f"Template {name}, line {number}: {header} is there already.",
                hint="Leave one of the two out.",
                field=FIELD,
            )
        template = Template(
            name=name,
            source=value.strip(" \t"),
            kind=Kind.ADDRESS if field in ADDRESSES else Kind.TEXT,
            field=FIELD,
            first_line=number,
        )
        found[field] = (*found.get(field, ()), template)
    return found


def _spelled(header: str) -> str:
    return "-".join(part.capitalize() for part in header.split("-"))


_HEADER: Final = regex(r"[A-Za-z][A-Za-z-]*:(?:[ \t].*)?")
