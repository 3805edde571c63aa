"""The line above every pane: where one is, what waits, who sends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from textual import events
from textual.message import Message
from textual.reactive import reactive

from tuimail.tui import keymap, wording
from tuimail.tui.widgets.bar import Bar, Piece
from tuimail.workspace.views import Counts

_FINE: Final = ("here", "held by", "starting")
"""How the sender's own words begin while somebody sends, or soon will."""
_SENDER_FROM: Final = 100
"""Narrower terminals have room only to say that nobody does."""


class TopLine(Bar):
    """Names the panes, counts what is in them, says who runs the sender."""

    counts: reactive[Counts | None] = reactive(None)
    sender: reactive[str] = reactive("")
    """The sender's own words: ``here``, ``held by …``, ``stopped``."""

    @dataclass
    class Chosen(Message):
        """A pane was clicked."""

        mode: str

    def __init__(self, current: str, *, keys: Mapping[str, str]) -> None:
        super().__init__(id="top-line")
        self._current = current
        self._keys = keys

    def pieces(self) -> Sequence[Piece]:
        counts = self.counts or Counts(drafts=0, review=0, outbox=0, sent=0, unknown=0)
        unknown = f" ({counts.unknown} unknown)" if counts.unknown else ""
        panes = (
            ("review", f"Review {counts.review}"),
            ("compose", "Compose"),
            ("outbox", f"Outbox {counts.outbox}{unknown}"),
            ("sent", "Sent"),
            ("drafts", f"Drafts {counts.drafts}"),
        )
        return [self._pane(mode, text) for mode, text in panes]

    def right(self) -> Piece | None:
        is_fine = self.sender.startswith(_FINE)
        is_narrow = self.size.width < _SENDER_FROM
        if not self.sender or (is_fine and is_narrow):
            return None
        if is_narrow:
            return Piece(text="NOBODY SENDS", style="alarm")
        says = "sender: " if is_fine else "NOBODY SENDS: "
        text = wording.clipped(says + wording.line(self.sender), self.size.width // 3)
        return Piece(text=text, style="text" if is_fine else "alarm")

    def on_click(self, event: events.Click) -> None:
        target = self.target_at(event.x)
        if target:
            self.post_message(self.Chosen(target))

    def _pane(self, mode: str, text: str) -> Piece:
        style = "current" if mode == self._current else "text"
        key = keymap.named(f"pane.{mode}", self._keys)
        return Piece(text=f" {key} {text} ", style=style, target=mode)
