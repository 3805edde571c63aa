"""The strip that is there only while something can be taken back."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final

from textual.widgets import Input, TextArea

from tuimail.tui import wording
from tuimail.tui.keys import strokes
from tuimail.tui.widgets.bar import Bar, Piece
from tuimail.workspace.views import Row


class UndoStrip(Bar):
    """Says what can still be taken back, and how long; else takes no room."""

    DEFAULT_CSS = """
    UndoStrip { display: none; }
    UndoStrip.-shown { display: block; }
    """

    def __init__(self, *, key: str, now: Callable[[], datetime]) -> None:
        super().__init__(id="undo-strip")
        self._key = key
        self._now = now
        self._rows: Sequence[Row] = ()

    def on_mount(self) -> None:
        self.set_interval(0.5, self._tick)

    def show(self, rows: Sequence[Row]) -> None:
        """Offer to take back ``rows``, the newest first."""
        self._rows = rows
        self._tick()

    @property
    def rows(self) -> tuple[Row, ...]:
        """What can still be taken back, the newest first."""
        now = self._now()
        return tuple(row for row in self._rows if wording.undo_left(row, now))

    @property
    def newest(self) -> Row | None:
        """What was released last and can still be taken back."""
        return next(iter(self.rows), None)

    def offers(self, action: str) -> bool:
        """Return whether ``undo``, ``undo_all`` or ``hurry`` means anything now."""
        newest = self.newest
        if action == "hurry":
            return newest is not None and not _is_planned(newest)
        return newest is not None

    def pieces(self) -> Sequence[Piece]:
        row = self.newest
        if row is None:
            return ()
        left = self._left(row)
        keys = list(self._keys(row))
        taken = wording.cells(left + "".join(piece.text for piece in keys)) + 6
        room = max(8, self.size.width - taken)
        what = shortened(wording.subject(row.subject), wording.people(row.to), room)
        return [
            Piece(text=f" {what}", style="text"),
            Piece(text=f"  {left}  ", style="name"),
            *keys,
        ]

    def _left(self, row: Row) -> str:
        seconds = wording.undo_left(row, self._now())
        if _is_planned(row):
            return f"can be taken back for {seconds} s"
        return f"leaves in {seconds} s"

    def _keys(self, row: Row) -> Iterator[Piece]:
        """Yield the keys, the most important first: what does not fit is left out."""
        others = len(self.rows) - 1
        yield from self._key_piece("undo", "take back")
        if not _is_planned(row):
            yield from self._key_piece("hurry", "now")
        if others:
            yield Piece(text=f"  and {others} more", style="text")
            yield from self._key_piece("undo_all", "all back")

    def _key_piece(self, action: str, means: str) -> Iterator[Piece]:
        key = self._key_now(action)
        if key:
            yield Piece(text=f" {key} ", style="key")
            yield Piece(text=means, style="text")

    def _key_now(self, action: str) -> str:
        """Return the key that works here: in a field it is another one."""
        active = self.screen.active_bindings.items()
        keys = [key for key, one in active if one.binding.action == action]
        in_field = isinstance(self.screen.focused, Input | TextArea)
        wanted = [key for key in keys if not in_field or "+" in key] or keys
        usual = self._key if action == "undo" else ""
        return strokes.shown(wanted[0]) if wanted else usual

    def _fitting(self, width: int) -> list[Piece]:
        """Leave a key out together with what it means."""
        shown = super()._fitting(width)
        return shown[:-1] if shown and shown[-1].style == "key" else shown

    def _tick(self) -> None:
        is_shown = self.newest is not None
        if is_shown or self.has_class("-shown"):
            self.set_class(is_shown, "-shown")
            self.refresh()


def shortened(subject: str, people: str, room: int) -> str:
    """Return whom what is for, in so many cells: each has its share of them.

    Of two mails with one subject, whom it is for says which is taken back.
    """
    half = max(1, (room - wording.cells(_FOR)) // 2)
    subject_cells = min(wording.cells(subject), half)
    most = room - wording.cells(_FOR) - subject_cells
    receiver = wording.clipped(people, max(1, most))
    left = room - wording.cells(_FOR) - wording.cells(receiver)
    return f"{wording.clipped(subject, max(1, left))}{_FOR}{receiver}"


_FOR: Final = " → "


def _is_planned(row: Row) -> bool:
    """Whether it leaves at a time that somebody chose, and not when the strip goes."""
    if row.due_at is None or row.undo_until is None:
        return False
    return row.due_at > row.undo_until
