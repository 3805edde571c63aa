"""What was read of an HTML mail so far: lines, links, lists, tables.

Each ``enter_…`` is told that an element begins and returns what is to be done
when it ends, so that whoever walks the tree needs no recursion.

Pure.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import repeat
from typing import Final

from tuimail.core.display import LEGITIMATE
from tuimail.core.html.layout import SPANS_LIMIT, Block, Cell, Table, indented
from tuimail.core.html.marks import BULLET, numerals, without_bullet
from tuimail.core.html.sheet import Attributes
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass

INDENTS_LIMIT: Final = 20
"""Quotes and lists deeper than this are not moved further to the right."""
RULE: Final = "-" * 40

Leave = Callable[[], None]
"""What remains to be done when everything inside an element was read."""

Enter = Callable[["Reader", Attributes], Leave]
"""What is done when an element begins."""

_CONTROL: Final = regex("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_PADS: Final = "[\u00ad\u034f\u180e\u200b-\u200d\u2060\ufeff]"
_MAY_PAD: Final = regex(_PADS)
_NOT_IN_A_TARGET: Final = regex("[\x00-\x1f\x7f-\x9f]")
_DIGITS: Final = frozenset("0123456789-+\u2212")
_SCHEME: Final = regex(r"(?:(?:https?:)?//|mailto:|tel:)", re.IGNORECASE)
_PICTURE: Final = "\0"
"""Stands among the words of a link, which have no such character, for a picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link, as it looks and where it goes."""

    text: str
    """What the reader sees of it; empty where it shows nothing."""
    target: str
    """The address as written, without the white space browsers drop."""
    number: int = 0
    """The number in the text, or 0 where the text already is the address, which also
    stands for a picture without words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenText:
    """Text that is there but not shown, in one line."""

    text: str
    is_first: bool
    """Whether nothing was shown before it, as with the preview line of a list."""


