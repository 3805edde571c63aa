"""Lines of text made of blocks, quotes, lists and tables.

Nothing is wrapped, because whoever shows the lines knows how wide the screen is,
and nothing is padded at the end. Tables are aligned by display width.

Pure.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from tuimail.core.display import cell_width
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass, field

TABLE_WIDTH: Final = 100
"""Wider tables are not aligned: they would be wrapped, and unreadable."""
ROW_WIDTH: Final = 78
"""Cells that stand side by side for looks stay so up to this width."""
SHORT_LINE: Final = 60
"""Longer lines are taken for paragraphs, and paragraphs stand apart."""
CELL_LINES_LIMIT: Final = 10
"""Cells with more lines hold content, not data."""
ROW_LINES_LIMIT: Final = 5
"""Cells with more lines have a row of their own, where no header says more."""
SPANS_LIMIT: Final = 12
"""More columns or rows are not spanned by one cell, whatever it says."""

_GAP: Final = "  "
_SPACES: Final = regex("[ \t\n\r\f\v\u00a0\u1680\u2000-\u200a\u202f\u205f]+")
_NUMBER: Final = regex(
    r"[-+(]?(?:[A-Z]{3} |[$€£¥₹] ?)?[-+]?\d[\d.,'\u00a0\u202f ]{0,20}"
    r"(?: ?[%$€£¥₹]| [A-Z]{3})?\)?"
)


class Block:
    """Lines that grow: text joins the last one until it is ended."""

    def __init__(self, *, is_raw: bool = False) -> None:
        self._is_raw = is_raw
        self._lines: list[str] = []
        self._open: list[str] = []
        self._has_words = False
        self._is_after_mark = False
        self._wants_gap = False

    @property
    def is_after_word(self) -> bool:
        """Whether the last thing on the open line is a letter or a digit."""
        return bool(self._open) and self._open[-1][-1:].isalnum()

    def add(self, text: str) -> None:
        """Put ``text`` at the end of the open line."""
        if self._is_after_mark and text[:1].isalnum():
            self._open.append(" ")
        self._is_after_mark = False
        self._open.append(text)
        self._has_words = self._has_words or not text.isspace()

    def add_mark(self, mark: str) -> None:
        """Put ``mark`` after the last word, even where its line has ended."""
        if self._has_words or not self._lines:
            self._open.append(f" {mark}")
            self._has_words = self._is_after_mark = True
        else:
            self._lines[-1] += f" {mark}"

    def end_line(self) -> None:
        """Close the open line, if anything is on it."""
        text = "".join(self._open)
        self._open.clear()
        self._has_words = self._is_after_mark = False
        if self._is_raw and text:
            self._lines += [line.rstrip() for line in text.expandtabs().split("\n")]
        elif line := _SPACES.sub(" ", text).strip(" "):
            self.extend([line])

    def end_paragraph(self) -> None:
        """Close the open line and leave a blank one before what follows."""
        self.end_line()
        self._wants_gap = True

    def break_line(self) -> None:
        """Begin a new line, or leave a blank one where none is open."""
        if self._is_raw:
            self._open.append("\n")
        elif self._has_words:
            self.end_line()
        else:
            self.end_paragraph()

    def extend(self, lines: Sequence[str]) -> None:
        """Put finished lines after what is there."""
        if lines and self._wants_gap and self._lines:
            self._lines.append("")
        if lines:
            self._wants_gap = False
        self._lines += lines

    def finish(self) -> list[str]:
        """Return the lines, without blank ones at the beginning and the end."""
        self.end_line()
        return trimmed(self._lines)


def trimmed(lines: list[str]) -> list[str]:
    """Return ``lines`` without blank ones at the beginning and the end."""
    start, end = 0, len(lines)
    while start < end and not lines[start]:
        start += 1
    while start < end and not lines[end - 1]:
        end -= 1
    return lines[start:end]


def indented(lines: Iterable[str], first: str, rest: str) -> list[str]:
    """Return ``lines`` with ``first`` before the first and ``rest`` after that."""
    prefixes = iter([first])
    return [f"{next(prefixes, rest)}{line}".rstrip() for line in lines]


@dataclass(slots=True)
class Cell:
    """One cell of a table, its content laid out already."""

    lines: list[str]
    is_header: bool = False
    columns: int = 1
    rows: int = 1
    column: int = 0
    """The column it begins in; known when the table is laid out."""


@dataclass(slots=True)
class Table:
    """A table as it was read, before it is known what it is for."""

    is_for_looks: bool = False
    """The author says that rows and columns mean nothing."""
    rows: list[list[Cell]] = field(default_factory=list)
    caption: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return the table aligned where it is data, else cell after cell.

        Mail is laid out with tables, so what decides is the shape of what is in
        the cells: short single lines in rows and columns are worth aligning
        whoever wrote them, and anything else only where the author marked both
        header cells and others.
        """
        rows = [row for row in self.rows if any(cell.lines for cell in row)]
        _place(self.rows)
        laid_out = self._as_data(rows)
        if laid_out is None:
            laid_out = stacked(_flat_row(row) for row in rows)
        return [*self.caption, *laid_out]

    def _as_data(self, rows: list[list[Cell]]) -> list[str] | None:
        filled = [sum(1 for cell in row if cell.lines) for row in rows]
        if max(filled, default=0) < 2:  # noqa: PLR2004 - one column is a list
            return None
        if not self.is_for_looks and _has_headers(rows):
            return _aligned(rows) or _labelled(rows)
        is_grid = sum(1 for number in filled if number > 1) > 1
        return _aligned(rows) if is_grid and _is_compact(rows) else None


