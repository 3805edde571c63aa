"""The line below a body in which words are looked for, and replaced."""

from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import HorizontalGroup
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input, Static

from tuimail.tui.hits import Search
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.widgets.line_input import AskingLine


class FindLine(HorizontalGroup):
    """Says what is to be found, and what is to stand there instead.

    Knows no text: it is told how many were found, and posts what was asked for.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.FIND)]
    DEFAULT_CSS = """
    FindLine { height: 1; display: none; background: $panel; }
    FindLine.-shown { display: block; }
    FindLine Static { width: auto; height: 1; color: $text-muted; text-style: bold; }
    FindLine #find-state { text-style: none; padding: 0 1; color: $foreground; }
    FindLine #find-state.-none { color: $warning; text-style: bold; }
    FindLine Input { width: 1fr; height: 1; min-width: 4; }
    FindLine .-instead { display: none; }
    FindLine.-replacing .-instead { display: block; }
    """

    is_exact: reactive[bool] = reactive(default=False, bindings=True)
    is_whole: reactive[bool] = reactive(default=False, bindings=True)

    @dataclass
    class Sought(Message):
        """Something else is looked for than before."""

        search: Search

    @dataclass
    class Stepped(Message):
        """The next one is wanted, or the one before."""

        step: int

    @dataclass
    class Replaced(Message):
        """Words are to stand in the place of the one that is selected, or of all."""

        words: str
        all: bool

    class Closed(Message):
        """Nothing is looked for any more."""

    def compose(self) -> ComposeResult:
        yield Static(" Find ", markup=False)
        yield AskingLine(id="find-words", joint=" ")
        yield Static("  put ", classes="-instead", markup=False)
        yield AskingLine(id="find-instead", joint=" ").add_class("-instead")
        yield Static("", id="find-state", markup=False)

    @property
    def is_open(self) -> bool:
        """Whether it is shown."""
        return self.has_class("-shown")

    @property
    def search(self) -> Search:
        """What is looked for."""
        words = self._words.value
        return Search(words=words, is_exact=self.is_exact, is_whole=self.is_whole)

    def open(self, words: str, *, replaces: bool) -> None:
        """Show it, beginning with ``words``, or with those from before."""
        self.add_class("-shown")
        self.set_class(replaces, "-replacing")
        if words:
            self._words.value = words
        self._words.focus()
        self._words.select_all()
        self.post_message(self.Sought(self.search))

    def close(self) -> None:
        """Hide it; what was looked for stays for another time."""
        self.remove_class("-shown")

    def tell(self, place: int, number: int) -> None:
        """Say that the hit at ``place`` is selected, of ``number`` in all."""
        state = self.query_one("#find-state", Static)
        state.set_class(not number and bool(self._words.value), "-none")
        state.update(Content(self._state(place, number)))

    def say(self, text: str) -> None:
        """Say what came of it; our own words."""
        self.query_one("#find-state", Static).update(Content(text))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "replace_all":
            return self.has_class("-replacing")
        return super().check_action(action, parameters)

    def watch_is_exact(self) -> None:
        self._seek()

    def watch_is_whole(self) -> None:
        self._seek()

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        message.stop()
        if message.input.id == "find-words":
            self._seek()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        del event
        self.refresh_bindings()

    def action_next(self) -> None:
        if self._instead.has_focus:
            self.post_message(self.Replaced(self._instead.value, all=False))
        else:
            self.post_message(self.Stepped(1))

    def action_step(self, step: int) -> None:
        self.post_message(self.Stepped(step))

    def action_exact(self) -> None:
        self.is_exact = not self.is_exact

    def action_whole(self) -> None:
        self.is_whole = not self.is_whole

    def action_replace(self) -> None:
        """Go to the other field, which is shown first if it was not."""
        is_there = self._instead.has_focus
        self.add_class("-replacing")
        (self._words if is_there else self._instead).focus()
        self.refresh_bindings()

    def action_replace_all(self) -> None:
        self.post_message(self.Replaced(self._instead.value, all=True))

    def action_close(self) -> None:
        self.post_message(self.Closed())

    @property
    def _words(self) -> Input:
        return self.query_one("#find-words", Input)

    @property
    def _instead(self) -> Input:
        return self.query_one("#find-instead", Input)

    def _seek(self) -> None:
        if self.is_open:
            self.post_message(self.Sought(self.search))

    def _state(self, place: int, number: int) -> str:
        how = [
            *(["exact case"] if self.is_exact else []),
            *(["whole words"] if self.is_whole else []),
        ]
        found = f"{place} of {number}" if number else "not found"
        return " · ".join([*([found] if self._words.value else []), *how])
