"""Asks who is to decide about a mail."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from tuimail.tui import wording
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.over import Over
from tuimail.tui.set_up.values import Choice
from tuimail.tui.widgets.picks import Picks

_ANYBODY: Final = Choice(key="", text="anybody")


class AssignScreen(Over[str]):
    """Returns the name of a reviewer, empty for anybody, or None."""

    AUTO_FOCUS = "#names"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.ASSIGN)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.ASSIGN, Scope.PICKS)
    TITLE_TEXT = "Who is to decide about it?"

    def __init__(self, names: Sequence[str], *, assigned: str) -> None:
        """Offer ``names``, those of the reviewers, and anybody.

        Args:
            names: Of the reviewers.
            assigned: Who it is for now; empty for anybody.
        """
        super().__init__()
        self._choices = [_ANYBODY, *(_choice(name) for name in names)]
        self._assigned = assigned

    def content(self) -> ComposeResult:
        yield Picks(self._choices, id="names")

    def on_mount(self) -> None:
        keys = [one.key for one in self._choices]
        if self._assigned in keys:
            self.query_one(Picks).place = keys.index(self._assigned)

    @on(Picks.Taken)
    def action_take(self) -> None:
        self.dismiss(self.query_one(Picks).key)


def _choice(name: str) -> Choice:
    return Choice(key=name, text=wording.line(name))
