"""The strip that is there only while something can be taken back."""

from collections.abc import Callable, Sequence
from datetime import datetime

from tuimail.tui import keymap, wording
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
    def newest(self) -> Row | None:
        """What was released last and can still be taken back."""
        now = self._now()
        return next((row for row in self._rows if wording.undo_left(row, now)), None)

    def pieces(self) -> Sequence[Piece]:
        row = self.newest
        if row is None:
            return ()
        left = f"leaves in {wording.undo_left(row, self._now())} s"
        room = max(8, self.size.width - wording.cells(left) - 22)
        what = f"{wording.subject(row.subject)} → {wording.people(row.to)}"
        others = len(self._rows) - 1
        return [
            Piece(text=" " + wording.clipped(what, room), style="text"),
            Piece(text=f"  {left}  ", style="name"),
            Piece(text=f" {self._key_now()} ", style="key"),
            Piece(text="take back", style="text"),
            Piece(text=f"  and {others} more" if others else "", style="text"),
        ]

    def _key_now(self) -> str:
        """Return the key that works here: in a field it is another one."""
        active = self.screen.active_bindings.items()
        keys = (key for key, one in active if one.binding.action == "undo")
        return keymap.shown(next(keys, "")) or self._key

    def _tick(self) -> None:
        is_shown = self.newest is not None
        if is_shown or self.has_class("-shown"):
            self.set_class(is_shown, "-shown")
            self.refresh()
