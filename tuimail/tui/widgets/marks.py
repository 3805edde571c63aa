"""Which mails of a list are marked, and the range that is being marked now.

A mark is on a mail, wherever in the list it goes, and ends when it leaves it.
Pure.
"""

from collections.abc import Iterable

from tuimail.tui.widgets.loaded import Loaded
from tuimail.workspace.views import Row


class Marks:
    """Marked mails, in the order of the list as far as it is known."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}
        self._places: dict[str, int] = {}
        self._base: dict[str, Row] | None = None
        """What was marked before the range; None while there is no range."""
        self._from = ""
        """Id of the mail where the range began."""

    def __contains__(self, row_id: str) -> bool:
        """Return whether a mail is marked."""
        return row_id in self._rows

    def __bool__(self) -> bool:
        """Return whether any mail is marked."""
        return bool(self._rows)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The mails that are marked, as they were read last."""
        return tuple(sorted(self._rows.values(), key=self._place))

    @property
    def is_ranging(self) -> bool:
        """Whether moving the selection marks."""
        return self._base is not None

    def toggle(self, row: Row, place: int) -> None:
        """Mark a mail, or take its mark off; a range ends with it."""
        self.end_range()
        if self._rows.pop(row.id, None) is None:
            self._put([(row, place)])

    def clear(self) -> None:
        """Take all marks off."""
        self.end_range()
        self._rows.clear()

    def begin_range(self, row: Row, place: int) -> None:
        """Mark a mail and, from now on, all between it and the selection."""
        self._base, self._from = dict(self._rows), row.id
        self._put([(row, place)])

    def end_range(self) -> None:
        """Keep what is marked, and mark no more."""
        self._base = None

    def reach(self, loaded: Loaded, place: int) -> bool:
        """Have the range end at a place; is all of it loaded? Else it is over."""
        begun = loaded.place_of(self._from)
        if self._base is None:
            return True
        if begun is None or not loaded.has(place):
            self.end_range()
            return False
        self._rows = dict(self._base)
        start = min(begun, place)
        self._put(
            (row, start + step) for step, row in enumerate(loaded.between(begun, place))
        )
        return True

    def keep(self, loaded: Loaded, others: Iterable[Row]) -> None:
        """Take the marks off that are on mails which left the list.

        Args:
            loaded: What is loaded now.
            others: Marked mails that are still in the list, in its order.
        """
        there = {row.id: row for row in others}
        there |= {row.id: row for row in loaded.rows if row.id in self._rows}
        self._rows = {row_id: there[row_id] for row_id in self._rows if row_id in there}
        for row_id in self._rows:
            place = loaded.place_of(row_id)
            self._places[row_id] = self._places[row_id] if place is None else place
        if self._from not in self._rows:
            self.end_range()

    def _put(self, found: Iterable[tuple[Row, int]]) -> None:
        for row, place in found:
            self._rows[row.id] = row
            self._places[row.id] = place

    def _place(self, row: Row) -> int:
        return self._places[row.id]
