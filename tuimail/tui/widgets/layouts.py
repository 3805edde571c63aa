"""How one mail looks in a list: a card of two lines, or a line of columns.

Pure.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol, runtime_checkable

from tuimail.core.finding import Severity
from tuimail.tui import wording
from tuimail.tui.widgets.prose import Kind
from tuimail.workspace.views import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A piece of a line: safe text, exactly as wide as it is to be."""

    text: str
    kind: Kind = Kind.PLAIN


Cells = tuple[Cell, ...]


class Layout(Protocol):
    """Turns a row into lines of cells."""

    height: int
    """Lines of one row."""

    def header(self, width: int) -> str:
        """Return the line above the rows, or an empty text for none."""
        ...

    def lines(self, row: Row, width: int, now: datetime) -> tuple[Cells, ...]:
        """Return the lines of ``row``, each exactly ``width`` cells."""
        ...


@runtime_checkable
class Grouped(Protocol):
    """A layout of rows that have something in common with their neighbours."""

    def gutter(self, width: int) -> int:
        """Return how many of ``width`` cells its lines leave free in front; or 0."""
        ...

    def group(self, row: Row, now: datetime) -> str:
        """Return what the first of a few rows says for all of them; safe text."""
        ...


MARKS: Final = {Severity.BLOCK.value: "x", Severity.WARNING.value: "!"}
"""In front of a mail with findings; the details say the word."""
_TONES: Final = {
    "deferred": Kind.WARNING,
    "held": Kind.WARNING,
    "partial": Kind.WARNING,
    "unknown": Kind.WARNING,
    "rejected": Kind.WARNING,
    "error": Kind.BLOCK,
    "sent": Kind.GOOD,
    "queued": Kind.GOOD,
    "cancelled": Kind.MUTED,
}
_SUBJECT_CELLS: Final = 18
_SUBJECT_SHARE: Final = 45
"""Cells, and hundredths of the line, that a subject has in any case."""
_DAYS_FROM: Final = 90
"""Lists this wide have a day in front of their rows."""
_DAY_CELLS: Final = 12
_AIRY_FROM: Final = 100
"""Lists this wide have two cells between their columns."""
_DAYS: Final = {timedelta(0): "Today", timedelta(days=1): "Yesterday"}


