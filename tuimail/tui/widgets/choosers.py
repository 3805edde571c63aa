"""A small line with a choice: from whom a mail is, and through which account.

Textual's Select holds a list that ends the app when a terminal gets very
narrow, so the few choices here are stepped through instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message
from textual.reactive import reactive

from tuimail.tui import wording
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.widgets.bar import Bar, Piece


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One way to send: an account and whom its mail is from."""

    account: str
    sender: str
    """Address of the identity, without its name."""
    name: str
    """Name and address; safe text."""
    way: str
    """Account and what it leads through; safe text."""


class AccountChoice(Bar, can_focus=True):
    """Shows from whom the mail is, and steps through the accounts."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.ACCOUNTS)]
    DEFAULT_CSS = """
    AccountChoice { background: $surface; }
    AccountChoice:focus { background: $panel; text-style: bold; }
    """

    place: reactive[int] = reactive(0)
    reason: reactive[tuple[str, str]] = reactive(("", ""))
    """An address, and why the mail is from it; safe text."""

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
        return self.chosen.account if self.chosen else ""

    @property
    def chosen(self) -> Choice | None:
        """Whom the mail is from; None where there is no account."""
        return self._choices[self.place] if self._choices else None

    @property
    def choices(self) -> Sequence[Choice]:
        """Everybody it may be from."""
        return self._choices

    def offer(
        self, choices: Sequence[Choice], *, account: str, sender: str = ""
    ) -> None:
        """Offer ``choices``, beginning with ``account`` and whom it sends as."""
        self._choices = choices
        ways = [(one.account, one.sender.lower()) for one in choices]
        names = [one.account for one in choices]
        wanted = (account, sender.lower())
        own = names.index(account) if account in names else 0
        self.place = ways.index(wanted) if wanted in ways else own
        self.refresh()

    def pieces(self) -> Sequence[Piece]:
        if not self._choices:
            key = self.key_names("pane.add-account")
            what, how = "no account yet", f": {key} adds one"
            return [Piece(text=text, style="alarm") for text in (what, how)]
        chosen = self._choices[self.place]
        address, why = self.reason
        is_explained = bool(why) and address == chosen.sender
        text = f"{chosen.name}   {why if is_explained else chosen.way}"
        pieces = [Piece(text=wording.clipped(text, self.size.width), style="text")]
        if is_explained:
            pieces.append(Piece(text=f"   {chosen.way}", style="name"))
        if len(self._choices) > 1:
            used = sum(wording.cells(one.text) for one in pieces)
            pieces.append(self._how_to_change(self.size.width - used))
        return pieces

    def _how_to_change(self, room: int) -> Piece:
        """Return which choice it is of how many, and by what key, where that fits."""
        place = f"   {self.place + 1} of {len(self._choices)}"
        whole = f"{place}, {self.key_names('from.next')} changes"
        return Piece(
            text=whole if wording.cells(whole) <= room else place, style="name"
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        del parameters
        return action != "step" or len(self._choices) > 1

    def action_step(self, count: int) -> None:
        self.place = (self.place + count) % len(self._choices)
        self.post_message(self.Changed(self))
