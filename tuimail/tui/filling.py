"""Paragraphs filled to a width, as they are quoted, listed and indented.

What has a form of its own is left alone: code, tables, signatures, empty lines, and
lines that end in two blanks, which Markdown breaks there. Words are never broken, so
that an address stays one.

Pure.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tuimail.core.display import cell_width

WIDTH: Final = 72
"""Leaves room for being quoted a few times within 80 columns (RFC 5322 §2.1.1)."""
LEAST_WIDTH: Final = 10
"""So many cells are left for a text, however deep it is quoted or indented."""
_QUOTE: Final = re.compile(r"(?:[ \t]{0,3}>[ \t]?)*")
_ITEM: Final = re.compile(r"[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]+(?=\S)")
_INDENT: Final = re.compile(r"[ \t]*")
_KEPT: Final = re.compile(r"\s*$|(?: {4}|\t)|--[ ]?$|\||```|~~~|#{1,6} |[-*_=]{3,}\s*$")
_SIGNED: Final = re.compile(r"--[ ]?$")
_WIDE: Final = (
    "\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf"
    "\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\U00020000-\U0003fffd"
)
_STOPS: Final = "、。，．・：；？！）」』】〕〉》ー々…"  # noqa: RUF001 - East Asian stops
_BEGINS_WIDE: Final = re.compile(f"[{_WIDE}]")
_ENDS_WIDE: Final = re.compile(f"[{_WIDE}]$")
_PIECE: Final = re.compile(rf"[{_WIDE}][{_STOPS}]*|[^\s{_WIDE}]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """Lines of a text in the place of others."""

    first: int
    """The first line that they take the place of."""
    last: int
    """The last of those."""
    lines: tuple[str, ...]
    row: int
    """Where the cursor stands then."""
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    """Something that is not broken."""

    text: str
    has_space: bool
    """Whether there is a blank before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paragraph:
    """Lines that are filled together."""

    head: str
    """What its first line begins with: quotes, indent, a bullet."""
    rest: str
    """What its other lines begin with."""
    words: tuple[_Word, ...]
    tail: str
    """Blanks at its end that mean a line break."""


def filled(
    lines: Sequence[str],
    first: int,
    last: int,
    cursor: tuple[int, int],
    *,
    width: int = WIDTH,
) -> Filled | None:
    """Return the paragraphs from ``first`` to ``last`` filled; None where none changes.

    Args:
        lines: The whole text.
        first: A line; what belongs to the same paragraph is filled as well.
        last: The same.
        cursor: Row and column, to stand at the same letter afterwards.
        width: Cells of a line.
    """
    lines = lines[: _signature(lines)]
    if first >= len(lines):
        return None
    first, last = _whole(lines, first, min(last, len(lines) - 1))
    before = tuple(lines[first : last + 1])
    made = tuple(_filled(before, width))
    if made == before:
        return None
    row, column = _again(before, made, cursor[0] - first, cursor[1])
    return Filled(first=first, last=last, lines=made, row=first + row, column=column)


def quote_of(line: str) -> str:
    """Return the marks of a quotation that ``line`` begins with."""
    found = _QUOTE.match(line)
    return found.group() if found else ""


def _signature(lines: Sequence[str]) -> int:
    """Return where the signature begins; past the end where there is none."""
    return next((n for n, one in enumerate(lines) if _SIGNED.match(one)), len(lines))


def _whole(lines: Sequence[str], first: int, last: int) -> tuple[int, int]:
    """Return the first and the last line of the paragraphs that these are in."""
    while first and _goes_on(lines[first - 1], lines[first]):
        first -= 1
    while last + 1 < len(lines) and _goes_on(lines[last], lines[last + 1]):
        last += 1
    return first, last


def _goes_on(line: str, following: str) -> bool:
    """Return whether ``following`` belongs to the paragraph of ``line``."""
    quote, next_quote = quote_of(line), quote_of(following)
    if _depth(quote) != _depth(next_quote):
        return False
    content, next_content = line[len(quote) :], following[len(next_quote) :]
    if _KEPT.match(content) or _KEPT.match(next_content) or content.endswith("  "):
        return False
    return _ITEM.match(next_content) is None


