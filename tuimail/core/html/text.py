"""HTML turned into what a person would read of it.

Mail HTML is not a web page: it is laid out with nested tables, starts with a
hidden line for lists, pads it with invisible characters, and watches its reader
with pixels. All that is taken out; links become numbers with their addresses
below, because an address that is not seen cannot be judged.

Nothing is ever fetched or run. Characters that could act on a terminal are left
to ``display``, but control characters, which no browser shows, are dropped here.

Pure.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tuimail.core.html.css import Styles
from tuimail.core.html.hiding import is_hidden, is_pixel
from tuimail.core.html.looks import Looks
from tuimail.core.html.nesting import DEPTH_LIMIT, refuse_costly, too_deep
from tuimail.core.html.reading import Enter, HiddenText, Leave, Link, Reader
from tuimail.core.html.remote import fetched_by_element, fetched_by_style
from tuimail.core.html.sheet import Attributes, Sheet
from tuimail.core.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlText:
    """What is to be read, and what a reviewer wants to know besides."""

    text: str
    """Lines without wrapping; links numbered, their addresses at the end."""
    links: tuple[Link, ...] = ()
    """Every link in order, hidden ones left out."""
    hidden: tuple[HiddenText, ...] = ()
    """Text that is not shown, or cannot be told from what is behind it."""
    fetched: tuple[str, ...] = ()
    """Addresses of pictures and other things that would be fetched."""

    @property
    def hidden_text(self) -> str:
        """Everything that is not shown, in one line."""
        return " ".join(piece.text for piece in self.hidden)

    @property
    def remote_count(self) -> int:
        """How many things would be fetched to show the mail."""
        return len(self.fetched)


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One start tag, for those who look for something else than text."""

    tag: str
    attributes: Attributes
    style_text: str
    """What a ``style`` element says; empty for all others."""
    is_counted: bool
    """Whether it is a picture that nobody sees, there to be counted."""
    fetched: tuple[str, ...]
    """Addresses that it would have fetched."""


Look = Callable[[Element], None]
"""What is shown every element, also those inside what is hidden or skipped."""


def html_to_text(html: str, *, look: Look | None = None) -> HtmlText:
    """Return what a person would read of ``html``.

    Args:
        html: A mail's HTML, however sloppy.
        look: Is called with every element of it.

    Raises:
        FieldError: It is too big or too complex to be looked at safely.
    """
    refuse_costly(html)
    root = LexborHTMLParser(html).root
    walk = _Walk(_sheet(root) if "<style" in html.lower() else Sheet(), look)
    walk.through(root)
    return HtmlText(
        text="\n".join(walk.reader.lines()),
        links=walk.reader.links,
        hidden=walk.reader.hidden,
        fetched=tuple(walk.fetched),
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
    **dict.fromkeys(_SKIPPED, Reader.enter_skipped),
    **dict.fromkeys(_LINES, Reader.enter_line),
    **dict.fromkeys(_PARAGRAPHS, Reader.enter_paragraph),
    **dict.fromkeys(_STRUCK, Reader.enter_struck),
    "a": Reader.enter_link,
    "area": Reader.enter_area,
    "blockquote": Reader.enter_quote,
    "br": Reader.enter_break,
    "caption": Reader.enter_caption,
    "dd": Reader.enter_description,
    "dir": Reader.enter_bullets,
    "hr": Reader.enter_rule,
    "img": Reader.enter_image,
    "input": Reader.enter_input,
    "li": Reader.enter_item,
    "listing": Reader.enter_raw,
    "menu": Reader.enter_bullets,
    "ol": Reader.enter_numbers,
    "plaintext": Reader.enter_raw,
    "pre": Reader.enter_raw,
    "q": Reader.enter_quoted,
    "sup": Reader.enter_raised,
    "table": Reader.enter_table,
    "td": Reader.enter_cell,
    "textarea": Reader.enter_raw,
    "th": Reader.enter_header_cell,
    "tr": Reader.enter_row,
    "ul": Reader.enter_bullets,
    "xmp": Reader.enter_raw,
}

