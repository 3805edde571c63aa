"""Where links lead: whether they go where their text says, and to whom.

Only text that is an address itself can deceive here: *Open the report* says
nothing about where it leads. Newsletters whose links are counted by another host
are found too, which is why this is a warning and not more.

Pure.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final
from unicodedata import normalize
from urllib.parse import unquote, urljoin

from tuimail.core.checks import hosts, link_data
from tuimail.core.checks.several import each
from tuimail.core.checks.targets import target_of, to_ascii
from tuimail.core.draft import Draft
from tuimail.core.finding import PLACE_LIMIT, Finding, Severity
from tuimail.core.patterns import regex

if TYPE_CHECKING:
    from tuimail.core.html.facts import HtmlFacts
    from tuimail.core.html.reading import Link

LINKS_LIMIT: Final = 5_000
"""So many links of one mail are looked at; no newsletter has 500."""

_URL: Final = regex(r"https?:[/\\]{1,9}[^\s<>\"']{1,2000}", re.IGNORECASE)
_AFTER_SCHEME: Final = regex(r":[/\\]")
_SCHEME_LENGTHS: Final = (len("https"), len("http"))
_BARE_HOST: Final = regex(
    r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,9}([^\W\d_]{2,18})(?:[/:?#]\S*)?"
)
_MAILBOX: Final = regex(r"[^\s@<>]{1,64}@([^\s@<>]{1,253})")
_AROUND: Final = (
    " \"'()*,.:;<>!?[]`{}|\u00ab\u00bb\u2018\u2019\u201a\u201c\u201d\u201e\u2039\u203a"
)
"""What people write around an address, and readers around the words of a picture."""
_FILE_ENDINGS: Final = frozenset({
    "css", "csv", "doc", "docx", "exe", "gif", "htm", "html", "jpeg", "jpg", "js",
    "json", "md", "ods", "odt", "pdf", "php", "png", "ppt", "pptx", "py", "rb", "rs",
    "sh", "sql", "svg", "tar", "toml", "ts", "txt", "xls", "xlsx", "xml", "yaml", "yml",
    "zip",
})  # fmt: skip
"""What ends a file name more often than the name of a site."""


def check(draft: Draft, html: "HtmlFacts | None") -> Iterator[Finding]:
    """Find links that deceive, in both bodies.

    Args:
        draft: What is to be sent.
        html: What its HTML has; None where it has none, or too much of it.
    """
    targets = _targets(html) if html else []
    fetched = html.read.fetched[:LINKS_LIMIT] if html else ()
    if html:
        yield from each(_mismatches(html, targets), _mismatch)
        yield from hosts.check([*targets, *fetched], field="html")
    typed = [] if draft.body.is_text_made else _typed(draft.body.text)
    yield from hosts.check(typed, field="text", besides=targets)
    if html:
        yield from link_data.check(targets, fetched, draft.recipients)


def _targets(html: "HtmlFacts") -> list[str]:
    base = html.bases[0] if html.bases else ""
    return [_resolved(base, link.target) for link in html.read.links[:LINKS_LIMIT]]


def _mismatches(html: "HtmlFacts", targets: list[str]) -> "Iterator[Link]":
    for link, target in zip(html.read.links, targets, strict=False):
        if _deceives(link, target):
            yield link


def _typed(text: str) -> list[str]:
    return [found.group() for found in _urls(text)][:LINKS_LIMIT]


def _urls(text: str) -> Iterator[re.Match[str]]:
    """Yield what ``_URL`` fits, looked for by its colon: that is rare."""
    end = 0
    for colon in _AFTER_SCHEME.finditer(text):
        for length in _SCHEME_LENGTHS:
            start = colon.start() - length
            found = _URL.match(text, start) if start >= end else None
            if found:
                end = found.end()
                yield found


def _resolved(base: str, target: str) -> str:
    try:
        return urljoin(base, target) if base else target
    except ValueError:
        return target


def _deceives(link: "Link", target: str) -> bool:
    said = _said_host(link.text)
    return bool(said) and not _is_same_site(said, _target_host(target))


def _mismatch(link: "Link") -> Finding:
    goes = _target_host(link.target) or link.target[:80]
    return Finding(
        code="html.link-mismatch",
        severity=Severity.WARNING,
        field="html",
        message=f"A link says {_said_host(link.text)} and goes to {goes}.",
        hint="Let the text name the site that the link goes to.",
        place=f"{link.text} → {link.target}"[:PLACE_LIMIT],
    )


def _said_host(text: str) -> str:
    plain = text if text.isascii() else normalize("NFKC", text)
    url = _URL.search(plain)
    if url is not None:
        said = url.group()
        return _host(said if "[" in said else said.rstrip(_AROUND))
    plain = plain.strip(_AROUND)
    mailbox = _MAILBOX.fullmatch(plain)
    if mailbox is not None:
        return to_ascii(mailbox[1].lower())
    bare = _BARE_HOST.fullmatch(plain)
    if bare is None or bare[1].casefold() in _FILE_ENDINGS:
        return ""
    return _host(f"https://{plain}")


def _target_host(target: str) -> str:
    scheme, _, rest = target.partition(":")
    if scheme.casefold() == "mailto":
        mailbox = _MAILBOX.match(unquote(rest.partition("?")[0]))
        return to_ascii(mailbox[1].lower()) if mailbox else ""
    return _host(target)


def _host(url: str) -> str:
    target = target_of(url)
    return target.ascii_host if target else ""


def _is_same_site(said: str, goes: str) -> bool:
    said, goes = said.removeprefix("www."), goes.removeprefix("www.")
    return goes == said or goes.endswith(f".{said}")
