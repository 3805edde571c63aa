"""Whether links go where their text says.

Only text that is an address itself can deceive here: *Open the report* says
nothing about where it leads. Newsletters whose links are counted by another host
are found too, which is why this is a warning and not more.

Pure.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import unquote, urlsplit

from tuimail.core.finding import Finding, Severity
from tuimail.core.html.reading import Link

PLACE_LIMIT: Final = 200

_URL: Final = re.compile(r"https?:[/\\]{1,9}[^\s<>\"']{1,2000}", re.IGNORECASE)
_BARE_HOST: Final = re.compile(
    r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,9}([^\W\d_]{2,18})(?:[/:?#]\S*)?"
)
_MAILBOX: Final = re.compile(r"[^\s@<>]{1,64}@([^\s@<>]{1,253})")
_FILE_ENDINGS: Final = frozenset({
    "css", "csv", "doc", "docx", "exe", "gif", "htm", "html", "jpeg", "jpg", "js",
    "json", "md", "ods", "odt", "pdf", "php", "png", "ppt", "pptx", "py", "rb", "rs",
    "sh", "sql", "svg", "tar", "toml", "ts", "txt", "xls", "xlsx", "xml", "yaml", "yml",
    "zip",
})  # fmt: skip
"""What ends a file name more often than the name of a site."""


def check(links: Iterable[Link]) -> Iterator[Finding]:
    """Find links whose text is one site's address and that go to another."""
    for link in links:
        said, goes = _said_host(link.text), _target_host(link.target)
        if said and not _is_same_site(said, goes):
            yield Finding(
                code="html.link-mismatch",
                severity=Severity.WARNING,
                field="html",
                message=f"A link says {said} and goes to {goes or link.target[:80]}.",
                hint="Let the text name the site that the link goes to.",
                place=f"{link.text} → {link.target}"[:PLACE_LIMIT],
            )


def _said_host(text: str) -> str:
    url = _URL.search(text)
    if url is not None:
        return _host(url.group())
    mailbox = _MAILBOX.fullmatch(text)
    if mailbox is not None:
        return _ascii(mailbox[1])
    bare = _BARE_HOST.fullmatch(text)
    if bare is None or bare[1].casefold() in _FILE_ENDINGS:
        return ""
    return _host(f"https://{text}")


def _target_host(target: str) -> str:
    scheme, _, rest = target.partition(":")
    if scheme.casefold() == "mailto":
        mailbox = _MAILBOX.match(unquote(rest.partition("?")[0]))
        return _ascii(mailbox[1]) if mailbox else ""
    return _host(f"https:{target}" if target.startswith(("//", "\\\\")) else target)


def _host(url: str) -> str:
    """Return the host as browsers read it: a backslash is a slash to them."""
    scheme, _, rest = url.replace("\\", "/").partition(":")
    try:
        return _ascii(urlsplit(f"{scheme}://{rest.lstrip('/')}").hostname or "")
    except ValueError:
        return ""


def _ascii(host: str) -> str:
    host = host.casefold().rstrip(".")
    if host.isascii():
        return host
    import idna  # noqa: PLC0415 - 8 ms that only international domains pay

    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        return host


def _is_same_site(said: str, goes: str) -> bool:
    said, goes = said.removeprefix("www."), goes.removeprefix("www.")
    return goes == said or goes.endswith(f".{said}")