def _has_headers(rows: list[list[Cell]]) -> bool:
    kinds = {cell.is_header for row in rows for cell in row if cell.lines}
    longest = max(len(cell.lines) for row in rows for cell in row)
    return len(kinds) > 1 and longest <= CELL_LINES_LIMIT


def _is_compact(rows: list[list[Cell]]) -> bool:
    """Return whether one column at most has cells of several lines.

    What was bought is often explained below its name, and beside it is what it
    costs; an appointment has a time, and several guests.
    """
    long = [cell for row in rows for cell in row if len(cell.lines) > 1]
    columns = {cell.column for cell in long}
    is_plain = all(
        len(cell.lines) <= ROW_LINES_LIMIT and all(cell.lines) for cell in long
    )
    return len(columns) <= 1 and is_plain


def stacked(blocks: Iterable[list[str]]) -> list[str]:
    """Return blocks one under another; those that are paragraphs stand apart."""
    result = Block()
    before: list[str] | None = None
    for block in blocks:
        if before is not None and not (_is_short(before) and _is_short(block)):
            result.end_paragraph()
        result.extend(block)
        before = block
    return result.finish()


def _is_short(block: list[str]) -> bool:
    return len(block) <= 1 and all(len(line) <= SHORT_LINE for line in block)


def _place(rows: list[list[Cell]]) -> None:
    taken: dict[int, int] = {}
    for row in rows:
        column = 0
        below = {place: left - 1 for place, left in taken.items() if left > 1}
        for cell in row:
            while column in taken:
                column += 1
            cell.column = column
            column += cell.columns
            if cell.rows > 1:
                span = range(cell.column, column)
                below.update(dict.fromkeys(span, cell.rows - 1))
        taken = below


def _aligned(rows: list[list[Cell]]) -> list[str] | None:
    widths = _widths(rows)
    if sum(widths) + len(_GAP) * (len(widths) - 1) > TABLE_WIDTH:
        return None
    rights = [_is_numeric(rows, column) for column in range(len(widths))]
    lines: list[str] = []
    for index, row in enumerate(rows):
        lines += _row_lines(row, widths, rights)
        if index == 0 and all(cell.is_header for cell in row if cell.lines):
            lines.append(_GAP.join("-" * width for width in widths if width))
    return lines


def _widths(rows: list[list[Cell]]) -> list[int]:
    number = max(cell.column + cell.columns for row in rows for cell in row)
    widths = [0] * number
    cells = sorted((cell for row in rows for cell in row), key=lambda c: c.columns)
    for cell in cells:
        own = max(map(cell_width, cell.lines), default=0)
        missing = own - _span_width(cell, widths)
        if missing > 0:
            widths[cell.column + cell.columns - 1] += missing
    return widths


def _span_width(cell: Cell, widths: list[int]) -> int:
    spanned = [w for w in widths[cell.column : cell.column + cell.columns] if w]
    return sum(spanned) + len(_GAP) * max(len(spanned) - 1, 0)


def _is_numeric(rows: list[list[Cell]], column: int) -> bool:
    texts = [
        line
        for row in rows
        for cell in row
        if cell.column == column and cell.columns == 1 and not cell.is_header
        for line in cell.lines
    ]
    return bool(texts) and all(_NUMBER.fullmatch(text) for text in texts)


def _row_lines(row: list[Cell], widths: list[int], rights: list[bool]) -> list[str]:
    height = max(len(cell.lines) for cell in row)
    return [_one_line(row, number, widths, rights) for number in range(height)]


def _one_line(
    row: list[Cell], number: int, widths: list[int], rights: list[bool]
) -> str:
    pieces: list[str] = []
    column = 0
    for cell in row:
        pieces += [" " * width for width in widths[column : cell.column] if width]
        text = cell.lines[number] if number < len(cell.lines) else ""
        width = _span_width(cell, widths)
        if width:
            padding = " " * (width - cell_width(text))
            is_right = cell.columns == 1 and rights[cell.column]
            pieces.append(f"{padding}{text}" if is_right else f"{text}{padding}")
        column = cell.column + cell.columns
    return _GAP.join(pieces).rstrip()


def _labelled(rows: list[list[Cell]]) -> list[str] | None:
    if not all(cell.is_header for cell in rows[0]):
        return None
    labels = {cell.column: " ".join(cell.lines) for cell in rows[0]}
    result = Block()
    for row in rows[1:]:
        result.end_paragraph()
        for cell in row:
            label = labels.get(cell.column, "")
            first = f"{label}: " if label else ""
            result.extend(indented(cell.lines, first, _GAP))
    return result.finish()


def _flat_row(row: list[Cell]) -> list[str]:
    filled = [cell.lines for cell in row if cell.lines]
    side_by_side = _GAP.join(lines[0] for lines in filled)
    is_one_line = all(len(lines) == 1 for lines in filled)
    if is_one_line and (len(filled) == 1 or cell_width(side_by_side) <= ROW_WIDTH):
        return [side_by_side]
    return stacked(filled)
