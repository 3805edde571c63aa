"""What a reader will see of a message: read back from the rendered bytes.

Not from the draft, so that a reviewer looks at what will be sent. Nothing passes
``display`` here; who shows it, does that. The parser of HTML is loaded with the first
HTML that there is.

Pure.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

from tuimail.core.address import Address
from tuimail.core.checks import links as link_checks
from tuimail.core.checks.targets import target_of, to_unicode
from tuimail.core.draft import Body, Draft
from tuimail.core.finding import Finding
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.core.wire.parts import Part, header_fields, walk
from tuimail.errors import FieldError

if TYPE_CHECKING:
    from tuimail.core.html.facts import HtmlFacts
    from tuimail.core.html.reading import Link

SOURCE_LIMIT: Final = 1_000_000
"""So many octets of the source are shown."""
TEXT_LIMIT: Final = 4_000_000
"""So many octets of one text are decoded."""
PARTS_LIMIT: Final = 1_000
"""So many parts are looked at."""
LINKS_LIMIT: Final = 1_000
"""So many links are looked at."""

_URL: Final = regex(
    r"\b(?:https?://|mailto:|www\.)"
    r"[^\s<>\"\u2018-\u201f\u3000-\u303f\uff01-\uff0f\uff5f-\uff65]{1,2000}",
    re.IGNORECASE,
)
"""Quotation marks and the stops of East Asian text end an address."""
_BODIES: Final = frozenset({"text/plain", "text/html"})
_STOPS: Final = ".,;:!?'*_"
_STOPS_LIMIT: Final = 10
_BRACKETS: Final = {")": "(", "]": "["}
_NOBODY: Final = Address(local="nobody", domain="invalid")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """One part of a message, as the message says of it."""

    name: str
    """File name, or empty for a text to be read."""
    content_type: str
    size_bytes: int
    """Octets after decoding; of a container everything in it, as it stands."""
    encoded_bytes: int
    """Octets on the wire, without its headers."""
    depth: int = 0
    """How many containers it is in."""
    is_container: bool = False
    disposition: str = ""
    """``inline``, ``attachment``, or empty where nothing is said."""
    content_id: str = ""
    """What HTML calls it by, without brackets."""
    encoding: str = ""
    """Transfer encoding, such as ``base64``."""
    charset: str = ""
    is_flowed: bool = False
    """Whether the reader's program wraps the text anew (RFC 3676)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """One link: what it looks like, where it goes, and what is odd about it."""

    text: str
    """What the reader sees of it; empty for an address in plain text."""
    target: str
    number: int
    """The number in the HTML as text, 0 where it has none."""
    host: str
    """Whom the reader's program would ask, in ASCII; empty where there is none."""
    unicode_host: str
    """The same as people write it."""
    findings: tuple[Finding, ...] = ()
    """What the check of links says of this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A message as it will be read. Everything in it is untrusted."""

    headers: tuple[tuple[str, str], ...]
    """Names and values in order, unfolded and decoded."""
    text: str
    """The plain text, as a program without HTML shows it."""
    html_text: str | None
    """The HTML as text; None where there is none."""
    links: tuple[LinkView, ...]
    """Links of the HTML in order, then addresses that only the text has."""
    hidden_text: str
    """What the HTML has and does not show."""
    remote_count: int
    """What the HTML would fetch."""
    parts: tuple[PartView, ...]
    """All parts in order, each container before what is in it."""
    source: str
    """The bytes as they are, each a character, lines ended by LF."""
    is_source_cut: bool
    """Whether the source goes on."""

    @property
    def inline_images(self) -> tuple[PartView, ...]:
        """Images that HTML can show by their Content-ID."""
        return tuple(
            part
            for part in self.parts
            if part.content_id and part.content_type.startswith("image/")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What can be told of a message at once, however much HTML it has."""

    text: str
    """As of ``Preview``."""
    has_text: bool
    """Whether there is a plain text part."""
    html_octets: int
    """Of all HTML, decoded; 0 where there is none."""
    files: int
    """Parts that are saved or shown beside the text."""
    has_pictures: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """One header field, as it is read and as it stands in the message."""

    name: str
    value: str
    """Unfolded and decoded."""
    raw: str
    """The value as it leaves, its folds in it; what is no UTF-8 shows as such."""


def outline(raw: bytes) -> Outline:
    """Return what of ``raw`` is told without looking into its HTML."""
    parts = list(islice(walk(raw), PARTS_LIMIT))
    texts = list(_texts(parts, "text/plain"))
    html = [one for one in parts if _is_html(one)]
    return Outline(
        text="\n\n".join(texts),
        has_text=bool(texts),
        html_octets=sum(max(1, one.size_bytes()) for one in html),
        files=sum(is_enclosed(one) for one in parts),
        has_pictures=any(one.content_type.startswith("image/") for one in parts),
    )


def is_enclosed(part: Part) -> bool:
    """Return whether a part is a file, or what the HTML shows beside its text."""
    is_text = part.content_type in _BODIES and not part.is_file
    return not (part.is_container or (is_text and not part.name))


def parts(raw: bytes) -> tuple[PartView, ...]:
    """Return every part of ``raw`` in order, each container before what is in it."""
    return tuple(map(_view, islice(walk(raw), PARTS_LIMIT)))


def fields(raw: bytes) -> tuple[FieldView, ...]:
    """Return every field of the header of ``raw``, in order."""
    (whole,) = islice(walk(raw), 1)
    beside = zip(header_fields(raw), whole.headers.raw_items(), strict=True)
    return tuple(
        FieldView(name=name, value=value, raw=_as_it_stands(str(sent)))
        for (name, value), (_, sent) in beside
    )


def preview(raw: bytes) -> Preview:
    """Return what a reader will see of ``raw``, a whole message."""
    parts = list(islice(walk(raw), PARTS_LIMIT))
    facts = _examined(parts)
    html = facts.read if facts else None
    text = "\n\n".join(_texts(parts, "text/plain"))
    return Preview(
        headers=header_fields(raw),
        text=text,
        html_text=html.text if html else None,
        links=tuple(islice(_links(facts, text), LINKS_LIMIT)),
        hidden_text=html.hidden_text if html else "",
        remote_count=html.remote_count if html else 0,
        parts=tuple(map(_view, parts)),
        source=_lf(raw[:SOURCE_LIMIT].decode("latin-1")),
        is_source_cut=len(raw) > SOURCE_LIMIT,
    )


def hosts(target: str) -> tuple[str, str]:
    """Return the host that ``target`` leads to, in ASCII and as people write it.

    Both are empty where there is no host.
    """
    if target[:7].lower() == "mailto:":
        mailbox = target[7:].partition("?")[0]
        target = f"//{mailbox.rpartition('@')[2].rstrip(' >')}"
    elif target[:4].lower() == "www.":
        target = f"//{target}"
    found = target_of(target)
    if found is None:
        return "", ""
    return found.ascii_host, to_unicode(found.ascii_host) or found.ascii_host


def _examined(parts: Iterable[Part]) -> "HtmlFacts | None":
    texts = list(_texts(parts, "text/html"))
    if not texts:
        return None
    from tuimail.core.html.facts import HtmlFacts, examine  # noqa: PLC0415 - see above
    from tuimail.core.html.text import HtmlText  # noqa: PLC0415 - see above

    try:
        return examine("\n".join(texts))
    except FieldError as error:
        return HtmlFacts(read=HtmlText(text=f"({error})"))


def _as_it_stands(value: str) -> str:
    octets = value.encode("ascii", "surrogateescape")
    return octets.decode("utf-8", errors="backslashreplace").strip(" \t\r\n")


def _is_html(part: Part) -> bool:
    return part.content_type == "text/html" and not part.is_file


def _texts(parts: Iterable[Part], content_type: str) -> Iterator[str]:
    for part in parts:
        if part.content_type == content_type and not part.is_file:
            text = _lf(part.text(limit_bytes=TEXT_LIMIT))
            yield _unflowed(part, text).rstrip("\n")


def _unflowed(part: Part, text: str) -> str:
    if not _is_flowed(part):
        return text
    from tuimail.core.wire.flowed import unflow  # noqa: PLC0415 - for mail that is

    return unflow(text, delsp=part.parameter("delsp").lower() == "yes")


def _is_flowed(part: Part) -> bool:
    return (
        part.content_type == "text/plain"
        and part.parameter("format").lower() == "flowed"
    )


def _links(html: "HtmlFacts | None", text: str) -> Iterator[LinkView]:
    seen: set[str] = set()
    bases = html.bases[:1] if html else ()
    for link in html.read.links if html else ():
        seen.add(link.target)
        yield _in_html(link, bases)
    for target in _addresses(text):
        if target not in seen:
            seen.add(target)
            yield _in_text(target)


def _in_html(link: "Link", bases: tuple[str, ...]) -> LinkView:
    from tuimail.core.html.facts import HtmlFacts  # noqa: PLC0415 - see above
    from tuimail.core.html.text import HtmlText  # noqa: PLC0415 - see above

    facts = HtmlFacts(read=HtmlText(text="", links=(link,)), bases=bases)
    found = link_checks.check(Draft(sender=_NOBODY), facts)
    host, unicode_host = hosts(_resolved(bases, link.target))
    return LinkView(
        text=link.text,
        target=link.target,
        number=link.number,
        host=host,
        unicode_host=unicode_host,
        findings=tuple(found),
    )


def _in_text(target: str) -> LinkView:
    found = link_checks.check(Draft(sender=_NOBODY, body=Body(text=target)), None)
    host, unicode_host = hosts(target)
    return LinkView(
        text="",
        target=target,
        number=0,
        host=host,
        unicode_host=unicode_host,
        findings=tuple(found),
    )


def _resolved(bases: tuple[str, ...], target: str) -> str:
    """Return where ``target`` leads where the HTML says what it is relative to."""
    try:
        return urljoin(bases[0], target) if bases else target
    except ValueError:
        return target


def _addresses(text: str) -> Iterator[str]:
    """Yield what mail programs make a link of, without the stops after it."""
    for found in _URL.finditer(text):
        yield _without_stops(found.group())


def _without_stops(url: str) -> str:
    for _ in range(_STOPS_LIMIT):
        if url[-1] in _STOPS or _closes_nothing(url):
            url = url[:-1]
    return url


def _closes_nothing(url: str) -> bool:
    opening = _BRACKETS.get(url[-1])
    return opening is not None and url.count(url[-1]) > url.count(opening)


def _view(part: Part) -> PartView:
    return PartView(
        name=part.name,
        content_type=part.content_type,
        size_bytes=len(part.content) if part.is_container else part.size_bytes(),
        encoded_bytes=len(part.content),
        depth=part.depth,
        is_container=part.is_container,
        disposition=part.disposition,
        content_id=part.content_id,
        encoding=part.encoding,
        charset=part.charset,
        is_flowed=_is_flowed(part),
    )


def _lf(text: str) -> str:
    return text.replace("\r\n", "\n")
