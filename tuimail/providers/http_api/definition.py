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
from collections import Counter
from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec import field

from tuimail.core.patterns import regex
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
from tuimail.providers.http_api.colliding import collisions
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
        return frozenset(PLACE.findall(" ".join(_with_places(self))))


def parse_definition(content: bytes) -> Definition:
    """Return what a file says.

    Raises:
        ValueError: It is no TOML, or says something that means nothing.
    """
    try:
        return msgspec.toml.decode(content, type=Definition)
    except msgspec.MsgspecError as error:
        told = _FORM.sub("Another form is needed", str(error))
        raise ValueError(_QUOTED.sub(r"“\1”", told)) from None


def _problems(found: Definition) -> Iterator[str]:
    """Yield what no type can say."""
    if (found.parts is None) is (found.mime is None):
        yield "It needs a table “parts” or a table “mime”, and not both"
    yield from _odd_places(found)
    yield from _odd_options(found)
    yield from _odd_headers(found)
    yield from _misfits(found)
    yield from collisions(found)
    for pattern in _patterns(found):
        try:
            re.compile(pattern)
        except re.error as error:
            yield f"The pattern “{pattern[:60]}” is none: {error}"


def _odd_places(found: Definition) -> Iterator[str]:
    for place in sorted(found.places - set(found.options)):
        yield f"The place {{{place}}} is filled by no table “options.{place}”"
    for text in _with_places(found):
        if any(brace in PLACE.sub("", text) for brace in "{}"):
            yield f"A place in “{text[:60]}” is none: write {{name}}, in small letters"


def _odd_options(found: Definition) -> Iterator[str]:
    for name in sorted(found.options):
        if not _OPTION.fullmatch(name):
            yield f"“options.{name[:60]}” is no name of a setting: use small letters"
    for name in sorted(USUAL.intersection(found.options)):
        yield f"“options.{name}” is a setting that every account has"


def _odd_headers(found: Definition) -> Iterator[str]:
    counted = Counter(_header_names(found))
    for name in sorted(_MADE_BY_US.intersection(counted)):
        yield f"The header {name} is made by tuimail itself"
    for name, count in counted.items():
        if count > 1:
            yield f"Two things are to be told in the header {name}"


def _with_places(found: Definition) -> tuple[str, ...]:
    """Return the texts that may have places."""
    check = found.check
    user = found.key.user or ""
    return (found.url, found.request.path, check.path, check.url or "", user)


def _misfits(found: Definition) -> Iterator[str]:
    """Yield what one table says and another one cannot."""
    is_form = found.request.body == "form"
    if found.mime is not None:
        if (found.mime.form == "file") is not is_form:
            yield "mime.form “file” goes with request.body “form”, and only with it"
    elif is_form:
        yield "request.body “form” needs a table “mime”"
    elif found.parts is not None:
        yield from _misfits_of_parts(found.parts, found.headers)
    if any(not (row.statuses or row.codes) for row in found.errors.rows):
        yield "A row of “errors” needs “statuses” or “codes”"
    if not (found.answer.id or found.answer.id_header or found.answer.must):
        yield "“answer” needs “id”, “id_header” or “must”: what tells a yes"


def _misfits_of_parts(parts: PartsRules, headers: HeaderRules) -> Iterator[str]:
    if not (parts.bodies or parts.text):
        yield "“parts” needs “text” or “bodies”"
    if parts.bodies and (parts.text or parts.html):
        yield "parts.bodies stands in the place of parts.text and parts.html"
    has_place = headers.path is not None or "reply-to" in headers.own
    if parts.is_reply_to_header and not has_place:
        yield "parts.is_reply_to_header needs headers.path"


def _header_names(found: Definition) -> Iterator[str]:
    """Yield the names of all headers of the request, in small letters."""
    named = (option.header for option in found.options.values())
    usual = (found.key.header, found.request.idempotency_header)
    for name in (*found.request.headers, *usual, *named):
        if name is not None:
            yield name.lower()


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
_OPTION: Final = regex(r"[a-z][a-z0-9_]{0,40}")
PLACE: Final = regex(rf"\{{({_OPTION.pattern})\}}")
"""In an address; filled by an option."""
_QUOTED: Final = regex(r"`([^`]*)`")
_FORM: Final = regex(r"Expected `str` matching regex '.*'(?= - at )", re.DOTALL)
"""A pattern tells people nothing."""
