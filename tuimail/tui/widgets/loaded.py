"""The part of a list that a table has: a few rows, and where they stand.

Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tuimail.workspace.views import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a table needs to have of its list."""

    around: tuple[str, ...]
    """Ids of what is to stay where it is on the screen, the most wanted first."""
    place: int
    """Where the window is to be if all of them left the list; -1 is the end."""
    above: int
    below: int
    selected: str
    marked: frozenset[str]


class Loaded:
    """Rows that follow each other in a list that may be far longer."""

    def __init__(
        self, rows: Sequence[Row] = (), *, start: int = 0, total: int | None = None
    ) -> None:
        """Take rows.

        Args:
            rows: In the order of the list.
            start: How many mails stand above the first of them.
            total: How many mails the list has; None means no others.
        """
        self.rows = tuple(rows)
        self.start = start
        self.end = start + len(self.rows)
        """The place after the last row."""
        self.total = self.end if total is None else max(total, self.end)
        self._places: Mapping[str, int] = {
            row.id: place for place, row in enumerate(self.rows, start=start)
        }

    def at(self, place: int) -> Row | None:
        """Return the row at a place of the list; None where it is not loaded."""
        return self.rows[place - self.start] if self.has(place) else None

    def has(self, place: int) -> bool:
        """Return whether the row at a place is loaded."""
        return self.start <= place < self.end

    def has_all(self, first: int, last: int) -> bool:
        """Return whether all rows that there are from one place to another are."""
        first, last = max(first, 0), min(last, self.total - 1)
        return first > last or (self.start <= first and last < self.end)

    def place_of(self, row_id: str) -> int | None:
        """Return the place of a mail; None where it is not loaded."""
        return self._places.get(row_id)

    def row_of(self, row_id: str) -> Row | None:
        """Return the row of a mail; None where it is not loaded."""
        place = self._places.get(row_id)
        return None if place is None else self.at(place)

    def between(self, one: int, other: int) -> tuple[Row, ...]:
        """Return what is loaded from one place to another, in either direction."""
        first, last = min(one, other), max(one, other)
        places = range(max(first, self.start), min(last + 1, self.end))
        return tuple(self.rows[place - self.start] for place in places)

    def moved(self, after: "Loaded", ids: Iterable[str]) -> int:
        """Return how far down the first of ``ids`` that is in both has gone."""
        for row_id in ids:
            here, there = self.place_of(row_id), after.place_of(row_id)
            if here is not None and there is not None:
                return there - here
        return 0