class Card:
    """Two lines: to whom and how old, then subject and where it stands."""

    height = 2

    def __init__(self, *, usual: str) -> None:
        """Take the status that goes without saying in this list."""
        self._usual = usual

    def header(self, width: int) -> str:
        """Return nothing: cards explain themselves."""
        del width
        return ""

    def lines(self, row: Row, width: int, now: datetime) -> tuple[Cells, ...]:
        """Return the two lines of ``row``."""
        mark = MARKS.get(row.worst_finding, " ")
        first = _split(
            f"{mark} {wording.whom(row)}", wording.age(row.updated_at, now), width
        )
        subject = f"  {wording.subject(row.subject)}"
        kept = max(_SUBJECT_CELLS, width * _SUBJECT_SHARE // 100)
        about = self._about(row, width - min(wording.cells(subject), kept))
        second = _split(subject, about, width)
        return (
            (Cell(text=first[0]), Cell(text=first[1], kind=Kind.MUTED)),
            (
                Cell(text=second[0], kind=Kind.MUTED),
                Cell(text=second[1], kind=tone(row)),
            ),
        )

    def _about(self, row: Row, room: int) -> str:
        """Return author, findings and status, as many as there is room for.

        Of a subject that is long, as much as tells it from others comes first.
        """
        author = wording.line(row.origin.actor)
        who = f"for {wording.line(row.assigned)}" if row.assigned else ""
        found = wording.count(row.finding_count, "finding") if row.finding_count else ""
        status = row.status if row.status != self._usual else ""
        few = f"{row.finding_count} found" if row.finding_count else ""
        for parts in (
            (author, found, who, status),
            (found, who, status),
            (few, status),
        ):
            text = " · ".join(part for part in parts if part)
            if wording.cells(text) < room:
                return text
        return status


def _split(left: str, right: str, width: int) -> tuple[str, str]:
    """Return both texts with a space between, the right one whole if it can be."""
    right = wording.clipped(right, max(0, width - 2))
    left_width = max(0, width - wording.cells(right) - 1)
    return wording.fitted(left, left_width) + " ", right


def _hour(moment: datetime) -> str:
    return f"{moment.astimezone():%H:%M}"


def _weekday(moment: datetime, now: datetime) -> str:
    """Return the day of ``moment`` here, in no more cells than there are for it."""
    there, here = moment.astimezone().date(), now.astimezone().date()
    if here - there in _DAYS:
        return _DAYS[here - there]
    if there.year == here.year:
        return f"{there:%a} {there.day} {there:%b}"
    return f"{there.day} {there:%b %Y}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a list."""

    title: str
    text: Callable[[Row, datetime], str]
    """Safe text of the cell."""
    cells: int
    """Width, or the least width where ``share`` is given."""
    share: int = 0
    """Part of what is left over; 0 keeps ``cells``."""
    kind: Callable[[Row], Kind] = lambda _row: Kind.PLAIN
    from_width: int = 0
    """The column is left out of lists that are narrower."""
    brief: Callable[[Row, datetime], str] | None = None
    """The point of the text, for where there is no room for all of it."""

    def fitted(self, row: Row, now: datetime, cells: int) -> str:
        """Return the cell, exactly as wide as it is to be."""
        text = self.text(row, now)
        if self.brief is not None and wording.cells(text) > cells:
            text = self.brief(row, now)
        return wording.fitted(text, cells)


class Columns:
    """One line: a mark, then cells below their titles."""

    height = 1

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns

    def header(self, width: int) -> str:
        """Return the titles above their columns."""
        titles = [
            wording.fitted(column.title, cells)
            for column, cells in self._measured(width)
        ]
        return wording.fitted("  " + _gap(width).join(titles), width)

    def lines(self, row: Row, width: int, now: datetime) -> tuple[Cells, ...]:
        """Return the one line of ``row``."""
        mark = MARKS.get(row.worst_finding, " ")
        cells = [Cell(text=f"{mark} ")]
        for column, size in self._measured(width):
            text = column.fitted(row, now, size)
            cells.append(Cell(text=text + _gap(width), kind=column.kind(row)))
        return (tuple(cells),)

    def _measured(self, width: int) -> list[tuple[Column, int]]:
        shown = [one for one in self._columns if width >= one.from_width]
        free = width - 2 - sum(one.cells + len(_gap(width)) for one in shown)
        shares = sum(one.share for one in shown) or 1
        return [(one, one.cells + max(0, free) * one.share // shares) for one in shown]


def _gap(width: int) -> str:
    """Return what is between two columns: more where there is room to breathe."""
    return "  " if width >= _AIRY_FROM else " "


class DayColumns:
    """Columns with the day in front, once for all rows of it; with its hour in each.

    Where there is no room for that, a column says the day.
    """

    height = 1

    def __init__(self, columns: Sequence[Column]) -> None:
        """Take the columns, of which ``WHEN`` becomes the hour where there is room."""
        self._narrow = Columns(columns)
        self._wide = Columns([HOUR if one is WHEN else one for one in columns])

    def gutter(self, width: int) -> int:
        """Return the cells of the day."""
        return _DAY_CELLS if width >= _DAYS_FROM else 0

    def group(self, row: Row, now: datetime) -> str:
        """Return the day of a mail."""
        return _weekday(row.updated_at, now)

    def header(self, width: int) -> str:
        """Return the titles above their columns."""
        gutter = self.gutter(width)
        return " " * gutter + self._columns(width).header(width - gutter)

    def lines(self, row: Row, width: int, now: datetime) -> tuple[Cells, ...]:
        """Return the one line of ``row``, but for the day in front of it."""
        return self._columns(width).lines(row, width - self.gutter(width), now)

    def _columns(self, width: int) -> Columns:
        return self._wide if self.gutter(width) else self._narrow


def tone(row: Row) -> Kind:
    """Return the colour that repeats the word of the row's status."""
    return _TONES.get(row.status, Kind.MUTED)


STATUS: Final = Column(title="STATUS", text=wording.status, cells=9, kind=tone)
WHEN: Final = Column(title="WHEN", text=wording.when, cells=9)
HOUR: Final = Column(
    title="WHEN",
    text=lambda row, _now: _hour(row.updated_at),
    cells=5,
)
TO: Final = Column(
    title="TO", text=lambda row, _now: wording.whom(row), cells=14, share=2
)
SUBJECT: Final = Column(
    title="SUBJECT",
    text=lambda row, _now: wording.subject(row.subject),
    cells=12,
    share=2,
)
ACCOUNT: Final = Column(
    title="ACCOUNT",
    text=lambda row, _now: wording.line(row.account),
    cells=8,
    from_width=90,
)
WHY: Final = Column(
    title="WHY",
    text=lambda row, _now: wording.line(row.reason),
    cells=12,
    share=3,
    kind=lambda _row: Kind.MUTED,
    from_width=64,
)
BY: Final = Column(
    title="BY",
    text=lambda row, _now: wording.line(row.origin.actor),
    cells=12,
    from_width=100,
)
