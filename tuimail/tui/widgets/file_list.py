"""The files of a mail being written, on one line: how big, and whether they changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.message import Message
from textual.reactive import reactive

from tuimail.core.draft import Attachment
from tuimail.tui import wording
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.widgets.bar import Bar, Piece
from tuimail.workspace.enclosing import Measure, OnDisk

_NEEDS_ONE: Final = frozenset({"remove", "rename"})
_GAP: Final = "   "
_SAID: Final = {OnDisk.CHANGED: " CHANGED on disk", OnDisk.GONE: " gone from disk"}


class FileList(Bar, can_focus=True):
    """Shows the attached files, and lets one be taken off, renamed or moved."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.FILES)]
    DEFAULT_CSS = """
    FileList { background: $surface; }
    FileList:focus { background: $panel; }
    """

    files: reactive[tuple[Attachment, ...]] = reactive((), bindings=True)
    place: reactive[int] = reactive(0, bindings=True)
    states: reactive[tuple[tuple[Attachment, OnDisk], ...]] = reactive(
        (), bindings=True
    )
    """What became of those whose place on disk is known."""
    measure: reactive[Measure | None] = reactive(None)
    """How big the mail is with them; None where nobody knows yet."""

    @dataclass
    class Changed(Message):
        """A file was taken off, or moved."""

        file_list: "FileList"

    class Listed(Message):
        """Other files are listed than before, whoever it was."""

    @dataclass
    class RereadWanted(Message):
        """The file is to be attached as it is on disk now."""

        file: Attachment

    @dataclass
    class RenameWanted(Message):
        """The receiver is to see another name."""

        file: Attachment

    @property
    def chosen(self) -> Attachment | None:
        """The file that keys are about."""
        return self.files[self.place] if self.place < len(self.files) else None

    def pieces(self) -> Sequence[Piece]:
        """Return the files that have room, the chosen one among them."""
        if not self.files:
            return [Piece(text="none", style="current" if self.has_focus else "text")]
        right = self.right()
        room = self.size.width - (wording.cells(right.text) + 3 if right else 0)
        everything = self._from(0, room)
        if len(everything) == len(self.files):
            return _spaced(everything)
        room -= len(f"{_GAP}+{len(self.files)} more")
        if any(state is OnDisk.CHANGED for _, state in self.states):
            room -= len(f", {len(self.states)} CHANGED")
        first = 0
        while self.has_focus and first + len(self._from(first, room)) <= self.place:
            first += 1
        shown = self._from(first, room)
        return _spaced([*shown, self._rest(first, len(shown))])

    def right(self) -> Piece | None:
        """Return how much of what the account takes is used."""
        found = self.measure
        if found is None or not self.files:
            return None
        said = wording.size(found.sent_bytes)
        if found.limit_bytes is not None:
            said = f"{said} of {wording.size(found.limit_bytes)}"
        if found.is_too_big:
            return Piece(text=f"TOO BIG: {said} as sent", style="alarm")
        large = ", large" if found.is_large else ""
        return Piece(text=f"{said} as sent{large}", style="name")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "step":
            return len(self.files) > 1
        if action == "shift":
            count = parameters[0]
            return isinstance(count, int) and 0 <= self.place + count < len(self.files)
        if action == "reread":
            return self._state_of(self.chosen) is OnDisk.CHANGED
        return action not in _NEEDS_ONE or bool(self.files)

    def watch_files(self) -> None:
        """Keep to what there is."""
        self.place = max(0, min(self.place, len(self.files) - 1))
        self.post_message(self.Listed())

    def watch_has_focus(self, value: bool) -> None:
        super().watch_has_focus(value)
        self.refresh()

    def action_step(self, count: int) -> None:
        self.place = (self.place + count) % len(self.files)

    def action_remove(self) -> None:
        kept = list(self.files)
        del kept[self.place]
        self.files = tuple(kept)
        self.post_message(self.Changed(self))

    def action_shift(self, count: int) -> None:
        """Put the file before or behind its neighbour: mail shows them in order."""
        kept = list(self.files)
        kept.insert(self.place + count, kept.pop(self.place))
        self.files = tuple(kept)
        self.place += count
        self.post_message(self.Changed(self))

    def action_reread(self) -> None:
        if self.chosen is not None:
            self.post_message(self.RereadWanted(self.chosen))

    def action_rename(self) -> None:
        if self.chosen is not None:
            self.post_message(self.RenameWanted(self.chosen))

    def replace(self, before: Attachment, after: Attachment) -> None:
        """Have ``after`` stand where ``before`` stood."""
        if before in self.files:
            self.files = tuple(after if one == before else one for one in self.files)
            self.post_message(self.Changed(self))

    def _rest(self, first: int, count: int) -> Piece:
        """Return how many have no room, and how many of them changed on disk."""
        hidden = (*self.files[:first], *self.files[first + count :])
        changed = sum(self._state_of(one) is OnDisk.CHANGED for one in hidden)
        if changed:
            text = f"+{len(hidden)} more, {changed} CHANGED"
            return Piece(text=text, style="alarm")
        return Piece(text=f"+{len(hidden)} more", style="name")

    def _from(self, first: int, room: int) -> list[Piece]:
        shown: list[Piece] = []
        for place in range(first, len(self.files)):
            piece = self._piece(place, room)
            room -= wording.cells(piece.text)
            if room < 0 and shown:
                break
            shown.append(piece)
            room -= len(_GAP)
        return shown

    def _piece(self, place: int, room: int) -> Piece:
        file = self.files[place]
        state = self._state_of(file)
        size = f" {wording.size(file.size_bytes)}{_SAID.get(state, '')}"
        least = max(8, room - wording.cells(size))
        name = wording.clipped(wording.line(file.name), least)
        is_chosen = self.has_focus and place == self.place
        style = "alarm" if state is OnDisk.CHANGED else "text"
        return Piece(text=f"{name}{size}", style="current" if is_chosen else style)

    def _state_of(self, file: Attachment | None) -> OnDisk:
        return next((state for one, state in self.states if one == file), OnDisk.SAME)


def _spaced(pieces: Sequence[Piece]) -> list[Piece]:
    """Return ``pieces`` with a gap between each two."""
    gap = Piece(text=_GAP, style="text")
    spaced = [one for piece in pieces for one in (piece, gap)]
    return spaced[:-1]
