"""Which values a template asks for, in the order in which they come up.

A value in another is called ``customer.name``. What a template makes for itself,
in a loop or with ``set``, is not asked for.

Pure.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from tuimail.core.patterns import regex
from tuimail.core.templates.merge_data import Row, Value
from tuimail.core.templates.renderer import Load, Template

if TYPE_CHECKING:
    from minijinja import Environment

MOST_FILES: Final = 100
"""Files that one template may lead to, by including others."""
_INCLUDES: Final = regex(
    r"\{%-?\s*(?:include|extends|import|from)\s+[\"']([^\"'\n]{1,200})[\"']"
)
_GIVEN: Final = frozenset({"range", "namespace", "lipsum", "caller", "super", "self"})
"""Names that the language has already."""
_ROW: Final = "row."


def variables(templates: Sequence[Template], *, load: Load) -> tuple[str, ...]:
    """Return the names of the values that ``templates`` ask for.

    A template that cannot be read asks for nothing here; filling it in says why.
    """
    sources = list(_sources([one.source for one in templates], load))
    names = {name for source in sources for name in _names_in(source)}
    whole = "\n".join(sources)
    plain = {name for name in names if not _is_a_whole(name, names)}
    return tuple(sorted(plain, key=lambda name: (_place(whole, name), name)))


def nested(values: Mapping[str, str]) -> Row:
    """Return ``values`` as a row of data: ``a.b`` is ``b`` within ``a``."""
    row: dict[str, Value] = {}
    for name, value in values.items():
        *outer, last = name.split(".")
        within = row
        for part in outer:
            found = within.setdefault(part, {})
            within = found if isinstance(found, dict) else {}
        within[last] = value
    return row


def left_open(name: str) -> str:
    """Return what stands where a value was not given, so that a check finds it."""
    return f"{{{{ {name} }}}}"


def _sources(own: Iterable[str], load: Load) -> Iterator[str]:
    """Yield every source once, with those that they include."""
    waiting, seen = list(own), set[str]()
    while waiting:
        source = waiting.pop(0)
        yield source
        for name in _INCLUDES.findall(source):
            if name not in seen and len(seen) < MOST_FILES:
                seen.add(name)
                waiting += [found for found in [load(name)] if found is not None]


def _names_in(source: str) -> Iterator[str]:
    from minijinja import TemplateError  # noqa: PLC0415 - for templates only

    try:
        found = _environment().undeclared_variables_in_str(source, nested=True)
    except TemplateError:
        return
    for name in found:
        plain = name.removeprefix(_ROW)
        if plain.split(".")[0] not in _GIVEN and plain != "row":
            yield plain


def _environment() -> "Environment":
    from minijinja import Environment  # noqa: PLC0415 - for templates only

    return Environment()


def _is_a_whole(name: str, names: Iterable[str]) -> bool:
    """Return whether ``name`` is only what other values are in."""
    return any(other.startswith(f"{name}.") for other in names)


def _place(text: str, name: str) -> int:
    found = re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", text)
    return found.start() if found else len(text)
