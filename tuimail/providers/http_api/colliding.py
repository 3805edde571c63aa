"""Where a file about a mail API would put two things into one place. Pure.

What is put where something is already takes its place without a word, so that a
mail would leave without it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from tuimail.providers.http_api.asking import HeaderRules, is_among
from tuimail.providers.http_api.paths import Tree, first, put

if TYPE_CHECKING:
    from tuimail.providers.http_api.definition import Definition


def collisions(found: "Definition") -> Iterator[str]:
    """Yield what is to be where something else is, in words."""
    tree: Tree = {}
    leaves = list(_leaves(found))
    for path in leaves:
        try:
            if first(tree, path) is not None:
                yield f"Two things are to be told at “{path}”"
            put(tree, path, path)
        except TypeError:
            yield f"At “{path}” there is to be something, and other things within it"
    yield from _among_headers(found.headers, leaves)
    yield from _in_a_form(found, leaves)
    yield from _in_one_object(found)


def _leaves(found: "Definition") -> Iterator[str]:
    yield from found.request.fixed
    yield from (option.field for option in found.options.values() if option.field)
    for table in (found.parts, found.mime):
        if table is not None:
            named = (getattr(table, name, None) for name in _LEAVES)
            yield from filter(None, named)
    if found.attachments is not None:
        paths = {found.attachments.path, found.attachments.inline_path}
        yield from (f"{path}.0" for path in sorted(filter(None, paths)))
    if found.headers.path is not None:
        yield f"{found.headers.path}.{0 if found.headers.form == 'list' else '…'}"
    yield from (own.path for own in found.headers.own.values())
    asked = found.service
    switches = (asked.tags, asked.metadata, asked.track_opens, asked.track_clicks)
    yield from (one.path for one in switches if one is not None)


def _among_headers(rules: HeaderRules, leaves: list[str]) -> Iterator[str]:
    """Yield what a header of a mail could take the place of, by its name."""
    if rules.path is None or rules.form != "object":
        return
    for path in leaves:
        name = path.removeprefix(f"{rules.path}.").partition(".")[0].lower()
        is_inside = path.startswith(f"{rules.path}.") and name != "…"
        is_free = is_among(name, rules.allowed) and not is_among(name, rules.forbidden)
        if is_inside and is_free and name not in rules.own:
            yield f"A header {name} would stand where “{path}” is to be"


def _in_a_form(found: "Definition", leaves: list[str]) -> Iterator[str]:
    """Yield what a form has no place for: its fields have a name, and a text."""
    if found.request.body != "form":
        return
    for path in leaves:
        if "." in path:
            yield f"A form has no place within another, such as “{path}”"
    rules = found.service.metadata
    if rules is not None and rules.form == "fields":
        for path in leaves:
            if path.startswith(rules.path) and path != rules.path:
                yield f"A name of metadata could stand where “{path}” is to be"
    is_list = found.mime is not None and found.mime.lists == "list"
    if is_list and found.addresses.shape == "object":
        yield "In a form an address is a text: addresses.shape cannot be “object”"


def _in_one_object(found: "Definition") -> Iterator[str]:
    """Yield two keys of one object that are the same."""
    named: list[tuple[str, tuple[str, ...]]] = [
        ("addresses", (found.addresses.email, found.addresses.name))
    ]
    if found.attachments is not None:
        files = found.attachments
        more = (files.content_type, files.disposition, files.content_id)
        some = (files.content, files.filename, *filter(None, more))
        named.append(("attachments", some))
    if found.headers.form == "list":
        named.append(("headers", (found.headers.name, found.headers.value)))
    if found.parts is not None and found.parts.bodies is not None:
        named.append(("parts", (found.parts.body_type, found.parts.body_value)))
    for table, keys in named:
        if len({*keys}) < len(keys) or any(_is_within(one, keys) for one in keys):
            yield f"Two things of “{table}” are to be told under one key"


def _is_within(path: str, others: tuple[str, ...]) -> bool:
    return any(path.startswith(f"{one}.") for one in others)


_LEAVES: Final = (
    "bcc", "bodies", "cc", "html", "path", "reply_to", "sender", "subject", "text",
    "to",
)  # fmt: skip