_PLAIN_TO_SEE: Final = frozenset({
    Reader.enter_area, Reader.enter_image, Reader.enter_link, Reader.enter_rule,
})  # fmt: skip
"""What is nothing where it cannot be seen."""

_Step = tuple[LexborNode | Leave, Looks]
"""What is to be done, and how text looks there."""


class _Walk:
    """One way through the tree, without recursion."""

    def __init__(self, sheet: Sheet, look: Look | None) -> None:
        self.reader = Reader()
        self.fetched: list[str] = []
        self._sheet = sheet
        self._look = look

    def through(self, root: LexborNode | None) -> None:
        """Read everything below ``root``, in order."""
        depth = 0
        waiting: list[_Step] = [(root, Looks())] if root is not None else []
        while waiting:
            step, looks = waiting.pop()
            if not isinstance(step, LexborNode):
                depth -= 1
                step()
            elif step.is_text_node:
                self.reader.read_text(step.text_content or "", is_seen=looks.is_seen)
            elif step.is_element_node:
                depth += 1
                waiting += self._begin(step, looks)
            if depth > DEPTH_LIMIT:
                raise too_deep()

    def _begin(self, node: LexborNode, looks: Looks) -> list[_Step]:
        """Return what is to be done after a start tag, the last thing first."""
        tag = node.tag or ""
        attributes: Attributes = node.attributes
        styles = self._sheet.styles_of(tag, attributes)
        is_unseen = self.reader.is_hidden or is_hidden(attributes, styles)
        is_counted = tag == "img" and (is_unseen or is_pixel(attributes, styles))
        self._note(node, attributes, is_counted=is_counted)
        inside = looks.inside(tag, attributes, styles)
        enter = _enter(tag, styles)
        if is_counted or (enter in _PLAIN_TO_SEE and not inside.is_visible):
            enter = Reader.enter_inline
        elif is_unseen:
            enter = self._unseen(enter)
        if "reversed" in attributes:
            attributes = _with_start(node, attributes)
        leave = enter(self.reader, attributes)
        steps: list[_Step] = [(child, inside) for child in _children(node)]
        return [(leave, looks), *reversed(steps)]

    def _unseen(self, enter: Enter) -> Enter:
        """Return what to do instead, and keep the words of two lines apart."""
        if enter is not Reader.enter_inline:
            self.reader.read_text(" ")
        return enter if enter is Reader.enter_skipped else Reader.enter_hidden

    def _note(
        self, node: LexborNode, attributes: Attributes, *, is_counted: bool
    ) -> None:
        tag = node.tag or ""
        said = node.text() if tag == "style" else ""
        fetched = fetched_by_element(tag, attributes)
        fetched += fetched_by_style(said) if said else ()
        self.fetched += fetched
        if self._look is not None:
            element = Element(
                tag=tag,
                attributes=attributes,
                style_text=said,
                is_counted=is_counted,
                fetched=tuple(fetched),
            )
            self._look(element)


def _sheet(root: LexborNode | None) -> Sheet:
    sheet = Sheet()
    for node in root.css("style") if root is not None else ():
        sheet.add(node.text(), node.attributes.get("media"))
    return sheet


def _enter(tag: str, styles: Styles) -> Enter:
    if styles.get("display") == "block":
        return _ENTER.get(tag, Reader.enter_line)
    is_struck = tag not in _ENTER and _is_struck(styles)
    return _ENTER.get(tag, Reader.enter_struck if is_struck else Reader.enter_inline)


def _is_struck(styles: Styles) -> bool:
    """Whether a line is drawn through words: an old price must not be the price."""
    drawn = f"{styles.get('text-decoration')} {styles.get('text-decoration-line')}"
    return "line-through" in drawn


def _with_start(node: LexborNode, attributes: Attributes) -> Attributes:
    """Return where a list that counts down begins, because only it knows."""
    number = sum(1 for child in _children(node) if child.tag == "li")
    return {"start": str(number), **attributes}


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.first_child
    while child is not None:
        yield child
        child = child.next
