"""HTML turned into what a person would read of it.

Mail HTML is not a web page: it is laid out with nested tables, starts with a
hidden line for lists, pads it with invisible characters, and watches its reader
with pixels. All that is taken out; links become numbers with their addresses
below, because an address that is not seen cannot be judged.

Nothing is ever fetched or run. Characters that could act on a terminal are left
to ``display``, but control characters, which no browser shows, are dropped here.

Pure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tuimail.core.html.hiding import Styles, declarations, is_hidden
from tuimail.core.html.nesting import DEPTH_LIMIT, refuse_costly, too_deep
from tuimail.core.html.reading import Enter, Leave, Link, Reader
from tuimail.core.html.remote import remote_in_element, remote_in_style


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlText:
    """What is to be read, and what a reviewer wants to know besides."""

    text: str
    """Lines without wrapping; links numbered, their addresses at the end."""
    links: tuple[Link, ...] = ()
    """Every link in order, hidden ones left out."""
    hidden_text: str = ""
    """Text in elements that are not shown."""
    remote_count: int = 0
    """Pictures and other things that would be fetched to show the mail."""


def html_to_text(html: str) -> HtmlText:
    """Return what a person would read of ``html``.

    Raises:
        FieldError: It is too big or too complex to be looked at safely.
    """
    refuse_costly(html)
    reader = Reader()
    remote_count = 0
    root = LexborHTMLParser(html).root
    for node in _walk(root, reader) if root is not None else ():
        remote_count += _remote(node)
    return HtmlText(
        text="\n".join(reader.lines()),
        links=reader.links,
        hidden_text=reader.hidden_text,
        remote_count=remote_count,
    )


_SKIPPED: Final = frozenset({
    "audio", "canvas", "datalist", "iframe", "noembed", "noframes", "object", "script",
    "style", "svg", "template", "title", "video",
})  # fmt: skip
"""Elements whose text no mail program shows."""
_LINES: Final = frozenset({
    "address", "article", "aside", "body", "center", "details", "div", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "header", "html", "legend",
    "main", "nav", "optgroup", "option", "section", "summary",
})  # fmt: skip
"""Elements that stand on lines of their own."""
_PARAGRAPHS: Final = frozenset({
    "dl", "h1", "h2", "h3", "h4", "h5", "h6", "p",
})  # fmt: skip
"""Elements with a blank line around them."""
_STRUCK: Final = frozenset({"del", "s", "strike"})

_ENTER: Final[Mapping[str, Enter]] = {
    **dict.fromkeys(_LINES, Reader.enter_line),
    **dict.fromkeys(_PARAGRAPHS, Reader.enter_paragraph),
    **dict.fromkeys(_STRUCK, Reader.enter_struck),
    "a": Reader.enter_link,
    "blockquote": Reader.enter_quote,
    "br": Reader.enter_break,
    "caption": Reader.enter_caption,
    "dd": Reader.enter_description,
    "dir": Reader.enter_bullets,
    "hr": Reader.enter_rule,
    "img": Reader.enter_image,
    "li": Reader.enter_item,
    "listing": Reader.enter_raw,
    "menu": Reader.enter_bullets,
    "ol": Reader.enter_numbers,
    "plaintext": Reader.enter_raw,
    "pre": Reader.enter_raw,
    "table": Reader.enter_table,
    "td": Reader.enter_cell,
    "textarea": Reader.enter_raw,
    "th": Reader.enter_header_cell,
    "tr": Reader.enter_row,
    "ul": Reader.enter_bullets,
    "xmp": Reader.enter_raw,
}


def _walk(root: LexborNode, reader: Reader) -> Iterator[LexborNode]:
    """Yield every element, and let ``reader`` read, without recursion."""
    depth = 0
    waiting: list[LexborNode | Leave] = [root]
    while waiting:
        step = waiting.pop()
        if not isinstance(step, LexborNode):
            depth -= 1
            step()
        elif step.is_text_node:
            reader.read_text(step.text_content or "")
        elif step.is_element_node:
            yield step
            depth += 1
            waiting += _begin(step, reader)
        if depth > DEPTH_LIMIT:
            raise too_deep()


def _begin(node: LexborNode, reader: Reader) -> list[LexborNode | Leave]:
    """Return what is to be done after a start tag, the last thing first."""
    tag = node.tag or ""
    if tag in _SKIPPED:
        return [_nothing]
    attributes = node.attributes
    styles = declarations(attributes.get("style"))
    is_unseen = reader.is_hidden or is_hidden(attributes, styles)
    enter = Reader.enter_hidden if is_unseen else _enter(tag, styles)
    leave = enter(reader, attributes)
    return [leave, *reversed(list(_children(node)))]


def _enter(tag: str, styles: Styles) -> Enter:
    is_block = styles.get("display") == "block"
    return _ENTER.get(tag, Reader.enter_line if is_block else Reader.enter_inline)


def _nothing() -> None:
    """Leave an element whose content is not read."""


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.first_child
    while child is not None:
        yield child
        child = child.next


def _remote(node: LexborNode) -> int:
    tag = node.tag or ""
    inside = remote_in_style(node.text()) if tag == "style" else 0
    return inside + remote_in_element(tag, node.attributes)
