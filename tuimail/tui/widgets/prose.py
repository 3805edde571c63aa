"""Paragraphs of safe text, and the lines that they become at a width.

What is ours stands where text cannot reach: the label in a column at the left,
the note in one at the right.

Pure.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from rich.cells import cell_len, chop_cells


class Kind(StrEnum):
    """What a text is, which decides its colour and never its words."""

    PLAIN = "plain"
    """Text of the mail."""
    QUOTE = "quote"
    """What the mail quotes from another."""
    MUTED = "muted"
    """Our own remarks."""
    HEADING = "heading"
    """Our own headings."""
    WARNING = "warning"
    """Worth a look."""
    BLOCK = "block"
    """Must be looked at."""
    GOOD = "good"
    """Went well."""
    STRONG = "strong"
    """What counts in a line."""
    ADDED = "added"
    """Words that are there now and were not."""
    REMOVED = "removed"
    """Words that were there and are not now."""
    HIT = "hit"
    """What somebody looks for."""
    FOUND = "found"
    """The one of it that they are at."""


class Span(NamedTuple):
    """A part of a text that is of another kind than the rest."""

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One paragraph; its text has been through ``core.display``."""

    text: str
    label: str = ""
    """Our own word, in a column that the text cannot reach."""
    kind: Kind = Kind.PLAIN
    label_kind: Kind | None = None
    """None for that of all labels."""
    spans: tuple[Span, ...] = ()
    """In order, none over another, of a text without tabs."""
    note: str = ""
    """Our own words at the right end, where the text does not come either."""
    note_kind: Kind = Kind.WARNING
    is_hard: bool = False
    """Whether lines end where the width does, as of what is not for reading."""
    is_data: bool = False
    """Whether lines may end after commas and brackets, as of what programs read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line on the screen."""

    text: str
    label: str
    """Padded to the column; empty where no paragraph has labels."""
    kind: Kind
    paragraph: int
    """Which of its block it belongs to."""
    block: int = 0
    start: int = 0
    """Where in the paragraph its text begins."""
    label_kind: Kind | None = None
    spans: tuple[Span, ...] = ()
    """Of this text."""
    note: str = ""
    note_kind: Kind = Kind.WARNING


LABEL_CELLS: Final = 9
"""Least width of the column of labels, with the space after it."""
MOST_LABEL_CELLS: Final = 24
_SIGNS: Final = 3
"""Cells of labels that are signs or numbers, which need no column for words."""
NARROWEST: Final = 4
_TAB_CELLS: Final = 4
_PIECES: Final = re.compile(r"\S+|\s+")
_PIECES_OF_DATA: Final = re.compile(r"[^\s,{\[]*[,{\[]+|[^\s,{\[]+|\s+")
_KEPT: Final = 512
"""Paragraphs of which is known where their lines end."""
_GAP: Final = 2
"""Cells between a text and the note beside it."""


def paragraphs_of(text: str) -> tuple[Paragraph, ...]:
    """Return each line of a safe ``text`` as a paragraph, quotes marked."""
    return tuple(map(paragraph_of, text.split("\n")))


def paragraph_of(line: str) -> Paragraph:
    """Return one line of a safe text, marked where it is a quote."""
    return Paragraph(text=line, kind=Kind.QUOTE if line.startswith(">") else Kind.PLAIN)


def flat(text: str) -> str:
    """Return ``text`` with spaces for its tabs, as it is shown."""
    return text.expandtabs(_TAB_CELLS) if "\t" in text else text


def label_cells(longest: int) -> int:
    """Return the width of the column for labels of ``longest`` cells at most."""
    if longest <= _SIGNS:
        return longest and longest + min(longest, _GAP)
    return min(MOST_LABEL_CELLS, max(LABEL_CELLS, longest + 2))


