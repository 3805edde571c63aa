"""The line above every pane: where one is, what waits, who sends, what is reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
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
_SENDS_HERE: Final = "sends here"
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
        return self._in_sight(self._arranged()[0])

    def right(self) -> Piece | None:
        return self._arranged()[1]

    def _arranged(self) -> tuple[list[Piece], Piece | None]:
        """Return the panes, and what stands at the right end, as far as both fit.

        What is counted gets shorter first, then who sends, which goes before a pane
        does where it is fine.
        """
        *whole, tight = self._markings()
        states = [self._state(text) for text in self._states()]
        ways = [*product(states, whole), *product(states, [tight])]
        for state, marking in ways:
            panes = self._panes(marking)
            if _cells(panes) <= self._room_beside(state):
                return panes, state
        last = states[-1]
        return self._panes(tight), last if last and last.style == "alarm" else None

    def _room_beside(self, state: Piece | None) -> int:
        return self.size.width - (wording.cells(state.text) + 1 if state else 0)

    def _markings(self) -> Sequence["_Marking"]:
        """Return how counts may be told, and panes be set apart, best first."""
        return _MARKINGS[-1:] if self._is_narrow else _MARKINGS

    def _panes(self, marking: "_Marking") -> list[Piece]:
        counts = self.counts or Counts(drafts=0, review=0, outbox=0, sent=0, unknown=0)
        unknown = marking.told(counts.unknown, "unknown")
        held = marking.told(self.held, "held")
        panes = (
            ("review", f"Review {counts.review}"),
            ("compose", "Compose"),
            ("outbox", f"Outbox {counts.outbox}{unknown}"),
            ("sent", "Sent"),
            ("accounts", f"Accounts{held}"),
            ("drafts", f"Drafts {counts.drafts}"),
        )
        return [self._pane(mode, text + marking.end) for mode, text in panes]

    def _states(self) -> Sequence[str]:
        """Return what may be said of the sender and the network, best first."""
        words = [self._who_sends(), _REACHED[self.reach]]
        alarms = [word for word in words if word.isupper()]
        if self._is_narrow and is_nobody(self.sender):
            return [""]  # where there is room for one of them, the banner says it
        if self._is_narrow:
            return alarms[:1] or [""]
        whole = "  ".join(word for word in words if word)
        if alarms:
            return [whole, alarms[0]]
        return [whole, _SENDS_HERE] if self.sender == HERE else [whole]

    def _state(self, text: str) -> Piece | None:
        if not text:
            return None
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

    def _in_sight(self, panes: Sequence[Piece]) -> Sequence[Piece]:
        """Return those that fit: the last ones go, but never the one that is shown."""
        room = self._room_beside(self.right())
        shown = list(panes)
        for piece in reversed(panes):
            if _cells(shown) <= room:
                break
            if piece.style != "current":
                shown.remove(piece)
        return shown

    def _pane(self, mode: str, text: str) -> Piece:
        style = "current" if mode == self._current else "text"
        key = keymap.named(f"pane.{mode}", self._keys)
        return Piece(text=f" {key} {text}", style=style, target=mode)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Marking:
    """One way to tell how many need a person, and to end a pane's name."""

    text: str
    """With ``number`` and ``word`` in braces."""
    end: str

    def told(self, number: int, word: str) -> str:
        return self.text.format(number=number, word=word) if number else ""


_MARKINGS: Final = (
    _Marking(text=" ({number} {word})", end=" "),
    _Marking(text=" !{number}", end=" "),
    _Marking(text="!", end=""),
)


def _cells(pieces: Sequence[Piece]) -> int:
    return sum(wording.cells(one.text) for one in pieces)
