"""Whether HTML can be parsed in time and memory that grow with its size.

A parser that follows the HTML standard looks through its open elements at many
tags, and opens unclosed formatting again in every paragraph. So 28 kB can become
a gigabyte of nodes, half a megabyte of open tags takes twenty seconds, and one
tag with 200,000 attributes takes minutes. Agents supply the HTML, so this is
asked before the parser sees it.

What is counted here is never less than what the parser will do: an end tag only
counts where nothing stands between it and its element. Where text can be read in
two ways, as inside ``svg``, the count ends, and little may follow.

Pure, and one pass.
"""

import re
from collections.abc import Iterator
from typing import Final

from tuimail.core.patterns import regex
from tuimail.errors import FieldError

SIZE_LIMIT: Final = 2_000_000
"""Characters of HTML; a long newsletter has 200,000."""
DEPTH_LIMIT: Final = 512
"""Elements inside one another; browsers stop there, too."""
WORK_LIMIT: Final = 300_000
"""Elements, counted with the formatting that is opened again for them."""
ATTRIBUTES_LIMIT: Final = 500
"""Attributes of one tag."""
UNSURE_TAGS_LIMIT: Final = 1_000
UNSURE_SIZE_LIMIT: Final = 100_000
"""So much may follow after a tag whose inside can be read in two ways."""

_LONG_TAG: Final = 4 * ATTRIBUTES_LIMIT
_SPACE: Final = r"[\t\n\f\r ]"
_ATTRIBUTE: Final = (
    rf"[^\t\n\f\r />][^\t\n\f\r />=]*+"
    rf"(?:{_SPACE}*+={_SPACE}*+"
    rf"(?:\"[^\"]*+\"|'[^']*+'|(?![\"'])[^\t\n\f\r >]*+))?+"
)
_ONE_ATTRIBUTE: Final = regex(_ATTRIBUTE)
_TAG: Final = regex(
    rf"<(?P<end>/?)(?P<name>[A-Za-z][^\t\n\f\r />]*+)"
    rf"(?P<attributes>(?:[\t\n\f\r /]++|{_ATTRIBUTE})*+)>"
)
_MARKUP: Final = regex(r"<(?=[A-Za-z/!?])")
_BEGUN_TAG: Final = regex(r"</?[A-Za-z]")
_COMMENT_END: Final = regex(r"--!?>")
_EMPTY_COMMENT: Final = regex(r"<!--(?:-?>)")

_RAW: Final = {
    name: regex(rf"(?i)</{name}(?=[\t\n\f\r />])")
    for name in (
        "iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp",
    )
}  # fmt: skip
"""Elements whose content is text, whatever it looks like."""
_UNSURE: Final = frozenset({
    "frameset", "math", "plaintext", "select", "svg", "template",
})  # fmt: skip
"""Elements inside which the same text is markup, or is ignored, or is not."""
_NOT_NESTING: Final = frozenset({
    "area", "base", "body", "br", "caption", "col", "colgroup", "embed", "head", "hr",
    "html", "image", "img", "input", "link", "meta", "option", "param", "source",
    "tbody", "td", "tfoot", "th", "thead", "tr", "track", "wbr", *_RAW,
})  # fmt: skip
"""Elements that hold nothing, or that nest only with others that are counted."""
_FORMATTING: Final = frozenset({
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike",
    "strong", "tt", "u",
})  # fmt: skip
"""Elements that go on after the block they were opened in has ended."""
_ENDS_PARAGRAPHS: Final = frozenset({
    "address", "applet", "article", "aside", "blockquote", "button", "center", "dd",
    "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure",
    "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "li",
    "listing", "main", "marquee", "menu", "nav", "object", "ol", "pre", "search",
    "section", "summary", "table", "ul",
})  # fmt: skip
"""Elements whose end tag is also the end of an open paragraph inside them."""
_ENDS_MAY_BE_LEFT_OUT: Final = frozenset({"dd", "dt", "li", "p"})
"""Elements that end with the one they stand in; but a form ends alone."""
_CLOSED_BY: Final = {
    "a": ("a",),
    "dd": ("dd", "dt"),
    "dt": ("dd", "dt"),
    "li": ("li",),
    "p": ("p",),
}
"""Elements whose end tag may be left out before these."""


