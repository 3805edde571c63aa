"""Where links in Markdown lead to: targets that hold values of a template.

A value at the beginning of a target may be a whole address. Behind what the
template has written it is a part: it cannot begin a query, add to one, or put
another host before the one that is there.

Pure.
"""

import re
from typing import Final
from urllib.parse import quote

from tuimail.core.patterns import regex
from tuimail.core.templates.values import LIFTED, lowered
from tuimail.errors import FieldError

_NOT_FOR_MAIL: Final = regex(r"(?:vbscript|javascript|file|data):", re.IGNORECASE)
_PARTS: Final = regex(
    r"((?:[a-z][a-z0-9+.-]*:)?(?://)?)([^/?#&=]*)([^?#]*)(.*)",
    re.IGNORECASE | re.DOTALL,
)
_HOST: Final = regex(r"(.*[!-@\[-`{-~])?(.*)", re.DOTALL)
"""Up to the last character that is no letter and no value's, and what follows."""
_IN_A_QUERY: Final = "%/:@!$*'(),"
_IN_A_PATH: Final = f"{_IN_A_QUERY}+;="
"""``%`` stays, because a value may have been through ``urlencode``."""


def is_for_mail(url: str) -> bool:
    """Return whether ``url`` is something that a mail may lead to."""
    return _NOT_FOR_MAIL.match(url.strip()) is None


def normalized(url: str) -> str:
    """Return ``url`` as it stands in HTML; one with values waits for them."""
    return url if LIFTED.search(url) else _encoded(url)


def normalized_text(link: str) -> str:
    """Return ``link`` as people read it; one with values waits for them."""
    from markdown_it.common.normalize_url import (  # noqa: PLC0415 - as the parser
        normalizeLinkText,
    )

    return link if LIFTED.search(link) else normalizeLinkText(link)


def filled(url: str) -> str:
    """Return ``url`` with the values in it.

    Raises:
        FieldError: It leads to what no mail may lead to.
    """
    if not LIFTED.search(url):
        return url
    scheme, first, path, rest = _parts(url)
    if scheme.endswith("//"):
        head, tail = _HOST.fullmatch(first).groups("")  # type: ignore[union-attr]
        first = _part(head, "%") + lowered(tail)
    else:
        first = _part(first, _IN_A_PATH) if scheme else lowered(first)
    found = f"{scheme}{first}{_part(path, _IN_A_PATH)}{_part(rest, _IN_A_QUERY)}"
    found = _encoded(found.strip())
    if not is_for_mail(found):
        raise FieldError(
            f"A link leads to {found[:60]!r}, which is nothing for a mail.",
            hint="Correct the value, or leave the link out.",
            field="markdown",
        )
    return found


def _parts(url: str) -> tuple[str, ...]:
    return _PARTS.fullmatch(url).groups()  # type: ignore[union-attr]


def _part(text: str, safe: str) -> str:
    """Return ``text``, whose values are no more than a part; letters stay so."""

    def put(one: re.Match[str]) -> str:
        own = lowered(one[0])
        return own if own.isalpha() else quote(own, safe=safe)

    return LIFTED.sub(put, text)


def _encoded(url: str) -> str:
    from markdown_it.common.normalize_url import (  # noqa: PLC0415 - as the parser
        normalizeLink,
    )

    return normalizeLink(url)
