"""Small lines with a choice: the account to send from, the attached files.

Textual's Select holds a list that ends the app when a terminal gets very
narrow, so the few choices here are stepped through instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message
from textual.reactive import reactive

from tuimail.core.draft import Attachment
from tuimail.tui import wording
from tuimail.tui.keymap import bindings, named
from tuimail.tui.keys.key import Scope
from tuimail.tui.widgets.bar import Bar, Piece


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One way to send: an account and whom its mail is from."""

    account: str
    text: str
    """Safe text: name, address, account."""


class AccountChoice(Bar, can_focus=True):
    """Shows from whom the mail is, and steps through the accounts."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.ACCOUNTS)]
    DEFAULT_CSS = """
    AccountChoice { background: $surface; }
    AccountChoice:focus { background: $panel; text-style: bold; }
    """

    place: reactive[int] = reactive(0)

    @dataclass
    class Changed(Message):
        """Another account was chosen."""

        choice: "AccountChoice"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._choices: Sequence[Choice] = ()

    @property
    def account(self) -> str:
        """Name of the chosen account; empty where there is none."""
        return self._choices[self.place].account if self._choices else ""

    def offer(self, choices: Sequence[Choice], *, account: str) -> None:
        """Offer ``choices``, beginning with ``account``."""
        self._choices = choices
        names = [choice.account for choice in choices]
        self.place = names.index(account) if account in names else 0
        self.refresh()

    def pieces(self) -> Sequence[Piece]:
        if not self._choices:
            key = named("pane.add-account", {})
            return [Piece(text=f"no account yet: {key} adds one", style="alarm")]
        chosen = self._choices[self.place]
        text = wording.clipped(chosen.text, self.size.width)
        pieces = [Piece(text=text, style="text")]
        if len(self._choices) > 1:
            place = f"   {self.place + 1} of {len(self._choices)}, Space changes"
            pieces.append(Piece(text=place, style="name"))
        return pieces

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        del parameters
        return action != "step" or len(self._choices) > 1

    def action_step(self, count: int) -> None:
        self.place = (self.place + count) % len(self._choices)
        self.post_message(self.Changed(self))


class FileList(Bar, can_focus=True):
    """Shows the attached files on one line, and lets one be taken off."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.FILES)]
    DEFAULT_CSS = """
    FileList { background: $surface; }
    FileList:focus { background: $panel; }
    """

    files: reactive[tuple[Attachment, ...]] = reactive((), bindings=True)
    place: reactive[int] = reactive(0)

    @dataclass
    class Changed(Message):
        """A file was taken off."""

        file_list: "FileList"

    def pieces(self) -> Sequence[Piece]:
        if not self.files:
            return [Piece(text="none", style="text")]
        return [self._piece(place, file) for place, file in enumerate(self.files)]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "step":
            return len(self.files) > 1
        del parameters
        return action != "remove" or bool(self.files)

    def action_step(self, count: int) -> None:
        self.place = (self.place + count) % len(self.files)

    def action_remove(self) -> None:
        kept = list(self.files)
        del kept[self.place]
        self.files = tuple(kept)
        self.place = max(0, min(self.place, len(kept) - 1))
        self.post_message(self.Changed(self))

    def watch_has_focus(self, value: bool) -> None:
        super().watch_has_focus(value)
        self.refresh()

    def _piece(self, place: int, file: Attachment) -> Piece:
        name = wording.clipped(wording.line(file.name), max(8, self.size.width - 12))
        text = f"{name} {wording.size(file.size_bytes)}"
        is_chosen = self.has_focus and place == self.place
        return Piece(text=f"{text}   ", style="current" if is_chosen else "text")
