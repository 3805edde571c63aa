"""HTML made harmless: what agents write is not taken as it comes.

What stays is what mail is made of: text, tables, colours, pictures and links.
Nothing that runs, asks, embeds or diverts is left, and no style fetches anything.
Comments go as well, and with them what only Outlook reads.

Pure.
"""

import re
from collections.abc import Callable, Iterable
from functools import partial
from html import escape
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tuimail.core.html.css import without_comments
from tuimail.core.html.nesting import refuse_costly, too_complex
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass

PASSES_LIMIT: Final = 10
"""So often the same HTML is cleaned; two are enough for all but broken ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """HTML that does nothing, and what had to go for that."""

    html: str
    removed: tuple[str, ...] = ()
    """Kinds of things, in words: ``scripts``, ``forms``; sorted, each once."""


def clean_html(html: str) -> Cleaned:
    """Return ``html`` with what ordinary mail has, and nothing else.

    Raises:
        FieldError: It is too big or too complex to be looked at safely.
    """
    refuse_costly(html)
    import nh3  # noqa: PLC0415 - 2 ms that only agents' HTML pays

    removed: set[str] = {"comments"} if "<!--" in html else set()
    sheets = _sheets_and_rest(html, removed)
    cleaner = nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags=_TAGS_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        attribute_filter=partial(_kept_value, removed),
        generic_attribute_prefixes={"aria-"},
        url_schemes=_SCHEMES,
        link_rel=None,
    )
    body = _settled(_ROOT.sub("<div ", html), cleaner.clean)
    return Cleaned(html=sheets + body, removed=tuple(sorted(removed)))


def _settled(html: str, clean: Callable[[str], str]) -> str:
    """Return ``html`` cleaned until it is read again as it was written.

    Tags in places where they may not stand make a tree that becomes another one
    when it is written and read, and harmless things have become harmful by that.

    Raises:
        FieldError: It becomes something else each time.
    """
    for _ in range(PASSES_LIMIT):
        before, html = html, clean(html)
        if html == before:
            return html
    raise too_complex("is read differently each time it is cleaned")


_TAGS: Final = {
    "a", "abbr", "acronym", "address", "area", "article", "aside", "b", "bdi", "bdo",
    "big", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup",
    "dd", "del", "details", "dfn", "dir", "div", "dl", "dt", "em", "figcaption",
    "figure", "font", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i",
    "img", "ins", "kbd", "li", "main", "map", "mark", "menu", "nav", "ol", "p", "pre",
    "q", "rp", "rt", "ruby", "s", "samp", "section", "small", "span", "strike",
    "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead",
    "time", "tr", "tt", "u", "ul", "var", "wbr",
}  # fmt: skip
_TAGS_WITH_CONTENT: Final = {
    "applet", "audio", "canvas", "datalist", "embed", "frameset", "iframe", "math",
    "noembed", "noframes", "object", "script", "select", "style", "svg", "template",
    "textarea", "title", "video",
}  # fmt: skip
"""Elements of which the text goes as well."""
_ATTRIBUTES: Final = {
    "*": {
        "abbr", "align", "alt", "background", "bgcolor", "border", "cellpadding",
        "cellspacing", "char", "class", "clear", "color", "colspan", "compact", "dir",
        "face", "headers", "height", "hspace", "id", "lang", "name", "noshade",
        "nowrap", "reversed", "role", "rowspan", "rules", "scope", "size", "span",
        "start", "style", "summary", "title", "type", "valign", "value", "vspace",
        "width",
    },
    "a": {"href", "rel", "target"},
    "area": {"coords", "href", "shape", "target"},
    "img": {"src", "usemap"},
}  # fmt: skip
_SCHEMES: Final = {
    "callto", "cid", "data", "ftp", "geo", "http", "https", "mailto", "mid", "sip",
    "sms", "tel", "webcal", "xmpp",
}  # fmt: skip

_KINDS: Final = {
    "applet": "embedded things",
    "audio": "sound and video",
    "base": "a base for addresses",
    "button": "forms",
    "embed": "embedded things",
    "fieldset": "forms",
    "form": "forms",
    "frame": "embedded things",
    "frameset": "embedded things",
    "iframe": "embedded things",
    "input": "forms",
    "link": "linked style sheets",
    "math": "drawings",
    "object": "embedded things",
    "option": "forms",
    "script": "scripts",
    "select": "forms",
    "svg": "drawings",
    "textarea": "forms",
    "video": "sound and video",
}
"""What people call elements that do not stay."""
_NOT_MISSED: Final = frozenset({
    "body", "head", "html", "label", "legend", "meta", "noscript", "o:p", "optgroup",
    "param", "source", "style", "template", "title", "track",
})  # fmt: skip
"""Elements that nobody misses, or that are told otherwise."""
_URLS: Final = frozenset({"action", "background", "formaction", "href", "src"})

_ROOT: Final = regex(r"<(?:html|body)[\s/](?=[^>])", re.IGNORECASE)
"""Their direction, language and colour count for all that is in them."""
_PICTURE_DATA: Final = regex(
    r"\s*data:image/(?:png|jpe?g|gif|webp|bmp|avif)[;,]", re.IGNORECASE
)
_ATTACHED: Final = regex(r"url\(\s{0,9}['\"]?cid:[\w.@%+-]{1,200}['\"]?\s{0,9}\)")
_UNSAFE_STYLE: Final = regex(
    r"url\s*\(|image-set|(?<![\w-])(?:src|image)\s*\(|@import|@charset|@namespace"
    r"|expression|behaviou?r\s*:|-moz-binding|progid|(?:java|vb|live)script\s*:|[<\\]"
    r"|position\s*:\s*fixed",
    re.IGNORECASE,
)
_MEDIA: Final = regex(r"[\w\s:(),.-]{0,200}")


def _sheets_and_rest(html: str, removed: set[str]) -> str:
    """Return the harmless style sheets, and note what else will go."""
    root = LexborHTMLParser(html).root
    sheets: list[str] = []
    for node in root.traverse() if root is not None else ():
        tag = node.tag or ""
        if tag == "style":
            sheets.append(_sheet(node, removed))
        elif tag in _KINDS:
            removed.add(_KINDS[tag])
        elif tag not in _TAGS and tag not in _NOT_MISSED and tag[0] not in "-!":
            removed.add("other elements")
        removed.update(_unkept(tag, node.attributes.items()))
    return "".join(sheets)


def _sheet(node: LexborNode, removed: set[str]) -> str:
    css = without_comments(node.text()).strip()
    media = node.attributes.get("media") or ""
    if not css:
        return ""
    if _UNSAFE_STYLE.search(css) or not _MEDIA.fullmatch(media):
        removed.add("style sheets that fetch or run something")
        return ""
    attribute = f' media="{escape(media)}"' if media else ""
    return f"<style{attribute}>{css}</style>"


def _unkept(tag: str, attributes: Iterable[tuple[str, str | None]]) -> Iterable[str]:
    """Yield what to call the attributes that are not asked about one by one."""
    for name, value in attributes:
        if name.startswith("on"):
            yield "event handlers"
        elif name in {"srcset", "srcdoc", "ping", "lowsrc", "dynsrc"}:
            yield "further addresses of pictures and links"
        elif name in _URLS and _scheme(value) not in {"", *_SCHEMES}:
            yield "addresses that no mail needs"
        elif tag == "meta" and name == "http-equiv" and _is_refresh(value):
            yield "a redirection"


def _is_refresh(value: str | None) -> bool:
    return (value or "").strip().lower() == "refresh"


def _scheme(address: str | None) -> str:
    found = re.match(
        r"[\x00-\x20]*([a-zA-Z][\w+.-]*):", re.sub("[\t\r\n]", "", address or "")
    )
    return found[1].lower() if found else ""


def _kept_value(removed: set[str], tag: str, name: str, value: str) -> str | None:
    """Return what stays of an attribute, or None where nothing does."""
    if name == "style":
        return _kept_style(removed, value)
    is_data = _scheme(value) == "data" and name in _URLS
    if is_data and not (tag == "img" and _PICTURE_DATA.match(value)):
        removed.add("addresses that no mail needs")
        return None
    if name == "background" and _scheme(value) != "cid":
        removed.add("pictures in the background")
        return None
    return value


def _kept_style(removed: set[str], style: str) -> str | None:
    parts = without_comments(style).split(";")
    kept = [part for part in parts if not _UNSAFE_STYLE.search(_ATTACHED.sub("", part))]
    if len(kept) < len(parts):
        removed.add("styles that fetch or run something")
    return ";".join(kept).strip() or None