def lines_of(
    one: Paragraph, *, width: int, column: int, block: int = 0, number: int = 0
) -> Iterator[Line]:
    """Yield the lines of ``one``.

    Args:
        one: The paragraph.
        width: Cells of a whole line.
        column: Cells of it for the label.
        block: Where it stands.
        number: Where in that.
    """
    room = max(NARROWEST, width - column)
    text = flat(one.text)
    beside = _room_beside(one, room)
    spans = one.spans
    label, note = one.label, one.note if beside else ""
    pieces = _PIECES_OF_DATA if one.is_data else _PIECES
    for start, end in _wrapped(text, beside or room, pieces, is_hard=one.is_hard):
        yield Line(
            text=text[start:end],
            label=label.ljust(column),
            kind=one.kind,
            paragraph=number,
            block=block,
            start=start,
            label_kind=one.label_kind,
            spans=tuple(within(spans, start, end)) if spans else (),
            note=note,
            note_kind=one.note_kind,
        )
        label = note = ""
    if one.note and not beside:
        yield from _below(one, room, column, block, number)


def within(spans: tuple[Span, ...], start: int, end: int) -> Iterator[Span]:
    """Yield what of ``spans`` is between ``start`` and ``end``, counted from there."""
    for span in spans:
        if span.start < end and span.end > start:
            yield Span(
                max(0, span.start - start), min(end, span.end) - start, span.kind
            )


def wrapped(text: str, width: int) -> list[str]:
    """Return ``text`` in lines of at most ``width`` cells, broken at spaces.

    A word that is too long is broken where the line ends, and the spaces of a
    line that fits are kept as they are.
    """
    whole = flat(text)
    return [whole[start:end] for start, end in _wrapped(whole, width)]


def _room_beside(one: Paragraph, room: int) -> int:
    """Return what is left beside the note; 0 where it has to stand below."""
    if not one.note:
        return room
    left = room - _cells(one.note) - _GAP
    return left if left >= min(room // 2, _cells(one.text)) else 0


def _below(
    one: Paragraph, room: int, column: int, block: int, number: int
) -> Iterator[Line]:
    for start, end in _wrapped(one.note, room):
        yield Line(
            text=one.note[start:end],
            label=" " * column,
            kind=one.note_kind,
            paragraph=number,
            block=block,
            start=len(one.text),
        )


def _wrapped(
    text: str, width: int, pieces: re.Pattern[str] = _PIECES, *, is_hard: bool = False
) -> Sequence[tuple[int, int]]:
    """Return where each line begins and ends."""
    if _cells(text) <= width:
        return [(0, len(text))]
    return _broken(text, width, pieces, is_hard=is_hard)


@lru_cache(_KEPT)
def _broken(
    text: str, width: int, pieces: re.Pattern[str], *, is_hard: bool
) -> tuple[tuple[int, int], ...]:
    """Return the same of what has several; who writes changes few of them."""
    return tuple(_chopped(text, width) if is_hard else _at_spaces(text, width, pieces))


def _chopped(text: str, width: int, start: int = 0) -> Iterator[tuple[int, int]]:
    for piece in chop_cells(text, width):
        yield start, start + len(piece)
        start += len(piece)


def _at_spaces(
    text: str, width: int, pieces: re.Pattern[str]
) -> Iterator[tuple[int, int]]:
    start = end = used = 0
    is_blank, was_told = True, False
    for begin, stop in _pieces(text, width, pieces):
        piece = text[begin:stop]
        cells = _cells(piece)
        if used + cells > width:
            yield start, _stripped(text, start, end)
            was_told, is_blank, used, start = True, True, 0, begin
            if piece.isspace():
                start = end = stop
                continue
        end, used = stop, used + cells
        is_blank = is_blank and piece.isspace()
    if not is_blank or not was_told:
        yield start, _stripped(text, start, end)


def _stripped(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip())


def _pieces(
    text: str, width: int, pieces: re.Pattern[str]
) -> Iterator[tuple[int, int]]:
    for found in pieces.finditer(text):
        if _cells(found.group()) <= width:
            yield found.span()
        else:
            yield from _chopped(found.group(), width, found.start())


def _cells(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)
