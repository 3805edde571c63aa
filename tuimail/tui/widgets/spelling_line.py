"""The line below a body on which one misspelt word is decided after another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message

from tuimail.tui import wording
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.widgets.bar import Bar, Piece


class SpellingLine(Bar, can_focus=True):
    """Shows a word and what could be meant by it; knows no text."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.SPELLING)]
    DEFAULT_CSS = """
    SpellingLine { display: none; }
    SpellingLine.-shown { display: block; }
    """

    @dataclass
    class Chosen(Message):
        """Another word is to stand there."""

        text: str

    @dataclass
    class Stepped(Message):
        """The next word is wanted, or the one before."""

        step: int

    @dataclass
    class Accepted(Message):
        """The word is right, and everywhere else as well."""

        is_kept: bool
        """Whether also in other mail from now on."""

    class Closed(Message):
        """The rest may stay as it is."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._word = ""
        self._place = ""
        self._suggestions: Sequence[str] | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is shown."""
        return self.has_class("-shown")

    def ask(self, word: str, *, place: int, number: int) -> None:
        """Show ``word``, which is at ``place`` of ``number``, and take the keys."""
        self._word = wording.line(word)
        self._place = f"{place} of {number}"
        self._suggestions = None
        self.add_class("-shown")
        self.focus()
        self.refresh()

    def suggest(self, word: str, suggestions: Sequence[str]) -> None:
        """Show what could be meant by ``word``, if that is still asked."""
        if wording.line(word) == self._word:
            self._suggestions = suggestions
            self.refresh()

    def close(self) -> None:
        """Hide it."""
        self.remove_class("-shown")

    def pieces(self) -> Sequence[Piece]:
        first = (
            Piece(text=f" {self._word} ", style="alarm"),
            Piece(text=f" {self._place}  ", style="text"),
        )
        if self._suggestions is None:
            return first
        if not self._suggestions:
            return (*first, Piece(text=" nothing like it is known", style="text"))
        return (*first, *self._fitting_after(first))

    def on_click(self, event: events.Click) -> None:
        target = self.target_at(event.x)
        if target:
            self.action_take(int(target))

    def action_take(self, number: int) -> None:
        found = self._suggestions or ()
        if number <= len(found):
            self.post_message(self.Chosen(found[number - 1]))

    def action_step(self, step: int) -> None:
        self.post_message(self.Stepped(step))

    def action_ignore(self) -> None:
        self.post_message(self.Accepted(is_kept=False))

    def action_learn(self) -> None:
        self.post_message(self.Accepted(is_kept=True))

    def action_close(self) -> None:
        self.post_message(self.Closed())

    def _fitting_after(self, first: Sequence[Piece]) -> Iterator[Piece]:
        """Yield as many suggestions as fit, each with its number."""
        room = self.size.width - sum(wording.cells(one.text) for one in first)
        for number, text in enumerate(self._suggestions or (), start=1):
            target = str(number)
            pair = (
                Piece(text=f" {number}", style="key", target=target),
                Piece(text=f" {wording.line(text)} ", style="text", target=target),
            )
            room -= sum(wording.cells(one.text) for one in pair)
            if room < 0:
                return
            yield from pair