def _depth(quote: str) -> int:
    return quote.count(">")


def _filled(lines: Sequence[str], width: int) -> Iterator[str]:
    start = 0
    while start < len(lines):
        end = start + 1
        while end < len(lines) and _goes_on(lines[end - 1], lines[end]):
            end += 1
        yield from _one(lines[start:end], width)
        start = end


def _one(lines: Sequence[str], width: int) -> Iterator[str]:
    quote = quote_of(lines[0])
    if _KEPT.match(lines[0][len(quote) :]):
        yield from lines
        return
    paragraph = _paragraph(lines, quote)
    start = cell_width(paragraph.rest.expandtabs())
    yield from _set(paragraph, max(width, start + LEAST_WIDTH))


def _paragraph(lines: Sequence[str], quote: str) -> _Paragraph:
    contents = [line[len(quote_of(line)) :] for line in lines]
    item = _ITEM.match(contents[0])
    if item:
        own, rest = item.group(), " " * len(item.group().expandtabs())
    else:
        own = _start(contents[0])
        rest = _start(contents[1]) if len(contents) > 1 else own
    contents[0] = contents[0][len(own) :]
    ends = contents[-1].endswith("  ")
    return _Paragraph(
        head=quote + own,
        rest=(quote_of(lines[1]) if len(lines) > 1 else quote) + rest,
        words=tuple(_words(_joined(one.strip() for one in contents))),
        tail="  " if ends else "",
    )


def _start(content: str) -> str:
    found = _INDENT.match(content)
    return found.group() if found else ""


def _joined(contents: Iterable[str]) -> str:
    """Return lines as one; East Asian text has no blanks between its lines either."""
    text = ""
    for content in contents:
        is_wide = _ENDS_WIDE.search(text) and _BEGINS_WIDE.match(content)
        text += content if is_wide or not text else f" {content}"
    return text


def _words(text: str) -> Iterator[_Word]:
    end = 0
    for found in _PIECE.finditer(text):
        yield _Word(text=found.group(), has_space=found.start() > end)
        end = found.end()


def _set(paragraph: _Paragraph, width: int) -> Iterator[str]:
    line, used = paragraph.head, cell_width(paragraph.head.expandtabs())
    is_empty = True
    for place, word in enumerate(paragraph.words):
        space = " " if word.has_space and not is_empty else ""
        cells = cell_width(word.text)
        is_glued = not word.has_space and not _may_break(paragraph.words, place)
        if not is_empty and not is_glued and used + len(space) + cells > width:
            yield line
            line, used = paragraph.rest, cell_width(paragraph.rest.expandtabs())
            space = ""
        line += space + word.text
        used += len(space) + cells
        is_empty = False
    yield line + paragraph.tail


def _may_break(words: Sequence[_Word], place: int) -> bool:
    """Return whether a line may end before a word that has no blank before it."""
    before, word = words[place - 1].text, words[place].text
    return bool(_ENDS_WIDE.search(before) or _BEGINS_WIDE.match(word))


def _again(
    before: Sequence[str], made: Sequence[str], row: int, column: int
) -> tuple[int, int]:
    """Return where the cursor stands: behind as many letters as before."""
    row = min(max(row, 0), len(before) - 1)
    passed = [*before[:row], before[row][:column]]
    count = sum(map(_letters, passed))
    number = 0
    while number + 1 < len(made) and count > _letters(made[number]):
        count -= _letters(made[number])
        number += 1
    return number, _column(made[number], count)


def _letters(line: str) -> int:
    content = line[len(quote_of(line)) :]
    return sum(not one.isspace() for one in content)


def _column(line: str, count: int) -> int:
    place = len(quote_of(line))
    while place < len(line) and count:
        count -= not line[place].isspace()
        place += 1
    return place