class Reader:
    """Keeps what was read; elements must end in the order they began."""

    def __init__(self) -> None:
        self._blocks = [Block()]
        self._tables: list[Table] = []
        self._lists: list[Iterator[str]] = []
        self._indents = 0
        self._hidden_depth = 0
        self._skipped_depth = 0
        self._hidden: list[tuple[bool, list[str]]] = []
        self._is_hiding = False
        self._has_shown = False
        self._is_raised = False
        self._link_texts: list[list[str]] = []
        self._links: list[Link] = []
        self._numbers: dict[str, int] = {}

    def lines(self) -> list[str]:
        """Return what is to be read, with the addresses of the links below it."""
        self._block.end_paragraph()
        self._block.extend([f"[{n}] {to}" for to, n in self._numbers.items()])
        return self._block.finish()

    @property
    def links(self) -> tuple[Link, ...]:
        """Every link in order, hidden ones left out."""
        return tuple(self._links)

    @property
    def hidden(self) -> tuple[HiddenText, ...]:
        """What is not shown, in pieces with shown words between them."""
        pieces = (
            HiddenText(text=_one_line("".join(texts)), is_first=is_first)
            for is_first, texts in self._hidden
        )
        return tuple(piece for piece in pieces if piece.text)

    @property
    def is_hidden(self) -> bool:
        """Whether an element that is not shown has begun and not ended."""
        return self._hidden_depth + self._skipped_depth > 0

    @property
    def _block(self) -> Block:
        return self._blocks[-1]

    def read_text(self, text: str, *, is_seen: bool = True) -> None:
        """Take text as it stands in the tree.

        Args:
            text: Words, or the space between them.
            is_seen: Whether it differs from what it stands on.
        """
        if self._skipped_depth:
            return
        if self._hidden_depth or not (is_seen or text.isspace()):
            self._hide(text)
        else:
            self._show(_readable(text))

    def _hide(self, text: str) -> None:
        if not self._is_hiding:
            self._hidden.append((not self._has_shown, []))
        self._is_hiding = True
        self._hidden[-1][1].append(text)

    def _show(self, text: str) -> None:
        if self._is_raised and text[:1] in _DIGITS and self._block.is_after_word:
            text = f"^{text}"
        self._is_raised = False
        self._block.add(text)
        if text.strip():
            self._has_shown, self._is_hiding = True, False
        for link_text in self._link_texts:
            link_text.append(text)

    def enter_skipped(self, _attributes: Attributes) -> Leave:
        """Begin an element whose text is not for people."""
        self._skipped_depth += 1
        return self._leave_skipped

    def _leave_skipped(self) -> None:
        self._skipped_depth -= 1

    def enter_hidden(self, _attributes: Attributes) -> Leave:
        """Begin an element that is not shown; its text is kept apart."""
        if not self._hidden_depth:
            self._hide(" ")
        self._hidden_depth += 1
        return self._leave_hidden

    def _leave_hidden(self) -> None:
        self._hidden_depth -= 1

    def enter_inline(self, _attributes: Attributes) -> Leave:
        """Begin an element that changes nothing."""
        return _nothing

    def enter_line(self, _attributes: Attributes) -> Leave:
        """Begin an element that stands on lines of its own."""
        self._block.end_line()
        return self._block.end_line

    def enter_paragraph(self, _attributes: Attributes) -> Leave:
        """Begin an element with a blank line around it."""
        self._block.end_paragraph()
        return self._block.end_paragraph

    def enter_break(self, _attributes: Attributes) -> Leave:
        """Begin a new line."""
        self._block.break_line()
        return _nothing

    def enter_rule(self, _attributes: Attributes) -> Leave:
        """Draw a line across."""
        self._block.end_paragraph()
        self._block.extend([RULE])
        self._block.end_paragraph()
        return _nothing

    def enter_struck(self, _attributes: Attributes) -> Leave:
        """Begin text that is struck out, such as an old price."""
        self._show("~")
        return lambda: self._show("~")

    def enter_quoted(self, _attributes: Attributes) -> Leave:
        """Begin words within quotation marks, which browsers add."""
        self._show('"')
        return lambda: self._show('"')

    def enter_image(self, attributes: Attributes) -> Leave:
        """Show the words that stand for a picture, if it has any."""
        words = _one_line(attributes.get("alt") or "")
        if words:
            self._show(f"[{words}]")
        for link_text in self._link_texts:
            link_text.append(_PICTURE)
        return _nothing

    def enter_input(self, attributes: Attributes) -> Leave:
        """Show a box to be ticked as mail without HTML does."""
        if (attributes.get("type") or "").lower() == "checkbox":
            self._show("[x] " if "checked" in attributes else "[ ] ")
        return _nothing

    def enter_raised(self, _attributes: Attributes) -> Leave:
        """Begin what is written higher, which may not be taken for more digits."""
        self._is_raised = True
        return self._leave_raised

    def _leave_raised(self) -> None:
        self._is_raised = False

    def enter_raw(self, _attributes: Attributes) -> Leave:
        """Begin text whose spaces and line ends count."""
        self._blocks.append(Block(is_raw=True))
        return lambda: self._leave_block("", "", is_paragraph=True)

    def enter_quote(self, _attributes: Attributes) -> Leave:
        """Begin what somebody else wrote."""
        return self._enter_indented("> ", "> ", is_paragraph=True)

    def enter_description(self, _attributes: Attributes) -> Leave:
        """Begin what stands indented under a term."""
        return self._enter_indented("    ", "    ", is_paragraph=False)

    def enter_item(self, attributes: Attributes) -> Leave:
        """Begin an item of the innermost list."""
        value = _number(attributes, "value")
        if value is not None and self._lists:
            self._lists[-1] = numerals(value)
        mark = next(self._lists[-1]) if self._lists else BULLET
        return self._enter_indented(mark, " " * len(mark), is_paragraph=False)

    def _enter_indented(self, first: str, rest: str, *, is_paragraph: bool) -> Leave:
        if self._indents >= INDENTS_LIMIT:
            return self.enter_line({})
        self._indents += 1
        self._blocks.append(Block())
        return lambda: self._leave_indented(first, rest, is_paragraph=is_paragraph)

    def _leave_indented(self, first: str, rest: str, *, is_paragraph: bool) -> None:
        self._indents -= 1
        self._leave_block(first, rest, is_paragraph=is_paragraph)

    def _leave_block(self, first: str, rest: str, *, is_paragraph: bool) -> None:
        lines = self._blocks.pop().finish()
        if first == BULLET and lines:
            lines[0] = without_bullet(lines[0])
        outer = self._block
        end = outer.end_paragraph if is_paragraph else outer.end_line
        end()
        outer.extend(indented(lines, first, rest))
        end()

    def enter_bullets(self, _attributes: Attributes) -> Leave:
        """Begin a list without numbers."""
        return self._enter_list(repeat(BULLET))

    def enter_numbers(self, attributes: Attributes) -> Leave:
        """Begin a list with numbers."""
        start = _number(attributes, "start")
        return self._enter_list(
            numerals(
                1 if start is None else start,
                kind=attributes.get("type") or "",
                step=-1 if "reversed" in attributes else 1,
            )
        )

    def _enter_list(self, marks: Iterator[str]) -> Leave:
        is_inner = bool(self._lists)
        end = self._block.end_line if is_inner else self._block.end_paragraph
        end()
        self._lists.append(marks)

        def leave() -> None:
            self._lists.pop()
            end()

        return leave

    def enter_link(self, attributes: Attributes) -> Leave:
        """Begin a link, or what is only called one."""
        target = _NOT_IN_A_TARGET.sub("", attributes.get("href") or "").strip()
        if not target:
            return _nothing
        self._link_texts.append([])
        return lambda: self._leave_link(target)

    def _leave_link(self, target: str) -> None:
        pieces = self._link_texts.pop()
        text = " ".join("".join(pieces).replace(_PICTURE, "").split())
        number = 0
        is_new = target not in self._numbers
        if not text and _PICTURE in pieces and is_new and _SCHEME.match(target):
            self._show(f"[{target}]")
        if text and not target.startswith("#") and _bare(text) != _bare(target):
            number = self._numbers.setdefault(target, len(self._numbers) + 1)
            self._block.add_mark(f"[{number}]")
        self._links.append(Link(text=text, target=target, number=number))

    def enter_area(self, attributes: Attributes) -> Leave:
        """Read a link that is a part of a picture."""
        leave = self.enter_link(attributes)
        self._show(_one_line(attributes.get("alt") or ""))
        return leave

    def enter_table(self, attributes: Attributes) -> Leave:
        """Begin a table, which is laid out when all of it was read."""
        role = attributes.get("role") or ""
        self._block.end_paragraph()
        self._tables.append(Table(is_for_looks=role in {"presentation", "none"}))
        return self._leave_table

    def _leave_table(self) -> None:
        self._block.extend(self._tables.pop().lines())
        self._block.end_paragraph()

    def enter_row(self, attributes: Attributes) -> Leave:
        """Begin a row of the innermost table."""
        if not self._tables:
            return self.enter_line(attributes)
        self._tables[-1].rows.append([])
        return _nothing

    def enter_caption(self, attributes: Attributes) -> Leave:
        """Begin the title of the innermost table."""
        if not self._tables:
            return self.enter_line(attributes)
        self._blocks.append(Block())
        return self._leave_caption

    def _leave_caption(self) -> None:
        self._tables[-1].caption += self._blocks.pop().finish()

    def enter_header_cell(self, attributes: Attributes) -> Leave:
        """Begin a cell that names a row or a column."""
        return self._enter_any_cell(attributes, is_header=True)

    def enter_cell(self, attributes: Attributes) -> Leave:
        """Begin a cell."""
        return self._enter_any_cell(attributes, is_header=False)

    def _enter_any_cell(self, attributes: Attributes, *, is_header: bool) -> Leave:
        if not self._tables or not self._tables[-1].rows:
            return self.enter_line(attributes)
        self._blocks.append(Block())
        cell = Cell(
            lines=[],
            is_header=is_header,
            columns=_span(attributes, "colspan"),
            rows=_span(attributes, "rowspan"),
        )
        self._tables[-1].rows[-1].append(cell)

        def leave() -> None:
            cell.lines = self._blocks.pop().finish()

        return leave


def _nothing() -> None:
    """Leave an element of which only the content counts."""


def _one_line(text: str) -> str:
    return " ".join(_readable(text).split())


def _readable(text: str) -> str:
    text = _CONTROL.sub("", text)
    if not _MAY_PAD.search(text):
        return text
    return _padding().sub(lambda found: found["legitimate"] or "", text)


@cache
def _padding() -> re.Pattern[str]:
    """Compile on first use: most mail pads nothing."""
    return re.compile(f"(?P<legitimate>{LEGITIMATE})|{_PADS}")


def _bare(address: str) -> str:
    return _SCHEME.sub("", address, count=1).rstrip("/").casefold()


def _number(attributes: Attributes, name: str) -> int | None:
    found = re.match(r"\s*([-+]?\d{1,6})", attributes.get(name) or "")
    return int(found[1]) if found else None


def _span(attributes: Attributes, name: str) -> int:
    return min(max(_number(attributes, name) or 1, 1), SPANS_LIMIT)
