"""How a mail that waits for a decision looks in the list: whether it is news.

Pure.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from tuimail.tui.widgets.layouts import Card, Cell, Cells
from tuimail.tui.widgets.prose import Kind
from tuimail.workspace.looking import Sight
from tuimail.workspace.views import Row

NEW: Final = "NEW"
"""Nobody opened it here."""
REVISED: Final = "REV"
"""There is a newer revision than the one that was seen."""
CHANGED: Final = "CHG"
"""It is as it was seen, and something about it changed: it was held, given to
somebody, or approved by the first of two."""
_MARK_CELLS: Final = 2


def badge(row: Row, sight: Sight | None) -> str:
    """Return what is new about a mail, in three letters; empty for nothing."""
    if sight is None:
        return NEW
    if row.revision > sight.revision:
        return REVISED
    return CHANGED if row.updated_at > sight.at else ""


class ReviewCard(Card):
    """A card with what is new about the mail, before whom it is for."""

    def __init__(self, badge_of: Callable[[Row], str]) -> None:
        """Ask ``badge_of`` what is new about each row."""
        super().__init__(usual="review")
        self._badge_of = badge_of

    def lines(self, row: Row, width: int, now: datetime) -> tuple[Cells, ...]:
        """Return the two lines of ``row``."""
        word = self._badge_of(row)
        room = len(word) + 1 if word else 0
        if not word or width < room + 12:
            return super().lines(row, width, now)
        people, age = super().lines(row, width - room, now)[0]
        first = (
            Cell(text=people.text[:_MARK_CELLS]),
            Cell(text=f"{word} ", kind=Kind.HEADING),
            Cell(text=people.text[_MARK_CELLS:]),
            age,
        )
        return first, super().lines(row, width, now)[1]
