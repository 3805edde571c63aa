"""What one mail API is like, as a file of data says it; read strictly.

The same format describes our ten services and one that a person describes
(``definition`` of the provider ``http_api``); docs/providers.md explains it with
a whole example. A key that is not here is refused, so that nobody believes in one
that is not looked at.

A *path* names a place in JSON: names and positions with dots between them, and
``*`` for every one of a list: ``Messages.0.To``, ``warnings.*.recipients.*``.

Pure.
"""

import re
from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec import field

from tuimail.providers.http_api.answering import Answer, Check, Errors
from tuimail.providers.http_api.asking import (
    Addresses,
    Attachments,
    HeaderRules,
    Key,
    Limits,
    MimeRules,
    Option,
    PartsRules,
    Request,
    Service,
)
from tuimail.providers.http_api.paths import Tree, first, put
from tuimail.providers.http_api.strict import Count, Strict


class Definition(Strict, frozen=True, kw_only=True):
    """One mail API."""

    title: str
    rules: Count
    """Raised whenever the same message would be told in another way."""
    url: str
    """The beginning of every address; may have places."""
    request: Request
    key: Key
    options: dict[str, Option] = field(default_factory=dict)
    addresses: Addresses = Addresses()
    parts: PartsRules | None = None
    mime: MimeRules | None = None
    attachments: Attachments | None = None
    headers: HeaderRules = HeaderRules()
    service: Service = Service()
    limits: Limits = Limits()
    answer: Answer
    errors: Errors
    check: Check

    def __post_init__(self) -> None:
        for problem in _problems(self):
            raise ValueError(problem)

    @property
    def places(self) -> frozenset[str]:
        """The places in addresses and in the user name, without their braces."""
        texts = (self.url, self.request.path, self.check.path, self.check.url or "")
        return frozenset(_PLACE.findall(" ".join((*texts, self.key.user or ""))))


def parse_definition(content: bytes) -> Definition:
    """Return what a file says.

    Raises:
        ValueError: It is no TOML, or says something that means nothing.
    """
    try:
        return msgspec.toml.decode(content, type=Definition)
    except msgspec.MsgspecError as error:
        raise ValueError(_QUOTED.sub(r"“\1”", str(error))) from None


def _problems(found: Definition) -> Iterator[str]:
    """Yield what no type can say."""
    if (found.parts is None) is (found.mime is None):
        yield "It needs a table “parts” or a table “mime”, and not both"
    for place in sorted(found.places - set(found.options)):
        yield f"The place {{{place}}} is filled by no table “options.{place}”"
    for name in sorted(USUAL.intersection(found.options)):
        yield f"“options.{name}” is a setting that every account has"
    for name in sorted(_MADE_BY_US.intersection(_header_names(found))):
        yield f"The header {name} is made by tuimail itself"
    yield from _misfits(found)
    yield from _collisions(found)
    for pattern in _patterns(found):
        try:
            re.compile(pattern)
        except re.error as error:
            yield f"The pattern “{pattern[:60]}” is none: {error}"


def _misfits(found: Definition) -> Iterator[str]:
    """Yield what one table says and another one cannot."""
    is_form = found.request.body == "form"
    if found.mime is not None:
        if (found.mime.form == "file") is not is_form:
            yield "mime.form “file” goes with request.body “form”, and only with it"
    elif is_form:
        yield "request.body “form” needs a table “mime”"
    elif found.parts and not (found.parts.bodies or found.parts.text):
        yield "“parts” needs “text” or “bodies”"
    if any(not (row.statuses or row.codes) for row in found.errors.rows):
        yield "A row of “errors” needs “statuses” or “codes”"
    if not (found.answer.id or found.answer.id_header or found.answer.must):
        yield "“answer” needs “id”, “id_header” or “must”: what tells a yes"


def _header_names(found: Definition) -> Iterator[str]:
    """Yield the names of all headers of the request, in small letters."""
    named = (option.header for option in found.options.values())
    usual = (found.key.header, found.request.idempotency_header)
    for name in (*found.request.headers, *usual, *named):
        if name is not None:
            yield name.lower()


def _collisions(found: Definition) -> Iterator[str]:
    """Yield what is to be where something else is; forms have no places within."""
    tree: Tree = {}
    for path in _leaves(found):
        try:
            if first(tree, path) is not None:
                yield f"Two things are to be told at “{path}”"
            put(tree, path, path)
        except TypeError:
            yield f"At “{path}” there is to be something, and other things within it"


def _leaves(found: Definition) -> Iterator[str]:
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


def _patterns(found: Definition) -> Iterator[str]:
    yield from (option.pattern for option in found.options.values())
    asked = (found.service.tags, found.service.metadata)
    patterns = [one.pattern for one in asked if one is not None]
    patterns.append(found.addresses.names)
    if found.parts is not None:
        patterns.append(found.parts.reply_to_names)
    yield from filter(None, patterns)
    if found.answer.words is not None:
        yield found.answer.words.pattern
        yield from found.answer.words.yes


USUAL: Final = frozenset({"ca_file", "check_url", "definition", "url"})
"""Settings of an account whatever its service."""
_MADE_BY_US: Final = frozenset({
    "accept", "accept-encoding", "connection", "content-length", "content-type", "host",
    "transfer-encoding",
})  # fmt: skip
_PLACE: Final = re.compile(r"\{([a-z_]+)\}")
_QUOTED: Final = re.compile(r"`([^`]*)`")
_LEAVES: Final = (
    "bcc", "bodies", "cc", "html", "path", "reply_to", "sender", "subject", "text",
    "to",
)  # fmt: skip
