"""What there is in a mail's HTML besides what is to be read.

Facts only: whether they matter is for the checks to say.

Pure.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import unquote

from tuimail.core.html.css import unescaped, without_comments
from tuimail.core.html.sheet import Attributes
from tuimail.core.html.text import Element, HtmlText, html_to_text
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass

EACH_LIMIT: Final = 1_000
"""So many facts of one kind are kept; nobody reads more of them."""
VALUE_LIMIT: Final = 2_000
"""So many characters of an address are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlFacts:
    """Everything that checks ask about, from one walk through the tree."""

    read: HtmlText
    """What a person would read."""
    active: tuple[str, ...] = ()
    """What could run, in words: ``a script``, ``onclick``, ``javascript: link``."""
    forms: tuple[str, ...] = ()
    """Where forms send what was typed in; empty for fields without a form."""
    bases: tuple[str, ...] = ()
    """Addresses that change where every other address leads."""
    refreshes: tuple[str, ...] = ()
    """What ``meta`` elements would load after a time."""
    data_links: tuple[str, ...] = ()
    """Links that carry the page they lead to."""
    content_ids: tuple[str, ...] = ()
    """What inline images are called by, without ``cid:``, each once; nothing, where
    none is named."""
    pixels: tuple[str, ...] = ()
    """Addresses of pictures that nobody sees."""


def examine(html: str) -> HtmlFacts:
    """Return what ``html`` says and what else is in it.

    Raises:
        FieldError: It is too big or too complex to be looked at safely.
    """
    witness = _Witness()
    read = html_to_text(html, look=witness.look)
    return HtmlFacts(
        read=read,
        active=tuple(witness.active),
        forms=tuple(witness.forms),
        bases=tuple(witness.bases),
        refreshes=tuple(witness.refreshes),
        data_links=tuple(witness.data_links),
        content_ids=tuple(witness.content_ids),
        pixels=tuple(witness.pixels),
    )


_RUNNING: Final = frozenset({
    "applet", "embed", "fencedframe", "frame", "iframe", "object", "portal", "script",
})  # fmt: skip
_FIELDS: Final = frozenset({"input", "select", "textarea"})
_NO_FIELDS: Final = frozenset({"hidden", "image", "button", "reset"})
_ADDRESSES: Final = frozenset({
    "action", "background", "data", "formaction", "from", "href", "lowsrc", "poster",
    "src", "to", "values", "xlink:href",
})  # fmt: skip
"""Attributes that a program may go to."""
_DATA_BLOCK: Final = regex(r"application/(?:ld\+)?json")
_IGNORED: Final = regex(r"[\x00-\x20]+")
_CODE: Final = regex(
    r"(?:javascript|vbscript|livescript|ms-msdt|search-ms|ms-officecmd):", re.IGNORECASE
)
_ACTIVE_STYLE: Final = regex(
    r"expression\s{0,9}\(|-moz-binding|(?<![\w-])behaviou?r\s{0,9}:|(?:java|vb)script:",
    re.IGNORECASE,
)
_CID: Final = regex(r"cid:([^\s\"'()<>,;]{1,600})", re.IGNORECASE)


class _Witness:
    """Notes what is asked about, element by element."""

    def __init__(self) -> None:
        self.active: dict[str, None] = {}
        self.forms: dict[str, None] = {}
        self.bases: dict[str, None] = {}
        self.refreshes: dict[str, None] = {}
        self.data_links: dict[str, None] = {}
        self.content_ids: dict[str, None] = {}
        self.pixels: dict[str, None] = {}

    def look(self, element: Element) -> None:
        tag, attributes = element.tag, element.attributes
        _note(self.active, _running(element))
        _note(self.content_ids, _cids(element))
        if element.is_counted:
            _note(self.pixels, element.fetched)
        if tag in {"a", "area", "form"}:
            _note(self.data_links, _data_links(attributes))
        if "formaction" in attributes:
            _note(self.forms, [attributes["formaction"] or ""])
        if tag == "form" or (tag in _FIELDS and not self.forms):
            _note(self.forms, _form(tag, attributes))
        if tag == "base" and attributes.get("href"):
            _note(self.bases, [attributes["href"] or ""])
        if tag == "meta":
            _note(self.refreshes, _refresh(attributes))


def _note(facts: dict[str, None], found: Iterable[str]) -> None:
    for fact in found:
        if len(facts) < EACH_LIMIT:
            facts[fact[:VALUE_LIMIT]] = None


def _running(element: Element) -> Iterator[str]:
    tag, attributes = element.tag, element.attributes
    kind = (attributes.get("type") or "").strip().lower()
    if tag in _RUNNING and not (tag == "script" and _DATA_BLOCK.fullmatch(kind)):
        yield f"<{tag}>"
    for name, value in attributes.items():
        if name.startswith("on") and len(name) >= len("oncut"):
            yield f"{name[:40]} of <{tag}>"
        elif name == "srcdoc":
            yield f"srcdoc of <{tag}>"
        elif name in _ADDRESSES and value and (code := _code(value)):
            yield f"{code} in {name} of <{tag}>"
    for style in (element.style_text, attributes.get("style") or ""):
        found = _ACTIVE_STYLE.search(unescaped(without_comments(style)))
        if found is not None:
            yield f"{found[0]} in the style of <{tag}>"


def _code(address: str) -> str:
    """Return the scheme of what would be run; programs ignore spaces before it."""
    found = _CODE.match(_IGNORED.sub("", address[:200]))
    return found[0].lower() if found else ""


def _cids(element: Element) -> Iterator[str]:
    values = [value for value in element.attributes.values() if value]
    for value in (*values, element.style_text):
        if "cid:" in value.lower():
            for found in _CID.findall(value):
                yield unquote(found)
            if value.strip().lower() == "cid:":
                yield ""


def _data_links(attributes: Attributes) -> Iterator[str]:
    for name in ("href", "xlink:href", "action"):
        address = _IGNORED.sub("", (attributes.get(name) or "")[:VALUE_LIMIT])
        if address.lower().startswith("data:"):
            yield address


def _form(tag: str, attributes: Attributes) -> Iterator[str]:
    """Boxes that cannot be ticked are pictures of boxes: they show a list."""
    kind = (attributes.get("type") or "text").strip().lower()
    is_picture = kind == "checkbox" and "disabled" in attributes
    if tag == "form":
        yield attributes.get("action") or ""
    elif not is_picture and not (tag == "input" and kind in _NO_FIELDS):
        yield ""


def _refresh(attributes: Attributes) -> Iterator[str]:
    if (attributes.get("http-equiv") or "").strip().lower() == "refresh":
        yield attributes.get("content") or ""
