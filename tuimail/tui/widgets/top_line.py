"""The line above every pane: where one is, what waits, who sends, what is reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from textual import events
from textual.message import Message
from textual.reactive import reactive

from tuimail.tui import keymap, wording
from tuimail.tui.widgets.bar import Bar, Piece
from tuimail.workspace.reaching import Reach
from tuimail.workspace.views import Counts

HERE: Final = "here"
"""What the sender says of itself while this app sends."""
_HELD_BY: Final = "held by "
_STARTING: Final = ("", "starting")
_SENDER_FROM: Final = 96
"""Narrower terminals have room only to say that nobody sends, or reaches."""
_NARROW: Final = 80
_REACHED: Final = {
    Reach.UNTRIED: "",
    Reach.ALL: "● net ok",
    Reach.SOME: "a server not reached",
    Reach.NONE: "NO NETWORK",
}
_PART_OF: Final = {"account": "accounts"}
"""The pane that one without a place of its own in the line belongs to."""
_UNREACHED: Final = frozenset({Reach.SOME, Reach.NONE})


def is_nobody(sender: str) -> bool:
    """Return whether nobody sends, by the sender's own words."""
    return sender not in {*_STARTING, HERE} and not sender.startswith(_HELD_BY)


class TopLine(Bar):
    """Names the panes, counts what is in them, says who sends."""

    counts: reactive[Counts | None] = reactive(None)
    held: reactive[int] = reactive(0)
    """Accounts that are held."""
    reach: reactive[Reach] = reactive(Reach.UNTRIED)
    sender: reactive[str] = reactive("")
    """The sender's own words: ``here``, ``held by …``, ``stopped``."""

    @dataclass
    class Chosen(Message):
        """A pane was clicked."""

        mode: str

    def __init__(self, current: str, *, keys: Mapping[str, str]) -> None:
        super().__init__(id="top-line")
        self._current = _PART_OF.get(current, current)
        self._keys = keys

    def pieces(self) -> Sequence[Piece]:
        counts = self.counts or Counts(drafts=0, review=0, outbox=0, sent=0, unknown=0)
        unknown = self._marked(counts.unknown, "unknown")
        held = self._marked(self.held, "held")
        panes = (
            ("review", f"Review {counts.review}"),
            ("compose", "Compose"),
            ("outbox", f"Outbox {counts.outbox}{unknown}"),
            ("sent", "Sent"),
            ("accounts", f"Accounts{held}"),
            ("drafts", f"Drafts {counts.drafts}"),
        )
        return self._in_sight([self._pane(mode, text) for mode, text in panes])

    def right(self) -> Piece | None:
        words = [self._who_sends(), _REACHED[self.reach]]
        if self.size.width < _SENDER_FROM:
            words = [word for word in words if word.isupper()][:1]
        text = "  ".join(word for word in words if word)
        if not text or (self._is_narrow and is_nobody(self.sender)):
            return None  # where there is room for one of them, the banner says it
        is_bad = is_nobody(self.sender) or self.reach in _UNREACHED
        text = wording.clipped(text, self.size.width // 3)
        return Piece(text=f"{text} ", style="alarm" if is_bad else "text")

    def on_click(self, event: events.Click) -> None:
        target = self.target_at(event.x)
        if target:
            self.post_message(self.Chosen(target))

    def _who_sends(self) -> str:
        if is_nobody(self.sender):
            return "NOBODY SENDS"
        if self.sender in _STARTING:
            return ""
        return f"sender: {wording.line(self.sender.removeprefix(_HELD_BY))}"

    @property
    def _is_narrow(self) -> bool:
        return self.size.width < _NARROW

    def _marked(self, number: int, word: str) -> str:
        if not number:
            return ""
        return "!" if self._is_narrow else f" ({number} {word})"

    def _in_sight(self, panes: Sequence[Piece]) -> Sequence[Piece]:
        """Return those that fit: the last ones go, but never the one that is shown."""
        right = self.right()
        room = self.size.width - (wording.cells(right.text) + 1 if right else 0)
        shown = list(panes)
        for piece in reversed(panes):
            if sum(wording.cells(one.text) for one in shown) <= room:
                break
            if piece.style != "current":
                shown.remove(piece)
        return shown

    def _pane(self, mode: str, text: str) -> Piece:
        style = "current" if mode == self._current else "text"
        key = keymap.named(f"pane.{mode}", self._keys)
        end = "" if self._is_narrow else " "
        return Piece(text=f" {key} {text}{end}", style=style, target=mode)