def refuse_costly(html: str) -> None:
    """Refuse HTML that costs a parser more than its size explains.

    Raises:
        FieldError: It is over 2,000,000 characters, nests too deep, leaves too
            much open, or has a tag with over 500 attributes.
    """
    if len(html) > SIZE_LIMIT:
        raise too_complex(f"has {len(html)} characters; {SIZE_LIMIT} are the limit")
    elements = _OpenElements()
    for tag in _tags(html):
        name = tag["name"].lower()
        if tag["end"]:
            elements.close(name)
        else:
            _check_attributes(tag)
            elements.open(name)


def too_complex(what: str) -> FieldError:
    """Return the error for HTML that cannot be shown; ``what`` follows *HTML*."""
    return FieldError(
        f"The HTML {what}.",
        hint="Write simpler HTML, or leave it out and send plain text.",
        field="html",
    )


class _OpenElements:
    """At least what the parser has open, and at least what it has made."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._formatting = 0
        self._work = 0

    def open(self, name: str) -> None:
        for closed in _CLOSED_BY.get(name, ()):
            self._remove(closed)
        if name not in _NOT_NESTING:
            self._names.append(name)
            self._formatting += name in _FORMATTING
        if len(self._names) > DEPTH_LIMIT:
            raise too_deep()
        self._count()

    def close(self, name: str) -> None:
        self._count()
        self._remove(name)

    def _count(self) -> None:
        self._work += 1 + self._formatting
        if self._work > WORK_LIMIT:
            raise too_complex("has too many elements, or too many that stay open")

    def _remove(self, name: str) -> None:
        for index in range(len(self._names) - 1, -1, -1):
            if self._names[index] == name:
                self._formatting -= name in _FORMATTING
                above = self._names[index + 1 :]
                self._names[index:] = [
                    n for n in above if n not in _ENDS_MAY_BE_LEFT_OUT
                ]
                return
            if not _may_stand_between(self._names[index], name):
                return


def _may_stand_between(inner: str, name: str) -> bool:
    if inner == "p":
        return name in _ENDS_PARAGRAPHS
    is_closed = name in _ENDS_PARAGRAPHS and name != "form"
    return inner in _FORMATTING or (inner in _ENDS_MAY_BE_LEFT_OUT and is_closed)


def too_deep() -> FieldError:
    """Return the error for elements that stand too deep in one another."""
    return too_complex(f"nests deeper than {DEPTH_LIMIT} elements")


def _check_attributes(tag: re.Match[str]) -> None:
    if len(tag["attributes"]) < _LONG_TAG:
        return
    number = sum(1 for _ in _ONE_ATTRIBUTE.finditer(tag["attributes"]))
    if number > ATTRIBUTES_LIMIT:
        raise too_complex(f"has a tag with {number} attributes")


def _tags(html: str) -> Iterator[re.Match[str]]:
    position = 0
    while (found := _MARKUP.search(html, position)) is not None:
        tag = _TAG.match(html, found.start())
        if tag is None:
            position = _after_no_tag(html, found.start())
            continue
        yield tag
        if tag["name"].lower() in _UNSURE and not tag["end"]:
            _check_rest(html, tag.end())
            return
        position = _after_raw_text(html, tag)


def _after_no_tag(html: str, start: int) -> int:
    if _BEGUN_TAG.match(html, start):
        return len(html)
    if html.startswith("<!--", start):
        return _after_comment(html, start)
    end = html.find(">", start)
    return end + 1 if end >= 0 else len(html)


def _after_comment(html: str, start: int) -> int:
    empty = _EMPTY_COMMENT.match(html, start)
    end = empty or _COMMENT_END.search(html, start + 4)
    return end.end() if end else len(html)


def _after_raw_text(html: str, tag: re.Match[str]) -> int:
    end_tag = _RAW.get(tag["name"].lower())
    if end_tag is None or tag["end"]:
        return tag.end()
    end = end_tag.search(html, tag.end())
    position = end.start() if end else len(html)
    if tag["name"].lower() == "script" and "<!--" in html[tag.end() : position]:
        _check_rest(html, tag.end())
        return len(html)
    return position


def _check_rest(html: str, position: int) -> None:
    is_short = len(html) - position <= UNSURE_SIZE_LIMIT
    if not is_short or html.count("<", position) > UNSURE_TAGS_LIMIT:
        raise too_complex("has too much after a tag that can be read in two ways")
