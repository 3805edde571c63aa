"""Paragraphs of safe text, wrapped to a width only as far down as needed.

A mail may be a megabyte; wrapping all of it before the first line is shown
would be felt. Lines are made from the top, and what lies further down is only
estimated until somebody goes there.

Pure.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rich.cells import cell_len, chop_cells


class Kind(StrEnum):
    """What a paragraph is, which decides its colour and never its words."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One paragraph; its text has been through ``core.display``."""

    text: str
    label: str = ""
    """Our own word, in a column that the text cannot reach."""
    kind: Kind = Kind.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line on the screen."""

    text: str
    label: str
    """Padded to the column; empty where no paragraph has labels."""
    kind: Kind
    paragraph: int
    """Which paragraph it belongs to, to find the place again after a resize."""


LABEL_CELLS: Final = 9
"""Least width of the column of labels, with the space after it."""
MOST_LABEL_CELLS: Final = 24
_NARROWEST: Final = 4
_TAB_CELLS: Final = 4
_PIECES: Final = re.compile(r"\S+|\s+")


class Prose:
    """Gives the lines of ``paragraphs`` at ``width``, from the top down."""

    def __init__(self, paragraphs: Sequence[Paragraph], width: int) -> None:
        self._paragraphs = paragraphs
        self._width = max(_NARROWEST, width)
        self._label_cells = _label_cells(paragraphs)
        self._lines: list[Line] = []
        self._next = 0

    @property
    def height(self) -> int:
        """How many lines there are; a guess while not all were wrapped."""
        return len(self._lines) + self._rest()

    def reach(self, count: int) -> None:
        """Wrap until there are ``count`` lines, or no more."""
        while len(self._lines) < count and self._next < len(self._paragraphs):
            self._lines.extend(self._wrapped(self._next))
            self._next += 1

    def finish(self) -> None:
        """Wrap everything, so that the height is exact."""
        while self._next < len(self._paragraphs):
            self.reach(len(self._lines) + 1)

    def line(self, place: int) -> Line | None:
        """Return the line at ``place``, or None past the end."""
        self.reach(place + 1)
        return self._lines[place] if place < len(self._lines) else None

    def first_line_of(self, paragraph: int) -> int:
        """Return where ``paragraph`` begins, wrapping as far as that."""
        while self._next <= paragraph < len(self._paragraphs):
            self.reach(len(self._lines) + 1)
        for place, line in enumerate(self._lines):
            if line.paragraph >= paragraph:
                return place
        return 0

    def _rest(self) -> int:
        width = self._text_width
        return sum(
            1 + len(self._paragraphs[place].text) // width
            for place in range(self._next, len(self._paragraphs))
        )

    @property
    def _text_width(self) -> int:
        return max(_NARROWEST, self._width - self._label_cells)

    def _wrapped(self, number: int) -> Iterator[Line]:
        paragraph = self._paragraphs[number]
        label = paragraph.label
        for text in wrapped(paragraph.text, self._text_width):
            yield Line(
                text=text,
                label=label.ljust(self._label_cells),
                kind=paragraph.kind,
                paragraph=number,
            )
            label = ""


def _label_cells(paragraphs: Sequence[Paragraph]) -> int:
    longest = max((len(one.label) for one in paragraphs), default=0)
    if not longest:
        return 0
    return min(MOST_LABEL_CELLS, max(LABEL_CELLS, longest + 2))


def paragraphs_of(text: str) -> tuple[Paragraph, ...]:
    """Return each line of a safe ``text`` as a paragraph, quotes marked."""
    return tuple(
        Paragraph(text=line, kind=Kind.QUOTE if line.startswith(">") else Kind.PLAIN)
        for line in text.split("\n")
    )


def wrapped(text: str, width: int) -> list[str]:
    """Return ``text`` in lines of at most ``width`` cells, broken at spaces.

    A word that is too long is broken where the line ends, and the spaces of a
    line that fits are kept as they are.
    """
    flat = text.expandtabs(_TAB_CELLS)
    if _cells(flat) <= width:
        return [flat]
    lines: list[str] = []
    current, used = "", 0
    for piece in _pieces(flat, width):
        cells = _cells(piece)
        if used + cells > width:
            lines.append(current.rstrip())
            current, used = "", 0
            if piece.isspace():
                continue
        current, used = current + piece, used + cells
    return [*lines, current.rstrip()] if current.strip() or not lines else lines


def _pieces(text: str, width: int) -> Iterator[str]:
    for piece in _PIECES.findall(text):
        if _cells(piece) <= width:
            yield piece
        else:
            yield from chop_cells(piece, width)


def _cells(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)
